"""What asks a process to end: Ctrl-C, a polite request, and a terminal that is closed."""

from __future__ import annotations

import signal

STOP_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


def active_stop_signals() -> list[signal.Signals]:
    """Return those that this process is not set to ignore, as ``nohup`` does with the last one."""
    return [number for number in STOP_SIGNALS if signal.getsignal(number) != signal.SIG_IGN]


def treat_stop_signals_as_ctrl_c() -> None:
    """Let all of them end this process as Ctrl-C does: with nothing half-written left behind."""
    for number in active_stop_signals():
        signal.signal(number, signal.default_int_handler)


def ignore_stop_signals() -> None:
    """Let none of them be heard any more: all is done, and this process is about to end by itself."""
    for number in active_stop_signals():
        signal.signal(number, signal.SIG_IGN)


def comes_of_ctrl_c(error: BaseException | None) -> bool:
    """Return whether Ctrl-C brought an error about: compiled code that meets it raises a SystemError from it."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__
    return error is not None
