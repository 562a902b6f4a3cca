"""A server of an atlas and a page of its viewer in headless Chromium without a GPU, and what is timed on that page (viewer.py).

Times between two events of the page are taken inside it, so that the way from here to the browser counts nowhere.
"""

import contextlib
import math
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DRAG_S = 3.0
FIRST_ICON = "performance.getEntriesByName('ganatlas:first-icon').length > 0"

COLLECT_FRAMES = """
() => { const frames = []; window.__frames = frames; let last = performance.now(); window.__run = true;
  const step = (now) => { frames.push(now - last); last = now; if (window.__run) requestAnimationFrame(step); };
  requestAnimationFrame(step); }
"""

# From a key to the moment when `done` holds, looked at in every frame; null after half a minute.
AFTER_KEY = """
(key) => new Promise((resolve) => {
  const [start, was] = [performance.now(), BEFORE];
  document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  const look = () => {
    if (performance.now() - start > 30000) resolve(null);
    else if (DONE) resolve(performance.now() - start);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look); })
"""
SHARP = "performance.getEntriesByName('ganatlas:sharp').length"
# As a person who goes on: layer after layer, with a change of the grid in between, each as soon as the one before is seen.
CHANGES = """
async (count) => { const press = (key) => document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  const keys = ['[', ',', ']', '.', ']', ',', '[', '.'];
  for (let i = 0; i < count; i++) {
    press(keys[i % keys.length]);
    await new Promise((resolve) => setTimeout(resolve, 120));
  } }
"""


@contextlib.contextmanager
def serve(atlas: Path) -> Iterator[str]:
    """A server of the atlas in a process of its own; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "ganatlas.cli", "serve", str(atlas), "--port", str(port), "--log-level", "warning"]
    process = subprocess.Popen(command)
    try:
        url = f"http://127.0.0.1:{port}/"
        for _ in range(200):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{url}healthz", timeout=1).close()
                break
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(10)


@contextlib.contextmanager
def open_page(url: str) -> Iterator[Page]:
    """A page in a fresh browser, when its first icons are drawn and nothing more is on its way."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(url)
            wait_until(page, FIRST_ICON)
            page.wait_for_load_state("networkidle")
            yield page
        finally:
            browser.close()


def wait_until(page: Page, expression: str, patience_s: float = 30) -> None:
    """Polled: the page's policy forbids what `wait_for_function` does."""
    end = time.monotonic() + patience_s
    while not page.evaluate(expression):
        if time.monotonic() > end:
            raise TimeoutError(f"not within {patience_s:g} s on {page.url}: {expression}")
        page.wait_for_timeout(20)


def first_icon_ms(url: str) -> float:
    """Milliseconds from navigation to the first icon tile drawn, in a fresh browser."""
    with open_page(url) as page:
        return float(page.evaluate("performance.getEntriesByName('ganatlas:first-icon')[0].startTime"))


def drag_frames(page: Page) -> list[float]:
    """Intervals between animation frames, ms, while the map is dragged round in circles."""
    view = page.locator(".map-view").first.bounding_box() or {"x": 0, "y": 0, "width": 0, "height": 0}
    x, y = view["x"] + view["width"] / 2, view["y"] + view["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(COLLECT_FRAMES)
    begin = time.perf_counter()
    while (elapsed := time.perf_counter() - begin) < DRAG_S:
        page.mouse.move(x + min(200, x / 4) * math.sin(3 * elapsed), y + 120 * math.sin(4.1 * elapsed))
    frames = page.evaluate("() => { window.__run = false; return window.__frames; }")
    page.mouse.up()
    return [float(f) for f in frames[5:]]


def zoom_frames(page: Page) -> list[float]:
    """Intervals between animation frames, ms, while the wheel zooms in and out."""
    view = page.locator(".map-view").first.bounding_box() or {"x": 0, "y": 0, "width": 0, "height": 0}
    page.mouse.move(view["x"] + view["width"] / 2, view["y"] + view["height"] / 2)
    page.evaluate(COLLECT_FRAMES)
    for turn in range(36):
        page.mouse.wheel(0, -120 if turn % 18 < 9 else 120)
        page.wait_for_timeout(80)
    frames = page.evaluate("() => { window.__run = false; return window.__frames; }")
    return [float(f) for f in frames[5:]]


def after_key_ms(page: Page, key: str, before: str, done: str) -> float:
    """Milliseconds from a key until `done` (JavaScript; `was` is the value of `before` at the key) holds in a frame."""
    took = page.evaluate(AFTER_KEY.replace("BEFORE", before).replace("DONE", done), key)
    if took is None:
        raise TimeoutError(f"{key} on {page.url}: not within 30 s: {done}")
    return float(took)


def layer_steps_ms(page: Page, layers: int) -> list[float]:
    """From the key to the icons of the next layer, all of the window's, shown; for each layer but the first."""
    return [after_key_ms(page, "]", SHARP, f"{SHARP} > was") for _ in range(layers - 1)]


def drawer_ms(page: Page, times: int) -> list[float]:
    """From the key that goes to the next most different cell to the image of its first example in the drawer."""
    first = "(document.querySelector('.drawer .example-whole img')?.src ?? '')"
    there = "[...document.querySelectorAll('.drawer .example-whole img')].slice(0, 1)"
    loaded = f"{there}.some((one) => one.src !== was && one.complete && one.naturalWidth > 0)"
    return [after_key_ms(page, "n", first, loaded) for _ in range(times)]


def memory_after(page: Page, changes: int) -> tuple[float, float]:
    """Change layers and grids, then collect garbage: MB of JavaScript's heap, and MB of the page's process.

    The browser is told that memory is short: what it keeps of pictures and answers while there is room is its own affair.
    """
    page.evaluate(CHANGES, changes)
    session = page.context.new_cdp_session(page)
    session.send("Memory.simulatePressureNotification", {"level": "critical"})
    session.send("HeapProfiler.collectGarbage")
    page.wait_for_timeout(1500)
    heap = float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6
    session.detach()
    browser = page.context.browser
    assert browser is not None
    system = browser.new_browser_cdp_session()
    pids = [int(one["id"]) for one in system.send("SystemInfo.getProcessInfo")["processInfo"] if one["type"] == "renderer"]
    system.detach()
    return heap, max(resident_mb(pid) for pid in pids)


def resident_mb(pid: int) -> float:
    """Resident memory of a process, MB (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0
