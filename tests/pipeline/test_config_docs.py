"""docs/configuration.md says of every key what the program does with it."""

from pathlib import Path

from ganatlas.pipeline.config import load_config
from ganatlas.pipeline.config_docs import describe

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"


def test_the_page_holds_the_tables_of_today() -> None:
    assert describe() in PAGE.read_text(), "run: python -m ganatlas.pipeline.config_docs, and put its tables into the page"


def test_the_example_on_the_page_is_a_configuration(tmp_path: Path) -> None:
    example = PAGE.read_text().split("```toml\n")[1].split("```")[0]
    (tmp_path / "atlas.toml").write_text(example)
    assert [d.name for d in load_config(tmp_path / "atlas.toml").datasets] == ["real", "gan"]
