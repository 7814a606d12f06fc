"""Geometry of a grid of cells: neighbours, connected ground, distances, narrow places.

Arrays are flat (a value a cell, row by row from the north-west); ``shape`` is ``(rows, columns)``. A cell's
neighbours are the eight around it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siege_sim.kernels.compiled import compiled
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray

Shape = tuple[int, int]

UNREACHED = np.iinfo(np.int64).max
"""The number of steps to a cell that cannot be reached."""


class Board:
    """Sets of cells as one long integer, a bit a cell.

    Growing a set by a step is then six shifts, whatever its shape: on a grid of 24 x 24 cells ten times faster
    than the same with arrays. Each row ends in a guard bit that is always 0, so that rows do not run into each
    other.
    """

    def __init__(self, shape: Shape) -> None:
        self.rows, self.columns = shape
        self._stride = self.columns + 1
        self._bytes = (self.rows * self._stride + 7) // 8
        self.all = self.pack(np.ones(self.rows * self.columns, dtype=np.bool_))

    def pack(self, mask: BoolArray) -> int:
        """Return a mask (flat) as bits."""
        guarded = np.zeros((self.rows, self._stride), dtype=np.bool_)
        guarded[:, :-1] = mask.reshape(self.rows, self.columns)
        return int.from_bytes(np.packbits(guarded, bitorder="little").tobytes(), "little")

    def unpack(self, bits: int) -> BoolArray:
        """Return bits as a mask (flat)."""
        raw = np.frombuffer(bits.to_bytes(self._bytes, "little"), dtype=np.uint8)
        guarded = np.unpackbits(raw, count=self.rows * self._stride, bitorder="little")
        return guarded.reshape(self.rows, self._stride)[:, :-1].ravel().astype(np.bool_)

    def grow(self, bits: int) -> int:
        """Return the cells together with all their neighbours."""
        across = bits | bits << 1 | bits >> 1
        return (across | across << self._stride | across >> self._stride) & self.all

    def flood(self, seeds: int, passable: int) -> int:
        """Return the passable cells that can be reached from ``seeds`` over passable cells."""
        reached = seeds & passable
        while (wider := self.grow(reached) & passable) != reached:
            reached = wider
        return reached

    def parts(self, bits: int) -> list[int]:
        """Return the connected parts, the largest first; among equals, the one with the first cell."""
        found = []
        while bits:
            part = self.flood(bits & -bits, bits)
            found.append(part)
            bits &= ~part
        return sorted(found, key=lambda part: -part.bit_count())


@lru_cache(maxsize=32)
def board(shape: Shape) -> Board:
    """Return the board of a grid's shape."""
    return Board(shape)


