"""What both commands and the fight itself know of the front: strength a kilometre, pace, what groups were promised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from siege_sim.kernels import frontage, ground, pace
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray
from siege_sim.model.setting import Faction
from siege_sim.schema.sides import BESIEGER, GARRISON, NOBODY

if TYPE_CHECKING:
    from siege_sim.model.agents.axis import Axis
    from siege_sim.model.state import SiegeState

ALONG_M = 600.0
"""How near to a cut ground counts as lying along it."""

MORE_MEN_THAN_NONE = 1e-6


def cell_km(model: SiegeState) -> float:
    """Return the side of a cell in kilometres."""
    return model.city.map.cell_size_m / 1000.0


def belts(model: SiegeState) -> list[float]:
    """Return which share of each row of cells, from the line inwards, lies within the depth of works."""
    depth = model.setting.front.works_depth_m / model.city.map.cell_size_m
    return [min(depth - step, 1.0) for step in range(int(np.ceil(depth)))]


def in_works(model: SiegeState, side: int) -> FloatArray:
    """Return the share of each of a side's cells that lies within the depth of works behind its line."""
    return model.city.until_ground_changes(("works", side), lambda: _in_works(model, side))


def _in_works(model: SiegeState, side: int) -> FloatArray:
    city = model.city
    line = city.front if side == GARRISON else city.siege_line
    shares = np.zeros(city.n_cells)
    for step, share in reversed(list(enumerate(belts(model)))):
        shares[ground.dilate(line, city.shape, step) & city.held_by(side)] = share
    return shares


def around(model: SiegeState, values: FloatArray | BoolArray, metres: float) -> FloatArray:
    """Return the sum of a value a cell over the square that reaches so many metres to each side."""
    return ground.square_sum(values, model.city.shape, 2.0 * metres / model.city.map.cell_size_m)


def ground_around(model: SiegeState, metres: float) -> FloatArray:
    """Return how many cells the square that reaches so many metres to each side holds; fewer at the rim of the map."""
    return model.city.until_ground_changes(
        ("around", metres), lambda: around(model, np.ones(model.city.n_cells), metres)
    )


def stretch_km(model: SiegeState) -> FloatArray:
    """Return the kilometres of front in the stretch about every cell, at least those of a straight front."""
    reach = model.setting.front.support_m
    straight = max(2.0 * reach / 1000.0, cell_km(model))
    return model.city.until_ground_changes(
        ("stretch", reach), lambda: np.maximum(around(model, model.city.front, reach) * cell_km(model), straight)
    )


def per_km(model: SiegeState, amount: FloatArray) -> FloatArray:
    """Return an amount a cell as the mean by kilometre of front over the stretch about every cell.

    Whoever stands within the stretch counts, in the front row or behind it.

    Args:
        model: the siege.
        amount: a value a cell, none below 0.
    """
    # Sums over squares are differences of large sums: where there is nothing, rounding may leave less than nothing.
    return np.maximum(around(model, amount, model.setting.front.support_m), 0.0) / stretch_km(model)


def men_per_km(model: SiegeState) -> FloatArray:
    """Return the garrison's fit fighters a kilometre of front, over a stretch about every cell."""
    return per_km(model, model.line(GARRISON).present)


def suppressed(model: SiegeState) -> FloatArray:
    """Return how much today's fire keeps defenders down, from 0 to 1, by hits a kilometre of front."""
    layers, rules = model.city.layers, model.setting.front
    hits = np.where(model.city.front, rules.shells_an_impact * layers.impacts + layers.shells, 0.0)
    return 1.0 - np.exp(-per_km(model, hits) / rules.shells_per_km_to_suppress)


def defence_per_km(model: SiegeState) -> tuple[FloatArray, FloatArray]:
    """Return what defends a kilometre of front in its works, and behind them.

    Men by quality, supply, fatigue and resolve over a stretch of front, so that no single thin cell decides, on their
    ground.
    """
    units, line = model.units, model.line(GARRISON)
    layers, rules, ground_rules = model.city.layers, model.setting.front, model.setting.ground
    men = frontage.worth_in_defence(
        line.rows, units.fit, units.quality, units.ammunition, units.fatigue, units.cohesion
    )
    cover = (1.0 + ground_rules.ruins * layers.rubble) * (1.0 + ground_rules.streets * layers.built_up)
    down = 1.0 - rules.suppressed_at_most * suppressed(model)
    strength = per_km(model, line.per_cell(men)) * cover * down
    inside = np.minimum(layers.entrenchment, model.setting.forces.works_inside)
    return strength * (1.0 + rules.works * layers.entrenchment), strength * (1.0 + rules.works * inside)


