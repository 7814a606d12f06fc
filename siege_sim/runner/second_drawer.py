"""A second process that draws figures of a run: it reads what it needs for that while the siege is played."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from siege_sim.errors import WorkerError
from siege_sim.runner.pool import process_pool

if TYPE_CHECKING:
    from siege_sim.plots.picture import Picture
    from siege_sim.results.run import RunResult


@contextmanager
def second_drawer(wanted: bool) -> Iterator[Executor | None]:
    """Give a process that makes itself ready to draw; none where it is not wanted, or would take the siege's own time.

    Args:
        wanted: whether figures will be drawn.
    """
    if not wanted or (os.cpu_count() or 1) < 2:
        yield None
        return
    with process_pool(1) as drawer:
        drawer.submit(_make_ready)
        yield drawer


def pictures_by(drawer: Executor | None, result: RunResult, names: Sequence[str]) -> list[Picture]:
    """Return figures of a run as pictures, in order: the second process takes the first ones, this one the last ones.

    Args:
        drawer: the second process; without one, or when it dies, all are drawn here. The bytes are the same.
        result: the run.
        names: of its figures.
    """
    waiting = {} if drawer is None else {name: drawer.submit(_drawn, result, name) for name in names}
    drawn = {name: _drawn(result, name) for name in reversed(names) if name not in waiting or waiting[name].cancel()}
    for name in names:
        if name not in drawn:
            try:
                drawn[name] = waiting[name].result()
            except WorkerError:
                drawn[name] = _drawn(result, name)
    return [drawn[name] for name in names]


def _drawn(result: RunResult, name: str) -> Picture:
    from siege_sim.plots import pictures_of

    return pictures_of(result, [name])[0]


def _make_ready() -> None:
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it reports on its caches, which nobody asked for
    import siege_sim.plots  # noqa: F401
