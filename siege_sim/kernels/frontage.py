"""Manning a line: units spread their fighters over the front cells within reach."""

from __future__ import annotations

import numpy as np

from siege_sim.kernels.hazard import FloatArray, IntArray


def spread_over_front(reach: IntArray, weight: FloatArray, men: FloatArray, evening_out: int = 2) -> FloatArray:
    """Return which part of each unit stands in each of the cells within its reach.

    Starts from parts in proportion to ``weight``, then shifts fighters from cells that have more than their
    due to cells that have less, within each unit's reach, ``evening_out`` times.

    Args:
        reach: the cells within reach of each unit, its own first, shape ``(units, 9)``; places off the grid
            hold the number of cells.
        weight: how many defenders a cell asks for, relative to others, shape ``(cells,)``; 0 where there is
            no front.
        men: fighters of each unit.
        evening_out: rounds of shifting.

    Returns:
        Shares, shape ``(units, 9)``, each row summing to 1. A unit without front in reach stays where it is.
    """
    asked = np.append(weight, 0.0)
    shares = asked[reach]
    idle = shares.sum(axis=1) <= 0.0
    shares[idle, 0] = 1.0
    shares /= shares.sum(axis=1, keepdims=True)
    for _ in range(evening_out):
        present = np.bincount(reach.ravel(), (shares * men[:, None]).ravel(), asked.size)
        due = np.divide(asked, present, out=np.zeros(asked.size), where=present > 0.0)
        shares[~idle] *= np.sqrt(due[reach[~idle]])
        shares /= shares.sum(axis=1, keepdims=True)
    return shares
