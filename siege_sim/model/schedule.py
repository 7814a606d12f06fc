"""The order of a day, as a list that one can print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siege_sim.model.processes.base import Intervention, Process

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario

Schedule = tuple[tuple[str, Process], ...]
"""Stream name and process, in the order in which they act."""


def schedule_of(scenario: Scenario, day: int = 0) -> Schedule:
    """Return a scenario's processes and interventions in the order of a day, with the parameters of that day.

    By phase; within a phase interventions first, in the order of the file, then processes in the catalogue's. The
    name is also that of the process's random stream, unless the process names another.
    """
    entries: list[tuple[str, Process]] = [
        (f"interventions.{name}", action) for name, action in scenario.interventions.items()
    ]
    entries += [(f"processes.{name}", process) for name, process in scenario.mechanisms_on(day).on()]
    return tuple(sorted(entries, key=lambda entry: entry[1].phase))


def describe(schedule: Schedule) -> list[tuple[str, str, str]]:
    """Return (phase, name, what it does) for each entry."""
    return [(process.phase.name.lower(), name, process.summary()) for name, process in schedule]


def at_rest(process: Process) -> Process | None:
    """Return what is played in the place of a process that is left out: its neutral values, nothing for an action.

    A mechanism whose step was skipped would leave yesterday's state in place.
    """
    if isinstance(process, Intervention):
        return None
    kind = type(process)
    return kind.model_validate({**process.model_dump(by_alias=True), **kind.neutral})
