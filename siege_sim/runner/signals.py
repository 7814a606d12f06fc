"""What asks a process to end: Ctrl-C, a polite request, and a terminal that is closed."""

from __future__ import annotations

import signal

ENDINGS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


def endings_that_count() -> list[signal.Signals]:
    """Return those that this process has not been told to ignore, as ``nohup`` does with the last one."""
    return [number for number in ENDINGS if signal.getsignal(number) != signal.SIG_IGN]


def end_as_by_ctrl_c() -> None:
    """Let all of them end this process as Ctrl-C does: with nothing half-written left behind."""
    for number in endings_that_count():
        signal.signal(number, signal.default_int_handler)
