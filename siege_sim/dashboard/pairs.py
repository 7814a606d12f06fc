"""Pairs: two scenarios, both played on the same seeds in the background: one pair is not the effect."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.analysis.comparison.paired import mean_difference
from siege_sim.analysis.intervals import share_of
from siege_sim.dashboard.ensemble import (
    FEWEST_FOR_A_SPREAD,
    BackgroundRuns,
    charts_of_scenario,
    fans_of,
    fans_on_sides,
    seeds_in_words,
)
from siege_sim.results.curves import FAN_PERCENTILES, daily_percentiles, values_to
from siege_sim.results.endings import ending_texts
from siege_sim.results.numbers import NOTHING, number, percent, signed
from siege_sim.viewer.compared_rows import compared_rows
from siege_sim.viewer.frames import plain_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siege_sim.model.scenario import Scenario
    from siege_sim.results.run import CompactRun
    from siege_sim.runner.run import Job
    from siege_sim.viewer.frames import Json

    FloatArray = NDArray[np.float64]

PAIRS = 20
"""How many pairs are played."""


class Pairs(BackgroundRuns):
    """Runs of two scenarios on the same seeds, in the background.

    Args:
        scenarios: of A and of B.
        pairs: how many seeds.
        workers: processes for them.
        lock: held by the one set of runs that is running on a server.
        clock: seconds, for how long it still takes.
    """

    def __init__(
        self,
        scenarios: tuple[Scenario, Scenario],
        pairs: int,
        workers: int,
        lock: threading.Lock,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(2 * pairs, workers, lock)
        self._scenarios = scenarios
        self._clock = clock
        self._began: float | None = None
        self._runs: tuple[dict[int, CompactRun], dict[int, CompactRun]] = ({}, {})

    def _jobs(self) -> Sequence[Job]:
        """Return the two runs of each pair, one after the other."""
        from siege_sim.runner.run import jobs_of

        seeds = range(1, self.planned // 2 + 1)
        return [job for pair in zip(*(jobs_of(one, seeds) for one in self._scenarios), strict=True) for job in pair]

    def _begin(self) -> None:
        self._began = self._clock()

    def _keep(self, place: int, run: CompactRun) -> None:
        self._runs[place % 2][run.seed] = run

    @property
    def done(self) -> int:
        """How many runs are done."""
        return sum(map(len, self._runs))

    @property
    def both(self) -> tuple[list[CompactRun], list[CompactRun]]:
        """The runs of the pairs that are complete, in the order of the seeds."""
        seeds = sorted(self._runs[0].keys() & self._runs[1].keys())
        return [self._runs[0][seed] for seed in seeds], [self._runs[1][seed] for seed in seeds]

    def seconds_left(self) -> float | None:
        """Return about how long it still takes; ``None`` before the first run is done."""
        if self._began is None or not self.done:
            return None
        return (self._clock() - self._began) / self.done * (self.planned - self.done)

    def data(self) -> Json:
        """Return what a page shows of it."""
        first, second = self.both
        left = self.seconds_left()
        found = pairs_found(first, second, self._rows()) if len(first) >= FEWEST_FOR_A_SPREAD else {}
        return {
            "planned": self.planned,
            "done": self.done,
            "running": self.running,
            "waiting": self.running and self._began is None,
            "left": "" if left is None else duration_in_words(left),
            **found,
        }

    def _rows(self) -> list[Json]:
        return compared_rows([{"name": outcome.name, **outcome.about()} for outcome in self._scenarios[0].outcomes])

    def fans(self) -> Json | None:
        """Return the fans of both runs for the charts, once there are pairs enough to speak of a spread."""
        first, second = self.both
        if len(first) < FEWEST_FOR_A_SPREAD:
            return None
        drawn = charts_of_scenario(self._scenarios[0])
        return fans_on_sides([fans_of(runs, drawn) for runs in (first, second)])


def duration_in_words(seconds: float) -> str:
    """Return a duration, roughly: ``about 40 seconds``, ``about 3 minutes``."""
    if seconds < 90:
        return f"about {max(10, 10 * round(seconds / 10))} seconds"
    return f"about {round(seconds / 60)} minutes"


def pairs_found(first: Sequence[CompactRun], second: Sequence[CompactRun], rows: Sequence[Mapping[str, Any]]) -> Json:
    """Return what pairs of runs say: a row for each number, and how the sieges ended.

    Args:
        first: runs of A.
        second: runs of B with the same seeds in the same order.
        rows: as from ``compared_rows``.
    """
    last = max(len(run.series) for run in (*first, *second)) - 1
    seeds = seeds_in_words([run.seed for run in first])
    days = [np.array([float(run.summary["end_day"]) for run in runs]) for runs in (first, second)]
    return {
        "pairs": len(first),
        "seeds": seeds,
        "days": last,
        "endings": [_endings(first), _endings(second), _same_ending(first, second)],
        "rows": {
            "end_day": _row_found(*days),
            **{str(row["name"]): _curves_found(first, second, row["outcomes"], last) for row in rows},
        },
    }


def _curves_found(
    first: Sequence[CompactRun], second: Sequence[CompactRun], outcomes: Sequence[str], last: int
) -> Json:
    before, after = (np.stack([values_to(run, outcomes, last) for run in runs]) for runs in (first, second))
    ends = [
        np.array([run.series[list(outcomes)].iloc[-1].sum() for run in runs], dtype=float) for runs in (first, second)
    ]
    low, middle, high = daily_percentiles(after - before, FAN_PERCENTILES)
    bands = {"low": plain_numbers(low), "middle": plain_numbers(middle), "high": plain_numbers(high)}
    return {**_row_found(*ends), **bands}


def _row_found(before: FloatArray, after: FloatArray) -> Json:
    """Return the means of both, the mean difference with its interval, and in how many pairs it goes one way."""
    found = mean_difference(before, after)
    between = NOTHING if found.low is None else f"{signed(found.low)} to {signed(found.high)}"
    return {
        "before": number(found.before),
        "after": number(found.after),
        "difference": signed(found.middle),
        "between": between,
        "way": _way(after - before),
    }


def _way(gaps: FloatArray) -> str:
    """Return which way most pairs go, and in which share of ever more pairs that would be so."""
    lower, higher = int((gaps < 0).sum()), int((gaps > 0).sum())
    if not lower and not higher:
        return f"the same in all {len(gaps)} pairs"
    if lower == higher:
        return f"lower in {lower} of {len(gaps)} pairs, higher in as many"
    word, count, goes = ("lower", lower, gaps < 0) if lower > higher else ("higher", higher, gaps > 0)
    share = share_of(goes.astype(float))
    return f"{word} in {count} of {len(gaps)} pairs ({number(share.low, 'share')} to {percent(share.high)})"


def _endings(runs: Sequence[CompactRun]) -> str:
    counts = Counter(run.ending for run in runs)
    return ", ".join(f"{ending_texts(ending).label} {count}" for ending, count in counts.most_common())


def _same_ending(first: Sequence[CompactRun], second: Sequence[CompactRun]) -> str:
    same = sum(one.ending == other.ending for one, other in zip(first, second, strict=True))
    return f"the same ending in {same} of {len(first)} pairs"
