"""Notes and tags on cells and selections: kept in the browser, marked on the map, carried by links and files."""

import json
from collections.abc import Callable
from pathlib import Path

from live import LiveServer
from looking import Looker
from playwright.sync_api import expect

Look = Callable[..., Looker]
CELL = "?layer=early&grid=10&cell=10:5,1"


def write(seen: Looker, text: str, tags: str = "") -> None:
    seen.drawer.get_by_role("button", name="Add a note").click()
    seen.drawer.get_by_label("Note", exact=True).fill(text)
    seen.drawer.get_by_label("Tags").fill(tags)
    seen.drawer.get_by_role("button", name="Save").click()


def marks(seen: Looker) -> int:
    return seen.page.locator("[class*=map-outline-note]").count()


def test_a_note_on_a_cell_is_marked_on_the_map_listed_and_still_there_after_reloading(look: Look, server: LiveServer) -> None:
    seen = look(server.url + CELL)
    write(seen, "too many churches", "gan, sky")
    expect(seen.drawer.locator(".note-shown")).to_contain_text("too many churches")
    assert marks(seen) == 1
    seen.page.reload()
    expect(seen.drawer.locator(".note-shown")).to_contain_text("too many churches")
    seen.page.keyboard.press("Escape")
    seen.page.keyboard.press("j")
    dialog = seen.page.get_by_role("dialog")
    expect(dialog.get_by_role("group", name="Tag").get_by_role("button")).to_have_text(["all", "gan", "sky"])
    dialog.get_by_role("button", name="too many churches").click()
    seen.until_query(cell="10:5,1", layer="early")
    expect(dialog).to_have_count(0)
    seen.drawer.get_by_role("button", name="Remove").click()
    assert marks(seen) == 0


def test_words_that_are_not_saved_yet_stay_while_one_looks_elsewhere(look: Look, server: LiveServer) -> None:
    seen = look(server.url + CELL)
    seen.page.keyboard.press("j")
    seen.drawer.get_by_label("Note", exact=True).fill("half a thou")
    seen.page.keyboard.press("Escape")
    expect(seen.drawer.get_by_label("Note", exact=True)).to_have_value("half a thou")
    seen.drawer.get_by_role("button", name="Close").click()
    seen.page.go_back()
    expect(seen.drawer.get_by_label("Note", exact=True)).to_have_value("half a thou")


def test_notes_travel_in_a_file_and_meet_those_that_are_there(look: Look, server: LiveServer, tmp_path: Path) -> None:
    first = look(server.url + CELL)
    write(first, "from one")
    first.page.keyboard.press("Escape")
    first.page.keyboard.press("j")
    with first.page.expect_download() as download:
        first.page.get_by_role("button", name="Save as a file").click()
    saved = tmp_path / "made-up-notes.json"
    download.value.save_as(saved)
    assert download.value.suggested_filename == "made-up-notes.json"

    other = look(server.url + CELL)
    write(other, "from another")
    other.page.keyboard.press("Escape")
    other.page.keyboard.press("j")
    dialog, field = other.page.get_by_role("dialog"), other.page.locator("input[type=file]")
    field.set_input_files(saved)
    expect(dialog.get_by_role("status")).to_contain_text("1 added")
    expect(dialog.locator(".note-list li")).to_have_count(2)
    field.set_input_files(saved)
    expect(dialog.get_by_role("status")).to_contain_text("0 added, 1 known before")
    expect(dialog.locator(".note-list li")).to_have_count(2)

    bad = tmp_path / "bad.json"
    bad.write_text("not notes")
    field.set_input_files(bad)
    expect(dialog.get_by_role("status")).to_contain_text("not a file of notes")
    foreign = tmp_path / "foreign.json"
    foreign.write_text(json.dumps(json.loads(saved.read_text()) | {"atlas": "elsewhere"}))
    field.set_input_files(foreign)
    expect(dialog.get_by_role("status")).to_contain_text('of the atlas "elsewhere"')
    dialog.get_by_role("button", name="Take them all the same").click()
    expect(dialog.get_by_role("status")).to_contain_text("1 known before")
    expect(dialog.locator(".note-list li")).to_have_count(2)


def test_a_link_carries_notes_and_the_address_is_clean_afterwards(look: Look, server: LiveServer) -> None:
    seen = look(server.url + CELL)
    write(seen, "look at this", "odd")
    seen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    seen.page.keyboard.press("Escape")
    seen.page.keyboard.press("j")
    seen.page.get_by_role("button", name="Copy a link with them").click()
    expect(seen.page.get_by_role("dialog").get_by_role("status")).to_contain_text("Copied a link")
    link = seen.page.evaluate("navigator.clipboard.readText()")
    assert "#notes=" in link

    fresh = look(link)
    dialog = fresh.page.get_by_role("dialog")
    expect(dialog.get_by_role("status")).to_contain_text("Notes came with the link: 1 added")
    expect(dialog.locator(".note-list li")).to_contain_text("look at this")
    assert "#" not in fresh.page.url

    cut = look(link[:-12])
    expect(cut.page.get_by_role("dialog").get_by_role("status")).to_contain_text("cut or changed")


def test_damaged_and_newer_notes_in_the_browser_are_not_lost(look: Look, server: LiveServer) -> None:
    seen = look(server.url + CELL)
    for kept, says in (("{", "kept aside"), ('{"format":"ganatlas-notes","version":9,"notes":[]}', "newer ganatlas")):
        seen.page.evaluate("kept => localStorage.setItem('ganatlas-notes:made-up', kept)", kept)
        seen.page.reload()
        expect(seen.drawer).to_be_visible()
        seen.page.keyboard.press("Escape")
        seen.page.keyboard.press("j")
        expect(seen.page.get_by_role("dialog").get_by_role("status")).to_contain_text(says)
        values = seen.page.evaluate(
            "Object.entries(localStorage).filter(([key]) => key.startsWith('ganatlas-notes')).map(each => each[1])"
        )
        assert kept in values
        seen.page.goto(server.url + CELL)
