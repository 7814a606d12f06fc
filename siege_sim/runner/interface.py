"""What the command line does, for programs and notebooks: compare what-ifs, score against a record, run an experiment.

``siege_sim`` exports these functions; see ``docs/interface.md``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from siege_sim.analysis.comparison.comparison_findings import ComparisonFindings
from siege_sim.analysis.ensemble import EnsembleFindings, ensemble_findings
from siege_sim.errors import ScenarioError, SiegeError
from siege_sim.experiments.plan import load_plan
from siege_sim.loading.scenario import load_scenario, scenario_of
from siege_sim.model.scenario import Scenario
from siege_sim.results.store import Store, read_sweep
from siege_sim.runner.compare import comparison_request, found_by
from siege_sim.runner.ensemble import run_set
from siege_sim.runner.scoring import card_of, score_requests, scored_runs
from siege_sim.runner.sweep import Driver

if TYPE_CHECKING:
    from siege_sim.results.run import OnProgress
    from siege_sim.results.sweep import Sweep
    from siege_sim.validation.scorecard import Scorecard


def compare(
    baseline: str,
    *what_ifs: str,
    runs: int = 100,
    outcomes: Sequence[str] = (),
    days: int | None = None,
    settings: Sequence[str] = (),
    together: bool = False,
    uncertain: int = 0,
    calibration: Path | None = None,
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
        together: whether to run all what-ifs at once too, and to compare that with the sum of each alone.
        uncertain: how many further pairs to run, each with parameters of its own.
        calibration: the folder of a calibration that these are drawn from; plausible ranges without it.
        workers: how many processes; by default one for each processor. The result is the same for any number.
        on_progress: called with the number of runs that are done.

    Raises:
        SiegeError: for what is wrong, with the way out.
    """
    request = comparison_request(
        (baseline, *what_ifs), runs, outcomes, None, days, settings, together, uncertain, calibration
    )
    return found_by(request, workers, on_progress)


def run_ensemble(
    scenario: str | Path | Scenario,
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
        scenario: name or YAML file of a scenario, or a scenario that was made of one in Python.
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
    if isinstance(scenario, Scenario):
        if settings:
            raise SiegeError("settings are for a scenario given by name; give them to load_scenario")
        loaded = _that_workers_can_read(scenario)
    else:
        loaded = load_scenario(scenario, settings)
    return ensemble_findings(run_set(loaded, seeds, days, workers, on_progress), by)


def _that_workers_can_read(scenario: Scenario) -> Scenario:
    """Return a scenario of which other processes can make the same one again from data.

    Raises:
        SiegeError: it has a process that this program alone knows.
    """
    try:
        scenario_of(scenario.model_dump(mode="json", by_alias=True))
    except ScenarioError as error:
        raise SiegeError(
            f"many runs are made from the data of a scenario, which lack some of it ({error.problems[0]}); play a "
            "process of your own with run(scenario, seed) for one seed after the other, or put it into a plug-in"
        ) from None
    return scenario


def score(
    scenario: str,
    record: str | None = None,
    *,
    runs: int = 40,
    days: int | None = None,
    settings: Sequence[str] = (),
    known_until: str | None = None,
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
        known_until: a date; runs are also weighted by how near they are to the record until then (``card.known``).
        workers: how many processes; by default one for each processor.
        on_progress: called with the number of runs that are done.

    Raises:
        SiegeError: for what is wrong, with the way out.
    """
    (request,) = score_requests([scenario], record, settings, days, known_until)
    return card_of(request, scored_runs(request, runs, workers, on_progress))


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
