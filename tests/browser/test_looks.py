"""Small screens, dark and light, the keyboard, and what axe finds."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from live import LiveServer
from looking import Looker
from playwright.sync_api import expect

Look = Callable[..., Looker]
PHONE = (375, 812)


def test_on_a_phone_nothing_is_cut_off_and_the_drawer_is_a_sheet(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early", size=PHONE, touch=True)
    assert seen.page.evaluate("document.documentElement.scrollWidth") == 375
    seen.until("document.querySelector('.map-heat') !== null")
    seen.page.touchscreen.tap(*seen.place(5, 1, 10))
    expect(seen.drawer.locator(".example").first).to_be_attached()
    box, view = seen.drawer.bounding_box() or {}, seen.page.locator(".map-view").bounding_box() or {}
    assert (box["x"], box["width"]) == (0, 375)
    assert view["y"] + view["height"] <= box["y"] + 1
    wide = seen.page.evaluate(
        """[...document.querySelectorAll('.drawer *, .topbar *')].filter((one) => {
        const box = one.getBoundingClientRect(); return box.width > 0 && (box.right > 376 || box.left < -1)
          && !one.closest('.example-patch') && !one.closest('.hidden'); }).map((one) => one.className)"""
    )
    assert wide == []


def test_on_a_phone_the_rail_is_behind_the_menu(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early", size=PHONE, touch=True)
    expect(seen.page.locator(".rail")).not_to_be_visible()
    seen.page.get_by_role("button", name="Menu", exact=True).tap()
    seen.layer("late").tap()
    seen.until_query(layer="late")
    seen.page.get_by_role("button", name="Close the menu").tap()
    expect(seen.page.locator(".rail")).not_to_be_visible()


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_page_is_as_dark_or_light_as_the_system_until_told_otherwise(look: Look, server: LiveServer, scheme: str) -> None:
    seen = look(f"{server.url}?layer=early", scheme=scheme)
    html = seen.page.locator("html")
    expect(html).to_have_attribute("data-theme", scheme)
    seen.page.keyboard.press("t")
    other = "light" if scheme == "dark" else "dark"
    expect(html).to_have_attribute("data-theme", other)
    seen.page.reload()
    expect(html).to_have_attribute("data-theme", other)


def test_every_key_is_listed_and_focus_comes_back(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early")
    button = seen.page.get_by_role("button", name="Keys")
    button.click()
    dialog = seen.page.get_by_role("dialog", name="Keys")
    keys = dialog.locator("kbd").all_inner_texts()
    assert len(keys) == len(set(keys))
    assert {"+", "[", "{", "n", "p", "l", "o", "f", "Esc", "?"} <= set(keys)
    seen.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()
    seen.page.keyboard.press("?")
    expect(dialog).to_be_visible()


def test_tab_reaches_the_map_and_every_control_has_a_name(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&cell=10:5,1")
    expect(seen.drawer.locator(".example").first).to_be_attached()
    nameless = seen.page.evaluate(
        """[...document.querySelectorAll('button, select, input, a[href]')].filter((one) =>
        !(one.ariaLabel || one.textContent.trim() || one.labels?.length)).map((one) => one.outerHTML)"""
    )
    assert nameless == []
    reached = set()
    for _ in range(60):
        seen.page.keyboard.press("Tab")
        reached.add(seen.page.evaluate("document.activeElement.className"))
    assert "map-view" in reached


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize(
    "query",
    [
        "layer=late&cell=10:5,1",
        "layer=late&grid=10&ranking=on",
        "heatmap=on&layer=late",
        "about=on&layer=late",
        "layer=late&grid=10&cell=10:5,1&pin=early:10:4,2&compare=real&trace=on&image=real:3",
        "layer=late&grid=10&split=swipe&label=boat&area=1&points=on",
        "layer=late&lasso=late:0.2,0.2;0.8,0.2;0.5,0.8&split=side",
    ],
)
def test_axe_finds_nothing_serious(look: Look, server: LiveServer, scheme: str, query: str) -> None:
    seen = look(f"{server.url}?{query}", scheme=scheme)
    seen.until("document.querySelector('.map-heat') !== null")
    seen.until("document.querySelector('.example, .ranking li, .heatmap-table, .about') !== null")
    found = Axe().run(seen.page).response["violations"]
    serious = [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found if v["impact"] in ("serious", "critical")]
    assert serious == []
