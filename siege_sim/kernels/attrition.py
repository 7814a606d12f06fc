"""Laws of attrition in closed form.

``attackers`` and ``defenders`` are strengths at the start, rates are per day; every function returns the
strengths that are left after ``days``, never below zero. Arrays broadcast.

References: F. W. Lanchester, *Aircraft in Warfare* (1916); S. J. Deitchman, "A Lanchester model of guerrilla
warfare", Operations Research 10 (1962).
"""

from __future__ import annotations

import numpy as np

from siege_sim.kernels.hazard import FloatArray

Strengths = tuple[FloatArray, FloatArray]


def lanchester_square(
    attackers: FloatArray,
    defenders: FloatArray,
    attacker_kills: FloatArray | float,
    defender_kills: FloatArray | float,
    days: float = 1.0,
) -> Strengths:
    """Aimed fire on both sides: ``dA/dt = -d D``, ``dD/dt = -a A``.

    ``a A**2 - d D**2`` is constant until one side is gone. Rates are men put out of action a man and day.
    """
    a = np.asarray(attacker_kills, dtype=np.float64)
    d = np.asarray(defender_kills, dtype=np.float64)
    both = np.sqrt(a * d)
    steep = np.sqrt(np.divide(a, d, out=np.zeros_like(both), where=d > 0))
    cosh, sinh = np.cosh(both * days), np.sinh(both * days)
    with np.errstate(divide="ignore", invalid="ignore"):
        left_a = np.where(both > 0, attackers * cosh - defenders / steep * sinh, attackers - d * defenders * days)
    left_d = np.where(both > 0, defenders * cosh - attackers * steep * sinh, defenders - a * attackers * days)
    # Past the day on which one side is gone the formula would let it rise from the dead.
    finished = (left_a <= 0) | (left_d <= 0)
    surplus = a * attackers**2 - d * defenders**2
    with np.errstate(divide="ignore", invalid="ignore"):
        winner_a = np.where(a > 0, np.sqrt(np.maximum(surplus, 0) / np.where(a > 0, a, 1.0)), attackers)
        winner_d = np.where(d > 0, np.sqrt(np.maximum(-surplus, 0) / np.where(d > 0, d, 1.0)), defenders)
    left_a = np.where(finished, np.where(surplus > 0, winner_a, 0.0), left_a)
    left_d = np.where(finished, np.where(surplus < 0, winner_d, 0.0), left_d)
    return np.maximum(left_a, 0.0), np.maximum(left_d, 0.0)


def lanchester_linear(
    attackers: FloatArray,
    defenders: FloatArray,
    attacker_kills: FloatArray | float,
    defender_kills: FloatArray | float,
    days: float = 1.0,
) -> Strengths:
    """Area fire on both sides: ``dA/dt = -d A D``, ``dD/dt = -a A D``.

    ``a A - d D`` is constant. Rates are per man and day and opponent.
    """
    a = np.asarray(attacker_kills, dtype=np.float64)
    d = np.asarray(defender_kills, dtype=np.float64)
    gap = a * attackers - d * defenders
    even = np.abs(gap) * days < 1e-9
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        decay = np.exp(-gap * days)
        divisor = a * attackers - d * defenders * decay
        left_a = np.where(even, attackers / (1 + d * defenders * days), attackers * gap / divisor)
        left_d = np.where(even, defenders / (1 + a * attackers * days), defenders * decay * gap / divisor)
    return np.clip(np.nan_to_num(left_a), 0, attackers), np.clip(np.nan_to_num(left_d), 0, defenders)


def deitchman(
    attackers: FloatArray,
    defenders: FloatArray,
    attacker_kills: FloatArray | float,
    defender_kills: FloatArray | float,
    days: float = 1.0,
    steps: int = 4,
) -> Strengths:
    """An assault on hidden defenders: they aim, the attackers fire at an area.

    ``dA/dt = -d D`` (aimed), ``dD/dt = -a A D`` (area). ``a A**2 / 2 - d D`` is constant. Integrated by
    Heun's method in ``steps`` a call, which keeps that constant to about a part in a thousand for losses of up
    to a half.
    """
    left_a = np.asarray(attackers, dtype=np.float64)
    left_d = np.asarray(defenders, dtype=np.float64)
    h = days / steps
    for _ in range(steps):
        slope_a, slope_d = defender_kills * left_d, attacker_kills * left_a * left_d
        guess_a = np.maximum(left_a - h * slope_a, 0.0)
        guess_d = np.maximum(left_d - h * slope_d, 0.0)
        left_a = np.maximum(left_a - 0.5 * h * (slope_a + defender_kills * guess_d), 0.0)
        left_d = np.maximum(left_d - 0.5 * h * (slope_d + attacker_kills * guess_a * guess_d), 0.0)
    return left_a, left_d
