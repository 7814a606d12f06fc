"""How time and memory grow with people, with cells and with units, and how long commands take to start."""

from __future__ import annotations

import gc
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from tests.benchmarks.measure import import_seconds, peak_mb

PERSONS_A_ROW = "population.persons_per_household"
MOST_PEOPLE = 2_500_000

Case = tuple[str, dict[str, Any]]
"""What grows, and the arguments of `town`."""


@dataclass(frozen=True)
class GrowthPlan:
    """How far a town grows.

    Attributes:
        people: numbers of people, each a row.
        sides: cells along a side.
        factors: by which fighters are multiplied, in units of the same size.
        days: how many days are played.
        repeats: how often.
    """

    people: tuple[int, ...] = (10_000, 50_000, 250_000, MOST_PEOPLE)
    sides: tuple[int, ...] = (10, 24, 50, 100, 150)
    factors: tuple[int, ...] = (1, 4, 16)
    days: int = 20
    repeats: int = 2

    def cases(self) -> Iterator[Case]:
        """Yield what is measured: each kind of growth by itself."""
        usual = {"days": self.days, "repeats": self.repeats}
        for people in self.people:
            yield "people", {"settings": [f"population.besieged={people}", f"{PERSONS_A_ROW}=1"], **usual}
        for side in self.sides:
            yield "cells", {"settings": [f"map.side={side}"], **usual}
        for factor in self.factors:
            fighters = ("garrison.town_militia", "besieger.vanguard", "besieger.ring")
            yield "units", {"settings": [f"forces.{name}.fighters*={factor}" for name in fighters], **usual}


QUICK_GROWTH = GrowthPlan(people=(10_000, 50_000), sides=(10, 24), factors=(1, 4), days=5, repeats=1)


def town(settings: list[str], days: int, repeats: int) -> dict[str, float]:
    """Play some days of the toy town with settings, once to warm up, and return the processor time that they took."""
    import_seconds("siege_sim.runner.run")
    base = peak_mb()
    from siege_sim import SiegeModel, load_scenario

    scenario = load_scenario("toy_town", settings)
    taken = []
    for _ in range(1 + repeats):
        model = SiegeModel(scenario, 1)
        began = time.process_time()
        for _ in islice(model.days(), days):
            pass
        taken.append(time.process_time() - began)
        seen = {
            "days": model.day,
            "rows": len(model.households),
            "cells": model.city.n_cells,
            "units": len(model.units),
        }
        del model
        gc.collect()
    return {**seen, "ms_a_day": 1e3 * min(taken[1:]) / seen["days"], "peak_mb": peak_mb(), "base_mb": base}


def growth_rows(found: Sequence[tuple[str, dict[str, float]]]) -> list[tuple[str, ...]]:
    """Return the head and a line for each town."""
    head = ("what grows", "rows", "cells", "units", "CPU ms/day", "ns/row-day", "peak MB", "+MB")
    return [
        head,
        *(
            (
                kind, f"{one['rows']:,.0f}", f"{one['cells']:,.0f}", f"{one['units']:,.0f}", f"{one['ms_a_day']:.2f}",
                f"{1e6 * one['ms_a_day'] / one['rows']:.0f}", f"{one['peak_mb']:.0f}",
                f"{one['peak_mb'] - one['base_mb']:.0f}",
            )
            for kind, one in found
        ),
    ]  # fmt: skip


STARTED = (
    ["--help"],
    ["list", "scenarios"],
    ["list", "processes"],
    ["show", "toy_town"],
    ["validate", "toy_town"],
    ["validate", "aleppo_2016"],
)
"""Commands that play nothing."""


def start_rows(times: int) -> list[tuple[str, ...]]:
    """Return the head and a line for each command: its processor time as a multiple of an empty Python's.

    Commands and the empty Python take turns, so that a busy machine slows all of them.
    """
    taken: dict[str, list[float]] = {"": []}
    for _ in range(times):
        taken[""].append(_cpu_seconds(["-c", "pass"]))
        for command in STARTED:
            taken.setdefault(" ".join(command), []).append(_cpu_seconds(["-m", "siege_sim.cli", *command]))
    empty = statistics.median(taken.pop(""))
    lines = [
        (f"siege-sim {command}", f"{statistics.median(each):.2f}", f"{statistics.median(each) / empty:.0f} x", "60 x")
        for command, each in taken.items()
    ]
    return [("command", "CPU s", f"python -c pass ({1e3 * empty:.0f} ms)", "at most"), *lines]


def _cpu_seconds(arguments: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
