"""What a number is to be read with, by pointing, by keys and by finger: facts, warnings, and a sentence on what it is."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from live import LiveServer
from looking import Looker
from playwright.sync_api import Locator, expect

Look = Callable[..., Looker]
PHONE = (375, 812)


def in_sight(told: Locator, size: tuple[int, int]) -> bool:
    box = told.bounding_box()
    return box is not None and box["x"] >= 0 and box["x"] + box["width"] <= size[0] and box["y"] + box["height"] <= size[1]


def test_a_tap_on_an_entry_of_the_heat_map_tells_its_facts_and_a_second_one_leads_on(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&heatmap=on", size=PHONE, touch=True)
    sheet = seen.page.get_by_role("dialog")
    told = sheet.get_by_role("region", name="The entry in numbers")
    entry = sheet.get_by_role("button", name="early, 20 grid").first
    entry.tap()
    expect(told).to_contain_text("early, 20 grid")
    for fact in ("95 % interval", "Samples a cell", "Significant cells", "By chance"):
        expect(told).to_contain_text(fact)
    assert in_sight(told, PHONE)
    assert seen.query()["heatmap"] == "on", "the first tap shows"
    entry.tap()
    seen.until_query(heatmap=None, layer="early", grid="20", color="contribution")


def test_the_focus_tells_the_facts_of_an_entry_and_each_says_what_it_is(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&heatmap=on")
    sheet = seen.page.get_by_role("dialog")
    told = sheet.get_by_role("region", name="The entry in numbers")
    greatest = (sheet.locator(".greatest").get_attribute("aria-label") or "").split(":")[0]
    expect(told).to_contain_text(greatest)
    sheet.get_by_role("button", name="early, 10 grid").first.focus()
    expect(told).to_contain_text("early, 10 grid")
    told.get_by_role("button", name="What is Samples a cell?").click()
    expect(told.get_by_text("below 5 the divergence is biased low")).to_be_visible()
    seen.page.keyboard.press("Escape")
    told.get_by_role("button", name="Go there").click()
    seen.until_query(heatmap=None, layer="early", grid="10")


def test_a_tap_on_a_metric_tells_its_warning_and_a_second_one_leads_to_the_map(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?metrics=layers", size=PHONE, touch=True)
    sheet = seen.page.get_by_role("dialog", name="Metrics")
    number = sheet.get_by_role("button", name="recall of late", exact=False)
    number.tap()
    told = sheet.get_by_role("region", name="The figure in words")
    expect(told.locator(".care").first).to_be_visible()
    assert in_sight(told, PHONE)
    number.tap()
    seen.until_query(metrics=None, layer="late", color="recall")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_every_metric_says_what_it_is_and_labels_tell_theirs_by_keys(look: Look, server: LiveServer, scheme: str) -> None:
    seen = look(f"{server.url}?metrics=layers", scheme=scheme)
    sheet = seen.page.get_by_role("dialog", name="Metrics")
    heads = sheet.locator("thead tr").first.locator("th:not(:first-child)")
    for i in range(heads.count()):
        expect(heads.nth(i).locator(".hint")).to_have_count(1)
    sheet.get_by_role("button", name="What is Recall?").click()
    expect(sheet.get_by_text("1 where nothing real is missing").first).to_be_visible()
    seen.page.keyboard.press("Escape")
    sheet.get_by_role("button", name="Labels").click()
    sheet.get_by_role("button", name="precision of castle", exact=False).focus()
    expect(sheet.get_by_role("region", name="The figure in words")).to_contain_text("precision, castle")
    found = Axe().run(seen.page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


def test_a_link_says_what_of_the_metrics_is_shown(look: Look, series: LiveServer) -> None:
    seen = look(f"{series.url}?metrics=labels")
    sheet = seen.page.get_by_role("dialog", name="Metrics")
    for _ in range(2):
        sheet.get_by_role("button", name="label", exact=True).click()
    seen.until_query(sort="-label")
    sheet.get_by_role("button", name="Nearest images").click()
    sheet.get_by_role("button", name="Pixels").click()
    seen.until_query(near="pixels")
    sheet.get_by_role("button", name="Series").click()
    sheet.get_by_label("Features").select_option("late")
    seen.until_query(space="late")
    again = look(seen.page.url).page.get_by_role("dialog", name="Metrics")
    expect(again.get_by_label("Features")).to_have_value("late")
    again.get_by_role("button", name="Labels").click()
    expect(again.locator("th[aria-sort=descending]")).to_have_text("label")
    expect(again.locator("tbody th").first).to_have_text("castle")
    again.get_by_role("button", name="Nearest images").click()
    expect(again.get_by_role("button", name="Pixels")).to_have_attribute("aria-pressed", "true")
