"""Claims files: sentences about scenarios or a sweep, each with a check that runs pass or fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import Field

from siege_sim.analysis.claims.checked_claims import AskedClaim
from siege_sim.analysis.claims.checks import RESERVED_WORDS, Node, OutcomeName, names_in, parse_check
from siege_sim.analysis.claims.played import ALL_RUNS, BASELINE
from siege_sim.errors import ResultError, did_you_mean
from siege_sim.experiments.experiment import Scalar
from siege_sim.runner.calibration_file import NAME_PATTERN
from siege_sim.schema.block import Block, Problem, param
from siege_sim.schema.messages import read_block
from siege_sim.schema.shipped import find_file
from siege_sim.schema.shipped import shipped_claims as shipped_claims
from siege_sim.schema.yaml_file import Document


class ClaimedScenario(Block):
    """A scenario that claims are about."""

    scenario: str | None = None
    """The scenario, by name or by file beside the claims; the baseline's without it."""
    settings: tuple[str, ...] = Field((), max_length=200)
    """What is changed in it, `KEY=VALUE`, after the file's own settings."""


class Claim(Block):
    """A sentence and how it is checked."""

    says: str = Field(min_length=1, max_length=1000)
    """The sentence."""
    check: str = Field(min_length=1, max_length=1000)
    """What has to hold, such as `median(days_to_half) - baseline > 10`."""
    scenario: str | None = None
    """Whose outcomes the check is about, by a name under `scenarios` or `points`; otherwise the baseline's, or all."""
    page: str | None = None
    """Where the sentence stands, for readers."""

    def asked(self, name: str, tree: Node, scenario: str) -> AskedClaim:
        """Return the claim as it is checked, with the name of the runs that it is about if it names none."""
        says = " ".join(self.says.split())
        return AskedClaim(name, says, self.check, tree, self.scenario or scenario, self.page)


class ClaimsFile(Block):
    """Sentences about scenarios, and the runs that they are checked on."""

    name: str = Field(pattern=NAME_PATTERN, max_length=80)
    """Short name: lower-case letters, digits, dashes and underscores."""
    title: str
    """One line for headings."""
    summary: str = ""
    """A paragraph: whose claims they are, and how far they go."""
    baseline: str | None = None
    """The scenario that others are compared with, by name or by file beside the claims."""
    scenarios: dict[str, ClaimedScenario] = Field(default_factory=dict, max_length=100)
    """Further scenarios, by a name for checks."""
    experiment: str | None = None
    """In place of scenarios: the experiment whose runs the claims are about, by name or by file beside the claims."""
    points: dict[str, dict[str, Scalar]] = Field(default_factory=dict, max_length=100)
    """Points of the experiment, by a name for checks: the values of some of its factors."""
    settings: tuple[str, ...] = Field((), max_length=200)
    """Settings, `KEY=VALUE`, that hold in all runs."""
    runs: int = param(20, unit="runs", ge=1, le=100_000)
    """How many runs of each scenario, with the same seeds; of each point of an experiment, where all are not wanted."""
    first_seed: int = param(1, unit="seed", ge=0, le=10**9)
    """The seed of the first run; the next has the next seed."""
    days: int | None = param(None, unit="days", ge=1, le=3650)
    """Stop each run after so many days."""
    claims: dict[str, Claim] = Field(min_length=1, max_length=500)
    """The claims, by a name."""

    def problems(self) -> Iterator[Problem]:
        """Yield checks that do not follow the grammar, and scenarios that are not in the file."""
        yield from self._of_runs()
        for name in self.scenarios:
            if name == BASELINE or name in RESERVED_WORDS or not name.isidentifier():
                yield ("scenarios", name), f"'{name}' cannot be the name of a scenario here; use letters and digits"
        for name, claim in self.claims.items():
            known: Mapping[str, object] = self.points if self.experiment else self.scenarios
            if claim.scenario is not None and claim.scenario not in known:
                what = "are no points" if self.experiment else "is no scenario"
                hint = did_you_mean(claim.scenario, known)
                yield ("claims", name, "scenario"), f"there {what} '{claim.scenario}' in this file{hint}"
            yield from self._of_check(name, claim)

    def _of_runs(self) -> Iterator[Problem]:
        """Yield what is wrong with saying whose runs the claims are about."""
        if self.baseline is None and self.experiment is None:
            yield ("baseline",), "this key is missing; or name an experiment under 'experiment'"
        if self.experiment is None:
            yield from ((("points",), "points are those of an experiment; name it") for _ in [0] if self.points)
            return
        for key in ("baseline", "scenarios", "first_seed", "days"):
            if key in self.model_fields_set:
                yield (key,), f"the experiment says what is run; leave '{key}' out, or the experiment"
        for name in self.points:
            if name == ALL_RUNS or name in RESERVED_WORDS or not name.isidentifier():
                yield ("points", name), f"points cannot be called '{name}' here; use letters and digits"

    def _of_check(self, name: str, claim: Claim) -> Iterator[Problem]:
        try:
            used = list(names_in(parse_check(claim.check)))
        except ResultError as error:
            yield ("claims", name, "check"), str(error)
            return
        if self.experiment and OutcomeName(BASELINE) in used and BASELINE not in self.points:
            yield ("claims", name, "check"), "'baseline' stands for points of that name, and none are called so"
        if self.experiment is None and claim.scenario is None and OutcomeName(BASELINE) in used:
            yield ("claims", name, "check"), "'baseline' is compared with itself; say which scenario the claim is about"

    def scenarios_of(self, claim: Claim) -> set[str]:
        """Return the names of the scenarios whose runs a claim needs."""
        used = list(names_in(parse_check(claim.check)))
        named = {one.scenario for one in used if one.scenario is not None}
        return named | {claim.scenario or BASELINE} | ({BASELINE} if OutcomeName(BASELINE) in used else set())


def load_claims(name_or_path: str | Path, known: Mapping[str, Path]) -> tuple[ClaimsFile, Document, Path]:
    """Load a claims file; return it with its document, which knows where everything stands, and its path.

    Raises:
        ScenarioError: names file, line, value and way out for everything that is wrong.
    """
    file = find_file(name_or_path, known, "claim")
    block, document = read_block(ClaimsFile, file, "a claims file")
    return block, document, file
