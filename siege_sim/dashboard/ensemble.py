"""Ensembles: many seeds of one scenario, run in other processes, so that nobody takes one run for the truth."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
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


class Ensemble:
    """Many runs of one scenario in the background.

    Attributes:
        planned: how many runs there shall be.
        runs: those that are done.
        running: whether it has not ended yet.
        error: why it stopped early, if it did.
    """

    def __init__(self, scenario: Scenario, runs: int, workers: int, lock: threading.Lock) -> None:
        self.planned = runs
        self.runs: list[CompactRun] = []
        self.running = True
        self.error = ""
        self._scenario = scenario
        self._workers = workers
        self._lock = lock
        self._stopped = threading.Event()

    def run(self, on_progress: Callable[[], None]) -> None:
        """Do all runs, one ensemble at a time on a server; call this in a thread of its own.

        Args:
            on_progress: called whenever there is something new to show.
        """
        from siege_sim.runner.pool import as_completed
        from siege_sim.runner.run import jobs_of

        jobs = jobs_of(self._scenario, range(1, self.planned + 1))
        try:
            with self._lock, contextlib.closing(as_completed(jobs, run_at_low_priority, self._workers)) as stream:
                if not self._stopped.is_set():
                    for _, run in stream:
                        self.runs.append(run)
                        on_progress()
                        if self._stopped.is_set():
                            break
        except Exception as error:  # whatever it is, the reader must see it, and the session goes on
            self.error = str(error) or type(error).__name__
        self.running = False
        on_progress()

    def stop(self) -> None:
        """Let it end with the runs that it has."""
        self._stopped.set()

    def fans(self) -> Json | None:
        """Return the fans of all lines of the charts, once there are runs enough to speak of a spread."""
        return fans_of(self.runs, self._charts()) if len(self.runs) >= 3 else None

    def _charts(self) -> tuple[Chart, ...]:
        outcomes = [{"name": outcome.name, **outcome.about()} for outcome in self._scenario.outcomes]
        return charts(outcomes, self._scenario.sides)


def run_at_low_priority(job: Job) -> CompactRun:
    """Do a run, and let what readers wait for go first."""
    from siege_sim.runner.run import run_job

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
