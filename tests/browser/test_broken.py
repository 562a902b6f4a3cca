"""What breaks while one looks: each says what happened, the rest stays alive, and it mends itself where it can."""

import shutil
from collections.abc import Callable
from pathlib import Path

from live import LiveServer
from looking import Looker
from playwright.sync_api import expect
from synthetic import Plan, write_manifest, write_synthetic_bundle

from ganatlas.bundle.manifest import Manifest

Look = Callable[..., Looker]


def test_an_atlas_that_disappears_is_told_of_stays_on_screen_and_comes_back(look: Look, atlas: Path) -> None:
    with LiveServer(atlas) as server:
        seen = look(f"{server.url}?layer=early", forgiving=True)
        seen.until("document.querySelector('.map-heat') !== null")
        away = atlas.rename(atlas.with_name("gone"))
        seen.layer("late").click()
        expect(seen.page.locator(".status")).to_contain_text("made-up")
        seen.layer("early").click()
        assert seen.heat(), "what was loaded stays"
        away.rename(atlas)
        seen.layer("late").click()
        expect(seen.page.locator(".status .warn")).to_have_count(0)
        seen.until("document.querySelector('.map-heat') !== null")
        seen.page.keyboard.press("n")
        expect(seen.drawer).to_be_visible()


def test_one_of_several_atlases_that_is_removed_is_said_to_be_gone(look: Look, whole: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        shutil.copytree(whole, tmp_path / "atlases" / f"{name}.atlas")
    with LiveServer(tmp_path / "atlases") as server:
        seen = look(f"{server.url}a/one?layer=early", forgiving=True)
        seen.until("document.querySelector('.map-heat') !== null")
        shutil.move(tmp_path / "atlases" / "one.atlas", tmp_path / "one.atlas")
        seen.layer("late").click()
        expect(seen.page.locator(".status")).to_contain_text("no longer on the server")
        seen.layer("early").click()
        assert seen.heat()
        shutil.move(tmp_path / "one.atlas", tmp_path / "atlases" / "one.atlas")
        expect(seen.page.locator(".status .warn")).to_have_count(0)


def test_a_manifest_that_changes_under_the_page_is_taken_over_without_a_reload(look: Look, atlas: Path) -> None:
    whole = Manifest.model_validate_json((atlas / "manifest.json").read_text())
    with LiveServer(atlas) as server:
        seen = look(f"{server.url}?layer=early", forgiving=True)
        seen.until("document.querySelector('.map-heat') !== null")
        seen.page.evaluate("window.stayed = true")
        write_manifest(atlas, whole.model_copy(update={"layers": whole.layers[:1], "title": "Changed"}))
        seen.layer("late").click()
        expect(seen.page.locator(".layers button")).to_have_count(1)
        expect(seen.page.locator("h1")).to_have_text("Changed")
        assert seen.page.evaluate("window.stayed")
        expect(seen.page.locator(".status .warn")).to_have_count(0)


def test_an_atlas_that_is_built_anew_under_the_same_name_is_shown_anew(look: Look, atlas: Path, tmp_path: Path) -> None:
    with LiveServer(atlas) as server:
        seen = look(f"{server.url}?layer=early", forgiving=True)
        seen.until("document.querySelector('.map-heat') !== null")
        before = seen.heat()
        other = tmp_path / "other"
        write_synthetic_bundle(
            other, Plan(datasets=("real", "gan-a"), layers=("early", "late"), sizes=(10, 20), images=60, side=16, seed=5)
        )
        shutil.rmtree(atlas)
        other.rename(atlas)
        seen.layer("late").click()
        grids = seen.page.get_by_role("group", name="Grid").get_by_role("button")
        expect(grids).to_have_count(3)
        seen.layer("early").click()
        expect(seen.page.locator(".status .warn")).to_have_count(0)
        seen.until("document.querySelector('.map-heat') !== null")
        assert seen.heat() != before


def test_a_link_to_a_layer_that_is_no_longer_there_opens_another_and_says_so(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=mixed4c&cell=10:5,1")
    assert seen.shown_layer == "late"
    expect(seen.page.locator(".status")).to_contain_text("no layer mixed4c; this is late")
    expect(seen.drawer).to_contain_text("This cell is not there: this atlas has no layer mixed4c")
    expect(seen.page.locator(".map-outline-selected")).to_have_count(0)
    seen.drawer.get_by_role("button", name="early").click()
    seen.until_query(layer="early", cell=None)
    expect(seen.page.locator(".status .missing")).to_have_count(0)


def test_a_link_to_an_atlas_that_is_no_longer_there_names_those_that_are(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}a/gone?layer=early", forgiving=True, icons=False)
    expect(seen.page.get_by_role("heading")).to_contain_text("No such atlas")
    expect(seen.page.get_by_text("made-up")).to_be_visible()
    seen.page.get_by_role("link", name="All atlases").click()
    expect(seen.page.locator(".layers button").first).to_be_visible()


def test_a_cell_that_lost_its_samples_says_so_and_the_map_goes_on(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&cell=40:0,0", forgiving=True)
    expect(seen.drawer).to_contain_text("Cell 0, 0 of the 40 grid holds no sample on late")
    expect(seen.page.get_by_role("button", name="Try again")).to_have_count(0)
    near = seen.drawer.get_by_role("group", name="The nearest that do").get_by_role("button")
    place = near.first.inner_text()
    near.first.click()
    seen.until_query(cell=f"40:{place.replace(' ', '')}")
    expect(seen.drawer.locator(".shares")).to_be_visible()
    seen.page.keyboard.press("n")
    expect(seen.drawer.locator(".shares")).to_be_visible()


def test_a_cell_of_a_grid_that_is_not_there_leads_to_those_at_its_place(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=33&cell=80:41,9")
    expect(seen.page.locator(".status")).to_contain_text("late has no 33 grid; this is the 40 grid")
    expect(seen.drawer).to_contain_text("late has no 80 grid")
    seen.drawer.get_by_role("button", name="10 grid: 5, 1").click()
    seen.until_query(cell="10:5,1", grid="10")
    expect(seen.drawer.locator(".shares")).to_be_visible()
    expect(seen.page.locator(".status .missing")).to_have_count(0)


def test_a_pair_a_dataset_and_a_pin_that_are_not_there_are_named(look: Look, server: LiveServer) -> None:
    seen = look(
        f"{server.url}?layer=late&grid=10&pair=real~nobody&color=density&density=ghost"
        "&cell=10:5,1&pin=late:40:0,0&compare=nobody",
        forgiving=True,
    )
    missing = seen.page.get_by_role("list", name="Not in this atlas")
    expect(missing).to_contain_text("does not compare Real with nobody; this is Real against Gan A")
    missing.get_by_role("button", name="Real against Gan A").click()
    seen.until_query(pair="real~gan-a")
    expect(missing).to_contain_text("no dataset ghost; counted is Real")
    missing.locator("li", has_text="ghost").get_by_role("button", name="Gan A").click()
    seen.until_query(density="gan-a")
    missing.locator("li", has_text="nobody").get_by_role("button", name="Gan A").click()
    seen.until_query(compare="gan-a")
    expect(missing).to_have_count(0)
    pinned = seen.drawer.get_by_role("region", name="Pinned")
    expect(pinned).to_contain_text("Cell 0, 0 of the 40 grid holds no sample on late")
    expect(seen.drawer.get_by_role("region", name="Selected").locator(".example").first).to_be_attached()
    pinned.get_by_role("group", name="The nearest that do").get_by_role("button").first.click()
    expect(pinned.locator(".shares tr")).to_have_count(2)


def test_cells_that_were_chosen_on_what_is_not_there_are_told_of_and_let_go(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&cells=late:80:5-7,1")
    missing = seen.page.get_by_role("list", name="Not in this atlas")
    expect(missing).to_contain_text("The chosen cells are not there: late has no 80 grid")
    expect(seen.drawer).to_contain_text("late has no 80 grid")
    missing.get_by_role("button", name="Let them go").click()
    seen.until_query(cells=None)
    expect(seen.drawer).to_have_count(0)
    expect(missing).to_have_count(0)


def test_a_label_that_is_not_there_leads_to_those_most_like_it(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=10&label=ligthouse", forgiving=True)
    expect(seen.drawer).to_contain_text("No label of this atlas is ligthouse")
    expect(seen.drawer.locator(".ways button").first).to_have_text("lighthouse")
    seen.drawer.get_by_role("button", name="lighthouse").click()
    expect(seen.drawer.locator(".ranking li").first).to_be_visible()


def test_images_that_fail_to_load_come_when_they_can(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early&grid=10", forgiving=True)
    seen.page.route("**/images/*", lambda route: route.abort())
    seen.until("document.querySelector('.map-heat') !== null")
    seen.page.mouse.click(*seen.place(5, 1, 10))
    expect(seen.drawer.get_by_text("image not loaded").first).to_be_visible()
    seen.page.unroute("**/images/*")
    expect(seen.drawer.get_by_text("image not loaded")).to_have_count(0)


def test_an_answer_that_is_no_json_does_not_end_the_page(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early", forgiving=True)
    seen.until("document.querySelector('.map-heat') !== null")
    seen.page.route("**/layers/late/grids/*/cells?*", lambda route: route.fulfill(status=502, body="<html>Bad gateway</html>"))
    seen.layer("late").click()
    expect(seen.page.locator(".status")).to_contain_text("502")
    seen.page.unroute("**/layers/late/grids/*/cells?*")
    seen.page.locator(".status").get_by_role("button", name="Try again").click()
    expect(seen.page.locator(".status .warn")).to_have_count(0)
    seen.until("document.querySelector('.map-heat') !== null")
