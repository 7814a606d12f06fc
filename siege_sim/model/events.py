"""Events: what happened, where, why, and which earlier event brought it about."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field


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
        cut_off_by: for each of the garrison's cells that is cut off from the main body, the event that cut it off.
        acting: the entry of the schedule that acts now, such as ``processes.pauses``; empty between them.
        origins: for each event, which entry wrote it down, and what it is about besides its kind and place.
    """

    events: list[Event] = field(default_factory=list)
    cut_off_by: dict[int, int] = field(default_factory=dict)
    acting: str = ""
    origins: list[tuple[str, tuple[Hashable, ...]]] = field(default_factory=list)
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
        subjects = tuple(about)
        self.events.append(event)
        self.origins.append((self.acting, subjects))
        for subject in (event.kind, (event.kind, event.where), *subjects):
            self._newest[subject] = number
        return number

    def newest(self, *subjects: Hashable) -> int | None:
        """Return the number of the newest event about any of the subjects, if there is one."""
        known = [number for number in map(self._newest.get, subjects) if number is not None]
        return max(known, default=None)
