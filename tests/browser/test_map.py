"""The map: what is on it when it opens, and going about on it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from live import LiveServer
from looking import Looker
from playwright.sync_api import expect

Look = Callable[..., Looker]


def test_the_first_paint_shows_icons_and_says_what_the_colours_mean(look: Look, server: LiveServer) -> None:
    seen = look(server.url)
    x, y = seen.place(5, 1, 10)
    seen.until_true(lambda: seen.pixel(x, y)[3] == 255, "an icon is there")
    expect(seen.page.locator(".legend")).to_contain_text("more Gan A")
    expect(seen.page).to_have_title("A made-up atlas · ganatlas")
    assert seen.shown_layer == "late", "the deepest layer is the first to be seen"


def test_an_atlas_of_the_real_pipeline_is_shown(look: Look, tiny_atlas: Path) -> None:
    with LiveServer(tiny_atlas) as server:
        seen = look(f"{server.url}?grid=10&layer=mixed5b")
        expect(seen.layer("mixed5b")).to_have_attribute("aria-pressed", "true")
        seen.page.keyboard.press("Shift+ArrowRight")
        expect(seen.drawer.locator(".examples-column")).to_have_count(2)
        expect(seen.drawer.locator(".example-box").first).to_be_visible()


def test_pointing_at_a_cell_says_what_is_in_it(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early")
    seen.until("document.querySelector('.map-heat') !== null")
    x, y = seen.place(4, 2, 10)
    seen.page.mouse.move(x, y)
    tip = seen.page.locator(".tooltip")
    expect(tip).to_contain_text("Real")
    expect(tip).to_contain_text("Gan A")
    expect(tip).to_contain_text("4, 2")
    seen.page.mouse.move(20, 20)
    expect(tip).to_have_count(0)


def test_layers_are_stepped_through_by_keys_and_by_the_list(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early")
    seen.page.keyboard.press("]")
    expect(seen.layer("late")).to_have_attribute("aria-pressed", "true")
    seen.page.keyboard.press("]")
    expect(seen.layer("late")).to_have_attribute("aria-pressed", "true")
    seen.page.keyboard.press("[")
    expect(seen.layer("early")).to_have_attribute("aria-pressed", "true")
    seen.layer("late").click()
    seen.until_query(layer="late")


def test_the_grid_is_chosen_by_hand_or_by_zoom(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early")
    grids = seen.page.get_by_role("group", name="Grid")
    expect(grids.get_by_role("button", name="10")).to_have_class("hinted")
    for _ in range(3):
        seen.page.keyboard.press("+")
    expect(grids.get_by_role("button", name="40")).to_have_class("hinted")
    seen.page.keyboard.press("0")
    expect(grids.get_by_role("button", name="10")).to_have_class("hinted")
    grids.get_by_role("button", name="20").click()
    expect(grids.get_by_role("button", name="20")).to_have_attribute("aria-pressed", "true")
    seen.until_query(grid="20")
    seen.page.keyboard.press("g")
    expect(grids.get_by_role("button", name="auto")).to_have_attribute("aria-pressed", "true")


def test_it_is_dragged_and_zoomed_by_wheel_double_click_and_buttons(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early")
    x, y = seen.place(5, 5, 10)

    def zoom() -> float:
        return float(seen.query().get("at", "0,0,0.94").split(",")[2])

    seen.page.mouse.move(x, y)
    for act in (
        lambda: seen.page.mouse.wheel(0, -200),
        lambda: seen.page.mouse.dblclick(x, y),
        lambda: seen.page.get_by_role("button", name="Zoom in").click(),
    ):
        before = zoom()
        act()
        seen.until_true(lambda before=before: zoom() > before * 1.05, "it is zoomed in")
    seen.page.keyboard.press("Escape")
    seen.page.get_by_role("button", name="Whole map").click()
    seen.until_query(at=None)
    seen.page.mouse.move(x, y)
    seen.page.mouse.down()
    seen.page.mouse.move(x + 120, y + 60, steps=6)
    seen.page.mouse.up()
    seen.until("location.search.includes('at=')")


def test_each_way_to_colour_paints_another_picture(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&significance=off")
    seen.until("document.querySelector('.map-heat') !== null")
    color = seen.page.get_by_label("Colour by")
    pictures = [seen.steady(seen.heat)]
    color.select_option("contribution")
    pictures.append(seen.steady(seen.heat))
    color.select_option("density")
    pictures.append(seen.steady(seen.heat))
    seen.page.get_by_label("Dataset of the density").select_option("gan-a")
    pictures.append(seen.steady(seen.heat))
    expect(seen.page.locator(".legend")).to_contain_text("samples a cell")
    for i, picture in enumerate(pictures):
        assert len(picture) == 400
        assert picture not in pictures[:i]
    color.select_option("none")
    expect(seen.page.locator(".map-heat")).to_have_count(0)


def test_what_may_be_chance_fades_and_the_strength_is_set(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10")
    seen.until("document.querySelector('.map-heat') !== null")
    faded = sum(seen.steady(seen.heat)[3::4])
    seen.page.get_by_label("Fade what may be chance").uncheck()
    seen.until_true(lambda: sum(seen.heat()[3::4]) > faded, "more is coloured")
    seen.page.get_by_label("Strength").fill("1")
    seen.until_true(lambda: set(seen.heat()[3::4]) == {0, 255}, "a plain heat map")
    seen.until_query(opacity="1", significance="off")


@pytest.mark.parametrize("still", [True, False], ids=["reduced motion", "motion"])
def test_icons_of_the_next_layer_take_the_place_of_the_last(look: Look, server: LiveServer, still: bool) -> None:
    seen = look(f"{server.url}?layer=early&color=none", still=still)
    x, y = seen.place(5, 1, 10)
    seen.until_sharp()
    before = seen.steady(lambda: seen.pixel(x, y))
    seen.page.keyboard.press("]")
    seen.until_true(lambda: seen.pixel(x, y) != before, "the icons changed")


def test_the_map_uses_the_room_that_the_drawer_leaves_and_stays_whole(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10")
    seen.until("document.querySelector('.map-heat') !== null")

    def gaps() -> list[float]:
        """Px between the map's edges and the window's: left, right, top, bottom."""
        return list(
            seen.page.evaluate(
                """(() => { const map = document.querySelector('.map-heat').getBoundingClientRect();
                const view = document.querySelector('.map-view').getBoundingClientRect();
                return [map.left - view.left, view.right - map.right, map.top - view.top, view.bottom - map.bottom]; })()"""
            )
        )

    def settled(fits: Callable[[list[float]], bool], how: str) -> None:
        seen.until_true(lambda: fits(gaps()), how)

    before = gaps()
    # A cell at the very edge: all of the map is in sight, so it need not move for it.
    column, row = seen.page.evaluate(
        """async () => { const all = await (await fetch('api/v1/atlases/made-up/layers/late/grids/10/cells')).json();
        const on = [...all.column.keys()].filter((i) => all.column[i] >= 0);
        const last = on.reduce((a, b) => (all.column[b] > all.column[a] ? b : a));
        return [all.column[last], all.row[last]]; }"""
    )
    seen.page.mouse.click(*seen.place(column, row, 10))
    expect(seen.drawer).to_be_visible()
    seen.until_query(at=None, cell=f"10:{column},{row}")
    settled(lambda now: min(now) > 0 and abs(now[0] - now[1]) < 2, "whole, in the middle of what the drawer leaves")
    seen.page.keyboard.press("Escape")
    expect(seen.drawer).to_have_count(0)
    settled(lambda now: max(abs(a - b) for a, b in zip(now, before, strict=True)) < 2, "as it was before")
