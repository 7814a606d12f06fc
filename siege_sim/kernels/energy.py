"""What hunger does to a body: energy balance, loss of mass, excess mortality."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from siege_sim.kernels.hazard import FloatArray

LOSS_POINTS = np.array([0.10, 0.15, 0.20, 0.25, 0.325, 0.40])
DEATHS_PER_10000_DAY = np.array([0.0, 0.2, 1.0, 4.0, 15.0, 60.0])
"""Excess deaths by share of body mass lost: none below 10 %, 15 at 30-35 % (Leningrad, January 1942), and a
loss of about 40 % is lethal within weeks."""


def adapted_need(need_kcal: ArrayLike, mass_loss: ArrayLike, adaptation: float) -> FloatArray:
    """Return the energy a body spends after losing ``mass_loss`` (share) of its mass.

    A smaller body spends less in proportion, and slows down by up to ``adaptation`` (share) at a loss of a
    quarter: the Minnesota experiment (Keys 1950) found expenditure about 40 % lower after 24 weeks.
    """
    mass_loss = np.asarray(mass_loss, dtype=np.float64)
    slowed = 1.0 - adaptation * np.minimum(mass_loss * 4.0, 1.0)
    return np.asarray(need_kcal) * (1.0 - mass_loss) * slowed


def mass_loss_after(
    mass_loss: ArrayLike,
    intake_kcal: ArrayLike,
    spent_kcal: ArrayLike,
    body_mass_kg: float,
    kcal_per_kg: float,
) -> FloatArray:
    """Return the share of body mass lost after a day of eating ``intake_kcal`` and spending ``spent_kcal``.

    All per person; below zero (gaining beyond the start) is cut off, as is a loss beyond 60 %.
    """
    change = (np.asarray(spent_kcal) - np.asarray(intake_kcal)) / (kcal_per_kg * body_mass_kg)
    return np.clip(np.asarray(mass_loss) + change, 0.0, 0.6)


def excess_mortality_per_day(mass_loss: ArrayLike) -> FloatArray:
    """Return the chance a day of dying of hunger, by share of body mass lost (linear between the points)."""
    return np.interp(np.asarray(mass_loss), LOSS_POINTS, DEATHS_PER_10000_DAY) / 10_000.0
