"""What a page shows of two runs beside each other: what was changed and what came of it, in one pair and in many."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

import solara

from siege_sim.dashboard.pairs import PAIRS, Pairs
from siege_sim.dashboard.sessions import server_sessions
from siege_sim.errors import SiegeError

if TYPE_CHECKING:
    from siege_sim.dashboard.sessions import AnySession


class PageChanges:
    """What a page shows of its runs beside maps and charts.

    Attributes:
        account: what `Session.account` gives.
        pairs: what `Pairs.data` gives; ``None`` before they are wanted.
        fans: the spread of the pairs, for the charts.
    """

    def __init__(self) -> None:
        self.account: Any = solara.reactive(None)
        self.pairs: Any = solara.reactive(None)
        self.fans: Any = solara.reactive(None)
        self._told: tuple[object, ...] = ()
        self._running: Pairs | None = None

    def look(self, session: AnySession) -> None:
        """Find out what is to be said of the runs, unless it has been said of these days."""
        runs = session.runs
        told = (tuple(run.number for run in runs), session.day)
        if told == self._told or not runs:
            return
        with contextlib.suppress(SiegeError):  # a session that was suspended says so itself
            self.account.value = session.account()
            self._told = told

    def play_pairs(self, session: AnySession) -> None:
        """Play both runs on many seeds in the background."""
        if len(session.runs) < 2:
            return
        self.drop()
        sessions = server_sessions()
        first, second = (run.scenario for run in session.runs)
        most = min(PAIRS, sessions.settings.limits.ensemble_runs)
        pairs = Pairs((first, second), most, sessions.settings.ensemble_workers, sessions.ensemble_lock)
        self._running = pairs

        def on_progress() -> None:
            if self._running is pairs:
                self.pairs.value = pairs.data() | {"error": pairs.error}
                self.fans.value = pairs.fans()

        on_progress()
        threading.Thread(target=pairs.run, args=(on_progress,), daemon=True).start()

    def stop_pairs(self) -> None:
        """Let the pairs end with what there is."""
        if self._running is not None:
            self._running.stop()

    def drop(self) -> None:
        """Stop the pairs and forget what they showed: they were of other runs."""
        self.stop_pairs()
        self._running = None
        self.pairs.value = self.fans.value = None
