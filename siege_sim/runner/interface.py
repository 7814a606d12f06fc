"""What the command line does, for programs and notebooks: compare what-ifs, score against a record, run an experiment.

``siege_sim`` exports these functions; see ``docs/interface.md``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from siege_sim.analysis.comparison.comparison_findings import ComparisonFindings, comparison_findings
from siege_sim.analysis.ensemble import EnsembleFindings, ensemble_findings
from siege_sim.errors import SiegeError
from siege_sim.experiments.plan import load_plan
from siege_sim.loading.scenario import load_scenario
from siege_sim.results.changed import change_sentences, changed_title
from siege_sim.results.store import Store, read_sweep
from siege_sim.runner.compare import comparison_request, run_comparison
from siege_sim.runner.ensemble import run_set
from siege_sim.runner.pool import run_many
from siege_sim.runner.run import jobs_of, run_job
from siege_sim.runner.sweep import Driver
from siege_sim.validation.record import Record, load_record
from siege_sim.validation.scorecard import Scorecard, scorecard

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario
    from siege_sim.results.run import CompactRun, OnProgress
    from siege_sim.results.sweep import Sweep


def compare(
    baseline: str,
    *what_ifs: str,
    runs: int = 100,
    outcomes: Sequence[str] = (),
    days: int | None = None,
    settings: Sequence[str] = (),
    workers: int | None = None,
    on_progress: OnProgress | None = None,
) -> ComparisonFindings:
    """Run a baseline and what-ifs with the same seeds, and return what the what-ifs change: tables, and plain data.

    Args:
        baseline: name or YAML file of a scenario.
        what_ifs: those of what is compared with it.
        runs: how many runs of each, with the seeds 1, 2, ...
        outcomes: what to compare; the usual outcomes when none is named.
        days: stop each run after so many days.
        settings: changes to all scenarios, as ``key=value``.
        workers: how many processes; by default one for each processor. The result is the same for any number.
        on_progress: called with the number of runs that are done.

    Raises:
        SiegeError: for what is wrong, with the way out.
    """
    request = comparison_request((baseline, *what_ifs), runs, outcomes, None, days, settings)
    return comparison_findings(run_comparison(request, workers, on_progress))


def run_ensemble(
    scenario: str | Path,
    runs: int = 50,
    *,
    first_seed: int = 1,
    days: int | None = None,
    settings: Sequence[str] = (),
    by: Sequence[date] = (),
    workers: int | None = None,
    on_progress: OnProgress | None = None,
) -> EnsembleFindings:
    """Run one scenario many times, and return what is likely: endings, deaths, where people are, ground.

    Args:
        scenario: name or YAML file of a scenario.
        runs: how many runs.
        first_seed: the seed of the first run; the others have the next ones.
        days: stop each run after so many days.
        settings: changes to the scenario, as ``key=value``.
        by: dates by which ground is lost or not; quarters of the time when there are none.
        workers: how many processes; by default one for each processor. The result is the same for any number.
        on_progress: called with the number of runs that are done.

    Raises:
        SiegeError: for what is wrong, with the way out.
    """
    if runs < 1:
        raise SiegeError(f"runs is {runs}, but there must be at least one")
    seeds = range(first_seed, first_seed + runs)
    return ensemble_findings(run_set(load_scenario(scenario, settings), seeds, days, workers, on_progress), by)


def score(
    scenario: str,
    record: str | None = None,
    *,
    runs: int = 40,
    days: int | None = None,
    settings: Sequence[str] = (),
    workers: int | None = None,
    on_progress: OnProgress | None = None,
) -> Scorecard:
    """Hold many runs of a scenario against the record of a real siege.

    Args:
        scenario: name or YAML file of a scenario.
        record: name or YAML file of a record; by default the one of the scenario's name.
        runs: how many runs, with the seeds 1, 2, ...
        days: stop each run after so many days.
        settings: changes to the scenario, as ``key=value``.
        workers: how many processes; by default one for each processor.
        on_progress: called with the number of runs that are done.

    Raises:
        SiegeError: for what is wrong, with the way out.
    """
    chosen = load_scenario(scenario, settings)
    known = record_for(chosen, record)
    compact_runs = run_many(jobs_of(chosen, range(1, runs + 1), days), run_job, workers, on_progress)
    return scorecard_of(known, compact_runs, chosen, scenario, days, settings, record)


def scorecard_of(
    known: Record,
    compact_runs: Sequence[CompactRun],
    chosen: Scenario,
    called: str,
    days: int | None,
    settings: Sequence[str],
    record: str | None,
) -> Scorecard:
    """Return the scorecard of runs of a scenario, which says what was changed in it.

    Args:
        known: what they are held against.
        compact_runs: the runs.
        chosen: their scenario.
        called: name or file of the scenario, as it was given.
        days: after how many days they were stopped, if so.
        settings: what was changed, as ``key=value``.
        record: name or file of the record, where one was given.
    """
    title = changed_title(chosen.title, chosen.name, chosen.lineage)
    changed = change_sentences(chosen.lineage)
    return scorecard(known, compact_runs, called, title, days, settings, record, changed)


def record_for(scenario: Scenario, record: str | None = None) -> Record:
    """Return the record that a scenario is held against: the one that is named, or the one of its name.

    Raises:
        ScenarioError: it cannot be read, or reads outcomes or quarters that the scenario does not have.
    """
    outcomes = [outcome.name for outcome in scenario.outcomes]
    return load_record(record or scenario.name, outcomes, scenario.city_map.quarter_names)


def sweep(experiment: str | Path, out: str | Path, *, workers: int | None = None, limit: int | None = None) -> Sweep:
    """Run an experiment into a folder, or continue one that was stopped, and return what is there.

    Args:
        experiment: name or YAML file of an experiment.
        out: folder or URL of the results.
        workers: how many processes; by default one for each processor.
        limit: only the first so many runs of the design.

    Raises:
        SiegeError: for what is wrong, with the way out.
    """
    Driver(load_plan(experiment), Store.at(out), workers or os.cpu_count() or 1, limit).sweep()
    return read_sweep(out)
