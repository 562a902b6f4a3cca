"""The heat maps as SVG: layers × grids of every pair on one colour scale, with the numbers; no script, no style, no font.

Data flow: divergence.json → here → `divergence.svg` of the API and the printed report. Colours are attributes, not styles:
they obey a strict Content-Security-Policy, and are printed whatever the browser does with backgrounds.
"""

from collections.abc import Callable
from html import escape
from typing import Literal

import numpy as np

from ganatlas.bundle.divergence import Divergence, DivergenceEntry

from .colors import Theme, ink_on, sequential
from .heat import nice_ceil
from .map_picture import PALETTES

Measure = Literal["kl", "js"]
UNITS: dict[Measure, str] = {
    "js": "Jensen–Shannon divergence, corrected, bits",
    "kl": "Kullback–Leibler divergence, corrected, nats",
}
CELL, HEIGHT, GAP, NAMES, HEAD, FOOT = 38, 17, 1.5, 74, 30, 22
WIDTH = 720
MARGIN = 18
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def heatmap_svg(
    divergence: Divergence, measure: Measure, title_of: Callable[[str], str], *, theme: Theme = "light", title: str = ""
) -> str:
    """Draw one measure of all pairs, and last the reference against itself.

    Args:
        title_of: from a dataset's name to its title.
        title: written above, with the unit, on a ground with a margin; without one there is none of it.

    Returns:
        An <svg> element of at most 720 units across; pairs that do not fit beside each other go on below.
    """
    entries = divergence.entries
    sizes, layers = sorted({entry.size for entry in entries}), list(dict.fromkeys(entry.layer for entry in entries))
    panels: dict[tuple[bool, str, str], list[DivergenceEntry]] = {}
    for entry in sorted(entries, key=lambda each: each.is_self):
        panels.setdefault((entry.is_self, entry.first, entry.second), []).append(entry)
    trusted = [_value(entry, measure) for entry in entries if entry.valid and not entry.is_self]
    high = nice_ceil(max(trusted or [_value(entry, measure) for entry in entries] or [0.0]))
    wide, tall = len(sizes) * CELL, HEAD + len(layers) * HEIGHT + 10
    across = max(1, min(len(panels), (WIDTH - NAMES) // (wide + 14)))
    top = 48 if title else 0
    width, height = NAMES + across * (wide + 14), top + -(-len(panels) // across) * tall + FOOT
    palette = PALETTES[theme]
    ink, quiet = (f"rgb{color}" for color in (palette.ink, palette.quiet))
    parts: list[str] = []
    margin = MARGIN if title else 0
    if title:
        ground = f'<rect x="{-margin}" y="{-margin}" width="{width + 2 * margin}" height="{height + 2 * margin}"'
        parts = [f'{ground} fill="rgb{palette.paper}"/>', _text(0, 14, title, ink, size=14, weight=600)]
        parts.append(_text(0, 32, UNITS[measure], quiet, size=11))
    for number, (key, mine) in enumerate(panels.items()):
        left, above = NAMES + number % across * (wide + 14), top + number // across * tall
        name = _cut(_name(key, measure, title_of), wide + 8)
        parts.append(_text(left, above + 10, name, ink, size=10.5, weight=600))
        parts += [_text(left + (at + 0.5) * CELL, above + 24, f"{size}", quiet, "middle") for at, size in enumerate(sizes)]
        if number % across == 0:
            for at, layer in enumerate(layers):
                parts.append(_text(NAMES - 6, above + HEAD + (at + 0.5) * HEIGHT + 3.5, layer, quiet, "end"))
        for entry in mine:
            place = (left + sizes.index(entry.size) * CELL, above + HEAD + layers.index(entry.layer) * HEIGHT)
            parts += _entry(place, entry, measure, high, theme)
    parts += _scale(height - FOOT, width, high, quiet, theme)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-margin} {-margin} {width + 2 * margin} {height + 2 * margin}" '
        f'width="{width + 2 * margin}" height="{height + 2 * margin}" '
        f'font-family="{FONT}" role="img" aria-label="{escape(UNITS[measure])}"><defs><pattern id="hatch" width="6" height="6" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="1.5" height="6" fill="#777" '
        f'fill-opacity="0.6"/></pattern></defs>{"".join(parts)}</svg>'
    )


def _entry(place: tuple[float, float], entry: DivergenceEntry, measure: Measure, high: float, theme: Theme) -> list[str]:
    """A box with its number; hatched where it has too few samples, with a dot where p is small."""
    (x, y), value, ramp = place, _value(entry, measure), sequential(theme)
    color = ramp[round(255 * float(np.clip(value / high, 0, 1)))]
    box = f'x="{x:g}" y="{y:g}" width="{CELL - GAP}" height="{HEIGHT - GAP}" rx="2"'
    ink = f"rgb{ink_on(color)}"
    parts = [f'<rect {box} fill="rgb{tuple(color.tolist())}"/>']
    if not entry.valid:
        parts.append(f'<rect {box} fill="url(#hatch)"/>')
    if entry.p < 0.05:
        parts.append(f'<circle cx="{x + CELL - GAP - 4:g}" cy="{y + 4:g}" r="1.4" fill="{ink}"/>')
    return [*parts, _text(x + (CELL - GAP) / 2, y + HEIGHT / 2 + 2.8, _number(value), ink, "middle")]


def _scale(y: float, width: float, high: float, quiet: str, theme: Theme) -> list[str]:
    left, steps, step = NAMES, 24, 5
    colors = sequential(theme)[np.arange(steps) * 255 // (steps - 1)].tolist()
    parts = [
        f'<rect x="{left + at * step}" y="{y + 4:g}" width="{step + 0.4}" height="7" fill="rgb{tuple(color)}"/>'
        for at, color in enumerate(colors)
    ]
    parts += [_text(left - 5, y + 11, "0", quiet, "end"), _text(left + steps * step + 5, y + 11, f"{high:g}", quiet)]
    said = "Hatched: fewer than 5 samples a cell, biased low. Dot: p < 0.05."
    return [*parts, _text(width - 14, y + 11, said, quiet, "end")]


def _name(key: tuple[bool, str, str], measure: Measure, title_of: Callable[[str], str]) -> str:
    is_self, first, second = key
    if is_self:
        return f"{title_of(first)}, halved"
    return f"{title_of(first)} ‖ {title_of(second)}" if measure == "kl" else f"{title_of(second)}"


def _cut(text: str, width: float) -> str:
    """A name that fits its panel, at about six units a letter."""
    most = max(4, int(width / 6.1))
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _value(entry: DivergenceEntry, measure: Measure) -> float:
    return entry.js_corrected if measure == "js" else entry.kl


def _number(value: float) -> str:
    text = f"{value:.3f}" if abs(value) < 9.9995 else f"{value:.1f}"
    return "0.000" if text == "-0.000" else text.replace("-", "−")


def _text(x: float, y: float, text: str, fill: str, anchor: str = "start", size: float = 9, weight: int = 400) -> str:
    more = "" if weight == 400 else f' font-weight="{weight}"'
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" text-anchor="{anchor}" fill="{fill}"{more}>{escape(text)}</text>'
