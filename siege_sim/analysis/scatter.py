"""A quantity against the numeric factors that go furthest with it, point by point and in means of equal parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from siege_sim.analysis.design import coordinates, is_numeric, name_text
from siege_sim.analysis.intervals import LEVEL
from siege_sim.analysis.quantities import by_point
from siege_sim.analysis.ranking import ORDINALS, ranking_of
from siege_sim.analysis.sensitivity import most_important
from siege_sim.results.numbers import number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siege_sim.analysis.quantities import Quantity
    from siege_sim.results.sweep import Factor, Sweep

MOST_SCATTER_PANELS = 4
BINS = 8

MOST_RANKED = 12
"""How many factors are looked at for panels."""

LEAST_FOR_INTERVAL = 8
"""With fewer points no interval of a correlation is told."""


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
class GoesWith:
    """How far a factor and a quantity go together.

    Attributes:
        factor: which.
        rank: Spearman's rank correlation over the points.
        reach: half the width of its 95 % interval.
        clear: whether that interval leaves out zero.
    """

    factor: Factor
    rank: float
    reach: float
    clear: bool

    @property
    def words(self) -> str:
        """The factor with its correlation."""
        return f"{name_text(self.factor)} (rank correlation {number(self.rank)} ± {number(self.reach)})"


@dataclass(frozen=True)
class Scatter:
    """A quantity against some factors.

    Attributes:
        quantity: which.
        values: its mean at every point, missing where none is known.
        panels: against which factors, the one that goes furthest with it first.
        strongest: the factor with the largest rank correlation, whether it is numeric or not.
        rank: that correlation.
        ranks: every factor that differs, the one that goes furthest with it first.
    """

    quantity: Quantity
    values: NDArray[np.float64]
    panels: tuple[Against, ...]
    strongest: Factor
    rank: float
    ranks: tuple[GoesWith, ...] = ()

    @property
    def in_short(self) -> str:
        """Which factors it goes with and in which order, as far as the points can tell."""
        clear = [one for one in self.ranks if one.clear]
        points = f"these {int(np.isfinite(self.values).sum()):,} points"
        if not clear:
            return f"No factor clearly goes with it at {points}."
        sizes, reach = (np.array([value(one) for one in self.ranks]) for value in (lambda one: abs(one.rank), _reach))
        settled = min(len(ranking_of([one.words for one in self.ranks], sizes, reach).settled), len(clear))
        places = [f"{place} {one.words}" for place, one in zip(ORDINALS, clear[:settled], strict=False)]
        open_ = clear[settled:]
        if len(open_) == 1 and places:
            places.append(f"then {open_[0].words}")
        elif open_:
            first = "the order of the next" if places else "Which of these comes first"
            places.append(f"{first} is undecided with these runs: {', '.join(one.words for one in open_)}")
        rest = len(self.ranks) - len(clear)
        others = f" {_others(rest)} cannot be told from chance at {points}." if rest else ""
        return f"{'; '.join(places)}.{others}"

    @property
    def sentence(self) -> str:
        """How the figure of it is read, and what goes furthest with the quantity."""
        strongest = f"Strongest: {name_text(self.strongest)} (rank correlation {number(self.rank)})."
        return (
            f"Each dot is a point of the design (mean of its seeds); lines are means of {BINS} equal parts. "
            f"{strongest if number(self.rank) != '0' else 'No factor goes with it.'}"
        )


def _reach(one: GoesWith) -> float:
    return one.reach


def _others(count: int) -> str:
    return "The other factor" if count == 1 else f"The other {count} factors"


def scatter_of(sweep: Sweep, quantity: Quantity) -> Scatter:
    """Return a quantity against the numeric factors that go furthest with it."""
    ranked = most_important(sweep, quantity, len(sweep.factors))
    values = np.asarray(by_point(sweep, quantity), dtype=np.float64)
    factors = [factor for factor in ranked[:MOST_RANKED] if is_numeric(sweep, factor)][:MOST_SCATTER_PANELS]
    panels = tuple(_against(sweep, factor, values) for factor in factors)
    table = coordinates(sweep, ranked)
    ranks = [_goes_with(factor, table[:, column], values) for column, factor in enumerate(ranked)]
    return Scatter(quantity, values, panels, ranked[0], ranks[0].rank, tuple(ranks))


def _goes_with(factor: Factor, x: NDArray[np.float64], values: NDArray[np.float64]) -> GoesWith:
    """Return how far a factor and a quantity go together, with the interval of Bonett and Wright."""
    rank, known = _rank(x, values), int((np.isfinite(values) & np.isfinite(x)).sum())
    if known < LEAST_FOR_INTERVAL:
        return GoesWith(factor, rank, float("inf"), clear=False)
    middle = np.arctanh(np.clip(rank, -0.9999, 0.9999))
    wide = stats.norm.ppf(0.5 + LEVEL / 2) * np.sqrt((1.0 + rank**2 / 2.0) / (known - 3))
    ends = np.tanh([middle - wide, middle + wide])
    return GoesWith(factor, rank, float(np.abs(ends - rank).max()), clear=bool(abs(middle) > wide))


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
