"""What is said on a terminal: names and titles from elsewhere are shown as they are, and command nothing there.

Data flow: commands and the job's progress print through here. A file may be called `[/b].png` (rich's markup), `:boat:` (its
emoji) or hold escape sequences (the terminal's own); an atlas or archive of somebody else may say anything.
"""

import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


def printable(text: str) -> str:
    """The same text with what controls a terminal, or turns the direction of writing, spelt out; line breaks stay."""
    return "".join(c if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"} else _spelt(c) for c in text)


def plain_console(*, stderr: bool = False) -> "Console":
    """A console that prints strings, those in tables too, without markup, emoji and highlights; styles are given as `Text`."""
    from rich.console import Console

    class Plain(Console):
        def render_str(self, text: str, **options: Any) -> "Text":
            return super().render_str(printable(text), **options)

    return Plain(stderr=stderr, markup=False, emoji=False, highlight=False)


def _spelt(character: str) -> str:
    return character.encode("unicode_escape").decode()