def neighbour_table(shape: Shape) -> IntArray:
    """Return an array ``(n_cells, 9)`` of flat indices: the cell itself, then its eight neighbours.

    Places off the grid hold ``n_cells``, one past the last cell: pad what is looked up with a neutral value.
    """
    rows, columns = shape
    padded = np.full((rows + 2, columns + 2), rows * columns, dtype=np.int64)
    padded[1:-1, 1:-1] = np.arange(rows * columns).reshape(shape)
    offsets = [(0, 0)] + [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
    views = [padded[1 + i : 1 + i + rows, 1 + j : 1 + j + columns].ravel() for i, j in offsets]
    return np.stack(views, axis=1)


def neighbour_sum(values: NDArray[Any], shape: Shape) -> FloatArray:
    """Return, for each cell, the sum of ``values`` over its eight neighbours."""
    return _neighbour_sum(values.astype(np.float64), *shape)


@compiled
def _neighbour_sum(values: FloatArray, rows: int, columns: int) -> FloatArray:
    sums = np.zeros(values.size)
    for row in range(rows):
        for column in range(columns):
            total = -values[row * columns + column]
            for near_row in range(max(row - 1, 0), min(row + 2, rows)):
                for near_column in range(max(column - 1, 0), min(column + 2, columns)):
                    total += values[near_row * columns + near_column]
            sums[row * columns + column] = total
    return sums


def box_sum(values: NDArray[Any], shape: Shape, reach: int) -> FloatArray:
    """Return, for each cell, the sum of ``values`` over all cells within ``reach`` king's moves, itself included."""
    padded = np.pad(values.reshape(shape).astype(np.float64), ((reach + 1, reach), (reach + 1, reach)))
    sums, span = padded.cumsum(axis=0).cumsum(axis=1), 2 * reach + 1
    return (sums[span:, span:] - sums[:-span, span:] - sums[span:, :-span] + sums[:-span, :-span]).ravel()


def king_steps(cells: IntArray, others: IntArray, shape: Shape) -> IntArray:
    """Return the king's-move distance between every cell and every other, shape ``(cells, others)``."""
    rows, columns = np.divmod(cells, shape[1])
    other_rows, other_columns = np.divmod(others, shape[1])
    return np.maximum(np.abs(rows[:, None] - other_rows), np.abs(columns[:, None] - other_columns))


def nearest(cell: int, candidates: IntArray, shape: Shape) -> tuple[int, int]:
    """Return the candidate nearest to a cell by king's moves, the first among equals, and how many moves that is."""
    steps = king_steps(np.array([cell]), candidates, shape)[0]
    first = int(np.argmin(steps))
    return int(candidates[first]), int(steps[first])


def dilate(mask: BoolArray, shape: Shape, steps: int = 1) -> BoolArray:
    """Return the cells of ``mask`` together with all their neighbours, ``steps`` times over."""
    cells = board(shape)
    bits = cells.pack(mask)
    for _ in range(steps):
        bits = cells.grow(bits)
    return cells.unpack(bits)


def touching(mask: BoolArray, other: BoolArray, shape: Shape) -> BoolArray:
    """Return the cells of ``mask`` that have a neighbour in ``other``."""
    return mask & dilate(other, shape)


def flood(seeds: BoolArray, passable: BoolArray, shape: Shape) -> BoolArray:
    """Return the passable cells that can be reached from ``seeds`` over passable cells."""
    cells = board(shape)
    return cells.unpack(cells.flood(cells.pack(seeds), cells.pack(passable)))


def steps_from(sources: BoolArray, passable: BoolArray, shape: Shape, farthest: int = 10_000) -> IntArray:
    """Return the number of steps from the nearest source over passable cells (breadth first).

    Sources count as 0 whether passable or not; what cannot be reached within ``farthest`` steps is
    ``UNREACHED``.
    """
    cells = board(shape)
    steps = np.full(sources.size, UNREACHED, dtype=np.int64)
    frontier, unseen = cells.pack(sources), cells.pack(passable & ~sources)
    for distance in range(farthest + 1):
        if not frontier:
            break
        steps[cells.unpack(frontier)] = distance
        frontier = cells.grow(frontier) & unseen
        unseen &= ~frontier
    return steps


def components(mask: BoolArray, shape: Shape) -> IntArray:
    """Label connected ground: 0, 1, ... from the largest part down, -1 outside ``mask``.

    Parts of equal size are ordered by their first cell.
    """
    cells = board(shape)
    labels = np.full(mask.size, -1, dtype=np.int64)
    for label, part in enumerate(cells.parts(cells.pack(mask))):
        labels[cells.unpack(part)] = label
    return labels


def exit_width(mask: BoolArray, shape: Shape, widest: int = 4) -> IntArray:
    """Return how wide a way still joins each cell of ``mask`` to its main body.

    0: cut off. 1: only along ground that is one or two cells wide. ``w``: along ground whose middle lies at
    least ``w`` steps inside the rim, leaving out the cell's own first ``w - 1`` steps (a cell at the rim of a
    broad body is not in danger of being cut off). The main body is the largest connected part. Ground beyond
    the grid's edge does not count as outside.
    """
    cells = board(shape)
    width = np.zeros(mask.size, dtype=np.int64)
    bits = cells.pack(mask)
    if not bits:
        return width
    main = cells.parts(bits)[0]
    width[cells.unpack(main)] = 1
    wide, before = bits, main
    for w in range(2, widest + 1):
        wide &= ~cells.grow(cells.all & ~wide)
        if not wide & main:
            break
        body = cells.parts(wide & main)[0]
        for _ in range(w - 1):
            body = cells.grow(body) & main
        before &= body
        width[cells.unpack(before)] = w
    return width
