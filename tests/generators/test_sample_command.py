"""`ganatlas sample`: a folder of PNGs that can be compared like any other."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from ganatlas.cli import app
from ganatlas.sources.base import Source
from ganatlas.sources.registry import open_source


def run(*words: object) -> str:
    result = CliRunner().invoke(app, ["sample", "world:scenes/sngan", *map(str, words)])
    return f"{result.exit_code} {result.output}"


def pictures(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.png"))}


def test_images_lie_in_folders_by_class_and_are_a_source(tmp_path):
    said = run("-o", tmp_path / "a", "-n", 40, "--seed", 3, "--class", "tower block", "--class", "barn", "--quiet")
    assert said.startswith("0")
    source = open_source(str(tmp_path / "a"))
    assert isinstance(source, Source)
    assert source.labels() == ["barn", "tower block"]
    assert len(source.entries()) == 40
    assert source.read(0).image.size == (64, 64)


def test_a_second_run_goes_on_and_more_of_the_same_follow(tmp_path):
    run("-o", tmp_path / "a", "-n", 40)
    whole = pictures(tmp_path / "a")
    for name in list(whole)[::3]:
        (tmp_path / "a" / name).unlink()
    assert run("-o", tmp_path / "a", "-n", 44).startswith("0")
    assert len(pictures(tmp_path / "a")) == 44
    assert whole.items() <= pictures(tmp_path / "a").items()


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    assert "is not empty" in run("-o", tmp_path, "-n", 4)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    run("-o", tmp_path / "a", "-n", 4)
    assert run("-o", tmp_path / "a", "-n", 4, "--seed", 1).startswith("2")


def test_a_sheet_shows_each_walk_in_a_row(tmp_path):
    run("-o", tmp_path / "a", "-n", 12, "--walk", 6, "--sheet", tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (6 * 64, 2 * 64)
        first = np.asarray(sheet)[:64, :64]
    (path,) = (tmp_path / "a").rglob("000000-00.png")
    with Image.open(path) as image:
        np.testing.assert_array_equal(np.asarray(image), first)


def test_a_sheet_of_independent_images_has_a_column_for_each_class(tmp_path):
    words = ("-n", 30, "--class", "barn", "--class", "boat")
    run("-o", tmp_path / "a", *words, "--sheet", tmp_path / "sheet.png")
    counts = [len(list((tmp_path / "a" / name).iterdir())) for name in ("barn", "boat")]
    assert sum(counts) == 30
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (2 * 64, max(counts) * 64)
        second = np.asarray(sheet)[:64, 64:]
    with Image.open(min((tmp_path / "a" / "boat").iterdir())) as image:
        np.testing.assert_array_equal(np.asarray(image), second)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--class", "ufo"], "no class ufo"),
        (["--truncation", "0"], "at least 0.02"),
        (["--sheet", "a.jpg"], "ends in .png"),
        (["--device", "cuda:9"], "cuda:9"),
    ],
)
def test_wrong_words_end_with_a_message_and_write_nothing(tmp_path, words, said):
    result = run("-o", tmp_path / "a", "-n", 4, *words)
    assert result.startswith("2")
    assert said in " ".join(result.split())
    assert not (tmp_path / "a").exists()
