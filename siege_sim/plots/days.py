"""The calendar of a run as figures show it: dates, ticks, dated actions and turning points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from siege_sim.schema.clock import MONTHS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from siege_sim.results.run import RunResult


@dataclass(frozen=True)
class Calendar:
    """Days of a run and their dates, from day 0 to the last day that was played."""

    start: date
    last: int

    @classmethod
    def of(cls, result: RunResult) -> Calendar:
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


def date_axis(axes: Axes, days: Calendar, labels: bool = True, most: int = 10, after: float = 0.0) -> None:
    """Let an axis run from day 0 to the last day and ``after``, with dates and day numbers not too close."""
    axes.set_xlim(0, max(days.last, 1) + after)
    ticks = days.ticks(most)
    previous = [None, *ticks[:-1]]
    texts = [days.tick_label(day, before) for day, before in zip(ticks, previous, strict=True)]
    axes.set_xticks(ticks, texts if labels else [""] * len(ticks))
    axes.tick_params(axis="x", length=3)


@dataclass(frozen=True)
class Action:
    """A dated action of the scenario: its name in words, and the days on which it was in force."""

    label: str
    windows: tuple[tuple[int, int], ...]

    @property
    def moments(self) -> bool:
        """Whether every window is a single day."""
        return all(first == last for first, last in self.windows)


def actions(result: RunResult) -> list[Action]:
    """Return the dated actions that fell into the days played, by their first day."""
    days = Calendar.of(result)
    interventions = result.manifest["scenario"].get("interventions") or {}
    found = [Action(in_words(name), _windows(action, days)) for name, action in interventions.items()]
    return sorted((action for action in found if action.windows), key=lambda action: action.windows[0])


def in_words(name: str) -> str:
    """Return a scenario's name of something as people write it: ``Late November reinforcements``."""
    words = [word.capitalize() if word.capitalize() in MONTHS else word for word in name.split("_") if word]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


ONCE = ("reinforcements",)
"""Kinds of action that happen on their first day only."""


def _windows(action: Mapping[str, Any], days: Calendar) -> tuple[tuple[int, int], ...]:
    first = days.day_of(action["from_day"])
    until = action.get("until_day")
    last = days.last if until is None else min(days.day_of(until), days.last)
    every = int(action.get("every_days") or 1)
    if first > last:
        return ()
    if action.get("kind") in ONCE:
        return ((first, first),)
    return ((first, last),) if every == 1 else tuple((day, day) for day in range(first, last + 1, every))


@dataclass(frozen=True)
class Turn:
    """A turning point that the run itself brought about."""

    day: int
    label: str


LAST_WORDS = {
    "holding": "end of the run",
    "pocket_taken": "pocket taken",
    "evacuated": "evacuation completed",
    "siege_broken": "siege broken",
}


def turns(result: RunResult) -> list[Turn]:
    """Return splits of the pocket, the agreement and the end, in order of time."""
    days, events = Calendar.of(result), result.events
    splits = [int(day) for day in events.loc[events["kind"] == "pocket_split", "day"]]
    agreed = [int(day) for day in events.loc[events["kind"] == "agreement", "day"]]
    found = [Turn(day, _split_label(number, len(splits))) for number, day in enumerate(splits[:2])]
    found += [Turn(day, "evacuation agreed") for day in agreed]
    ending = str(result.summary["ending"])
    if ending == "holding" and days.last < int(result.manifest["scenario"]["days"]):
        found.append(Turn(days.last, "run stopped here"))
    else:
        found.append(Turn(days.last, LAST_WORDS.get(ending, in_words(ending).lower())))
    return sorted(found, key=lambda turn: turn.day)


def _split_label(number: int, count: int) -> str:
    if number == 0:
        return "pocket cut apart"
    return "cut again" if count <= 2 else f"cut again ({count - 1} times)"
