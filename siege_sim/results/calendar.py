"""Days of a run as dates, and names as people write them: words that do not depend on the computer's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pandas as pd

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
"""Names that do not depend on the computer's language."""


class Daily(Protocol):
    """What a calendar is read from: the result of a run."""

    @property
    def series(self) -> pd.DataFrame:
        """A row a day, with ``day`` and ``date``."""


@dataclass(frozen=True)
class Calendar:
    """Days of a run and their dates, from day 0 to the last day that was played."""

    start: date
    last: int

    @classmethod
    def of(cls, result: Daily) -> Calendar:
        """Read the calendar off the daily series."""
        series = result.series
        return cls(date.fromisoformat(str(series["date"].iloc[0])), int(series["day"].iloc[-1]))

    def date_of(self, day: int) -> date:
        """Return the date of a day number."""
        return self.start + timedelta(days=int(day))

    def short(self, day: int) -> str:
        """Return a date like ``4 Dec``."""
        when = self.date_of(day)
        return f"{when.day} {MONTHS[when.month - 1][:3]}"

    def full(self, day: int) -> str:
        """Return a date like ``4 December 2016``, with spaces at which lines do not break."""
        when = self.date_of(day)
        return f"{when.day}\u00a0{MONTHS[when.month - 1]}\u00a0{when.year}"

    def day_of(self, when: int | str) -> int:
        """Return the day number of a day number or an ISO date."""
        return when if isinstance(when, int) else (date.fromisoformat(when) - self.start).days

    def ticks(self, most: int = 10) -> list[int]:
        """Return about ``most`` days to mark: day 0, then weeks or months, never close to each other."""
        for step in (1, 2, 7, 14, 28):
            if self.last / step <= most:
                return list(range(0, self.last + 1, step))
        days = range(self.last + 1)
        for dates in ((1, 16), (1,)):
            chosen = [day for day in days if self.date_of(day).day in dates]
            if len(chosen) <= 1.3 * most:
                break
        chosen = chosen[:: -(-len(chosen) // int(1.3 * most))]
        return [0, *(day for day in chosen if day >= 0.55 / most * self.last)]

    def tick_label(self, day: int, before: int | None) -> str:
        """Return a date and its day number, with the year where it has changed since the tick before."""
        turned = before is not None and self.date_of(before).year != self.date_of(day).year
        return f"{self.short(day)}{f' {self.date_of(day).year}' if turned else ''}\nday {day}"


def in_words(name: str) -> str:
    """Return a scenario's name of something as people write it: ``Late November reinforcements``."""
    words = [word.capitalize() if word.capitalize() in MONTHS else word for word in name.split("_") if word]
    text = " ".join(words)
    return text[:1].upper() + text[1:]
