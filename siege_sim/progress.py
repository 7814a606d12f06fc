"""Progress while a run or many are played: a bar on a terminal, plain lines when piped."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from siege_sim.results import Progress
    from siege_sim.scenario import Scenario

LINES = 5
"""How many lines a piped run prints at the most."""


@contextlib.contextmanager
def day_progress(scenario: Scenario, days: int, silent: bool) -> Iterator[Progress | None]:
    """Give a callback that shows how far a run is, on standard error."""
    with counted(scenario.name, "day", days, silent) as progress:
        yield progress


@contextlib.contextmanager
def counted(name: str, what: str, total: int, silent: bool) -> Iterator[Progress | None]:
    """Give a callback that shows how many of some things (days, runs) are done, on standard error."""
    if silent:
        yield None
    elif sys.stderr.isatty():
        with _bar(name, what, total) as progress:
            yield progress
    else:
        every = max(1, total // LINES)

        def line(done: int) -> None:
            if done % every == 0 or done == total:
                print(f"{name}: {what} {done} of {total}", file=sys.stderr, flush=True)

        yield line


@contextlib.contextmanager
def _bar(name: str, what: str, total: int) -> Iterator[Progress]:
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
