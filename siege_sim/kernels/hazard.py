"""Chance as inverted uniforms.

A draw is always one uniform number a row, made for every row before anybody looks at it; counts and choices
come out of it by inverting a distribution function. So one row's mean never changes another row's luck, and
two runs with one seed differ only where the mechanisms differ.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from siege_sim.kernels.compiled import compiled

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

LARGEST_EXACT_MEAN = 500.0
"""Up to here counts are inverted exactly."""


def probability(rate: ArrayLike, days: float = 1.0) -> FloatArray:
    """Return the chance that an event of constant hazard ``rate`` (per day) happens within ``days``.

    ``1 - exp(-rate * days)``; shapes follow ``rate``.
    """
    return -np.expm1(-np.asarray(rate, dtype=np.float64) * days)


def split(luck: FloatArray, chance: ArrayLike) -> tuple[BoolArray, FloatArray]:
    """Return which rows happen, and a fresh uniform for each row out of what is left of its luck.

    Given that ``luck < chance``, ``luck / chance`` is uniform again; likewise for the rest. One draw a row can
    so decide a chain of questions.
    """
    chance = np.broadcast_to(np.asarray(chance, dtype=np.float64), luck.shape)
    happens = luck < chance
    rest = np.empty_like(luck)
    rest[happens] = luck[happens] / chance[happens]
    miss = ~happens
    rest[miss] = (luck[miss] - chance[miss]) / (1.0 - chance[miss])
    return happens, np.minimum(rest, 1.0 - 1e-16)


def unfold(luck: FloatArray, parts: int) -> list[FloatArray]:
    """Return ``parts`` uniforms a row out of one: scrambled copies of its bits (SplitMix64, Steele et al. 2014).

    They are independent for all practical purposes of the number itself, of each other, and of whatever was decided
    by comparing the number with a chance. It saves drawing for every row what only the few rows need that something
    happens to. Give it numbers as they were drawn: what was computed may differ in its last bit between machines.
    """
    return list(_unfold(np.ascontiguousarray(luck).view(np.uint64), parts))


@compiled
def _unfold(numbers: NDArray[np.uint64], parts: int) -> FloatArray:
    uniforms = np.empty((parts, numbers.size))
    step = np.uint64(0)
    for part in range(parts):
        step += np.uint64(0x9E3779B97F4A7C15)
        for row in range(numbers.size):
            bits = numbers[row] + step
            bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            uniforms[part, row] = float((bits ^ (bits >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53
    return uniforms


def binomial(luck: ArrayLike, trials: ArrayLike, chance: ArrayLike) -> IntArray:
    """Invert the binomial distribution: successes out of ``trials`` at ``chance``, one uniform a row.

    Args:
        luck: uniforms in [0, 1), any shape.
        trials: whole numbers >= 0, of the same shape or a single one.
        chance: probabilities, of the same shape or a single one; below 0 counts as 0, above 1 as 1.
    """
    luck = np.asarray(luck, dtype=np.float64)
    n = np.asarray(trials, dtype=np.float64).reshape(-1)
    p = np.asarray(chance, dtype=np.float64).reshape(-1)
    successes, unfinished = _invert_binomials(luck.ravel(), n, p)
    for row in np.flatnonzero(successes < 0) if unfinished else ():
        trials_here, chance_here = n[row if n.size > 1 else 0], p[row if p.size > 1 else 0]
        successes[row] = _bell(float(luck.ravel()[row]), int(trials_here), float(chance_here))
    return successes.reshape(luck.shape)


@compiled
def _invert_binomials(luck: FloatArray, trials: FloatArray, chance: FloatArray) -> tuple[IntArray, int]:
    """Invert a distribution a row; ``trials`` and ``chance`` have a value a row, or one for all.

    Returns the successes, and in how many rows they are -1 because there would be too many terms.
    """
    successes, unfinished = np.zeros(luck.size, dtype=np.int64), 0
    for row in range(luck.size):
        n, p = trials[row if trials.size > 1 else 0], chance[row if chance.size > 1 else 0]
        successes[row] = _invert_binomial(luck[row], n, p)
        unfinished += successes[row] < 0
    return successes, unfinished


@compiled
def _invert_binomial(u: float, n: float, p: float) -> int:
    """Add up the terms of the distribution from the side on which the count is small; -1 when there are too many."""
    if p >= 1.0:
        return int(n)
    if p <= 0.0 or n == 0.0:
        return 0
    mirrored = p > 0.5
    if mirrored:
        u, p = 1.0 - u, 1.0 - p
    term = (1.0 - p) ** n
    if term < 1e-250:
        return -1
    odds, cumulative, count = p / (1.0 - p), term, 0
    while u >= cumulative and count < n:
        term *= odds * (n - count) / (count + 1)
        cumulative += term
        count += 1
    return int(n) - count if mirrored else count


def two_fates(
    luck: FloatArray, rows: IntArray, trials: IntArray, first: FloatArray, second: FloatArray
) -> tuple[IntArray, IntArray]:
    """Invert two binomials one after the other: who meets the first fate, and who of the others the second.

    Args:
        luck: uniforms, shape ``(2, all)``.
        rows: some of all.
        trials: whole numbers >= 0, a value for all.
        first: probability of the first fate, a value for each of ``rows``.
        second: that of the second, likewise.

    Returns:
        Counts for each of ``rows``.
    """
    one, other, unfinished = _two_fates(luck, rows, trials, first, second)
    if unfinished:
        one = binomial(luck[0, rows], trials[rows], first)
        other = binomial(luck[1, rows], trials[rows] - one, second)
    return one, other


@compiled
def _two_fates(
    luck: FloatArray, rows: IntArray, trials: IntArray, first: FloatArray, second: FloatArray
) -> tuple[IntArray, IntArray, bool]:
    one, other, unfinished = np.empty_like(rows), np.empty_like(rows), False
    for i in range(rows.size):
        row = rows[i]
        one[i] = _invert_binomial(luck[0, row], float(trials[row]), first[i])
        other[i] = _invert_binomial(luck[1, row], float(trials[row] - one[i]), second[i])
        unfinished |= one[i] < 0 or other[i] < 0
    return one, other, unfinished


def _bell(luck: float, trials: int, chance: float) -> int:
    """Invert the normal curve that a binomial with hundreds of expected successes follows."""
    spread = (trials * chance * (1.0 - chance)) ** 0.5
    return min(max(round(trials * chance + _z(luck) * spread), 0), trials)


def _z(luck: float) -> float:
    return NormalDist().inv_cdf(min(max(luck, 1e-12), 1.0 - 1e-12))


def negative_binomial(luck: float, mean: float, dispersion: float) -> int:
    """Invert a count of the given mean whose variance is ``mean + dispersion * mean**2``.

    ``dispersion`` 0 is the Poisson distribution. Sorties, shells and the like come in bursts, so their counts
    are overdispersed. Means of more than ``LARGEST_EXACT_MEAN`` follow the normal curve.
    """
    if mean <= 0.0:
        return 0
    if mean > LARGEST_EXACT_MEAN:
        return max(round(mean + _z(luck) * (mean + dispersion * mean**2) ** 0.5), 0)
    if dispersion <= 0.0:
        return _add_up_to(luck, float(np.exp(-mean)), mean, 0.0, 1.0)
    shape, odds = 1.0 / dispersion, mean * dispersion / (1.0 + mean * dispersion)
    return _add_up_to(luck, float((1.0 + mean * dispersion) ** -shape), odds, 1.0, shape)


def bursts(luck: float, mean: float, dispersion: float) -> int:
    """Invert a heavy-tailed count: Poisson about a log-normal mean; its variance is ``mean + dispersion * mean**2``.

    Where a negative binomial of the same variance has hardly a day of ten times its mean, this one has: see the daily
    counts of shells in docs/fire.md. ``dispersion`` 0 is the Poisson distribution.
    """
    if mean <= 0.0:
        return 0
    rate_luck, count_luck = unfold(np.array([luck]), 2)
    spread = float(np.log1p(dispersion))
    rate = mean * float(np.exp(spread**0.5 * _z(float(rate_luck[0])) - spread / 2.0))
    return poisson(float(count_luck[0]), rate)


@compiled
def _add_up_to(luck: float, term: float, ratio: float, per_count: float, start: float) -> int:
    """Return the count at which the sum of the terms exceeds ``luck``.

    ``term`` is the first one; each next is the one before times ``ratio * (start + per_count * count) / (count + 1)``.
    """
    cumulative, count = term, 0
    while luck >= cumulative and term >= 1e-18 * cumulative:
        term *= ratio * (start + per_count * count) / (count + 1)
        cumulative += term
        count += 1
    return count


def poisson(luck: float, mean: float) -> int:
    """Invert the Poisson distribution: a count of the given mean, from one uniform."""
    return negative_binomial(luck, mean, 0.0)


def categorical(luck: ArrayLike, weights: ArrayLike) -> IntArray:
    """Choose one of ``len(weights)`` options for each uniform in ``luck``, in proportion to the weights.

    Raises:
        ValueError: when no weight is positive.
    """
    edges = np.asarray(weights, dtype=np.float64).cumsum()
    total = float(edges[-1]) if edges.size else 0.0
    if not total > 0.0:
        raise ValueError("nothing to choose from: no weight is positive")
    chosen = edges.searchsorted(np.asarray(luck) * total, side="right")
    last = int(edges.searchsorted(total))  # rounding must not choose beyond the last positive weight
    return np.minimum(chosen, last)


def scatter(counts: IntArray, luck: FloatArray, weights: FloatArray) -> None:
    """Add 1 to one of ``counts`` (changed) for each uniform in ``luck``, chosen in proportion to the weights.

    Nothing is added where no weight is positive; otherwise the choice is that of `categorical`.
    """
    _scatter(counts, luck, weights)


@compiled
def _scatter(counts: IntArray, luck: FloatArray, weights: FloatArray) -> None:
    edges, total, last = np.empty(weights.size), 0.0, 0
    for option in range(weights.size):
        if total + weights[option] > total:
            last = option  # rounding must not choose beyond the last positive weight
        total += weights[option]
        edges[option] = total
    if total > 0.0:
        for chance in luck:
            counts[min(np.searchsorted(edges, chance * total, side="right"), last)] += 1


def whole(luck: ArrayLike, amount: ArrayLike) -> IntArray:
    """Round ``amount`` to whole numbers so that the mean is kept: up with a chance equal to the fraction."""
    amount = np.asarray(amount, dtype=np.float64)
    floor = np.floor(amount)
    return (floor + (np.asarray(luck) < amount - floor)).astype(np.int64)
