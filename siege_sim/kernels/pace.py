"""How fast an assault clears ground, and what a day of it costs both sides.

All is by kilometre of front, so that it does not depend on how the ground is divided into cells.
"""

from __future__ import annotations

import numpy as np

from siege_sim.kernels.hazard import FloatArray


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
