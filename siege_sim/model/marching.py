"""Marches of an axis of attack: which places it can reach, how far they are, and massing there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siege_sim.kernels import ground
from siege_sim.kernels.hazard import FloatArray, IntArray
from siege_sim.model.codes import ASSAULT
from siege_sim.schema.sides import BESIEGER

if TYPE_CHECKING:
    from siege_sim.model.agents.axis import Axis
    from siege_sim.model.state import SiegeState


def within_reach(model: SiegeState, axis: Axis, places: IntArray) -> IntArray:
    """Return the places to which most of an axis's units can march: none across water without a way round."""
    parts = model.city.marches(BESIEGER)
    own = int(np.bincount(parts[model.units.cell_index[axis.rows]] + 1).argmax()) - 1
    return places[parts[places] == own]


def mean_march(model: SiegeState, axis: Axis, places: IntArray) -> FloatArray:
    """Return the mean length of an axis's march to each place in cells; round the map where water lies between."""
    city, standing = model.city, model.units.cell_index[axis.rows]
    crow = ground.king_steps(places, standing, city.shape)
    if city.walkable(BESIEGER).all():
        return crow.mean(axis=1)
    walk = np.stack([city.steps_on_foot(int(cell), BESIEGER)[places] for cell in standing], axis=1)
    return np.where(walk < ground.UNREACHED, walk, crow + max(city.shape)).mean(axis=1)


def mass(model: SiegeState, axis: Axis) -> None:
    """Bring the units of an axis that can get there to the cells around its place."""
    city = model.city
    near = city.around[axis.focus]
    near = near[near < city.n_cells]
    rows = able_rows(model, axis)
    axis.mass_at(near[city.held_by(BESIEGER)[near]], rows)
    model.units.posture[rows] = ASSAULT


def able_rows(model: SiegeState, axis: Axis) -> IntArray:
    """Return the units of an axis that can march to its place."""
    parts = model.city.marches(BESIEGER)
    return axis.rows[parts[model.units.cell_index[axis.rows]] == parts[axis.focus]]
