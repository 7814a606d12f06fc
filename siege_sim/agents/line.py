"""The line: who mans which cell today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siege_sim.agents.codes import Holder, Posture
from siege_sim.kernels.frontage import spread_over_front
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from siege_sim.model import SiegeModel


class Line:
    """The fighters of one side, spread from their units over the cells within reach.

    Attributes:
        rows: the units that stand, as rows of ``model.units``.
        reach: the nine cells each of them can man, shape ``(units, 9)``.
        shares: which part of the unit is in each, shape ``(units, 9)``.
        present: fighters fit for duty in every cell.
    """

    def __init__(self, model: SiegeModel, side: Holder) -> None:
        city, units = model.city, model.units
        self.n_cells = city.n_cells
        standing = units.of(side)
        self.rows: IntArray = np.flatnonzero(standing)
        cells = units.cell_index[self.rows]
        asked = city.front if side == Holder.REBEL else city.siege_line
        weight = asked.astype(np.float64)
        if side == Holder.REBEL:
            weight *= 1.0 + 2.0 * (city.layers.pressed_by >= 0)
        self.shares = spread_over_front(cells, city.around, weight)
        self.shares[units.posture[self.rows] == Posture.ASSAULT] = np.eye(9)[0]
        self.reach = city.around[cells]
        self._men = units.fit[self.rows].astype(np.float64)
        self.present = self.per_cell(self._men)

    def per_cell(self, amount: FloatArray) -> FloatArray:
        """Spread an amount a unit over cells as its fighters stand."""
        spread = self.shares * amount[:, None]
        return np.bincount(self.reach.ravel(), spread.ravel(), self.n_cells + 1)[: self.n_cells]

    def mean_per_cell(self, value: FloatArray) -> FloatArray:
        """Return the mean of a unit's value over the fighters in each cell (1 where nobody stands)."""
        total = self.per_cell(self._men * value)
        return np.divide(total, self.present, out=np.ones(self.n_cells), where=self.present > 0)

    def per_unit(self, value: FloatArray) -> FloatArray:
        """Return the mean of a cell's value over the fighters of each unit."""
        padded = np.append(value, 0.0)
        return (self.shares * padded[self.reach]).sum(axis=1)

    def in_front(self, front: BoolArray) -> BoolArray:
        """Return which units have front in reach."""
        return self.per_unit(front.astype(np.float64)) > 0.0

