"""The printed report and the list of atlases in a real browser: one page of paper, no script, nothing serious for axe."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from live import LiveServer
from looking import Looker
from playwright.sync_api import expect

Look = Callable[..., Looker]


def serious(seen: Looker) -> list[str]:
    found = Axe().run(seen.page).response["violations"]
    return [each["id"] for each in found if each["impact"] in {"serious", "critical"}]


def test_the_report_is_one_page_of_a4_or_letter(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}a/made-up/report", icons=False)
    expect(seen.page.get_by_role("heading", level=1)).to_have_text("A made-up atlas")
    for paper in ("A4", "Letter"):
        assert len(re.findall(rb"/Type\s*/Page\b", seen.page.pdf(format=paper))) == 1, paper


def test_take_along_leads_to_the_report_of_the_pair_and_back_to_its_cells(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late")
    seen.page.keyboard.press("w")
    with seen.page.context.expect_page() as opened:
        seen.page.get_by_role("group", name="A report on one page").get_by_role("link").click()
    opened.value.wait_for_load_state()
    assert opened.value.url.endswith("/a/made-up/report?pair=real~gan-a")
    opened.value.get_by_role("link", name="To the map").click()
    expect(opened.value.locator(".layers button").first).to_be_visible()


@pytest.mark.parametrize("size", [(1440, 900), (375, 812)])
def test_report_and_list_fit_any_screen_and_axe_finds_nothing_serious(
    look: Look, whole: Path, tmp_path: Path, size: tuple[int, int]
) -> None:
    for number in range(6):
        shutil.copytree(whole, tmp_path / "atlases" / f"number-{number}.atlas")
    with LiveServer(tmp_path / "atlases") as server:
        listed = look(server.url, icons=False, size=size)
        assert serious(listed) == []
        listed.page.get_by_role("button", name="What is Jensen–Shannon divergence?").first.click()
        expect(listed.page.get_by_text("How different two datasets are on a grid")).to_be_visible()
        listed.page.keyboard.press("Escape")
        listed.page.get_by_label("Search").fill("number nothing-like-it")
        expect(listed.page.get_by_role("status")).to_have_text("No atlas has these words.")
        listed.page.get_by_label("Search").fill("gan a late")
        expect(listed.page.get_by_role("status")).to_have_text("6 of 6")
        report = look(f"{server.url}a/number-3/report", icons=False, size=size)
        assert serious(report) == []
        for seen in (listed, report):
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]
