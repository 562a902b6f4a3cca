"""An atlas that is being built, a server that goes and comes back, and links to what is not there."""

from collections.abc import Callable
from pathlib import Path

from live import LiveServer
from looking import Looker
from playwright.sync_api import expect
from synthetic import write_manifest

from ganatlas.bundle.manifest import Manifest, Progress

Look = Callable[..., Looker]


def test_a_growing_atlas_is_followed_without_reloading(look: Look, atlas: Path) -> None:
    whole = Manifest.model_validate_json((atlas / "manifest.json").read_text())
    first = whole.layers[0].model_copy(update={"grids": whole.layers[0].grids[:1]})
    progress = Progress(step="layout of late", done=3, total=9)
    write_manifest(atlas, whole.model_copy(update={"status": "building", "progress": progress, "layers": (first,)}))
    with LiveServer(atlas) as server:
        seen = look(server.url)
        expect(seen.page.locator(".status")).to_contain_text("layout of late")
        expect(seen.page.locator(".layers button")).to_have_count(1)
        asked: list[str] = []
        seen.page.on("request", lambda request: asked.append(request.url))
        write_manifest(atlas, whole)
        expect(seen.layer("late")).to_be_visible()
        expect(seen.page.get_by_role("group", name="Grid").get_by_role("button")).to_have_count(4)
        expect(seen.page.locator(".status .building")).to_have_count(0)
        assert seen.shown_layer == "early", "the layer that one looks at stays"
        assert not [url for url in asked if url.endswith(".webp") or "/cells" in url], "what did not change was loaded again"


def test_a_server_that_stops_is_told_of_and_waited_for(look: Look, whole: Path) -> None:
    server = LiveServer(whole)
    with server:
        seen = look(f"{server.url}?layer=early", forgiving=True)
        seen.until("document.querySelector('.map-heat') !== null")
        server.stop()
        seen.layer("late").click()
        expect(seen.page.locator(".status")).to_contain_text("does not answer")
        seen.layer("early").click()
        seen.layer("late").click()
        server.start()
        expect(seen.page.locator(".status .warn")).to_have_count(0)
        x, y = seen.place(5, 1, 10)
        seen.until_true(lambda: seen.pixel(x, y)[3] > 0, "the icons came back")
        seen.page.keyboard.press("n")
        expect(seen.drawer).to_be_visible()


def test_a_link_to_an_empty_cell_says_so_and_leaves_a_way_out(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=late&grid=40&cell=40:20,20", forgiving=True)
    expect(seen.drawer).to_contain_text("holds no sample")
    seen.drawer.get_by_role("button", name="Close").click()
    expect(seen.drawer).to_have_count(0)


def test_an_unknown_atlas_is_a_page_that_says_so(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}a/nothing", forgiving=True, icons=False)
    expect(seen.page.get_by_role("heading")).to_contain_text("No such atlas")


def test_an_image_that_fails_to_load_leaves_the_rest_alive(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early", forgiving=True)
    seen.page.route("**/images/*", lambda route: route.abort())
    seen.until("document.querySelector('.map-heat') !== null")
    seen.page.mouse.click(*seen.place(5, 1, 10))
    expect(seen.drawer.get_by_text("image not loaded").first).to_be_visible()
    expect(seen.drawer.locator(".shares tr")).to_have_count(2)


def test_icons_that_fail_to_load_are_told_of(look: Look, server: LiveServer) -> None:
    seen = look(f"{server.url}?layer=early", forgiving=True)
    seen.page.route("**/*.webp*", lambda route: route.abort())
    seen.layer("late").click()
    expect(seen.page.get_by_text("Icons could not be loaded")).to_be_visible()
