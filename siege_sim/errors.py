"""The family of errors that a user can put right (`SiegeError`). Anything else that escapes is a bug."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

MOST_PROBLEMS_NAMED = 20
"""How many problems a message names; of the others it says how many there are."""

LONGEST_PROBLEM = 900
"""Characters of a problem, so that a message has at most 20 kB."""

LONGEST_NAME_SHOWN = 80
"""Characters of a name in a message."""

JOINERS = "\u200c\u200d"
"""Invisible characters that belong to words of some scripts."""


class SiegeError(Exception):
    """Base of all known errors: the message names the place, the value and the way out."""


class ScenarioError(SiegeError):
    """A scenario, map or setting that cannot be used; ``problems`` holds one line each, of many the first ones."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = _the_first(problems)
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


def _the_first(problems: Iterable[str]) -> tuple[str, ...]:
    """Return as many problems as a reader can take in, in lines that a terminal can show."""
    lines = list(problems)
    if len(lines) > MOST_PROBLEMS_NAMED + 1:
        lines = [*lines[:MOST_PROBLEMS_NAMED], f"and at least {len(lines) - MOST_PROBLEMS_NAMED:,} more problems"]
    return tuple(printable(line) for line in lines)


def printable(text: str, most: int = LONGEST_PROBLEM) -> str:
    """Return a text as a terminal can show it: without control characters, and of a long one both ends."""
    if len(text) > most:
        end = most // 4
        text = f"{text[: most - end - 5]} ... {text[-end:]}"
    return "".join(f"<U+{ord(sign):04X}>" if is_control(sign) and sign != "\n" else sign for sign in text)


def is_control(sign: str) -> bool:
    """Return whether a character steers a terminal or the direction of a text, instead of being one to read."""
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") and sign not in JOINERS


def cut_name(name: object) -> str:
    """Return a name as messages show it: cut off when it is long."""
    text = str(name)
    return text if len(text) <= LONGEST_NAME_SHOWN else f"{text[: LONGEST_NAME_SHOWN - 3]}..."


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"``, or the list of known names when none is close."""
    known = sorted(map(cut_name, known))
    close = difflib.get_close_matches(cut_name(name), known, n=1, cutoff=0.6)
    if close:
        return f"; did you mean '{close[0]}'?"
    if not known:
        return ""
    shown = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    return f"; known here: {shown}"
