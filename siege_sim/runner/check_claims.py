"""Playing what claims need, on the same seeds for all scenarios, and checking them; in other ways too for an audit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.analysis.claims.checked_claims import AskedClaim, ClaimsFindings, claims_checked
from siege_sim.analysis.claims.checks import names_in, parse_check
from siege_sim.analysis.claims.evaluation import checked
from siege_sim.analysis.claims.played import BASELINE, PlayedRuns
from siege_sim.errors import ResultError, ScenarioError, did_you_mean
from siege_sim.loading.scenario import find, load_scenario
from siege_sim.model.run_outcomes import OF_THE_RUN
from siege_sim.model.scenario import Scenario
from siege_sim.results.curves import values_to
from siege_sim.results.endings import ENDING, HOLDING
from siege_sim.runner.audit import AskedInWays, Way, played_in_ways
from siege_sim.runner.check_sweep_claims import SweepClaimsRequest, names_in_claims, sweep_claims_request
from siege_sim.runner.claims_file import Claim, ClaimedScenario, ClaimsFile, load_claims, shipped_claims
from siege_sim.runner.finished_runs import runs_of_jobs
from siege_sim.runner.run import jobs_of
from siege_sim.schema.block import KeyPath
from siege_sim.schema.shipped import is_path
from siege_sim.schema.yaml_file import Document

if TYPE_CHECKING:
    from siege_sim.results.run import CompactRun
    from siege_sim.runner.finished_runs import FinishedRuns


@dataclass(frozen=True)
class ClaimsRequest(AskedInWays):
    """Claims that somebody asks to be checked, themselves checked for mistakes.

    Attributes:
        file: the file.
        scenarios: what has to be played, by its name in the file.
        claims: the claims that are asked for.
        runs: how many runs of each scenario.
        first_seed: the seed of the first.
        days: stop each run after so many days.
        audit: whether the claims are also checked in other ways.
    """

    file: ClaimsFile
    scenarios: Mapping[str, Scenario]
    claims: tuple[AskedClaim, ...]
    runs: int
    first_seed: int
    days: int | None
    audit: bool = False

    @property
    def runs_of_a_way(self) -> int:
        """How many runs a way takes at the most."""
        return self.runs * len(self.scenarios)


def claims_request(
    name: str | Path,
    only: Sequence[str] = (),
    runs: int | None = None,
    settings: Sequence[str] = (),
    audit: bool = False,
) -> ClaimsRequest | SweepClaimsRequest:
    """Load claims and what they are about, and check them for mistakes before anything is played.

    Args:
        name: name or path of a claims file.
        only: names of claims; all of them when there are none.
        runs: how many runs of each scenario; the file's number without it.
        settings: further settings, ``KEY=VALUE``, in all runs.
        audit: check in other ways too.

    Raises:
        ScenarioError: names file, line, value and way out for everything that is wrong.
    """
    file, document, where = load_claims(name, shipped_claims())
    for wanted in only:
        if wanted not in file.claims:
            raise ScenarioError([f"{where}: there is no claim '{wanted}'{did_you_mean(wanted, file.claims)}"])
    chosen = {one: claim for one, claim in file.claims.items() if one in only or not only}
    if file.experiment is not None:
        return sweep_claims_request(file, document, where, chosen, runs, settings, audit)
    needed = set().union(*(file.scenarios_of(claim) for claim in chosen.values()))
    scenarios = {
        one: _scenario(file, one, where, document, settings)
        for one in (BASELINE, *file.scenarios)
        if one in needed
    }  # fmt: skip
    problems = [line for one, claim in chosen.items() for line in _problems(one, claim, file, scenarios, document)]
    if problems:
        raise ScenarioError(problems)
    asked = tuple(claim.asked(one, parse_check(claim.check), BASELINE) for one, claim in chosen.items())
    return ClaimsRequest(file, scenarios, asked, runs or file.runs, file.first_seed, file.days, audit)


def _scenario(file: ClaimsFile, name: str, where: Path, document: Document, settings: Sequence[str]) -> Scenario:
    """Load a scenario of a file with all that is changed in it."""
    own = file.scenarios.get(name, ClaimedScenario())
    path: KeyPath = ("baseline",) if own.scenario is None else ("scenarios", name, "scenario")
    target = own.scenario or file.baseline or ""
    try:
        found = where.parent / target if is_path(target) else find(target, beside=where.parent)
        return load_scenario(found, [*file.settings, *own.settings, *settings])
    except ScenarioError as error:
        raise ScenarioError(f"{document.mark(path)}: {problem}" for problem in error.problems) from None


def _problems(
    name: str, claim: Claim, file: ClaimsFile, scenarios: Mapping[str, Scenario], document: Document
) -> Iterator[str]:
    """Yield what is wrong with a check: it is tried on runs in which everything is zero."""
    check, mark = parse_check(claim.check), document.mark(("claims", name, "check"))
    for used in names_in(check):
        if used.scenario is not None and used.scenario not in scenarios:
            hint = did_you_mean(used.scenario, [BASELINE, *file.scenarios])
            yield f"{mark}: there is no scenario '{used.scenario}' in this file{hint}"
            return
    try:
        nothing = {one: _nothing_happens(scenario, file.days) for one, scenario in scenarios.items()}
        checked(check, claim.scenario or BASELINE, nothing)
    except ResultError as error:
        yield f"{mark}: '{claim.check}': {error}"


def _nothing_happens(scenario: Scenario, days: int | None) -> PlayedRuns:
    """Return two runs of a scenario in which every outcome is zero."""
    daily = {outcome.name: np.zeros((2, 3)) for outcome in scenario.outcomes}
    whole: dict[str, Any] = {name: np.zeros(2) for name in (*daily, *(outcome.name for outcome in OF_THE_RUN))}
    whole[ENDING] = np.array([HOLDING, HOLDING], dtype=object)
    return PlayedRuns(scenario.clock.start, min(days or scenario.days, scenario.days), (1, 2), whole, daily)


def check_claims(
    request: ClaimsRequest,
    workers: int | None = None,
    on_progress: Callable[[int], None] | None = None,
    finished: FinishedRuns | None = None,
) -> ClaimsFindings:
    """Play what claims need and check them.

    Args:
        request: the claims.
        workers: how many processes; the result is the same for any number.
        on_progress: called with the number of runs that are done.
        finished: where runs that are finished are kept meanwhile, if anywhere.
    """

    def changed(way: Way) -> dict[str, Scenario]:
        return {name: way.change(scenario) for name, scenario in request.scenarios.items()}

    def play(way: Way, scenarios: dict[str, Scenario], further: Callable[[int], None] | None) -> dict[str, PlayedRuns]:
        first = request.first_seed + (request.runs if way.other_seeds else 0)
        return _played(request, scenarios, range(first, first + request.runs), workers, further, finished)

    runs, untried = played_in_ways(request, changed, play, on_progress)
    return ClaimsFindings(
        request.file.title, request.runs, request.first_seed, tuple(request.scenarios),
        claims_checked(request.claims, runs), untried,
    )  # fmt: skip


def _played(
    request: ClaimsRequest,
    scenarios: Mapping[str, Scenario],
    seeds: range,
    workers: int | None,
    on_progress: Callable[[int], None] | None,
    finished: FinishedRuns | None,
) -> dict[str, PlayedRuns]:
    """Play every scenario with every seed, and keep what the claims read of it."""
    jobs = [job for scenario in scenarios.values() for job in jobs_of(scenario, seeds, request.days)]
    runs = runs_of_jobs(jobs, workers, on_progress, finished)
    names = names_in_claims(request.claims)
    count = len(seeds)
    return {
        name: _read(scenario, runs[number * count : (number + 1) * count], names, request.days)
        for number, (name, scenario) in enumerate(scenarios.items())
    }


def _read(scenario: Scenario, runs: Sequence[CompactRun], names: set[str], days: int | None) -> PlayedRuns:
    """Return runs with some outcomes of theirs as arrays."""
    last = min(days or scenario.days, scenario.days)
    units = {outcome.name: outcome.unit for outcome in OF_THE_RUN}
    daily = {
        outcome.name: np.stack([values_to(run, [outcome.name], last) for run in runs])
        for outcome in scenario.outcomes
        if outcome.name in names
    }
    whole: dict[str, Any] = {
        name: np.array([_number(run.summary[name], units.get(name, "")) for run in runs])
        for name in names
        if name != ENDING and name in runs[0].summary
    }
    whole[ENDING] = np.array([run.ending for run in runs], dtype=object)
    return PlayedRuns(scenario.clock.start, last, tuple(run.seed for run in runs), whole, daily)


def _number(value: Any, unit: str) -> float:
    """Return an outcome of a run; a day that never came is later than any other."""
    if value is None:
        return float("inf") if unit == "days" else float("nan")
    return float(value)
