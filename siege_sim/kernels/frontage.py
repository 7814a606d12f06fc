"""Manning a line: units spread their fighters over the front cells within reach.

``reach`` and ``shares`` are as ``spread_over_front`` takes and gives them.
"""

from __future__ import annotations

import numpy as np

from siege_sim.kernels.compiled import compiled
from siege_sim.kernels.ground import steps_over, sum_over_boxes
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray


@compiled
def spread_over_front(reach: IntArray, weight: FloatArray, men: FloatArray, evening_out: int = 2) -> FloatArray:
    """Return which part of each unit stands in each of the cells within its reach.

    Starts from parts in proportion to ``weight``, then shifts fighters from cells that have more than their
    due to cells that have less, within each unit's reach, ``evening_out`` times.

    Args:
        reach: the cells within reach of each unit, its own first, shape ``(units, cells)``; places off the grid
            hold the number of cells.
        weight: how many defenders a cell asks for, relative to others, shape ``(cells,)``; 0 where there is
            no front.
        men: fighters of each unit.
        evening_out: rounds of shifting.

    Returns:
        Shares, shape ``(units, cells)``, each row summing to 1. A unit without front in reach stays where it is.
    """
    units, places = reach.shape
    cells = weight.size
    shares = np.zeros((units, places))
    for unit in range(units):
        for place in range(places):
            if reach[unit, place] < cells:
                shares[unit, place] = weight[reach[unit, place]]
        if not _to_one(shares, unit):
            shares[unit, 0] = 1.0
    # All units shift at once, so going the whole way would overshoot: the root goes half of it, in ratios. Places off
    # the grid stand for one more cell, in which nobody has a share.
    for _ in range(evening_out):
        present = np.zeros(cells + 1)
        for unit in range(units):
            for place in range(places):
                present[reach[unit, place]] += shares[unit, place] * men[unit]
        shift = np.ones(cells + 1)
        for cell in range(cells):
            if weight[cell] > 0.0 and present[cell] > 0.0:
                shift[cell] = np.sqrt(weight[cell] / present[cell])
        for unit in range(units):
            for place in range(places):
                shares[unit, place] *= shift[reach[unit, place]]
            _to_one(shares, unit)
    return shares


@compiled
def _to_one(shares: FloatArray, unit: int) -> bool:
    """Scale a unit's shares (changed) so that they sum to 1; return whether it has any."""
    total = 0.0
    for place in range(shares.shape[1]):
        total += shares[unit, place]
    if total > 0.0:
        for place in range(shares.shape[1]):
            shares[unit, place] /= total
    return total > 0.0


@compiled
def per_cell(reach: IntArray, shares: FloatArray, amount: FloatArray, cells: int) -> FloatArray:
    """Return the sum over the units of ``amount`` (a value a unit) in each of ``cells`` cells."""
    sums = np.zeros(cells + 1)
    for unit in range(reach.shape[0]):
        for place in range(reach.shape[1]):
            sums[reach[unit, place]] += shares[unit, place] * amount[unit]
    return sums[:cells]


@compiled
def mean_per_cell(reach: IntArray, shares: FloatArray, men: FloatArray, value: FloatArray, cells: int) -> FloatArray:
    """Return the mean of ``value`` (a value a unit) over the fighters in each cell; 1 where nobody stands."""
    present = per_cell(reach, shares, men, cells)
    mean = per_cell(reach, shares, men * value, cells)
    for cell in range(cells):
        mean[cell] = mean[cell] / present[cell] if present[cell] > 0.0 else 1.0
    return mean


@compiled
def per_unit(reach: IntArray, shares: FloatArray, value: FloatArray | BoolArray) -> FloatArray:
    """Return the mean of ``value`` (a value a cell; 0 off the grid) over the fighters of each unit."""
    means = np.zeros(reach.shape[0])
    for unit in range(reach.shape[0]):
        for place in range(reach.shape[1]):
            if reach[unit, place] < value.size:
                means[unit] += shares[unit, place] * value[reach[unit, place]]
    return means


