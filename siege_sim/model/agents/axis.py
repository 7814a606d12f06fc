"""An axis of attack: where the besieger masses part of its vanguard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siege_sim.errors import SiegeError
from siege_sim.kernels.hazard import IntArray
from siege_sim.model.agents.base import SiegeAgent
from siege_sim.model.codes import AxisPhase

if TYPE_CHECKING:
    from collections.abc import Mapping

    import mesa

    from siege_sim.model.agents.unit import Unit, Units


class Axis(SiegeAgent):
    """A task force of the vanguard with one place to attack from.

    Attributes:
        number: its number, as in the ``axis`` column of units and the ``pressed_by`` layer.
        phase: what it is doing, and since how many days (``days_in_phase``).
        focus: the besieger's cell from which it attacks; -1 for none.
        taken: cells taken since it last regrouped; ``last_taken`` are the newest.
        stalled: days in a row on which no assault went in.
        held_back: days in a row on which it was told not to attack.
        cut: the line along which it means to cut ground off; empty for none.
        due: kilometre-days of its assault that have not yet cleared a whole cell; -1 before one from a new place.
        fresh: its fit fighters when it last went over to the assault after a rest.
    """

    def __init__(self, model: mesa.Model, units: Units, unit_agents: Mapping[int, Unit], number: int) -> None:
        super().__init__(model)
        self._units = units
        self._unit_agents = unit_agents
        self.number = number
        self.phase = AxisPhase.IDLE
        self.days_in_phase = 0
        self.focus = -1
        self.taken = 0
        self.last_taken: list[int] = []
        self.stalled = 0
        self.held_back = 0
        self.cut: list[int] = []
        self.fresh = 0
        self.due = -1.0
        self._rows: IntArray = np.empty(0, dtype=np.int64)
        self._rows_at = -1

    def turn_to(self, phase: AxisPhase) -> None:
        """Enter a phase."""
        self.phase = phase
        self.days_in_phase = 0

    @property
    def rows(self) -> IntArray:
        """Its units, as rows of ``model.units``."""
        units = self._units
        if self._rows_at != units.musters:
            self._rows, self._rows_at = np.flatnonzero((units.axis == self.number) & units.standing), units.musters
        return self._rows

    def remove(self) -> None:
        """Refuse to leave the model: how many axes there are is said by the scenario.

        Raises:
            SiegeError: always.
        """
        raise SiegeError(f"axis {self.number} cannot be removed; set forces.axes in the scenario")

    def mass_at(self, cells: IntArray, rows: IntArray) -> None:
        """Bring some of its units to the given cells, one after the other."""
        for i, row in enumerate(rows):
            self._unit_agents[int(row)].march_to(int(cells[i % cells.size]))
