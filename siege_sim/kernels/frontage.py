"""Manning a line: units spread their fighters over the front cells within reach."""

from __future__ import annotations

import numpy as np

from siege_sim.kernels.hazard import FloatArray, IntArray


def spread_over_front(unit_cells: IntArray, around: IntArray, weight: FloatArray) -> FloatArray:
    """Return which part of each unit stands in each of the nine cells within its reach.

    Args:
        unit_cells: the cell of each unit, shape ``(units,)``.
        around: for each cell its own index and its eight neighbours', shape ``(cells, 9)``; places off the
            grid hold the number of cells.
        weight: how much a cell asks for defenders, shape ``(cells,)``; 0 where there is no front.

    Returns:
        Shares, shape ``(units, 9)``, each row summing to 1. A unit without front in reach stays where it is.
    """
    padded = np.append(weight, 0.0)
    shares = padded[around[unit_cells]]
    total = shares.sum(axis=1)
    idle = total <= 0.0
    shares[idle, 0] = 1.0
    total[idle] = 1.0
    return shares / total[:, None]
