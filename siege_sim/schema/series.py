"""Inputs by date: a number or a word that is decided from outside, and changes on some days of the calendar.

A series is a step function: each value holds from its date on, until the next. How fields take them is in `dated`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Generic, TypeVar

from siege_sim.schema.block import Block, KeyPath, Problem
from siege_sim.schema.clock import Clock
from siege_sim.schema.values import as_written, way_out

ValueT = TypeVar("ValueT", bound=float | str)

BEFORE = "before"
"""The key of what holds before the first date."""

CSV_KEYS = frozenset({"csv", "date", "value", BEFORE})
"""The keys by which a scenario file names a table to read a series from."""

MOST_STEPS = 20_000

DATE_KEY = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
NUMBER_KEY = r"-?[0-9]{1,6}"
"""How a date, and the number of a day, are written as keys."""


class Series(Generic[ValueT]):
    """A step function of the calendar: each value holds from its day on, until the next.

    Args:
        steps: values by day: dates, or numbers of days.
        before: what holds before the first of them; the first value itself without it.

    Raises:
        ValueError: there is no step.
    """

    def __init__(self, steps: Mapping[int | date, ValueT], before: ValueT | None = None) -> None:
        if not steps:
            raise ValueError("a series needs at least one date")
        self.steps: tuple[tuple[int | date, ValueT], ...] = tuple(
            sorted(steps.items(), key=lambda step: (isinstance(step[0], date), str(step[0])))
        )
        self.before: ValueT | None = before
        self._resolved: tuple[Clock, tuple[ValueT, ...]] | None = None

    def on(self, day: int, clock: Clock) -> ValueT:
        """Return the value on a day of a run, from 0 to its last. What every day has is worked out once a run."""
        resolved = self._resolved
        if resolved is None or resolved[0] != clock:
            self._resolved = resolved = (clock, self._by_day(clock))
        return resolved[1][day]

    def _by_day(self, clock: Clock) -> tuple[ValueT, ...]:
        by_day = {clock.day_of(day): value for day, value in self.steps}
        first_days = sorted(by_day)
        opening = by_day[first_days[0]] if self.before is None else self.before
        values = (opening, *(by_day[day] for day in first_days))
        return tuple(values[bisect_right(first_days, day)] for day in range(clock.days + 1))

    @property
    def data(self) -> dict[str, ValueT]:
        """It as a scenario file says it: values by date or number of a day."""
        steps: dict[str, ValueT] = {str(day): value for day, value in self.steps}
        return steps if self.before is None else {BEFORE: self.before, **steps}

    def problems_on(self, clock: Clock) -> Iterator[Problem]:
        """Yield what does not fit a run's calendar: two values for one day, or no date in it."""
        days: dict[int, int | date] = {}
        for day, _ in self.steps:
            number = clock.day_of(day)
            if number in days:
                yield (str(day),), f"is the same day as {clock.describe(days[number])}; keep one"
            days[number] = day
        if not any(0 <= day <= clock.days for day in days):
            yield (
                (),
                f"none of its dates is in the run, which goes from {clock.start} (day 0) to {clock.end} "
                f"(day {clock.days}); correct the dates, or write one value",
            )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Series) and (self.steps, self.before) == (other.steps, other.before)

    def __hash__(self) -> int:
        return hash((self.steps, self.before))

    def __repr__(self) -> str:
        return f"Series({self.data})"

    def __str__(self) -> str:
        return ", ".join(f"{day} {value}" for day, value in self.data.items())

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is worked out: a copy works it out for its own run."""
        return {**self.__dict__, "_resolved": None}


def value_on(value: ValueT | Series[ValueT], day: int, clock: Clock) -> ValueT:
    """Return what a value that may be a series is on a day of a run."""
    return value.on(day, clock) if isinstance(value, Series) else value


def mean_over(value: float | Series[float], clock: Clock) -> float:
    """Return the mean of a number that may be a series over the days of a run, day 0 left out."""
    if not isinstance(value, Series):
        return value
    return sum(value.on(day, clock) for day in range(1, clock.days + 1)) / clock.days


def is_series_data(data: Any) -> bool:
    """Return whether plain data is a series: values by date, or the name of a table; never an empty block."""
    if not isinstance(data, Mapping) or not data:
        return False
    if any(not isinstance(value, int | float | str) for value in data.values()):
        return False
    table = "csv" in data and set(data) <= CSV_KEYS
    return table or all(key == BEFORE or day_of_key(key) is not None for key in data)


def scaled_data(value: Any, factor: float) -> Any:
    """Return a number, or every number of a series' plain data, multiplied; None when it is neither."""
    if isinstance(value, Mapping) and is_series_data(value):
        parts = {key: scaled_data(part, factor) for key, part in value.items()}
        return None if None in parts.values() else parts
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    product = value * factor
    return int(product) if isinstance(value, int) and product == int(product) else product


def day_of_key(key: Any) -> int | date | None:
    """Return the day that a key of plain data names, if it does: an ISO date or a whole number."""
    if isinstance(key, date) or (isinstance(key, int) and not isinstance(key, bool)):
        return key
    text = str(key)
    if re.fullmatch(NUMBER_KEY, text):
        return int(text)
    try:
        return date.fromisoformat(text) if re.fullmatch(DATE_KEY, text) else None
    except ValueError:
        return None


def not_a_day(key: Any, others: str = "or the number of a day") -> str:
    """Say that a key names no day, and what to write: the date that was meant, where that is known.

    Args:
        key: the key.
        others: what may stand there beside a date, for messages.
    """
    meant = way_out(key, ["a date"])
    clause = meant if meant.startswith("; write") else f"; write a date such as 2016-09-22, {others}"
    return f"{as_written(str(key))} is no day{clause}"


def problems_of_series(block: Any, clock: Clock, path: KeyPath = ()) -> Iterator[Problem]:
    """Yield what of the series in a block, and in the blocks within, does not fit a run's calendar."""
    if isinstance(block, Series):
        for place, words in block.problems_on(clock):
            yield (*path, *place), words
    elif isinstance(block, Block | dict):
        entries = (
            block.items() if isinstance(block, dict) else ((n, getattr(block, n)) for n in type(block).model_fields)
        )
        for name, value in entries:
            if isinstance(value, Series | Block | dict):
                yield from problems_of_series(value, clock, (*path, name))
