"""Other runs of a stored run's scenario, on other seeds, to lie beside it."""

from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING

from siege_sim.loading.scenario import scenario_of
from siege_sim.runner.pool import run_many
from siege_sim.runner.run import jobs_of, run_job

if TYPE_CHECKING:
    from collections.abc import Callable

    from siege_sim.results.run import CompactRun, RunResult


def other_runs(
    result: RunResult,
    runs: int,
    workers: int | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> list[CompactRun]:
    """Run the scenario of a run with the seeds 1, 2, ..., its own left out.

    Args:
        result: the run.
        runs: how many others.
        workers: how many processes; the result is the same for any number.
        on_progress: called with the number of runs that are done.

    Raises:
        ScenarioError: this version cannot read the scenario of the run.
    """
    own = int(result.manifest["seed"])
    seeds = islice((seed for seed in count(1) if seed != own), runs)
    days = int(result.manifest["days_played"]) if result.stopped else None
    return run_many(jobs_of(scenario_of(result.manifest["scenario"]), seeds, days), run_job, workers, on_progress)
