"""Statistics of paired runs: the mean difference with its interval, and the gain from pairing.

Every pair is two runs with one seed. The mean of the pairs' differences is taken with Student's *t*, as it holds for
means of any but the wildest numbers from some dozens of pairs on; a difference of two shares of runs with the adjusted
interval of Bonett and Price (2012, Journal of Educational and Behavioral Statistics 37, 479-488), which stays right
when few runs or none differ. Both are intervals of 95 % for each number by itself, not for all of them together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri, stdtrit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

CONFIDENCE = 0.95
"""How often an interval holds the mean that ever more pairs would come to."""

FIRST_LOOK = 30
"""Pairs before the first look at how wide an interval is: with fewer, chance would often end the adding too soon."""

LOOK_GROWTH = (1.1, 2.0)
"""The least and the greatest factor by which the pairs grow from look to look."""


@dataclass(frozen=True)
class Difference:
    """What a what-if changes in one number, over pairs in which both runs have that number.

    Attributes:
        pairs: how many such pairs there are.
        before: mean (or share of runs) without.
        after: mean (or share of runs) with.
        low: lower end of the interval of ``after - before``; ``None`` where there is none.
        high: its upper end.
        lower: share of the pairs in which the number is lower with.
        higher: share of the pairs in which it is higher.
        unpaired: how many unpaired runs of each of the two would give an interval as narrow; ``None`` without spread.
    """

    pairs: int
    before: float | None = None
    after: float | None = None
    low: float | None = None
    high: float | None = None
    lower: float | None = None
    higher: float | None = None
    unpaired: float | None = None

    @property
    def middle(self) -> float | None:
        """The mean difference."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def width(self) -> float:
        """How wide the interval is; infinite where there is none."""
        return math.inf if self.low is None or self.high is None else self.high - self.low

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out that nothing changes."""
        return self.low is not None and self.high is not None and not self.low <= 0.0 <= self.high


def mean_difference(before: FloatArray, after: FloatArray) -> Difference:
    """Compare the means of paired numbers; pairs in which either is missing (not a number) are left out."""
    both = np.isfinite(before) & np.isfinite(after)
    return _difference(before[both], after[both], interval_of_mean)


def share_difference(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> Difference:
    """Compare the shares of runs in which something is so."""
    return _difference(before.astype(float), after.astype(float), interval_of_shares)


def _difference(
    before: FloatArray, after: FloatArray, interval: Callable[[FloatArray], tuple[float, float]]
) -> Difference:
    if not len(before):
        return Difference(0)
    gaps = after - before
    low, high = interval(gaps) if len(gaps) > 1 else (None, None)
    return Difference(
        pairs=len(gaps),
        before=float(before.mean()),
        after=float(after.mean()),
        low=low,
        high=high,
        lower=float((gaps < 0.0).mean()),
        higher=float((gaps > 0.0).mean()),
        unpaired=unpaired_runs(before, after),
    )


def interval_of_mean(gaps: FloatArray) -> tuple[float, float]:
    """Return Student's interval of the mean of two differences or more."""
    middle, half = float(gaps.mean()), float(half_widths(gaps[:, np.newaxis])[0])
    return middle - half, middle + half


def half_widths(gaps: FloatArray) -> FloatArray:
    """Return half the width of Student's interval for each column; missing differences are left out.

    Args:
        gaps: shape ``(pairs, columns)``.

    Returns:
        Not a number for columns with fewer than two differences.
    """
    known = np.isfinite(gaps)
    pairs = known.sum(axis=0)
    result = np.full(gaps.shape[1], np.nan)
    enough = pairs > 1
    count = pairs[enough]
    spread = np.nanstd(gaps[:, enough], axis=0, ddof=1)
    result[enough] = stdtrit(count - 1, (1.0 + CONFIDENCE) / 2.0) * spread / np.sqrt(count)
    return result


def interval_of_shares(gaps: FloatArray) -> tuple[float, float]:
    """Return the interval of Bonett and Price for a difference of paired shares; differences are -1, 0 or 1."""
    pairs = len(gaps) + 2
    fewer, more = ((gaps < 0.0).sum() + 1) / pairs, ((gaps > 0.0).sum() + 1) / pairs
    middle = more - fewer
    half = ndtri((1.0 + CONFIDENCE) / 2.0) * math.sqrt((more + fewer - middle**2) / pairs)
    return max(float(middle - half), -1.0), min(float(middle + half), 1.0)


def unpaired_runs(before: FloatArray, after: FloatArray) -> float | None:
    """Return how many unpaired runs of each would give the same standard error; ``None`` when all pairs differ alike.

    The variance of a difference of unpaired means is the sum of both variances over the number of runs.
    """
    if len(before) < 2:
        return None
    paired = float((after - before).var(ddof=1))
    apart = float(before.var(ddof=1) + after.var(ddof=1))
    return len(before) * apart / paired if paired > 1e-12 * apart else None


def next_look(pairs: int, width: float, wanted: float, most: int) -> int:
    """Return at how many pairs to look next, when the interval was not yet as narrow as wanted.

    It goes as many on as the width says, within ``LOOK_GROWTH``, so that looks are few.
    """
    needed = pairs * (width / wanted) ** 2
    least, greatest = (factor * pairs for factor in LOOK_GROWTH)
    return min(math.ceil(min(max(needed, least), greatest)), most)
