"""Command of the rebels: keeping reserves, and moving them to where the line is thin or pressed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.agents.codes import Holder, Posture
from siege_sim.agents.line import Line
from siege_sim.blocks import param
from siege_sim.kernels import ground
from siege_sim.kernels.hazard import FloatArray
from siege_sim.processes.base import Phase, Process

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model import SiegeModel


class RebelCommand(Process):
    """Reserves go, along interior lines, to the part of their own pocket's front that lacks defenders most.

    A sector lacks defenders by the gap between what it should have, more where it is pressed, and what stands
    there. Units whose stretch of front has moved away from them become reserves.
    """

    kind: Literal["rebel_command"] = "rebel_command"
    phase: ClassVar[Phase] = Phase.COMMAND
    neutral: ClassVar[Mapping[str, Any]] = {"moves_per_day": 0}

    moves_per_day: int = param(6, unit="units/day", plausible=(2, 12), ge=0, le=1000)
    """Units that command can send elsewhere in a day."""
    reach_cells: int = param(10, unit="cells", plausible=(5, 20), ge=1, le=500)
    """How far a unit goes in a day."""
    fighters_a_cell: float = param(50.0, unit="fighters", plausible=(30, 80), ge=0.0, le=1000.0)
    """Defenders that a quiet front cell should have."""
    under_pressure: float = param(2.5, unit="factor", plausible=(1.5, 4), ge=1.0, le=20.0)
    """How many times as many it should have when it is pressed."""
    kept_back: float = param(0.08, unit="share", plausible=(0.0, 0.2), ge=0.0, le=1.0)
    """Share of the fighters kept in reserve while the line is not pressed anywhere."""

    def step(self, model: SiegeModel, rng: Generator) -> None:
        """Name the reserves and send them."""
        city, units = model.city, model.units
        if self.moves_per_day == 0 or not city.front.any():
            return
        luck = rng.random(len(units))
        line = Line(model, Holder.REBEL)
        manning = line.in_front(city.front)
        idle = line.rows[~manning]
        units.posture[line.rows[manning]] = Posture.HOLD
        units.posture[idle] = Posture.RESERVE
        pressed = city.layers.pressed_by >= 0
        if not pressed.any():
            fit = units.fit[line.rows]
            spare = units.fit[idle].sum() - self.kept_back * fit.sum()
            if spare <= 0:
                return
        lacking = self._lack(model, line)
        for row in idle[np.argsort(luck[idle], kind="stable")][: self.moves_per_day]:
            self._send(model, int(row), lacking)

    def _lack(self, model: SiegeModel, line: Line) -> FloatArray:
        city = model.city
        pressed = city.layers.pressed_by >= 0
        wanted = city.front * self.fighters_a_cell * np.where(pressed, self.under_pressure, 1.0)
        return wanted - line.present * city.front

    def _send(self, model: SiegeModel, row: int, lacking: FloatArray) -> None:
        """Send one unit to the cell around which the most defenders are lacking, and count it as there."""
        city, unit = model.city, model.unit(row)
        here = unit.cell_index
        in_reach = np.zeros(city.n_cells, dtype=np.bool_)
        in_reach[_window(here, self.reach_cells, city.shape)] = True
        same_pocket = (city.pockets == city.pockets[here]) & city.pocket_ground
        around = ground.neighbour_sum(lacking, city.shape) + 2.0 * lacking
        worth = np.where(in_reach & same_pocket & city.front, around, -np.inf)
        best = int(np.argmax(worth))
        if not worth[best] > 0.0:
            return
        unit.march_to(best)
        unit.posture = Posture.HOLD
        near = city.around[best]
        near = near[near < city.n_cells]
        near = near[city.front[near]]
        lacking[near] -= unit.fit / max(near.size, 1)


def _window(cell: int, reach: int, shape: ground.Shape) -> tuple[FloatArray, ...]:
    row, column = divmod(cell, shape[1])
    rows = np.arange(max(0, row - reach), min(shape[0], row + reach + 1))
    columns = np.arange(max(0, column - reach), min(shape[1], column + reach + 1))
    return ((rows[:, None] * shape[1] + columns[None, :]).ravel(),)
