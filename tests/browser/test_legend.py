"""The legend: numbers and a histogram of the scale, handles that set its range, and what the dots stand for."""

from collections.abc import Callable

from live import LiveServer
from looking import Looker
from playwright.sync_api import expect

Look = Callable[..., Looker]


def test_the_range_of_the_colours_is_set_by_handles_and_reset_by_a_double_click(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&significance=off")
    seen.until("document.querySelector('.map-heat') !== null")
    plain = seen.heat()
    legend = seen.page.get_by_role("figure", name="Legend")
    upper = legend.get_by_role("slider", name="Upper end of the colour scale")
    before = float(upper.get_attribute("aria-valuenow") or "nan")
    upper.focus()
    seen.page.keyboard.press("ArrowLeft")
    seen.page.keyboard.press("ArrowLeft")
    seen.until("location.search.includes('scale=effect')")
    assert float(upper.get_attribute("aria-valuenow") or "nan") < before
    seen.until_true(lambda: seen.heat() != plain, "the colours follow the handle")
    bars = legend.locator(".range").bounding_box() or {}
    lower = legend.get_by_role("slider", name="Lower end of the colour scale")
    handle = lower.bounding_box() or {}
    seen.page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + 12)
    seen.page.mouse.down()
    seen.page.mouse.move(bars["x"] + 0.4 * bars["width"], handle["y"] + 12, steps=4)
    seen.page.mouse.up()
    now = seen.steady(lambda: lower.bounding_box() or {})
    assert abs(now["x"] + now["width"] / 2 - (bars["x"] + 0.4 * bars["width"])) < 3
    set_to = seen.steady(seen.heat)
    again = look(seen.steady(lambda: seen.page.url))
    again.until("document.querySelector('.map-heat') !== null")
    again.until_true(lambda: again.heat() == set_to, "the range is in the link")
    legend.locator(".range-bars").dblclick()
    seen.until_query(scale=None)
    seen.until_true(lambda: seen.heat() == plain, "the range is from the data again")


def test_a_range_belongs_to_its_way_to_colour(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&scale=contribution:-0.001,0.001")
    expect(seen.page.get_by_role("button", name="reset the range")).to_have_count(0)
    seen.page.get_by_label("Colour by").select_option("contribution")
    expect(seen.page.get_by_role("button", name="reset the range")).to_be_visible()
    expect(seen.page.locator(".legend")).to_contain_text("1")


def test_dots_are_coloured_by_class_with_a_legend_of_the_classes_in_view(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&color=none&points=on")
    legend = seen.page.locator(".dots-legend")
    expect(legend.locator("li")).to_have_count(2)
    expect(legend).to_contain_text("Gan A")
    picture = seen.page.locator(".map-points")
    painted = "one => one.getContext('2d').getImageData(0, 0, one.width, one.height).data.reduce((a, b) => a + b, 0)"
    expect(picture).to_be_visible()
    by_dataset = seen.steady(lambda: picture.evaluate(painted))
    legend.get_by_role("button", name="class", exact=True).click()
    seen.until_query(dots="class")
    expect(legend.locator("li")).to_have_count(11)
    expect(legend).to_contain_text("other classes")
    seen.until_true(lambda: picture.evaluate(painted) != by_dataset, "the dots have other colours")
    seen.page.mouse.move(*seen.place(5, 1, 10))
    for _ in range(5):
        seen.page.mouse.wheel(0, -300)
    seen.until("document.querySelectorAll('.dots-legend li').length < 11")
    legend.locator("li button").first.click()
    seen.until("location.search.includes('label=')")


def test_samples_appear_by_themselves_deep_in_the_map_and_not_when_told_not_to(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&at=0.5,0.15,3")
    expect(seen.page.locator(".dots-legend")).to_have_count(0)
    deep = look(f"{server.url}?layer=late&at=0.5,0.15,9")
    expect(deep.page.locator(".dots-legend li").first).to_be_visible()
    never = look(f"{server.url}?layer=late&at=0.5,0.15,9&points=off")
    never.until("document.querySelector('.map-heat') !== null")
    expect(never.page.locator(".dots-legend")).to_have_count(0)
