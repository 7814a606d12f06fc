"""A session whose sieges are played in a process of its own: what is heavy for one reader is not felt by the others.

What it takes to play the runs again is kept here. So the process can be ended at any time, by whoever needs its place
or by its own death, and another can go on where it was.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from siege_sim.dashboard.limits import AsleepError, Limits
from siege_sim.dashboard.session_worker import Answer, Ask, hold_session

if TYPE_CHECKING:
    from siege_sim.dashboard.branching import Pull
    from siege_sim.dashboard.forkserver import Child, Nursery
    from siege_sim.dashboard.session import Sheet
    from siege_sim.model.scenario import Scenario
    from siege_sim.viewer.frames import Json

DIED = "the process that played this siege ended unexpectedly, perhaps for want of memory"


class SessionApart:
    """Does what `Session` does, in a process of its own.

    Args:
        nursery: starts the process.
        limits: what the session may ask of the machine.
        memory_mb: how much memory the process may take.
        first: the scenario, seed and settings to open with.

    Attributes:
        runs: what is shown, as sheets.
        day: the day to which it was played.
        limits: what it may ask of the machine.
        why_asleep: why it was put away, for the reader.
    """

    def __init__(self, nursery: Nursery, limits: Limits, memory_mb: int, first: tuple[str, int, Sequence[str]]) -> None:
        self.runs: tuple[Sheet, ...] = ()
        self.day = 0
        self.limits = limits
        self.why_asleep = ""
        self._nursery = nursery
        self._memory_mb = memory_mb
        self._first = first
        self._one_at_a_time = threading.Lock()
        self._changing = threading.Lock()
        self._child: Child | None = None
        self._settled: Child | None = None
        self._asleep = threading.Event()
        self.wake()

    @property
    def in_hand(self) -> Sheet:
        """The run on which levers act."""
        return self.runs[-1]

    @property
    def seed(self) -> int:
        """The seed of the runs."""
        return self.runs[0].seed

    @property
    def awake(self) -> bool:
        """Whether there is a process that plays it."""
        return self._child is not None

    def wake(self) -> None:
        """Start a process for it, if there is none; what it had is played again when something is asked of it."""
        with self._changing:
            if self._child is None:
                self._child = self._nursery.start(hold_session, self.limits, self._memory_mb)
                self._asleep = threading.Event()

    def put_away(self, why: str) -> None:
        """End its process at once, whatever it is doing; what it takes to go on is kept.

        Args:
            why: for the reader.
        """
        with self._changing:
            if self._child is not None:
                child, self._child, self._settled, self.why_asleep = self._child, None, None, why
                child.end()
                self._asleep.set()

    def look_after(self) -> None:
        """Notice it when the process has died."""
        child = self._child
        if child is not None and not child.process.is_alive():
            self._gone(child)

    def wait_until_asleep(self) -> str:
        """Wait until it is put away or dies; return why."""
        self._asleep.wait()
        return self.why_asleep

    def settle(self) -> None:
        """Wait until it shows what it should."""
        with self._one_at_a_time:
            self._settled_child()

    def next(self, day: int, have: Sequence[tuple[int, int]]) -> list[Json]:
        """Play on and return what a page lacks; see `Session.next`."""
        news: list[Json] = self._ask("next", day, tuple(have))
        return news

    def open(self, scenario: str | Scenario, seed: int | None = None, settings: Sequence[str] = ()) -> None:
        """Begin anew with a scenario; see `Session.open`."""
        with self._one_at_a_time:
            child = self._awake_child()
            first = (scenario, self.seed if seed is None else seed, tuple(settings))
            self._exchange(child, self._begin(first) if child is not self._settled else Ask("open", first))

    def twin(self, scenario: str | Scenario, settings: Sequence[str] = ()) -> None:
        """Put another scenario beside the first run; see `Session.twin`."""
        self._ask("twin", scenario, tuple(settings))

    def pull(self, pulls: Sequence[Pull], day: int) -> None:
        """Pull levers on the run in hand; see `Session.pull`."""
        self._ask("pull", tuple(pulls), day)

    def keep(self, side: int) -> None:
        """Go on with one of two runs; see `Session.keep`."""
        self._ask("keep", side)

    def export(self, side: int = -1) -> tuple[str, str]:
        """Return the name and the text of a scenario file; see `Session.export`."""
        return self.runs[side].export()

    def _ask(self, what: str, *arguments: Any) -> Any:
        with self._one_at_a_time:
            return self._exchange(self._settled_child(), Ask(what, arguments))

    def _awake_child(self) -> Child:
        if self._child is None:
            raise AsleepError(self.why_asleep)
        return self._child

    def _settled_child(self) -> Child:
        """Return the process, which has been told by then what it plays."""
        child = self._awake_child()
        if child is not self._settled:
            self._exchange(child, Ask("take_up", (self.runs, self.day)) if self.runs else self._begin(self._first))
        return child

    def _begin(self, first: tuple[str | Scenario, int, Sequence[str]]) -> Ask:
        """Return what makes a fresh process begin; its runs have numbers that no page has seen."""
        return Ask("begin", (*first, 1 + max((run.number for run in self.runs), default=0)))

    def _exchange(self, child: Child, ask: Ask) -> Any:
        try:
            child.connection.send(ask)
            answer: Answer = child.connection.recv()
        except (EOFError, OSError):
            self._gone(child)
            raise AsleepError(self.why_asleep) from None
        return self._heard(child, answer)

    def _gone(self, child: Child) -> None:
        """Put away what is left when a process has gone by itself."""
        if child is self._child:
            self.put_away(DIED)

    def _heard(self, child: Child, answer: Answer) -> Any:
        if isinstance(answer.error, AsleepError):
            self.put_away(str(answer.error))
            raise answer.error
        if answer.sheets is not None:
            self.runs = answer.sheets
        if answer.day is not None:
            self.day, self._settled = answer.day, child
        if answer.fault:
            logging.getLogger(__name__).error("in a session's process:\n%s", answer.fault)
        if answer.error is not None:
            raise answer.error
        return answer.value
