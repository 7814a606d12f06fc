"""Summaries by point, effects of one factor at a time, and tables for grids of two factors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.analysis.design import (
    few_levels,
    in_a_list,
    is_numeric,
    levels,
    moving,
    name_text,
    neighbours,
    value_text,
    value_with_unit,
)
from siege_sim.analysis.intervals import Estimate, paired_difference
from siege_sim.analysis.quantities import Quantity, by_replication
from siege_sim.results.numbers import signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siege_sim.results.sweep import Factor, Sweep


@dataclass(frozen=True)
class FactorEffect:
    """What setting one factor to another value does, seed by seed.

    Attributes:
        factor: which factor.
        value: what it is set to.
        usual: its value at the point of reference.
        difference: mean paired difference from the point of reference.
        numeric: whether the factor's values are numbers.
    """

    factor: Factor
    value: Any
    usual: Any
    difference: Estimate
    numeric: bool

    @property
    def change(self) -> str:
        """What was changed, in words: a policy by its name, a number with its factor."""
        if isinstance(self.value, str):
            return value_text(self.value)
        return f"{name_text(self.factor)} at {value_text(self.value)}"


@dataclass(frozen=True)
class FactorEffects:
    """All effects of one factor at a time on a quantity.

    Attributes:
        quantity: on which.
        reference: the quantity at the point of reference.
        effects: a factor after the other, within a factor by value.
    """

    quantity: Quantity
    reference: Estimate
    effects: tuple[FactorEffect, ...]

    @property
    def by_strength(self) -> tuple[tuple[FactorEffect, ...], ...]:
        """The effects of each factor, the factor with the largest one first."""
        groups: dict[str, list[FactorEffect]] = {}
        for effect in self.effects:
            groups.setdefault(effect.factor.name, []).append(effect)
        size = {name: np.nanmax([abs(e.difference.value) for e in group]) for name, group in groups.items()}
        return tuple(tuple(groups[name]) for name in sorted(groups, key=lambda name: -np.nan_to_num(size[name])))

    @property
    def sentence(self) -> str:
        """What moves the quantity most, and how many changes have no clear effect, in words."""
        clear = [effect for effect in self.effects if effect.difference.clear_of_zero]
        if not clear:
            return f"None of {len(self.effects)} changes has a clear effect with these runs."
        clear.sort(key=lambda effect: -abs(effect.difference.value))
        unit, rest = self.quantity.unit, len(self.effects) - len(clear)
        first = in_a_list([f"{effect.change} ({signed(effect.difference.value, unit)})" for effect in clear[:3]])
        return (
            f"Largest effects: {first}. {len(clear)} of {len(self.effects)} changes have a clear effect"
            f"{f'; {rest} have none' if rest else ''}."
        )


def no_effects(sweep: Sweep) -> str | None:
    """Return why there are no effects of one change at a time, or None when there can be some."""
    return None if neighbours(sweep)[1] else "no point differs from another in one factor only"


def factor_effects(sweep: Sweep, quantity: Quantity) -> FactorEffects | None:
    """Return the paired effects of one factor at a time, or None where no point differs by one factor only."""
    reference, rows = neighbours(sweep)
    wide = by_replication(sweep, quantity).to_numpy()
    if not rows or not np.isfinite(wide[reference]).any():
        return None
    factors, design = sweep.factors, sweep.design.reset_index(drop=True)
    found = [
        FactorEffect(
            factors[number],
            design[factors[number].name].iloc[row],
            design[factors[number].name].iloc[reference],
            paired_difference(wide[row], wide[reference]),
            is_numeric(sweep, factors[number]),
        )
        for row, number in rows.items()
        if np.isfinite(wide[row] - wide[reference]).any()
    ]
    found.sort(key=lambda effect: ([f.name for f in factors].index(effect.factor.name), _sortable(effect.value)))
    return FactorEffects(quantity, quantity.estimate(wide[reference]), tuple(found)) if found else None


def _sortable(value: Any) -> tuple[bool, Any]:
    return (isinstance(value, str), str(value) if isinstance(value, str) or value is None else value)


@dataclass(frozen=True)
class GridEstimates:
    """A quantity on a grid of two factors.

    Attributes:
        quantity: which.
        across: the factor along x.
        up: the factor along y.
        x: the values of ``across``.
        y: the values of ``up``.
        cells: the estimates, ``cells[row][column]``; without a value where nothing was measured.
        pooled: names of further factors over whose values the cells are averaged.
    """

    quantity: Quantity
    across: Factor
    up: Factor
    x: tuple[Any, ...]
    y: tuple[Any, ...]
    cells: tuple[tuple[Estimate, ...], ...]
    pooled: tuple[str, ...]

    @property
    def values(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The estimates without their intervals, shape ``(len(y), len(x))``."""
        return np.array([[cell.value for cell in row] for row in self.cells])

    @property
    def sentence(self) -> str:
        """Where the quantity is least and most, in words."""
        values = self.values
        if not np.isfinite(values).any():
            return "No cell has a finished run."
        least, most = (self._cell_text(int(place)) for place in (np.nanargmin(values), np.nanargmax(values)))
        return f"Least at {least}; most at {most}. Each square: mean over its seeds and 95 % interval."

    def _cell_text(self, place: int) -> str:
        row, column = divmod(place, len(self.x))
        where = f"{value_with_unit(self.across, self.x[column])} and {value_with_unit(self.up, self.y[row])}"
        return f"{where} ({self.cells[row][column].text(self.quantity.unit)})"


