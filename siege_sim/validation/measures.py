"""Scoring runs against a record: what each pattern is on each run, and how often it lies in the record's range.

Reads results only. Each run is measured for itself, and the runs are gathered afterwards: a curve of means would be
smoother than any run, and patterns that are about suddenness would reward it.

**Naive forecasts** stand beside the runs, as a measure of what a model adds (``siege_sim.validation.naive``). They are
given what the record itself says of the *same quantity* at earlier times (the middle of each earlier range, patterns
and background alike; an entry is earlier when its last day lies before the pattern's first). They can be given values
and counts on a day and means a day, if the record has an earlier one. They can not be given ratios, increases over a
span, and orders, shares and shapes on a run's own calendar: the record has one number for each of these and nothing
earlier. The forecasts see the record up to the day before; the model sees none of it once it has started. That favours
the forecasts.

**What cannot be measured.** A pattern that lies after the day on which a run was stopped (``days``) says nothing about
that run, and it is left out. A run in which the thing never happened (the line never broke, a quarter never fell) has
no number either, but counts as outside the range. After a siege has ended, its numbers stay as they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from functools import singledispatch
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from siege_sim.errors import ResultError
from siege_sim.results.curves import values_of, values_to
from siege_sim.results.endings import HOLDING
from siege_sim.results.run import CompactRun
from siege_sim.validation import course_kinds, kinds
from siege_sim.validation.kinds import Measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

HANDED_OVER = "evacuated"
"""How a run ends in which the last ground is handed over by agreement on the last day: no capture, no break."""

NEVER = math.nan
"""The value of what did not happen in a run."""


@singledispatch
def measured(measure: Measure, run: CompactRun) -> float | None:
    """Return what a measure is on a run.

    Returns:
        A number in the record's unit; not a number when it did not happen; ``None`` when the run was stopped before.
    """
    raise TypeError(f"no way to measure {type(measure).__name__}")


@measured.register
def _(measure: kinds.ValueOn, run: CompactRun) -> float | None:
    return _on(run, measure.outcomes, measure.on)


@measured.register
def _(measure: kinds.FallOn, run: CompactRun) -> float | None:
    now = _on(run, measure.outcomes, measure.on)
    return None if now is None else float(values_of(run, measure.outcomes)[0]) - now


@measured.register
def _(measure: kinds.Increase, run: CompactRun) -> float | None:
    return _growth(run, measure.outcomes, measure)


@measured.register
def _(measure: kinds.IncreasePerDay, run: CompactRun) -> float | None:
    growth = _growth(run, measure.outcomes, measure)
    return None if growth is None else growth / measure.days


@measured.register
def _(measure: kinds.MeanPerDay, run: CompactRun) -> float | None:
    return _mean(run, measure.outcomes, measure)


@measured.register
def _(measure: kinds.Ratio, run: CompactRun) -> float | None:
    over, under = _growth(run, measure.over, measure), _growth(run, measure.under, measure)
    if over is None or under is None:
        return None
    return over / under if under > 0 else NEVER


@measured.register
def _(measure: kinds.CapturedBy, run: CompactRun) -> float | None:
    day = day_of(run, measure.on)
    if day is None:
        return None
    captured = days_captured(run)
    return float(sum(captured.get(quarter, math.inf) <= day for quarter in measure.quarters))


@measured.register
def _(measure: kinds.GroundCaptured, run: CompactRun) -> float | None:
    day = day_of(run, measure.on)
    return None if day is None else float(_ground_captured(measure, run, day)[-1])


@measured.register
def _(measure: kinds.LargestGroundCaptured, run: CompactRun) -> float | None:
    day = day_of(run, measure.on)
    if day is None:
        return None
    captured = np.concatenate([np.zeros(measure.days), _ground_captured(measure, run, day)])
    return float((captured[measure.days :] - captured[: -measure.days]).max())


@measured.register
def _(measure: kinds.RatioOfPeriods, run: CompactRun) -> float | None:
    later = _growth(run, measure.outcomes, measure)
    earlier = kinds.Span(after=measure.earlier_after, until=measure.earlier_until)
    before = _growth(run, measure.outcomes, earlier)
    if later is None or before is None:
        return None
    return (later / measure.days) / (before / earlier.days) if before else NEVER


@measured.register
def _(measure: kinds.RankOfCapture, run: CompactRun) -> float:
    captured = days_captured(run)
    if measure.quarter not in captured:
        return NEVER
    return 1.0 + sum(day < captured[measure.quarter] for day in captured.values())


@measured.register
def _(measure: kinds.ShareOfFirstCaptured, run: CompactRun) -> float:
    captured = days_captured(run)
    if len(captured) < measure.first:
        return NEVER
    last = sorted(captured.values())[measure.first - 1]
    among = [quarter in measure.quarters for quarter, day in captured.items() if day <= last]
    return sum(among) / len(among)


@measured.register
def _(measure: kinds.ShareOfFirst, run: CompactRun) -> float:
    whole = values_of(run, measure.whole)
    day = _first(whole >= measure.count)
    return NEVER if day is None else float(values_of(run, measure.part)[day] / whole[day])


@measured.register
def _(measure: kinds.LargestLoss, run: CompactRun) -> float:
    lost = share_lost(run)
    broken = _first(lost >= measure.level)
    if broken is None:
        return NEVER
    before = np.concatenate([np.zeros(measure.days), lost])[: broken + 1]
    return float((lost[: broken + 1] - before).max() / lost[broken])


@measured.register
def _(measure: kinds.DaysOfBreaking, run: CompactRun) -> float:
    lost = share_lost(run)
    begun, broken = _first(lost >= measure.from_level), _first(lost >= measure.level)
    return NEVER if begun is None or broken is None else float(broken - begun)


@measured.register
def _(measure: kinds.DateOfBreak, run: CompactRun) -> float:
    broken = _first(share_lost(run) >= measure.level)
    return NEVER if broken is None else float(broken - (measure.after - start_of(run)).days)


@measured.register
def _(measure: course_kinds.OrderOfCapture, run: CompactRun) -> float | None:
    if day_of(run, measure.last_day) is None:
        return None
    captured = days_captured(run)
    in_run = np.array([captured.get(quarter, math.inf) for quarter in measure.captured])
    return kendalls_tau(np.array([day.toordinal() for day in measure.captured.values()], dtype=float), in_run)


@measured.register
def _(measure: course_kinds.PeopleOfCaptured, run: CompactRun) -> float | None:
    day = day_of(run, measure.on)
    if day is None:
        return None
    people = dict(zip(run.quarters["quarter"], run.quarters["civilians_on_day_0"], strict=True))
    fallen = {quarter for quarter, fell in days_captured(run).items() if fell <= day}
    return float(sum(people[quarter] for quarter in set(measure.quarters) & fallen))


@measured.register
def _(measure: course_kinds.RatioOn, run: CompactRun) -> float | None:
    over, under = _on(run, measure.over, measure.on), _on(run, measure.under, measure.on)
    if over is None or under is None:
        return None
    return over / under if under > 0 else NEVER


@measured.register
def _(measure: course_kinds.RatioOfMeans, run: CompactRun) -> float | None:
    later = _mean(run, measure.outcomes, kinds.Span(after=measure.after, until=measure.until))
    before = _mean(run, measure.outcomes, kinds.Span(after=measure.earlier_after, until=measure.earlier_until))
    if later is None or before is None:
        return None
    return later / before if before else NEVER


@measured.register
def _(measure: course_kinds.LargestChange, run: CompactRun) -> float | None:
    first, last = day_of(run, measure.after), day_of(run, measure.until)
    if first is None or last is None:
        return None
    values = values_to(run, measure.outcomes, first + measure.days)[first:]
    change = values[measure.within_days :] - values[: -measure.within_days]
    counted = {"rise": change, "fall": -change, "either": np.abs(change)}[measure.direction]
    return max(float(counted.max()), 0.0)


@measured.register
def _(measure: course_kinds.Ended, run: CompactRun) -> float | None:
    day = (measure.on - start_of(run)).days
    if day > len(run.series) - 1 and run.ending == HOLDING:
        return None
    ending = run.ending if day >= len(run.series) - 1 else HOLDING
    return float(ending in measure.endings)


@measured.register
def _(measure: course_kinds.CountOfEvents, run: CompactRun) -> float | None:
    day = day_of(run, measure.on)
    return None if day is None else float((_days_of(measure, run) <= day).sum())


@measured.register
def _(measure: course_kinds.DateOfEvent, run: CompactRun) -> float:
    days = _days_of(measure, run)
    return float(days.min() - (measure.after - start_of(run)).days) if days.size else NEVER


def kendalls_tau(first: FloatArray, second: FloatArray) -> float:
    """Return Kendall's tau-b of two rankings of the same things (Kendall 1945); not a number where one has no order.

    Args:
        first: the place of each thing; equal numbers are ties.
        second: likewise.
    """
    pairs = np.triu_indices(first.size, 1)
    one, two = (np.sign(_ranks(order)[pairs[0]] - _ranks(order)[pairs[1]]) for order in (first, second))
    size = math.sqrt(float(np.abs(one).sum()) * float(np.abs(two).sum()))
    return float((one * two).sum()) / size if size else NEVER


def _ranks(order: FloatArray) -> FloatArray:
    """Return places as whole numbers, so that what never happened (infinity) can be subtracted."""
    return np.unique(order, return_inverse=True)[1].astype(float)


def _days_of(measure: course_kinds.OfEvents, run: CompactRun) -> FloatArray:
    """Return the days of the events that a measure counts."""
    if run.events is None:
        raise ResultError("a record asks for events, which were not kept of these runs; run them again")
    wanted = run.events["kind"].isin(measure.events)
    if measure.where:
        wanted &= run.events["where"].isin(measure.where)
    days: FloatArray = run.events.loc[wanted, "day"].to_numpy(dtype=float)
    return days


def start_of(run: CompactRun) -> date:
    """Return the date of day 0."""
    return date.fromisoformat(str(run.series["date"].iloc[0]))


def day_of(run: CompactRun, when: date) -> int | None:
    """Return the row of a date: the last row after the siege has ended, ``None`` outside the days of the run."""
    day, last = (when - start_of(run)).days, len(run.series) - 1
    if day < 0:
        return None
    if day > last and run.ending == HOLDING:
        return None
    return min(day, last)


def _on(run: CompactRun, outcomes: Sequence[str], when: date) -> float | None:
    day = day_of(run, when)
    return None if day is None else float(values_of(run, outcomes)[day])


def _mean(run: CompactRun, outcomes: Sequence[str], span: kinds.Span) -> float | None:
    first, last = day_of(run, span.first_day), day_of(run, span.until)
    if first is None or last is None:
        return None
    return float(values_of(run, outcomes)[first : last + 1].mean())


def _growth(run: CompactRun, outcomes: Sequence[str], span: kinds.Span) -> float | None:
    before, after = _on(run, outcomes, span.after), _on(run, outcomes, span.until)
    return None if before is None or after is None else after - before


def _ground_captured(measure: kinds.OfQuarters, run: CompactRun, last: int) -> FloatArray:
    """Return which share of the ground of some quarters has been captured, on every day to the last.

    Of a quarter the days of its first and its last loss are known; between them it is taken at an even pace.
    """
    captured, end = days_captured(run), len(run.series) - 1
    table = run.quarters.set_index("quarter").reindex(list(measure.quarters)).dropna(subset=["day_first_loss"])
    lost = np.zeros(max(last, end) + 1)
    for name, quarter in table.iterrows():
        handed_over = name not in captured and bool(pd.notna(quarter["day_captured"]))
        cells = quarter["garrison_cells_on_day_0"] - (0 if name in captured else quarter["garrison_cells_at_end"])
        first, done = int(quarter["day_first_loss"]), int(captured.get(str(name), end))
        if not handed_over and cells > 0 and done >= first:
            lost[first : done + 1] += cells / (done + 1 - first)
    known = dict(zip(run.quarters["quarter"], run.quarters["garrison_cells_on_day_0"], strict=True))
    whole = sum(known.get(quarter, 0) for quarter in measure.quarters)
    return lost.cumsum()[: last + 1] / max(whole, 1)


def share_lost(run: CompactRun) -> FloatArray:
    """Return the share of the ground of day 0 that was lost by fighting, on every day."""
    held = values_of(run, [kinds.GROUND_HELD])
    if run.ending == HANDED_OVER:
        held = held[:-1]
    return 1.0 - held / held[0]


def days_captured(run: CompactRun) -> dict[str, int]:
    """Return the days on which quarters were captured for good, by name; not those handed over in the end."""
    table = run.quarters.dropna(subset=["day_captured"])
    days = dict(zip(table["quarter"], table["day_captured"].astype(int), strict=True))
    last = len(run.series) - 1
    return {name: day for name, day in days.items() if not (run.ending == HANDED_OVER and day == last)}


def _first(mask: NDArray[np.bool_]) -> int | None:
    return int(np.argmax(mask)) if mask.any() else None
