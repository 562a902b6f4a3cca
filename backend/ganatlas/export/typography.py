"""Setting type on a picture with Pillow: faces that have the letters, lines that fit their column, bold where there is none.

Faces are looked for where the system keeps them; Pillow's own (Aileron) is the last resort. It has ASCII and little more, and
what a face lacks is written in letters that it has.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from ganatlas.errors import InputError

from .colors import Color

Weight = Literal["regular", "bold"]
FACES = (
    ("Inter-Regular.ttf", "Inter-SemiBold.ttf"),
    ("HelveticaNeue.ttc", None),
    ("segoeui.ttf", "seguisb.ttf"),
    ("Roboto-Regular.ttf", "Roboto-Medium.ttf"),
    ("Arial.ttf", "Arial Bold.ttf"),
    ("arial.ttf", "arialbd.ttf"),
    ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
)
SAID_OTHERWISE = str.maketrans(
    {"‖": "|", "–": "-", "—": "-", "−": "-", "×": "x", "…": "...", "→": "->", "←": "<-", "’": "'", "“": '"', "”": '"', "₂": "2"}
)
PROBE_SIZE = 32


@dataclass(frozen=True)
class Style:
    """How a text is set. size: px of the em. anchor: Pillow's, such as ls for left on the baseline."""

    size: float
    fill: Color
    weight: Weight = "regular"
    anchor: str = "ls"


class Typesetter:
    """Writes on one picture.

    Raises:
        InputError: the font that was asked for cannot be read.
    """

    def __init__(self, picture: Image.Image, font: Path | None = None) -> None:
        self._draw = ImageDraw.Draw(picture)
        self._font = font
        if font is not None:
            try:
                ImageFont.truetype(str(font), PROBE_SIZE)
            except OSError as error:
                raise InputError(f"{font} is not a font that can be read. Give a .ttf, .otf or .ttc file.") from error

    def text(self, xy: tuple[float, float], text: str, style: Style) -> float:
        """Write one line and return its length in px."""
        runs = self._runs(text, style)
        length = sum(face.getlength(run) for face, _, run in runs)
        x = xy[0] - length * {"l": 0, "m": 0.5, "r": 1}[style.anchor[0]]
        for face, heavier, run in runs:
            anchor = "l" + style.anchor[1]
            self._draw.text((x, xy[1]), run, style.fill, face, anchor, stroke_width=heavier)
            x += face.getlength(run)
        return length

    def length(self, text: str, style: Style) -> float:
        """Length of a line in px."""
        return sum(face.getlength(run) for face, _, run in self._runs(text, style))

    def fit(self, text: str, width: float, style: Style) -> str:
        """The text, cut with an ellipsis where it is longer than `width` px."""
        if self.length(text, style) <= width:
            return text
        while len(text) > 1 and self.length(text + "…", style) > width:
            text = text[:-1]
        return text.rstrip() + "…"

    def lines(self, text: str, width: float, style: Style) -> list[str]:
        """The text as lines of at most `width` px, broken between words."""
        found: list[str] = []
        for word in text.split():
            longer = f"{found[-1]} {word}" if found else word
            if found and self.length(longer, style) <= width:
                found[-1] = longer
            else:
                found.append(word)
        return found

    def _runs(self, text: str, style: Style) -> list[tuple[ImageFont.FreeTypeFont, int, str]]:
        """(face, stroke in px that makes it bold where it is not, run): the text in pieces that one face can write."""
        faces = ((str(self._font), None), *present_faces()) if self._font else present_faces()
        pieces: list[tuple[int, str]] = []
        for letter in text:
            at = next((number for number, (name, _) in enumerate(faces) if _has(name, letter)), -1)
            if pieces and (at == pieces[-1][0] or letter == " "):
                pieces[-1] = (pieces[-1][0], pieces[-1][1] + letter)
            else:
                pieces.append((at, letter))
        runs = []
        for at, piece in pieces:
            regular, bold = faces[at] if at >= 0 else ("", None)
            name = bold if style.weight == "bold" and bold else regular
            heavier = max(1, round(style.size * 0.02)) if style.weight == "bold" and name == regular else 0
            runs.append((_load(name, max(1.0, style.size)), heavier, piece if name else piece.translate(SAID_OTHERWISE)))
        return runs


@lru_cache(maxsize=1)
def present_faces() -> tuple[tuple[str, str | None], ...]:
    """(regular, bold where there is one) of the faces that this system has, the best first."""
    return tuple((name, bold if bold and _exists(bold) else None) for name, bold in FACES if _exists(name))


@lru_cache(maxsize=256)
def _exists(name: str) -> bool:
    try:
        _load(name, PROBE_SIZE)
    except OSError:
        return False
    return True


@lru_cache(maxsize=8192)
def _has(name: str, letter: str) -> bool:
    """Whether a face has a letter: otherwise it draws the same box as for a code point that nothing has."""
    face = _load(name, PROBE_SIZE)
    return letter.isspace() or bytes(face.getmask(letter)) != bytes(face.getmask("\U0010ffff"))


@lru_cache(maxsize=512)
def _load(name: str, size: float) -> ImageFont.FreeTypeFont:
    if name == "":
        face = ImageFont.load_default(size)
        assert isinstance(face, ImageFont.FreeTypeFont)
        return face
    return ImageFont.truetype(name, size)