def is_grid(sweep: Sweep) -> str | None:
    """Return why the design is no grid of two factors, or None if it is one."""
    factors = [factor for factor in moving(sweep) if few_levels(sweep, factor)]
    if len(factors) < 2:
        return "it takes two factors with a few values each"
    if len(factors) != len(moving(sweep)):
        return "some factors take too many different values for a grid"
    return None if _fills(sweep, factors[:2]) else "not every pair of values of two factors is in the design"


def _fills(sweep: Sweep, pair: Sequence[Factor]) -> bool:
    there = len(sweep.design[[factor.name for factor in pair]].drop_duplicates())
    return there == len(levels(sweep, pair[0])) * len(levels(sweep, pair[1]))


def grid_estimates(sweep: Sweep, quantity: Quantity) -> GridEstimates:
    """Return a quantity on the grid of the first two factors; for further ones, means over their values.

    Where cells hold several points, a seed's value is its mean over them, so that seeds stay the unit of chance.
    """
    across, up, *others = moving(sweep)
    x, y = levels(sweep, across), levels(sweep, up)
    wide = by_replication(sweep, quantity).reset_index(drop=True)
    columns = sweep.design.reset_index(drop=True)
    cells = tuple(
        tuple(
            quantity.estimate(
                wide[((columns[across.name] == a) & (columns[up.name] == b)).to_numpy()].to_numpy().ravel()
            )
            if quantity.is_share
            else quantity.estimate(
                wide[((columns[across.name] == a) & (columns[up.name] == b)).to_numpy()].mean(axis=0).to_numpy()
            )
            for a in x
        )
        for b in y
    )
    return GridEstimates(quantity, across, up, tuple(x), tuple(y), cells, tuple(factor.name for factor in others))


MOST_POINTS_DRAWN = 40
"""A figure with a row a point has no more points than these."""


@dataclass(frozen=True)
class PointEstimates:
    """A quantity at every point.

    Attributes:
        quantity: which.
        labels: of the points, in their order.
        runs: the quantity on every run, shape ``(points, replications)``, missing where no run is.
        estimates: of every point.
    """

    quantity: Quantity
    labels: tuple[str, ...]
    runs: np.ndarray[Any, np.dtype[np.float64]]
    estimates: tuple[Estimate, ...]

    @property
    def sentence(self) -> str:
        """How the figure of them is read."""
        return "Dots are means with 95 % intervals; marks behind them are single runs. Points share their seeds."


def many_points(sweep: Sweep) -> str | None:
    """Return why not every point is shown by itself, or None when it can be."""
    return None if len(sweep.design) <= MOST_POINTS_DRAWN else f"more than {MOST_POINTS_DRAWN} points"


def point_estimates(sweep: Sweep, quantity: Quantity) -> PointEstimates:
    """Return a quantity at every point of the design."""
    runs = by_replication(sweep, quantity).to_numpy()
    labels = tuple(point_label(sweep, row) for row in range(len(runs)))
    return PointEstimates(quantity, labels, runs, tuple(quantity.estimate(row) for row in runs))


def point_label(sweep: Sweep, row: int) -> str:
    """Return a point's factors in a few words."""
    point = sweep.design.reset_index(drop=True).iloc[row]
    factors = moving(sweep)
    return ", ".join(value_with_unit(factor, point[factor.name]) for factor in factors[:3])
