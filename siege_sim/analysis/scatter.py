"""A quantity against the numeric factors that go furthest with it, point by point and in means of equal parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from siege_sim.analysis.design import coordinates, is_numeric, name_text
from siege_sim.analysis.quantities import by_point
from siege_sim.analysis.sensitivity import most_important
from siege_sim.results.numbers import number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siege_sim.analysis.quantities import Quantity
    from siege_sim.results.sweep import Factor, Sweep

MOST_SCATTER_PANELS = 4
BINS = 8


@dataclass(frozen=True)
class Against:
    """A quantity against one factor.

    Attributes:
        factor: which.
        x: its value at every point.
        means: mean of the factor and of the quantity in parts with equally many points, shape ``(parts, 2)``.
    """

    factor: Factor
    x: NDArray[np.float64]
    means: NDArray[np.float64]


@dataclass(frozen=True)
class Scatter:
    """A quantity against some factors.

    Attributes:
        quantity: which.
        values: its mean at every point, missing where none is known.
        panels: against which factors, the one that goes furthest with it first.
        strongest: the factor with the largest rank correlation, whether it is numeric or not.
        rank: that correlation.
    """

    quantity: Quantity
    values: NDArray[np.float64]
    panels: tuple[Against, ...]
    strongest: Factor
    rank: float

    @property
    def sentence(self) -> str:
        """How the figure of it is read, and what goes furthest with the quantity."""
        strongest = f"Strongest: {name_text(self.strongest)} (rank correlation {number(self.rank)})."
        return (
            f"Each dot is a point of the design (mean of its seeds); lines are means of {BINS} equal parts. "
            f"{strongest if number(self.rank) != '0' else 'No factor goes with it.'}"
        )


def scatter_of(sweep: Sweep, quantity: Quantity) -> Scatter:
    """Return a quantity against the numeric factors that go furthest with it."""
    ranked = most_important(sweep, quantity, 12)
    values = np.asarray(by_point(sweep, quantity), dtype=np.float64)
    factors = [factor for factor in ranked if is_numeric(sweep, factor)][:MOST_SCATTER_PANELS]
    panels = tuple(_against(sweep, factor, values) for factor in factors)
    return Scatter(quantity, values, panels, ranked[0], _rank(coordinates(sweep, [ranked[0]])[:, 0], values))


def _against(sweep: Sweep, factor: Factor, values: NDArray[np.float64]) -> Against:
    x = sweep.design[factor.name].to_numpy(dtype=float)
    known = np.isfinite(values) & np.isfinite(x)
    parts = min(BINS, len(np.unique(x[known])))
    edges = np.quantile(x[known], np.linspace(0, 1, parts + 1))
    place = np.clip(np.searchsorted(edges, x[known], side="right") - 1, 0, parts - 1)
    filled = [place == part for part in range(parts) if (place == part).any()]
    return Against(factor, x, np.array([(x[known][one].mean(), values[known][one].mean()) for one in filled]))


def _rank(x: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    known = np.isfinite(values) & np.isfinite(x)
    varied = known.sum() > 2 and np.ptp(values[known]) > 0
    return float(stats.spearmanr(x[known], values[known])[0]) if varied else 0.0
