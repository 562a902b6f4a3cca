"""The metrics: a number leads to the map that explains it, labels to their cells, and images stand beside their nearest."""

from collections.abc import Callable

from live import LiveServer
from looking import Looker
from playwright.sync_api import expect

Look = Callable[..., Looker]


def test_a_number_leads_to_the_colours_that_explain_it(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early&grid=10")
    seen.page.keyboard.press("m")
    sheet = seen.page.get_by_role("dialog", name="Metrics")
    expect(sheet.get_by_role("row", name="late")).to_contain_text("floor 2")
    sheet.get_by_role("button", name="What is Final features?").click()
    expect(sheet.get_by_role("note").filter(has_text="The mean over all positions of the last layer")).to_be_visible()
    seen.page.keyboard.press("Escape")
    number = sheet.get_by_role("button", name="precision of late", exact=False)
    number.hover()
    expect(sheet).to_contain_text("95 % interval 0.7 to 0.8")
    expect(sheet.get_by_role("button", name="recall of late", exact=False)).to_contain_text("!")
    number.click()
    seen.until_query(layer="late", color="precision", metrics=None)
    expect(seen.page.get_by_role("figure", name="Legend")).to_contain_text("Not precise")
    seen.until("document.querySelector('.map-heat') !== null")


def test_labels_are_sorted_and_lead_to_their_cells(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?metrics=labels")
    sheet = seen.page.get_by_role("dialog", name="Metrics")
    sheet.get_by_role("button", name="label", exact=True).click()
    expect(sheet.locator("tbody th").first).to_have_text("boat")
    sheet.get_by_role("button", name="label", exact=True).click()
    expect(sheet.locator("tbody th").first).to_have_text("castle")
    sheet.get_by_role("button", name="castle", exact=True).click()
    seen.until_query(label="castle", metrics=None)


def test_series_are_curves_and_images_stand_beside_their_nearest(look: Look, series: LiveServer) -> None:
    seen = look(f"{series.url}?metrics=series")
    sheet = seen.page.get_by_role("dialog", name="Metrics")
    expect(sheet.get_by_role("img", name="FD over step")).to_be_visible()
    sheet.get_by_role("button", name="Nearest images").click()
    expect(sheet.locator(".nearest li").first).to_contain_text("0.1")
    expect(sheet.locator(".nearest img")).to_have_count(48)
    sheet.get_by_role("button", name="More").click()
    expect(sheet.locator(".nearest img")).to_have_count(96)
    seen.page.keyboard.press("Escape")
    seen.until_query(metrics=None)
