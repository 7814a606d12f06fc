"""What explosive force does to people, the same for bombs and shells: chance by density and area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siege_sim.kernels.hazard import FloatArray, IntArray, binomial, probability, two_fates, unfold
from siege_sim.kernels.rows import below
from siege_sim.model.codes import STOCKS
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from siege_sim.model.state import SiegeState


POSITIONS_IN_M = 400.0
"""The side of a cell for which the share of it that positions take up is meant."""


def harm_civilians(
    model: SiegeState,
    hits: FloatArray | IntArray,
    *,
    area_m2: float | FloatArray,
    p_killed: float,
    p_trapped: float,
    p_wounded: float,
    luck: FloatArray,
    cause: str,
) -> None:
    """Hurt the households near today's hits.

    A household shares one shelter: ``1 - exp(-hits x area / cell area)`` is the chance that it is affected;
    then each member is killed at once, buried alive, wounded or unhurt.

    Args:
        model: the model.
        hits: hits in every cell.
        area_m2: area over which one hit affects people, for all or a value a cell.
        p_killed: chance of an affected person to be killed.
        p_trapped: chance to be buried alive.
        p_wounded: chance to be wounded.
        luck: a uniform for every household.
        cause: the flow of the ledger that counts the dead.
    """
    homes = model.households
    chance_per_cell = probability(hits * area_m2 / (model.city.cell_km2 * 1e6))
    rows = below(luck, homes.mouths, homes.cell_index, chance_per_cell)
    if rows.size == 0:
        return
    fates, graves, wounds, who = unfold(luck[rows], 4)
    p_dead_or_buried = p_killed + p_trapped
    struck = binomial(fates, homes.persons[rows], p_dead_or_buried)
    buried = binomial(graves, struck, p_trapped / p_dead_or_buried) if p_trapped else np.zeros_like(struck)
    homes.kill(rows, struck - buried, cause, who)
    homes.trapped[rows] += buried
    others = np.maximum(homes.persons[rows] - homes.trapped[rows], 0)
    homes.wound(rows, binomial(wounds, others, min(1.0, p_wounded / max(1.0 - p_dead_or_buried, 1e-12))))


def harm_defenders(
    model: SiegeState,
    hits: FloatArray | IntArray,
    *,
    area_m2: float,
    positions_share: float,
    wounded_per_killed: float,
    luck: FloatArray,
    cause: str,
) -> None:
    """Hurt the defenders near today's hits.

    Args:
        model: the model.
        hits: hits in every cell.
        area_m2: area in which one hit kills fighters in cover.
        positions_share: the part of a front cell of 400 m in which its defenders stand and on which fire falls.
        wounded_per_killed: fighters wounded for each one killed.
        luck: uniforms, shape ``(2, units)``.
        cause: the flow of the ledger that counts the dead.
    """
    line = model.line(GARRISON)
    # Positions are a strip along the front, not a part of an area: in small cells it is more of them.
    strip = min(positions_share * POSITIONS_IN_M / model.city.map.cell_size_m, 1.0)
    ground_m2 = model.city.cell_km2 * 1e6 * np.where(model.city.front, strip, 1.0)
    p_killed = line.per_unit(probability(hits * area_m2 / ground_m2))
    inflict(model, line.rows, p_killed, p_killed * wounded_per_killed, luck, cause)


def inflict(
    model: SiegeState,
    rows: IntArray,
    p_killed: FloatArray,
    p_wounded: FloatArray,
    luck: FloatArray,
    cause: str,
) -> int:
    """Let units of one side lose fighters: each fit one is killed or wounded by chance. Return the deaths.

    Args:
        model: the model.
        rows: the units, all of one side.
        p_killed: chance of being killed, a value a unit; above 1 counts as 1.
        p_wounded: likewise, of being wounded.
        luck: uniforms, shape ``(2, all units)``.
        cause: the flow of the ledger that counts the dead.
    """
    units = model.units
    killed, wounded = two_fates(luck, rows, units.fit, p_killed, p_wounded)
    hurt = killed + wounded
    if not hurt.any():
        return 0
    deaths = int(killed.sum())
    units.fit[rows] -= hurt
    units.wounded[rows] += wounded
    model.ledger.book(STOCKS[int(units.side[rows[0]])], cause, deaths)
    for row in rows[(units.fit[rows] + units.wounded[rows]) == 0]:
        model.unit(int(row)).disband()
    return deaths
