"""Finding one's way: the small map, flights, the first hint, fading by a class, and a series of datasets."""

from collections.abc import Callable
from pathlib import Path

import pytest
from live import LiveServer
from looking import Looker
from playwright.sync_api import expect
from synthetic import Plan, write_manifest, write_synthetic_bundle

from ganatlas.bundle.manifest import MANIFEST_NAME, Manifest, Series

Look = Callable[..., Looker]


def test_the_small_map_shows_the_window_and_moves_it(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10")
    small = seen.page.locator(".minimap")
    expect(small).to_have_count(0)
    seen.page.keyboard.press("+")
    seen.page.keyboard.press("+")
    expect(small).to_be_visible()
    box = small.bounding_box() or {}
    window = small.locator("i").bounding_box() or {}
    assert 0 < window["width"] < box["width"]
    assert sum(small.locator("canvas").evaluate("one => [...one.getContext('2d').getImageData(0, 0, 10, 10).data]")) > 0
    seen.page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.25 * box["height"])
    seen.page.mouse.down()
    seen.page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.7 * box["height"], steps=4)
    seen.page.mouse.up()
    seen.until("(location.search.match(/at=(0\\.7[45]\\d*),0\\.[67]/) ?? []).length > 0")
    moved = small.locator("i").bounding_box() or {}
    assert moved["x"] > window["x"]
    phone = look(f"{server.url}?layer=late&grid=10&at=0.5,0.5,3", size=(375, 812), touch=True)
    expect(phone.page.locator(".minimap")).not_to_be_visible()


