"""One cell: the drawer, its examples, the way to other cells."""

from collections.abc import Callable

from live import LiveServer
from looking import Looker
from playwright.sync_api import expect

Look = Callable[..., Looker]


def test_a_click_opens_the_drawer_with_examples_of_every_dataset(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10")
    seen.until("document.querySelector('.map-heat') !== null")
    seen.page.mouse.click(*seen.place(5, 1, 10))
    expect(seen.drawer).to_contain_text("column 5, row 1")
    expect(seen.drawer.locator(".shares tr")).to_have_count(2)
    columns = seen.drawer.locator(".examples-column")
    expect(columns).to_have_count(2)
    for i in range(2):
        example = columns.nth(i).locator(".example").first
        expect(example.locator(".example-whole img")).to_be_visible()
        expect(example.locator(".example-box")).to_be_visible()
        expect(example.locator(".example-patch img")).to_be_visible()


def test_the_patch_is_what_the_outline_frames(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&cell=10:5,1")
    example = seen.drawer.locator(".example").first
    expect(example.locator(".example-patch img")).to_be_visible()
    parts = (".example-whole", ".example-box", ".example-patch", ".example-patch img")
    whole, outline, patch, shown = (example.locator(part).bounding_box() or {} for part in parts)
    # The patch's picture is the whole image, so much larger that its window is just the outline.
    assert abs(patch["width"] / shown["width"] - outline["width"] / whole["width"]) < 0.05
    assert abs((patch["x"] - shown["x"]) / shown["width"] - (outline["x"] - whole["x"]) / whole["width"]) < 0.05
    assert abs((patch["y"] - shown["y"]) / shown["height"] - (outline["y"] - whole["y"]) / whole["height"]) < 0.05


def test_examples_go_on_as_one_scrolls(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early&cell=10:outside")
    column = seen.drawer.locator(".examples-column").first
    expect(column.locator(".example").nth(11)).to_be_attached()
    column.locator(".examples-foot").scroll_into_view_if_needed()
    expect(column.locator(".example").nth(20)).to_be_attached()
    names = column.locator(".example").evaluate_all("all => all.map((one) => one.title)")
    assert len(set(names)) == len(names)


def test_examples_are_ordered_by_nearness_or_at_random(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early&cell=10:outside")
    examples = seen.drawer.locator(".examples-column").first.locator(".example")
    expect(examples.nth(8)).to_be_attached()
    nearest = examples.evaluate_all("all => all.slice(0, 9).map((one) => one.title)")
    seen.drawer.get_by_role("button", name="Random").click()
    seen.until_query(order="random")
    expect(examples.nth(8)).to_be_attached()
    assert examples.evaluate_all("all => all.slice(0, 9).map((one) => one.title)") != nearest


def test_what_lies_outside_the_map_is_a_cell_too(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early")
    seen.page.get_by_role("button", name="outside:").click()
    expect(seen.drawer).to_contain_text("Outside the map")
    expect(seen.drawer.locator(".example").first).to_be_visible()
    seen.until_query(cell="10:outside")


def test_the_cell_that_only_the_reference_fills_tops_the_ranking(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10")
    seen.page.get_by_role("button", name="Most different").click()
    first = seen.drawer.locator(".ranking li").first
    expect(first).to_contain_text("Real")
    expect(first).to_contain_text("lighthouse")
    first.click()
    expect(seen.drawer.locator(".verdict-words").first).to_contain_text("Real")
    expect(seen.drawer).to_contain_text("significant")
    expect(seen.drawer).to_contain_text("1 of")


def test_the_list_is_a_key_away_from_a_cell_and_its_numbers_have_the_drawers_colours(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&ranking=on")
    rows = seen.drawer.locator(".ranking li")
    colours = rows.first.locator(".swatch").evaluate_all("all => all.map((one) => getComputedStyle(one).backgroundColor)")
    rows.first.locator("button").click()
    bars = seen.drawer.locator(".shares .bar")
    expect(bars).to_have_count(2)
    assert bars.evaluate_all("all => all.map((one) => getComputedStyle(one).backgroundColor)") == colours
    seen.page.keyboard.press("d")
    expect(rows.first).to_be_visible()
    seen.until_query(cell=None, ranking="on")
    seen.page.keyboard.press("d")
    seen.until_query(ranking=None)


def test_a_grid_without_cells_that_differ_leads_to_those_that_have_some(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=20&ranking=on&only=on")
    elsewhere = seen.drawer.get_by_role("group", name="Where cells differ").get_by_role("button")
    expect(elsewhere).to_have_count(2)
    expect(elsewhere.first).to_contain_text("late, 10 grid 2 cells")
    elsewhere.first.click()
    seen.until_query(grid="10", only=None)
    expect(seen.drawer.locator(".ranking li")).to_have_count(2)


def test_the_ranking_is_stepped_through_by_keys(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10")
    seen.until("document.querySelector('.map-heat') !== null")
    seen.page.keyboard.press("n")
    expect(seen.drawer.locator(".steps")).to_contain_text("1 of")
    first = seen.query()["cell"]
    seen.page.keyboard.press("n")
    expect(seen.drawer.locator(".steps")).to_contain_text("2 of")
    seen.page.keyboard.press("p")
    expect(seen.drawer.locator(".steps")).to_contain_text("1 of")
    seen.until_query(cell=first)
    expect(seen.page.locator("#announcer")).to_contain_text("significant")


def test_one_goes_to_the_coarser_and_the_finer_cells(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=20&cell=20:10,3")
    family = seen.drawer.get_by_role("group", name="Coarser and finer cells")
    family.get_by_role("button", name="10 grid", exact=True).click()
    seen.until_query(cell="10:5,1", grid="10")
    expect(seen.drawer).to_contain_text("column 5, row 1")
    family.get_by_role("button", name="Cell 10, 3 of the 20 grid").click()
    seen.until_query(cell="20:10,3", grid="20")


def test_icons_of_another_kind_are_chosen_in_the_drawer(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&cell=10:5,1")
    seen.drawer.locator(".cell-icons button", has_text="Real").click()
    seen.until_query(icons="exemplar:real")
    expect(seen.page.get_by_label("Icons", exact=True)).to_have_value("exemplar:real")


def test_the_selection_moves_by_arrows_and_closes_by_escape(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&cell=10:5,1")
    seen.page.keyboard.press("Shift+ArrowRight")
    seen.until_query(cell="10:6,1")
    seen.page.keyboard.press("Escape")
    expect(seen.drawer).to_have_count(0)
    seen.until_query(cell=None)
