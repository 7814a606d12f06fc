"""What hunger does to a body: energy balance, loss of mass, excess mortality."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from siege_sim.kernels.compiled import compiled
from siege_sim.kernels.hazard import FloatArray

LARGEST_LOSS = 0.6
"""Share of body mass beyond which loss is not counted."""
HARMLESS_LOSS = 0.1
"""Share of body mass up to which nobody dies of its loss."""
A_QUARTER = 0.25
"""The loss for which mortality is given: the end of the Minnesota experiment, the second grade of dystrophy."""
LACK_AT_REST = 0.5
"""Share of the need that is lacking when people rest as much as they can."""


@compiled
def lose_mass(
    loss: FloatArray,
    eaten: FloatArray,
    mouths: FloatArray,
    need: FloatArray,
    need_kcal: float,
    adaptation: float,
    rest: float,
    loss_per_kcal: float,
    recovery: float,
) -> float:
    """Let bodies lose or regain mass by the energy they lack in a day or have too much; return the largest loss inside.

    A smaller body spends less in proportion, and slows down by up to ``adaptation`` (share) at a loss of a
    quarter: the Minnesota experiment (Keys 1950) found expenditure about 40 % lower after 24 weeks. Who lacks half of
    the mean need or more spends less at once, by the share ``rest``. Nobody gains beyond the start.

    Args:
        loss: share of body mass lost, a value a row; changed.
        eaten: kcal a head, a value a row.
        mouths: people inside, a value a row; rows without any stay as they are.
        need: what each row's members spend, relative to the mean.
        need_kcal: what a mean unchanged body spends (kcal).
        adaptation: share.
        rest: share.
        loss_per_kcal: share of body mass that goes with a kcal lacking.
        recovery: how fast mass comes back, relative to how fast it goes.
    """
    largest, at_rest = 0.0, 1.0 / (LACK_AT_REST * need_kcal)
    for row in range(loss.size):
        if mouths[row] > 0.0:
            now, wants = loss[row], need_kcal * need[row]
            resting = rest * min(max(wants - eaten[row], 0.0) * at_rest, 1.0)
            spent = (1.0 - 4.0 * adaptation * min(now, A_QUARTER)) * (1.0 - now) * wants * (1.0 - resting)
            change = (spent - eaten[row]) * loss_per_kcal
            now = min(max(now + max(change, 0.0) + recovery * min(change, 0.0), 0.0), LARGEST_LOSS)
            loss[row] = now
            largest = max(largest, now)
    return largest


@compiled
def keep_scars(loss: FloatArray, worst: FloatArray, mouths: FloatArray, lasting: float) -> None:
    """Let no body inside regain more than its worst loss allows.

    Args:
        loss: share of body mass lost, a value a row; changed.
        worst: the largest loss so far, likewise; changed.
        mouths: people inside, likewise.
        lasting: share of the worst loss, beyond the harmless tenth, that does not come back.
    """
    for row in range(loss.size):
        if mouths[row] > 0.0:
            worst[row] = max(worst[row], loss[row])
            loss[row] = max(loss[row], lasting * (worst[row] - HARMLESS_LOSS))


def excess_mortality_per_day(mass_loss: ArrayLike, at_a_quarter: float, steepness: float) -> FloatArray:
    """Return the chance a day of dying of hunger, by share of body mass lost.

    ``at_a_quarter * ((loss - 0.1) / 0.15) ** steepness``, and none below a tenth.

    Args:
        mass_loss: shares, of any shape.
        at_a_quarter: the chance at a loss of a quarter.
        steepness: the exponent.
    """
    beyond = np.maximum(np.asarray(mass_loss, dtype=np.float64) - HARMLESS_LOSS, 0.0) / (A_QUARTER - HARMLESS_LOSS)
    return np.minimum(at_a_quarter * beyond**steepness, 1.0)


@compiled
def wear(past: FloatArray, loss: FloatArray, mouths: FloatArray, chance_by_loss: FloatArray) -> None:
    """Add today's chance of dying of hunger to each row's ``past`` (changed), read from the nearest line of a table.

    ``chance_by_loss`` holds the chance at equal steps of loss from 0 to `LARGEST_LOSS`; a power for each row would take
    ten times as long.
    """
    steps = (chance_by_loss.size - 1) / LARGEST_LOSS
    for row in range(past.size):
        if mouths[row] > 0.0:
            past[row] += chance_by_loss[int(loss[row] * steps + 0.5)]


def spared(past: FloatArray, variance: float) -> FloatArray:
    """Return the mean frailty of those who are left, when the frailest died first.

    Frailty follows a gamma distribution of mean 1 (Vaupel, Manton and Stallard 1979): ``1 / (1 + variance * past)``
    after chances of ``past`` in all for a person of mean frailty.
    """
    return 1.0 / (1.0 + variance * past)
