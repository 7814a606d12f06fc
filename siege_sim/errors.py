"""The family of errors that a user can put right (`SiegeError`). Anything else that escapes is a bug."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class SiegeError(Exception):
    """Base of all known errors: the message names the place, the value and the way out."""


class ScenarioError(SiegeError):
    """A scenario, map or setting that cannot be used; ``problems`` holds one line each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[str, ...]]]:
        """Travel between processes with the list of problems, not with the joined message."""
        return type(self), (self.problems,)


class ResultError(SiegeError):
    """A results folder that cannot be written or read."""


class WorkerError(SiegeError):
    """Worker processes that keep dying; ``jobs`` are those that were on their way; at least one has to do with it."""

    def __init__(self, message: str, jobs: Iterable[object] = ()) -> None:
        self.jobs = tuple(jobs)
        super().__init__(message)


class StoppedError(SiegeError):
    """Stopped by the user; the message says what is kept and how to go on."""


class LedgerError(Exception):
    """The books do not balance: people, fighters or food were made or lost outside a named flow. Always a bug."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"``, or the list of known names when none is close."""
    known = sorted(known)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"; did you mean '{close[0]}'?"
    if not known:
        return ""
    shown = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    return f"; known here: {shown}"
