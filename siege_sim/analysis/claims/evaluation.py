"""Whether a check holds on runs: outcomes become arrays, functions make statistics of them.

What a part of a check is, follows from its shape: ``(runs, days)`` within what reads a run's days, ``(runs,)`` within a
statistic, a single value outside. A day that never came is later than any other (infinite); what is missing
otherwise counts nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.analysis.claims.checks import COMPARISONS, Call, Node, Number, Operation, OutcomeName, names_in
from siege_sim.analysis.claims.functions import ANYWHERE, OF_DAYS, OF_RUNS, OF_TWO, TRUTHS
from siege_sim.analysis.claims.played import BASELINE
from siege_sim.errors import ResultError, did_you_mean
from siege_sim.results.endings import ENDING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siege_sim.analysis.claims.played import PlayedRuns

    Values = NDArray[Any]

OF_ALL, OF_A_RUN, OF_A_DAY = 0, 1, 2
"""What a part of a check has values of: its number of dimensions."""


@dataclass(frozen=True)
class FoundStatistic:
    """A statistic that a check asks for.

    Attributes:
        text: how the check writes it.
        value: what it is on the runs; true or false is 1 or 0.
        failing: the runs in which what ``every`` asks for is not so: seeds, or points and seeds.
        runs: how many runs it is of.
    """

    text: str
    value: float
    failing: tuple[int | str, ...] = ()
    runs: int = 0


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
        where = "" if node.where is None else f" where {text_of_part(node.where)}"
        return f"{node.function}({', '.join(map(text_of_part, node.arguments))}{where})"
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
        if node.sign in ("==", "!=") and (words := self.words(node, level)) is not None:
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
        if words := runs.words_of(name.name):
            raise ResultError(f"{name.name} is a word; compare it with one, as in {_example(name.name, words)}")
        if name.on is not None:
            return _on(runs, name, self.days_of(name, runs))
        if level == OF_A_RUN or name.name in runs.factors:
            return runs.whole[name.name]
        if name.name not in runs.daily:
            raise ResultError(f"{name.name} is one number for a run and has none for a day")
        return runs.daily[name.name]

    def days_of(self, name: OutcomeName, runs: PlayedRuns) -> Values:
        """Return the day for which an outcome is asked, of every run."""
        if isinstance(name.on, OutcomeName):
            _refuse_gaps(runs, f"{name.name}@{name.on.name}")
            return self.outcome(OutcomeName(name.on.name, name.scenario), OF_A_RUN)
        day = name.on if isinstance(name.on, int) else (name.on - runs.start).days if name.on else 0
        if not 0 <= day <= runs.last_day:
            raise ResultError(f"{name.name}@{name.on}: the runs go from day 0 ({runs.start}) to day {runs.last_day}")
        if day % runs.every_days:
            raise ResultError(f"{name.name}@{name.on}: only one day in {runs.every_days} is kept, from day 0")
        return np.full(len(runs.seeds), float(day))

    def of_scenario(self, name: str | None) -> PlayedRuns:
        wanted = self.scenario if name is None else name
        if wanted not in self.runs:
            raise ResultError(f"there is no scenario '{wanted}' in this file{did_you_mean(wanted, self.runs)}")
        return self.runs[wanted]

    def words(self, node: Operation, level: int) -> Values | None:
        """Return whether something that is a word in every run is one, where a comparison says that; else None."""
        first, second = node.parts
        if not isinstance(first, OutcomeName) or first == OutcomeName(BASELINE):
            return None
        name, runs = first.name, self.of_scenario(first.scenario)
        words = runs.words_of(name)
        if words is None or name not in runs.whole:
            return None
        if level == OF_ALL:
            what = "an ending of its own" if name == ENDING else f"a {name} of its own"
            raise ResultError(f"each run has {what}; write share({name} == ...) or every({name} == ...)")
        if isinstance(second, OutcomeName) and second.name == name:
            other = self.of_scenario(second.scenario).whole[name]
        elif isinstance(second, OutcomeName) and second.scenario is None:
            other = np.full(len(runs.seeds), _known_word(name, second.name, words), dtype=object)
        else:
            raise ResultError(f"{name} is a word; compare it with one, as in {_example(name, words)}")
        there = runs.whole[name]
        return (there == other) if node.sign == "==" else (there != other)

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
        wanted = 2 if call.function in ("percentile", *OF_TWO) else 1
        if len(call.arguments) != wanted:
            raise ResultError(f"{call.function} is of {wanted} thing{'s' * (wanted > 1)}, not {len(call.arguments)}")
        if call.where is not None and call.function not in OF_RUNS:
            raise ResultError(f"'where' says of which runs something is; {call.function} is not of several runs")
        if call.function in ANYWHERE:
            return ANYWHERE[call.function](self.of(call.arguments[0], level))
        if call.function in OF_RUNS:
            return self.statistic(call, level)
        if level != OF_A_RUN:
            raise ResultError(f"{call.function} gives a number for each run; write it within median(...) or another")
        if call.function == "days_with":
            for name in names_in(call):
                _refuse_gaps(self.of_scenario(name.scenario), "days_with")
        return OF_DAYS[call.function](self.within(call, call.arguments[0], OF_A_DAY))

    def statistic(self, call: Call, level: int) -> Values:
        if level != OF_ALL:
            raise ResultError(f"{call.function} is of all runs; it cannot stand within another function")
        runs = self.paired_runs(call)
        values = [self.within(call, part, OF_A_RUN) for part in call.arguments[: 2 if call.function in OF_TWO else 1]]
        others = [self.of(part, OF_ALL) for part in call.arguments[len(values) :]]
        rows = self.chosen(call, runs)
        value = OF_RUNS[call.function](*(one[rows] for one in values), *others)
        failing: tuple[int | str, ...] = ()
        if call.function == "every":
            failing = runs.names_of(rows[~values[0][rows]])
        self.found.append(FoundStatistic(text_of_part(call), float(value), failing, len(rows)))
        return value

    def within(self, call: Call, part: Node, level: int) -> Values:
        """Return what stands in a function's brackets: ``baseline`` alone means the first outcome there."""
        before, self.around = self.around, part
        value = self.of(part, level)
        self.around = before
        wants_truth = call.function in TRUTHS
        if (value.dtype == bool) != wants_truth:
            what = "a comparison" if wants_truth else "a number"
            example = TRUTHS.get(call.function, f"{call.function}(civilians_killed)")
            raise ResultError(f"{call.function}(...) is of {what}, as in {example}")
        if value.ndim != level:
            raise ResultError(f"{text_of_part(call)}: there is no outcome{' by day' * (level == OF_A_DAY)} in it")
        return value

    def chosen(self, call: Call, runs: PlayedRuns) -> Values:
        """Return the places of the runs that a statistic is of."""
        if call.where is None:
            return np.arange(len(runs.seeds))
        truths = self.of(call.where, OF_A_RUN)
        if truths.dtype != bool or truths.ndim != OF_A_RUN:
            raise ResultError(f"'where' is followed by what is true of a run or not: where {self.example(runs)}")
        rows = np.flatnonzero(truths)
        if not rows.size and all(name.name in runs.factors for name in names_in(call.where)):
            raise ResultError(f"no point of the sweep is so: {text_of_part(call.where)}")
        return rows

    def example(self, runs: PlayedRuns) -> str:
        """Return a condition that runs can be chosen by."""
        for name, words in runs.factors.items():
            return _example(name, words) if words else f"{name} > {np.median(runs.whole[name]):g}"
        return "ending == evacuated"

    def paired_runs(self, call: Call) -> PlayedRuns:
        """Return the runs that a statistic is of; the runs of all scenarios in it have to come in pairs."""
        names = {name.scenario or (BASELINE if name == OutcomeName(BASELINE) else self.scenario): None
                 for name in names_in(call)}  # fmt: skip
        first, *others = [self.of_scenario(name) for name in names or {self.scenario: None}]
        if not all(first.goes_with(other) for other in others):
            different = " and ".join(map(repr, names))
            raise ResultError(
                f"{text_of_part(call)}: the runs of {different} do not come in pairs, since they differ in more than "
                "the values under points; take a statistic of each"
            )
        return first


def _known_word(name: str, word: str, words: tuple[str, ...]) -> str:
    """Return a word that is compared with an outcome or a factor; endings of plug-ins are not known here."""
    if word in words:
        return word
    hint = did_you_mean(word, words)
    if name == ENDING and "did you mean" in hint:
        raise ResultError(f"no siege ends as '{word}'{hint}")
    if name != ENDING:
        raise ResultError(f"{name} is never '{word}'{hint if 'did you mean' in hint else '; ' + _listed(words)}")
    return word


def _listed(words: tuple[str, ...]) -> str:
    return f"it is {', '.join(words[:-1])} or {words[-1]}" if words[1:] else f"it is {words[0]}"


def _example(name: str, words: tuple[str, ...]) -> str:
    return f"{name} == {'evacuated' if name == ENDING else words[0]}"


def _refuse_gaps(runs: PlayedRuns, what: str) -> None:
    """Refuse what needs every day where only some are kept."""
    if runs.every_days > 1:
        raise ResultError(f"{what} needs every day, and one in {runs.every_days} is kept; see 'series'")


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
