"""Dividing what there is: rations, integer shares, people over ground."""

from __future__ import annotations

import numpy as np

from siege_sim.kernels.compiled import compiled
from siege_sim.kernels.hazard import FloatArray, IntArray


def share_met(supply: FloatArray, demand: FloatArray) -> FloatArray:
    """Return the share of each demand that its supply meets, at most 1; 0 where nothing is asked for.

    Sharing in proportion to demand is giving everybody this share of what they ask for.
    """
    return np.divide(np.minimum(supply, demand), demand, out=np.zeros(demand.size), where=demand > 0.0)


@compiled
def share_of_both(part: FloatArray, rest: FloatArray) -> FloatArray:
    """Return how much each ``part`` is of itself and its ``rest``; 0 where there is nothing."""
    shares = np.zeros(part.size)
    for i in range(part.size):
        both = part[i] + rest[i]
        if both > 0.0:
            shares[i] = part[i] / both
    return shares


def whole_shares(total: int, weights: FloatArray) -> IntArray:
    """Divide ``total`` items by ``weights`` with the largest-remainder (Hamilton) method.

    Ties go to the earlier entry. The sum is exactly ``total``.

    Raises:
        ValueError: when ``total`` is positive and no weight is.
    """
    if total == 0:
        return np.zeros(weights.size, dtype=np.int64)
    if not weights.sum() > 0.0:
        raise ValueError("nothing to share over: no weight is positive")
    weights = weights / weights.max()
    exact = total * weights / weights.sum()
    shares = np.floor(exact).astype(np.int64)
    missing = total - int(shares.sum())
    shares[np.argsort(-(exact - shares), kind="stable")[:missing]] += 1
    return shares
