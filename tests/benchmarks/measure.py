"""Measuring time and memory."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, TypeVar

Thing = TypeVar("Thing")


@dataclass
class Repeats:
    """Seconds of building and of playing, each time, and the peak memory after the first time."""

    builds: list[float] = field(default_factory=list)
    loops: list[float] = field(default_factory=list)
    peak_mb: float = 0.0


class Stopwatch:
    """A function that adds up the time of its calls."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.seconds = 0.0

    def __call__(self, *arguments: Any) -> Any:
        """Call the function."""
        began = time.perf_counter()
        result = self.function(*arguments)
        self.seconds += time.perf_counter() - began
        return result


def repeat(
    build: Callable[[], Thing],
    play: Callable[[Thing], float | None],
    times: int = 1,
    seconds: float = 0.0,
    warm_up: Callable[[Thing], object] | None = None,
) -> Repeats:
    """Build and play something once to warm up, then again and again with the clock running.

    Memory is read after the warm-up: Mesa before 3.4 keeps models alive, so later repeats would add to it.

    Args:
        build: makes a new thing.
        play: plays it; may return the seconds that count instead of all of them.
        times: how many repeats there are at least.
        seconds: how long it goes on at least; short things find a quiet moment of the machine so.
        warm_up: what is done with the first thing, if not the same.
    """
    (warm_up or play)(build())
    done = Repeats(peak_mb=peak_mb())
    until = time.perf_counter() + seconds
    while len(done.loops) < times or time.perf_counter() < until:
        gc.collect()
        began = time.perf_counter()
        thing = build()
        built = time.perf_counter()
        counted = play(thing)
        ended = time.perf_counter()
        done.builds.append(built - began)
        done.loops.append(ended - built if counted is None else counted)
    return done


def import_seconds(*modules: str) -> float:
    """Import modules and return how long that took."""
    began = time.perf_counter()
    for module in modules:
        import_module(module)
    return time.perf_counter() - began


def peak_mb() -> float:
    """Return the largest resident memory of this process so far, in MB."""
    import resource  # not on Windows, where the rest of this package can still be imported

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
