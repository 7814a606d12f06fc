"""Geometry of snapshots: edges between cells, pockets, and which snapshots tell the story."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from siege_sim.schema.sides import NOBODY, SMALLEST_POCKET_CELLS

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]


def edges_between(one: Mask, other: Mask) -> list[list[tuple[float, float]]]:
    """Return the cell edges between two kinds of ground as segments ``[(x, y), (x, y)]``, y to the south."""
    beside = (one[:, :-1] & other[:, 1:]) | (other[:, :-1] & one[:, 1:])
    below = (one[:-1] & other[1:]) | (other[:-1] & one[1:])
    upright = [[(c + 1.0, float(r)), (c + 1.0, r + 1.0)] for r, c in np.argwhere(beside)]
    level = [[(float(c), r + 1.0), (c + 1.0, r + 1.0)] for r, c in np.argwhere(below)]
    return upright + level


def quarter_edges(quarters: NDArray[Any]) -> list[list[tuple[float, float]]]:
    """Return the cell edges between quarters."""
    upright = [[(c + 1.0, float(r)), (c + 1.0, r + 1.0)] for r, c in np.argwhere(quarters[:, :-1] != quarters[:, 1:])]
    level = [[(float(c), r + 1.0), (c + 1.0, r + 1.0)] for r, c in np.argwhere(quarters[:-1] != quarters[1:])]
    return upright + level


def nobodys(holder: Numbers, quarters: Numbers, kinds: Sequence[str]) -> dict[str, Mask]:
    """Return the cells that nobody holds by the kind of their ground; ``bridge`` are those of cut bridges.

    Args:
        holder: who holds each cell, ``(rows, columns)``.
        quarters: the quarter of each, an index into ``kinds``.
        kinds: the kind of each quarter's ground; results of older maps have none.
    """
    empty = holder == NOBODY
    found = {kind: np.isin(quarters, [n for n, other in enumerate(kinds) if other == kind]) & empty for kind in kinds}
    return {kind: mask for kind, mask in found.items() if mask.any()}


def squares(mask: Mask) -> Path:
    """Return the cells of a mask as one path, so that a hatch runs through without a break."""
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)], dtype=float)
    places = np.argwhere(mask)[:, ::-1]
    vertices = (places[:, None, :] + corners).reshape(-1, 2)
    codes = np.tile([Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY], len(places))
    return Path(vertices, codes)


def pockets(mask: Mask, smallest: int = SMALLEST_POCKET_CELLS) -> list[Mask]:
    """Return the connected pieces of ground of at least so many cells, largest first (corners connect)."""
    left, pieces = mask.copy(), []
    while left.any():
        piece = np.zeros_like(left)
        piece[tuple(np.argwhere(left)[0])] = True
        while (larger := _grown(piece) & left).sum() > piece.sum():
            piece = larger
        left &= ~piece
        pieces.append(piece)
    return sorted((piece for piece in pieces if piece.sum() >= smallest), key=lambda piece: -int(piece.sum()))


def _grown(mask: Mask) -> Mask:
    padded = np.pad(mask, 1)
    across = padded[:, :-2] | padded[:, 1:-1] | padded[:, 2:]
    grown: Mask = across[:-2] | across[1:-1] | across[2:]
    return grown


def heart(mask: Mask) -> tuple[float, float]:
    """Return the middle ``(x, y)`` of the cell of a mask that lies nearest to its centre of gravity."""
    places = np.argwhere(mask)
    nearest = places[np.argmin(((places - places.mean(axis=0)) ** 2).sum(axis=1))]
    return float(nearest[1]) + 0.5, float(nearest[0]) + 0.5


def telling(days: Numbers, holders: Numbers, most: int) -> list[int]:
    """Return the snapshots to show: the first, the last, and between them where the ground changes most.

    Each further one is that which differs most from all chosen before, by a measure that is three quarters
    change of hands and one quarter time.
    """
    count = len(days)
    if count <= most:
        return list(range(count))
    changed = np.concatenate([[0.0], (holders[1:] != holders[:-1]).sum(axis=(1, 2)).cumsum()])
    time = (days - days[0]) / max(days[-1] - days[0], 1)
    measure = 0.75 * changed / changed[-1] + 0.25 * time if changed[-1] else time
    chosen = [0, count - 1]
    while len(chosen) < most:
        apart = np.abs(measure[:, None] - measure[chosen]).min(axis=1)
        apart[chosen] = -1.0
        chosen.append(int(np.argmax(apart)))
    return sorted(chosen)
