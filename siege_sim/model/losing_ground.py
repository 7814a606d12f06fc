"""What happens when cells of the garrison fall: who takes them, why, and where those who stood there go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.kernels import ground
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray, whole
from siege_sim.model import chronicle, front
from siege_sim.model.codes import Posture
from siege_sim.schema.sides import BESIEGER, GARRISON, NOBODY

if TYPE_CHECKING:
    from siege_sim.model.state import SiegeState


NEW_GAINS_KM2 = 6.4
"""How much of an axis's newest gains matters for where it attacks next."""

FALLS_BACK_M = 1600.0
"""How far units fall back at most."""


def change_hands(model: SiegeState, falls: IntArray, taken_by: IntArray) -> IntArray:
    """Give each fallen cell to whoever stands around it; return those that went.

    Args:
        model: the siege.
        falls: the cells.
        taken_by: the axis that presses each cell of the map, -1 for none.
    """
    city = model.city
    # Who stands around the cells has to be read before any of them changes hands. A cell amid ground of its own side
    # falls to nobody until a neighbour has fallen.
    takers = (BESIEGER, *city.sides.third_party_codes.values())
    around = np.stack([ground.neighbour_sum(city.held_by(taker), city.shape)[falls] for taker in takers])
    # Whoever holds most of the ground around takes the cell; the besieger where it holds as much as another.
    goes_to = np.where(around.max(axis=0) > 0, np.array(takers)[around.argmax(axis=0)], NOBODY)
    for taker in takers:
        if (goes_to == taker).any():
            city.capture(falls[goes_to == taker], taker)
    to_besieger = falls[goes_to == BESIEGER]
    for axis in model.axes:
        mine = to_besieger[taken_by[to_besieger] == axis.number]
        axis.taken += mine.size
        axis.last_taken = (axis.last_taken + mine.tolist())[-max(8, round(NEW_GAINS_KM2 / city.cell_km2)) :]
    return falls[goes_to != NOBODY]


def write_down(model: SiegeState, fallen: IntArray, signs: Mapping[str, BoolArray]) -> None:
    """Write down why cells fell that have changed hands.

    Args:
        model: the siege.
        fallen: the cells.
        signs: to what a loss is put down, and for which cells; the first that applies is told, a direct assault where
            none does.
    """
    causes = [next((cause for cause, where in signs.items() if where[cell]), chronicle.ASSAULTED) for cell in fallen]
    chronicle.ground_lost(model, fallen, causes)


def fall_back(model: SiegeState, luck: FloatArray, p_surrender_when_cut_off: float, stragglers: float) -> None:
    """Bring the garrison's units out of lost cells to the nearest ground of their own.

    Args:
        model: the siege.
        luck: uniforms, shape ``(2, units)``.
        p_surrender_when_cut_off: chance that a unit without a way out lays down arms instead of slipping away.
        stragglers: share of a unit that is lost to the other side on the way.
    """
    city, units = model.city, model.units
    withdrew: dict[str, list[int]] = {}
    for row in np.flatnonzero(units.of(GARRISON) & ~city.pocket_ground[units.cell_index]):
        unit = model.unit(int(row))
        where, lost_cell = unit.quarter, ("lost", unit.cell_index)
        # The nearest ground may itself be cut off: then slipping away has to succeed first.
        refuge = model.nearest_pocket_cell(unit.cell_index, reach=front.steps_of(model, FALLS_BACK_M), side=GARRISON)
        if refuge is None or (city.exit_width[refuge] == 0 and luck[0, row] < p_surrender_when_cut_off):
            people = unit.give_up()
            loss = model.log.newest(lost_cell)
            model.note("unit_surrendered", where, f"{people} fighters laid down arms", "no way out", people, loss)
            continue
        lost = int(whole(luck[1, row], unit.fit * stragglers))
        if lost:
            units.fit[row] -= lost
            model.ledger.book("garrison", "surrendered", lost)
        unit.march_to(refuge)
        unit.posture = Posture.RESERVE
        withdrew.setdefault(where, []).append(unit.fit)
    chronicle.units_withdrew(model, withdrew)
