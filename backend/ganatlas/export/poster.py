"""The poster: a whole layer on one page, with what it is of, how many, the scale in numbers, and the cells that differ most.

Data flow: the bundle → `choose` → `draw_poster` → PNG or PDF (`ganatlas export --poster`). Drawn with Pillow alone, so that the
server's side makes it without torch or matplotlib. Lengths are in thousandths of the map's side; the page has the shape of A2.
"""

from pathlib import Path

from PIL import Image

from ganatlas.bundle.reader import Bundle
from ganatlas.errors import InputError
from ganatlas.storage import writing

from .choices import Choice
from .colors import diverging, sequential
from .column import Column, listed_cells, title_of
from .heat import heat_of
from .map_picture import PALETTES, draw_map
from .sheet import Sheet

MARGIN, HEAD, FOOT, GUTTER = 45.0, 100.0, 40.0, 45.0
PAPER_MM = 594
"""Width that is written into the file: A2, across."""
MOST_PIXELS = 400_000_000
SUFFIXES = (".png", ".pdf")
KINDS = {"exemplar": "nearest samples", "inverted": "inverted features", "decoded": "decoded features"}


def draw_poster(bundle: Bundle, choice: Choice, font: Path | None = None) -> Image.Image:
    """Draw the poster: RGB, in the shape of A paper across.

    Raises:
        InputError: it would have more pixels than can be held, or the font cannot be read.
        BundleError: a tile of the bundle is missing or damaged.
    """
    unit = choice.side / 1000
    height = round((MARGIN + HEAD + 1000 + FOOT + MARGIN / 2) * unit)
    width = round(height * 2**0.5)
    if width * height > MOST_PIXELS:
        millions = f"{width * height / 1e6:,.0f}"
        raise InputError(
            f"This poster would have {millions} megapixels. Give a coarser --grid, a smaller --side, or --icons none."
        )
    manifest = bundle.manifest
    sheet = Sheet(Image.new("RGB", (width, height), PALETTES[choice.theme].paper), unit, choice.theme, font)
    grid = bundle.grid(choice.layer.name, choice.size)
    pair = choice.pair or 0
    heat = heat_of(grid, choice.color, pair=pair, dataset=choice.dataset, fdr=manifest.fdr, min_test=manifest.min_test)
    ramp = sequential(choice.theme) if choice.color == "density" else diverging(choice.theme)
    listed = listed_cells(bundle, choice)
    _head(sheet, bundle, choice)
    sheet.paste(draw_map(bundle, choice, heat, ramp, listed, font), MARGIN, MARGIN + HEAD)
    sheet.left, sheet.right, sheet.y = 1000 + MARGIN + GUTTER, sheet.right - MARGIN, MARGIN + HEAD
    Column(sheet, bundle, choice, heat, ramp, listed, MARGIN + HEAD + 1000).draw()
    _foot(sheet, bundle, choice)
    return sheet.page


def check_name(out: Path) -> None:
    """Refuse a file that a poster cannot be, before it is drawn.

    Raises:
        InputError: it is neither a .png nor a .pdf, or its folder does not exist.
    """
    if out.suffix.lower() not in SUFFIXES:
        raise InputError(f"A poster is a {' or a '.join(SUFFIXES)}, not '{out.name}'.")
    if not out.parent.is_dir():
        raise InputError(f"The folder {out.parent} does not exist.")


def save_poster(poster: Image.Image, out: Path) -> None:
    """Write it as its name says: a .png, or a .pdf with one page of A2.

    Raises:
        InputError: it cannot be written. StorageError: the disk is full or read-only; an earlier poster stays.
    """
    dpi = poster.width / (PAPER_MM / 25.4)
    part = out.with_name(f".{out.name}.part")
    try:
        with writing(out, resumes=False):
            if out.suffix.lower() == ".pdf":
                poster.save(part, "PDF", resolution=dpi, quality=92)
            else:
                poster.save(part, "PNG", dpi=(dpi, dpi))
            part.replace(out)
    except OSError as error:
        raise InputError(f"{out} cannot be written ({error.strerror or error}).") from error
    finally:
        part.unlink(missing_ok=True)


def _head(sheet: Sheet, bundle: Bundle, choice: Choice) -> None:
    manifest, width = bundle.manifest, sheet.right - 2 * MARGIN
    size = 40.0
    while size > 20 and sheet.length(manifest.title, sheet.style(size, weight="bold")) > width:
        size -= 2
    sheet.say(MARGIN, MARGIN + 34, manifest.title, sheet.style(size, weight="bold"), width)
    network = f" of {manifest.classifier.name}" if manifest.classifier else ""
    said = [f"Layer {choice.layer.name}{network}", f"{choice.size} × {choice.size} grid", _icons(bundle, choice)]
    said += _coloured(bundle, choice)
    sheet.say(MARGIN, MARGIN + 68, "  ·  ".join(said), sheet.quiet(17), width)


def _icons(bundle: Bundle, choice: Choice) -> str:
    pyramid = choice.pyramid
    if pyramid is None:
        return "no icons"
    return f"icons: {KINDS[pyramid.kind]} of {'all sets' if pyramid.of == 'joint' else title_of(bundle, pyramid.of)}"


def _coloured(bundle: Bundle, choice: Choice) -> list[str]:
    if choice.color == "none":
        return []
    if choice.color == "density":
        return [f"colour: samples of {bundle.manifest.datasets[choice.dataset].title}"]
    return [f"colour: {'ratio of shares' if choice.color == 'effect' else 'contribution to the divergence'}"]


def _foot(sheet: Sheet, bundle: Bundle, choice: Choice) -> None:
    manifest, y = bundle.manifest, MARGIN + HEAD + 1000 + 26
    said = "A cell holds samples whose activations lie near each other; its icon shows what they have in common."
    if choice.pyramid:
        said += f" Dots: fewer than {manifest.min_count} samples."
    if choice.pair is not None:
        said += f" Counts: {' ‖ '.join(title_of(bundle, name) for name in manifest.pairs[choice.pair])}."
    made = f"ganatlas {manifest.versions.get('ganatlas', '')} · {manifest.name} · {manifest.digest[:12]}"
    length = sheet.say(sheet.right, y, made, sheet.quiet(10, "rs"))
    sheet.say(MARGIN, y, said, sheet.quiet(10), sheet.right - MARGIN - length - 30)
