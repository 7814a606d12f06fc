"""Calibration: which values of chosen parameters agree with the record, by approximate Bayesian computation.

Sequential Monte Carlo (ABC-SMC, Toni et al. 2009) with the library pyABC: a population of parameter sets, drawn from
even priors over plausible ranges, moves generation by generation to sets whose runs miss the record by less. It asks
for no likelihood, keeps the spread of what agrees, uses every worker, and continues from its last generation when it
was stopped. A parameter set is run a few times, with seeds that follow from its values; with one run each, the sets
that are kept are lucky rather than right. For the same reason the fitted values are those of the set that misses least
when the best of the last generation are run again with fresh seeds.

With the method *rejection* sets are spread evenly over the ranges instead, and the best are kept (``rejection.py``).

**Several cases** share the parameters: the misfit of a set is the weighted mean of the misfits of the cases. **Stages**
fit some parameters to some cases and hold them at the fitted set for the stages that follow; that is cheaper than all
at once, and right as far as a later stage's parameters do not matter to an earlier one's cases.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from siege_sim.errors import ResultError, SiegeError
from siege_sim.runner.calibration_file import CalibrationSpec, CalibrationStage
from siege_sim.runner.finalists import misfits_again
from siege_sim.runner.pool import process_pool
from siege_sim.runner.rejection import kept_sets, tried_sets
from siege_sim.runner.trial import LoadedCase, Prior, Trial, load_case, priors_of, refuse_ends, trial_of
from siege_sim.schema.block import KeyPath
from siege_sim.schema.messages import PlacedError

KERNEL_VARIANCE = 2.0
"""How many times the variance of Silverman's rule new sets are spread with; wider kernels keep more sets in play."""

HISTORY = "history.db"
SPEC = "calibration.json"


@dataclass(frozen=True)
class Subject:
    """What a calibration is about, read and checked.

    Attributes:
        cases: the sieges.
        priors: of all parameters.
    """

    cases: tuple[LoadedCase, ...]
    priors: tuple[Prior, ...]

    def of_stage(self, stage: CalibrationStage | None) -> tuple[tuple[LoadedCase, ...], tuple[Prior, ...]]:
        """Return the cases and priors of a stage; all of them without one."""
        if stage is None:
            return self.cases, self.priors
        cases = tuple(one for one in self.cases if not stage.cases or one.case.name in stage.cases)
        return cases, tuple(prior for prior in self.priors if prior.key in stage.parameters)


@dataclass(frozen=True)
class StageFit:
    """What a stage found.

    Attributes:
        name: of the stage; empty where there are none.
        table: a row a parameter set: its values, ``weight`` (they sum to 1), ``misfit``, and ``misfit_again`` with the
            seeds of the finalists (not a number for other sets).
        priors: of its parameters.
        trial: measured its sets.
        sets: with rejection, all sets that were tried, as `rejection.tried_sets` gives them.
    """

    name: str
    table: pd.DataFrame = field(repr=False)
    priors: tuple[Prior, ...]
    trial: Trial | None = field(default=None, repr=False)
    sets: pd.DataFrame | None = field(default=None, repr=False)

    @property
    def values(self) -> dict[str, float | int]:
        """The parameter set that missed least when the best were run again with fresh seeds.

        The middle of each parameter by itself may be a set that agrees with nothing; a set of the generation agrees.
        """
        return self.set_at(int(np.nanargmin(self.table["misfit_again"].to_numpy(float))))

    def set_at(self, row: int) -> dict[str, float | int]:
        """Return the parameter set of a row."""
        return {prior.key: self.table[prior.key].iloc[row].item() for prior in self.priors}


@dataclass(frozen=True)
class Fit:
    """What a calibration found, stage by stage."""

    spec: CalibrationSpec
    cases: tuple[LoadedCase, ...] = field(repr=False)
    stages: tuple[StageFit, ...]

    @property
    def values(self) -> dict[str, float | int]:
        """The fitted values of all stages."""
        return {key: value for stage in self.stages for key, value in stage.values.items()}


def subject_of(spec: CalibrationSpec) -> Subject:
    """Load what a calibration names, and see that every case takes both ends of every parameter's range.

    Raises:
        PlacedError: a scenario or record that cannot be used, a parameter that cannot be fitted, or an unknown pattern.
    """
    places: list[KeyPath] = [("cases", place) for place in range(len(spec.cases))] or [()]
    cases = tuple(load_case(case, place) for case, place in zip(spec.all_cases, places, strict=True))
    subject = Subject(cases, priors_of(spec.parameters, [loaded.scenario for loaded in cases]))
    for place, stage in enumerate(spec.stages):
        among, priors = subject.of_stage(stage)
        for prior in priors:
            if not any(loaded.known({prior.key: 0}) for loaded in among):
                words = f"'{stage.name}' fits '{prior.key}' to cases that do not have it; name others"
                raise PlacedError(("stages", place), words)
    refuse_ends(subject.priors, cases)
    return subject


