"""Progress of a run or of many: a bar on a terminal, plain lines when piped."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario
    from siege_sim.results.run import OnProgress
    from siege_sim.runner.sweep import SweepProgress

FIRST_RUN = (
    "the first run on this computer also makes machine code, once: about half a minute in which nothing is shown"
)
"""What is said where a run begins with a long silence."""

MOST_LINES = 5
"""How many lines a piped run prints at the most."""


@contextlib.contextmanager
def day_progress(scenario: Scenario, days: int, silent: bool) -> Iterator[OnProgress | None]:
    """Give a callback that shows how far a run is, on standard error; on a new computer say why it waits."""
    from siege_sim.runner.first_use import compiles_first

    if not silent and compiles_first():
        print(FIRST_RUN, file=sys.stderr, flush=True)
    with counted(scenario.name, "day", days, silent) as progress:
        yield progress


@contextlib.contextmanager
def counted(name: str, what: str, total: int, silent: bool) -> Iterator[OnProgress | None]:
    """Give a callback that shows how many of some things (days, runs) are done, on standard error."""
    if silent:
        yield None
    elif sys.stderr.isatty():
        with _bar(name, what, total) as progress:
            yield progress
    else:
        every = max(1, total // MOST_LINES)

        def line(done: int) -> None:
            if done % every == 0 or done == total:
                print(f"{name}: {what} {done} of {total}", file=sys.stderr, flush=True)

        yield line


@contextlib.contextmanager
def _bar(name: str, what: str, total: int) -> Iterator[OnProgress]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn(f"{what} {{task.completed}} of {{task.total}}"),
    )
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(name, total=total)
        yield lambda done: bar.update(task, completed=done)


SECONDS_BETWEEN_LINES = 30.0
"""How often a piped sweep reports how far it is, at the most."""


@contextlib.contextmanager
def sweep_progress(name: str, silent: bool, per_worker: bool) -> Iterator[Callable[[SweepProgress], None]]:
    """Give a callback that shows how far a sweep is, on standard error: runs, failures, rate, time left."""
    if silent:
        yield lambda progress: None
    elif sys.stderr.isatty():
        with _live(name, per_worker) as show:
            yield show
    else:
        last = 0.0

        def line(progress: SweepProgress) -> None:
            nonlocal last
            if progress.left == 0 or time.monotonic() - last >= SECONDS_BETWEEN_LINES:
                last = time.monotonic()
                lines = [f"{name}: {progress_line(progress)}", *_workers(progress, per_worker)]
                print("\n".join(lines), file=sys.stderr, flush=True)

        yield line


def progress_line(progress: SweepProgress) -> str:
    """Return how far a sweep is, in a line."""
    parts = [f"run {progress.planned - progress.left:,} of {progress.planned:,}"]
    parts += [f"{progress.failed:,} failed"] if progress.failed else []
    parts += [f"{progress.runs_a_second:.2g} a second"] if progress.counted else []
    left = progress.seconds_left
    return ", ".join([*parts, f"{duration(left)} left"] if left else parts)


def duration(seconds: float) -> str:
    """Return a time in words that are no more exact than is known: seconds, minutes, hours or days."""
    for limit, divisor, unit in ((90, 1, "s"), (5400, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{max(seconds / divisor, 1):.0f} {unit}"
    return f"{seconds / 86_400:.1f} days"


def _workers(progress: SweepProgress, wanted: bool) -> list[str]:
    now = time.monotonic()
    return [
        f"  worker {name}: {runs:,} runs, the last {duration(now - seen)} ago"
        for name, (runs, seen) in sorted(progress.workers.items())
        if wanted
    ]


@contextlib.contextmanager
def _live(name: str, per_worker: bool) -> Iterator[Callable[[SweepProgress], None]]:
    from rich.console import Console, Group
    from rich.live import Live
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    with Live(Text(f"{name}: starting ..."), console=Console(stderr=True), refresh_per_second=4) as live:

        def show(progress: SweepProgress) -> None:
            bar = ProgressBar(total=progress.planned, completed=progress.planned - progress.left, width=40)
            words = Text("\n".join([progress_line(progress), *_workers(progress, per_worker)]))
            live.update(Group(Text(name), bar, words))

        yield show
