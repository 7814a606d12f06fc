"""Runs as checks read them: those of a scenario, or those of some points of a sweep."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.results.endings import ENDING, ENDINGS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[Any]

BASELINE = "baseline"
"""What the runs are called that others are compared with; alone in a check: the same thing, of the baseline."""

ALL_RUNS = "all"
"""What the runs of a sweep are called, all together."""


@dataclass(frozen=True)
class PlayedRuns:
    """Runs with what checks read of them: of one scenario, or of some points of a sweep.

    Attributes:
        start: the date of day 0.
        last_day: the last day that runs may have.
        seeds: the runs' seeds.
        whole: an array of one value a run for every outcome and factor; words for the ending and for choices.
        daily: an array ``(runs, days)`` for every outcome of a day; after a siege's end what held last, nothing after
            a run was stopped, and nothing on days that a sweep does not keep.
        points: the point of each run of a sweep; none for a scenario.
        factors: the words that a factor of a sweep can be, by its name; none for numbers.
        partners: what a run has in common with its partner among other runs; its seed, where nothing is said.
        clusters: the number of the draw that a run belongs to, where claims are tried on other draws.
        every_days: how far apart the days are that are kept.
    """

    start: date
    last_day: int
    seeds: tuple[int, ...]
    whole: Mapping[str, Values] = field(repr=False)
    daily: Mapping[str, Values] = field(repr=False)
    points: tuple[int, ...] = ()
    factors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    partners: tuple[Hashable, ...] = ()
    clusters: Values | None = None
    every_days: int = 1

    def only(self, rows: Values) -> PlayedRuns:
        """Return some of the runs, by their places; one may come several times."""
        return replace(
            self,
            seeds=tuple(self.seeds[row] for row in rows),
            whole={name: values[rows] for name, values in self.whole.items()},
            daily={name: values[rows] for name, values in self.daily.items()},
            points=tuple(self.points[row] for row in rows) if self.points else (),
            partners=tuple(self.partners[row] for row in rows) if self.partners else (),
            clusters=None if self.clusters is None else self.clusters[rows],
        )

    def names_of(self, rows: Values) -> tuple[int | str, ...]:
        """Return what some runs are called: their seeds, or their points and seeds in the order of the points."""
        if not self.points:
            return tuple(self.seeds[row] for row in rows)
        places = sorted((self.points[row], self.seeds[row]) for row in rows)
        return tuple(f"point {point} with seed {seed}" for point, seed in places)

    def goes_with(self, other: PlayedRuns) -> bool:
        """Return whether each of these runs has its partner in the same place among others."""
        return (self.partners or self.seeds) == (other.partners or other.seeds)

    def words_of(self, name: str) -> tuple[str, ...] | None:
        """Return the words that something can be; None when it is a number."""
        if name == ENDING:
            return tuple(ENDINGS)
        return self.factors.get(name) or None

    def draws(self) -> Values:
        """Return the number of the draw that each run belongs to."""
        return np.arange(len(self.seeds)) if self.clusters is None else self.clusters