def calibrate(spec: CalibrationSpec, folder: Path, workers: int, quiet: bool = True) -> Fit:
    """Fit, or continue a fit that was stopped.

    Args:
        spec: what is fitted to what.
        folder: where the history is kept, generation by generation; of stages, in a folder each.
        workers: how many processes.
        quiet: whether pyABC's lines about each generation are left out.

    Raises:
        ResultError: the folder holds another calibration.
        SiegeError: pyABC is not installed, or a parameter cannot be fitted.
    """
    if spec.method == "populations":
        _library()
    logging.getLogger("ABC").setLevel(logging.ERROR if quiet else logging.INFO)
    subject = subject_of(spec)
    _claim(folder, spec, subject.cases)
    stages: list[StageFit] = []
    with process_pool(workers) as pool:
        for stage in spec.stages or (None,):
            found = {key: value for earlier in stages for key, value in earlier.values.items()}
            cases, priors = subject.of_stage(stage)
            trial = trial_of(cases, priors, found, spec.replications)
            place = folder if stage is None else folder / stage.name
            place.mkdir(exist_ok=True)
            rejects = spec.method == "rejection"
            sets = tried_sets(trial, spec, place, pool) if rejects else None
            table = _moved(trial, spec, place, pool, workers) if sets is None else kept_sets(sets, trial, spec)
            table["misfit_again"] = _run_again(trial, table, spec, pool, place)
            stages.append(StageFit("" if stage is None else stage.name, table, priors, trial, sets))
    return Fit(spec, subject.cases, tuple(stages))


def _moved(trial: Trial, spec: CalibrationSpec, folder: Path, pool: Executor, workers: int) -> pd.DataFrame:
    """Fit what a trial draws by populations that move, or go on, and return the last generation."""
    pyabc = _library()
    even = {prior.key: pyabc.RV("uniform", 0.0, 1.0) for prior in trial.priors}
    sampler = pyabc.sampler.ConcurrentFutureSampler(pool, client_max_jobs=2 * workers)
    kernel = pyabc.MultivariateNormalTransition(scaling=KERNEL_VARIANCE)
    prior = pyabc.Distribution(**even)
    fit = pyabc.ABCSMC(trial, prior, _misfit, spec.particles, transitions=kernel, sampler=sampler)
    database = f"sqlite:///{(folder / HISTORY).resolve()}"
    done = _begin_or_go_on(fit, database, folder / HISTORY)
    if done < spec.generations:
        fit.run(max_nr_populations=spec.generations - done)
    history = pyabc.History(database, create=False)
    history.id = 1
    return _last_generation(history, trial.priors)


def _library() -> Any:
    try:
        import pyabc
    except ImportError:
        raise SiegeError("calibrating needs the library pyABC: pip install 'siege_sim[calibrate]'") from None
    return pyabc


def _misfit(simulated: Mapping[str, float], observed: Mapping[str, float]) -> float:
    return simulated["misfit"]


def _claim(folder: Path, spec: CalibrationSpec, cases: Sequence[LoadedCase]) -> None:
    """Take a folder for this calibration, or make sure that it is this one's already."""
    file = folder / SPEC
    several = set() if spec.cases or spec.stages else {"cases", "stages"}
    of_the_other = {"method", "samples", "kept"} if spec.method == "populations" else {"particles", "kept"}
    fitted = spec.model_dump(exclude={"generations", "finalists", "runs_of_a_finalist", *several, *of_the_other})
    digests = [loaded.scenario.digest for loaded in cases]
    mine = {
        "program": "siege_sim", "drawn_from": [0, 1],
        "scenario_digest": digests[0] if len(digests) == 1 else digests, "spec": fitted,
    }  # fmt: skip
    text = json.dumps(mine, indent=2)
    if file.is_file():
        if file.read_text("utf-8") != text:
            raise ResultError(f"{folder}: holds a calibration of something else; choose another --out")
        return
    if folder.exists() and any(folder.iterdir()):
        raise ResultError(f"{folder}: is there already and holds no calibration; choose another --out")
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8", newline="\n")


def _begin_or_go_on(fit: Any, database: str, file: Path) -> int:
    """Open the history; return how many generations it holds."""
    if not file.is_file():
        fit.new(database, {"misfit": 0.0})
        return 0
    history = fit.load(database, 1)
    return int(history.max_t) + 1


def _run_again(
    trial: Trial, generation: pd.DataFrame, spec: CalibrationSpec, pool: Executor, folder: Path
) -> pd.Series[float]:
    """Run the sets that miss least again: the best of many with few runs each owe much to luck."""
    finalists = generation.nsmallest(spec.finalists, "misfit")
    sets: list[Any] = finalists[[prior.key for prior in trial.priors]].to_dict("records")
    found: Any = misfits_again(trial, sets, spec.runs_of_a_finalist, pool, folder)
    return pd.Series(found, index=finalists.index)


def _last_generation(history: Any, priors: Sequence[Prior]) -> pd.DataFrame:
    sets, weights = history.get_distribution(m=0)
    table = pd.DataFrame({p.key: [p.value(drawn) for drawn in sets[p.key]] for p in priors})
    table["weight"] = weights / weights.sum()
    distances = history.get_weighted_distances()
    table["misfit"] = distances["distance"].to_numpy()
    return table
