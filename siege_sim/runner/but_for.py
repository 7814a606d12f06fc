"""Playing a run again without something, to see whether its result still comes about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siege_sim.analysis.but_for import AskedResult, ButForFindings, ButForPair, pair_of
from siege_sim.errors import ResultError
from siege_sim.loading.scenario import scenario_of
from siege_sim.model.but_for import NOTHING_LEFT_OUT, ButFor
from siege_sim.model.model import SiegeModel
from siege_sim.model.version import model_version
from siege_sim.results.run import read_run
from siege_sim.results.why import as_known_name
from siege_sim.runner.pool import counted_on, run_many
from siege_sim.runner.premises import EventKey, premise_like, premise_of
from siege_sim.runner.tables import result_of

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario
    from siege_sim.results.run import RunResult


@dataclass(frozen=True)
class ButForRequest:
    """What somebody asks of a run.

    Attributes:
        folder: the run's.
        left_out: what is left out, as in ``premises.premise_of``.
        quarter: whether this quarter was still lost; None for another question.
        stock: whether this store or facility still came to its end; likewise. Without both: the ending.
        lasting: for how many days it does not happen.
        runs: how many further seeds are tried: 1, 2, ...
    """

    folder: Path
    left_out: str
    quarter: str | None = None
    stock: str | None = None
    lasting: int = 1
    runs: int = 0


@dataclass(frozen=True)
class _SeedJob:
    """A seed to be played with and without something, for another process."""

    scenario: Mapping[str, Any]
    seed: int
    days: int | None
    left_out: str
    key: EventKey | None
    lasting: int
    asked: AskedResult


def but_for(
    request: ButForRequest, workers: int | None = None, on_progress: Callable[[int], None] | None = None
) -> ButForFindings:
    """Play a run again, then without something, and say whether the result still came about.

    Args:
        request: what is asked.
        workers: how many processes for further seeds; the result is the same for any number.
        on_progress: called with the number of seeds that are done, the run's own first.

    Raises:
        ResultError: the folder is no run's, the run does not repeat, or what is named cannot be left out.
    """
    result = read_run(request.folder)
    asked = _asked(result, request)
    scenario = scenario_of(result.manifest["scenario"])
    seed, days = int(result.manifest["seed"]), int(result.manifest["days_played"]) if result.stopped else None
    model = _play(scenario, seed, days)
    again = result_of(model)
    _check_same(result, again, request.folder)
    premise = premise_of(model, request.left_out, request.lasting)
    pair = pair_of(asked, again, result_of(_play(scenario, seed, days, premise.but_for)))
    if on_progress is not None:
        on_progress(1)
    data = result.manifest["scenario"]
    jobs = [
        _SeedJob(data, other, days, request.left_out, premise.key, request.lasting, asked)
        for other in range(1, request.runs + 1)
    ]
    found = run_many(jobs, _seed_pair, workers, counted_on(on_progress, 1)) if jobs else []
    others = tuple(one for one in found if one is not None)
    return ButForFindings(
        asked, premise.words, premise.event, pair, others, request.runs, dict(_labels(result, pair.numbers))
    )


def _asked(result: RunResult, request: ButForRequest) -> AskedResult:
    if request.quarter is not None:
        return AskedResult("quarter", as_known_name(request.quarter, result.quarters["quarter"]))
    if request.stock is not None:
        places = [str(place["name"]) for place in result.manifest["city"]["facilities"]]
        return AskedResult("facility", as_known_name(request.stock, places))
    return AskedResult("ending", str(result.summary["ending"]))


def _labels(result: RunResult, names: Mapping[str, object]) -> Iterator[tuple[str, tuple[str, str]]]:
    known = {**result.manifest["outcomes"], **result.manifest["run_outcomes"]}
    for name in names:
        if name in known:
            yield name, (str(known[name]["label"]), str(known[name]["unit"]))


def _play(scenario: Scenario, seed: int, days: int | None, left_out: ButFor = NOTHING_LEFT_OUT) -> SiegeModel:
    model = SiegeModel(scenario, seed)
    model.but_for = left_out
    for day in model.days():
        if days is not None and day >= days:
            break
    return model


def _check_same(result: RunResult, again: RunResult, folder: Path) -> None:
    """Refuse a run that does not come out as it did: a difference would not come of what is left out."""
    if result.manifest.get("but_for"):
        raise ResultError(f"{folder}: something is left out of this run already; give the run itself")
    if again.series_csv() != (folder / "series.csv").read_text("utf-8-sig"):
        made, now = result.manifest.get("model_version"), model_version()
        why = f"it was made by model {made}, and this is {now}" if made != now else "another machine or library made it"
        raise ResultError(f"{folder}: the run comes out otherwise when it is repeated ({why}); run it again first")


def _seed_pair(job: _SeedJob) -> ButForPair | None:
    """Play a seed with and without something, in a worker; None where it does not happen with that seed."""
    scenario = scenario_of(job.scenario)
    model = _play(scenario, job.seed, job.days)
    premise = premise_like(model, job.left_out, job.key, job.lasting)
    if premise is None:
        return None
    without = _play(scenario, job.seed, job.days, premise.but_for)
    return pair_of(job.asked, result_of(model), result_of(without))
