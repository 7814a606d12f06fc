"""Where fire is called to, and how much of the ground's people it reaches: the same for aircraft and guns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siege_sim.kernels.hazard import BoolArray, FloatArray
from siege_sim.model import chronicle
from siege_sim.model.agents.facility import Facility, FoodStock
from siege_sim.model.codes import AxisPhase
from siege_sim.model.munitions import Munition, p_of_hits

if TYPE_CHECKING:
    from siege_sim.model.state import SiegeState

PREPARATION_CELLS = 2
"""How far around the place of an assault fire prepares it."""


def in_preparation(model: SiegeState) -> BoolArray:
    """Return the cells around the places from which an assault is being prepared."""
    places = np.zeros(model.city.n_cells, dtype=np.bool_)
    chosen = [axis.focus for axis in model.axes if axis.phase == AxisPhase.PREPARE]
    if not chosen:
        return places
    places[chosen] = True
    return model.city.within(places, PREPARATION_CELLS)


def area_on_people_m2(model: SiegeState, munition: Munition, warned: float = 0.0) -> FloatArray:
    """Return over what area a hit affects the people of each cell: the mean over where they are.

    Outdoors that depends on the walls that stand there: open ground, streets between houses, or ruins that stop less.

    Args:
        model: the model.
        munition: what falls.
        warned: share of the people who are not in a cellar and reach one before it falls.
    """
    today, layers = model.conditions, model.city.layers
    walls = layers.built_up * (1.0 - layers.rubble)
    outdoors = today.outdoors * (1.0 - warned)
    rooms = (1.0 - today.outdoors - today.in_cellars) * (1.0 - warned)
    cellars = 1.0 - outdoors - rooms
    in_the_open = munition.open_m2 + (munition.street_m2 - munition.open_m2) * walls
    return outdoors * in_the_open + (rooms * munition.indoors_m2 + cellars * munition.cellar_m2)


def hit_place(
    model: SiegeState,
    facility: Facility,
    hits: int,
    munition: Munition,
    luck: FloatArray,
    repair_days: int,
    cause: str,
) -> None:
    """Let a place suffer today's hits: it is destroyed, closed for repair or spared, and food in it burns.

    Args:
        model: the model.
        facility: the place.
        hits: how often it was hit.
        munition: what hit it.
        luck: two uniforms.
        repair_days: days of repair.
        cause: what hit it, in words.
    """
    if model.but_for.spares(facility.name, model.day):
        return
    was_working, was_destroyed = facility.working, facility.destroyed
    if luck[0] < p_of_hits(munition.p_destroyed, hits):
        facility.destroyed = True
    elif luck[1] < p_of_hits(munition.p_closed, hits):
        facility.close_for(repair_days)
    burnt = 0.0
    if isinstance(facility, FoodStock):
        burnt = facility.take_out(facility.kcal * p_of_hits(munition.stock_burnt, hits))
        facility.burnt_kcal += burnt
        model.ledger.book("food", "burnt", burnt)
    if facility.in_pocket:
        chronicle.facility_hit(model, facility, was_working, was_destroyed, burnt, cause)