@compiled
def worth_in_defence(
    rows: IntArray,
    fit: IntArray,
    quality: FloatArray,
    ammunition: FloatArray,
    fatigue: FloatArray,
    cohesion: FloatArray,
) -> FloatArray:
    """Return what the fighters of some units are worth in defence, in men of average quality, fresh and supplied.

    Without ammunition a unit is worth two fifths, with full fatigue three fifths.
    """
    worth = np.empty(rows.size)
    for i in range(rows.size):
        row = rows[i]
        able = quality[row] * (0.4 + 0.6 * ammunition[row]) * (1.0 - 0.4 * fatigue[row])
        worth[i] = fit[row] * able * cohesion[row]
    return worth


@compiled
def strength_on_ground(
    men: FloatArray,
    entrenchment: FloatArray,
    rubble: FloatArray,
    built_up: FloatArray,
    suppression: FloatArray,
    works: float,
    ruins: float,
    streets: float,
) -> FloatArray:
    """Return the strength of men (a value a cell) who defend works, ruins and streets, half of it under full fire.

    ``works``, ``ruins`` and ``streets`` are what full entrenchment, rubble and building add.
    """
    cover = (1.0 + works * entrenchment, 1.0 + ruins * rubble, 1.0 + streets * built_up)
    return men * cover[0] * cover[1] * cover[2] * (1.0 - 0.5 * suppression)


@compiled
def neediest(lacking: FloatArray, front: BoolArray, pockets: IntArray, cell: int, steps: IntArray, reach: int) -> int:
    """Return the front cell that lacks most within ``reach`` of the ``steps`` from a cell, in its pocket; -1 for none.

    Arrays have a value a cell. Among equals the first in the order of the cells is taken.
    """
    best = -1
    for near in range(front.size):
        within = front[near] and steps[near] <= reach and pockets[near] == pockets[cell]
        if within and (best < 0 or lacking[near] > lacking[best]):
            best = near
    return best


@compiled
def destinations(
    rows: IntArray,
    cell_index: IntArray,
    fit: IntArray,
    lacking: FloatArray,
    front: BoolArray,
    pockets: IntArray,
    open_ground: BoolArray,
    around: IntArray,
    reach: int,
    columns: int,
) -> IntArray:
    """Return where each of some units is sent, one after the other; -1 for those that stay.

    A unit goes to the cell within ``reach`` around which most defenders are lacking, unless more would be lacking
    where it is.

    Args:
        rows: the units, in their turn.
        cell_index: where units are, a value for all.
        fit: their fighters, likewise.
        lacking: defenders that each cell lacks, below zero where it has more than its due; changed by who goes.
        front: the cells to be manned.
        pockets: the connected ground that each cell belongs to.
        open_ground: the cells over which units can march.
        around: the cells that a unit mans from each cell, its own first.
        reach: how far a unit goes, in steps over such ground.
        columns: of the grid.
    """
    goals = np.full(rows.size, -1)
    manned = (int(np.sqrt(around.shape[1])) - 1) // 2
    nearby = _lacking_nearby(lacking, columns, manned)
    for i in range(rows.size):
        here, men = cell_index[rows[i]], fit[rows[i]]
        start = np.zeros(front.size, dtype=np.bool_)
        start[here] = True
        steps = steps_over(start, open_ground, front.size // columns, columns, reach)
        best = neediest(nearby, front, pockets, here, steps, reach)
        # What would be lacking here if the unit left, were all of it in this cell, which counts twice for itself. Where
        # there are enough even without the unit, it may go to wherever anybody is lacking.
        wanted_here = max(nearby[here] + 2.0 * men, 0.0) if front[here] else 0.0
        if best >= 0 and nearby[best] > wanted_here:
            goals[i] = best
            _share_out(lacking, men, around[here], front)
            _share_out(lacking, -men, around[best], front)
            nearby = _lacking_nearby(lacking, columns, manned)
    return goals


@compiled
def _lacking_nearby(lacking: FloatArray, columns: int, reach: int) -> FloatArray:
    """Return how many defenders are lacking around each cell, its own counted twice."""
    return sum_over_boxes(lacking, lacking.size // columns, columns, reach) + lacking


@compiled
def _share_out(lacking: FloatArray, men: int, places: IntArray, front: BoolArray) -> None:
    """Add men evenly to what the front cells among some places lack (changed)."""
    manned = 0
    for place in places:
        manned += place < front.size and front[place]
    for place in places:
        if place < front.size and front[place]:
            lacking[place] += men / manned