def attack_per_km(model: SiegeState, axis: Axis) -> float:
    """Return what an axis brings to a kilometre that it assaults in full: men by quality and fatigue."""
    units, rows = model.units, axis.rows
    fit = units.fit[rows].astype(np.float64)
    worth = float((units.quality[rows] * (1.0 - 0.4 * units.fatigue[rows]) * fit).sum()) / max(float(fit.sum()), 1.0)
    return model.setting.front.attackers_per_km * worth


def local_odds(model: SiegeState, attack: float, defence: tuple[FloatArray, FloatArray]) -> FloatArray:
    """Return the odds of an assault on every cell: in the works where it has any, else behind them.

    Args:
        model: the siege; the process `clearing` has to be on.
        attack: its strength a kilometre.
        defence: likewise, in the works and behind them.
    """
    met = np.where(model.city.layers.array("crust") > 0.0, *defence)
    return attack / np.maximum(met, MORE_MEN_THAN_NONE)


def days_per_km(
    model: SiegeState, attack: float, defence: tuple[FloatArray, FloatArray], seen: FloatArray | float = 1.0
) -> FloatArray:
    """Return how many days an assault takes for a kilometre of way in every cell.

    Args:
        model: the siege; the process `clearing` has to be on.
        attack: its strength a kilometre.
        defence: likewise, in the works and behind them.
        seen: by which factor the defence is misjudged.
    """
    rules = model.setting.front
    free = pace.ground_pace(model.city.layers.built_up, rules.open_m_per_day, rules.fabric_slows)
    through, behind = (
        free
        * pace.held_up(
            attack / np.maximum(part * seen, MORE_MEN_THAN_NONE), rules.odds_at_half_pace, rules.odds_steepness
        )
        for part in defence
    )
    return pace.days_a_kilometre(through, behind, model.city.layers.array("crust"))


def promise(model: SiegeState, axis: Axis, days: FloatArray) -> FloatArray:
    """Return how much an assault on each cell promises an axis: pace, its cut, and ground of its own about it.

    All three over lengths in metres: an axis advances a stretch of front, it does not thread its way through the
    weakest of many small cells.
    """
    city, rules = model.city, model.setting.front
    reach = rules.support_m
    manned = np.maximum(around(model, city.pocket_ground, reach), 1.0)
    slow = around(model, days * city.pocket_ground, reach) / manned
    own = around(model, city.held_by(BESIEGER), reach) / ground_around(model, reach)
    promised: FloatArray = own**rules.front_keeps_straight / np.maximum(slow, 1e-6)
    if axis.cut:
        along = np.zeros(city.n_cells, dtype=np.bool_)
        along[axis.cut] = True
        along = ground.dilate(along, city.shape, int(ALONG_M / city.map.cell_size_m))
        promised = promised * np.where(along, rules.follows_cut, 1.0)
    return promised


def steps_of(model: SiegeState, metres: float) -> int:
    """Return a distance in whole cells, at least one."""
    return max(1, round(metres / model.city.map.cell_size_m))


def near_by(model: SiegeState, mask: BoolArray, metres: float, side: int = NOBODY) -> BoolArray:
    """Return the cells within a distance of some cells, for a side's units on foot."""
    return model.city.within(mask, steps_of(model, metres), side)


def groups_of(model: SiegeState, side: int) -> tuple[list[str], IntArray]:
    """Return the names of a side's groups, and the number of each unit's group; -1 for units of others."""
    units = model.units
    rows = np.flatnonzero(units.side == side)
    groups, first = np.unique(units.group[rows], return_index=True)
    numbers = np.full(len(units), -1, dtype=np.int64)
    numbers[rows] = np.searchsorted(groups, units.group[rows])
    return [model.unit_labels[row][0] for row in rows[first].tolist()], numbers


def input_of_units(model: SiegeState, key: Literal["steadfast", "exit_offered"], rows: IntArray) -> FloatArray:
    """Return what an input of their groups is today, for some of the garrison's units."""
    names, numbers = groups_of(model, GARRISON)
    return input_by_group(model, key, names)[numbers[rows]]


def input_by_group(model: SiegeState, key: Literal["steadfast", "exit_offered"], names: list[str]) -> FloatArray:
    """Return what an input of the garrison's groups is today, a value a group; the usual one for reinforcements."""
    groups, usual = model.setting.forces.garrison, Faction.model_fields[key].default
    return np.array([model.now(getattr(groups[name], key)) if name in groups else usual for name in names])
