"""The theatre: all sessions of a server, each with a key of its own, under caps.

In a class each session is played in a process of its own, and one that is not used is put away: its process ends, and
what it takes to go on is kept.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from siege_sim.dashboard.forkserver import Nursery
from siege_sim.dashboard.limits import AsleepError, SessionError
from siege_sim.dashboard.remote_session import SessionApart
from siege_sim.dashboard.server_settings import Programme
from siege_sim.dashboard.session import Session
from siege_sim.errors import SiegeError

AnySession = Session | SessionApart


@dataclass
class Place:
    """A session in the theatre, how many pages show it, when it was last used, and the lesson read beside it."""

    session: AnySession
    pages: int = 0
    used: float = 0.0
    lesson: str = ""

    @property
    def awake(self) -> bool:
        """Whether it takes one of the places that there are."""
        return not isinstance(self.session, SessionApart) or self.session.awake


class Theatre:
    """Sessions by key, under a cap. What no page shows any more makes room for new ones, the longest left first.

    Attributes:
        programme: what is shown.
        turn: held by the one ensemble that is being played.
    """

    def __init__(self, programme: Programme, clock: Callable[[], float] = time.monotonic) -> None:
        self.programme = programme
        self.turn = threading.Lock()
        self._clock = clock
        self._lock = threading.Lock()
        self._places: dict[str, Place] = {}
        self._nursery = Nursery() if programme.apart else None

    def __len__(self) -> int:
        return sum(place.awake for place in self._places.values())

    def warm(self) -> None:
        """Make ready what readers would have to wait for; best before there are other threads."""
        if self._nursery is not None:
            self._nursery.warm()
            threading.Thread(target=self._keep_watch, daemon=True).start()

    def enter(self, key: str) -> AnySession:
        """Return the session that a page shows, by its key; a new one when the key is not known.

        Raises:
            SessionError: when there are as many sessions as there may be, and all are in use.
        """
        with self._lock:
            if key not in self._places:
                self._make_room()
                self._places[key] = Place(self._new_session())
            place = self._places[key]
            self._wake(place)
            place.pages += 1
        if isinstance(place.session, SessionApart):
            self._settle(key, place.session)
        return place.session

    def wake(self, key: str) -> bool:
        """Let a session go on if it was put away; return whether it was.

        Raises:
            SessionError: as for `enter`.
        """
        with self._lock:
            return self._wake(self._places[key])

    def _wake(self, place: Place) -> bool:
        place.used = self._clock()
        if not isinstance(place.session, SessionApart) or place.awake:
            return False
        self._make_room()
        place.session.wake()
        return True

    def leave(self, key: str) -> None:
        """Note that a page is closed; its session waits for the reader to come back until its place is needed."""
        if key in self._places:
            self._places[key].pages -= 1

    def touch(self, key: str) -> None:
        """Note that a session is in use."""
        if key in self._places:
            self._places[key].used = self._clock()

    def lesson_of(self, key: str) -> str:
        """Return the name of the lesson that is read beside a session; empty for none."""
        return self._places[key].lesson if key in self._places else ""

    def note_lesson(self, key: str, lesson: str) -> None:
        """Note which lesson is read beside a session, for a page that is loaded again."""
        if key in self._places:
            self._places[key].lesson = lesson

    def tidy(self) -> None:
        """Put away the sessions of a class that nobody uses, and notice those whose process has died."""
        idle = self.programme.idle_minutes
        why = f"nobody used this siege for {idle:g} minute{'s' * (idle != 1)}, so it was put away"
        with self._lock:
            for place in self._places.values():
                if isinstance(place.session, SessionApart):
                    place.session.look_after()
                    if place.used < self._clock() - 60.0 * idle:
                        place.session.put_away(why)
            self._forget()

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            for place in self._places.values():
                if isinstance(place.session, SessionApart):
                    place.session.put_away("the server has stopped")

    def _new_session(self) -> AnySession:
        shown = self.programme
        if self._nursery is None:
            return Session(shown.scenario, shown.seed, shown.limits, shown.settings)
        return SessionApart(self._nursery, shown.limits, shown.memory_mb, (shown.scenario, shown.seed, shown.settings))

    def _settle(self, key: str, session: SessionApart) -> None:
        """Wait until a session shows something; others can enter meanwhile. One that cannot begin leaves its place."""
        try:
            session.settle()
        except AsleepError:
            if session.runs:
                return  # the reader is told, and can begin with something else
            self._drop(key, session)
            raise
        except SiegeError:
            self._drop(key, session)
            raise

    def _drop(self, key: str, session: SessionApart) -> None:
        session.put_away("it could not begin")
        with self._lock:
            if key in self._places and self._places[key].session is session:
                del self._places[key]

    def _make_room(self) -> None:
        most, idle = self.programme.sessions, self.programme.idle_minutes
        if len(self) < most:
            return
        oldest = self._clock() - 60.0 * idle
        unused = [
            key for key, place in self._places.items() if place.awake and (place.pages <= 0 or place.used < oldest)
        ]
        if not unused:
            raise SessionError(
                f"all {most} places are taken; close a page that is not used, or try again later: a page that nobody "
                f"has used for {idle:g} minutes makes room"
            )
        key = min(unused, key=lambda key: self._places[key].used)
        session = self._places[key].session
        if isinstance(session, SessionApart):
            session.put_away("nobody used this siege and its place was needed, so it was put away")
        else:
            del self._places[key]

    def _forget(self) -> None:
        """Forget the sessions that were put away longest ago, once there are many."""
        asleep = sorted((place.used, key) for key, place in self._places.items() if not place.awake)
        for _, key in asleep[: max(0, len(asleep) - KEPT_ASLEEP * self.programme.sessions)]:
            if self._places[key].pages <= 0:
                del self._places[key]

    def _keep_watch(self) -> None:
        while True:
            time.sleep(1.0)
            self.tidy()


KEPT_ASLEEP = 4
"""How many sessions are kept that were put away, for each place that there is."""


@cache
def the_theatre() -> Theatre:
    """Return this server's theatre."""
    return Theatre(Programme.from_environment())
