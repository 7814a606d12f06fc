"""How fast an assault clears ground, and what a day of it costs both sides.

All is by kilometre of front, so that it does not depend on how the ground is divided into cells.
"""

from __future__ import annotations

import numpy as np

from siege_sim.kernels.hazard import FloatArray

SLOWEST = 0.1
"""Metres a day below which no pace is counted."""


def ground_pace(built_up: FloatArray, open_m_per_day: float, fabric_slows: float) -> FloatArray:
    """Return how far an assault that meets hardly any resistance comes in a day, in metres.

    ``open x exp(-slows x built-up)``: 1-3 km over open fields, hundreds of metres in suburbs, some tens in an old
    town, where every house is searched.
    """
    return open_m_per_day * np.exp(-fabric_slows * built_up)


def held_up(odds: FloatArray, even: float, steepness: float) -> FloatArray:
    """Return which part of that pace is left against defenders, by the local odds: a half at ``even``.

    ``o^s / (o^s + e^s)``: many times superior, an assault goes as fast as the ground allows (Dupuy: no direct link of
    advance and force ratio); below even odds it falls with a power of them.
    """
    raised = (np.maximum(odds, 0.0) / even) ** steepness
    return raised / (1.0 + raised)


def helmbold(attackers: FloatArray, defenders: FloatArray, rate: float) -> FloatArray:
    """Return the fighters killed a kilometre and day on one side: ``rate x sqrt(attackers x defenders)``.

    Between Lanchester's laws, after Helmbold: losses of the two sides are often similar whatever the ratio of their
    numbers (Dupuy), and grow less than in proportion to either.
    """
    return rate * np.sqrt(attackers * defenders)


def days_a_kilometre(through_works: FloatArray, behind: FloatArray, share: FloatArray) -> FloatArray:
    """Return the days that a kilometre of way takes over ground of which a share is works.

    Days add up along a way, paces do not: a cell of a kilometre with 400 m of works takes as long as two of 200 m
    with works and three without.

    Args:
        through_works: pace in metres a day in the works.
        behind: likewise, behind them.
        share: the part of the way that lies in the works.
    """
    return 1000.0 * (share / np.maximum(through_works, SLOWEST) + (1.0 - share) / np.maximum(behind, SLOWEST))
