"""A poster and the page beside it have the same colours: their rules are in two languages, and this holds them together."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from live import LiveServer
from looking import Looker

from ganatlas.bundle.reader import Bundle
from ganatlas.bundle.tables import OUTSIDE
from ganatlas.export.colors import diverging, sequential
from ganatlas.export.heat import ColorMode, heat_of, paint

Look = Callable[..., Looker]
SEEN_FROM = 100
"""Alpha from which colours are compared: a canvas rounds those of what is nearly transparent."""


@pytest.mark.parametrize("mode", ["effect", "contribution", "density"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_cell_has_the_colour_of_the_viewer(
    look: Look, server: LiveServer, whole: Path, mode: ColorMode, theme: str
) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&color={mode}&opacity=0.7", scheme=theme)
    seen.until("document.querySelector('.map-heat') !== null")
    shown = np.array(seen.heat()).reshape(10, 10, 4)
    bundle = Bundle.open(whole)
    grid, manifest = bundle.grid("late", 10), bundle.manifest
    heat = heat_of(grid, mode, pair=0, dataset=0, fdr=manifest.fdr, min_test=manifest.min_test)
    assert heat is not None
    ramp = sequential(theme) if mode == "density" else diverging(theme)  # type: ignore[arg-type]
    drawn = paint(heat, ramp, 0.7).astype(int)
    on_map = grid.cells("column") != OUTSIDE
    there = shown[grid.cells("row")[on_map], grid.cells("column")[on_map]]
    assert np.abs(there[:, 3] - drawn[:, 3]).max() <= 1
    visible = drawn[:, 3] >= SEEN_FROM
    assert visible.any()
    assert np.abs(there[visible, :3] - drawn[visible, :3]).max() <= 3
