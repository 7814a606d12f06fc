"""What becomes of the people of a quarter that changes hands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels.hazard import FloatArray, IntArray, unfold
from siege_sim.model.codes import Status
from siege_sim.model.crossing_the_line import cross_the_line
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share
from siege_sim.schema.sides import BESIEGER, FIRST_THIRD_PARTY

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class NewHolder(Process):
    """Some stay in their homes under the new holder, some go across the line, the rest flee into the pocket.

    Fear of reprisal decides, and what the besieger has told people to do (`orders_to_civilians`).
    """

    kind: Literal["new_holder"] = "new_holder"
    phase: ClassVar[Phase] = Phase.MOVEMENT
    about: ClassVar[tuple[str, ...]] = ("came_under_new_holder", "civilians_in_pocket")
    off_means: ClassVar[str] = "people on lost ground stay there undecided: they count neither as gone nor as inside"
    neutral: ClassVar[Mapping[str, Any]] = {"decided_per_day": 0.0}

    decided_per_day: float = share(1.0, plausible=(0.5, 1.0))
    """Share of the households on lost ground for which it is decided in a day who stays and who leaves."""
    stay: float = share(0.6, plausible=(0.3, 0.8), source="assumed; two thirds of eastern Mosul's people stayed")
    """Share who stay, with no fear of reprisal; fear reduces it in proportion. Some of the others stay if told to."""
    stay_with_third_party: float = share(0.5, plausible=(0.3, 0.8))
    """Share who stay where a third party took over."""
    cross: float = share(0.7, plausible=(0.3, 0.9))
    """Of the others, the share who go across the line, with no fear of reprisal; fear reduces it in proportion. The
    rest flee into the pocket while they can reach it."""
    third_party_share: float = share(0.6, plausible=(0.4, 0.8), source="6,000 of the first 10,000, 27 Nov 2016 (AFP)")
    """Of those who cross with a third party's ground in reach, the share who go there."""
    third_party_reach_cells: int = param(12, unit="cells", plausible=(5, 15), ge=0, le=200)
    """How far away a third party's ground may be."""
    flight_cells: int = param(4, unit="cells", plausible=(2, 8), ge=0, le=200)
    """How far away the pocket may be for people to flee into it."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Decide for the households on lost ground."""
        city, homes = model.city, model.households
        lost = ~city.pocket_ground
        if not city.layers.civilians[lost].any():
            return
        luck = rng.random(len(homes))
        decided = luck < self.decided_per_day
        rows = np.flatnonzero(homes.inside & lost[homes.cell_index] & decided & (homes.persons > 0))
        if rows.size == 0:
            return
        staying_luck, crossing_luck, where_luck, shot_luck = unfold(luck[rows], 4)
        cells = homes.cell_index[rows]
        holder = city.layers.holder[cells]
        under_third = holder >= FIRST_THIRD_PARTY
        unafraid = 1.0 - homes.fear_of_reprisal[rows]
        willing = self.stay * unafraid
        willing += (1.0 - willing) * model.conditions.told_to_stay * unafraid
        stays = staying_luck < np.where(under_third, self.stay_with_third_party, willing)
        refuge = self._refuges(model, cells)
        crosses = ~stays & ((crossing_luck < self.cross * unafraid) | (refuge < 0))
        party, steps = self._nearest_third_party(model, cells)
        near_third = steps <= self.third_party_reach_cells
        to_third = crosses & (under_third | (near_third & (where_luck < self.third_party_share)))
        party = np.where(under_third, holder, party)
        goes_there = (stays & under_third) | to_third
        if (stays & ~under_third).any():
            homes.leave(rows[stays & ~under_third], Status.UNDER_NEW_HOLDER, BESIEGER)
        for who, status, side in (
            *((goes_there & (party == code), Status.WITH_THIRD_PARTY, code) for code in np.unique(party[goes_there])),
            (crosses & ~to_third, Status.WITH_BESIEGER, BESIEGER),
        ):
            if who.any():
                cross_the_line(model, rows[who], status, int(side), shot_luck[who])
        flees = ~stays & ~crosses
        homes.move(rows[flees], refuge[flees])

    def _nearest_third_party(self, model: SiegeState, cells: IntArray) -> tuple[IntArray, FloatArray]:
        """Return the third party nearest to each cell, and the steps to its ground; infinite where there is none."""
        nearest, fewest = np.zeros(cells.size, dtype=np.int64), np.full(cells.size, np.inf)
        for party in model.city.sides.third_party_codes.values():
            steps = model.city.steps_to(party)[cells]
            nearer = steps < fewest
            nearest[nearer], fewest[nearer] = party, steps[nearer]
        return nearest, fewest

    def _refuges(self, model: SiegeState, cells: IntArray) -> IntArray:
        """Return the nearest cell of the pocket for each lost cell, -1 when there is none within reach."""
        lost, which = np.unique(cells, return_inverse=True)
        found = [model.nearest_pocket_cell(cell, self.flight_cells) for cell in lost.tolist()]
        return np.array([-1 if refuge is None else refuge for refuge in found], dtype=np.int64)[which]
