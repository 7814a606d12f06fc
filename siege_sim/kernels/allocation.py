"""Dividing what there is: rations, integer shares, people over ground."""

from __future__ import annotations

import numpy as np

from siege_sim.kernels.hazard import FloatArray, IntArray


def proportional(supply: float, demand: FloatArray) -> FloatArray:
    """Share ``supply`` in proportion to ``demand``; nobody gets more than was asked for.

    Returns an array of the shape of ``demand``; its sum is ``min(supply, demand.sum())``.
    """
    total = float(demand.sum())
    return demand * (1.0 if supply >= total else supply / total)


def equal_up_to_need(supply: float, need: FloatArray) -> FloatArray:
    """Share ``supply`` equally, a head at a time, but give nobody more than ``need`` (water filling).

    The smallest needs are met first; the rest share what is left. The sum is ``min(supply, need.sum())``.
    """
    if need.sum() <= supply:
        return need.astype(np.float64, copy=True)
    order = np.sort(need)
    left_to_serve = need.size - np.arange(need.size)
    served_before = np.concatenate([[0.0], np.cumsum(order)[:-1]])
    levels = (supply - served_before) / left_to_serve
    level = levels[np.argmax(levels < order)]
    return np.minimum(need, level)


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
    exact = total * weights / weights.sum()
    shares = np.floor(exact).astype(np.int64)
    missing = total - int(shares.sum())
    shares[np.argsort(-(exact - shares), kind="stable")[:missing]] += 1
    return shares
