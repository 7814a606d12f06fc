"""Calibration by rejection: many sets, spread evenly over the priors, of which those that miss least are kept.

Approximate Bayesian computation in its plainest form (Pritchard et al. 1999; Beaumont et al. 2002). It takes more runs
than populations that move, but every set is independent of the others: nothing collapses, each set that is kept weighs
the same, and the same sets say what any of the cases alone, or all but one, leave of the parameters.
"""

from __future__ import annotations

import json
from concurrent.futures import Executor, as_completed
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from siege_sim.errors import ResultError
from siege_sim.runner.calibration_file import CalibrationSpec
from siege_sim.runner.trial import Trial

SETS = "sets.jsonl"
"""Every set that was tried, a line each, as they came in."""

SEED_OF_SETS = 1


def tried_sets(trial: Trial, spec: CalibrationSpec, folder: Path, pool: Executor) -> pd.DataFrame:
    """Try every set that has not been tried yet; return a row a set: its values, ``misfit``, and that of each case.

    Args:
        trial: measures a set.
        spec: says how many sets.
        folder: of the fit; what is found is kept in it, set by set.
        pool: where they are run.

    Raises:
        ResultError: the folder cannot be written to.
    """
    from scipy.stats import qmc

    rows = qmc.LatinHypercube(len(trial.priors), rng=SEED_OF_SETS).random(spec.samples)
    drawn = [{prior.key: float(x) for prior, x in zip(trial.priors, row, strict=True)} for row in rows]
    found, whole = _kept(folder / SETS)
    waiting = {pool.submit(trial, one): place for place, one in enumerate(drawn) if place not in found}
    try:
        with (folder / SETS).open("a", encoding="utf-8", newline="\n") as file:
            file.write("" if whole else "\n")
            for future in as_completed(waiting):
                found[waiting[future]] = misses = future.result()
                file.write(json.dumps({"set": waiting[future], "found": misses}) + "\n")
                file.flush()
    except OSError as error:
        raise ResultError(f"{folder / SETS}: cannot be written: {error.strerror}") from None
    names = ["misfit", *(_of_case(case.name) for case in trial.cases if case.name)]
    return pd.DataFrame(
        {
            **{prior.key: prior.value(one[prior.key]) for prior in trial.priors},
            **{name: found[place][name] for name in names},
        }
        for place, one in enumerate(drawn)
    )


def kept_sets(sets: pd.DataFrame, trial: Trial, spec: CalibrationSpec, left_out: str | None = None) -> pd.DataFrame:
    """Return the sets that miss least, each with the same weight.

    Args:
        sets: as from ``tried_sets``.
        trial: that measured them.
        spec: says which share is kept.
        left_out: a case whose misfit does not count.
    """
    table = sets[[prior.key for prior in trial.priors]].copy()
    table["misfit"] = sets["misfit"] if left_out is None else _without(sets, trial, left_out)
    count = max(round(spec.kept * len(table)), 1)
    table = table.nsmallest(count, "misfit").sort_index().reset_index(drop=True)
    table.insert(len(trial.priors), "weight", np.full(len(table), 1.0 / len(table)))
    table["misfit_again"] = np.nan
    return table


def _without(sets: pd.DataFrame, trial: Trial, left_out: str) -> Any:
    """Return the misfit of the other cases."""
    others = [case for case in trial.cases if case.name != left_out]
    total = sum(case.weight * sets[_of_case(case.name)] for case in others)
    return total / sum(case.weight for case in others)


def _of_case(name: str) -> str:
    return f"misfit.{name}"


def _kept(file: Path) -> tuple[dict[int, dict[str, float]], bool]:
    """Return what has been found before, without a line that was cut off, and whether the last line is whole."""
    found: dict[int, dict[str, float]] = {}
    text = file.read_text("utf-8") if file.is_file() else ""
    for line in text.splitlines():
        with suppress(ValueError, TypeError, KeyError):
            one = json.loads(line)
            found[int(one["set"])] = {str(name): float(value) for name, value in one["found"].items()}
    return found, not text or text.endswith("\n")
