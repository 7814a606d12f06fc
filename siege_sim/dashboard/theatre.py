"""The theatre: all sessions of a server, each with a key of its own, under caps."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import cache

from siege_sim.dashboard.limits import Limits, SessionError
from siege_sim.dashboard.session import Session

ENVIRONMENT = "SIEGE_SIM_DASHBOARD"
"""Where the command leaves its settings for the server's own process."""


@dataclass(frozen=True)
class Programme:
    """What a server shows, and how much of it at once.

    Attributes:
        scenario: with what a new session opens: the name of a shipped scenario, or a file that the command line named.
        seed: of new sessions.
        settings: as the command line's ``--set``, for new sessions.
        sessions: how many sessions there may be.
        idle_minutes: after which a session that nobody has touched may be dropped.
        workers: processes for ensembles.
        limits: of each session.
    """

    scenario: str = "toy_town"
    seed: int = 1
    settings: tuple[str, ...] = ()
    sessions: int = 8
    idle_minutes: float = 120.0
    workers: int = 2
    limits: Limits = field(default_factory=Limits)

    def to_environment(self) -> None:
        """Leave it where the server's process finds it."""
        os.environ[ENVIRONMENT] = json.dumps(asdict(self))

    @classmethod
    def from_environment(cls) -> Programme:
        """Read what the command has left; the usual programme without."""
        data = json.loads(os.environ.get(ENVIRONMENT, "{}"))
        limits = Limits(**data.pop("limits", {}))
        return cls(**{**data, "settings": tuple(data.get("settings", ())), "limits": limits})


@dataclass
class Place:
    """A session in the theatre, how many pages show it, and when it was last used."""

    session: Session
    pages: int = 0
    used: float = 0.0


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

    def __len__(self) -> int:
        return len(self._places)

    def enter(self, key: str) -> Session:
        """Return the session that a page shows, by its key; a new one when the key is not known.

        Raises:
            SessionError: when there are as many sessions as there may be, and all are in use.
        """
        with self._lock:
            if key not in self._places:
                self._make_room()
                shown = self.programme
                self._places[key] = Place(Session(shown.scenario, shown.seed, shown.limits, shown.settings))
            place = self._places[key]
            place.pages += 1
            place.used = self._clock()
            return place.session

    def leave(self, key: str) -> None:
        """Note that a page is closed; its session waits for the reader to come back until its place is needed."""
        if key in self._places:
            self._places[key].pages -= 1

    def touch(self, key: str) -> None:
        """Note that a session is in use."""
        if key in self._places:
            self._places[key].used = self._clock()

    def _make_room(self) -> None:
        most, idle = self.programme.sessions, self.programme.idle_minutes
        if len(self._places) < most:
            return
        oldest = self._clock() - 60.0 * idle
        unused = [key for key, place in self._places.items() if place.pages <= 0 or place.used < oldest]
        if not unused:
            raise SessionError(
                f"all {most} places are taken; close a page that is not used, or try again later: a page that nobody "
                f"has used for {idle:g} minutes makes room"
            )
        del self._places[min(unused, key=lambda key: self._places[key].used)]


@cache
def the_theatre() -> Theatre:
    """Return this server's theatre."""
    return Theatre(Programme.from_environment())
