"""Making mechanisms, dated actions and what-ifs of cases count or not: the same seeds with and without each."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from siege_sim.analysis.ablation import (
    ABOUT_ANYTHING,
    AblationFindings,
    CaseAblation,
    Switch,
    SwitchKind,
    switch_effects,
)
from siege_sim.analysis.comparison.compared import compared_quantities
from siege_sim.errors import ScenarioError
from siege_sim.loading.scenario import load_scenario, scenario_of, shipped_scenarios
from siege_sim.loading.what_ifs import cases_among, what_ifs_of
from siege_sim.model.scenario import Scenario
from siege_sim.model.version import model_version
from siege_sim.runner.about import about_of_what_if
from siege_sim.runner.compare import ComparisonRequest, known_quantities, misfits, run_comparison
from siege_sim.runner.pool import counted_on

if TYPE_CHECKING:
    from siege_sim.runner.finished_runs import FinishedRuns

COARSE_ROWS = 50.0
"""How many people a household stands for in an ablation when nobody says otherwise: a fifth to a half of the time."""

ROWS_KEY = "population.persons_per_household"

SWITCH_KINDS: tuple[SwitchKind, ...] = ("mechanism", "action", "what_if")


@dataclass(frozen=True)
class Switched:
    """A case with one thing changed; without a scenario where it cannot be, or where nothing would change."""

    switch: Switch
    scenario: Scenario | None = None


@dataclass(frozen=True)
class CaseRequest:
    """A case and everything that is changed in it, one by one."""

    case: Scenario
    switched: tuple[Switched, ...]

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """What is run: the case, then it with each change."""
        return (self.case, *(one.scenario for one in self.switched if one.scenario is not None))


@dataclass(frozen=True)
class AblationRequest:
    """What somebody asked to be tried, checked.

    Attributes:
        cases: the cases with all changes.
        runs: how many runs of each scenario.
        days: stop each run after so many days.
        settings: what is changed in all scenarios.
        command: what has to be typed to repeat it.
    """

    cases: tuple[CaseRequest, ...]
    runs: int
    days: int | None = None
    settings: tuple[str, ...] = ()
    command: str = ""

    @property
    def total_runs(self) -> int:
        """How many runs it takes: those of each case once, and those with each change."""
        return self.runs * sum(len(one.scenarios) for one in self.cases)


def ablation_request(
    cases: Sequence[str],
    runs: int,
    days: int | None = None,
    settings: Sequence[str] = (),
    kinds: Sequence[SwitchKind] = SWITCH_KINDS,
) -> AblationRequest:
    """Load and check what is to be tried, before anything is run.

    Args:
        cases: names or files; every shipped scenario that builds on no other one when there are none.
        runs: how many runs of each scenario.
        days: stop each run after so many days.
        settings: changes to all scenarios, as ``key=value``.
        kinds: what to switch.

    Raises:
        ScenarioError: for what is wrong, with the way out.
    """
    names = list(dict.fromkeys(cases)) or [file.stem for file in cases_among(shipped_scenarios().values())]
    requests = tuple(_case_request(name, settings, kinds, days) for name in names)
    words = ["siege-sim", "ablate", *names, "--runs", str(runs)]
    words += [] if days is None else ["--days", str(days)]
    words += (
        [] if tuple(kinds) == SWITCH_KINDS else [word for kind in kinds for word in ("--only", kind.replace("_", "-"))]
    )
    words += [word for setting in settings for word in ("--set", setting)]
    return AblationRequest(requests, runs, days, tuple(settings), shlex.join(words))


def _case_request(name: str, settings: Sequence[str], kinds: Sequence[SwitchKind], days: int | None) -> CaseRequest:
    case = load_scenario(name, settings)
    rows_set = any(setting.replace("*=", "=").partition("=")[0].strip() == ROWS_KEY for setting in settings)
    if not rows_set and case.population.persons_per_household < COARSE_ROWS:
        settings = [f"{ROWS_KEY}={COARSE_ROWS:g}", *settings]
        case = load_scenario(name, settings)
    makers: dict[SwitchKind, Callable[[], Iterator[Switched]]] = {
        "mechanism": lambda: _without_mechanisms(case),
        "action": lambda: _without_actions(case),
        "what_if": lambda: _what_ifs(name, case, settings, days),
    }
    return CaseRequest(case, tuple(one for kind in SWITCH_KINDS if kind in kinds for one in makers[kind]()))


def _without_mechanisms(case: Scenario) -> Iterator[Switched]:
    """Yield the case with each mechanism at values with which it does nothing."""
    for name, process in case.processes.on():
        kind = type(process)
        switch = Switch("mechanism", name, kind.summary(), kind.about or ABOUT_ANYTHING)
        changed = any(name in change.processes for change in case.changes.values())
        at_rest = {key: getattr(process, key) for key in kind.neutral}
        if at_rest == dict(kind.neutral) and not changed:
            yield Switched(_not_run(switch, "does nothing in this case as it is"))
        else:
            yield _switched(case, switch, partial(_put_to_rest, name, kind.neutral))


def _put_to_rest(name: str, neutral: Mapping[str, Any], data: dict[str, Any]) -> None:
    """Give a mechanism its neutral values, for the whole run."""
    data["processes"][name] |= neutral
    for change in data.get("changes", {}).values():
        change["processes"].pop(name, None)
    data["changes"] = {key: change for key, change in data.get("changes", {}).items() if change["processes"]}


def _without_actions(case: Scenario) -> Iterator[Switched]:
    """Yield the case without each of its dated actions."""
    for name, action in case.interventions.items():
        kind = type(action)
        switch = Switch("action", name, kind.summary(), kind.about or ABOUT_ANYTHING)
        yield _switched(case, switch, partial(_leave_out_action, name))


def _leave_out_action(name: str, data: dict[str, Any]) -> None:
    del data["interventions"][name]


def _switched(case: Scenario, switch: Switch, change: Callable[[dict[str, Any]], object]) -> Switched:
    """Return a case with a change; if it is no scenario any more, why not."""
    data = case.model_dump(mode="json", by_alias=True)
    change(data)
    data["name"] = f"{case.name}_without_{switch.name}"
    try:
        return Switched(switch, scenario_of(data))
    except ScenarioError as error:
        return Switched(_not_run(switch, f"cannot be left out: {error.problems[0].removeprefix('manifest: ')}"))


def _what_ifs(name: str, case: Scenario, settings: Sequence[str], days: int | None) -> Iterator[Switched]:
    """Yield the scenarios that build on the case, as far as runs of them can be paired with its own."""
    for file in what_ifs_of(name):
        switch = Switch("what_if", file.stem, file.stem, ABOUT_ANYTHING)
        try:
            what_if = load_scenario(file, settings)
        except ScenarioError as error:
            yield Switched(_not_run(switch, f"cannot be loaded: {error.problems[0]}"))
            continue
        switch = Switch("what_if", what_if.name, what_if.title, about_of_what_if(file, case, what_if))
        problems = misfits(what_if, (case,), days)
        yield Switched(_not_run(switch, problems[0])) if problems else Switched(switch, what_if)


def _not_run(switch: Switch, why: str) -> Switch:
    return Switch(switch.kind, switch.name, switch.title, switch.about, why)


def run_ablation(
    request: AblationRequest,
    workers: int | None = None,
    on_progress: Callable[[int], None] | None = None,
    finished: FinishedRuns | None = None,
) -> AblationFindings:
    """Run every case with and without each of its switches, with the seeds 1, 2, ...; a case itself only once a seed.

    Args:
        request: what to try.
        workers: how many processes; the result is the same for any number.
        on_progress: called with the number of runs that are done.
        finished: where runs that are finished are kept meanwhile, if anywhere.
    """
    found, done = [], 0
    for one in request.cases:
        found.append(_run_case(one, request, workers, counted_on(on_progress, done), finished))
        done += request.runs * len(one.scenarios)
    return AblationFindings(tuple(found), request.settings)


def _run_case(
    one: CaseRequest,
    request: AblationRequest,
    workers: int | None,
    on_progress: Callable[[int], None] | None,
    finished: FinishedRuns | None,
) -> CaseAblation:
    known = known_quantities(one.scenarios)
    about = [name for switched in one.switched for name in switched.switch.about if name in known]
    usual = [quantity.name for quantity in compared_quantities((), known)]
    quantities = compared_quantities(tuple(dict.fromkeys((*ABOUT_ANYTHING, *about, *usual))), known)
    asked = ComparisonRequest(one.scenarios, request.runs, quantities, None, request.days, request.settings)
    comparison = run_comparison(asked, workers, on_progress, finished)
    return CaseAblation(
        name=one.case.name,
        title=one.case.title,
        pairs=comparison.pairs,
        days=comparison.last_day,
        persons_a_row=one.case.population.persons_per_household,
        switches=switch_effects([switched.switch for switched in one.switched], comparison),
        model_version=model_version(),
    )
