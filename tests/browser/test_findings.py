"""What a person comes to find out, each as a walk through the viewer."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

from live import LiveServer
from looking import DARK, Looker
from PIL import Image
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
    about.get_by_role("button", name="What is Skipped?").click()
    expect(about.get_by_text("they are in no number here")).to_be_visible()
    seen.page.keyboard.press("Escape")
    seen.until_query(about="on")
    hint = about.get_by_role("button", name="What is Trustworthiness?")
    hint.click()
    expect(about.get_by_text("Whether neighbours on the map")).to_be_visible()
    seen.page.keyboard.press("Escape")
    expect(about.get_by_text("Whether neighbours on the map")).not_to_be_visible()
    expect(about).to_be_visible()
    seen.page.keyboard.press("Escape")
    expect(about).to_have_count(0)


def test_the_greatest_entry_of_the_heat_map_leads_to_where_the_difference_is(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early")
    seen.page.keyboard.press("h")
    dialog = seen.page.get_by_role("dialog")
    expect(dialog).to_contain_text("noise floor")
    greatest = dialog.locator(".greatest")
    expect(greatest).to_have_count(1)
    layer, grid = (greatest.get_attribute("aria-label") or "").split(" grid")[0].split(", ")
    values = dialog.locator("table:not(.self) button:not(.unsure)").all_inner_texts()
    assert greatest.inner_text() == max(values, key=float)
    greatest.click()
    seen.until_query(layer=layer, grid=grid, color="contribution", heatmap=None)
    expect(seen.page.locator(".legend")).to_contain_text("millibits")


def test_what_is_missing_is_listed_and_stepped_through_deep_in_the_map(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&at=0.9,0.9,6&ranking=on")
    both = seen.drawer.locator(".ranking li")
    expect(both.first).to_be_visible()
    seen.drawer.get_by_role("button", name="Missing from Gan A").click()
    seen.drawer.get_by_label("Only where the other has none").check()
    seen.until_query(side="first", only="on")
    expect(both.first).to_contain_text("only in Real, none in Gan A")
    expect(both.first).to_contain_text("lighthouse")
    expect(both.first).to_contain_text(re.compile(r"at least \d.*×, \d+× with ½ added to each"))
    seen.page.keyboard.press("n")
    expect(seen.drawer.locator(".verdict-words").first).to_contain_text("only in Real")
    expect(seen.drawer.locator(".verdict").first).to_contain_text("at least")
    expect(seen.drawer.locator(".example").first).to_be_attached()
    outline, view = seen.page.locator(".map-outline-selected").bounding_box(), seen.page.locator(".map-view").bounding_box()
    assert outline is not None
    assert view is not None
    assert view["x"] <= outline["x"] < view["x"] + view["width"], "the map flew to the cell"
    assert view["y"] <= outline["y"] < view["y"] + view["height"]
    seen.page.keyboard.press("Escape")
    expect(both.first).to_be_visible()
    seen.drawer.get_by_role("button", name="Too much in Gan A").click()
    seen.drawer.get_by_label("Only where the other has none").uncheck()
    seen.until_query(side="second", only=None)
    for words in both.locator(".ranking-words span:not(.faint)").all_inner_texts():
        assert "in Gan A" in words


def test_whether_it_is_real_is_said_wherever_a_number_stands(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10")
    seen.until("document.querySelector('.map-heat') !== null")
    seen.page.keyboard.press("n")
    certain = seen.drawer.get_by_role("region", name="Is it real?")
    for said in (
        "significant, q ",
        "samples a cell on this grid",
        "the map keeps neighbours",
        "spread 0.",
        "faithfulness of the icon",
    ):
        expect(certain).to_contain_text(said)
    expect(certain).to_contain_text(re.compile(r"exemplar 0\.\d\d, exemplar of Real 0\.\d\d"))
    for icon in seen.drawer.locator(".cell-icons-list button").all():
        expect(icon).to_contain_text(re.compile(r"0\.\d\d"))
    intervals = seen.drawer.locator(".shares small")
    expect(intervals).to_have_count(2)
    expect(intervals.first).to_have_text(re.compile(r"[\d.]+–[\d.]+\u202f%"))
    seen.page.keyboard.press("h")
    unsure = seen.page.get_by_role("dialog").locator("button.unsure").first
    expect(unsure).to_have_attribute("aria-label", re.compile("too few samples"))
    seen.page.keyboard.press("Escape")
    seen.page.keyboard.press("a")
    about = seen.page.get_by_role("dialog", name="About this atlas")
    expect(about).to_contain_text("is tested from 10 of a pair on")
    expect(about).to_contain_text("stability of the layout across seeds was not measured")


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


def test_the_members_of_a_cell_are_traced_through_all_layers(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&cell=10:5,1")
    expect(seen.drawer.locator(".example").first).to_be_attached()
    seen.page.keyboard.press("r")
    trace = seen.page.get_by_role("region", name="Trace through the layers")
    cards = trace.locator(".trace-card")
    expect(cards).to_have_count(2)
    expect(trace).to_contain_text("cell 5, 1 of late, 10 grid")
    painted = (
        "one => new Uint32Array(one.getContext('2d').getImageData(0, 0, one.width, one.height).data.buffer).some((v) => v)"
    )
    for i in range(2):
        assert cards.nth(i).locator("canvas").evaluate(painted), "its points are drawn"
    cards.first.click()
    seen.until_query(layer="early", cell=None, cells="late:10:5,1", trace="late:10:5,1")
    expect(trace).to_contain_text("cell 5, 1 of late, 10 grid")
    expect(seen.drawer).to_contain_text("in 1 cell")


def test_a_lasso_counts_its_samples_and_shows_one_images_path(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10")
    seen.page.keyboard.press("l")
    corners = [seen.place(*at, 10) for at in ((0, 0), (9, 0), (9, 5), (0, 5), (0, 1))]
    seen.page.mouse.move(*corners[0])
    seen.page.mouse.down()
    for corner in corners[1:]:
        seen.page.mouse.move(*corner, steps=3)
    seen.page.mouse.up()
    expect(seen.drawer.locator("h2")).to_contain_text("samples in the lasso")
    assert seen.query()["lasso"].startswith("late:")
    assert int(seen.drawer.locator("h2").inner_text().split()[0].replace(",", "")) > 100
    example = seen.drawer.locator(".example").first
    example.hover()
    example.get_by_role("button", name="Path of").click()
    trace = seen.page.get_by_role("region", name="Trace through the layers")
    expect(trace.locator(".trace-stop").first).to_be_visible()
    expect(trace.locator("polyline")).to_have_count(1)
    again = look(seen.page.url)
    expect(again.drawer.locator("h2")).to_have_text(seen.drawer.locator("h2").inner_text())
    seen.page.keyboard.press("Escape")
    expect(seen.drawer).to_have_count(0)


def test_a_lasso_takes_whole_cells_where_it_is_told_to(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&lasso=late:0.42,0.02;0.68,0.02;0.68,0.28;0.42,0.28")
    heading = seen.drawer.locator("h2")
    expect(heading).to_contain_text("samples in the lasso")
    seen.drawer.get_by_role("button", name="Whole cells").click()
    seen.until_query(whole="10")
    expect(seen.drawer.get_by_role("button", name="Whole cells")).to_contain_text("9 of the 10 grid")
    inside = seen.page.evaluate(
        """async () => { const all = await (await fetch('api/v1/atlases/made-up/layers/late/grids/10/cells')).json();
        const taken = (i) => all.column[i] >= 4 && all.column[i] <= 6 && all.row[i] >= 0 && all.row[i] <= 2;
        return Object.values(all.count).flatMap((counts) => counts.filter((_, i) => taken(i))).reduce((a, b) => a + b, 0); }"""
    )
    expect(heading).to_have_text(f"{inside:,} samples in the lasso")
    again = look(seen.page.url)
    expect(again.drawer.locator("h2")).to_have_text(f"{inside:,} samples in the lasso")


def test_two_datasets_are_seen_side_by_side_and_move_together(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&color=none")
    seen.page.keyboard.press("v")
    seen.until_query(split="side")
    panes = seen.page.locator(".map-pane")
    expect(panes).to_have_count(2)
    expect(panes.nth(0).locator(".map-of")).to_have_text("Real")
    expect(panes.nth(1).locator(".map-of")).to_have_text("Gan A")
    boxes = [panes.nth(i).bounding_box() or {} for i in range(2)]
    assert abs(boxes[0]["width"] - boxes[1]["width"]) < 3
    pictures = """[...document.querySelectorAll('.map-stage canvas')].map((one) =>
        one.getContext('2d').getImageData(0, 0, one.width, one.height).data.reduce((a, b) => a + b, 0))"""
    seen.until(f"(([a, b]) => a !== b)({pictures})")
    seen.page.mouse.click(boxes[1]["x"] + boxes[1]["width"] / 2 + 20, boxes[1]["y"] + boxes[1]["height"] / 2 - 100)
    outlines = seen.page.locator(".map-outline-selected")
    expect(outlines).to_have_count(2)
    box = panes.nth(1).bounding_box() or {}
    seen.page.mouse.move(box["x"] + 100, box["y"] + 300)
    seen.page.mouse.wheel(0, -300)
    seen.until("location.search.includes('at=')")
    found = seen.steady(lambda: [outlines.nth(i).bounding_box() or {} for i in range(2)])
    maps = [seen.page.locator(".map-view").nth(i).bounding_box() or {} for i in range(2)]
    for name in ("x", "y"):
        assert abs((found[0][name] - maps[0][name]) - (found[1][name] - maps[1][name])) < 2, "both look at the same place"


def test_two_datasets_lie_behind_each_other_and_the_edge_moves(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&split=swipe")
    edge = seen.page.get_by_role("slider", name="Edge between Real on the left and Gan A on the right")
    edge.focus()
    seen.page.keyboard.press("ArrowLeft")
    seen.until_query(swipe="0.45")
    box = edge.bounding_box() or {}
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    seen.page.mouse.move(*middle)
    seen.page.mouse.down()
    seen.page.mouse.move(middle[0] + 150, middle[1], steps=5)
    seen.page.mouse.up()
    seen.until("Number(new URLSearchParams(location.search).get('swipe')) > 0.5")
    clip = seen.page.locator(".map-pane.second").evaluate("one => one.style.clipPath")
    assert clip.startswith("inset(0")


def test_what_is_seen_can_be_taken_along(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&cell=10:5,1")
    expect(seen.drawer.locator(".example").first).to_be_attached()
    seen.until_sharp()
    seen.page.keyboard.press("w")
    dialog = seen.page.get_by_role("dialog", name="Take it along")

    def saved(group: str, button: str) -> tuple[str, bytes]:
        with seen.page.expect_download() as download:
            dialog.get_by_role("group", name=group).get_by_role("button", name=button).click()
        return download.value.suggested_filename, Path(download.value.path()).read_bytes()

    name, content = saved("The map as it is", "PNG")
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    view = seen.page.locator(".map-view").bounding_box() or {}
    assert name == "made-up-late-10.png"
    assert picture.width == 2 * view["width"]
    x, y = seen.place(5, 1, 10)
    corner = picture.getpixel((4, 4))
    inside = picture.getpixel((int(2 * (x - view["x"])), int(2 * (y - view["y"]))))
    assert inside != corner, "the icons are in it"

    command = dialog.get_by_role("group", name="A poster of this layer").locator("code").inner_text()
    assert command.startswith("ganatlas export made-up.atlas --poster made-up-late.png --layer late --grid 10")
    page = (Path(__file__).parents[2] / "docs" / "commands.md").read_text("utf-8")
    assert all(f"`{option}" in page for option in re.findall(r"--[a-z]+", command))

    heat = saved("The heat maps", "JS SVG")[1].decode()
    assert heat.startswith("<svg")
    assert "Real against Gan A" in heat
    assert Image.open(io.BytesIO(saved("The heat maps", "KL PNG")[1])).width > 500

    cells = list(csv.DictReader(io.StringIO(saved("The cells of this grid", "CSV")[1].decode())))
    assert sum(int(cell["count real"]) for cell in cells) == 900
    assert cells[-1]["outside"] == "true"
    here = next(cell for cell in cells if (cell["column"], cell["row"]) == ("5", "1"))
    members = json.loads(saved("The members of the cell", "JSON")[1])
    for dataset in ("real", "gan-a"):
        assert sum(member["dataset"] == dataset for member in members) == int(here[f"count {dataset}"])


def test_icons_are_cut_to_the_area_of_their_samples(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&color=none")
    seen.until("document.querySelector('.map-view') !== null")
    x, y = seen.place(5, 1, 10)
    side = seen.place(6, 1, 10)[0] - x
    edge = x + 0.44 * side, y - 0.44 * side
    seen.until_sharp()
    for place in (edge, (x, y)):
        seen.until_true(lambda place=place: seen.pixel(*place)[:3] != DARK, "the icon fills its cell")
    seen.page.get_by_role("checkbox", name="Area by density").check()
    seen.page.get_by_label("Size of the icons by density").fill("0.3")
    seen.until_query(area="0.3")
    seen.until_true(lambda: seen.pixel(*edge)[:3] == DARK, "the edge of the cell became ground")
    assert seen.pixel(x, y)[:3] != DARK, "its middle did not"


def test_samples_are_dots_and_pointing_at_one_shows_its_image(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&color=none")
    with seen.page.expect_response(lambda answer: "/points" in answer.url) as answer:
        seen.page.keyboard.press("o")
    assert answer.value.ok
    seen.until_query(points="on")
    at = seen.page.evaluate(
        """async () => { const answer = await fetch('api/v1/atlases/made-up/layers/late/selection', {method: 'POST',
        headers: {'Content-Type': 'application/json'}, body: JSON.stringify({rows: [40], limit: 1})});
        return (await answer.json()).items[0]; }"""
    )
    x, y = seen.place(0, 0, 10)
    side = (seen.place(1, 0, 10)[0] - x) * 10
    seen.page.mouse.move(x + (at["x"] - 0.05) * side, y + (at["y"] - 0.05) * side)
    tip = seen.page.locator(".sample-tip")
    expect(tip.locator(".example-whole img")).to_be_visible()
    expect(tip.locator(".example-box")).to_be_visible()


def test_a_class_is_found_by_its_name_and_the_map_fades_by_it(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10")
    seen.page.keyboard.press("f")
    field = seen.page.get_by_role("combobox", name="Find a class")
    expect(field).to_be_focused()
    seen.page.keyboard.type("light")
    expect(seen.page.get_by_role("option", name="lighthouse")).to_be_visible()
    seen.page.keyboard.press("Enter")
    seen.until_query(label="lighthouse")
    expect(seen.page.locator(".map-veil")).to_have_count(1)
    hits = seen.drawer.locator(".ranking li")
    expect(hits.first).to_be_visible()
    first = seen.page.locator(".map-outline-hit[data-text='1']").bounding_box() or {}
    column, row = (int(part) for part in re.findall(r"\d+", hits.first.locator(".ranking-words .faint").inner_text()))
    x, y = seen.place(column, row, 10)
    assert first["x"] < x < first["x"] + first["width"]
    assert first["y"] < y < first["y"] + first["height"]
    numbered = [int(text) for text in hits.locator(".ranking-mark").all_inner_texts()]
    assert numbered == list(range(1, len(numbered) + 1))
    expect(seen.page.locator(".map-outline-hit")).to_have_count(len(numbered))
    assert len(numbered) < hits.count(), "a cell with one by chance is listed, not marked"
    shares = [float(text.split("\u202f")[0]) for text in hits.locator("strong").all_inner_texts()]
    assert shares == sorted(shares, reverse=True)
    seen.drawer.get_by_role("button", name="Gan A").click()
    seen.until_query(density="gan-a")
    expect(seen.drawer).to_contain_text("No cell of this grid")
    seen.drawer.get_by_role("button", name="Real").click()
    hits.first.click()
    expect(seen.drawer.locator(".examples-column")).to_have_count(2)
    seen.page.keyboard.press("Escape")
    seen.page.keyboard.press("Escape")
    expect(seen.page.locator(".map-veil")).to_have_count(0)
