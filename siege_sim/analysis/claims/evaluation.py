"""Whether a check holds on runs: outcomes become arrays, functions make statistics of them.

What a part of a check is, follows from its shape: ``(runs, days)`` within what reads a run's days, ``(runs,)`` within a
statistic, a single value outside. A day that never came is later than any other (infinite); what is missing
otherwise counts nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.analysis.claims.checks import COMPARISONS, Call, Node, Number, Operation, OutcomeName
from siege_sim.analysis.intervals import mean_of
from siege_sim.errors import ResultError, did_you_mean
from siege_sim.results.endings import ENDING, ENDINGS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[Any]

BASELINE = "baseline"
"""What the scenario is called that others are compared with; alone in a check: the same thing, of the baseline."""

OF_ALL, OF_A_RUN, OF_A_DAY = 0, 1, 2
"""What a part of a check has values of: its number of dimensions."""


@dataclass(frozen=True)
class PlayedRuns:
    """Runs of one scenario with what checks read of them.

    Attributes:
        start: the date of day 0.
        last_day: the last day that runs may have.
        seeds: the runs' seeds.
        whole: an array of one value a run for every outcome; words for the ending.
        daily: an array ``(runs, days)`` for every outcome of a day; after a siege's end what held last, nothing after
            a run was stopped.
    """

    start: date
    last_day: int
    seeds: tuple[int, ...]
    whole: Mapping[str, Values] = field(repr=False)
    daily: Mapping[str, Values] = field(repr=False)

    def only(self, rows: Values) -> PlayedRuns:
        """Return some of the runs, by their places; one may come several times."""
        return PlayedRuns(
            self.start,
            self.last_day,
            tuple(self.seeds[row] for row in rows),
            {name: values[rows] for name, values in self.whole.items()},
            {name: values[rows] for name, values in self.daily.items()},
        )


@dataclass(frozen=True)
class FoundStatistic:
    """A statistic that a check asks for.

    Attributes:
        text: how the check writes it.
        value: what it is on the runs; true or false is 1 or 0.
        failing: seeds of the runs in which what ``every`` asks for is not so.
    """

    text: str
    value: float
    failing: tuple[int, ...] = ()


@dataclass(frozen=True)
class CheckedOnRuns:
    """What runs say of a check."""

    holds: bool
    statistics: tuple[FoundStatistic, ...]


def checked(check: Node, scenario: str, runs: Mapping[str, PlayedRuns]) -> CheckedOnRuns:
    """Return whether a check holds, and the statistics in it.

    Args:
        check: the check.
        scenario: the scenario that outcomes without one belong to.
        runs: runs by scenario, all with the same seeds.

    Raises:
        ResultError: the check asks for what there is not, or for nothing that is true or false.
    """
    evaluation = _Evaluation(runs, scenario, check)
    with np.errstate(all="ignore"):
        value = evaluation.of(check, OF_ALL)
    if value.dtype != bool:
        raise ResultError("it gives a number; compare it with another: > 10, between 0.5 and 0.8")
    return CheckedOnRuns(bool(value), tuple(evaluation.found))


def text_of_part(node: Node) -> str:
    """Return a part of a check as it would be written."""
    if isinstance(node, Number):
        return f"{node.value:g}"
    if isinstance(node, OutcomeName):
        on = text_of_part(node.on) if isinstance(node.on, OutcomeName) else node.on
        return f"{f'{node.scenario}.' if node.scenario else ''}{node.name}{'' if on is None else f'@{on}'}"
    if isinstance(node, Call):
        return f"{node.function}({', '.join(map(text_of_part, node.arguments))})"
    parts = [f"({text})" if isinstance(part, Operation) and _is_loose(node, part) else text
             for part in node.parts for text in [text_of_part(part)]]  # fmt: skip
    if node.sign == "not":
        return f"not {parts[0]}"
    if node.sign == "between":
        return f"{parts[0]} between {parts[1]} and {parts[2]}"
    return f"{parts[0]} {node.sign} {parts[1]}"


def _is_loose(around: Operation, part: Operation) -> bool:
    """Return whether a part needs brackets within another."""
    return part.sign not in "*/" or around.sign in ("*", "/", "not")


class _Evaluation:
    """Evaluates one check."""

    def __init__(self, runs: Mapping[str, PlayedRuns], scenario: str, check: Node) -> None:
        self.runs = runs
        self.scenario = scenario
        self.check = check
        self.around: Node = check
        self.found: list[FoundStatistic] = []

    def of(self, node: Node, level: int) -> Values:
        """Return the value of a part of the check, where values of a level may stand."""
        if isinstance(node, Number):
            return np.float64(node.value) * np.ones(())
        if isinstance(node, OutcomeName):
            return self.baseline(level) if node == OutcomeName(BASELINE) else self.outcome(node, level)
        if isinstance(node, Call):
            return self.function(node, level)
        if node.sign in ("==", "!=") and (words := self.endings(node, level)) is not None:
            return words
        if level != OF_ALL or node.sign not in (*COMPARISONS, "between"):
            return _operated(node.sign, [self.of(part, level) for part in node.parts])
        before, self.around = self.around, node
        values = [self.of(part, level) for part in node.parts]
        self.around = before
        return _operated(node.sign, values)

    def outcome(self, name: OutcomeName, level: int) -> Values:
        runs = self.of_scenario(name.scenario)
        if name.name not in runs.whole:
            raise ResultError(f"there is no outcome '{name.name}'{did_you_mean(name.name, runs.whole)}")
        if level == OF_ALL:
            raise ResultError(
                f"{name.name} has a value in every run; say which one is meant, as in median({name.name}), or of how "
                "many runs something is so, as in share(...) or every(...)"
            )
        if name.name == ENDING:
            raise ResultError("ending is a word; compare it with one, as in ending == evacuated")
        if name.on is not None:
            return _on(runs, name, self.days_of(name, runs))
        if level == OF_A_RUN:
            return runs.whole[name.name]
        if name.name not in runs.daily:
            raise ResultError(f"{name.name} is one number for a run and has none for a day")
        return runs.daily[name.name]

    def days_of(self, name: OutcomeName, runs: PlayedRuns) -> Values:
        """Return the day for which an outcome is asked, of every run."""
        if isinstance(name.on, OutcomeName):
            return self.outcome(OutcomeName(name.on.name, name.scenario), OF_A_RUN)
        day = name.on if isinstance(name.on, int) else (name.on - runs.start).days if name.on else 0
        if not 0 <= day <= runs.last_day:
            raise ResultError(f"{name.name}@{name.on}: the runs go from day 0 ({runs.start}) to day {runs.last_day}")
        return np.full(len(runs.seeds), float(day))

    def of_scenario(self, name: str | None) -> PlayedRuns:
        wanted = self.scenario if name is None else name
        if wanted not in self.runs:
            raise ResultError(f"there is no scenario '{wanted}' in this file{did_you_mean(wanted, self.runs)}")
        return self.runs[wanted]

    def endings(self, node: Operation, level: int) -> Values | None:
        """Return whether runs ended in a way, where that is what a comparison says; else None."""
        first, second = node.parts
        if not (isinstance(first, OutcomeName) and first.name == ENDING):
            return None
        if level != OF_A_RUN:
            raise ResultError("each run has an ending of its own; write share(ending == ...) or every(ending == ...)")
        ended = self.of_scenario(first.scenario).whole[ENDING]
        if isinstance(second, OutcomeName) and second.name == ENDING:
            other = self.of_scenario(second.scenario).whole[ENDING]
        elif isinstance(second, OutcomeName) and second.scenario is None:
            hint = "" if second.name in ENDINGS else did_you_mean(second.name, ENDINGS)
            if "did you mean" in hint:
                raise ResultError(f"no siege ends as '{second.name}'{hint}")
            other = np.full(len(ended), second.name, dtype=object)
        else:
            raise ResultError("ending is a word; compare it with one, as in ending == evacuated")
        return (ended == other) if node.sign == "==" else (ended != other)

    def baseline(self, level: int) -> Values:
        """Return the same thing of the baseline: the first statistic of a comparison, or first outcome of a call."""
        first = next((part for part in _parts(self.around) if _is_comparable(part, level)), None)
        if first is None:
            raise ResultError("'baseline' alone is the same thing in the baseline, and there is nothing it could be")
        before, self.scenario = self.scenario, BASELINE
        value = self.of(first, level)
        self.scenario = before
        if level == OF_ALL and self.found:
            last = self.found.pop()
            self.found.append(FoundStatistic(f"{last.text} in the baseline", last.value, last.failing))
        return value

    def function(self, call: Call, level: int) -> Values:
        known = {**OF_RUNS, **OF_DAYS, **ANYWHERE}
        if call.function not in known:
            raise ResultError(f"there is no function '{call.function}'{did_you_mean(call.function, known)}")
        wanted = 2 if call.function == "percentile" else 1
        if len(call.arguments) != wanted:
            raise ResultError(f"{call.function} is of {wanted} thing{'s' * (wanted > 1)}, not {len(call.arguments)}")
        if call.function in ANYWHERE:
            return ANYWHERE[call.function](self.of(call.arguments[0], level))
        if call.function in OF_RUNS:
            return self.statistic(call, level)
        if level != OF_A_RUN:
            raise ResultError(f"{call.function} gives a number for each run; write it within median(...) or another")
        return self.within(call, OF_A_DAY, OF_DAYS[call.function])[0]

    def statistic(self, call: Call, level: int) -> Values:
        if level != OF_ALL:
            raise ResultError(f"{call.function} is of all runs; it cannot stand within another function")
        value, each = self.within(call, OF_A_RUN, OF_RUNS[call.function])
        failing: tuple[int, ...] = ()
        if call.function == "every":
            failing = tuple(seed for seed, good in zip(self.of_scenario(None).seeds, each, strict=True) if not good)
        self.found.append(FoundStatistic(text_of_part(call), float(value), failing))
        return value

    def within(self, call: Call, level: int, function: Callable[..., Values]) -> tuple[Values, Values]:
        """Return a function of what stands in its brackets, and that: ``baseline`` means the first outcome there."""
        before, self.around = self.around, call.arguments[0]
        first = self.of(call.arguments[0], level)
        self.around = before
        others = [self.of(part, OF_ALL) for part in call.arguments[1:]]
        wants_truth = call.function in TRUTHS
        if (first.dtype == bool) != wants_truth:
            what = "a comparison" if wants_truth else "a number"
            example = TRUTHS.get(call.function, f"{call.function}(civilians_killed)")
            raise ResultError(f"{call.function}(...) is of {what}, as in {example}")
        if first.ndim != level:
            raise ResultError(f"{text_of_part(call)}: there is no outcome{' by day' * (level == OF_A_DAY)} in it")
        return function(first, *others), first


def _is_comparable(part: Node, level: int) -> bool:
    """Return whether ``baseline`` alone, at a level, can stand for a part of a check in the baseline."""
    if level == OF_ALL:
        return isinstance(part, Call) and part.function in OF_RUNS and part.function not in ("every", "clear")
    return isinstance(part, OutcomeName) and part != OutcomeName(BASELINE)


def _parts(node: Node) -> Iterator[Node]:
    """Yield a part of a check and all parts of it, from left to right."""
    yield node
    for part in node.arguments if isinstance(node, Call) else node.parts if isinstance(node, Operation) else ():
        yield from _parts(part)


def _on(runs: PlayedRuns, name: OutcomeName, days: Values) -> Values:
    """Return an outcome on a day of each run; nothing where the day never came."""
    if name.name not in runs.daily:
        raise ResultError(f"{name.name} is one number for a run and has none for a day")
    daily = runs.daily[name.name]
    known = np.isfinite(days)
    places = np.clip(np.where(known, days, 0.0), 0, daily.shape[1] - 1).astype(int)
    return np.where(known, daily[np.arange(len(daily)), places], np.nan)


def _operated(sign: str, values: list[Values]) -> Values:
    """Put values together; those of runs are laid along the days of values by day."""
    most = max(value.ndim for value in values)
    values = [value[:, None] if value.ndim == 1 and most == OF_A_DAY else value for value in values]
    truths = [value.dtype == bool for value in values]
    if sign in ("and", "or", "not") and not all(truths):
        raise ResultError(f"'{sign}' is for what is true or false, and here is a number; compare it with another")
    if sign not in ("and", "or", "not") and any(truths):
        raise ResultError(f"'{sign}' is for numbers, and here is a comparison; use 'and' or 'or' between comparisons")
    return _OPERATIONS[sign](*values)


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide,
    "and": np.logical_and, "or": np.logical_or, "not": np.logical_not,
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
    "==": lambda one, other: np.isclose(one, other, rtol=1e-9, atol=1e-12),
    "!=": lambda one, other: ~np.isclose(one, other, rtol=1e-9, atol=1e-12),
    "between": lambda value, low, high: np.logical_and(low <= value, value <= high),
}  # fmt: skip
assert set(COMPARISONS) <= set(_OPERATIONS)


def _of_known(function: Callable[[Values], Any]) -> Callable[[Values], Values]:
    """Return a function of the values that there are; not a number where there are none."""

    def of_known(values: Values) -> Values:
        known = values[~np.isnan(values)]
        return np.asarray(function(known) if known.size else np.nan, dtype=float)

    return of_known


def _percentile(values: Values, rank: Values) -> Values:
    rank = np.clip(rank, 0.0, 100.0)
    return _of_known(lambda known: np.percentile(known, float(rank), method="nearest"))(values)


def _is_clear(values: Values) -> Values:
    return np.asarray(mean_of(values).clear_of_zero)


OF_RUNS: dict[str, Callable[..., Values]] = {
    "mean": _of_known(np.mean),
    "median": _of_known(np.median),
    "min": _of_known(np.min),
    "max": _of_known(np.max),
    "deviation": _of_known(lambda known: np.std(known, ddof=1) if known.size > 1 else 0.0),
    "percentile": _percentile,
    "share": lambda truths: np.asarray(truths.mean()),
    "every": lambda truths: np.asarray(truths.all()),
    "clear": _is_clear,
}
"""Statistics over the runs. ``clear`` says whether the 95 % interval of a mean leaves out zero."""


def _first_day(truths: Values) -> Values:
    return np.where(truths.any(axis=1), truths.argmax(axis=1), np.inf)


def _over_days(function: Callable[..., Values]) -> Callable[[Values], Values]:
    def over_days(values: Values) -> Values:
        known = ~np.isnan(values)
        rows = known.any(axis=1)
        found = np.full(len(values), np.nan)
        found[rows] = function(values[rows], axis=1)
        return found

    return over_days


OF_DAYS: dict[str, Callable[..., Values]] = {
    "first_day": _first_day,
    "days_with": lambda truths: truths.sum(axis=1).astype(float),
    "mean_of_days": _over_days(np.nanmean),
    "max_of_days": _over_days(np.nanmax),
    "min_of_days": _over_days(np.nanmin),
}
"""What reads the days of each run and gives one number for it."""

ANYWHERE: dict[str, Callable[[Values], Values]] = {"abs": np.abs}

TRUTHS = {
    "share": "share(ending == evacuated)",
    "every": "every(died_of_hunger == 0)",
    "first_day": "median(first_day(garrison_area_share < 0.5))",
    "days_with": "mean(days_with(kcal_eaten_per_person < 1000))",
}
"""Functions of what is true or false, each with an example."""
