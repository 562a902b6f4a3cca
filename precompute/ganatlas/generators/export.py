"""Samples as files: one PNG each, in a folder a class, and a contact sheet.

Data flow: :class:`ganatlas.generators.sampling.Samples` → `ganatlas sample`.
"""

import json
import os
from pathlib import Path

import numpy as np
from PIL import Image

from ganatlas.errors import InputError
from ganatlas.pipeline.progress import Reporter

from .sampling import Samples

_RECORD = ".ganatlas-sample.json"
_MOST_COLUMNS = 24
"""Of a contact sheet without classes."""


def write_samples(
    samples: Samples, classes: tuple[str, ...], walk: int, out: Path, sheet: Path | None, reporter: Reporter
) -> None:
    """Writes image i as ``out/CLASS/NNNNNN.png`` (``out/NNNNNN.png`` without classes); of a walk ``NNNNNN-SS.png``.

    Interrupted and called again with the same samples, it goes on where it was.

    Raises:
        InputError: the folder holds something else, or cannot be written.
    """
    if sheet is not None and sheet.suffix.lower() != ".png":
        raise InputError(f"the contact sheet {sheet} is written as PNG; give it a name that ends in .png.")
    record = out / _RECORD
    # Not the number of images: more of the same may follow.
    wanted = {"samples": samples.identity()}
    try:
        if out.exists() and any(out.iterdir()) and _known(record) != wanted:
            raise InputError(f"the folder {out} is not empty, and does not hold these samples. Choose another, or empty it.")
        out.mkdir(parents=True, exist_ok=True)
        record.write_text(json.dumps(wanted))
        with reporter.step("sample", len(samples), "images") as advance:
            for index in range(len(samples)):
                path = _path(out, samples, classes, walk, index)
                if not path.exists():
                    path.parent.mkdir(exist_ok=True)
                    part = path.with_suffix(".part")
                    Image.fromarray(samples[index][0]).save(part, "PNG")
                    os.replace(part, path)
                advance(1)
        if sheet is not None:
            sheet.parent.mkdir(parents=True, exist_ok=True)
            draw_sheet(samples, walk).save(sheet, "PNG")
    except OSError as error:
        raise InputError(f"cannot write to {error.filename or out}: {error.strerror or error}.") from error


def draw_sheet(samples: Samples, walk: int) -> Image.Image:
    """All samples side by side: a row for each walk, else a column for each class, else about a square."""
    classes = sorted({samples.class_of(index) for index in range(len(samples))})
    if walk > 1:
        places = [divmod(index, walk) for index in range(len(samples))]
    elif classes != [-1] and len(classes) > 1:
        places, filled = [], dict.fromkeys(classes, 0)
        for index in range(len(samples)):
            own = samples.class_of(index)
            places.append((filled[own], classes.index(own)))
            filled[own] += 1
    else:
        columns = min(_MOST_COLUMNS, max(1, round(len(samples) ** 0.5)))
        places = [divmod(index, columns) for index in range(len(samples))]
    height, width, _ = samples[0][0].shape
    rows, across = (1 + max(place[axis] for place in places) for axis in (0, 1))
    picture = np.full((rows * height, across * width, 3), 255, np.uint8)
    for index, (row, column) in enumerate(places):
        picture[row * height : (row + 1) * height, column * width : (column + 1) * width] = samples[index][0]
    return Image.fromarray(picture)


def _path(out: Path, samples: Samples, classes: tuple[str, ...], walk: int, index: int) -> Path:
    name = f"{index:06d}.png" if walk == 1 else f"{index // walk:06d}-{index % walk:02d}.png"
    found = samples.class_of(index)
    return out / _folder(classes[found]) / name if found >= 0 else out / name


def _folder(name: str) -> str:
    """A class as the name of a folder: a user's generator may call its classes anything."""
    plain = "".join(c if c.isalnum() or c in " ._-" else "-" for c in name).strip(" .")
    return plain or "class"


def _known(record: Path) -> object:
    try:
        return json.loads(record.read_text())
    except (OSError, ValueError):
        return None
