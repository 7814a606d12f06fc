"""Days on an axis: dates, dated actions and turning points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from siege_sim.results.calendar import Calendar, in_words
from siege_sim.results.endings import ending_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from siege_sim.results.run import RunResult


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


def turns(result: RunResult) -> list[Turn]:
    """Return splits of the pocket, the agreement and the end, in order of time."""
    days, events = Calendar.of(result), result.events
    splits = [int(day) for day in events.loc[events["kind"] == "pocket_split", "day"]]
    agreed = [int(day) for day in events.loc[events["kind"] == "agreement", "day"]]
    found = [Turn(day, _split_label(number, len(splits))) for number, day in enumerate(splits[:2])]
    found += [Turn(day, "evacuation agreed") for day in agreed]
    ending = str(result.summary["ending"])
    if result.stopped:
        found.append(Turn(days.last, "run stopped here"))
    else:
        found.append(Turn(days.last, ending_texts(ending).moment))
    return sorted(found, key=lambda turn: turn.day)


def _split_label(number: int, count: int) -> str:
    if number == 0:
        return "pocket cut apart"
    return "cut again" if count <= 2 else f"cut again ({count - 1} times)"
