"""Deals that armed groups make each for itself, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels import ground
from siege_sim.kernels.hazard import IntArray, probability
from siege_sim.model import front
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState

MOST_PARTS = 8
"""Parts of the pocket that bargain apart; further ones do so with the last of them."""


class GroupDeals(Process):
    """Each group in each part of the pocket may take the exit that it is offered; it leaves, and its ground is open.

    The hazard a day is ``hazard x exit offered x (1 - cohesion)^steepness``, times a factor where the part is cut off
    from the main body: a part bargains first. A group without an offer makes no deal.
    """

    kind: Literal["group_deals"] = "group_deals"
    phase: ClassVar[Phase] = Phase.POLITICS
    off_means: ClassVar[str] = "no armed group leaves by a deal of its own"
    neutral: ClassVar[Mapping[str, Any]] = {"hazard": 0.0}
    needs: ClassVar[Mapping[str, str]] = {"clearing": "lets the besieger occupy what was left"}

    hazard: float = param(1.0, unit="1/day", plausible=(0.1, 1.5), source="Homs 2014, Daraya 2016", ge=0.0, le=10.0)
    """Hazard of a deal of a group without any resolve left that is offered a safe way out."""
    steepness: float = param(2.0, unit="exponent", plausible=(1.5, 5), ge=0.0, le=20.0)
    """How late in the loss of resolve it becomes likely."""
    cut_off_factor: float = param(3.0, unit="factor", plausible=(1, 8), ge=1.0, le=50.0)
    """How much likelier it is where a part is cut off."""
    least_lost: float = share(0.1, plausible=(0.0, 0.3))
    """Share of the ground that must have been lost before anybody bargains."""
    ground_m: float = param(3000.0, unit="m", plausible=(1000, 5000), ge=0.0, le=1e5)
    """How far from its units ground counts as a group's own, where no other group is nearer."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Let groups come to terms."""
        city, units = model.city, model.units
        names, numbers = front.groups_of(model, GARRISON)
        luck = rng.random((len(names), MOST_PARTS))
        if self.hazard == 0.0 or model.share_held > 1.0 - self.least_lost:
            return
        rows = units.rows_of(GARRISON)
        parts = city.pockets[units.cell_index[rows]].clip(0, MOST_PARTS - 1)
        offered = front.input_by_group(model, "exit_offered", names)
        for group, part in sorted(set(zip(numbers[rows].tolist(), parts.tolist(), strict=True))):
            mine = rows[(numbers[rows] == group) & (parts == part)]
            resolve = float(np.average(units.cohesion[mine], weights=np.maximum(units.fit[mine], 1)))
            rate = self.hazard * offered[group] * (1.0 - resolve) ** self.steepness
            rate *= self.cut_off_factor if part else 1.0
            if luck[group, part] < float(probability(rate)):
                self._leave(model, mine, names[group])

    def _leave(self, model: SiegeState, mine: IntArray, name: str) -> None:
        """Bring a group out of a part, as a whole, and open the ground on which it stood nearest."""
        city, layers = model.city, model.city.layers
        theirs, where = self._ground_of(model, mine), model.unit(int(mine[0])).quarter
        km2 = theirs.size * city.cell_km2
        men = sum(model.unit(row).give_up("evacuated") for row in mine.tolist())
        layers.array("left_by_deal")[theirs] = True
        layers.array("given_up")[theirs] = True
        model.note(
            "group_deal",
            where,
            f"{men} fighters of {name.replace('_', ' ')} left by agreement, and with them {km2:.1f} km2",
            "little of their resolve was left, and a way out was offered",
            men,
            model.log.newest("pocket_split", "quarter_lost", "ordered_withdrawal", "ground_lost"),
            [("left", cell) for cell in theirs.tolist()],
        )

    def _ground_of(self, model: SiegeState, mine: IntArray) -> IntArray:
        """Return the garrison's cells in their part that are nearer to some units than to any other unit."""
        city, units = model.city, model.units
        part = int(city.pockets[units.cell_index[mine[0]]])
        cells = np.flatnonzero(city.pockets == part)
        others = np.setdiff1d(units.rows_of(GARRISON), mine)
        near = ground.king_steps(cells, units.cell_index[mine], city.shape).min(axis=1)
        far = ground.king_steps(cells, units.cell_index[others], city.shape).min(axis=1) if others.size else near + 1
        return cells[(near < far) & (near * city.map.cell_size_m <= self.ground_m)]
