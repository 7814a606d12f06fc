"""What a session may ask of the machine."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siege_sim.errors import SiegeError
from siege_sim.model.interventions.reinforcements import Reinforcements

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario


class SessionError(SiegeError):
    """Something that a session cannot do; the message gives the reason and the way out."""


class SessionSuspendedError(SessionError):
    """A session that was suspended; the message says why. Its runs are kept, and it can continue."""


@dataclass(frozen=True)
class Limits:
    """Caps of one session.

    Attributes:
        days: days of the longest run.
        households: rows of the largest population.
        units: armed units of the largest order of battle, reinforcements included.
        cells: cells of the largest map.
        ensemble_runs: runs of the largest ensemble.
        upload_bytes: the largest scenario file that is taken.
    """

    days: int = 3650
    households: int = 1_000_000
    units: int = 20_000
    cells: int = 40_000
    ensemble_runs: int = 200
    upload_bytes: int = 200_000

    def check(self, scenario: Scenario) -> None:
        """Refuse a scenario that asks for more.

        Raises:
            SessionError: names what is too much, and how to make it less.
        """
        rows, columns = scenario.city_map.shape
        households = round(scenario.population.besieged / scenario.population.persons_per_household)
        for count, most, what, way_out in (
            (scenario.days, self.days, "days", "lower days"),
            (households, self.households, "households", "raise population.persons_per_household"),
            (_units(scenario), self.units, "armed units", "raise unit_size"),
            (rows * columns, self.cells, "cells", "take a smaller map"),
        ):
            if count > most:
                raise SessionError(f"{count:,} {what} are more than a session here may have ({most:,}); {way_out}")


def _units(scenario: Scenario) -> int:
    factions = (*scenario.forces.garrison.values(), *scenario.forces.besieger.values())
    coming = [action for action in scenario.interventions.values() if isinstance(action, Reinforcements)]
    groups = [(force.fighters, force.unit_size) for force in factions]
    groups += [(many, action.unit_size) for action in coming for many in action.planned(scenario.clock).values()]
    return sum(-(-fighters // unit_size) for fighters, unit_size in groups)


def lower_priority() -> None:
    """Let other processes go first when there is more to do than processors."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)


NICENESS = 10
"""Niceness of a process that works for one reader while others wait for the server."""


@contextlib.contextmanager
def memory_capped(more_mb: int) -> Iterator[None]:
    """Let this process take so much more memory than it has now; what asks for more gets a ``MemoryError``.

    What counts is data that it may write, not files that it has mapped. Does nothing where there is no Linux.
    """
    try:
        import resource

        with open("/proc/self/status") as status:
            now_kb = next(int(line.split()[1]) for line in status if line.startswith("VmData"))
    except (ImportError, OSError):
        yield
        return
    before, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (1024 * (now_kb + 1024 * more_mb), most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (before, most))
