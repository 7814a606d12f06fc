"""Leaving one case out: the others are fitted, and the case is forecast with what they leave of the parameters.

A forecast is made of many runs, each with a parameter set drawn from the weighted sets of the last generation, so that
its spread holds what is not known of the parameters as well as chance. It is scored against the record of the case,
which the fit has not seen, beside naive forecasts, which have seen the record up to each pattern.
"""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np

from siege_sim.errors import SiegeError
from siege_sim.loading.keys import with_values
from siege_sim.reports.scorecard import write_scorecard
from siege_sim.reports.scorecards import write_scorecards
from siege_sim.results.files import csv_bytes, new_folder
from siege_sim.results.numbers import number
from siege_sim.runner.calibrate import Fit, StageFit, calibrate
from siege_sim.runner.calibration_file import CalibrationSpec
from siege_sim.runner.fit import POSTERIOR, effective_sample_size, write_fit
from siege_sim.runner.pool import run_many
from siege_sim.runner.rejection import kept_sets
from siege_sim.runner.run import Job, run_job
from siege_sim.runner.scoring import scorecard_of
from siege_sim.runner.trial import LoadedCase, load_case
from siege_sim.validation.fan import fan_of
from siege_sim.validation.scorecard import Scorecard

SEED_OF_DRAWS = 1
"""Of the order in which the drawn sets of one stage meet those of another."""


def forecast_each_case(
    given: str, spec: CalibrationSpec, folder: Path, runs: int, workers: int, quiet: bool = True
) -> dict[str, Scorecard]:
    """Leave out each case of a calibration in turn, fit the others, and forecast it.

    Args:
        given: name or path of the calibration, as it was given.
        spec: a calibration of two or more cases.
        folder: where the fits are kept (``without-CASE``; one that was stopped continues) and the scorecards are
            written (``scorecards``).
        runs: of each forecast.
        workers: how many processes.
        quiet: whether pyABC's lines are left out.

    Raises:
        SiegeError: there are fewer than two cases, or as for a calibration.
    """
    if len(spec.cases) < 2:
        raise SiegeError(f"'{spec.name}' has fewer than two cases, so none can be left out; name several under cases")
    loaded = [load_case(case) for case in spec.all_cases]
    cards: dict[str, Scorecard] = {}
    whole = calibrate(spec, folder / "all", workers, quiet) if spec.method == "rejection" else None
    with new_folder(folder / "scorecards", force=True) as place:
        for one in loaded:
            fitted = folder / f"without-{one.case.name}"
            fit = _refitted(spec, one, fitted, workers, quiet) if whole is None else _reweighted(whole, one, fitted)
            cards[one.case.name] = _forecast(one, fit, runs, workers, place / one.case.name, shlex.quote(given))
        write_scorecards(cards, place)
    return cards


def _refitted(spec: CalibrationSpec, left_out: LoadedCase, folder: Path, workers: int, quiet: bool) -> Fit:
    """Fit the other cases anew."""
    rest = spec.without(left_out.case.name)
    if not rest.parameters:
        raise SiegeError(f"without '{left_out.case.name}' no stage has a case left; give stages a second case")
    fit = calibrate(rest, folder, workers, quiet)
    write_fit(fit, folder)
    return fit


def _reweighted(whole: Fit, left_out: LoadedCase, folder: Path) -> Fit:
    """Keep, of the sets that were tried on all cases, those that miss the other cases least."""
    (stage,) = whole.stages
    assert stage.trial is not None
    assert stage.sets is not None
    table = kept_sets(stage.sets, stage.trial, whole.spec, left_out.case.name)
    folder.mkdir(exist_ok=True)
    (folder / POSTERIOR).write_bytes(csv_bytes(table))
    return replace(whole, stages=(replace(stage, table=table),))


def _forecast(left_out: LoadedCase, fit: Fit, runs: int, workers: int, folder: Path, again: str) -> Scorecard:
    """Forecast a case with sets of a fit that has not seen it, score it, and write its scorecard."""
    data = left_out.scenario.model_dump(mode="json", by_alias=True)
    jobs = [
        Job(with_values(data, left_out.known(values)), seed, left_out.case.days)
        for seed, values in enumerate(drawn_sets(fit.stages, runs), start=1)
    ]
    compact_runs = run_many(jobs, run_job, workers)
    sizes = ", ".join(number(effective_sample_size(stage.table)) for stage in fit.stages)
    case = left_out.case
    card = scorecard_of(
        left_out.record, compact_runs, left_out.scenario, case.scenario, case.days, case.settings, case.record
    )
    drawn = f"drawn from a fit to the other cases (effective sample size of the fit: {sizes})"
    card = replace(card, drawn_from=drawn, command=f"siege-sim calibrate {again} --leave-one-out --runs {runs}")
    folder.mkdir()
    write_scorecard(card, fan_of(left_out.record, compact_runs), folder)
    return card


def drawn_sets(stages: tuple[StageFit, ...], count: int) -> list[dict[str, float | int]]:
    """Return parameter sets drawn from the weighted sets of each stage, by systematic resampling.

    Args:
        stages: of a fit.
        count: how many sets.
    """
    rng = np.random.default_rng(SEED_OF_DRAWS)
    drawn: list[dict[str, float | int]] = [{} for _ in range(count)]
    for stage in stages:
        reached = np.cumsum(stage.table["weight"].to_numpy(float))
        rows = np.searchsorted(reached, (np.arange(count) + 0.5) / count * reached[-1])
        for place, row in enumerate(rng.permutation(rows).tolist()):
            drawn[place] |= stage.set_at(row)
    return drawn
