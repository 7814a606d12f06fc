"""Where a day goes: the time of each process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from siege_sim.model.model import SiegeModel
from siege_sim.model.processes.base import Process

Spent = dict[str, float]
"""Seconds by name."""

OUTCOMES = "outcomes"
"""The name under which recording the outcomes counts."""


class Timed:
    """A process that notes how long its steps take."""

    def __init__(self, name: str, process: Process, spent: Spent) -> None:
        self.phase = process.phase
        self.step = noting(process.step, name, spent)


def noting(act: Callable[..., Any], name: str, spent: Spent) -> Callable[..., None]:
    """Return a function that does the same and adds its time to ``spent[name]``."""
    spent[name] = 0.0

    def act_and_note(*args: Any) -> None:
        began = time.perf_counter()
        act(*args)
        spent[name] += time.perf_counter() - began

    return act_and_note


def watch(model: SiegeModel) -> Spent:
    """Let every process of a model, and its recorder, note its time; return the notes, filled as days are played."""
    spent: Spent = {}
    model.schedule = tuple((name, Timed(name, process, spent)) for name, process in model.schedule)  # type: ignore[misc]
    model.recorder.record = noting(model.recorder.record, OUTCOMES, spent)  # type: ignore[method-assign]
    return spent


def profile(build: Callable[[], SiegeModel], repeats: int) -> list[tuple[str, float, float]]:
    """Return (name, ms a day, ns a row and day) from the most costly down, in the fastest of some runs."""
    return min((_one_run(build()) for _ in range(repeats)), key=lambda lines: lines[0][1])


def _one_run(model: SiegeModel) -> list[tuple[str, float, float]]:
    spent = watch(model)
    began = time.perf_counter()
    for _ in model.days():
        pass
    total = time.perf_counter() - began
    spent["streams, morning, books"] = total - sum(spent.values())
    lines = [("the whole day", total), *sorted(spent.items(), key=lambda item: -item[1])]
    days, rows = model.day, len(model.households)
    return [(name, seconds / days * 1e3, seconds / days / rows * 1e9) for name, seconds in lines]
