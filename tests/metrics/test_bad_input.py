"""What cannot be measured is refused or warned of: the figure is named, and what it would need; nothing is ever NaN."""

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given as for_all
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parent))
from metric_sets import mixture

from ganatlas.bundle.metrics import Metrics
from ganatlas.commands.metrics import print_metrics
from ganatlas.commands.metrics_tables import groups, to_csv, to_json, to_latex, to_markdown
from ganatlas.errors import InputError
from ganatlas.metrics import (
    MEASURES,
    NotComputableError,
    Settings,
    authenticity,
    classifier_score,
    data_copying,
    density_coverage,
    evaluate,
    kernel_distance,
    precision_recall,
)
from ganatlas.pipeline.metric_entries import entry_of

REAL, MADE = mixture(0, 60), mixture(1, 60)
HOLES = np.where(np.eye(60, 8) > 0, np.nan, MADE)


@pytest.mark.parametrize(
    ("measure", "named"),
    [
        (kernel_distance, "kernel distance"),
        (precision_recall, "figure of neighbours"),
        (density_coverage, "figure of neighbours"),
        (authenticity, "figure of neighbours"),
        (evaluate, "each figure"),
    ],
)
def test_values_that_are_not_numbers_are_refused_with_the_figure_and_the_set(measure, named: str) -> None:
    with pytest.raises(InputError, match=f"{named} needs finite features; generated has 8"):
        measure(REAL, HOLES)
    with pytest.raises(InputError, match=f"{named} needs features of one length; real has 8, generated 5"):
        measure(REAL, MADE[:, :5])


def test_logits_that_are_not_numbers_are_refused() -> None:
    with pytest.raises(InputError, match="classifier score needs finite"):
        classifier_score(HOLES)


@pytest.mark.parametrize("measure", [precision_recall, density_coverage])
def test_as_many_neighbours_as_samples_are_refused_with_how_many_are_needed(measure) -> None:
    with pytest.raises(NotComputableError, match="k = 8 need k ≥ 1 and at least 9 samples a set; real has 60, generated 8"):
        measure(REAL, MADE[:8], k=8)
    assert measure(REAL, MADE[:9], k=8).m == 9


def test_real_samples_that_are_all_the_same_have_no_neighbour_figures() -> None:
    with pytest.raises(NotComputableError, match="authenticity need real samples that differ"):
        precision_recall(np.ones((20, 3)), MADE[:20, :3])


def test_a_score_of_fewer_samples_than_splits_is_refused() -> None:
    with pytest.raises(NotComputableError, match="needs at least 10 samples; there are 9"):
        classifier_score(MADE[:9])


def test_data_copying_needs_enough_samples_in_a_region() -> None:
    with pytest.raises(NotComputableError, match="C_T needs a region with at least 10"):
        data_copying(REAL, REAL[:9], MADE)


@pytest.mark.parametrize(
    ("sets", "figure", "needed"),
    [
        ((REAL, MADE), "kernel_distance", "1,000"),
        ((REAL, MADE), "precision", "300 or more"),
        ((REAL, MADE), "density", "500 or more"),
        ((REAL, MADE[:50]), "recall", "the same sizes"),
        ((REAL[:8], MADE[:8]), "frechet_distance", "more than 8 samples"),
        ((REAL[:8], MADE[:8]), "frechet_infinity", "at least 18 samples"),
        ((REAL[:5], MADE[:5]), "coverage", "at least 6 samples"),
        ((np.concatenate([REAL, np.repeat(REAL[:5], 3, 0)]), MADE), "precision", "copies of each other"),
    ],
)
def test_a_figure_of_too_few_samples_says_how_many_it_needs(sets, figure: str, needed: str) -> None:
    found = evaluate(*sets, settings=Settings(permutations=19))[figure]
    assert any(needed in warning for warning in found.warnings), found.warnings


def test_a_score_of_few_samples_says_how_many_it_needs() -> None:
    assert any("need about 400; there are 60" in warning for warning in classifier_score(MADE).warnings)


def test_constant_features_are_counted() -> None:
    padded = [np.hstack([x, np.full((60, 2), 3.0)]) for x in (REAL, MADE)]
    found = evaluate(*padded, settings=Settings(permutations=19))
    assert found.warnings == ("each figure: 2 of the 10 features are constant and add nothing",)
    assert found["precision"].value == evaluate(REAL, MADE, settings=Settings(permutations=19))["precision"].value


def test_a_figure_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(InputError, match="no figure fid; there are: frechet_distance"):
        Settings(("fid",))  # type: ignore[arg-type]


LITTLE = {
    "fewer samples than dimensions": (REAL[:7], MADE[:7], "frechet_distance", "more than 8 samples a set"),
    "too few to extrapolate": (REAL[:12], MADE[:12], "frechet_infinity", "at least 18 samples a set"),
    "as many neighbours as samples": (REAL[:5], MADE[:5], "precision", "at least 6 samples a set"),
    "one sample": (REAL[:1], MADE[:1], "kernel_distance", "at least two rows"),
    "constant features": (np.ones((60, 8)), np.ones((60, 8)), "density", "real samples that differ"),
    "unequal sizes": (REAL, MADE[:30], "coverage", "sizes (real 60, generated 30)"),
}


@pytest.mark.parametrize(("real", "made", "figure", "needed"), LITTLE.values(), ids=LITTLE.keys())
def test_in_every_form_what_is_wrong_is_said_and_nothing_is_nan(
    real: np.ndarray, made: np.ndarray, figure: str, needed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = evaluate(real, made, logits=made, settings=Settings(permutations=19, subsets=2))
    entry = entry_of(found, "real", "made", "pooled", "deep")
    document = Metrics(measures=MEASURES, k_precision=3, k_density=5, permutations=19, entries=(entry,))
    tables = groups([entry])
    print_metrics(document, tables, "a network")
    terminal = " ".join(capsys.readouterr().out.split())
    said = {"terminal": terminal, "csv": to_csv([entry]), "json": to_json(document, [entry])}
    said |= {"markdown": to_markdown(tables), "latex": to_latex(tables)}
    about = [warning for warning in (*entry.figures[figure].warnings, *entry.warnings) if needed in warning]
    assert about, entry.figures[figure].warnings
    for form, text in said.items():
        assert needed in text, form
        assert not re.search(r"\bnan\b|\binf\b|None", text), form


@hypothesis_settings(max_examples=40)
@for_all(
    st.integers(1, 14),
    st.integers(1, 14),
    st.integers(1, 6),
    st.sampled_from(["normal", "constant", "few values", "huge", "tiny"]),
)
def test_an_evaluation_is_json_without_nan_whatever_the_sizes(n: int, m: int, d: int, kind: str) -> None:
    random = np.random.default_rng(n * 100 + m)
    x, y, held = (random.standard_normal((size, d)) for size in (n, m, 12))
    scale = {"constant": 0.0, "huge": 1e23, "tiny": 1e-40}.get(kind, 1.0)
    sets = [np.round(z) if kind == "few values" else z * scale for z in (x, y, held)]
    found = evaluate(sets[0], sets[1], held_out=sets[2], logits=y, real_logits=x, settings=Settings(permutations=19, subsets=3))
    json.dumps(found.as_dict(), allow_nan=False)
    assert {figure.name for figure in found.figures} == set(MEASURES)
    for figure in found.figures:
        assert figure.value is not None or figure.warnings
        if figure.low is not None and figure.high is not None:
            assert figure.low <= figure.high
