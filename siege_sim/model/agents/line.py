"""The line: who mans which cell today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siege_sim.kernels import frontage
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray
from siege_sim.model.codes import ASSAULT
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from siege_sim.model.agents.unit import Units
    from siege_sim.model.city.grid import City


PRESSED_CELLS_ASK_FOR = 2.0
"""How many more fighters a pressed cell draws from the units within reach, on top of its even part."""


class Line:
    """The fighters of one side, spread from their units over the cells within reach.

    Attributes:
        rows: the units that stand, as rows of ``model.units``.
        reach: the cells each of them can man, its own first, shape ``(units, cells)``.
        shares: which part of the unit is in each, of the same shape.
        made_at: the state of ground and units for which this holds.
    """

    def __init__(self, city: City, units: Units, side: int, made_at: tuple[int, int]) -> None:
        self.made_at = made_at
        self._units = units
        self._n_cells = city.n_cells
        self.rows: IntArray = units.rows_of(side)
        cells = units.cell_index[self.rows]
        asked = city.front & ~city.layers.given_up if side == GARRISON else city.siege_line
        weight = asked.astype(np.float64)
        if side == GARRISON:
            weight *= 1.0 + PRESSED_CELLS_ASK_FOR * city.pressed
        self.reach = city.manned[cells]
        self.shares = frontage.spread_over_front(self.reach, weight, self.men)
        # Whoever masses for an assault, or waits to leave under a cease-fire, mans nothing around.
        together = (units.posture[self.rows] == ASSAULT) | (units.deal[self.rows] > 0)
        self.shares[together] = 0.0
        self.shares[together, 0] = 1.0

    @property
    def men(self) -> FloatArray:
        """Fighters fit for duty in each of the units."""
        return self._units.fit[self.rows].astype(np.float64)

    @property
    def present(self) -> FloatArray:
        """Fighters fit for duty in every cell."""
        return self.per_cell(self.men)

    def per_cell(self, amount: FloatArray) -> FloatArray:
        """Spread an amount a unit over cells as its fighters stand."""
        return frontage.per_cell(self.reach, self.shares, amount, self._n_cells)

    def mean_per_cell(self, value: FloatArray) -> FloatArray:
        """Return the mean of a unit's value over the fighters in each cell (1 where nobody stands)."""
        return frontage.mean_per_cell(self.reach, self.shares, self.men, value, self._n_cells)

    def per_unit(self, value: FloatArray | BoolArray) -> FloatArray:
        """Return the mean of a cell's value over the fighters of each unit."""
        return frontage.per_unit(self.reach, self.shares, value)
