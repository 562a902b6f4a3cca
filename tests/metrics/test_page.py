"""docs/metrics.md names every figure and setting, and its example runs."""

from pathlib import Path

import pytest

from ganatlas.metrics import FIGURES, MEASURES

PAGE = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text()
HEADINGS = {
    "frechet_distance": "### Fréchet distance\n",
    "frechet_infinity": "### Fréchet distance at infinity",
    "kernel_distance": "### Kernel distance",
    "classifier_score": "### Classifier score",
    "precision": "### Precision and recall",
    "recall": "### Precision and recall",
    "density": "### Density and coverage",
    "coverage": "### Density and coverage",
    "authenticity": "### Authenticity",
    "data_copying": "### C_T",
}


@pytest.mark.parametrize("name", MEASURES)
def test_every_figure_has_its_part_of_the_page(name: str) -> None:
    assert HEADINGS[name] in PAGE


@pytest.mark.parametrize("name", FIGURES)
def test_every_function_is_named(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(PAGE.split("```python\n")[1].split("```")[0], {})
    said = capsys.readouterr().out
    assert [line.split()[0] for line in said.splitlines()] == [
        name for name in MEASURES if name not in {"classifier_score", "data_copying"}
    ]
