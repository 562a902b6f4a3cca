"""What every number of an atlas is: its title, its unit, and one sentence on what it says.

The table (figures.json, beside this file) is the one place of these texts: the viewer's "?" is built from it, the report and
the list of atlases print it, metrics.json carries its sentences, and docs/figures.md is written from it.
"""

from pathlib import Path

from .manifest import Model


class FigureText(Model):
    """One number. unit: empty where it has none. says: one sentence."""

    title: str
    unit: str
    says: str

    @property
    def head(self) -> str:
        """The title, with a unit that is a sign: "Authenticity, %"."""
        return f"{self.title}, {self.unit}" if self.unit == "%" else self.title


class _Table(Model):
    figures: dict[str, FigureText]
    metrics: dict[str, FigureText]


_TABLE = _Table.model_validate_json(Path(__file__).with_name("figures.json").read_bytes())
FIGURES = _TABLE.figures
"""Of cells, samples, heat maps and maps, by a name of ours."""
METRICS = _TABLE.metrics
"""Of image-set metrics, by their names in metrics.json, in the order of tables."""
