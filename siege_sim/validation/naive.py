"""Naive forecasts: what anybody could say who knows the record so far and no model.

Each is given what the record itself says of the *same quantity* at earlier times (see ``Record.known_before``). A
model that is not better than they are explains nothing of that quantity.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.validation.kinds import Rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siege_sim.validation.kinds import Measure
    from siege_sim.validation.record import Record, RecordEntry

POSITIONS = (0.1, 0.3, 0.5, 0.7, 0.9)
"""At which parts of an earlier range a value is taken, when a range stands for all the values in it."""


def it_stays(record: Record, entry: RecordEntry, until: date | None = None) -> float | None:
    """Return the naive forecast that the last value known before persists, or ``None`` if there is none."""
    known = record.known_before(entry, until)
    return known[-1].middle if known else None


def straight_line(record: Record, entry: RecordEntry, until: date | None = None) -> float | None:
    """Return the naive forecast of a straight line through what was known before, never below 0."""
    known = [
        (_middle_day(earlier.measure), earlier.middle)
        for earlier in record.known_before(entry, until)
        if earlier.measure is not None and earlier.middle is not None
    ]
    if len(known) < 2 or entry.measure is None:
        return None
    days, values = np.array(known, dtype=float).T
    slope, level = np.polyfit(days - days[-1], values, 1)
    return max(float(level + slope * (_middle_day(entry.measure) - days[-1])), 0.0)


def resampled_history(record: Record, entry: RecordEntry, until: date | None = None) -> list[float]:
    """Return the naive forecast that the past repeats itself: an ensemble of equally likely values.

    Of a rate over some days, every earlier rate may come again. Of a value on a day, every earlier pace may: the last
    value, and on top of it, for each pair of earlier values, the change a day between them times the days that have
    passed since. Ranges count as five values each. Never below 0 if nothing earlier was.

    Returns:
        The ensemble; empty when it cannot be made (no earlier value, or for a value on a day fewer than two).
    """
    known = record.known_before(entry, until)
    if not known or entry.measure is None:
        return []
    if isinstance(entry.measure, Rate):
        return [value for earlier in known for value in _values(earlier)]
    days = [_middle_day(earlier.measure) for earlier in known if earlier.measure is not None]
    ahead = _middle_day(entry.measure) - days[-1]
    paces = [
        (later - before) / (days[number + 1] - days[number])
        for number in range(len(known) - 1)
        if days[number + 1] > days[number]
        for before, later in zip(_values(known[number]), _values(known[number + 1]), strict=True)
    ]
    floor = 0.0 if min(min(_values(earlier)) for earlier in known) >= 0.0 else -np.inf
    return [max(float(last + pace * ahead), floor) for last in _values(known[-1]) for pace in paces]


def _values(entry: RecordEntry) -> Sequence[float]:
    """Return values that stand for a range; its one bound where it has only one."""
    low = entry.high if entry.low is None else entry.low
    high = entry.low if entry.high is None else entry.high
    assert low is not None
    assert high is not None
    return [low + position * (high - low) for position in POSITIONS]


def _middle_day(measure: Measure | None) -> float:
    assert measure is not None
    assert measure.first_day is not None
    assert measure.last_day is not None
    return (measure.first_day.toordinal() + measure.last_day.toordinal()) / 2
