"""Samples as dots on two maps: each half shows, answers for and counts its own dataset; and whose the icon area is."""

from collections.abc import Callable
from pathlib import Path

from live import LiveServer
from looking import DARK, HOME, Looker
from playwright.sync_api import expect
from synthetic import Plan, write_synthetic_bundle

Look = Callable[..., Looker]
FAR = """async (far) => { const answer = await fetch('api/v1/atlases/made-up/layers/late/selection', {method: 'POST',
    headers: {'Content-Type': 'application/json'}, body:
    JSON.stringify({polygon: [[0, 0], [1, 0], [1, 1], [0, 1]], limit: 500})});
    const items = (await answer.json()).items.filter((one) => Math.min(one.x, one.y) > 0.05 && Math.max(one.x, one.y) < 0.95);
    const near = (a, b) => Math.hypot(a.x - b.x, a.y - b.y) < far;
    return items.find((one) => one.dataset === 'gan-a'
      && !items.some((other) => other.dataset === 'real' && near(one, other))); }"""


def test_each_of_two_maps_answers_and_counts_for_its_own_dataset(look: Look, tmp_path: Path) -> None:
    folder = tmp_path / "made-up.atlas"
    plan = Plan(datasets=("real", "gan-a", "gan-b"), layers=("late",), sizes=(10,), images=60, side=32, metrics=False)
    write_synthetic_bundle(folder, plan)
    with LiveServer(folder) as server:
        seen = look(f"{server.url}?color=none&points=on&split=side")
        legend = seen.page.get_by_role("list", name="Datasets in view")
        expect(legend.locator("li")).to_have_count(2)
        expect(legend).not_to_contain_text("Gan B")
        box = seen.page.locator(".map-view").first.bounding_box() or {}
        side = HOME * min(box["width"], box["height"])
        sample = seen.page.evaluate(FAR, 12 / side)
        assert sample is not None, "a sample of the GAN far from all real ones"
        tip = seen.page.locator(".sample-tip")
        for pane, there in ((1, 1), (0, 0)):
            box = seen.page.locator(".map-view").nth(pane).bounding_box() or {}
            left, top = box["x"] + (box["width"] - side) / 2, box["y"] + (box["height"] - side) / 2
            seen.page.mouse.move(left + sample["x"] * side, top + sample["y"] * side)
            expect(tip).to_have_count(there)
            if there:
                expect(tip).to_contain_text("Gan A")


def test_under_the_curtain_only_what_is_seen_is_counted(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&color=none&points=on&split=swipe&swipe=1")
    legend = seen.page.get_by_role("list", name="Datasets in view")
    expect(legend.locator("li")).to_have_count(1)
    expect(legend).to_contain_text("Real")
    seen.page.get_by_role("slider", name="Edge between").focus()
    seen.page.keyboard.press("Home")
    expect(legend).to_contain_text("Gan A")
    expect(legend.locator("li")).to_have_count(1)


def test_the_area_of_icons_is_of_a_chosen_dataset(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&color=none&area=1")
    column, row = seen.page.evaluate(
        """async () => { const all = await (await fetch('api/v1/atlases/made-up/layers/late/grids/10/cells')).json();
        const [real, gan] = [all.count.real, all.count['gan-a']];
        const i = real.findIndex((n, i) => n >= 10 && gan[i] === 0 && all.column[i] >= 0);
        return [all.column[i], all.row[i]]; }"""
    )
    middle = seen.place(column, row, 10)
    seen.until_sharp()
    seen.until_true(lambda: seen.pixel(*middle)[:3] != DARK, "an icon where there are images")
    area = seen.page.get_by_label("Dataset of the area")
    expect(area).to_have_value("")
    area.select_option("gan-a")
    seen.until_query(areaOf="gan-a")
    seen.until_true(lambda: seen.pixel(*middle)[:3] == DARK, "where the GAN has nothing its area is nothing")
    area.select_option("real")
    seen.until_query(areaOf="real")
    seen.until_true(lambda: seen.pixel(*middle)[:3] != DARK, "where real images are, the icon is back")


def test_icons_at_rest_are_smooth_however_late_their_frames_came(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&color=none&area=1")
    seen.until_sharp()
    seen.page.evaluate(
        """async () => { const select = document.querySelector('[aria-label="Dataset of the area"]');
        for (let i = 0; i < 16; i++) {
          select.value = i % 2 ? '' : 'gan-a';
          select.dispatchEvent(new Event('change', {bubbles: true}));
          await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
          for (const end = performance.now() + 30; performance.now() < end;);
        } }"""
    )
    seen.until("document.querySelector('.map-stage canvas').getContext('2d').imageSmoothingEnabled")
