"""Running one scenario many times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from siege_sim.results.changed import changed_title
from siege_sim.results.ensemble import RunSet, Town
from siege_sim.runner.finished_runs import runs_of_jobs
from siege_sim.runner.run import jobs_of

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario
    from siege_sim.runner.draws import Draws
    from siege_sim.runner.finished_runs import FinishedRuns


def run_set(
    scenario: Scenario,
    seeds: Sequence[int],
    days: int | None = None,
    workers: int | None = None,
    on_progress: Callable[[int], None] | None = None,
    finished: FinishedRuns | None = None,
    draws: Draws | None = None,
) -> RunSet:
    """Run a scenario with each of some seeds.

    Args:
        scenario: what to run.
        seeds: of the runs, at least one.
        days: stop each run after so many days.
        workers: how many processes; the result is the same for any number.
        on_progress: called with the number of runs that are done.
        finished: where runs that are finished are kept meanwhile, if anywhere.
        draws: parameters for each run, in place of the scenario's.
    """
    if draws is None:
        jobs = jobs_of(scenario, seeds, days)
    else:
        from siege_sim.runner.draws import drawn_jobs

        jobs = drawn_jobs([scenario], draws, days, seeds)
    runs = runs_of_jobs(jobs, workers, on_progress, finished)
    return RunSet(
        name=scenario.name,
        title=changed_title(scenario.title, scenario.name, scenario.lineage),
        summary=scenario.summary,
        lineage=scenario.lineage,
        scenario=scenario.model_dump(mode="json", by_alias=True),
        sides=scenario.sides,
        start=scenario.clock.start,
        days=days,
        outcomes={outcome.name: outcome.about() for outcome in scenario.outcomes},
        town=_town(scenario),
        runs=tuple(runs),
        digest=scenario.digest,
        drawn_from="" if draws is None else draws.said,
        drawn=() if draws is None else draws.sets,
    )


def _town(scenario: Scenario) -> Town:
    city = scenario.city_map
    return Town(
        name=city.name,
        cell_size_m=city.cell_size_m,
        quarters=tuple(quarter.name for quarter in city.quarters),
        quarter=city.quarter_index.reshape(city.shape),
        holder=city.holders(scenario.sides.codes).reshape(city.shape),
        ground=tuple(quarter.kind for quarter in city.quarters),
    )
