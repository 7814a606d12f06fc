"""What leads in the answer to a what-if: the outcomes that it is about, all deaths, how and when the siege ends.

Beside it, the order in which daily outcomes begin to differ: what comes first can have brought about what follows, and
not the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siege_sim.analysis.comparison.compared import ComparedQuantity
    from siege_sim.analysis.comparison.effects import DailyEffect, Effect

LEADING = ("excess_deaths", "ending", "end_day", "days_to_half")
"""What leads in every answer, after the outcomes that the what-if is about."""

BETWEEN = ("hospitals_working", "heavy_impacts", "food_days_left", "displaced_inside", "garrison_fit", "condemnation")
"""Outcomes that may stand between a what-if and its effects; compared so that their order in time can be seen."""

DAYS_IN_A_ROW = 7
"""On so many days in a row a difference must be clear until it is said to begin: single days are clear by chance."""


@dataclass(frozen=True)
class Onset:
    """When a daily outcome begins to differ clearly, and which way."""

    quantity: ComparedQuantity
    day: int
    higher: bool


def leading_effects(effects: Sequence[Effect], about: Sequence[str]) -> list[Effect]:
    """Return the effects that lead, in order; the first one where none of these outcomes was compared.

    Args:
        effects: all effects of a what-if.
        about: the outcomes that it is about.
    """
    names = dict.fromkeys((*about, *LEADING))
    found = [effect for name in names for effect in effects if effect.name.split(":")[0] == name]
    return found or list(effects[:1])


def onsets_of(days: Sequence[DailyEffect], pairs: int) -> tuple[Onset, ...]:
    """Return the daily outcomes that come to differ clearly, the first first.

    Args:
        days: effects day by day.
        pairs: how many pairs there are; days that fewer than half of them have count for nothing.
    """
    found = [onset for effect in days if (onset := _onset(effect, pairs)) is not None]
    return tuple(sorted(found, key=lambda onset: onset.day))


def _onset(effect: DailyEffect, pairs: int) -> Onset | None:
    """Return when an outcome first differs one way on enough days in a row."""
    known = np.isfinite(effect.middle) & np.isfinite(effect.half) & (2 * effect.pairs >= pairs)
    middle = np.where(known, effect.middle, 0.0)
    clear = known & (np.abs(middle) > np.where(known, effect.half, np.inf))
    starts = {higher: _first_in_a_row(clear & ((middle > 0.0) == higher)) for higher in (True, False)}
    begun = {day: higher for higher, day in starts.items() if day is not None}
    return Onset(effect.quantity, min(begun), begun[min(begun)]) if begun else None


def _first_in_a_row(rows: NDArray[np.bool_]) -> int | None:
    """Return the first day of ``DAYS_IN_A_ROW`` on all of which something holds."""
    if rows.size < DAYS_IN_A_ROW:
        return None
    sums = np.convolve(rows.astype(int), np.ones(DAYS_IN_A_ROW, dtype=int), "valid")
    days = np.flatnonzero(sums == DAYS_IN_A_ROW)
    return int(days[0]) if days.size else None
