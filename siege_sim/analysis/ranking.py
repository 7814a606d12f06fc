"""Which factor comes first, as far as intervals can tell: no clear order beside intervals that say there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ORDINALS = ("First", "second", "third", "fourth", "fifth")
"""Places that are told one by one."""

MOST_UNDECIDED = 6
"""How many names that are not in order a sentence tells."""


@dataclass(frozen=True)
class Ranking:
    """Names in order, as far as it is clear.

    Attributes:
        settled: those whose interval lies above the intervals of all that follow, the largest first.
        undecided: the others, the largest first.
    """

    settled: tuple[str, ...]
    undecided: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The order in words."""
        rest = ", ".join(self.undecided[:MOST_UNDECIDED])
        if len(self.undecided) > MOST_UNDECIDED:
            rest = f"{rest} and {len(self.undecided) - MOST_UNDECIDED} more"
        if not self.settled:
            return f"Which factor comes first is undecided with these runs; by size: {rest}."
        places = "; ".join(f"{place} {name}" for place, name in zip(ORDINALS, self.settled, strict=False))
        if not self.undecided:
            return f"{places}."
        return f"{places}; the order of the rest is undecided with these runs: {rest}."


def ranking_of(names: Sequence[str], sizes: NDArray[np.float64], reach: NDArray[np.float64]) -> Ranking:
    """Return the order of names by size.

    Args:
        names: what is put in order.
        sizes: how large each is.
        reach: half the width of its interval; where it is not known, nothing is settled.
    """
    order = np.argsort(-sizes, kind="stable")
    low, high = (sizes - reach)[order], (sizes + reach)[order]
    settled = 0
    while settled < min(len(order) - 1, len(ORDINALS)) and low[settled] > np.max(high[settled + 1 :]):
        settled += 1
    if settled == len(order) - 1:  # the last one is in its place when all others are
        settled += int(settled < len(ORDINALS) and bool(np.isfinite(low).all()))
    ordered = [names[place] for place in order]
    return Ranking(tuple(ordered[:settled]), tuple(ordered[settled:]))
