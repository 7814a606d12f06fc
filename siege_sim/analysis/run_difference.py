"""Two runs side by side: until which day they are the same, how they part, and what is not the same in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siege_sim.analysis.comparison.compared import usual_place
from siege_sim.results.calendar import Calendar
from siege_sim.results.endings import ENDING, HOLDING, ending_texts
from siege_sim.results.numbers import NOTHING, amount

if TYPE_CHECKING:
    from siege_sim.results.run import RunResult

SAME_BUT_FOR_ROUNDING = 2e-9
"""Relative difference up to which two numbers are the same: files keep ten figures."""

MOST_PARTINGS = 5
"""How many outcomes, events or quarters a sentence names."""


@dataclass(frozen=True)
class DifferingOutcome:
    """An outcome that is not the same in two runs.

    Attributes:
        name: its name.
        label: what tables call it.
        unit: its unit.
        first: its value in the first run; None where it has none.
        second: likewise in the second.
    """

    name: str
    label: str
    unit: str
    first: float | None
    second: float | None

    @property
    def words(self) -> tuple[str, str]:
        """Both values with their unit where they need one."""
        return value_words(self.first, self.unit), value_words(self.second, self.unit)


@dataclass(frozen=True)
class RunDifference:
    """What two runs do not have in common.

    Attributes:
        names: what the runs are called.
        seeds: their seeds.
        versions: the versions of the model that made them.
        start: dates of their day 0, as ISO dates.
        parted: the first day on which an outcome is not the same; None where none ever is.
        parting: those outcomes, with their values on that day.
        events: what happened on the first day with such events, in one run only: the run (1 or 2) and a sentence, with
            what brought it about.
        endings: how and when each ended, in words.
        numbers: outcomes that are not the same in the end.
        quarters: day of capture of quarters where it is not the same, by name; None where it was not captured.
    """

    names: tuple[str, str]
    seeds: tuple[int, int]
    versions: tuple[str, str]
    start: tuple[str, str]
    parted: int | None
    parting: tuple[DifferingOutcome, ...]
    events: tuple[tuple[int, str], ...]
    endings: tuple[str, str]
    numbers: tuple[DifferingOutcome, ...]
    quarters: Mapping[str, tuple[int | None, int | None]]

    @property
    def sentences(self) -> list[str]:
        """It in words."""
        return [*self._made(), *self._parting(), *self._ends()]

    @property
    def parting_sentences(self) -> list[str]:
        """When they part, with what, and what happened in one of them only."""
        return list(self._parting())

    def _made(self) -> Iterator[str]:
        if self.seeds[0] != self.seeds[1]:
            yield f"The runs have different seeds ({self.seeds[0]} and {self.seeds[1]}), so they differ by chance too."
        if self.versions[0] != self.versions[1]:
            yield f"They were made by different models ({self.versions[0]} and {self.versions[1]})."
        if self.start[0] != self.start[1]:
            yield f"They begin on {self.start[0]} and {self.start[1]}; they are laid side by side by number of the day."

    def _parting(self) -> Iterator[str]:
        if self.parted is None:
            yield "No daily outcome differs on any day that both runs have."
            return
        before = f"The runs are the same to day {self.parted - 1}, and part" if self.parted else "The runs part"
        seen = [one for one in self.parting if one.words[0] != one.words[1]]
        said = "; ".join(
            f"{_small(one.label)} {' and '.join(one.words)}" for one in (seen or self.parting)[:MOST_PARTINGS]
        )
        more = _more(len(self.parting) - min(len(seen or self.parting), MOST_PARTINGS))
        yield f"{before} on day {self.parted} ({_date(self.start[0], self.parted)}): {said}{more}."
        for number, sentence in self.events[:MOST_PARTINGS]:
            yield f"First events in one run only: {self.names[number - 1]}: {sentence}."

    def _ends(self) -> Iterator[str]:
        if self.endings[0] == self.endings[1]:
            yield f"Both: {self.endings[0]}."
        else:
            yield from (f"{name}: {words}." for name, words in zip(self.names, self.endings, strict=True))
        if self.quarters:
            said = "; ".join(
                f"{name} {_captured(days[0])} and {_captured(days[1])}"
                for name, days in list(self.quarters.items())[:MOST_PARTINGS]
            )
            yield f"Quarters captured otherwise: {said}{_more(len(self.quarters) - MOST_PARTINGS)}."

    def data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def _small(label: str) -> str:
    """Return a label as it stands within a sentence."""
    return label.lower() if label[1:2].islower() else label


def _more(rest: int) -> str:
    return f"; and {rest} more" if rest > 0 else ""


def value_words(value: float | None, unit: str) -> str:
    """Return a value with its unit where it needs one; a day that did not come is one that never was."""
    if value is None:
        return "never" if unit == "days" else NOTHING
    return amount(value, unit)


def _captured(day: int | None) -> str:
    return "not captured" if day is None else f"on day {day}"


def _date(start: str, day: int) -> str:
    calendar = Calendar(date.fromisoformat(start), day)
    return f"{calendar.short(day)} {calendar.date_of(day).year}"


def run_difference(first: RunResult, second: RunResult, names: tuple[str, str]) -> RunDifference:
    """Compare two runs day by day, event by event, and in the end.

    Args:
        first: a run.
        second: another one; of the same scenario or not.
        names: what they are called.
    """
    runs = (first, second)
    series = (first.series, second.series)
    days = min(len(series[0]), len(series[1]))
    shared = [name for name in first.manifest["outcomes"] if name in series[0] and name in series[1]]
    values = [one[shared].to_numpy(dtype=float)[:days] for one in series]
    differs = ~same_numbers(*values)
    rows = np.flatnonzero(differs.any(axis=1))
    parted = int(rows[0]) if rows.size else None
    parting = () if parted is None else _at_parting(first, shared, values, differs, parted)
    return RunDifference(
        names=names,
        seeds=(int(first.manifest["seed"]), int(second.manifest["seed"])),
        versions=(str(first.manifest.get("model_version")), str(second.manifest.get("model_version"))),
        start=(str(series[0]["date"].iloc[0]), str(series[1]["date"].iloc[0])),
        parted=parted,
        parting=parting,
        events=tuple(_first_events(first.events, second.events)),
        endings=(_ending(first), _ending(second)),
        numbers=tuple(_numbers(*runs)),
        quarters=dict(_quarters(first.quarters, second.quarters)),
    )


def same_numbers(first: Any, second: Any) -> Any:
    """Return where two arrays, or numbers, are the same but for rounding; none is the same as none."""
    return np.isclose(first, second, rtol=SAME_BUT_FOR_ROUNDING, atol=1e-12, equal_nan=True)


def _at_parting(
    run: RunResult, shared: list[str], values: list[Any], differs: Any, day: int
) -> tuple[DifferingOutcome, ...]:
    """Return the outcomes that are not the same on a day, those that are usually compared first."""
    names = sorted((shared[column] for column in np.flatnonzero(differs[day])), key=usual_place)
    about = run.manifest["outcomes"]
    return tuple(
        DifferingOutcome(
            name,
            str(about[name]["label"]),
            str(about[name]["unit"]),
            *(_known(one[day, shared.index(name)]) for one in values),
        )
        for name in names
    )


def _known(value: Any) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)


def _first_events(first: pd.DataFrame, second: pd.DataFrame) -> Iterator[tuple[int, str]]:
    """Yield the events of one run only on the first day that has any."""
    counts = [
        Counter(map(tuple, one[["day", "kind", "where", "what"]].itertuples(index=False))) for one in (first, second)
    ]
    alone = [(number, event) for number in (1, 2) for event in counts[number - 1] - counts[2 - number]]
    if not alone:
        return
    day = min(event[0] for _, event in alone)
    for number, event in ((number, event) for number, event in alone if event[0] == day):
        _, _, where, what = event
        place = f"{where}: " if where and where not in what else ""
        cause = _cause(first if number == 1 else second, event)
        yield number, f"day {day}, {place}{what}{f' ({cause})' if cause else ''}"


def _cause(events: pd.DataFrame, event: tuple[Any, ...]) -> str:
    """Return what brought an event about, as its run tells it."""
    that_day = events[events["day"] == event[0]].itertuples(index=False)
    return next(str(one.cause) for one in that_day if (one.day, one.kind, one.where, one.what) == event)


def _ending(run: RunResult) -> str:
    texts, day = ending_texts(str(run.summary["ending"])), run.summary["end_day"]
    if run.summary["ending"] == HOLDING:
        return f"{texts.sentence[0].lower()}{texts.sentence[1:]} (day {day})"
    return f"{texts.sentence[0].lower()}{texts.sentence[1:]}, on day {day}"


def _numbers(first: RunResult, second: RunResult) -> Iterator[DifferingOutcome]:
    """Yield what is not the same in the end, what is usually compared first."""
    about = {**first.manifest["run_outcomes"], **first.manifest["outcomes"]}
    names = [name for name in first.summary if name in second.summary and name in about and name != ENDING]
    for name in sorted(names, key=usual_place):
        values = _known(first.summary[name]), _known(second.summary[name])
        if values[0] != values[1] and (None in values or not same_numbers(*values)):
            yield DifferingOutcome(name, str(about[name]["label"]), str(about[name]["unit"]), *values)


def _quarters(first: pd.DataFrame, second: pd.DataFrame) -> Iterator[tuple[str, tuple[int | None, int | None]]]:
    days = [dict(zip(one["quarter"], one["day_captured"], strict=True)) for one in (first, second)]
    for name in days[0]:
        if name in days[1]:
            pair = _day(days[0][name]), _day(days[1][name])
            if pair[0] != pair[1]:
                yield str(name), pair


def _day(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)
