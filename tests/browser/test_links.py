"""Every view is a link, and back undoes a step."""

from collections.abc import Callable

from live import LiveServer
from looking import Looker
from playwright.sync_api import expect

Look = Callable[..., Looker]


def test_a_copied_link_opens_the_same_view_on_a_fresh_page(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early")
    seen.layer("late").click()
    seen.page.get_by_role("button", name="10", exact=True).click()
    seen.page.get_by_label("Colour by").select_option("contribution")
    seen.page.keyboard.press("+")
    seen.until("location.search.includes('at=')")
    seen.page.keyboard.press("n")
    seen.until("location.search.includes('cell=')")
    expect(seen.drawer.locator(".verdict-words").first).to_be_visible()
    heading = seen.drawer.locator("h2").inner_text()
    seen.until("document.querySelector('.map-heat') !== null")
    heat = seen.steady(seen.heat)
    # What the address says of the centre is written once the map is at rest.
    again = look(seen.steady(lambda: seen.page.url))
    expect(again.layer("late")).to_have_attribute("aria-pressed", "true")
    grids = again.page.get_by_role("group", name="Grid")
    expect(grids.get_by_role("button", name="10", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(again.page.get_by_label("Colour by")).to_have_value("contribution")
    expect(again.drawer.locator("h2")).to_have_text(heading)
    again.until("document.querySelector('.map-heat') !== null")
    again.until_true(lambda: again.heat() == heat, "the same colours")
    assert again.steady(again.query) == seen.query()


def test_back_and_forward_go_through_the_steps(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early")
    seen.layer("late").click()
    seen.page.get_by_label("Colour by").select_option("density")
    seen.page.go_back()
    expect(seen.page.get_by_label("Colour by")).to_have_value("effect")
    expect(seen.layer("late")).to_have_attribute("aria-pressed", "true")
    seen.page.go_back()
    expect(seen.layer("early")).to_have_attribute("aria-pressed", "true")
    seen.page.go_forward()
    expect(seen.layer("late")).to_have_attribute("aria-pressed", "true")


def test_panning_does_not_fill_the_history(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early")
    before = seen.page.evaluate("history.length")
    for key in ("+", "ArrowRight", "ArrowDown", "-"):
        seen.page.keyboard.press(key)
    seen.until("location.search.includes('at=')")
    assert seen.page.evaluate("history.length") == before


def test_an_entry_of_the_heat_map_leads_to_its_map(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early")
    seen.page.keyboard.press("h")
    dialog = seen.page.get_by_role("dialog")
    expect(dialog.locator("table")).to_have_count(2)
    expect(dialog).to_contain_text("noise floor")
    dialog.get_by_role("button", name="late, 20 grid").first.click()
    expect(dialog).to_have_count(0)
    seen.until_query(layer="late", grid="20", color="contribution", heatmap=None)
    expect(seen.layer("late")).to_have_attribute("aria-pressed", "true")


def test_the_heat_map_shows_kl_too_and_its_scale_is_set(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early&heatmap=on")
    dialog = seen.page.get_by_role("dialog")
    entry = dialog.get_by_role("button", name="late, 20 grid").first
    js = entry.inner_text()
    dialog.get_by_role("button", name="KL").click()
    expect(entry).not_to_have_text(js)
    expect(dialog).to_contain_text("nats")
    color = entry.evaluate("one => getComputedStyle(one).backgroundColor")
    dialog.get_by_label("End of the colour scale").fill("40")
    dialog.get_by_label("End of the colour scale").press("Enter")
    seen.until_query(range="0,40", measure="kl")
    assert entry.evaluate("one => getComputedStyle(one).backgroundColor") != color


def test_a_link_that_makes_no_sense_opens_the_map(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=nowhere&grid=33&pair=a~b&color=pink&at=x&icons=inverted:real")
    assert seen.shown_layer == "late"
    expect(seen.page.get_by_text("Exemplar · Real stands in")).to_be_visible()
