"""`ganatlas track`: the curves of a series in the terminal, as data and as pictures."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from serving import SMALL
from synthetic import write_synthetic_bundle
from typer.testing import CliRunner

from ganatlas.cli import app
from ganatlas.commands.track import WIDTH, bar


def run(*arguments: object) -> tuple[int, str, str]:
    """Exit code, stdout, stderr."""
    ended = CliRunner().invoke(app, ["track", *map(str, arguments)], env={"COLUMNS": "160"})
    return ended.exit_code, ended.stdout, ended.stderr


def test_the_terminal_shows_every_figure_over_the_series_with_its_interval(whole: Path) -> None:
    code, said, _ = run(whole, "--layer", "late")
    assert code == 0
    for part in (
        "Over step, on late features",
        "FD",
        "KD",
        "precision",
        "1000",
        "2000",
        "gan-a",
        "26.00",
        "25.00 … 27.00",
        "●",
    ):
        assert part in said, part
    assert "nan" not in said.lower()
    assert "recall" not in said  # it has no value


def test_the_curves_are_data_too(whole: Path) -> None:
    _, said, _ = run(whole, "--figure", "kernel_distance", "--json")
    (curve,) = json.loads(said)
    assert (curve["series"], curve["features"], curve["figure"]) == ("step", "final", "kernel_distance")
    assert [(point["at"], point["value"]) for point in curve["points"]] == [(1000.0, 0.01), (2000.0, 0.02)]
    _, said, _ = run(whole, "--csv")
    rows = list(csv.DictReader(io.StringIO(said)))
    assert {row["figure"] for row in rows} == {"frechet_distance", "kernel_distance", "precision"}
    assert rows[0]["low"] == "25.0"


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_the_curves_are_drawn(whole: Path, tmp_path: Path, suffix: str) -> None:
    pytest.importorskip("matplotlib")
    first, second = (tmp_path / f"{name}{suffix}" for name in "ab")
    for out in (first, second):
        assert run(whole, "-o", out)[0] == 0
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes()[:5] in (b"\x89PNG\r", b"<?xml")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--series", "epoch"), "no series 'epoch' in this atlas. There are: step"),
        (("--layer", "deepest"), "no layer 'deepest'"),
        (("--figure", "fid"), "no figure 'fid'"),
        (("-o", "x.gif"), "cannot draw a '.gif'"),
        (("--json", "--csv"), "One form at a time"),
    ],
)
def test_what_is_not_there_is_named(whole: Path, arguments: tuple[str, ...], said: str) -> None:
    code, _, errors = run(whole, *arguments)
    assert code != 0
    assert said in errors


def test_an_atlas_without_a_series_says_how_to_make_one(tmp_path: Path) -> None:
    write_synthetic_bundle(tmp_path / "x.atlas", replace(SMALL, datasets=("real", "gan-a"), pyramids=False))
    code, _, errors = run(tmp_path / "x.atlas")
    assert code != 0
    assert "no series of two datasets or more" in errors


def test_a_bar_shows_value_interval_and_floor_in_their_places() -> None:
    line = bar(5, 2, 8, 0, (0, 10))
    assert (len(line), line.index("┆"), line.index("├"), line.index("●"), line.index("┤")) == (WIDTH, 0, 5, 14, 22)
    assert bar(1, None, None, None, (1, 1)).strip() == "●"
