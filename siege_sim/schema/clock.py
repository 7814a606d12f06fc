"""Dates and days. Day 0 is the opening state; step ``d`` runs the day ``start + d``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

from siege_sim.schema.block import Block, Problem, param


def _read_iso(value: Any) -> Any:
    """Turn an ISO date written as text, as in JSON, into a date; leave the rest to validation."""
    if isinstance(value, str) and len(value) == len("2016-09-22"):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


IsoDate = Annotated[date, BeforeValidator(_read_iso)]
"""A date, or its ISO text."""

Day = int | IsoDate
"""A day of the run: its number, or its date."""


@dataclass(frozen=True)
class Clock:
    """The calendar of a run: ``days`` steps after ``start``."""

    start: date
    days: int

    def date_of(self, day: int) -> date:
        """Return the calendar date of a day number."""
        return self.start + timedelta(days=day)

    def day_of(self, day: int | date) -> int:
        """Return the day number of a date (numbers pass through)."""
        return (day - self.start).days if isinstance(day, date) else day

    @property
    def end(self) -> date:
        """The last date of the run."""
        return self.date_of(self.days)

    def describe(self, day: int | date) -> str:
        """Return ``"day 12"`` or ``"2016-10-04 (day 12)"``, as it was written."""
        return f"{day.isoformat()} (day {self.day_of(day)})" if isinstance(day, date) else f"day {day}"


class Window(Block):
    """Days on which something is in force: from ``from_day`` until and including ``until_day``."""

    from_day: Day
    """First day: a day number (0 is the opening state) or an ISO date."""
    until_day: Day | None = None
    """Last day; without it, until the end of the run."""
    every_days: int = param(1, unit="days", ge=1, le=3650)
    """In force only every so many days, counted from the first."""

    def first_day(self, clock: Clock) -> int:
        """Return the number of the first day that is run; day 0 is the opening state."""
        first = clock.day_of(self.from_day)
        return first if first > 0 else self.every_days

    def last_day(self, clock: Clock) -> int:
        """Return the number of the last day on which it is in force."""
        last = clock.days if self.until_day is None else clock.day_of(self.until_day)
        return last - (last - clock.day_of(self.from_day)) % self.every_days

    def covers(self, day: int, clock: Clock) -> bool:
        """Return whether the window is in force on ``day``."""
        first = clock.day_of(self.from_day)
        return first <= day <= self.last_day(clock) and (day - first) % self.every_days == 0

    def problems_on(self, clock: Clock) -> Iterator[Problem]:
        """Yield what does not fit the run's calendar."""
        first = clock.day_of(self.from_day)
        if not 0 <= first <= clock.days:
            yield (
                ("from_day",),
                f"starts on {clock.describe(self.from_day)}, but the run goes from {clock.start} (day 0) to "
                f"{clock.end} (day {clock.days}); move from_day or change days",
            )
        if self.until_day is not None and not first <= (last := clock.day_of(self.until_day)) <= clock.days:
            why = "is before from_day" if last < first else f"is after the run's end, {clock.end} (day {clock.days})"
            yield (("until_day",), f"{clock.describe(self.until_day)} {why}; move until_day or change days")
