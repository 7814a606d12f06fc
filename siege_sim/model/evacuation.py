"""Evacuations by agreement: who wants to be brought out, and who finds a seat today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray
from siege_sim.model.codes import Status

if TYPE_CHECKING:
    from siege_sim.model.state import SiegeState


def put_on_lists(model: SiegeState, asked: BoolArray, among: BoolArray, share: float, luck: FloatArray) -> None:
    """Let households decide whether they want to be brought out: the likelier the more they fear reprisal.

    Args:
        model: the siege.
        asked: which households decide.
        among: which households the share is the mean of.
        share: the share of them that want to leave, were they all asked.
        luck: a uniform for every household.
    """
    homes = model.households
    fear = homes.fear_of_reprisal + 1e-9
    wish = share * fear / float(fear[among].mean()) if among.any() else fear
    homes.wants_out[asked] = (luck < wish)[asked]


def bring_out(model: SiegeState, waiting: IntArray, seats: float) -> tuple[float, bool]:
    """Bring households out, as wholes, in their order; return the seats left, and whether nobody waits any more.

    Where not even one household fits, one goes all the same.
    """
    homes = model.households
    riding = waiting[np.cumsum(homes.persons[waiting]) <= seats]
    if riding.size:
        seats -= homes.leave(riding, Status.EVACUATED)
    elif waiting.size:
        seats -= homes.leave(waiting[:1], Status.EVACUATED)
    return seats, waiting.size == riding.size
