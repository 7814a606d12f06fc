"""What holds for the whole city today, and the few things that have no place on the map."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

KCAL_A_PERSON_DAY = 2100.0
"""The humanitarian planning figure (WHO, UNHCR, UNICEF, WFP 2004)."""


@dataclass
class Conditions:
    """Set anew every morning; the calendar and the interventions change it, the other processes read it.

    Attributes:
        temperature_c: mean temperature of the day.
        need_kcal: energy a person needs today.
        growth: how well gardens grow, from 0 to 1.
        flying: share of the planned sorties that the weather lets fly.
        air_tempo: share of the usual sorties that are flown against the pocket.
        fire_tempo: likewise for artillery on the pocket.
        assault_tempo: likewise for ground assaults.
        shelling_tempo: likewise for rebel fire on government-held quarters.
        hospitals_spared: share of the strikes on hospitals that are not made.
        impacts_due: heavy impacts that fall on the pocket today.
        lethality: mean lethality of those impacts, 1 for a general-purpose bomb.
        sorties: sorties flown in the province today.
    """

    temperature_c: float = 20.0
    need_kcal: float = KCAL_A_PERSON_DAY
    growth: float = 1.0
    flying: float = 1.0
    air_tempo: float = 1.0
    fire_tempo: float = 1.0
    assault_tempo: float = 1.0
    shelling_tempo: float = 1.0
    hospitals_spared: float = 0.0
    impacts_due: int = 0
    lethality: float = 1.0
    sorties: int = 0


@dataclass
class Politics:
    """The politics of the siege, which has no place on the map.

    Attributes:
        condemnation: pressure of world opinion on the government side, from 0 up.
        hope: hope of help from outside, from 0 to 1.
        agreement_day: the day on which an evacuation was agreed, if it was.
        relief_fighters: strength of the relief force outside.
        relief_progress_km: how far it has come.
        siege_broken: whether the relief force reached the pocket.
        outcome: how the siege ended, once it has: see `outcomes`.
    """

    condemnation: float = 0.0
    hope: float = 1.0
    agreement_day: int | None = None
    relief_fighters: int = 0
    relief_progress_km: float = 0.0
    siege_broken: bool = False
    outcome: str = "holding"


def morning(politics: Politics) -> Conditions:
    """Return the conditions with which a day begins: as usual, or at peace once an evacuation was agreed."""
    if politics.agreement_day is None:
        return Conditions()
    return Conditions(air_tempo=0.0, fire_tempo=0.0, assault_tempo=0.0, shelling_tempo=0.0)


@dataclass(frozen=True)
class Event:
    """Something that happened, with its cause.

    Attributes:
        day: day of the run.
        kind: what happened, a word such as ``"cell_lost"``.
        where: a quarter or a place; empty for the whole city.
        what: a plain sentence.
        cause: why, in a few words.
        amount: how many or how much, where that makes sense.
        because: number of the earlier event that brought it about, if one did.
        facility: name of the hospital, store or other facility that it is about, if it is about one.
    """

    day: int
    kind: str
    where: str
    what: str
    cause: str
    amount: float = 0.0
    because: int | None = None
    facility: str = ""


@dataclass
class EventLog:
    """The events of a run in the order in which they happened; an event's number is its place in that order.

    Attributes:
        events: all events so far.
        cut_off_by: for each rebel-held cell that is cut off from the main body, the event that cut it off.
    """

    events: list[Event] = field(default_factory=list)
    cut_off_by: dict[int, int] = field(default_factory=dict)
    _newest: dict[Hashable, int] = field(default_factory=dict)

    def add(self, event: Event, about: Iterable[Hashable] = ()) -> int:
        """Write an event down; return its number.

        Args:
            event: what happened.
            about: what it can be found by later with `newest`, besides its kind and ``(kind, where)``: an axis, a
                facility, a cell as ``("lost", cell_index)``.

        Raises:
            ValueError: when the event names a cause that is not earlier than itself.
        """
        number = len(self.events)
        if event.because is not None and not 0 <= event.because < number:
            raise ValueError(f"event {number} ({event.kind}) cannot come of event {event.because}: name an earlier one")
        self.events.append(event)
        for subject in (event.kind, (event.kind, event.where), *about):
            self._newest[subject] = number
        return number

    def newest(self, *subjects: Hashable) -> int | None:
        """Return the number of the newest event about any of the subjects, if there is one."""
        return max((self._newest[subject] for subject in subjects if subject in self._newest), default=None)
