"""Running what is compared: the same seeds for all scenarios, and as many runs as it takes."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from siege_sim.analysis.comparison.compared import (
    ComparedQuantity,
    Target,
    compared_quantities,
    daily_quantity,
    target_of,
    whole_run_quantity,
)
from siege_sim.analysis.comparison.comparison import Arm, Comparison, InterimLook
from siege_sim.analysis.comparison.comparison_findings import ComparisonFindings, comparison_findings
from siege_sim.analysis.comparison.leading import BETWEEN, LEADING
from siege_sim.analysis.comparison.paired import FIRST_LOOK, next_look
from siege_sim.analysis.comparison.traces import Trace, trace_of
from siege_sim.analysis.comparison.uncertain import uncertain_findings
from siege_sim.errors import ScenarioError
from siege_sim.loading.doubts import doubts_of
from siege_sim.loading.lineage import told_data
from siege_sim.loading.scenario import find, load_scenario
from siege_sim.model.run_outcomes import run_outcomes_of
from siege_sim.model.scenario import Scenario
from siege_sim.results.changed import change_sentences, changed_title
from siege_sim.runner.about import about_of_what_if
from siege_sim.runner.pool import counted_on, run_many
from siege_sim.runner.run import Job, jobs_of, run_job
from siege_sim.runner.together import all_together

if TYPE_CHECKING:
    from siege_sim.runner.draws import Draws
    from siege_sim.runner.finished_runs import FinishedRuns
    from siege_sim.schema.lineage import Lineage


def known_quantities(scenarios: Sequence[Scenario]) -> dict[str, ComparedQuantity]:
    """Return everything that runs of all these scenarios can be compared in, by name, labelled as in the first."""
    first = scenarios[0]
    shared = set.intersection(*({outcome.name for outcome in one.outcomes} for one in scenarios))
    whole = [whole_run_quantity(o.name, o.label, o.unit, o.event) for o in run_outcomes_of(first.sides)]
    daily = [daily_quantity(o.name, o.label, o.unit, o.reading) for o in first.outcomes if o.name in shared]
    return {quantity.name: quantity for quantity in (*whole, *daily)}


def load_comparable(names: Sequence[str], settings: Sequence[str], days: int | None = None) -> tuple[Scenario, ...]:
    """Load scenarios, the baseline first, and check that their runs can be paired.

    Raises:
        ScenarioError: when one is not a scenario, or they do not fit together.
    """
    if len(names) < 2:
        raise ScenarioError([f"{' '.join(names)}: name the baseline and at least one what-if to compare with it"])
    scenarios = tuple(load_scenario(name, settings) for name in names)
    problems = [
        f"{name}: {problem}"
        for number, (name, scenario) in enumerate(zip(names, scenarios, strict=True))
        if number
        for problem in misfits(scenario, scenarios[:number], days)
    ]
    if problems:
        raise ScenarioError(problems)
    return scenarios


def misfits(scenario: Scenario, before: Sequence[Scenario], days: int | None) -> list[str]:
    """Return why a scenario cannot be compared with those before it, of which the first is the baseline."""
    base, found = before[0], []
    for other in before:
        if told_data(other) == told_data(scenario):
            found.append(f"has the same content as '{other.name}', so that no run would differ; name another scenario")
        elif other.name == scenario.name:
            found.append(f"is called '{scenario.name}' like one before it; give its file another 'name'")
    if scenario.start != base.start:
        found.append(
            f"starts on {scenario.start}, '{base.name}' on {base.start}; days can be paired by one calendar only"
        )
    if scenario.days != base.days and not (days and days <= min(scenario.days, base.days)):
        least = min(scenario.days, base.days)
        found.append(f"has {scenario.days} days, '{base.name}' {base.days}; stop both with --days {least} or less")
    if _places(scenario) != _places(base):
        found.append(f"has another map than '{base.name}': its cells and quarters must be the same to be compared")
    return found


def _places(scenario: Scenario) -> tuple[object, ...]:
    drawn = scenario.city_map
    return drawn.shape, drawn.cell_size_m, [(quarter.name, quarter.holder) for quarter in drawn.quarters]


@dataclass(frozen=True)
class ComparisonRequest:
    """What somebody asked to be compared, checked.

    Attributes:
        scenarios: the baseline, then the what-ifs.
        runs: how many runs of each; the most of them when ``until`` is given.
        quantities: what is compared.
        until: how narrow an interval is asked for.
        days: stop each run after so many days.
        settings: what is changed in all scenarios.
        command: what has to be typed to repeat it.
        about: the outcomes that each what-if is about.
        together: the place of the scenario that has what all the other what-ifs change, if one has.
        draws: parameters for further pairs of runs, where they are uncertain.
    """

    scenarios: tuple[Scenario, ...]
    runs: int
    quantities: tuple[ComparedQuantity, ...]
    until: Target | None = None
    days: int | None = None
    settings: tuple[str, ...] = ()
    command: str = ""
    about: tuple[tuple[str, ...], ...] = ()
    together: int | None = None
    draws: Draws | None = None

    @property
    def total_runs(self) -> int:
        """How many runs it takes, at the most."""
        return (self.runs + (0 if self.draws is None else len(self.draws.sets))) * len(self.scenarios)


def comparison_request(
    names: Sequence[str],
    runs: int,
    outcomes: Sequence[str] = (),
    until: str | None = None,
    days: int | None = None,
    settings: Sequence[str] = (),
    together: bool = False,
    uncertain: int = 0,
    calibration: Path | None = None,
) -> ComparisonRequest:
    """Load and check what is to be compared, before anything is run.

    Args:
        names: the baseline, then the what-ifs, by name or file.
        runs: how many runs of each.
        outcomes: what to compare, as names with commas between them; the usual ones when there are none.
        until: a width, as in ``compared.target_of``.
        days: stop each run after so many days.
        settings: changes to all scenarios, as ``key=value``.
        together: whether to run all what-ifs at once too, and to compare that with the sum of each alone.
        uncertain: how many further pairs to run, each with parameters of its own.
        calibration: the folder of a calibration that these are drawn from; plausible ranges without it.

    Raises:
        SiegeError: for what is wrong, with the way out.
    """
    wanted = [name.strip() for text in outcomes for name in text.split(",") if name.strip()]
    scenarios = load_comparable(names, settings, days)
    abouts = [about_of_what_if(find(name), scenarios[0], one) for name, one in zip(names, scenarios, strict=True)][1:]
    place = None
    if together:
        scenarios, abouts, place = _with_all_together(scenarios, abouts, days)
    chosen = _chosen_quantities(wanted, abouts, known_quantities(scenarios))
    target = None if until is None else target_of(until, chosen)
    words = ["siege-sim", "compare", *names, "--runs", str(runs)]
    words += ["--outcomes", ",".join(wanted)] if wanted else []
    words += [] if until is None else ["--until", until]
    words += [] if days is None else ["--days", str(days)]
    words += [word for setting in settings for word in ("--set", setting)]
    words += ["--together"] if together else []
    words += ["--uncertain", str(uncertain)] if uncertain else []
    words += ["--draws-from", str(calibration)] if calibration else []
    draws = None
    if uncertain:
        from siege_sim.runner.draws import draws_for

        draws = draws_for(scenarios, uncertain, calibration)
    about = tuple(tuple(wanted) or one for one in abouts)
    command = shlex.join(words)
    return ComparisonRequest(scenarios, runs, chosen, target, days, tuple(settings), command, about, place, draws)


def _with_all_together(
    scenarios: tuple[Scenario, ...], abouts: Sequence[tuple[str, ...]], days: int | None
) -> tuple[tuple[Scenario, ...], list[tuple[str, ...]], int]:
    """Return the scenarios with one that changes all that the others change, and its place.

    One of those that were named may be it already.
    """
    base, *what_ifs = scenarios
    for place, one in enumerate(what_ifs, start=1):
        others = [other for other in what_ifs if other is not one]
        if len(others) > 1 and _is_all_of(one, base, others):
            return scenarios, list(abouts), place
    whole = all_together(base, what_ifs)
    problems = misfits(whole, scenarios, days)
    if problems:
        raise ScenarioError([f"--together: {problem}" for problem in problems])
    about = tuple(dict.fromkeys(name for names in abouts for name in names))
    return (*scenarios, whole), [*abouts, about], len(scenarios)


def _is_all_of(one: Scenario, base: Scenario, others: Sequence[Scenario]) -> bool:
    try:
        return told_data(all_together(base, others)) == told_data(one)
    except ScenarioError:
        return False


def _chosen_quantities(
    wanted: Sequence[str], abouts: Sequence[Sequence[str]], known: Mapping[str, ComparedQuantity]
) -> tuple[ComparedQuantity, ...]:
    """Return what is compared: what is wanted, or the usual outcomes and all that the what-ifs are about."""
    usual = compared_quantities(wanted, known)
    if wanted:
        return usual
    more = [name for name in (*LEADING, *(name for about in abouts for name in about), *BETWEEN) if name in known]
    return tuple(dict.fromkeys((*usual, *(known[name] for name in more))))


def run_comparison(
    request: ComparisonRequest,
    workers: int | None = None,
    on_progress: Callable[[int], None] | None = None,
    finished: FinishedRuns | None = None,
) -> Comparison:
    """Run a baseline and what-ifs with the seeds 1, 2, ... and compare them.

    Args:
        request: what to compare.
        workers: how many processes; the result is the same for any number.
        on_progress: called with the number of runs that are done.
        finished: where runs that are finished are kept meanwhile, if anywhere.
    """
    scenarios, until = request.scenarios, request.until
    last = min(request.days or scenarios[0].days, scenarios[0].days)
    comparison = _nothing_yet(request, last)
    wanted = request.runs if until is None else min(FIRST_LOOK, request.runs)
    while True:
        seeds = range(comparison.pairs + 1, wanted + 1)
        further = counted_on(on_progress, comparison.pairs * len(scenarios))
        comparison = comparison.with_more(_run_seeds(request, seeds, last, workers, further, finished))
        if until is None:
            return comparison
        width = comparison.widest(until.name)
        comparison = comparison.after_look(InterimLook(wanted, width))
        if width <= until.width or wanted >= request.runs:
            return comparison
        wanted = next_look(wanted, width, until.width, request.runs)


def run_uncertain(
    request: ComparisonRequest,
    done: int,
    workers: int | None = None,
    on_progress: Callable[[int], None] | None = None,
    finished: FinishedRuns | None = None,
) -> Comparison | None:
    """Run further pairs, each with parameters of its own; none where that was not asked for.

    Args:
        request: what to compare.
        done: how many runs were made before, for the progress.
        workers: how many processes; the result is the same for any number.
        on_progress: called with the number of runs that are done.
        finished: where runs that are finished are kept meanwhile, if anywhere.
    """
    if request.draws is None:
        return None
    from siege_sim.runner.draws import drawn_jobs

    last = min(request.days or request.scenarios[0].days, request.scenarios[0].days)
    jobs = drawn_jobs(request.scenarios, request.draws, request.days)
    traces = _run_jobs(request, jobs, last, workers, counted_on(on_progress, done), finished)
    return replace(_nothing_yet(request, last), until=None).with_more(traces)


def found_by(
    request: ComparisonRequest,
    workers: int | None = None,
    on_progress: Callable[[int], None] | None = None,
    finished: FinishedRuns | None = None,
) -> ComparisonFindings:
    """Run all that was asked for, and return what it says; the arguments are those of ``run_comparison``."""
    comparison = run_comparison(request, workers, on_progress, finished)
    done = comparison.pairs * len(comparison.arms)
    drawn = run_uncertain(request, done, workers, on_progress, finished)
    found = comparison_findings(comparison)
    if drawn is None or request.draws is None:
        return found
    return replace(found, uncertain=uncertain_findings(drawn, request.draws.said, request.draws.table()))


def _nothing_yet(request: ComparisonRequest, last: int) -> Comparison:
    arms = _arms(request)
    return Comparison(
        arms=arms,
        quantities=request.quantities,
        start=request.scenarios[0].start,
        last_day=last,
        until=request.until,
        traces=tuple(() for _ in arms),
        settings=request.settings,
        days=request.days,
        together=request.together,
    )


def _arms(request: ComparisonRequest) -> tuple[Arm, ...]:
    """Return the scenarios as they are told; the settings that hold in all of them are told of the baseline alone."""
    base, *others = request.scenarios
    abouts = request.about or ((),) * len(others)
    steps = [_before_settings(one, request.settings) for one in others]
    doubts = [tuple(f"{one.says} ({one.heading})" for one in doubts_of(base, other)) for other in others]
    return (_arm(base, base.lineage, ()), *map(_arm, others, steps, abouts, doubts))


def _arm(scenario: Scenario, steps: Sequence[Lineage], about: tuple[str, ...], doubts: tuple[str, ...] = ()) -> Arm:
    title = changed_title(scenario.title, scenario.name, steps)
    return Arm(scenario.name, title, scenario.summary, tuple(change_sentences(steps)), about, doubts)


def _before_settings(scenario: Scenario, settings: Sequence[str]) -> Sequence[Lineage]:
    """Return the steps in which a scenario came about, without that of the settings."""
    steps = scenario.lineage
    last_is_settings = bool(settings and steps) and (steps[-1].by, steps[-1].parent) == ("set", scenario.name)
    return steps[:-1] if last_is_settings else steps


def _run_seeds(
    request: ComparisonRequest,
    seeds: range,
    last: int,
    workers: int | None,
    on_progress: Callable[[int], None] | None,
    finished: FinishedRuns | None,
) -> list[list[Trace]]:
    """Run every seed with every scenario, seed by seed; return the traces of each scenario."""
    by_scenario = [jobs_of(one, seeds, request.days) for one in request.scenarios]
    jobs = [job for pair in zip(*by_scenario, strict=True) for job in pair]
    return _run_jobs(request, jobs, last, workers, on_progress, finished)


def _run_jobs(
    request: ComparisonRequest,
    jobs: Sequence[Job],
    last: int,
    workers: int | None,
    on_progress: Callable[[int], None] | None,
    finished: FinishedRuns | None,
) -> list[list[Trace]]:
    """Do jobs, in which the scenarios take turns; return the traces of each scenario."""
    if finished is None:
        traces = run_many(jobs, partial(_traced, request.quantities, last), workers, on_progress)
    else:
        keep = partial(trace_of, quantities=request.quantities, days=last)
        traces = finished.run_jobs(jobs, keep, workers, on_progress)
    arms = len(request.scenarios)
    return [traces[number::arms] for number in range(arms)]


def _traced(quantities: Sequence[ComparedQuantity], days: int, job: Job) -> Trace:
    """Do a job in a worker and keep its trace only."""
    return trace_of(run_job(job), quantities, days)
