"""The finalists of a fit, run again with fresh seeds; what has been found of them is kept, and not run twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from pathlib import Path
from typing import Any

from siege_sim.errors import ResultError
from siege_sim.model.version import model_version
from siege_sim.runner.trial import Trial

FIRST_SEED_OF_FINALISTS = 1001
"""The seeds of finalists: others than people use when they look at the fitted scenario."""

FINALISTS = "finalists.json"


def misfits_again(
    trial: Trial, sets: Sequence[Mapping[str, Any]], runs: int, pool: Executor, folder: Path
) -> list[float]:
    """Return the misfit of each parameter set on fresh seeds.

    Args:
        trial: measures a set.
        sets: the parameter sets, by key.
        runs: how many seeds.
        pool: where they are run.
        folder: of the fit; what is found is kept in it, set by set.

    Raises:
        ResultError: the folder cannot be written to.
    """
    file, seeds = folder / FINALISTS, range(FIRST_SEED_OF_FINALISTS, FIRST_SEED_OF_FINALISTS + runs)
    asked = _digest(trial, runs)
    found = _kept(file, asked)
    names = [json.dumps(one, sort_keys=True) for one in sets]
    missing = [place for place, name in enumerate(names) if name not in found]
    measured = pool.map(trial.with_seeds, [sets[place] for place in missing], [seeds] * len(missing))
    for place, misses in zip(missing, measured, strict=True):
        found[names[place]] = float(misses["misfit"])
        _keep(file, {"asked": asked, "misfits": found})
    return [found[name] for name in names]


def _digest(trial: Trial, runs: int) -> str:
    """Return a hash of everything that decides on the misfit of a parameter set."""
    cases = [
        [case.name, case.scenario, case.record.model_dump(mode="json"), case.weights, case.weight, case.days]
        for case in trial.cases
    ]
    whole = json.dumps([model_version(), runs, trial.fixed, cases], sort_keys=True, default=str)
    return hashlib.sha256(whole.encode()).hexdigest()


def _kept(file: Path, asked: str) -> dict[str, float]:
    """Return what was found before, if it was found in the very same way."""
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        data = json.loads(file.read_text("utf-8"))
        if data["asked"] == asked:
            return {str(name): float(misfit) for name, misfit in data["misfits"].items()}
    return {}


def _keep(file: Path, data: Mapping[str, Any]) -> None:
    temporary = file.with_name(f".{file.name}.part")
    try:
        temporary.write_text(json.dumps(data, indent=2) + "\n", "utf-8", newline="\n")
        temporary.replace(file)
    except OSError as error:
        raise ResultError(f"{file}: cannot be written: {error.strerror}") from None
