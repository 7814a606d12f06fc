"""Checking claims on the runs of an experiment: what its folder lacks is played first, as ``siege-sim sweep`` would."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from siege_sim.analysis.claims.checked_claims import AskedClaim, ClaimsFindings, claims_checked
from siege_sim.analysis.claims.checks import Node, OutcomeName, names_in, parse_check, with_names
from siege_sim.analysis.claims.evaluation import checked
from siege_sim.analysis.claims.played import ALL_RUNS, BASELINE, PlayedRuns
from siege_sim.errors import ResultError, ScenarioError, did_you_mean
from siege_sim.experiments.experiment import shipped_experiments
from siege_sim.experiments.plan import Plan, load_plan
from siege_sim.loading.keys import with_values
from siege_sim.loading.scenario import scenario_of
from siege_sim.results.store import Store, read_sweep
from siege_sim.runner.audit import AskedInWays, Way, played_in_ways
from siege_sim.runner.sweep import Driver, default_target
from siege_sim.runner.sweep_runs import SweepRuns, no_runs, number_of_draws, runs_of_sweep
from siege_sim.schema.shipped import find_file, is_path

if TYPE_CHECKING:
    from siege_sim.runner.claims_file import Claim, ClaimsFile
    from siege_sim.schema.yaml_file import Document


@dataclass(frozen=True)
class SweepClaimsRequest(AskedInWays):
    """Claims about an experiment's runs, themselves checked for mistakes.

    Attributes:
        file: the file.
        plan: the experiment's points and runs.
        claims: the claims that are asked for.
        runs: how many runs of each point.
        changed: whether something has been set that the experiment itself does not say.
        audit: whether the claims are also checked in other ways.
    """

    file: ClaimsFile
    plan: Plan
    claims: tuple[AskedClaim, ...]
    runs: int
    changed: bool = False
    audit: bool = False

    @property
    def runs_of_a_way(self) -> int:
        """How many runs a way takes at the most."""
        return self.runs * len(self.plan.points)

    def folder(self, way: Way, kept: Path | None) -> Path:
        """Return the folder of the runs of a way: by default that of the sweep, or one beside it."""
        usual = default_target(self.plan)
        own = kept or (usual.with_name(f"{self.file.name}-check") if self.changed else usual)
        return own if way == self.ways[0] else own.with_name(f"{own.name}-{way.name.replace(' ', '_')}")


def sweep_claims_request(
    file: ClaimsFile,
    document: Document,
    where: Path,
    chosen: Mapping[str, Claim],
    runs: int | None,
    settings: Sequence[str],
    audit: bool,
) -> SweepClaimsRequest:
    """Load the experiment that claims are about, and check the claims for mistakes.

    Raises:
        ScenarioError: names file, line, value and way out for everything that is wrong.
    """
    changes = [*file.settings, *settings]
    plan = _plan_of(file, document, where, changes)
    of_file = file.runs if "runs" in file.model_fields_set else plan.experiment.replications
    asked = tuple(claim.asked(name, _tree_of(claim, plan), ALL_RUNS) for name, claim in chosen.items())
    nothing, problems = no_runs(
        plan, file.points, names_in_claims(asked), lambda *path: str(document.mark(("points", *path)))
    )
    for claim in () if problems else asked:
        problems += _problems(claim, plan, nothing, str(document.mark(("claims", claim.name, "check"))))
    if problems:
        raise ScenarioError(problems)
    return SweepClaimsRequest(
        file, plan, asked, min(runs or of_file, plan.experiment.replications), bool(changes), audit
    )


def _plan_of(file: ClaimsFile, document: Document, where: Path, settings: Sequence[str]) -> Plan:
    name = file.experiment or ""
    try:
        beside = where.parent / name
        found = beside if is_path(name) else find_file(name, shipped_experiments(), "experiment")
        return load_plan(found, settings)
    except ScenarioError as error:
        raise ScenarioError(f"{document.mark(('experiment',))}: {problem}" for problem in error.problems) from None


def _tree_of(claim: Claim, plan: Plan) -> Node:
    """Return a check, in which factors that are called like their keys have names with points in them."""
    factors = {factor.name for factor in plan.factors}

    def whole(name: OutcomeName) -> OutcomeName:
        dotted = f"{name.scenario}.{name.name}"
        return OutcomeName(dotted) if name.scenario is not None and dotted in factors else name

    return with_names(parse_check(claim.check), whole)


def names_in_claims(claims: Sequence[AskedClaim]) -> set[str]:
    """Return the names of outcomes and factors in checks."""
    return {one.name for claim in claims for one in names_in(claim.tree)} - {BASELINE}


def _problems(claim: AskedClaim, plan: Plan, nothing: Mapping[str, PlayedRuns], mark: str) -> Iterator[str]:
    """Yield what is wrong with a check: it is tried on runs in which everything is zero."""
    for used in names_in(claim.tree):
        if used.scenario is not None and used.scenario not in nothing:
            yield f"{mark}: there are no points '{used.scenario}' in this file{did_you_mean(used.scenario, nothing)}"
            return
        if used.name in plan.known and used.name not in {*plan.kept, *plan.kept_daily}:
            yield f"{mark}: the experiment does not keep '{used.name}'; name it under its 'outcomes'"
            return
        if used.on is not None and used.name in plan.kept and used.name not in plan.kept_daily:
            yield f"{mark}: the experiment keeps no days of '{used.name}'; name it under the outcomes of its 'series'"
            return
    try:
        checked(claim.tree, claim.scenario, nothing)
    except ResultError as error:
        yield f"{mark}: '{claim.check}': {error}"


def check_sweep_claims(
    request: SweepClaimsRequest,
    workers: int,
    kept: Path | None = None,
    on_progress: Callable[[int], None] | None = None,
    on_message: Callable[[str], None] = lambda sentence: None,
) -> ClaimsFindings:
    """Play what the folder of a sweep lacks, read its table, and check claims on it.

    Args:
        request: the claims.
        workers: how many processes; the result is the same for any number.
        kept: the folder of the runs; by default that of the sweep. Those of an audit are kept beside it.
        on_progress: called with the number of runs that are there.
        on_message: called with sentences about what happens.

    Raises:
        ResultError: the folder holds something else, or runs have failed.
    """
    names = names_in_claims(request.claims)

    def play(way: Way, plan: Plan, further: Callable[[int], None] | None) -> Mapping[str, PlayedRuns]:
        folder = request.folder(way, kept)
        _play(request, plan, folder, workers, further, on_message)
        return runs_of_sweep(SweepRuns(plan, read_sweep(folder), request.runs), request.file.points, names)

    runs, untried = played_in_ways(request, partial(plan_in, request), play, on_progress)
    return ClaimsFindings(
        request.file.title, request.runs, request.plan.experiment.first_seed, (request.plan.experiment.name,),
        claims_checked(request.claims, runs), untried, len(request.plan.points), number_of_draws(request.plan)[0],
    )  # fmt: skip


def plan_in(request: SweepClaimsRequest, way: Way) -> Plan:
    """Return the experiment as it is played in a way.

    Raises:
        ScenarioError: it cannot be.
    """
    plan = request.plan
    if way.key and any(key.partition("*")[0].strip() == way.key for factor in plan.factors for key in factor.keys):
        raise ScenarioError([f"the experiment itself varies {way.key}"])
    bases = {name: way.changed(data) for name, data in plan.bases.items()}
    for policy, data in bases.items():
        values = next((plan.values_of(point) for point in range(len(plan.points))
                       if plan.values_of(point)[0] == policy), None)  # fmt: skip
        scenario_of(with_values(data, values[1]) if values else data)
    seeds = plan.experiment.first_seed + (plan.experiment.replications if way.other_seeds else 0)
    experiment = plan.experiment.model_copy(update={"first_seed": seeds})
    return dataclasses.replace(plan, experiment=experiment, bases=bases)


def _play(
    request: SweepClaimsRequest,
    plan: Plan,
    folder: Path,
    workers: int,
    on_progress: Callable[[int], None] | None,
    on_message: Callable[[str], None],
) -> None:
    limit = len(plan.points) * request.runs
    progress = Driver(
        plan, Store.at(folder), workers, limit, on_message=on_message,
        on_progress=lambda now: None if on_progress is None else on_progress(now.planned - now.left),
    ).sweep()  # fmt: skip
    if progress.failed or progress.failed_before:
        count = progress.failed + progress.failed_before
        raise ResultError(f"{folder}: {count:,} runs failed; see `siege-sim status {folder}`")
