"""A person in front of the viewer: opens a view, points at cells, reads what is there."""

import io
import time
from collections.abc import Callable
from typing import Any, Literal, TypeVar
from urllib.parse import parse_qs, urlsplit

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

T = TypeVar("T")
HOME = 0.94
DARK = [16, 18, 22]
"""RGB of the map's ground in the dark theme."""
FIRST_ICON = "performance.getEntriesByName('ganatlas:first-icon').length"
SHARP = "performance.getEntriesByName('ganatlas:sharp').length"
PATIENCE_S = 60.0
"""How long anything may take before a test calls it missing: generous, since a busy machine is no fault of the viewer."""
STEADY_S = 0.5
"""What has not changed for so long is taken to have come to rest."""

expect.set_options(timeout=1000 * PATIENCE_S)


class Looker:
    """One page. Errors on its console are collected; `forgiving` says that a test expects some."""

    def __init__(
        self,
        browser: Browser,
        url: str,
        *,
        size: tuple[int, int] = (1440, 900),
        scheme: Literal["dark", "light"] = "dark",
        touch: bool = False,
        still: bool = True,
        forgiving: bool = False,
        icons: bool = True,
    ) -> None:
        self.forgiving = forgiving
        self.errors: list[str] = []
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            has_touch=touch,
            reduced_motion="reduce" if still else "no-preference",
        )
        self.page: Page = context.new_page()
        self.page.set_default_timeout(1000 * PATIENCE_S)
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(url)
        if icons:
            self.until(FIRST_ICON)
            self.until("document.querySelector('.layers [aria-pressed=true]') !== null")

    def until(self, expression: str) -> Any:
        """Wait until an expression is truthy on the page. (The page's policy forbids Playwright's own way.)"""
        end = time.monotonic() + PATIENCE_S
        while not (value := self.page.evaluate(expression)):
            assert time.monotonic() < end, f"not within {PATIENCE_S:g} s: {expression}"
            self.page.wait_for_timeout(25)
        return value

    def until_true(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something holds that is not said by one expression on the page."""
        end = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < end, f"not within {PATIENCE_S:g} s: {what}"
            self.page.wait_for_timeout(25)

    def steady(self, read: Callable[[], T]) -> T:
        """What is read once it has come to rest: pictures fade in, and the address follows the map when that is still."""
        end = time.monotonic() + PATIENCE_S
        value, since = read(), time.monotonic()
        while time.monotonic() < since + STEADY_S:
            assert time.monotonic() < end, f"not at rest within {PATIENCE_S:g} s"
            # A busy machine draws no frame for a while: what does not change meanwhile is not at rest.
            self.page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 25)))")
            if (now := read()) != value:
                value, since = now, time.monotonic()
        return value

    def until_sharp(self) -> None:
        """Wait until all icons in the window are shown as sharp as there are, and no longer fade in."""
        self.until(SHARP)

    def query(self) -> dict[str, str]:
        """What the address bar says."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.page.url).query).items()}

    def until_query(self, **wanted: str | None) -> None:
        """Wait until the address bar says so; None for not at all."""
        self.until_true(
            lambda: all(self.query().get(name) == value for name, value in wanted.items()), f"the address says {wanted}"
        )

    def place(self, column: int, row: int, grid: int) -> tuple[float, float]:
        """The middle of a cell on the screen, while the whole map is shown."""
        box = self.page.locator(".map-view").bounding_box()
        assert box is not None
        side = HOME * min(box["width"], box["height"])
        left, top = box["x"] + (box["width"] - side) / 2, box["y"] + (box["height"] - side) / 2
        return left + (column + 0.5) * side / grid, top + (row + 0.5) * side / grid

    def pixel(self, x: float, y: float) -> list[int]:
        """RGBA of the icons' canvas at a point of the screen."""
        return list(
            self.page.evaluate(
                """([x, y]) => { const canvas = document.querySelector('.map-stage canvas');
                const box = canvas.getBoundingClientRect(); const ratio = canvas.width / box.width;
                const [left, top] = [(x - box.left) * ratio, (y - box.top) * ratio];
                return [...canvas.getContext('2d').getImageData(left, top, 1, 1).data]; }""",
                [x, y],
            )
        )

    def on_screen(self, x: float, y: float) -> list[int]:
        """RGB of a point of the screen, whatever lies there."""
        picture = self.page.screenshot(clip={"x": x, "y": y, "width": 1, "height": 1})
        return list(Image.open(io.BytesIO(picture)).convert("RGB").tobytes()[:3])

    def heat(self) -> list[int]:
        """RGBA of every cell of the heat; empty without one."""
        return list(
            self.page.evaluate(
                """() => { const canvas = document.querySelector('.map-heat'); if (!canvas) return [];
                return [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]; }"""
            )
        )

    def layer(self, name: str) -> Locator:
        return self.page.locator(".layers button", has_text=name)

    @property
    def shown_layer(self) -> str:
        return self.page.locator(".layers [aria-pressed=true] .layer-name").inner_text()

    @property
    def drawer(self) -> Locator:
        return self.page.locator(".drawer")
