"""`ganatlas metrics`: the figures of an atlas in the terminal, as JSON, CSV, Markdown and LaTeX."""

import csv
import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from serving import SMALL
from synthetic import write_manifest, write_synthetic_bundle
from typer.testing import CliRunner

from ganatlas.bundle.metrics import MetricFigure, Metrics
from ganatlas.bundle.reader import Bundle
from ganatlas.cli import app
from ganatlas.commands.metrics_tables import head_in, number, warnings_of


def run(*arguments: object) -> tuple[int, str, str]:
    """Exit code, stdout, stderr."""
    ended = CliRunner().invoke(app, ["metrics", *map(str, arguments)], env={"COLUMNS": "200"})
    return ended.exit_code, ended.stdout, ended.stderr


def test_the_terminal_shows_every_pair_and_layer_with_what_to_know(whole: Path) -> None:
    code, said, _ = run(whole)
    assert code == 0
    for part in ("real / gan-a", "real / gan-b", "real / itself, halved", "early", "late", "final", "13.50", "floor 2.00",
                 "0.7000 … 0.8000", "0.700 : 0.875", "p 0.005", "Recall: 7 samples a set are few"):  # fmt: skip
        assert part in said, part
    assert "nan" not in said.lower()


def test_a_narrow_terminal_gets_more_tables_and_loses_nothing(whole: Path) -> None:
    said = CliRunner().invoke(app, ["metrics", str(whole), "--dataset", "gan-a"], env={"COLUMNS": "40"}).stdout
    for part in ("13.50", "floor 2.00", "0.7533", "0.700 : 0.875", "precision", "recall"):
        assert part in said, part
    assert "…" not in said.split("final, 32")[0]


def test_label_by_label_the_worst_comes_first_where_asked(whole: Path) -> None:
    _, said, _ = run(whole, "--labels", "--dataset", "gan-a", "--sort", "frechet_distance")
    assert "boat" in said
    assert "castle" in said
    assert "final" not in said
    _, said, _ = run(whole, "--dataset", "gan-a", "--sort", "frechet_distance", "--markdown")
    assert said.index("| late") < said.index("| early")
    _, said, _ = run(whole, "--dataset", "gan-a", "--sort", "kernel_distance", "--markdown")
    assert said.index("| early") < said.index("| late")  # all alike: as they come


def with_p_by_label(path: Path, p: dict[str, float], permutations: int = 199) -> Path:
    """A bundle whose gan-a has these p of its kernel distance label by label."""
    write_synthetic_bundle(path, replace(SMALL, images=20, layers=("late",), sizes=(10,), pyramids=False))
    bundle = Bundle.open(path)
    document = bundle.metrics()
    whole = next(entry for entry in document.entries if entry.label is None and entry.second == "gan-a")
    figure = MetricFigure(value=0.1, n=9, m=9, low=0.05, high=0.15, p=0.5)
    slices = tuple(
        whole.model_copy(
            update={
                "features": "pooled",
                "label": label,
                "label_source": "given",
                "figures": {"kernel_distance": figure.model_copy(update={"p": value}), "recall": MetricFigure(n=9, m=9)},
            }
        )
        for label, value in p.items()
    )
    written = document.model_copy(update={"entries": (whole, *slices), "permutations": permutations}).model_dump_json().encode()
    ref = bundle.manifest.metrics
    assert ref is not None
    (path / ref.path).write_bytes(written)
    changed = ref.model_copy(update={"sha256": hashlib.sha256(written).hexdigest(), "bytes": len(written)})
    write_manifest(path, bundle.manifest.model_copy(update={"metrics": changed}))
    return path


def test_the_p_of_labels_are_adjusted_for_their_number_in_every_form(tmp_path: Path) -> None:
    atlas = with_p_by_label(tmp_path / "x.atlas", {"ash": 0.005, "oak": 0.04, "elm": 0.045, "fir": 0.9})
    adjusted = [0.02, 0.06, 0.06, 0.9]  # by hand: 0.005 · 4/1; 0.045 · 4/3 for both; 0.9
    rows = [
        row for row in csv.DictReader(io.StringIO(run(atlas, "--labels", "--csv")[1])) if row["figure"] == "kernel_distance"
    ]
    assert [float(row["p"]) for row in rows] == [0.005, 0.04, 0.045, 0.9]
    assert [float(row["p_adjusted"]) for row in rows] == pytest.approx(adjusted)
    document = json.loads(run(atlas, "--labels", "--json")[1])
    figures = [entry["figures"] for entry in document["entries"]]
    assert [each["kernel_distance"]["p_adjusted"] for each in figures] == pytest.approx(adjusted)
    assert {each["recall"]["p_adjusted"] for each in figures} == {None}
    _, markdown, _ = run(atlas, "--labels", "--markdown")
    assert [line.split(" |")[0] for line in markdown.splitlines() if "0.1000\\*" in line] == ["| ash"]
    assert "\\* p ≤ 0.05, adjusted for 4 labels (Benjamini–Hochberg)" in markdown
    _, latex, _ = run(atlas, "--labels", "--latex")
    assert [line.split(" &")[0] for line in latex.splitlines() if "0.1000$^{*}$" in line] == ["ash"]
    _, said, _ = run(atlas, "--labels")
    assert "p 0.06" in said
    assert "adjusted for the number of labels" in " ".join(said.split())
    assert "cannot be marked" not in said
    _, whole, _ = run(atlas, "--csv")
    assert {row["p_adjusted"] for row in csv.DictReader(io.StringIO(whole))} == {""}


