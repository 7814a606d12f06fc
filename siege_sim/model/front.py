"""What both commands and the fight itself know of the front: strength a kilometre, pace, what groups were promised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from siege_sim.kernels import frontage, ground, pace
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray
from siege_sim.model.setting import Faction
from siege_sim.schema.sides import GARRISON, NOBODY

if TYPE_CHECKING:
    from siege_sim.model.agents.axis import Axis
    from siege_sim.model.state import SiegeState

BUILT_SHARE_FOR_FULL_WORKS = 0.2
WORKS_IN_THE_OPEN = 0.3
"""Trenches in open fields are worth less than walls and cellars: this part, rising to all at that share built on."""


def cell_km(model: SiegeState) -> float:
    """Return the side of a cell in kilometres."""
    return model.city.map.cell_size_m / 1000.0


def men_per_km(model: SiegeState) -> FloatArray:
    """Return the garrison's fit fighters a kilometre of front in every cell."""
    return model.line(GARRISON).present / cell_km(model)


def suppressed(model: SiegeState) -> FloatArray:
    """Return how much today's fire keeps defenders down, from 0 to 1, by hits a kilometre of front."""
    layers, rules = model.city.layers, model.setting.front
    hits = (rules.shells_an_impact * layers.impacts + layers.shells) / cell_km(model)
    return 1.0 - np.exp(-hits / rules.shells_per_km_to_suppress)


def defence_per_km(model: SiegeState) -> FloatArray:
    """Return what defends a kilometre of front: men by quality, supply, fatigue and resolve, on their ground.

    Needs the layer ``cleared`` of the process `clearing`.
    """
    units, line = model.units, model.line(GARRISON)
    layers, rules, ground_rules = model.city.layers, model.setting.front, model.setting.ground
    men = frontage.worth_in_defence(
        line.rows, units.fit, units.quality, units.ammunition, units.fatigue, units.cohesion
    )
    cover = (1.0 + rules.works * _works(model)) * (1.0 + ground_rules.ruins * layers.rubble)
    cover *= 1.0 + ground_rules.streets * layers.built_up
    down = 1.0 - rules.suppressed_at_most * suppressed(model)
    return _supported(model, line.per_cell(men)) / cell_km(model) * cover * down


def _supported(model: SiegeState, present: FloatArray) -> FloatArray:
    """Return the defenders of each front cell as the mean over the front around it; others as they are."""
    city, reach_m = model.city, model.setting.front.support_m
    if reach_m == 0.0:
        return present
    reach = steps_of(model, reach_m)
    around = ground.box_sum(city.front, city.shape, reach)
    near = ground.box_sum(present * city.front, city.shape, reach) / np.maximum(around, 1.0)
    return np.where(city.front, near, present)


def _works(model: SiegeState) -> FloatArray:
    """Return the works that an assault meets: less in open ground, and inside once it has come through their depth."""
    layers, rules = model.city.layers, model.setting.front
    built = (layers.built_up / BUILT_SHARE_FOR_FULL_WORKS).clip(0.0, 1.0)
    works = layers.entrenchment * (WORKS_IN_THE_OPEN + (1.0 - WORKS_IN_THE_OPEN) * built)
    through = layers.array("cleared") * model.city.map.cell_size_m >= rules.works_depth_m
    return np.where(through, np.minimum(works, model.setting.forces.works_inside), works)


def attack_per_km(model: SiegeState, axis: Axis) -> float:
    """Return what an axis brings to a kilometre that it assaults in full: men by quality and fatigue."""
    units, rows = model.units, axis.rows
    fit = units.fit[rows].astype(np.float64)
    worth = float((units.quality[rows] * (1.0 - 0.4 * units.fatigue[rows]) * fit).sum()) / max(float(fit.sum()), 1.0)
    return model.setting.front.attackers_per_km * worth


def metres_a_day(model: SiegeState, attack: float, defence: FloatArray) -> FloatArray:
    """Return how far an assault of that strength comes in a day in every cell."""
    rules = model.setting.front
    free = pace.ground_pace(model.city.layers.built_up, rules.open_m_per_day, rules.fabric_slows)
    odds = attack / np.maximum(defence, 1e-6)
    return free * pace.held_up(odds, rules.odds_at_half_pace, rules.odds_steepness)


def steps_of(model: SiegeState, metres: float) -> int:
    """Return a distance in whole cells, at least one."""
    return max(1, round(metres / model.city.map.cell_size_m))


def near_by(model: SiegeState, mask: BoolArray, metres: float, side: int = NOBODY) -> BoolArray:
    """Return the cells within a distance of some cells, for a side's units on foot."""
    return model.city.within(mask, steps_of(model, metres), side)


def groups_of(model: SiegeState, side: int) -> tuple[list[str], IntArray]:
    """Return the names of a side's groups, and the number of each unit's group; -1 for units of others."""
    number_of: dict[str, int] = {}
    numbers = np.full(len(model.units), -1, dtype=np.int64)
    for row in np.flatnonzero(model.units.side == side).tolist():
        numbers[row] = number_of.setdefault(model.unit_labels[row][0], len(number_of))
    return list(number_of), numbers


def input_by_group(model: SiegeState, key: Literal["steadfast", "exit_offered"], names: list[str]) -> FloatArray:
    """Return what an input of the garrison's groups is today, a value a group; the usual one for reinforcements."""
    groups, usual = model.setting.forces.garrison, Faction.model_fields[key].default
    return np.array([model.now(getattr(groups[name], key)) if name in groups else usual for name in names])
