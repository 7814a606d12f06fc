"""Geometry of a grid of cells: neighbours, connected ground, distances, narrow places.

Arrays are flat (a value a cell, row by row from the north-west); ``shape`` is ``(rows, columns)``. A cell's
neighbours are the eight around it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from siege_sim.kernels.compiled import compiled
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray

Shape = tuple[int, int]

UNREACHED = np.iinfo(np.int64).max
"""The number of steps to a cell that cannot be reached."""


def neighbour_table(shape: Shape) -> IntArray:
    """Return an array ``(n_cells, 9)`` of flat indices: the cell itself, then its eight neighbours.

    Places off the grid hold ``n_cells``, one past the last cell: pad what is looked up with a neutral value.
    """
    return box_table(shape, 1)


def neighbour_sum(values: NDArray[Any], shape: Shape) -> FloatArray:
    """Return, for each cell, the sum of ``values`` over its eight neighbours."""
    return sum_of_neighbours(values.astype(np.float64), *shape)


@compiled
def sum_of_neighbours(values: FloatArray, rows: int, columns: int) -> FloatArray:
    """Return the same, for other compiled loops: over a grid with a rim of zeros no cell asks where the grid ends."""
    rimmed = np.zeros((rows + 2, columns + 2))
    for row in range(rows):
        for column in range(columns):
            rimmed[row + 1, column + 1] = values[row * columns + column]
    sums = np.empty(values.size)
    for row in range(rows):
        above, here, below = rimmed[row], rimmed[row + 1], rimmed[row + 2]
        for column in range(columns):
            total = -here[column + 1] + above[column] + above[column + 1] + above[column + 2]
            total = total + here[column] + here[column + 1] + here[column + 2]
            sums[row * columns + column] = total + below[column] + below[column + 1] + below[column + 2]
    return sums


def box_sum(values: NDArray[Any], shape: Shape, reach: int) -> FloatArray:
    """Return, for each cell, the sum of ``values`` over all cells within ``reach`` king's moves, itself included."""
    return sum_over_boxes(values.astype(np.float64), *shape, reach)


@compiled
def sum_over_boxes(values: FloatArray, rows: int, columns: int, reach: int) -> FloatArray:
    """Take the sum over each box from the sums over everything to the north-west of its corners."""
    north_west = np.zeros((rows + 1, columns + 1))
    down = np.zeros(columns)
    for row in range(rows):
        for column in range(columns):
            down[column] += values[row * columns + column]
            north_west[row + 1, column + 1] = north_west[row + 1, column] + down[column]
    sums = np.empty(values.size)
    for row in range(rows):
        top, bottom = north_west[max(row - reach, 0)], north_west[min(row + reach + 1, rows)]
        for column in range(columns):
            left, right = max(column - reach, 0), min(column + reach + 1, columns)
            sums[row * columns + column] = bottom[right] - top[right] - bottom[left] + top[left]
    return sums


def square_sum(values: NDArray[Any], shape: Shape, side: float) -> FloatArray:
    """Return, for each cell, the sum of ``values`` over a square of ``side`` cells around its middle.

    The side need not be a whole odd number: the outermost cells count in part, so that a length in metres means the
    same whatever the size of the cells. Below one cell the cell itself counts in full.
    """
    reach = (max(side, 1.0) - 1.0) / 2.0
    inner = int(reach)
    outer = reach - inner
    sums = box_sum(values, shape, inner) if inner else values.astype(np.float64)
    return sums if outer == 0.0 else (1.0 - outer) * sums + outer * box_sum(values, shape, inner + 1)


def box_table(shape: Shape, reach: int) -> IntArray:
    """Return an array ``(n_cells, (2 reach + 1)^2)`` of flat indices: the cell itself, then those within ``reach``.

    Places off the grid hold ``n_cells``, as in ``neighbour_table``.
    """
    rows, columns = shape
    padded = np.full((rows + 2 * reach, columns + 2 * reach), rows * columns, dtype=np.int64)
    padded[reach : reach + rows, reach : reach + columns] = np.arange(rows * columns).reshape(shape)
    span = range(-reach, reach + 1)
    offsets = [(0, 0)] + [(i, j) for i in span for j in span if (i, j) != (0, 0)]
    views = [padded[reach + i : reach + i + rows, reach + j : reach + j + columns].ravel() for i, j in offsets]
    return np.stack(views, axis=1)


