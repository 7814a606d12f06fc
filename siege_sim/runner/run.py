"""Running a scenario from Python: ``run(scenario, seed)`` gives a result."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.errors import SiegeError
from siege_sim.loading.scenario import scenario_of
from siege_sim.model.model import SiegeModel
from siege_sim.model.scenario import Scenario
from siege_sim.results.run import CompactRun, OnProgress, RunResult
from siege_sim.runner.tables import result_of
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from numpy.typing import NDArray


def run(
    scenario: Scenario, seed: int | None = 1, days: int | None = None, on_progress: OnProgress | None = None
) -> RunResult:
    """Run a scenario to its end.

    Args:
        scenario: what to run; see ``load_scenario``.
        seed: the run's seed, a whole number of at least 0; with None one is drawn, which the result's manifest reports.
        days: stop after so many days, if the siege has not ended before.
        on_progress: called with the number of each day after it was run.

    Raises:
        SiegeError: fewer days than one, or a seed that is none.
    """
    if days is not None and days < 1:
        raise SiegeError(f"days is {days}, but a run has at least one day; leave it out to run to the end")
    began = time.perf_counter()
    model = SiegeModel(scenario, seed)
    for day in _days_of(model, days):
        if on_progress is not None:
            on_progress(day)
    return result_of(model, time.perf_counter() - began)


def _days_of(model: SiegeModel, days: int | None) -> Iterator[int]:
    """Play day after day until the end, or for so many days."""
    for day in model.days():
        yield day
        if days is not None and day >= days:
            return


@dataclass(frozen=True)
class Job:
    """A run for another process: a scenario as plain data, a seed, and how many days at the most."""

    scenario: Mapping[str, Any]
    seed: int
    days: int | None = None


def jobs_of(scenario: Scenario, seeds: Iterable[int], days: int | None = None) -> list[Job]:
    """Return a job for each seed."""
    data = scenario.model_dump(mode="json", by_alias=True)
    return [Job(data, seed, days) for seed in seeds]


def run_job(job: Job) -> CompactRun:
    """Do a job and keep what comparing runs needs; nothing of the model stays in memory."""
    with memory_given_back():
        model = SiegeModel(scenario_of(job.scenario), job.seed)
        lost = _watched(model, job.days)
        return CompactRun.of(result_of(model), lost)


def _watched(model: SiegeModel, days: int | None) -> NDArray[np.int16]:
    """Play a model to the end, and return the day since which each cell has been lost; -1 where it is held."""
    holder = model.city.layers.holder
    last_held = np.where(holder == GARRISON, 0, -1).astype(np.int16)
    for day in _days_of(model, days):
        last_held[holder == GARRISON] = day
    return np.where(last_held == model.day, np.int16(-1), last_held + np.int16(1))


@contextlib.contextmanager
def memory_given_back() -> Iterator[None]:
    """Free the model that is run meanwhile: its parts refer to one another, so it would stay for a while."""
    _leave_alone("imports")
    yield
    gc.collect()
    _leave_alone("machine code that the first run loaded")


@cache
def _leave_alone(what: str) -> None:
    """Let the collector pass over all there is now, of which ``what`` lives as long as the process; once for each.

    To go through imports takes a fifth of the time of a coarse run, to go through loaded machine code a twentieth.
    """
    gc.collect()
    gc.freeze()
