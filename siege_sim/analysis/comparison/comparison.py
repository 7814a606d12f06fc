"""Runs of what-ifs beside those of their baseline, as they come in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from siege_sim.analysis.comparison.paired import mean_difference
from siege_sim.results.endings import ENDING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siege_sim.analysis.comparison.compared import ComparedQuantity, Target
    from siege_sim.analysis.comparison.traces import Trace

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Arm:
    """One of the scenarios that are compared.

    Attributes:
        name: of the scenario.
        title: of it.
        summary: of it.
        changed: what was changed in it, in sentences.
        about: the outcomes that it is about, as a what-if.
        doubts: what the validation of the model doubts about its levers.
    """

    name: str
    title: str
    summary: str
    changed: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class InterimLook:
    """A look at the interval while runs were added: at how many pairs, and how wide the widest was."""

    pairs: int
    width: float


@dataclass(frozen=True)
class Comparison:
    """Runs of a baseline and of what-ifs with the same seeds.

    Attributes:
        arms: the scenarios, the baseline first.
        quantities: what is compared.
        start: the date of day 0.
        last_day: the last day on which they are compared.
        until: how narrow an interval was asked for, if any was.
        traces: what is left of the runs of each arm, in the order of the seeds.
        looks: the looks at that interval.
        settings: what was changed in all scenarios, as ``key=value``.
        days: after how many days the runs were stopped, if so.
        together: the place of the scenario that has what all the other what-ifs change, if one has.
    """

    arms: tuple[Arm, ...]
    quantities: tuple[ComparedQuantity, ...]
    start: date
    last_day: int
    until: Target | None
    traces: tuple[tuple[Trace, ...], ...] = field(repr=False)
    looks: tuple[InterimLook, ...] = ()
    settings: tuple[str, ...] = ()
    days: int | None = None
    together: int | None = None

    @property
    def pairs(self) -> int:
        """How many runs of each scenario there are."""
        return len(self.traces[0])

    @property
    def baseline(self) -> Arm:
        """What the others are compared with."""
        return self.arms[0]

    @property
    def what_ifs(self) -> tuple[Arm, ...]:
        """The scenarios that are compared with the baseline."""
        return self.arms[1:]

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds, the same for every scenario."""
        return tuple(trace.seed for trace in self.traces[0])

    @property
    def narrow_enough(self) -> bool | None:
        """Whether the interval that was asked for was reached; ``None`` when none was."""
        return None if self.until is None or not self.looks else self.looks[-1].width <= self.until.width

    def with_more(self, traces: Sequence[Sequence[Trace]]) -> Comparison:
        """Return the comparison with more runs of every scenario."""
        return replace(self, traces=tuple((*had, *more) for had, more in zip(self.traces, traces, strict=True)))

    def after_look(self, look: InterimLook) -> Comparison:
        """Return the comparison after one more look at the interval."""
        return replace(self, looks=(*self.looks, look))

    def widest(self, name: str) -> float:
        """Return the width of the widest interval of an outcome, over all what-ifs."""
        row = [quantity.name for quantity in self.quantities].index(name)
        base, *others = (self.numbers(arm)[:, row] for arm in range(len(self.arms)))
        return max(mean_difference(base, other).width for other in others)

    def numbers(self, arm: int) -> FloatArray:
        """Return the numbers of every run of a scenario, shape ``(runs, quantities)``."""
        return np.stack([trace.numbers for trace in self.traces[arm]])

    def runs_table(self) -> pd.DataFrame:
        """Return a row a scenario and seed, with the numbers of the run."""
        names = [quantity.name for quantity in self.quantities if quantity.name != ENDING]
        kept = [row for row, quantity in enumerate(self.quantities) if quantity.name != ENDING]
        return pd.DataFrame(
            [
                {
                    "scenario": arm.name, "seed": trace.seed, ENDING: trace.ending,
                    **dict(zip(names, trace.numbers[kept].tolist(), strict=True)),
                }
                for arm, traces in zip(self.arms, self.traces, strict=True)
                for trace in traces
            ]
        )  # fmt: skip
