"""`ganatlas sweep`: the same cells or the same layer under several settings, as a sheet with figures."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from ganatlas.cli import app
from ganatlas.errors import InputError
from ganatlas.icons.settings import IconSettings
from ganatlas.pipeline.layout import LayoutSettings
from ganatlas.pipeline.sweep import ICON_KEYS, LAYOUT_KEYS, combinations

CONFIGURATION = """
[[datasets]]
name = "real"
source = "world:scenes/real"
limit = 60

[[datasets]]
name = "flawed"
source = "world:scenes/flawed"
limit = 60

[classifier]
name = "world:scenes"
layers = ["mixed3a", "mixed4a"]

[layout]
n_neighbors = 10
epochs = 20

[grids]
sizes = [10]
min_count = 2

[icons]
grids = [10]
steps = 2
"""


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    path = tmp_path / "atlas.toml"
    path.write_text(CONFIGURATION)
    return path


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["sweep", *map(str, words)])
    return result.exit_code, " ".join(result.output.split())


def test_layouts_are_shown_side_by_side_with_their_trustworthiness(configuration: Path, tmp_path: Path) -> None:
    over = ("--over", "n_neighbors=5,15", "--over", "min_dist=0.1,0.9")
    code, said = run("layout", configuration, "-o", tmp_path / "sheet", "--layer", "mixed3a", *over)
    assert code == 0, said
    page = (tmp_path / "sheet.html").read_text()
    assert page.count("<tr><td>") == 4
    for combination in ("n_neighbors 5, min_dist 0.1", "n_neighbors 15, min_dist 0.9"):
        assert combination in page
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 600
        assert len(np.unique(np.asarray(sheet.convert("RGB")).reshape(-1, 3), axis=0)) > 50


def test_icons_are_shown_under_their_exemplars_with_their_faithfulness(configuration: Path, tmp_path: Path) -> None:
    words = ("icons", configuration, "-o", tmp_path / "sheet.png", "--over", "whitening=on,off", "--cells", 3)
    code, said = run(*words)
    assert code == 0, said
    page = (tmp_path / "sheet.html").read_text()
    assert "Icons of mixed4a, 10 grid" in page
    assert page.count("<tr><td>whitening") == 2
    first = (tmp_path / "sheet.png").read_bytes()
    assert run(*words)[0] == 0
    assert (tmp_path / "sheet.png").read_bytes() == first


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pictures",), "expected icons or layout"),
        (("icons", "--over", "colour=red"), "a key of: steps, tries"),
        (("icons", "--over", "steps"), "expected key=value,value"),
        (("icons", "--over", "steps=many"), "no value for steps"),
        (("layout", "--over", "min_dist=7"), "min_dist"),
        (("icons", "--layer", "mixed9"), "the layers are: mixed3a, mixed4a"),
        (("icons", "--grid", "40"), "has no 40 grid"),
    ],
)
def test_what_cannot_be_swept_is_said(configuration: Path, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    code, output = run(words[0], configuration, "-o", tmp_path / "sheet", *words[1:])
    assert code == 2
    assert said in output
    assert not (tmp_path / "sheet.png").exists()


def test_combinations_are_every_value_with_every_other_and_have_the_fields_types() -> None:
    made = combinations(["steps=2,3", "whitening=true,off", "lr=1"], ICON_KEYS, {}, IconSettings)
    assert len(made) == 4
    assert made[0] == {"steps": 2, "whitening": True, "lr": 1.0}
    assert made[-1] == {"steps": 3, "whitening": False, "lr": 1.0}
    assert combinations(["metric=cosine,euclidean"], LAYOUT_KEYS, {}, LayoutSettings)[1] == {"metric": "euclidean"}
    with pytest.raises(InputError, match="no value for metric"):
        combinations(["metric=taxi"], LAYOUT_KEYS, {}, LayoutSettings)