def king_steps(cells: IntArray, others: IntArray, shape: Shape) -> IntArray:
    """Return the king's-move distance between every cell and every other, shape ``(cells, others)``."""
    return _king_steps(cells, others, shape[1])


@compiled
def _king_steps(cells: IntArray, others: IntArray, columns: int) -> IntArray:
    steps = np.empty((cells.size, others.size), dtype=np.int64)
    for i in range(cells.size):
        for j in range(others.size):
            down = abs(cells[i] // columns - others[j] // columns)
            across = abs(cells[i] % columns - others[j] % columns)
            steps[i, j] = max(down, across)
    return steps


def nearest(cell: int, candidates: IntArray, shape: Shape) -> tuple[int, int]:
    """Return the candidate nearest to a cell by king's moves, the first among equals, and how many moves that is."""
    return _nearest(cell, candidates, shape[1])


@compiled
def _nearest(cell: int, candidates: IntArray, columns: int) -> tuple[int, int]:
    row, column = divmod(cell, columns)
    best, fewest = -1, UNREACHED
    for candidate in candidates:
        steps = max(abs(candidate // columns - row), abs(candidate % columns - column))
        if steps < fewest:
            best, fewest = candidate, steps
    return best, fewest


@compiled
def passable(line: BoolArray, steps: FloatArray, near: float, when_near: float, elsewhere: float) -> FloatArray:
    """Return how freely one can step across a line: ``elsewhere``, or ``when_near`` if that is more; 0 away from it.

    ``when_near`` counts where at most ``near`` steps lead to it.
    """
    open_share = np.zeros(line.size)
    for cell in range(line.size):
        if line[cell]:
            open_share[cell] = max(when_near, elsewhere) if steps[cell] <= near else elsewhere
    return open_share


WAYS_ONE_BY_ONE = 20
"""With more pairs of people's cells and exits than so many for each cell of the grid, ways are walked together."""


def easiest_ways(
    cells: IntArray, ease: FloatArray, ease_by_steps: FloatArray, part: IntArray, shape: Shape
) -> FloatArray:
    """Return how easy the best way out of each of the cells is; 0 for those without one.

    Args:
        cells: where people are.
        ease: how easily one can step out, a value a cell of the grid; 0 where one cannot.
        ease_by_steps: what the way there leaves of that, by its length in king's moves; falling.
        part: the connected ground that each cell of the grid belongs to; ways lead over the same ground only.
        shape: of the grid.
    """
    if min(cells.size, ease.size) * np.count_nonzero(ease) > WAYS_ONE_BY_ONE * ease.size:
        return _easiest_ways_on_foot(cells, ease, ease_by_steps, part, np.ones(ease.size, dtype=np.bool_), *shape)
    return _easiest_ways(cells, ease, ease_by_steps, part, shape[1])


@compiled
def _easiest_ways(
    cells: IntArray, ease: FloatArray, ease_by_steps: FloatArray, part: IntArray, columns: int
) -> FloatArray:
    exits = np.flatnonzero(ease)
    known = np.full(ease.size, -1.0)
    ways = np.empty(cells.size)
    for i in range(cells.size):
        cell = cells[i]
        if known[cell] < 0.0:
            row, column = divmod(cell, columns)
            known[cell] = 0.0
            for out in exits:
                if part[out] == part[cell]:
                    steps = max(abs(out // columns - row), abs(out % columns - column))
                    known[cell] = max(known[cell], ease_by_steps[steps] * ease[out])
        ways[i] = known[cell]
    return ways


def easiest_ways_on_foot(
    cells: IntArray, ease: FloatArray, ease_by_steps: FloatArray, part: IntArray, open_ground: BoolArray, shape: Shape
) -> FloatArray:
    """Return the same where ground lies between that nobody can cross: the length of a way is that of the walk.

    Args:
        cells: where people are.
        ease: how easily one can step out, a value a cell of the grid; 0 where one cannot.
        ease_by_steps: what the way there leaves of that, by its length; falling, a value for each cell of the grid.
        part: the connected ground that each cell of the grid belongs to.
        open_ground: the cells that can be walked over.
        shape: of the grid.
    """
    return _easiest_ways_on_foot(cells, ease, ease_by_steps, part, open_ground, *shape)


@compiled
def _easiest_ways_on_foot(
    cells: IntArray,
    ease: FloatArray,
    ease_by_steps: FloatArray,
    part: IntArray,
    open_ground: BoolArray,
    rows: int,
    columns: int,
) -> FloatArray:
    best = np.zeros(ease.size)
    seen = np.zeros(ease.size, dtype=np.bool_)
    for first in range(ease.size):
        if ease[first] <= 0.0 or seen[first]:
            continue
        # Ways that are alike are walked together: of those in one part, the nearest is the best.
        alike = (ease == ease[first]) & (part == part[first])
        seen |= alike
        steps = steps_over(alike, open_ground, rows, columns, ease.size)
        for cell in range(ease.size):
            if part[cell] == part[first] and steps[cell] < ease_by_steps.size:
                best[cell] = max(best[cell], ease_by_steps[steps[cell]] * ease[first])
    return best[cells]


def corner_leaks(barrier: BoolArray, shape: Shape) -> IntArray:
    """Return where ground that nobody can cross touches by the corner only, and so holds nobody back.

    A step to one of the eight neighbours may be diagonal, and then passes between two cells. Where both are barrier,
    one of the two cells that it joins has to become barrier as well.

    Args:
        barrier: the cells that nobody can cross.
        shape: of the grid.

    Returns:
        Pairs of flat indices, shape ``(leaks, 2)``: the cell to fill, then the other one. Filled is the one with more
        barrier around it, the northern one among equals.
    """
    rows, columns = shape
    grid, around = barrier.reshape(shape), _barrier_around(barrier.reshape(shape))
    index = np.arange(rows * columns).reshape(shape)
    upper_left, upper_right, lower_left, lower_right = grid[:-1, :-1], grid[:-1, 1:], grid[1:, :-1], grid[1:, 1:]
    falling = ~upper_left & ~lower_right & upper_right & lower_left
    rising = ~upper_right & ~lower_left & upper_left & lower_right
    upper = np.concatenate([index[:-1, :-1][falling], index[:-1, 1:][rising]])
    lower = np.concatenate([index[1:, 1:][falling], index[1:, :-1][rising]])
    southern = around[lower] > around[upper]
    pairs = np.stack([np.where(southern, lower, upper), np.where(southern, upper, lower)], axis=1)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _barrier_around(grid: BoolArray) -> IntArray:
    """Return how many neighbours of each cell are barrier, itself included: for maps, so nothing is compiled."""
    rimmed = np.pad(grid.astype(np.int64), 1)
    three = rimmed[:-2] + rimmed[1:-1] + rimmed[2:]
    return (three[:, :-2] + three[:, 1:-1] + three[:, 2:]).ravel()


def corners_filled(barrier: BoolArray, shape: Shape) -> BoolArray:
    """Return a barrier with cells added until it touches nowhere by the corner only: see `corner_leaks`."""
    filled = barrier.copy()
    while (leaks := corner_leaks(filled, shape)).size:
        filled[leaks[0, 0]] = True
    return filled


def dilate(mask: BoolArray, shape: Shape, steps: int = 1) -> BoolArray:
    """Return the cells of ``mask`` together with all their neighbours, ``steps`` times over."""
    return _dilate(mask, *shape, steps)


@compiled
def _dilate(mask: BoolArray, rows: int, columns: int, reach: int) -> BoolArray:
    """Widen by a step at a time over a grid with a rim, so that no cell asks where the grid ends."""
    rimmed = np.zeros((rows + 2, columns + 2), dtype=np.uint8)
    wider = mask.copy()
    for _ in range(min(reach, max(rows, columns))):
        for row in range(rows):
            for column in range(columns):
                rimmed[row + 1, column + 1] = wider[row * columns + column]
        for row in range(rows):
            above, here, below = rimmed[row], rimmed[row + 1], rimmed[row + 2]
            for column in range(columns):
                near = above[column] | above[column + 1] | above[column + 2]
                near |= here[column] | here[column + 1] | here[column + 2]
                wider[row * columns + column] = (near | below[column] | below[column + 1] | below[column + 2]) > 0
    return wider


def touching(mask: BoolArray, other: BoolArray, shape: Shape) -> BoolArray:
    """Return the cells of ``mask`` that have a neighbour in ``other``."""
    return mask & _dilate(other, *shape, 1)


def steps_from(sources: BoolArray, passable: BoolArray, shape: Shape, farthest: int = 10_000) -> IntArray:
    """Return the number of steps from the nearest source over passable cells (breadth first).

    Sources count as 0 whether passable or not; what cannot be reached within ``farthest`` steps is
    ``UNREACHED``.
    """
    return steps_over(sources, passable, *shape, farthest)


@compiled
def steps_over(sources: BoolArray, passable: BoolArray, rows: int, columns: int, farthest: int) -> IntArray:
    """Return the same, for other compiled loops."""
    steps = np.full(sources.size, UNREACHED)
    queue = np.empty(sources.size, dtype=np.int64)
    first = last = 0
    for cell in range(sources.size):
        if sources[cell]:
            steps[cell] = 0
            queue[last] = cell
            last += 1
    while first < last:
        cell = queue[first]
        first += 1
        if steps[cell] >= farthest:
            break
        row, column = divmod(cell, columns)
        for near_row in range(max(row - 1, 0), min(row + 2, rows)):
            for near_column in range(max(column - 1, 0), min(column + 2, columns)):
                near = near_row * columns + near_column
                if passable[near] and steps[near] == UNREACHED:
                    steps[near] = steps[cell] + 1
                    queue[last] = near
                    last += 1
    return steps


def components(mask: BoolArray, shape: Shape) -> IntArray:
    """Label connected ground: 0, 1, ... from the largest part down, -1 outside ``mask``.

    Parts of equal size are ordered by their first cell.
    """
    return _components(mask, *shape)


@compiled
def _components(mask: BoolArray, rows: int, columns: int) -> IntArray:
    labels = np.full(mask.size, -1)
    sizes = np.zeros(mask.size, dtype=np.int64)
    queue = np.empty(mask.size, dtype=np.int64)
    parts = 0
    for start in range(mask.size):
        if mask[start] and labels[start] < 0:
            labels[start] = parts
            # The queue starts afresh for each part, so that its length in the end is the size of the part.
            queue[0], first, last = start, 0, 1
            while first < last:
                row, column = divmod(queue[first], columns)
                first += 1
                for near_row in range(max(row - 1, 0), min(row + 2, rows)):
                    for near_column in range(max(column - 1, 0), min(column + 2, columns)):
                        near = near_row * columns + near_column
                        if mask[near] and labels[near] < 0:
                            labels[near] = parts
                            queue[last] = near
                            last += 1
            sizes[parts] = last
            parts += 1
    # How many parts there are of each size, and from the largest down the rank of the first of them.
    ranks = np.zeros(mask.size + 1, dtype=np.int64)
    for part in range(parts):
        ranks[sizes[part]] += 1
    before = 0
    for size in range(mask.size, 0, -1):
        alike, ranks[size] = ranks[size], before
        before += alike
    rank = np.empty(parts + 1, dtype=np.int64)
    for part in range(parts):
        rank[part] = ranks[sizes[part]]
        ranks[sizes[part]] += 1
    rank[parts] = -1  # what has no label
    return rank[labels]


def exit_width(mask: BoolArray, shape: Shape, widest: int = 4) -> IntArray:
    """Return how wide a way still joins each cell of ``mask`` to its main body.

    0: cut off. 1: only along ground that is one or two cells wide. ``w``: along ground whose middle lies at
    least ``w`` steps inside the rim, leaving out the cell's own first ``w - 1`` steps (a cell at the rim of a
    broad body is not in danger of being cut off). The main body is the largest connected part. Ground beyond
    the grid's edge does not count as outside.
    """
    return _exit_width(mask, *shape, widest)


@compiled
def _exit_width(mask: BoolArray, rows: int, columns: int, widest: int) -> IntArray:
    main = _components(mask, rows, columns) == 0
    width = main.astype(np.int64)
    wide, before = mask, main
    for w in range(2, widest + 1):
        # Worn away by one step more, narrow ways are gone, and what they alone joined to the largest rest falls off.
        wide = ~_dilate(~wide, rows, columns, 1)
        body = _components(wide & main, rows, columns) == 0
        if not body.any():
            break
        # Grown back, a broad body has its rim again, a narrow way only its first steps.
        for _ in range(w - 1):
            body = _dilate(body, rows, columns, 1) & main
        # The largest rest may be another part than before; a cell is joined by a wide way only if by every narrower
        # one.
        before = before & body
        width[before] = w
    return width
