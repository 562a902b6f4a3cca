"""Cells chosen one by one: by keys alone, by clicks, and what comes of them."""

from collections.abc import Callable

from live import LiveServer
from looking import Looker
from playwright.sync_api import expect

Look = Callable[..., Looker]
SAMPLES = """async (cells) => { const all = await (await fetch('api/v1/atlases/made-up/layers/late/grids/10/cells')).json();
    const taken = (i) => cells.some(([c, r]) => all.column[i] === c && all.row[i] === r);
    return Object.values(all.count).flatMap((counts) => counts.filter((_, i) => taken(i))).reduce((a, b) => a + b, 0); }"""


def cells_of(said: str) -> list[list[int]]:
    """The columns and rows of the cells that an address names, of the layer `late` and the 10 grid."""
    runs = said.removeprefix("late:10:").split(";")
    ends = [(*(int(end) for end in run.split(",")[0].split("-")), int(run.split(",")[1])) for run in runs]
    return [[column, end[-1]] for end in ends for column in range(end[0], end[-2] + 1)]


def test_cells_are_chosen_by_keys_alone_and_told_of(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&cell=10:5,1")
    expect(seen.drawer.locator(".shares")).to_be_visible()
    announcer = seen.page.locator("#announcer")
    seen.page.keyboard.press("e")
    seen.until_query(cell=None, cells="late:10:5,1")
    expect(seen.page.locator(".map-view")).to_be_focused()
    expect(announcer).to_contain_text("Taken, 1 cell in all. Cell column 5, row 1")
    seen.page.keyboard.press("Shift+ArrowLeft")
    expect(announcer).to_contain_text("Taken, 2 cells in all")
    seen.page.keyboard.press("ArrowDown")
    expect(announcer).to_contain_text("Not taken, 2 cells in all")
    seen.page.keyboard.press("Space")
    expect(announcer).to_contain_text("Taken, 3 cells in all")
    expect(seen.page.locator(".map-outline-cursor")).to_have_count(1)
    expect(seen.drawer.locator("h2")).to_contain_text("in 3 cells")
    seen.until_true(lambda: len(cells_of(seen.query()["cells"])) == 3, "three cells in the address")
    cells = cells_of(seen.query()["cells"])
    samples = seen.page.evaluate(SAMPLES, cells)
    expect(seen.drawer.locator("h2")).to_have_text(f"{samples:,} samples in 3 cells")
    seen.page.keyboard.press("Escape")
    expect(seen.page.locator(".map-outline-cursor")).to_have_count(0)
    expect(seen.drawer.locator(".example").first).to_be_attached()
    again = look(seen.page.url)
    expect(again.drawer.locator("h2")).to_have_text(f"{samples:,} samples in 3 cells")
    seen.page.keyboard.press("w")
    dialog = seen.page.get_by_role("dialog", name="Take it along")
    with seen.page.expect_download() as download:
        dialog.get_by_role("group", name="The members of the cells").get_by_role("button", name="CSV").click()
    assert len(download.value.path().read_text().splitlines()) == samples + 1


def test_a_cell_is_left_again_and_back_undoes_all_of_them(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10")
    seen.until("document.querySelector('.map-heat') !== null")
    seen.page.get_by_role("button", name="Choose cells").click()
    for cell in ((5, 1), (2, 6)):
        seen.page.mouse.click(*seen.place(*cell, 10))
        expect(seen.page.locator(".map-filter")).to_contain_text("cell")
    seen.until_query(cells="late:10:5,1;2,6")
    seen.page.mouse.click(*seen.place(5, 1, 10))
    seen.until_query(cells="late:10:2,6")
    seen.page.get_by_role("button", name="Done").first.click()
    seen.page.go_back()
    seen.until_query(cells=None)


def test_meanwhile_the_grid_stays_and_another_layer_ends_it(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late")
    seen.until("document.querySelector('.map-heat') !== null")
    seen.page.keyboard.press("e")
    seen.until_query(grid="10")
    seen.page.keyboard.press("Space")
    seen.until("location.search.includes('cells=late:10:')")
    seen.page.keyboard.press("[")
    seen.until_query(layer="early", grid=None)
    expect(seen.page.locator(".map-outline-cursor")).to_have_count(0)
    expect(seen.drawer.locator("h2")).to_contain_text("in 1 cell")
