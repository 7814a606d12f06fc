"""A session in a process of its own: what is heavy for one reader is not felt by the others.

What it takes to repeat the runs is kept here. So the process can be ended at any time, by whoever needs its slot or by
its own death, and another can continue where it was.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from siege_sim.dashboard.limits import Limits, SessionError, SessionSuspendedError
from siege_sim.dashboard.runs import RunDefinition, SessionState, ShownRuns, shown_run
from siege_sim.dashboard.session_worker import Request, Response, serve_session

if TYPE_CHECKING:
    from siege_sim.dashboard.branching import ScenarioEdit
    from siege_sim.dashboard.forkserver import ChildProcess, ForkServer
    from siege_sim.model.scenario import Scenario
    from siege_sim.viewer.frames import Json

PROCESS_DIED = "the process of this session ended unexpectedly, perhaps because memory ran out"


class RemoteSession:
    """Does what `Session` does, in a process of its own.

    Args:
        fork_server: starts the process.
        limits: what the session may ask of the machine.
        memory_mb: how much memory the process may take.
        first: the scenario, seed and settings to open with.
        texts: kept sessions; it continues with the first that can be read, if one can.
        day: on which day, at least.

    Attributes:
        limits: what it may ask of the machine.
        suspend_reason: why it was suspended, for the reader.
    """

    def __init__(
        self,
        fork_server: ForkServer,
        limits: Limits,
        memory_mb: int,
        first: tuple[str, int, Sequence[str]],
        texts: Sequence[str] = (),
        day: int = 0,
    ) -> None:
        self.limits = limits
        self.suspend_reason = ""
        self._fork_server = fork_server
        self._memory_mb = memory_mb
        self._first = first
        self._kept = tuple(texts), day
        self._lesson = ""
        self._state: SessionState | None = None
        self._request_lock = threading.Lock()
        self._process_lock = threading.Lock()
        self._child: ChildProcess | None = None
        self._ready: ChildProcess | None = None
        self._suspended = threading.Event()
        self.resume()

    @property
    def state(self) -> SessionState:
        """All that it takes to continue elsewhere."""
        if self._state is None:
            raise SessionError("the session has not begun yet")
        return self._state

    @property
    def runs(self) -> tuple[RunDefinition, ...]:
        """The definitions of what is shown."""
        return () if self._state is None else self._state.shown.runs

    @property
    def day(self) -> int:
        """The last day that was run."""
        return 0 if self._state is None else self._state.shown.day

    @property
    def current(self) -> RunDefinition:
        """The run that edits change."""
        return self.runs[-1]

    @property
    def seed(self) -> int:
        """The seed of the runs."""
        return self.runs[0].seed

    @property
    def active(self) -> bool:
        """Whether it has a process."""
        return self._child is not None

    def resume(self) -> None:
        """Start a process for it, if there is none; its runs are repeated there with the first request."""
        with self._process_lock:
            if self._child is None:
                self._child = self._fork_server.start(serve_session, self.limits, self._memory_mb)
                self._suspended = threading.Event()

    def suspend(self, reason: str) -> None:
        """End its process at once, whatever it is doing; what it takes to continue is kept.

        Args:
            reason: for the reader.
        """
        with self._process_lock:
            if self._child is not None:
                child, self._child, self._ready, self.suspend_reason = self._child, None, None, reason
                child.kill()
                self._suspended.set()

    def check_process(self) -> None:
        """Suspend the session when its process has died."""
        child = self._child
        if child is not None and not child.process.is_alive():
            self._process_ended(child)

    def wait_until_suspended(self) -> str:
        """Wait until it is suspended or its process dies; return why."""
        self._suspended.wait()
        return self.suspend_reason

    def wait_until_ready(self) -> None:
        """Wait until its process has the runs that it should have."""
        with self._request_lock:
            self._ready_process()

    def advance(self, day: int, have: Sequence[tuple[int, int]]) -> list[Json]:
        """Run on and return what a page lacks; see `Session.advance`."""
        updates: list[Json] = self._request("advance", day, tuple(have))
        return updates

    def open(self, scenario: str | Scenario, seed: int | None = None, settings: Sequence[str] = ()) -> None:
        """Begin anew with a scenario; see `Session.open`."""
        with self._request_lock:
            child = self._active_process()
            first = (scenario, self.seed if seed is None else seed, tuple(settings))
            self._exchange(child, self._start(first) if child is not self._ready else Request("open", first))

    def open_text(self, name: str, text: str) -> None:
        """Begin anew with the scenario of a file that a reader sent; see `Session.open_text`."""
        self._request("open_text", name, text)

    def open_beside(self, scenario: str | Scenario, settings: Sequence[str] = ()) -> None:
        """Put another scenario beside the first run; see `Session.open_beside`."""
        self._request("open_beside", scenario, tuple(settings))

    def show(self, shown: ShownRuns) -> None:
        """Show runs that are given as a whole; see `Session.show`."""
        self._request("show", shown)

    def branch(self, edits: Sequence[ScenarioEdit], day: int) -> None:
        """Branch the current run; see `Session.branch`."""
        self._request("branch", tuple(edits), day)

    def keep_only(self, number: int) -> None:
        """Continue with one of two runs; see `Session.keep_only`."""
        self._request("keep_only", number)

    def undo(self) -> None:
        """Show the runs that were shown before; see `Session.undo`."""
        self._request("undo")

    def go_back(self, numbers: Sequence[int]) -> None:
        """Show runs that were shown before, by their numbers; see `Session.go_back`."""
        self._request("go_back", tuple(numbers))

    def account(self) -> Json:
        """Return what is said of the runs; see `Session.account`."""
        found: Json = self._request("account")
        return found

    def export(self, number: int | None = None) -> tuple[str, str]:
        """Return the name and the text of a scenario file; see `Session.export`."""
        return (self.current if number is None else shown_run(self.runs, number)).export()

    def _request(self, method: str, *arguments: Any) -> Any:
        with self._request_lock:
            return self._exchange(self._ready_process(), Request(method, arguments))

    def _active_process(self) -> ChildProcess:
        if self._child is None:
            raise SessionSuspendedError(self.suspend_reason)
        return self._child

    def _ready_process(self) -> ChildProcess:
        """Return the process, which has got its runs by then."""
        child = self._active_process()
        if child is not self._ready:
            self._lesson = self._exchange(child, self._beginning()) or self._lesson
        return child

    def take_lesson(self) -> str:
        """Return, once, the lesson that was read beside the session with which this one continues."""
        lesson, self._lesson = self._lesson, ""
        return lesson

    def _start(self, first: tuple[str | Scenario, int, Sequence[str]]) -> Request:
        """Return what makes a fresh process begin with a scenario, after what was shown before."""
        return Request("start", (*first, self._state))

    def _beginning(self) -> Request:
        if self._state is not None:
            return Request("restore", (self._state,))
        texts, day = self._kept
        return Request("continue", (texts, day, self._first)) if texts else self._start(self._first)

    def _exchange(self, child: ChildProcess, request: Request) -> Any:
        try:
            child.connection.send(request)
            response: Response = child.connection.recv()
        except (EOFError, OSError):
            self._process_ended(child)
            raise SessionSuspendedError(self.suspend_reason) from None
        return self._take(child, response)

    def _process_ended(self, child: ChildProcess) -> None:
        """Clear up when a process has ended by itself."""
        if child is self._child:
            self.suspend(PROCESS_DIED)

    def _take(self, child: ChildProcess, response: Response) -> Any:
        if isinstance(response.error, SessionSuspendedError):
            self.suspend(str(response.error))
            raise response.error
        if response.state is not None:
            self._state = response.state
        if response.day is not None and self._state is not None:
            self._state = replace(self._state, shown=replace(self._state.shown, day=response.day))
            self._ready = child
        if response.fault:
            logging.getLogger(__name__).error("in a session's process:\n%s", response.fault)
        if response.error is not None:
            raise response.error
        return response.value
