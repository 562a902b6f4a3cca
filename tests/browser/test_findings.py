"""What a person comes to find out, each as a walk through the viewer."""

from collections.abc import Callable

from live import LiveServer
from looking import Looker
from playwright.sync_api import expect

Look = Callable[..., Looker]


def test_the_atlas_says_what_to_take_with_care_and_every_number_what_it_is(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late")
    seen.page.get_by_role("button", name="1 warning · 1 skipped").click()
    about = seen.page.get_by_role("dialog", name="About this atlas")
    expect(about).to_contain_text("Trust.")
    about.locator("summary").click()
    expect(about).to_contain_text("broken.png: not an image")
    expect(about.locator(".about-warning")).to_contain_text("JPEG")
    seen.until_query(about="on")
    hint = about.get_by_role("button", name="What is Trustworthiness?")
    hint.click()
    expect(about.get_by_text("Whether neighbours on the map")).to_be_visible()
    seen.page.keyboard.press("Escape")
    expect(about.get_by_text("Whether neighbours on the map")).not_to_be_visible()
    expect(about).to_be_visible()
    seen.page.keyboard.press("Escape")
    expect(about).to_have_count(0)


def test_what_is_missing_is_listed_and_stepped_through_deep_in_the_map(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&at=0.9,0.9,6&ranking=on")
    both = seen.drawer.locator(".ranking li")
    expect(both.first).to_be_visible()
    seen.drawer.get_by_role("button", name="Missing from Gan A").click()
    seen.drawer.get_by_label("Only where the other has none").check()
    seen.until_query(side="first", only="on")
    expect(both.first).to_contain_text("only in Real, none in Gan A")
    expect(both.first).to_contain_text("lighthouse")
    seen.page.keyboard.press("n")
    expect(seen.drawer.locator(".verdict-words").first).to_contain_text("only in Real")
    expect(seen.drawer.locator(".example").first).to_be_attached()
    outline, view = seen.page.locator(".map-outline-selected").bounding_box(), seen.page.locator(".map-view").bounding_box()
    assert outline is not None
    assert view is not None
    assert view["x"] <= outline["x"] < view["x"] + view["width"], "the map flew to the cell"
    assert view["y"] <= outline["y"] < view["y"] + view["height"]
    seen.page.keyboard.press("Escape")
    expect(both.first).to_be_visible()


def test_a_pinned_cell_is_compared_with_another_one(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&cell=10:5,1")
    heading = seen.drawer.locator("h2")
    expect(heading).not_to_have_text("Cell")
    first = heading.inner_text()
    seen.page.keyboard.press("k")
    seen.until_query(pin="late:10:5,1")
    seen.page.keyboard.press("]")
    seen.page.mouse.click(*seen.place(2, 6, 10))
    seen.until_query(cell="10:2,6")
    seen.page.keyboard.press("x")
    pinned, selected = (seen.drawer.get_by_role("region", name=name) for name in ("Pinned", "Selected"))
    expect(pinned.locator("h3")).to_have_text(first)
    expect(selected.locator("h3")).not_to_have_text(first)
    for side in (pinned, selected):
        expect(side.locator(".example").first).to_be_attached()
        expect(side.locator(".shares tr")).to_have_count(2)
    seen.until_query(compare="real")
    pinned.get_by_label("Dataset of the classes").select_option("gan-a")
    seen.until_query(compare="gan-a")
    again = look(seen.page.url)
    expect(again.drawer.get_by_role("region", name="Pinned").locator("h3")).to_have_text(first)