def test_the_next_cell_is_flown_to_where_it_is_far(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&at=0.95,0.95,30", still=False)
    seen.until("document.querySelector('.map-heat') !== null")
    seen.page.evaluate(
        """() => { window.__seen = []; (function step() {
        __seen.push(document.querySelector('.map-heat').style.transform); requestAnimationFrame(step); })(); }"""
    )
    seen.page.keyboard.press("n")
    seen.until(
        """(() => { const one = document.querySelector('.map-outline-selected')?.getBoundingClientRect();
        const view = document.querySelector('.map-view').getBoundingClientRect(); if (!one) return false;
        return Math.abs(one.left + one.width / 2 - view.left - view.width / 2) < view.width / 2
          && Math.abs(one.top + one.height / 2 - view.top - view.height / 2) < view.height / 2; })()"""
    )
    scales = seen.page.evaluate("__seen.map((one) => Number(one.match(/matrix\\(([\\d.]+)/)[1]))")
    assert min(scales) < 0.5 * scales[0], "it went out on its way"


@pytest.mark.parametrize("still", [True, False], ids=["reduced motion", "motion"])
def test_layers_and_grids_fade_into_each_other_unless_less_motion_is_asked_for(
    look: Look, server: LiveServer, still: bool
) -> None:
    seen = look(f"{server.url}?layer=early&grid=10", still=still)
    seen.until("document.querySelector('.map-heat') !== null")
    seen.page.evaluate(
        """() => { const animate = Element.prototype.animate; window.__fades = [];
        Element.prototype.animate = function (frames, timing) {
          __fades.push([this.className, ...frames.map((one) => one.opacity)]);
          return animate.call(this, frames, timing); }; }"""
    )
    for key, value in (("]", {"layer": "late"}), (".", {"grid": "20"})):
        before = seen.heat()
        seen.page.keyboard.press(key)
        seen.until_query(**value)
        seen.until_true(lambda before=before: seen.heat() != before, "other colours")
        fades = seen.page.evaluate("window.__fades.splice(0)")
        assert sorted(fades) == ([] if still else [["map-heat", 0, 1], ["map-heat", 1, 0]])


def test_with_less_motion_the_map_is_at_the_next_cell_at_once(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&at=0.95,0.95,30")
    seen.until("document.querySelector('.map-heat') !== null")
    seen.page.evaluate(
        """() => { window.__seen = new Set(); (function step() {
        __seen.add(document.querySelector('.map-heat').style.transform); requestAnimationFrame(step); })(); }"""
    )
    seen.page.keyboard.press("n")
    expect(seen.drawer.locator(".example").first).to_be_attached()
    seen.steady(lambda: seen.page.evaluate("[...__seen].at(-1)"))
    assert seen.page.evaluate("__seen.size") <= 3, "where it was, where it went, and where it is beside the drawer"


def test_who_is_here_first_is_told_how_to_begin_and_not_again(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10")
    hint = seen.page.get_by_text("Click a cell to begin")
    expect(hint).to_be_visible()
    seen.until("document.querySelector('.map-heat') !== null")
    seen.page.mouse.click(*seen.place(5, 1, 10))
    expect(seen.drawer).to_be_visible()
    expect(hint).to_have_count(0)
    seen.page.keyboard.press("Escape")
    seen.page.reload()
    seen.until("document.querySelector('.map-heat') !== null")
    expect(hint).to_have_count(0)


def test_the_map_fades_by_a_class_as_its_attribution_says(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&cell=10:5,1")
    seen.drawer.locator(".attribution button").first.click()
    seen.until("document.querySelector('.map-veil') !== null")
    label = seen.query()["label"]
    expect(seen.page.locator(".map-filter")).to_contain_text(f"Fading by what points to {label}")
    wrong = seen.page.evaluate(
        """async (label) => {
        const answer = await (await fetch(`api/v1/atlases/made-up/layers/late/grids/10/attribution?label=${label}`)).json();
        const veil = document.querySelector('.map-veil').getContext('2d').getImageData(0, 0, 10, 10).data;
        const share = new Map(answer.effect.map((effect, i) =>
          [answer.row[i] * 10 + answer.column[i], Math.max(0, effect / answer.maximum)]));
        const off = (at) => Math.abs(veil[4 * at + 3] / 255 - (1 - (share.get(at) ?? 0)));
        return [...Array(100).keys()].filter((at) => off(at) > 0.01); }""",
        label,
    )
    assert wrong == []
    seen.page.get_by_role("button", name=f"Stop fading by {label}").click()
    expect(seen.page.locator(".map-veil")).to_have_count(0)


def test_without_attribution_the_map_says_so(look: Look, atlas: Path) -> None:
    manifest = Manifest.model_validate_json((atlas / MANIFEST_NAME).read_text())
    layers = tuple(
        layer.model_copy(update={"grids": tuple(grid.model_copy(update={"attribution": None}) for grid in layer.grids)})
        for layer in manifest.layers
    )
    (atlas / MANIFEST_NAME).write_text(manifest.model_copy(update={"layers": layers}).with_digest().model_dump_json())
    with LiveServer(atlas) as server:
        seen = look(f"{server.url}?layer=late&grid=10&label=boat")
        expect(seen.page.locator(".map-filter")).to_contain_text("No attribution on this grid")
        expect(seen.drawer).to_contain_text("the map does not fade")
        expect(seen.page.locator(".map-veil")).to_have_count(0)


def test_where_no_cell_points_to_a_class_nothing_is_hidden(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10")
    answer = {"label": "boat", "column": [5], "row": [1], "effect": [-0.5], "maximum": -0.5}
    seen.page.route("**/attribution?*", lambda route: route.fulfill(json=answer))
    seen.page.keyboard.press("f")
    seen.page.keyboard.type("boat")
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator(".map-filter")).to_contain_text("No cell of this grid points to boat: nothing fades")
    expect(seen.page.locator(".map-veil")).to_have_count(0)


def test_a_slider_goes_along_datasets_that_are_a_series(look: Look, tmp_path: Path) -> None:
    folder = tmp_path / "made-up.atlas"
    plan = Plan(datasets=("real", "gan-a", "gan-b"), layers=("late",), sizes=(10,), images=200, side=32, metrics=False)
    manifest = write_synthetic_bundle(folder, plan)
    values = {"gan-a": 1.0, "gan-b": 0.5}
    datasets = tuple(
        d.model_copy(update={"series": Series(name="truncation", value=values[d.name])}) if d.name in values else d
        for d in manifest.datasets
    )
    write_manifest(folder, manifest.model_copy(update={"datasets": datasets}))
    with LiveServer(folder) as server:
        seen = look(f"{server.url}?icons=exemplar:gan-a&density=gan-a&cell=10:5,1")
        slider = seen.page.get_by_role("slider", name="truncation")
        expect(slider).to_have_attribute("aria-valuetext", "truncation 1, Gan A")
        slider.focus()
        seen.page.keyboard.press("ArrowLeft")
        seen.until_query(pair="real~gan-b", icons="exemplar:gan-b", density="gan-b", cell="10:5,1")
        expect(slider).to_have_attribute("aria-valuetext", "truncation 0.5, Gan B")
        seen.page.locator(".map-view").focus()
        seen.page.keyboard.press("}")
        seen.until_query(pair="real~gan-a", icons="exemplar:gan-a", density="gan-a")
