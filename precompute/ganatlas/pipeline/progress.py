"""What a long job tells the person who waits: the step, how far, how fast, how long still.

On a terminal a bar a step (rich); elsewhere a line when a step begins, about every ten seconds, and when it ends.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from ganatlas.terminal import plain_console

Advance = Callable[[int], None]
"""Called with the number of units just done."""


class _Rate(ProgressColumn):
    """Units a second of one task."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        unit = task.fields.get("unit", "")
        return Text(f"{speed:,.1f} {unit}/s" if speed else "", style="cyan")


class Reporter:
    """Reports the steps of one job.

    Args:
        quiet: only warnings.
        listener: also told (step, done, total), at most every `interval` seconds and at each step's start.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        *,
        quiet: bool = False,
        listener: Callable[[str, int, int], None] | None = None,
        interval: float = 3.0,
        clock: Callable[[], float] = time.monotonic,
        console: Console | None = None,
    ) -> None:
        self.quiet = quiet
        self.listener = listener
        self._interval = interval
        self._clock = clock
        self._console = console or plain_console(stderr=True)

    def say(self, message: str) -> None:
        """A line that is worth keeping."""
        if not self.quiet:
            self._console.print(message, markup=False, emoji=False, highlight=False)

    def warn(self, message: str) -> None:
        """A line that must be seen, also under `quiet`."""
        self._console.print(Text("warning:", "yellow"), message, markup=False, emoji=False, highlight=False)

    @contextmanager
    def step(self, name: str, total: int, unit: str = "images", already: int = 0) -> Iterator[Advance]:
        """Report a step of `total` units, `already` of them done before; yields the function that is told of progress."""
        started = told = printed = self._clock()
        done = already
        self._tell(name, done, total)
        bar = self._bar() if not self.quiet and self._console.is_terminal else None
        task = bar.add_task(name, total=total, completed=already, unit=unit) if bar else None
        if bar is None:
            self.say(f"{name} …")

        def advance(count: int) -> None:
            nonlocal done, told, printed
            done += count
            now = self._clock()
            if bar is not None and task is not None:
                bar.update(task, completed=done)
            elif now - printed >= 10 and done > already:
                printed = now
                rate = (done - already) / (now - started)
                self.say(f"{name}: {done:,} of {total:,} {unit}, {rate:,.1f}/s, {(total - done) / rate:,.0f} s left")
            if now - told >= self._interval:
                told = now
                self._tell(name, done, total)

        if bar:
            with bar:
                yield advance
        else:
            yield advance
        took = self._clock() - started
        if bar is None and done:
            self.say(f"{name}: {done:,} {unit} in {took:,.1f} s")

    def _tell(self, name: str, done: int, total: int) -> None:
        if self.listener:
            self.listener(name, done, total)

    def _bar(self) -> Progress:
        return Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(),
            console=self._console,
            transient=False,
        )
