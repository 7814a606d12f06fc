"""A session worker: a process that holds one session and answers requests, one after the other."""

from __future__ import annotations

import contextlib
import traceback
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

from siege_sim.dashboard.limits import Limits, SessionError, SessionSuspendedError, lower_priority, memory_capped
from siege_sim.dashboard.runs import SessionState
from siege_sim.dashboard.saved_session import first_readable
from siege_sim.dashboard.session import Session
from siege_sim.errors import SiegeError
from siege_sim.runner.pool import exit_with_parent


@dataclass(frozen=True)
class Request:
    """Something to do.

    Attributes:
        method: a method of `Session`, or how it begins: ``start``, ``restore`` or ``continue``.
        arguments: for it.
    """

    method: str
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Response:
    """What came of a request, and the state of the session.

    Attributes:
        value: what was returned, if it is wanted.
        error: what is wrong, for the reader.
        fault: the traceback of a fault of the program, if that is what happened.
        state: of the session; ``None`` when only its day differs from the response before.
        day: the last day that was run; ``None`` while there are no runs.
    """

    value: Any = None
    error: SiegeError | None = None
    fault: str = ""
    state: SessionState | None = None
    day: int | None = None


def serve_session(connection: Connection[Any, Any], limits: Limits, memory_mb: int) -> None:
    """Hold a session until the pipe ends, or until it needs more memory than it may have.

    Args:
        connection: `Request` comes in, `Response` goes out.
        limits: of the session.
        memory_mb: how much it may have.
    """
    exit_with_parent()
    lower_priority()
    with contextlib.suppress(EOFError, OSError):
        try:
            with memory_capped(memory_mb):
                _answer_all(connection, _SessionWorker(limits))
        except MemoryError:
            connection.send(Response(error=SessionSuspendedError(_TOO_LARGE.format(memory_mb=memory_mb))))


_TOO_LARGE = (
    "this needs more memory than a session here may have ({memory_mb:,} MB); raise population.persons_per_household, "
    "lower days, or take a smaller scenario"
)


def _answer_all(connection: Connection[Any, Any], worker: _SessionWorker) -> None:
    while True:
        connection.send(worker.answer(connection.recv()))


class _SessionWorker:
    """Holds the session, and remembers which runs it has reported."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._session: Session | None = None
        self._reported: SessionState | None = None

    def answer(self, request: Request) -> Response:
        """Do what is requested and report what came of it."""
        try:
            value = self._do(request)
        except SiegeError as error:
            return self._response(error=error)
        except MemoryError:
            raise
        except Exception as error:  # a fault of the program must not end the reader's session
            text = f"the program failed at this ({type(error).__name__}); your session is unchanged. Please report it"
            return self._response(error=SessionError(text), fault=traceback.format_exc())
        return self._response(value=value)

    def _do(self, request: Request) -> Any:
        match request.method, self._session:
            case "start", _:
                scenario, seed, settings, after = request.arguments
                self._session = Session(scenario, seed, self._limits, settings, after)
            case "restore", _:
                (state,) = request.arguments
                self._session = Session.restored(state, self._limits)
            case "continue", _:
                texts, day, (scenario, seed, settings) = request.arguments
                found = first_readable(texts, day, self._limits)
                self._session = (
                    Session(scenario, seed, self._limits, settings)
                    if found is None
                    else Session.restored(found[0], self._limits)
                )
                return "" if found is None else found[1]
            case "advance", Session() as session:
                return session.advance(*request.arguments)
            case "account", Session() as session:
                return session.account()
            case "open" | "open_text" | "open_beside" | "show" | "branch" | "keep_only" | "undo" | "go_back", session:
                getattr(session, request.method)(*request.arguments)
        return None

    def _response(self, **result: Any) -> Response:
        session = self._session
        if session is None:
            return Response(**result)
        state = session.state
        lasting = replace(state, shown=replace(state.shown, day=0))
        changed, self._reported = (None if lasting == self._reported else state), lasting
        return Response(state=changed, day=state.shown.day, **result)
