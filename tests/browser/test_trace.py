"""A trace keeps to its members: on every layer, whatever else is selected, until it is closed; and in a link."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from live import LiveServer
from looking import Looker
from playwright.sync_api import Locator, expect

Look = Callable[..., Looker]


def trace_of(seen: Looker) -> Locator:
    return seen.page.get_by_role("region", name="Trace through the layers")


def selection(seen: Looker, layer: str, body: dict[str, Any]) -> dict[str, Any]:
    """What the server says of a selection."""
    return dict(
        seen.page.evaluate(
            """async ([layer, body]) => (await fetch(`api/v1/atlases/made-up/layers/${layer}/selection`, {method: 'POST',
            headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)})).json()""",
            [layer, body],
        )
    )


@pytest.mark.parametrize("color", ["none", "effect&opacity=1&significance=off"], ids=["icons alone", "under full heat"])
def test_a_trace_keeps_its_members_on_every_layer(look: Look, server: LiveServer, color: str) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&cell=10:5,1&trace=on&color={color}")
    seen.until_query(trace="late:10:5,1")
    seen.page.locator(".map-view").focus()
    seen.page.keyboard.press("[")
    seen.until_query(layer="early", trace="late:10:5,1")
    found = selection(seen, "late", {"size": 10, "cells": [{"column": 5, "row": 1}], "layers": ["early"], "places": 3000})
    places = found["places"]["early"]
    expect(trace_of(seen)).to_contain_text(f"cell 5, 1 of late, 10 grid, {found['total']:,} samples")
    expect(seen.drawer.locator("h2")).to_have_text(f"{found['total']:,} samples in 1 cell")
    legend = seen.page.get_by_role("list", name="Datasets in view")
    expect(legend.locator("li")).to_have_count(len({*places["dataset"]}))
    inside = [i for i in range(len(places["x"])) if 0 <= places["x"][i] < 1 and 0 <= places["y"][i] < 1]
    counts = [int(text.replace(",", "")) for text in legend.locator(".number").all_inner_texts()]
    # Some that lie beyond the edge of the map may be in the window, too.
    assert len(inside) <= sum(counts) <= found["total"]
    # A dot is where the server says that the sample lies on this layer, in its own colour whatever that of the cell.
    colors = [
        [int(part) for part in re.findall(r"\d+", swatch.evaluate("one => getComputedStyle(one).backgroundColor"))[:3]]
        for swatch in legend.locator(".swatch").all()
    ]
    x0, y0 = seen.place(0, 0, 1000)
    side = 1000 * (seen.place(1, 0, 1000)[0] - x0)
    at = inside[-1]
    dot = x0 + places["x"][at] * side, y0 + places["y"][at] * side
    seen.until_true(lambda: seen.on_screen(*dot) in colors, "a dot where the sample lies")


def test_another_cell_is_traced_only_when_asked_to_and_the_way_back_is_shown(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early&grid=10&cell=10:4,2&trace=late:10:5,1")
    trace = trace_of(seen)
    expect(trace).to_contain_text("cell 5, 1 of late, 10 grid")
    seen.page.locator(".map-view").focus()
    seen.page.keyboard.press("Shift+ArrowRight")
    expect(trace).to_contain_text("cell 5, 1 of late, 10 grid")
    seen.until_query(trace="late:10:5,1")
    again = look(seen.page.url)
    expect(trace_of(again)).to_contain_text("cell 5, 1 of late, 10 grid")
    trace.get_by_role("button", name="Back to it").click()
    seen.until_query(layer="late", cell="10:5,1", trace="late:10:5,1")
    expect(trace.get_by_role("button", name="Back to it")).to_have_count(0)
    seen.page.go_back()
    trace.get_by_role("button", name="of early instead").click()
    seen.until_query(trace=f"early:{seen.query()['cell']}")
    seen.page.locator(".map-view").focus()
    seen.page.keyboard.press("r")
    expect(trace).to_have_count(0)
    seen.until_query(trace=None)


def test_members_outside_the_map_are_counted(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&trace=late:10:outside")
    found = selection(seen, "late", {"size": 10, "cells": [{"column": -1, "row": -1}]})
    assert found["total"] > 0
    card = trace_of(seen).locator(".trace-card", has_text="late")
    expect(card).to_contain_text(f"{found['total']:,} outside")
    expect(seen.page.locator(".legend")).to_contain_text(f"{found['total']:,} lie outside the map")


def test_a_lasso_is_traced_as_the_cells_or_samples_that_it_took(look: Look, server: LiveServer) -> None:
    lasso = "late:0.42,0.02;0.68,0.02;0.68,0.28;0.42,0.28"
    seen = look(f"{server.url}?layer=late&grid=10&lasso={lasso}&whole=10")
    seen.drawer.get_by_role("button", name="Trace", exact=True).click()
    seen.until_query(trace="late:cells:10:4-6,0;4-6,1;4-6,2")
    seen.page.keyboard.press("Escape")
    expect(seen.drawer).to_have_count(0)
    expect(trace_of(seen)).to_contain_text("9 cells of late, 10 grid")
    trace_of(seen).get_by_role("button", name="Back to it").click()
    expect(seen.drawer.locator("h2")).to_contain_text("in 9 cells")
    other = look(f"{server.url}?layer=late&grid=10&lasso={lasso}&trace=on")
    other.until_query(trace=lasso.replace(":", ":lasso:"))


def test_the_path_of_an_image_stays_that_images(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&trace=path&image=real:3")
    trace = trace_of(seen)
    expect(trace.locator("polyline")).to_have_count(1)
    seen.page.locator(".map-view").focus()
    seen.page.keyboard.press("n")
    expect(seen.drawer).to_be_visible()
    seen.page.keyboard.press("[")
    seen.until_query(layer="early", trace="path", image="real:3")
    expect(trace).to_contain_text("Path of image 3 of Real")
    expect(trace).not_to_contain_text("Traced:")
    trace.get_by_role("button", name="Let go").click()
    expect(trace).to_have_count(0)


def test_a_trace_of_what_is_not_there_says_so(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&trace=gone:10:5,1&image=nobody:3")
    expect(trace_of(seen)).to_contain_text("this atlas has no layer gone")
    expect(trace_of(seen)).to_contain_text("this atlas has no such dataset")
    expect(trace_of(seen).locator(".trace-card")).to_have_count(2)
