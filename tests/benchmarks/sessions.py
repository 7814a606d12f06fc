"""How many readers a server holds: ``python -m tests.benchmarks.sessions [scenario] [sessions] [days]``.

So many sessions play at once, each in a thread of its own as on the server; each day's frame is made and written as it
would be sent. Told: days a second of all together, how long one reader waits for a day, and memory a session.
"""

from __future__ import annotations

import json
import resource
import sys
import threading
import time

import numpy as np

from siege_sim.dashboard.session import Session

COARSE = ("population.persons_per_household=50",)


def resident_mb() -> float:
    """Return the memory of this process now, in MB (Linux)."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


def play(session: Session, days: int, waits: list[float]) -> None:
    have = 0
    for day in range(1, days + 1):
        began = time.perf_counter()
        session.play_to(day)
        news = session.news([(session.runs[0].number, have)] if have else [])
        json.dumps(news)
        have = day + 1
        waits.append(time.perf_counter() - began)


def main(scenario: str = "aleppo_2016", sessions: int = 30, days: int = 40) -> None:
    warm = Session(scenario, settings=COARSE)
    play(warm, 3, [])
    before = resident_mb()
    many = [Session(scenario, seed, settings=COARSE) for seed in range(1, sessions + 1)]
    waits: list[list[float]] = [[] for _ in many]
    threads = [threading.Thread(target=play, args=(one, days, wait)) for one, wait in zip(many, waits, strict=True)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    each = np.concatenate([np.array(wait) for wait in waits]) * 1000.0
    early, late = (np.concatenate([np.array(w[part]) for w in waits]).mean() for part in (slice(1, 6), slice(-5, None)))
    print(f"{sessions} sessions of {scenario}, {days} days each: {sessions * days / took:.0f} days a second together")
    print(f"a reader waits {np.median(each):.0f} ms for a day, {np.percentile(each, 99):.0f} ms at worst (99 %)")
    print(f"first days {early * 1000:.0f} ms, last days {late * 1000:.0f} ms")
    print(f"memory a session: {(resident_mb() - before) / sessions:.1f} MB")


if __name__ == "__main__":
    words = sys.argv[1:]
    main(*words[:1], *(int(word) for word in words[1:]))
