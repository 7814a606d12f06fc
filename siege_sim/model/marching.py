"""What commands of the besieger share: what they see and are ordered, marches of an axis of attack, and massing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siege_sim.kernels import ground
from siege_sim.kernels.hazard import FloatArray, IntArray
from siege_sim.model import chronicle
from siege_sim.model.codes import ASSAULT
from siege_sim.schema.series import Series
from siege_sim.schema.sides import BESIEGER, GARRISON

if TYPE_CHECKING:
    from siege_sim.model.agents.axis import Axis
    from siege_sim.model.state import SiegeState


def show_defenders(model: SiegeState) -> None:
    """Put on the map how many defenders man each cell this morning, and how cohesive they are."""
    layers, line = model.city.layers, model.line(GARRISON)
    layers.defenders[:] = line.present * model.city.pocket_ground
    layers.cohesion[:] = line.mean_per_cell(model.units.cohesion[line.rows])


def take_up_posture(model: SiegeState, ordered: str | Series[str], squeezing: float) -> bool:
    """Set which share of the usual assaults today's posture orders; log, and return, whether it is a new one.

    Args:
        model: the siege.
        ordered: `assault`, `squeeze` or `hold`, always or by date.
        squeezing: the share of the usual assaults under `squeeze`.
    """
    posture = model.now(ordered)
    model.conditions.assaults_ordered = {"assault": 1.0, "squeeze": squeezing, "hold": 0.0}[posture]
    if not isinstance(ordered, Series):
        return False
    yesterday = ordered.on(model.day - 1, model.clock)
    chronicle.posture_ordered(model, posture, yesterday)
    return bool(posture != yesterday)


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


def move_to(model: SiegeState, axis: Axis, place: int) -> None:
    """Let an axis attack from another place, and mass there."""
    if place != axis.focus:
        axis.focus = place
        mass(model, axis)


def move_to_the_line(model: SiegeState, axis: Axis) -> None:
    """Let an axis whose place is no longer on the siege line move to the nearest one that is, if it can get there."""
    city = model.city
    if city.siege_line[axis.focus] or not city.siege_line.any():
        return
    nearest = city.nearest(axis.focus, np.flatnonzero(city.siege_line), BESIEGER)
    if nearest is not None:
        move_to(model, axis, nearest[0])
