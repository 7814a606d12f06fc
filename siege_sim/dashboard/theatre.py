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


class Theatre:
    """Sessions by key, under a cap; those that nobody has used for long make room for new ones.

    Attributes:
        programme: what is shown.
        turn: held by the one ensemble that is being played.
    """

    def __init__(self, programme: Programme, clock: Callable[[], float] = time.monotonic) -> None:
        self.programme = programme
        self.turn = threading.Lock()
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}
        self._touched: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    def session(self, key: str) -> Session:
        """Return the session of a key; a new one when it is not known.

        Raises:
            SessionError: when there are as many sessions as there may be, and all are in use.
        """
        with self._lock:
            self._drop_idle()
            if key not in self._sessions:
                if len(self._sessions) >= self.programme.sessions:
                    raise SessionError(
                        f"all {self.programme.sessions} places are taken; close a page that is not used, or try again "
                        f"when one was idle for {self.programme.idle_minutes:g} minutes"
                    )
                self._sessions[key] = self._opened()
            self._touched[key] = self._clock()
            return self._sessions[key]

    def touch(self, key: str) -> None:
        """Note that a session is in use."""
        if key in self._touched:
            self._touched[key] = self._clock()

    def _opened(self) -> Session:
        shown = self.programme
        return Session(shown.scenario, shown.seed, shown.limits, shown.settings)

    def _drop_idle(self) -> None:
        oldest = self._clock() - 60.0 * self.programme.idle_minutes
        for key in [key for key, when in self._touched.items() if when < oldest]:
            del self._sessions[key], self._touched[key]


@cache
def the_theatre() -> Theatre:
    """Return this server's theatre."""
    return Theatre(Programme.from_environment())