def test_where_permutations_are_too_few_for_one_label_to_be_marked_the_table_says_how_many_it_takes(tmp_path: Path) -> None:
    atlas = with_p_by_label(tmp_path / "x.atlas", {f"tree {i}": 0.01 for i in range(6)})
    _, said, _ = run(atlas, "--labels")
    told = "of 6 labels one alone cannot be marked; with metrics.permutations = 239 it can"
    assert told in " ".join(said.split())
    assert told in run(atlas, "--labels", "--markdown")[1]
    assert all(told in entry["warnings"][0] for entry in json.loads(run(atlas, "--labels", "--json")[1])["entries"])
    enough = with_p_by_label(tmp_path / "y.atlas", {f"tree {i}": 0.01 for i in range(6)}, permutations=239)
    assert "cannot be marked" not in run(enough, "--labels")[1]


def test_distances_are_called_fid_and_kid_on_inceptions_features_alone() -> None:
    spaces = ("late", "final", "DINOv2", "FID (TF)", "FID (clean)")
    assert [head_in(space, "frechet_distance") for space in spaces] == ["FD", "FD", "FD", "FID", "FID"]
    assert [head_in("FID (TF)", name) for name in ("kernel_distance", "recall")] == ["KID", "recall"]


def test_warnings_that_differ_in_their_numbers_alone_are_said_once(bundle: Bundle) -> None:
    first = bundle.metrics().entries[0]
    few = {"ash": "recall: 60 samples are few for k = 3", "oak": "recall: 1,071 samples are few for k = 3", "elm": "all alike"}
    entries = [first.model_copy(update={"figures": {}, "label": label, "warnings": (few[label],)}) for label in few]
    assert warnings_of(entries) == ["recall: 60 samples are few for k = 3 (ash; likewise oak)", "all alike (elm)"]
    assert warnings_of(entries[:1]) == ["recall: 60 samples are few for k = 3"]


def test_json_is_the_document(whole: Path, bundle: Bundle) -> None:
    _, said, _ = run(whole, "--json")
    document = bundle.metrics()
    entries = tuple(entry for entry in document.entries if entry.label is None)
    assert Metrics.model_validate(json.loads(said)) == document.model_copy(update={"entries": entries})
    _, said, _ = run(whole, "--json", "--layer", "late")
    assert {entry.layer for entry in Metrics.model_validate_json(said).entries} == {"late"}


def test_csv_has_a_row_a_figure_with_all_that_is_known(whole: Path, bundle: Bundle) -> None:
    _, said, _ = run(whole, "--csv")
    rows = list(csv.DictReader(io.StringIO(said)))
    assert len(rows) == sum(len(entry.figures) for entry in bundle.metrics().entries if entry.label is None)
    first = rows[2]
    assert (first["second"], first["layer"], first["figure"], first["value"][:6]) == ("gan-a", "early", "precision", "0.7533")
    assert (first["baseline"], first["at_baseline"], first["baseline_n"], first["p"]) == ("0.875", "0.7", "75", "0.01")
    assert rows[3]["value"] == ""
    assert "better 300" in rows[3]["warnings"]


def test_tables_to_publish_have_the_intervals(whole: Path) -> None:
    _, markdown, _ = run(whole, "--markdown", "--dataset", "gan-b")
    assert markdown.startswith("**real / gan-b**\n\n| | n | FD | KD | precision | recall |\n|---|---:|")
    assert "| early | 150 | 14.50 [13.50, 15.50] | 0.0200\\* [-0.0010, 0.0300] | 0.7533\\* [0.7000, 0.8000] | – |" in markdown
    assert "\n\n\\* p ≤ 0.05\n\n- Recall: 7 samples a set are few for k = 3; better 300 or more.\n" in markdown
    _, latex, _ = run(whole, "--latex", "--dataset", "gan-b")
    assert latex.count("\\begin{tabular}{lrrrrr}") == latex.count("\\end{tabular}") == 1
    assert r"early & 150 & 14.50 {\scriptsize [13.50, 15.50]}" in latex
    assert latex.count(r"\\") == 1 + latex.count("& 150 &")
    assert latex.endswith("\\end{tabular}\n% Recall: 7 samples a set are few for k = 3; better 300 or more.\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--layer", "nowhere"), "no layer 'nowhere' in this atlas. There are: early, late, final"),
        (("--dataset", "nobody"), "no dataset 'nobody' in this atlas. There are: gan-a, gan-b, real"),
        (("--sort", "fid"), "no figure 'fid' in this atlas. There are: frechet_distance"),
        (("--json", "--csv"), "One form at a time"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(whole: Path, options: tuple[str, ...], said: str) -> None:
    code, out, error = run(whole, *options)
    assert code == 2
    assert out == ""
    assert said in error


def test_an_atlas_without_metrics_says_so(tmp_path: Path) -> None:
    plan = replace(SMALL, images=20, layers=("late",), sizes=(10,), pyramids=False, metrics=False)
    write_synthetic_bundle(tmp_path / "bare.atlas", plan)
    code, _, error = run(tmp_path / "bare.atlas")
    assert code == 2
    assert "without image-set metrics" in error


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "–"), (0.0, "0"), (0.73456, "0.7346"), (16.832, "16.83"), (1234.5, "1234"), (-0.5, "-0.5000"), (2.5e-5, "2.5e-05"),
     (123456.0, "1.23e+05")],
)  # fmt: skip
def test_a_number_has_four_digits(value: float | None, said: str) -> None:
    assert number(value) == said
