"""Geometry of a grid of cells: neighbours, connected ground, distances, narrow places.

Arrays are flat (a value a cell, row by row from the north-west); ``shape`` is ``(rows, columns)``. A cell's
neighbours are the eight around it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray

Shape = tuple[int, int]

UNREACHED = np.iinfo(np.int64).max
"""The number of steps to a cell that cannot be reached."""


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


def neighbour_sum(values: NDArray[np.generic], shape: Shape) -> FloatArray:
    """Return, for each cell, the sum of ``values`` over its eight neighbours."""
    rows, columns = shape
    padded = np.zeros((rows + 2, columns + 2))
    padded[1:-1, 1:-1] = values.reshape(shape)
    across = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    box = across[:-2] + across[1:-1] + across[2:]
    return box.ravel() - values


def dilate(mask: BoolArray, shape: Shape) -> BoolArray:
    """Return the cells of ``mask`` together with all their neighbours."""
    padded = np.zeros((shape[0] + 2, shape[1] + 2), dtype=np.bool_)
    padded[1:-1, 1:-1] = mask.reshape(shape)
    across = padded[:, :-2] | padded[:, 1:-1] | padded[:, 2:]
    return (across[:-2] | across[1:-1] | across[2:]).ravel()


def touching(mask: BoolArray, other: BoolArray, shape: Shape) -> BoolArray:
    """Return the cells of ``mask`` that have a neighbour in ``other``."""
    return mask & dilate(other, shape)


def flood(seeds: BoolArray, passable: BoolArray, shape: Shape) -> BoolArray:
    """Return the passable cells that can be reached from ``seeds`` over passable cells."""
    reached = seeds & passable
    size = -1
    while (new_size := int(np.count_nonzero(reached))) != size:
        size = new_size
        reached = dilate(reached, shape) & passable
    return reached


def steps_from(sources: BoolArray, passable: BoolArray, shape: Shape) -> IntArray:
    """Return the number of steps from the nearest source over passable cells (breadth first).

    Sources count as 0 whether passable or not; what cannot be reached is ``UNREACHED``.
    """
    steps = np.full(sources.size, UNREACHED, dtype=np.int64)
    frontier = sources.copy()
    unseen = passable & ~sources
    distance = 0
    while frontier.any():
        steps[frontier] = distance
        frontier = dilate(frontier, shape) & unseen
        unseen &= ~frontier
        distance += 1
    return steps


def components(mask: BoolArray, shape: Shape) -> IntArray:
    """Label connected ground: 0, 1, ... from the largest part down, -1 outside ``mask``.

    Parts of equal size are ordered by their first cell.
    """
    labels = np.full(mask.size, -1, dtype=np.int64)
    unseen = mask.copy()
    parts: list[BoolArray] = []
    while unseen.any():
        seed = np.zeros_like(mask)
        seed[np.argmax(unseen)] = True
        part = flood(seed, unseen, shape)
        unseen &= ~part
        parts.append(part)
    for label, part in enumerate(sorted(parts, key=lambda cells: -int(np.count_nonzero(cells)))):
        labels[part] = label
    return labels


def depth(mask: BoolArray, shape: Shape, deepest: int = 4) -> IntArray:
    """Return how many steps each cell of ``mask`` lies from the nearest cell outside it, at most ``deepest``.

    Cells outside are 0, cells at the rim 1. Ground beyond the grid's edge does not count as outside.
    """
    layers = np.zeros(mask.size, dtype=np.int64)
    inside = mask
    for _ in range(deepest):
        layers += inside
        inside = inside & ~dilate(~inside, shape)
    return layers


def exit_width(mask: BoolArray, shape: Shape, widest: int = 4) -> IntArray:
    """Return how wide a way still joins each cell of ``mask`` to its main body.

    0: cut off. 1: only along ground that is one or two cells wide. ``w``: along ground whose middle lies at
    least ``w`` steps inside the rim, leaving out the cell's own first ``w - 1`` steps (a cell at the rim of a
    broad body is not in danger of being cut off). The main body is the largest connected part.
    """
    width = np.zeros(mask.size, dtype=np.int64)
    if not mask.any():
        return width
    inner = depth(mask, shape, widest)
    main = components(mask, shape) == 0
    width[main] = 1
    for w in range(2, widest + 1):
        wide = main & (inner >= w)
        if not wide.any():
            break
        body = components(wide, shape) == 0
        for _ in range(w - 1):
            body = dilate(body, shape) & main
        width[body & (width == w - 1)] = w
    return width
