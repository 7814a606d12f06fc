"""Progress while a run is played: a bar on a terminal, plain lines when piped."""

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
    """Give a callback that shows how far the run is, on standard error."""
    if silent:
        yield None
    elif sys.stderr.isatty():
        with _bar(scenario, days) as progress:
            yield progress
    else:
        every = max(1, days // LINES)

        def line(day: int) -> None:
            if day % every == 0 or day == days:
                print(f"{scenario.name}: day {day} of {days}", file=sys.stderr, flush=True)

        yield line


@contextlib.contextmanager
def _bar(scenario: Scenario, days: int) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("day {task.completed} of {task.total}"),
    )
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(scenario.name, total=days)
        yield lambda day: bar.update(task, completed=day)
