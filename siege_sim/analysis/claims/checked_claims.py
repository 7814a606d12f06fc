"""What runs say of claims, one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.analysis.claims.evaluation import CheckedOnRuns, FoundStatistic, checked
from siege_sim.analysis.claims.played import PlayedRuns
from siege_sim.analysis.intervals import RESAMPLING_SEED
from siege_sim.errors import ResultError

if TYPE_CHECKING:
    from siege_sim.analysis.claims.checks import Node

RESAMPLINGS = 200
"""How often the seeds are drawn again, to see how much a claim depends on them."""

NARROW = 0.95
"""A claim that holds on a smaller share of resamplings of the seeds than this is narrow."""

AS_WRITTEN = "as written"
"""The first way in which claims are checked; the others are those of an audit."""


@dataclass(frozen=True)
class AskedClaim:
    """A claim to be checked.

    Attributes:
        name: its name in the file.
        says: the sentence.
        check: the check as it is written.
        tree: the check.
        scenario: the scenario that outcomes belong to which name none.
        page: where the sentence stands, if that is said.
    """

    name: str
    says: str
    check: str
    tree: Node
    scenario: str
    page: str | None = None


@dataclass(frozen=True)
class CheckedClaim:
    """A claim, and what runs say of it.

    Attributes:
        name: its name in the file.
        says: the sentence.
        check: the check as it is written.
        page: where the sentence stands, if that is said.
        holds: whether the check holds on the runs.
        statistics: the statistics in it.
        resampled: on which share of other draws of the seeds, or of a sample's points, it holds; None where there is
            one draw alone.
        ways: whether it holds in each way that an audit tries; None where that could not be tried.
    """

    name: str
    says: str
    check: str
    page: str | None
    holds: bool
    statistics: tuple[FoundStatistic, ...]
    resampled: float | None
    ways: Mapping[str, bool | None]

    @property
    def narrow(self) -> bool:
        """Whether it holds, but would not with many another choice of seeds."""
        return self.holds and self.resampled is not None and self.resampled < NARROW

    @property
    def failing_ways(self) -> tuple[str, ...]:
        """The ways of an audit in which it fails."""
        return tuple(way for way, holds in self.ways.items() if holds is False)


@dataclass(frozen=True)
class ClaimsFindings:
    """What runs say of the claims of a file.

    Attributes:
        title: of the file.
        runs: how many runs of each scenario, or of each point of a sweep.
        first_seed: the seed of the first.
        scenarios: names of what was played, in the file's words.
        claims: the claims, in their order.
        untried: why a way of an audit could not be tried, by way.
        points: how many points a sweep has; None where scenarios were played.
        drawn: of what the draws are that each claim was tried on again: seeds, or points of a sample.
    """

    title: str
    runs: int
    first_seed: int
    scenarios: tuple[str, ...]
    claims: tuple[CheckedClaim, ...]
    untried: Mapping[str, str]
    points: int | None = None
    drawn: str = "seeds"

    @property
    def failing(self) -> tuple[CheckedClaim, ...]:
        """The claims that fail, as written or in a way of an audit."""
        return tuple(claim for claim in self.claims if not claim.holds or claim.failing_ways)

    def data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"all_hold": not self.failing, **asdict(self)}


RunsOfWays = Mapping[str, Mapping[str, PlayedRuns] | None]
"""Runs by way of checking, then by scenario; None where a way could not be tried."""


def claims_checked(asked: tuple[AskedClaim, ...], runs: RunsOfWays) -> tuple[CheckedClaim, ...]:
    """Return what runs say of claims.

    Args:
        asked: the claims.
        runs: those of ``AS_WRITTEN``, and those of an audit.
    """
    return tuple(_checked_claim(claim, runs) for claim in asked)


def _checked_claim(claim: AskedClaim, runs: RunsOfWays) -> CheckedClaim:
    own = runs[AS_WRITTEN] or {}
    found = _on(claim, own)
    ways = {way: None if there is None else _on(claim, there).holds for way, there in runs.items() if way != AS_WRITTEN}
    return CheckedClaim(
        claim.name, claim.says, claim.check, claim.page, found.holds, found.statistics, _resampled(claim, own), ways
    )


def _on(claim: AskedClaim, runs: Mapping[str, PlayedRuns]) -> CheckedOnRuns:
    return checked(claim.tree, claim.scenario, runs)


def _resampled(claim: AskedClaim, runs: Mapping[str, PlayedRuns]) -> float | None:
    """Return on which share of other draws, the same for all runs, a claim holds."""
    rng = np.random.default_rng(RESAMPLING_SEED)
    numbers = np.unique(np.concatenate([one.draws() for one in runs.values()]))
    if len(numbers) < 2 and any(one.points for one in runs.values()):
        return None
    rows = {name: [np.flatnonzero(one.draws() == number) for number in numbers] for name, one in runs.items()}

    def holds(draw: Any) -> bool:
        drawn = {name: one.only(np.concatenate([rows[name][i] for i in draw])) for name, one in runs.items()}
        try:
            return _on(claim, drawn).holds
        except ResultError:  # a draw may leave out the runs that a condition asks for
            return False

    return share_of_times(holds, (rng.integers(len(numbers), size=len(numbers)) for _ in range(RESAMPLINGS)))


def share_of_times(holds: Callable[[Any], bool], draws: Any) -> float:
    """Return for which share of draws something holds."""
    return float(np.mean([holds(draw) for draw in draws]))
