"""How many readers a server holds: ``python -m tests.benchmarks --sessions [HOW MANY]``.

So many sessions run at once, each asked for by a thread of its own as on the server; each day's frame is made and
written as it would be sent. Once in the server's own process, once as a class, and once as a class with one more reader
whose sieges are as heavy as they may be. No browsers and no network.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import resource
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from siege_sim.dashboard.branching import SetParameter
from siege_sim.dashboard.limits import Limits, SessionError, SessionSuspendedError
from siege_sim.dashboard.server_settings import CLASS_SETTINGS, ServerSettings
from siege_sim.dashboard.sessions import AnySession, Sessions
from siege_sim.loading.scenario import load_scenario

COARSE = ("population.persons_per_household=50",)
HEAD = ("", "days/s", "wait ms", "99 % ms", "first days ms", "last days ms", "MB a session", "MB in all")


def resident_mb() -> float:
    """Return the memory of this process now, in MB (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def memory_of(process: int) -> tuple[float, float]:
    """Return what a process has alone, and its share of what it has with others, in MB (Linux)."""
    lines = [line.split() for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]]
    kb = {words[0].rstrip(":"): int(words[1]) for words in lines}
    return (kb["Private_Clean"] + kb["Private_Dirty"]) * 1.024e-3, kb["Pss"] * 1.024e-3


def play(session: AnySession, days: int, waits: list[float]) -> None:
    """Run day by day and note how long each took until it was written."""
    number, have = session.runs[0].number, 0
    for day in range(1, days + 1):
        began = time.perf_counter()
        json.dumps(session.advance(day, [(number, have)] if have else []))
        have = day + 1
        waits.append(time.perf_counter() - began)


def weigh(session: AnySession, stopped: threading.Event) -> None:
    """Branch on the last day again and again: the most that one reader can ask for at once."""
    while not stopped.is_set():
        with contextlib.suppress(SessionSuspendedError):  # all is over
            try:
                session.branch([SetParameter("sorties", "per_day", 1.0)], 399)
            except SessionError:  # the siege is over by then; it was run all the same
                session.open(session.runs[0].scenario)


def measured(label: str, settings: ServerSettings, sessions: int, days: int, heavy: bool = False) -> Sequence[str]:
    """Let so many sessions run at once, and return a line of the table."""
    server = Sessions(replace(settings, max_sessions=sessions + 2, limits=Limits()))
    server.preload()
    play(server.attach("warm"), 3, [])
    before = resident_mb()
    many = [server.attach(f"reader {number}") for number in range(sessions)]
    stopped = threading.Event()
    if heavy:
        one = server.attach("heavy")
        one.open(load_scenario("aleppo_2016", ["population.persons_per_household=4.2", "days=400"]))
        threading.Thread(target=weigh, args=(one, stopped), daemon=True).start()
    waits: list[list[float]] = [[] for _ in many]
    threads = [threading.Thread(target=play, args=(one, days, wait)) for one, wait in zip(many, waits, strict=True)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    stopped.set()
    memory = _memory(many, before)
    server.close()
    each = 1000.0 * np.array(waits)
    early, late = each[:, :5].mean(), each[:, -5:].mean()
    numbers = (sessions * days / took, np.median(each), np.percentile(each, 99), early, late, *memory)
    return (label, *(f"{number:,.0f}" for number in numbers))


def _memory(many: Sequence[AnySession], before: float) -> tuple[float, float]:
    """Return what a session takes, and what all of this takes together, in MB."""
    children = [one._child.process.pid for one in many if hasattr(one, "_child")]
    if not children:
        return (resident_mb() - before) / len(many), resident_mb()
    alone, shares = np.array([memory_of(process) for process in children]).T
    return alone.mean() + (resident_mb() - before) / len(many), resident_mb() + shares.sum()


def rows(sessions: int = 30, days: int = 40, scenario: str = "aleppo_2016") -> list[Sequence[str]]:
    """Measure, and return the lines of a table."""
    one_process = ServerSettings(scenario, scenario_settings=COARSE)
    a_class = replace(CLASS_SETTINGS, scenario=scenario, scenario_settings=COARSE)
    fine = replace(a_class, scenario_settings=())
    return [
        HEAD,
        measured(f"{sessions} in one process, 50 persons a row", one_process, sessions, days),
        measured(f"{sessions} in a class, 50 persons a row", a_class, sessions, days),
        measured("the same beside a heavy one", a_class, sessions, days, heavy=True),
        measured("one in one process beside a heavy one", one_process, 1, days, heavy=True),
        measured("one in a class beside a heavy one", a_class, 1, days, heavy=True),
        measured(f"{sessions} in a class, as shipped", fine, sessions, days),
    ]


def main() -> None:
    """Measure fewer or shorter ones."""
    from tests.benchmarks.table import text

    parser = argparse.ArgumentParser(description=__doc__)
    for name, usual in (("sessions", 30), ("days", 40)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    print(text(rows(**vars(parser.parse_args()))))


if __name__ == "__main__":
    main()
