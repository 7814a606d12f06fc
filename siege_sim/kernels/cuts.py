"""Cuts through connected ground: which straight line isolates how much, and how long it is.

Arrays are flat (a value a cell, row by row from the north-west); ``shape`` is ``(rows, columns)``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from siege_sim.kernels.compiled import compiled
from siege_sim.kernels.ground import Shape, neighbour_sum
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray

CutScore = Callable[[int, BoolArray], float]
"""From the number of a way and the ground it would isolate to how good a cut it is."""

ABOVE_ROUNDING = 1.0 + 1e-9


def rim(mask: BoolArray, shape: Shape) -> BoolArray:
    """Return the cells of ``mask`` that have a neighbour off it; the edge of the grid is no neighbour."""
    return mask & (neighbour_sum(~mask, shape) > 0)


@compiled
def spaced(cells: IntArray, columns: int, steps: int) -> IntArray:
    """Return some of the cells, none nearer than ``steps`` king's moves to another, the first ones first."""
    chosen = np.empty(cells.size, dtype=np.int64)
    found = 0
    for cell in cells:
        free = True
        for i in range(found):
            down = abs(cell // columns - chosen[i] // columns)
            across = abs(cell % columns - chosen[i] % columns)
            if max(down, across) < steps:
                free = False
                break
        if free:
            chosen[found] = cell
            found += 1
    return chosen[:found]


@compiled
def line_cells(start: int, end: int, columns: int) -> IntArray:
    """Return the cells under the straight line between two cells, each sharing a side with the one before.

    A king cannot step across it.
    """
    row, column = divmod(start, columns)
    to_row, to_column = divmod(end, columns)
    down, across = abs(to_row - row), abs(to_column - column)
    step_down = 1 if to_row > row else -1
    step_across = 1 if to_column > column else -1
    cells = np.empty(down + across + 1, dtype=np.int64)
    cells[0] = start
    gone_down = gone_across = 0
    for i in range(1, cells.size):
        if (1 + 2 * gone_across) * down < (1 + 2 * gone_down) * across:
            column += step_across
            gone_across += 1
        else:
            row += step_down
            gone_down += 1
        cells[i] = row * columns + column
    return cells


@compiled
def isolated_by(mask: BoolArray, cut: IntArray, rows: int, columns: int) -> BoolArray:
    """Return the ground that a cut would part from the largest rest, the cells of the cut not included.

    Ground that is not joined to the largest part of ``mask`` before the cut does not count.
    """
    return _parted(_largest(mask, rows, columns), cut, rows, columns)


@compiled
def _parted(largest: BoolArray, cut: IntArray, rows: int, columns: int) -> BoolArray:
    """Return the same for ground that hangs together."""
    left = largest.copy()
    for cell in cut:
        left[cell] = False
    return left & ~_largest(left, rows, columns)


@compiled
def _largest(mask: BoolArray, rows: int, columns: int) -> BoolArray:
    """Return the largest connected part of some ground; the first among equals."""
    seen = np.zeros(mask.size, dtype=np.bool_)
    queue = np.empty(mask.size, dtype=np.int64)
    best = np.zeros(mask.size, dtype=np.bool_)
    most, done, total = 0, 0, mask.sum()
    for start in range(mask.size):
        if mask[start] and not seen[start]:
            size = _flood(mask, seen, queue, start, rows, columns)
            done += size
            if size > most:
                most = size
                best[:] = False
                best[queue[:size]] = True
            # No part that is still to come can be larger.
            if most >= total - done:
                break
    return best


@compiled
def _flood(mask: BoolArray, seen: BoolArray, queue: IntArray, start: int, rows: int, columns: int) -> int:
    """Put the cells that hang together with ``start`` into the queue, mark them as seen; return how many they are."""
    queue[0], first, last = start, 0, 1
    seen[start] = True
    while first < last:
        row, column = divmod(queue[first], columns)
        first += 1
        for near_row in range(max(row - 1, 0), min(row + 2, rows)):
            for near_column in range(max(column - 1, 0), min(column + 2, columns)):
                near = near_row * columns + near_column
                if mask[near] and not seen[near]:
                    seen[near] = True
                    queue[last] = near
                    last += 1
    return last


@compiled
def straight_ways(
    mask: BoolArray, starts: IntArray, ends: IntArray, cost: FloatArray, longest: float, columns: int
) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
    """Return the straight ways over ``mask`` between some rim cells.

    Args:
        mask: the ground.
        starts: rim cells where a way may begin.
        ends: rim cells where it may end.
        cost: what a cell on the way costs (metres, days), a value a cell.
        longest: ways of more cells than this (as the crow flies) are not looked at.
        columns: of the grid.

    Returns:
        Places in ``starts`` and ``ends``, lengths in cells, and costs, a value a way.
    """
    most = starts.size * ends.size
    a, b = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    length, costs = np.empty(most), np.empty(most)
    found = 0
    for i in range(starts.size):
        for j in range(ends.size):
            down = abs(starts[i] // columns - ends[j] // columns)
            across = abs(starts[i] % columns - ends[j] % columns)
            far = np.sqrt(float(down * down + across * across))
            if far + 1.0 > longest or far < 1.0:
                continue
            way = line_cells(starts[i], ends[j], columns)
            inside = 0
            total = 0.0
            for cell in way:
                if mask[cell]:
                    inside += 1
                    total += cost[cell]
            # The way steps along sides; as the crow flies it is shorter.
            straight = (far + 1.0) / way.size
            a[found], b[found] = i, j
            length[found], costs[found] = inside * straight, total * straight
            found += 1
    return a[:found], b[:found], length[:found], costs[:found]


@compiled
def lost_beyond(gone: BoolArray, end: int, other: int, rows: int, columns: int) -> float:
    """Return how many cells of lost ground lie in a row beyond the end of a way, in the way's direction."""
    row, column = divmod(end, columns)
    down, across = row - other // columns, column - other % columns
    far = max(abs(down), abs(across))
    if far == 0:
        return 0.0
    step_down, step_across = down / far, across / far
    steps = 0
    while True:
        near_row = int(np.round(row + (steps + 1) * step_down))
        near_column = int(np.round(column + (steps + 1) * step_across))
        if not (0 <= near_row < rows and 0 <= near_column < columns) or not gone[near_row * columns + near_column]:
            break
        steps += 1
    return steps * np.sqrt(step_down**2 + step_across**2)


@compiled
def lost_beyond_both(gone: BoolArray, starts: IntArray, ends: IntArray, rows: int, columns: int) -> FloatArray:
    """Return the same for many ways, a value a way: beyond its one end and beyond the other, together."""
    cells = np.empty(starts.size)
    for way in range(starts.size):
        cells[way] = lost_beyond(gone, starts[way], ends[way], rows, columns) + lost_beyond(
            gone, ends[way], starts[way], rows, columns
        )
    return cells


def best_cut(
    mask: BoolArray,
    starts: IntArray,
    ends: IntArray,
    bound: FloatArray,
    a_cell: FloatArray,
    cells: tuple[float, float],
    score: CutScore,
    shape: Shape,
    tries: int = 1500,
) -> tuple[int, BoolArray | None, float]:
    """Return which of some ways is the best cut, what it isolates, and its score; -1 where none has any.

    Args:
        mask: the ground.
        starts: where the ways begin, a cell a way.
        ends: where they end.
        bound: the score that each way is expected to have at most; the most promising come first, until one is found
            that none of the others is expected to exceed.
        a_cell: the score that each way can have at most for a cell that it isolates.
        cells: how many cells must be isolated for any score, and how many can be.
        score: from the number of a way and the isolated ground to its score.
        shape: of the grid.
        tries: how many of the most promising ways are looked at.
    """
    best, part, highest = -1, None, 0.0
    largest = _largest(mask, *shape)
    order, place = np.argsort(-bound, kind="stable")[:tries], 0
    while True:
        place, isolated = _next_promising(largest, starts, ends, order, place, bound, a_cell, *cells, highest, *shape)
        if place < 0:
            return best, part, highest
        way = int(order[place])
        reached = score(way, isolated)
        if reached > highest:
            best, part, highest = way, isolated, reached
        place += 1


@compiled
def _next_promising(
    largest: BoolArray,
    starts: IntArray,
    ends: IntArray,
    order: IntArray,
    place: int,
    bound: FloatArray,
    a_cell: FloatArray,
    least: float,
    most: float,
    highest: float,
    rows: int,
    columns: int,
) -> tuple[int, BoolArray]:
    """Return the next way, by its place in the order, that could score higher, and what it isolates; -1 for none."""
    for i in range(place, order.size):
        way = order[i]
        if bound[way] <= highest:
            break
        # A little more than there is, since products that should be equal may differ in their last digit.
        worth = a_cell[way] * ABOVE_ROUNDING
        if most * worth <= highest:
            continue
        isolated = _parted(largest, line_cells(starts[way], ends[way], columns), rows, columns)
        found = isolated.sum()
        if found * ABOVE_ROUNDING >= least and found * worth > highest:
            return i, isolated
    return -1, largest
