"""The booth: a process that holds one session and does what it is asked, one thing after the other."""

from __future__ import annotations

import contextlib
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from siege_sim.dashboard.limits import AsleepError, Limits, SessionError, memory_capped, step_back
from siege_sim.dashboard.session import Session, Sheet
from siege_sim.errors import SiegeError
from siege_sim.runner.pool import live_with_the_driver


@dataclass(frozen=True)
class Ask:
    """Something to do.

    Attributes:
        what: a method of `Session`, or how it begins: ``begin`` or ``take_up``.
        arguments: for it.
    """

    what: str
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What came of it, and how the session stands.

    Attributes:
        value: what was returned, if it is wanted.
        error: what is wrong, for the reader.
        fault: where the program went wrong, if that is what happened.
        sheets: the runs; ``None`` when they are those of the answer before.
        day: the day to which they were played; ``None`` while there are none.
    """

    value: Any = None
    error: SiegeError | None = None
    fault: str = ""
    sheets: tuple[Sheet, ...] | None = None
    day: int | None = None


def hold_session(connection: Connection[Any, Any], limits: Limits, memory_mb: int) -> None:
    """Hold a session until the pipe ends, or until it needs more memory than it may have.

    Args:
        connection: `Ask` comes in, `Answer` goes out.
        limits: of the session.
        memory_mb: how much it may have.
    """
    live_with_the_driver()
    step_back()
    with contextlib.suppress(EOFError, OSError):
        try:
            with memory_capped(memory_mb):
                _answer_all(connection, _Booth(limits))
        except MemoryError:
            connection.send(Answer(error=AsleepError(_TOO_LARGE.format(memory_mb=memory_mb))))


_TOO_LARGE = (
    "this needs more memory than a session here may have ({memory_mb:,} MB); raise population.persons_per_household, "
    "lower days, or take a smaller scenario"
)


def _answer_all(connection: Connection[Any, Any], booth: _Booth) -> None:
    while True:
        connection.send(booth.answer(connection.recv()))


class _Booth:
    """Holds the session, and remembers which runs it has told of."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._session: Session | None = None
        self._told: tuple[Sheet, ...] = ()

    def answer(self, ask: Ask) -> Answer:
        """Do something and tell what came of it."""
        try:
            value = self._do(ask)
        except SiegeError as error:
            return self._stands(error=error)
        except MemoryError:
            raise
        except Exception as error:  # a fault of the program must not end the reader's session
            says = f"the program failed at this ({type(error).__name__}); what you had is as it was. Please report it"
            return self._stands(error=SessionError(says), fault=traceback.format_exc())
        return self._stands(value=value)

    def _do(self, ask: Ask) -> Any:
        match ask.what, self._session:
            case "begin", _:
                scenario, seed, settings, first_number = ask.arguments
                self._session = Session(scenario, seed, self._limits, settings, first_number)
            case "take_up", _:
                sheets, day = ask.arguments
                self._session = Session.taken_up(sheets, day, self._limits)
            case "next", Session() as session:
                return session.next(*ask.arguments)
            case "open" | "twin" | "pull" | "keep", session:
                getattr(session, ask.what)(*ask.arguments)
        return None

    def _stands(self, **says: Any) -> Answer:
        session = self._session
        if session is None:
            return Answer(**says)
        sheets = tuple(run.sheet for run in session.runs)
        news, self._told = (None if sheets == self._told else sheets), sheets
        return Answer(sheets=news, day=session.day, **says)
