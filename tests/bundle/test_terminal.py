"""What others wrote is shown on a terminal as it is: no markup, no emoji, no escape sequences."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table
from synthetic import write_manifest

from ganatlas.bundle.manifest import SkippedImage
from ganatlas.bundle.reader import Bundle
from ganatlas.commands.info import info
from ganatlas.commands.verify import verify
from ganatlas.errors import BundleError
from ganatlas.terminal import plain_console, printable

NASTY = "[/b] [red]x[/red] :boat: \x1b]0;title\x07 \u202egnp.exe"
SHOWN = "[/b] [red]x[/red] :boat: \\x1b]0;title\\x07 \\u202egnp.exe"


@given(st.text(st.characters(), max_size=60))
def test_nothing_printed_controls_a_terminal_and_what_is_harmless_stays(text: str) -> None:
    shown = printable(text)
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in shown if c != "\n")
    shown.encode()
    assert printable(shown) == shown
    if text.isprintable():
        assert shown == text


def test_a_string_is_printed_as_it_is_in_tables(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    table = Table("name", title=NASTY)
    table.add_row(NASTY)
    plain_console().print(table, NASTY)
    assert capsys.readouterr().out.count(SHOWN) == 3


def test_what_an_atlas_says_of_itself_is_printed_as_it_is(
    atlas: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    manifest = Bundle.open(atlas).manifest
    first = manifest.datasets[0].model_copy(
        update={"formats": {NASTY: 3}, "skipped": (SkippedImage(name=NASTY, reason="no picture"),)}
    )
    said = {"title": NASTY, "warnings": (NASTY,), "datasets": (first, *manifest.datasets[1:])}
    write_manifest(atlas, manifest.model_copy(update=said))
    info(atlas)
    assert capsys.readouterr().out.count(SHOWN) == 4


@pytest.mark.parametrize("name", ["[/b].webp", "\x1b[2J.webp"])
def test_a_file_of_any_name_is_named_by_verify(
    atlas: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    tiles = atlas / Bundle.open(atlas).manifest.layers[0].grids[0].icons[0].tiles.path
    path = tiles.parent / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")
    with pytest.raises(BundleError, match="one problem"):
        verify(atlas)
    assert printable(name) in capsys.readouterr().out
