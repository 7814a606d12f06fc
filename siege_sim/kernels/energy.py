"""What hunger does to a body: energy balance, loss of mass, excess mortality."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from siege_sim.kernels.compiled import compiled
from siege_sim.kernels.hazard import FloatArray

LOSS_POINTS = np.array([0.10, 0.15, 0.20, 0.25, 0.325, 0.40])
DEATHS_PER_10000_DAY = np.array([0.0, 0.2, 1.0, 4.0, 15.0, 60.0])
"""Excess deaths by share of body mass lost: none below 10 %, 15 at 30-35 % (Leningrad, January 1942), and a
loss of about 40 % is lethal within weeks."""


LARGEST_LOSS = 0.6
"""Share of body mass beyond which loss is not counted."""


@compiled
def lose_mass(
    loss: FloatArray, eaten: FloatArray, mouths: FloatArray, need_kcal: float, adaptation: float, loss_per_kcal: float
) -> float:
    """Let bodies lose mass by the energy they lack in a day; return the largest loss of anybody inside.

    A smaller body spends less in proportion, and slows down by up to ``adaptation`` (share) at a loss of a
    quarter: the Minnesota experiment (Keys 1950) found expenditure about 40 % lower after 24 weeks. Nobody gains
    beyond the start.

    Args:
        loss: share of body mass lost, a value a row; changed.
        eaten: kcal a head, a value a row.
        mouths: people inside, a value a row; rows without any stay as they are.
        need_kcal: what an unchanged body spends (kcal).
        adaptation: share.
        loss_per_kcal: share of body mass that goes with a kcal lacking.
    """
    largest = 0.0
    for row in range(loss.size):
        if mouths[row] > 0.0:
            now = loss[row]
            spent = (1.0 - 4.0 * adaptation * min(now, 0.25)) * (1.0 - now) * need_kcal
            now = min(max(now + (spent - eaten[row]) * loss_per_kcal, 0.0), LARGEST_LOSS)
            loss[row] = now
            largest = max(largest, now)
    return largest


def excess_mortality_per_day(mass_loss: ArrayLike) -> FloatArray:
    """Return the chance a day of dying of hunger, by share of body mass lost (linear between the points)."""
    return np.interp(np.asarray(mass_loss), LOSS_POINTS, DEATHS_PER_10000_DAY) / 10_000.0
