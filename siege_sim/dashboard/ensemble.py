"""Ensembles: many seeds of one scenario, run in other processes, so that nobody takes one run for the truth."""

from __future__ import annotations

import contextlib
import multiprocessing
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.dashboard.limits import lower_priority
from siege_sim.results.curves import FAN_PERCENTILES, daily_percentiles, values_to
from siege_sim.viewer.charts import Chart, charts
from siege_sim.viewer.frames import plain_numbers

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario
    from siege_sim.results.run import CompactRun
    from siege_sim.runner.run import Job
    from siege_sim.viewer.frames import Json


FEWEST_FOR_A_SPREAD = 3
"""With fewer, nothing is said of a spread."""


class BackgroundRuns:
    """Runs in other processes, one set at a time on a server, while a reader goes on.

    Args:
        planned: how many runs there shall be.
        workers: processes for them.
        lock: held by the one set of runs that is running on a server.

    Attributes:
        planned: how many runs there shall be.
        running: whether it has not ended yet.
        error: why it stopped early, if it did.
    """

    def __init__(self, planned: int, workers: int, lock: threading.Lock) -> None:
        self.planned = planned
        self.running = True
        self.error = ""
        self._workers = workers
        self._lock = lock
        self._stopped = threading.Event()

    def run(self, on_progress: Callable[[], None]) -> None:
        """Do all runs; call this in a thread of its own.

        Args:
            on_progress: called whenever there is something new to show.
        """
        try:
            for place, run in finished_in_background(
                self._jobs(), self._workers, self._lock, self._stopped, self._begin
            ):
                self._keep(place, run)
                on_progress()
        except Exception as error:  # whatever it is, the reader must see it, and the session goes on
            self.error = str(error) or type(error).__name__
        self.running = False
        on_progress()

    def stop(self) -> None:
        """Let it end with the runs that it has."""
        self._stopped.set()

    def _jobs(self) -> Sequence[Job]:
        """Return what is to be run."""
        raise NotImplementedError

    def _begin(self) -> None:
        """Note that its turn has come."""

    def _keep(self, place: int, run: CompactRun) -> None:
        """Keep a run that is done, by the place of its job."""
        raise NotImplementedError


class Ensemble(BackgroundRuns):
    """Many runs of one scenario in the background.

    Attributes:
        runs: those that are done.
    """

    def __init__(self, scenario: Scenario, runs: int, workers: int, lock: threading.Lock, side: int = 0) -> None:
        super().__init__(runs, workers, lock)
        self.runs: list[CompactRun] = []
        self._scenario = scenario
        self._side = side

    def _jobs(self) -> Sequence[Job]:
        from siege_sim.runner.run import jobs_of

        return jobs_of(self._scenario, range(1, self.planned + 1))

    def _keep(self, place: int, run: CompactRun) -> None:
        self.runs.append(run)

    def fans(self) -> Json | None:
        """Return the fans of all lines of the charts, once there are runs enough to speak of a spread."""
        if len(self.runs) < FEWEST_FOR_A_SPREAD:
            return None
        return fans_on_sides([None] * self._side + [fans_of(self.runs, charts_of_scenario(self._scenario))])


def fans_on_sides(fans: Sequence[Json | None]) -> Json:
    """Return fans as a page takes them: those of A, of B, or of both; ``None`` where a run has none."""
    known = [fan for fan in fans if fan is not None]
    return {
        "runs": known[0]["runs"],
        "seeds": known[0]["seeds"],
        "days": max(fan["days"] for fan in known),
        "sides": [None if fan is None else fan["lines"] for fan in fans],
    }


def charts_of_scenario(scenario: Scenario) -> tuple[Chart, ...]:
    """Return the charts that the page draws of a scenario's runs."""
    return charts([{"name": outcome.name, **outcome.about()} for outcome in scenario.outcomes], scenario.sides)


def finished_in_background(
    jobs: Sequence[Job],
    workers: int,
    lock: threading.Lock,
    stopped: threading.Event,
    on_begin: Callable[[], None] = lambda: None,
) -> Iterator[tuple[int, CompactRun]]:
    """Yield the place of each job and its run, as they finish; one set of jobs at a time on a server.

    Args:
        jobs: what to run.
        workers: how many processes.
        lock: held while they run.
        stopped: once it is set, no further run is yielded, and whoever waits for the lock gives up.
        on_begin: called when it is their turn.
    """
    from siege_sim.runner.pool import as_completed

    while not lock.acquire(timeout=WAIT_FOR_TURN_S):
        if stopped.is_set():
            return
    try:
        with contextlib.closing(as_completed(jobs, run_at_low_priority, workers, stopped.is_set)) as stream:
            on_begin()
            for finished in stream:
                if stopped.is_set():
                    return
                yield finished
    finally:
        lock.release()


WAIT_FOR_TURN_S = 0.5
"""After so many seconds, who waits for its turn looks whether it is still wanted."""


def run_at_low_priority(job: Job) -> CompactRun:
    """Do a run; a process of its own lets what readers wait for go first."""
    from siege_sim.runner.run import run_job

    if multiprocessing.parent_process() is not None:
        lower_priority()
    return run_job(job)


def fans_of(runs: Sequence[CompactRun], drawn: Sequence[Chart]) -> Json:
    """Return for every line of the charts the percentiles of its values on each day."""
    last = max(len(run.series) for run in runs) - 1
    lines = {}
    for line in (line for chart in drawn for line in chart.lines):
        curves = np.stack([values_to(run, line.outcomes, last) for run in runs])
        low, middle, high = daily_percentiles(curves, FAN_PERCENTILES)
        edges = {"low": plain_numbers(low), "middle": plain_numbers(middle), "high": plain_numbers(high)}
        lines["+".join(line.outcomes)] = edges
    return {
        "runs": len(runs),
        "seeds": seeds_in_words([run.seed for run in runs]),
        "days": last,
        "lines": lines,
    }


def seeds_in_words(seeds: Sequence[int]) -> str:
    """Return ``"1 to 20"``, or the seeds one by one where some are missing."""
    ordered = sorted(seeds)
    if ordered == list(range(ordered[0], ordered[-1] + 1)):
        return f"{ordered[0]} to {ordered[-1]}"
    return ", ".join(map(str, ordered))
