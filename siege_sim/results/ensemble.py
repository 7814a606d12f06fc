"""Many runs of one scenario, with what is needed to read them. Knows nothing of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from siege_sim.schema.lineage import Lineage
from siege_sim.schema.sides import Sides

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from siege_sim.results.run import CompactRun


@dataclass(frozen=True)
class Town:
    """The ground on which runs take place.

    Attributes:
        name: of the city.
        cell_size_m: the side of a cell.
        quarters: names of the quarters.
        quarter: the quarter of each cell, shape ``(rows, columns)``.
        holder: who holds each cell on day 0, likewise, by the codes of the sides.
        ground: the kind of ground of each quarter.
    """

    name: str
    cell_size_m: float
    quarters: tuple[str, ...]
    quarter: NDArray[np.int64] = field(repr=False)
    holder: NDArray[np.int64] = field(repr=False)
    ground: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunSet:
    """Many runs of one scenario that differ in their seed only.

    Attributes:
        name: of the scenario.
        title: of it, with what was changed in it where its name does not say so.
        summary: of it.
        lineage: how it came about.
        scenario: all of it, as plain data.
        sides: who holds ground.
        start: the date of day 0.
        days: after how many days the runs were stopped, if so.
        outcomes: the outcomes of a day by name, as in a run's manifest.
        town: the ground.
        runs: in the order of their seeds; at least one.
        digest: of the scenario.
        drawn_from: in words, what parameters were drawn from that are not the scenario's in these runs; empty where all
            are the scenario's.
        drawn: their values in each run, by key.
    """

    name: str
    title: str
    summary: str
    lineage: tuple[Lineage, ...]
    scenario: Mapping[str, Any] = field(repr=False)
    sides: Sides
    start: date
    days: int | None
    outcomes: Mapping[str, Mapping[str, Any]] = field(repr=False)
    town: Town = field(repr=False)
    runs: tuple[CompactRun, ...] = field(repr=False)
    digest: str = ""
    drawn_from: str = ""
    drawn: tuple[Mapping[str, float | int], ...] = field(default=(), repr=False)

    @property
    def seeds(self) -> tuple[int, ...]:
        """Of the runs."""
        return tuple(run.seed for run in self.runs)

    @property
    def last_day(self) -> int:
        """The last day of the longest run."""
        return max(len(run.series) for run in self.runs) - 1

    @property
    def seeds_text(self) -> str:
        """Which runs these are, in words."""
        if len(self.runs) == 1:
            return f"1 run, seed {self.seeds[0]}"
        return f"{len(self.runs):,} runs, seeds {self.seeds[0]:,} to {self.seeds[-1]:,}"
