"""What can be left out of a run: from the number of an event, or a name and a day, to a premise, or to a refusal."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siege_sim.errors import ResultError, did_you_mean
from siege_sim.model.but_for import ButFor
from siege_sim.model.processes.base import Intervention
from siege_sim.results.endings import ENDINGS

if TYPE_CHECKING:
    from siege_sim.model.events import Event
    from siege_sim.model.model import SiegeModel

FOLLOWS = frozenset(
    {"pocket_split", "pocket_joined", "units_withdrew", "unit_surrendered", "warehouse_empty", "food_ended",
     "convoy_turned_back", "assault_stopped"}
)  # fmt: skip
"""Kinds of event that only tell what followed from others: there is no act that could be left out."""

FOLLOWS_ENDS = ("_fell", "_reopened")
"""How further such kinds end."""

INPUTS = frozenset({"change", "posture", "route_opened", "route_closed", "bridge_cut", "bridge_opened"})
"""Kinds of event that an input by date of the scenario brings about."""

DAMAGED_BY = "processes.strike_effects"
"""The entry of the schedule that damages facilities."""


@dataclass(frozen=True)
class EventKey:
    """By what an event is found again in a run with another seed: the first that is alike."""

    kind: str
    where: str
    facility: str


@dataclass(frozen=True)
class Premise:
    """Something that is left out of a run.

    Attributes:
        but_for: what does not happen.
        words: the same in a sentence.
        event: the number of the event that it is about, where it is about one.
        key: by what that event is found in other runs.
    """

    but_for: ButFor
    words: str
    event: int | None = None
    key: EventKey | None = None


def premise_of(model: SiegeModel, text: str, lasting: int = 1) -> Premise:
    """Return what somebody wants to be left out of a run.

    Args:
        model: the run, played to its end.
        text: the number of an event; the name of a dated action; or ``NAME@DAY`` with the name of a mechanism, of a
            dated action or of a kind of event.
        lasting: for how many days it does not happen.

    Raises:
        ResultError: there is no such thing, or it cannot be left out; says what can.
    """
    name, at, day = (part.strip() for part in text.partition("@"))
    if not at and name.isdecimal():
        return of_event(model, _number(model, name), lasting)
    if not at:
        return _of_action(model, name)
    return _of_day(model, name, _day(model, day), lasting)


def premise_like(model: SiegeModel, text: str, key: EventKey | None, lasting: int = 1) -> Premise | None:
    """Return the same premise for a run with another seed; None where no event is like that one."""
    if key is None:
        return premise_of(model, text, lasting)
    alike = (number for number, event in enumerate(model.log.events) if key_of(event) == key)
    number = next(alike, None)
    return None if number is None else of_event(model, number, lasting)


def key_of(event: Event) -> EventKey:
    """Return by what an event is found again."""
    return EventKey(event.kind, event.where, event.facility)


def _number(model: SiegeModel, text: str) -> int:
    number, events = int(text), len(model.log.events)
    if number >= events:
        last = f"events 0 to {events - 1}" if events else "no event"
        raise ResultError(f"--but-for {text}: the run has {last}; see the column 'event' of events.csv")
    return number


def _day(model: SiegeModel, text: str) -> int:
    plain = text.removeprefix("day").strip()
    clock = model.clock
    try:
        day = int(plain) if plain.isdecimal() else clock.day_of(type(clock.start).fromisoformat(plain))
    except (ValueError, OverflowError):
        raise ResultError(f"--but-for ...@{text}: neither a day number nor a date such as {clock.date_of(1)}") from None
    if not 1 <= day <= model.day:
        raise ResultError(f"--but-for ...@{text}: the run has days 1 to {model.day} (to {model.date})")
    return day


def _of_action(model: SiegeModel, name: str) -> Premise:
    actions = [entry.removeprefix("interventions.") for entry, process in model.schedule if _is_action(process)]
    if name in actions:
        return Premise(ButFor(0, None, f"interventions.{name}"), f"the dated action '{name}', on all its days")
    if f"processes.{name}" in dict(model.schedule):
        raise ResultError(
            f"--but-for {name}: '{name}' is a mechanism; name a day, as in {name}@{model.day}, or see with `siege-sim "
            "ablate` what it does over a whole run"
        )
    raise ResultError(
        f"--but-for {name}: neither the number of an event nor one of the run's dated actions"
        f"{did_you_mean(name, actions)}; mechanisms and kinds of event are named with a day, as in pauses@40"
    )


def _is_action(process: object) -> bool:
    return isinstance(process, Intervention)


def _of_day(model: SiegeModel, name: str, day: int, lasting: int) -> Premise:
    entries = dict(model.schedule)
    for entry in (f"interventions.{name}", f"processes.{name}"):
        if entry in entries:
            what = "dated action" if _is_action(entries[entry]) else "mechanism"
            return Premise(ButFor(day, day + lasting - 1, entry), f"the {what} '{name}' {_days(day, lasting)}")
    numbers = [number for number, event in enumerate(model.log.events) if (event.kind, event.day) == (name, day)]
    if len(numbers) == 1:
        return of_event(model, numbers[0], lasting)
    if numbers:
        which = "; ".join(f"{number} ({model.log.events[number].what})" for number in numbers)
        raise ResultError(
            f"--but-for {name}@{day}: there are {len(numbers)} such events; name one by its number: {which}"
        )
    known = [entry.partition(".")[2] for entry in entries] + [event.kind for event in model.log.events]
    elsewhere = sorted({event.day for event in model.log.events if event.kind == name})
    if elsewhere:
        raise ResultError(
            f"--but-for {name}@{day}: no such event that day; it is on day {', '.join(map(str, elsewhere[:12]))}"
        )
    raise ResultError(
        f"--but-for {name}@{day}: no mechanism, dated action or kind of event of that name{did_you_mean(name, known)}"
    )


def of_event(model: SiegeModel, number: int, lasting: int = 1) -> Premise:
    """Return the premise that an event did not happen.

    Raises:
        ResultError: it only tells what followed from others, comes of an input by date, or is the end itself.
    """
    event = model.log.events[number]
    entry, _ = model.log.origins[number]
    _refuse(model, number, event)
    until, when = event.day + lasting - 1, _days(event.day, lasting)
    if event.kind in ("ground_lost", "quarter_lost"):
        cells = frozenset(_cells_lost(model, number, event))
        but_for, words = ButFor(event.day, until, cells=cells), f"the loss of {_counted(cells)} of {event.where} {when}"
    elif event.facility and entry == DAMAGED_BY:
        but_for = ButFor(event.day, until, facility=event.facility)
        words = f"all damage to {event.facility} {when} (who was hurt around it is hurt all the same)"
    elif entry.startswith("interventions."):
        but_for, words = _action_of(model, entry, event, lasting)
    else:
        but_for, words = ButFor(event.day, until, entry), f"what the mechanism '{entry.partition('.')[2]}' does {when}"
    return Premise(but_for, words, number, key_of(event))


def _refuse(model: SiegeModel, number: int, event: Event) -> None:
    """Refuse an event that is no act of its own."""
    told = f"--but-for {number}: event {number} ({event.what})"
    if event.kind in ENDINGS or event.kind == model.politics.ending:
        raise ResultError(f"{told} is the end itself; leave out something that led to it")
    if event.kind in INPUTS:
        raise ResultError(
            f"{told} comes of an input by date; write a scenario without it and use `siege-sim compare` instead"
        )
    if event.kind in FOLLOWS or event.kind.endswith(FOLLOWS_ENDS):
        came_of = "others" if event.because is None else f"event {event.because}"
        raise ResultError(f"{told} only tells what followed from {came_of}; leave that out instead")


def _cells_lost(model: SiegeModel, number: int, event: Event) -> Iterator[int]:
    """Yield the cells of an event of lost ground; of a whole quarter those that it lost that day."""
    for other, known in enumerate(model.log.events):
        same_place = (known.kind, known.day, known.where) == ("ground_lost", event.day, event.where)
        if other == number or (event.kind == "quarter_lost" and same_place):
            yield from (_cell(subject) for subject in model.log.origins[other][1] if _is_lost_cell(subject))


def _is_lost_cell(subject: Hashable) -> bool:
    return isinstance(subject, tuple) and subject[:1] == ("lost",)


def _cell(subject: Hashable) -> int:
    assert isinstance(subject, tuple)
    return int(subject[1])


def _action_of(model: SiegeModel, entry: str, event: Event, lasting: int) -> tuple[ButFor, str]:
    """Return a dated action as what is left out: one day where each day stands alone, else all of it."""
    name, action = entry.partition(".")[2], dict(model.schedule)[entry]
    assert isinstance(action, Intervention)
    if action.each_day_alone:
        words = f"what the dated action '{name}' does {_days(event.day, lasting)}"
        return ButFor(event.day, event.day + lasting - 1, entry), words
    if not action.covers(event.day, model.clock) or event.day != max(action.first_day(model.clock), 1):
        raise ResultError(
            f"--but-for: the event ({event.what}) tells how the dated action '{name}' went on or ended; leave out all "
            f"of it with --but-for {name}, or change its days in the scenario and use `siege-sim compare`"
        )
    return ButFor(0, None, entry), f"the dated action '{name}', on all its days"


def _counted(cells: frozenset[int]) -> str:
    return f"{len(cells)} cell{'s' * (len(cells) != 1)}"


def _days(day: int, lasting: int) -> str:
    return f"on day {day}" if lasting == 1 else f"on days {day} to {day + lasting - 1}"
