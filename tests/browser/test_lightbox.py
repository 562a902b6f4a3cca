"""One sample large: what is said of it, going on from it, and closing it."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from live import LiveServer
from looking import Looker
from playwright.sync_api import Locator, expect

Look = Callable[..., Looker]
CELL = "layer=late&grid=10&cell=10:5,1"


def lightbox(seen: Looker) -> Locator:
    return seen.page.locator("dialog[open]")


def fact(seen: Looker, name: str) -> str:
    """What is said beside a name; the name may carry a hint of its own."""
    return str(
        seen.page.evaluate(
            """name => [...document.querySelectorAll('dialog[open] dt')].find((one) =>
            one.textContent.startsWith(name)).nextElementSibling.innerText""",
            name,
        )
    )


def test_an_example_is_looked_at_large_with_all_that_is_known_of_it(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?{CELL}")
    example = seen.drawer.locator(".example-open").first
    name = (example.get_attribute("aria-label") or "").removeprefix("Look at ")
    example.click()
    box = lightbox(seen)
    expect(box.locator("h2")).to_have_text(name)
    expect(box.locator(".lightbox-whole img")).to_be_visible()
    expect(box.locator(".lightbox-box")).to_be_visible()
    expect(box.locator(".example-patch")).to_be_visible()
    assert fact(seen, "Dataset") == "Real"
    assert fact(seen, "Label") in {"spring", "summer", "autumn", "winter"}
    assert name.split("/")[0] in fact(seen, "Top class"), "the made-up files lie in folders by class"
    assert fact(seen, "Cell").startswith("5, 1 late · 10 grid")
    assert -1 <= float(fact(seen, "Nearness")) <= 1
    stops = box.get_by_role("region", name="Path through the layers").locator("li")
    expect(stops).to_have_count(2)
    expect(stops.last).to_contain_text("5, 1")


def test_what_is_known_of_the_image_beside_the_reference_leads_to_its_nearest(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?{CELL}&sample=gan-a:3:0")
    scores = lightbox(seen).get_by_role("region", name="Scores")
    expect(scores).to_contain_text("Beside Real")
    assert fact(seen, "Realism").startswith("0.503")
    assert fact(seen, "Local density") == "0.6"
    expect(scores.get_by_role("img", name="Image 4 of Real")).to_have_count(2)
    scores.get_by_role("button", name="What is Realism?").click()
    expect(scores.get_by_text("far below 1 it is unlike all of them")).to_be_visible()
    seen.page.keyboard.press("Escape")
    scores.get_by_role("button", name="by features").click()
    seen.until_query(sample="real:4:0")
    expect(scores).to_contain_text("Beside the other images of Real")
    last = look(f"{server.url}?{CELL}&sample=gan-a:899:0")
    expect(lightbox(last)).to_contain_text("it has no scores")


def test_arrows_go_to_the_next_and_the_previous_example_and_escape_closes(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?{CELL}")
    second = seen.drawer.locator(".examples-column").first.locator(".example-open").nth(1)
    second.click()
    expect(lightbox(seen)).to_contain_text("2 of")
    first = seen.query()["sample"]
    seen.page.keyboard.press("ArrowRight")
    expect(lightbox(seen)).to_contain_text("3 of")
    # Going from one to the next is no step of the history, and is written when it rests.
    seen.until(f"!location.search.includes('sample={first}')")
    for _ in range(16):  # beyond the first page of the column: a step that must wait for a page is not lost
        seen.page.keyboard.press("ArrowRight")
    expect(lightbox(seen)).to_contain_text("19 of")
    for _ in range(17):
        seen.page.keyboard.press("ArrowLeft")
    seen.until_query(sample=first)
    assert seen.page.evaluate("document.activeElement.closest('dialog') !== null"), "the focus stays inside"
    seen.page.keyboard.press("Escape")
    expect(lightbox(seen)).to_have_count(0)
    seen.until_query(sample=None, cell="10:5,1")
    expect(second).to_be_focused()


def test_a_link_to_a_sample_finds_its_place_among_the_members(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?{CELL}&order=random")
    seen.drawer.locator(".examples-column").first.locator(".example-open").nth(3).click()
    expect(lightbox(seen)).to_contain_text("4 of")
    name = lightbox(seen).locator("h2").inner_text()
    again = look(seen.page.url)
    expect(lightbox(again)).to_contain_text("4 of")
    expect(lightbox(again).locator("h2")).to_have_text(name)
    assert fact(again, "Nearness") == fact(seen, "Nearness")
    nowhere = look(f"{server.url}?layer=late&sample=real:3:0")
    expect(lightbox(nowhere).locator(".facts")).to_be_visible()
    expect(lightbox(nowhere).get_by_role("group", name="Examples")).to_have_count(0)


def test_one_goes_from_a_sample_to_its_cell_in_another_layer(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?{CELL}&sample=real:3:0")
    stop = lightbox(seen).get_by_role("region", name="Path through the layers").locator("li button").first
    expect(stop).to_contain_text("early")
    where = stop.locator(".faint").inner_text()
    stop.click()
    expect(lightbox(seen)).to_have_count(0)
    seen.until_query(layer="early", cell=f"10:{'outside' if where == 'outside' else where.replace(' ', '')}")


def test_a_dot_deep_in_the_map_opens_its_sample(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=40&at=0.5,0.1,12")
    seen.until("document.querySelector('.dots-legend li') !== null")
    at = seen.page.evaluate(
        """async () => { const answer = await fetch('api/v1/atlases/made-up/layers/late/selection', {method: 'POST',
        headers: {'Content-Type': 'application/json'}, body: JSON.stringify({polygon:
        [[0.46, 0.06], [0.54, 0.06], [0.54, 0.14], [0.46, 0.14]], limit: 1})});
        return (await answer.json()).items[0]; }"""
    )
    view = seen.page.locator(".map-view").bounding_box() or {}
    side = 12 * min(view["width"], view["height"])
    x = view["x"] + view["width"] / 2 + (at["x"] - 0.5) * side
    y = view["y"] + view["height"] / 2 + (at["y"] - 0.1) * side
    seen.page.mouse.move(x, y)
    expect(seen.page.locator(".sample-tip")).to_be_visible()
    seen.page.mouse.click(x, y)
    expect(lightbox(seen).locator(".facts")).to_be_visible()
    assert seen.query()["cell"].startswith("40:")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_nothing_serious_in_the_lightbox(look: Look, server: LiveServer, scheme: str) -> None:
    seen = look(f"{server.url}?{CELL}&sample=real:3:0", scheme=scheme)
    expect(lightbox(seen).locator(".lightbox-path li").first).to_be_visible()
    found = Axe().run(seen.page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


def test_on_a_phone_the_lightbox_fits(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?{CELL}&sample=real:3:0", size=(375, 812), touch=True)
    expect(lightbox(seen).locator(".lightbox-path li").first).to_be_attached()
    box = lightbox(seen).bounding_box() or {}
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 375
    assert lightbox(seen).locator(".dialog-body").evaluate("one => one.scrollWidth <= one.clientWidth + 1")
