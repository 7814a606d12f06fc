"""Scoring runs against a record: what each pattern is on each run, and how often it lies in the record's range.

Reads results only. Each run is measured for itself, and the runs are gathered afterwards: a curve of means would be
smoother than any run, and patterns that are about suddenness would reward it.

**Two naive forecasts** stand beside the runs, as a measure of what a model adds. Both are given what the record itself
says of the *same quantity* at earlier times (the middle of each earlier range, patterns and background alike; an entry
is earlier when its last day lies before the pattern's first):

* *it stays as it is*: the last earlier value;
* *a straight line*: least squares through all earlier values, at the middle of the pattern's days, and never below 0;
  it needs two earlier values.

They can be given values and counts on a day and means a day, if the record has an earlier one. They can not be given
ratios, increases over a span, and orders, shares and shapes on a run's own calendar: the record has one number for
each of these and nothing earlier, so there the runs stand alone. The forecasts see the record up to the day before;
the model sees none of it once it has started. That favours the forecasts.

**What cannot be measured.** A pattern that lies after the day on which a run was stopped (``days``) says nothing about
that run, and it is left out. A run in which the thing never happened (the line never broke, a quarter never fell) has
no number either, but counts as outside the range. After a siege has ended, its numbers stay as they are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import singledispatch
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siege_sim.results.run import Course
from siege_sim.validation import record as kinds
from siege_sim.validation.record import Measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siege_sim.validation.record import Entry, Record

    FloatArray = NDArray[np.float64]

HANDED_OVER = "evacuated"
"""How a run ends in which the last ground is handed over by agreement on the last day: no capture, no break."""

NEVER = math.nan
"""The value of what did not happen in a run."""


@singledispatch
def measured(measure: Measure, course: Course) -> float | None:
    """Return what a measure is on a run.

    Returns:
        A number in the record's unit; not a number when it did not happen; ``None`` when the run was stopped before.
    """
    raise TypeError(f"no way to measure {type(measure).__name__}")


@measured.register
def _(measure: kinds.ValueOn, course: Course) -> float | None:
    return _on(course, measure.outcomes, measure.on)


@measured.register
def _(measure: kinds.FallOn, course: Course) -> float | None:
    now = _on(course, measure.outcomes, measure.on)
    return None if now is None else float(values_of(course, measure.outcomes)[0]) - now


@measured.register
def _(measure: kinds.Increase, course: Course) -> float | None:
    return _growth(course, measure.outcomes, measure)


@measured.register
def _(measure: kinds.IncreasePerDay, course: Course) -> float | None:
    growth = _growth(course, measure.outcomes, measure)
    return None if growth is None else growth / measure.days


@measured.register
def _(measure: kinds.MeanPerDay, course: Course) -> float | None:
    first, last = day_of(course, measure.first_day), day_of(course, measure.until)
    if first is None or last is None:
        return None
    return float(values_of(course, measure.outcomes)[first : last + 1].mean())


@measured.register
def _(measure: kinds.Ratio, course: Course) -> float | None:
    over, under = _growth(course, measure.over, measure), _growth(course, measure.under, measure)
    if over is None or under is None:
        return None
    return over / under if under > 0 else NEVER


@measured.register
def _(measure: kinds.CapturedBy, course: Course) -> float | None:
    day = day_of(course, measure.on)
    if day is None:
        return None
    captured = days_captured(course)
    return float(sum(captured.get(quarter, math.inf) <= day for quarter in measure.quarters))


@measured.register
def _(measure: kinds.RankOfCapture, course: Course) -> float:
    captured = days_captured(course)
    if measure.quarter not in captured:
        return NEVER
    return 1.0 + sum(day < captured[measure.quarter] for day in captured.values())


@measured.register
def _(measure: kinds.ShareOfFirstCaptured, course: Course) -> float:
    captured = days_captured(course)
    if len(captured) < measure.first:
        return NEVER
    last = sorted(captured.values())[measure.first - 1]
    among = [quarter in measure.quarters for quarter, day in captured.items() if day <= last]
    return sum(among) / len(among)


@measured.register
def _(measure: kinds.ShareOfFirst, course: Course) -> float:
    whole = values_of(course, measure.whole)
    day = _first(whole >= measure.count)
    return NEVER if day is None else float(values_of(course, measure.part)[day] / whole[day])


@measured.register
def _(measure: kinds.LargestLoss, course: Course) -> float:
    lost = share_lost(course)
    broken = _first(lost >= measure.level)
    if broken is None:
        return NEVER
    before = np.concatenate([np.zeros(measure.days), lost])[: broken + 1]
    return float((lost[: broken + 1] - before).max() / lost[broken])


@measured.register
def _(measure: kinds.DaysOfBreaking, course: Course) -> float:
    lost = share_lost(course)
    begun, broken = _first(lost >= measure.from_level), _first(lost >= measure.level)
    return NEVER if begun is None or broken is None else float(broken - begun)


@measured.register
def _(measure: kinds.DateOfBreak, course: Course) -> float:
    broken = _first(share_lost(course) >= measure.level)
    return NEVER if broken is None else float(broken - (measure.after - _start(course)).days)


def _start(course: Course) -> date:
    return date.fromisoformat(str(course.series["date"].iloc[0]))


def day_of(course: Course, when: date) -> int | None:
    """Return the row of a date: the last row after the siege has ended, ``None`` outside the days played."""
    day, last = (when - _start(course)).days, len(course.series) - 1
    if day < 0:
        return None
    if day > last and course.outcome == "holding":
        return None
    return min(day, last)


def values_of(course: Course, outcomes: Sequence[str]) -> FloatArray:
    """Return the sum of outcomes on every day."""
    total: FloatArray = course.series[list(outcomes)].to_numpy(dtype=float).sum(axis=1)
    return total


def _on(course: Course, outcomes: Sequence[str], when: date) -> float | None:
    day = day_of(course, when)
    return None if day is None else float(values_of(course, outcomes)[day])


def _growth(course: Course, outcomes: Sequence[str], span: kinds.Span) -> float | None:
    before, after = _on(course, outcomes, span.after), _on(course, outcomes, span.until)
    return None if before is None or after is None else after - before


def share_lost(course: Course) -> FloatArray:
    """Return the share of the ground of day 0 that was lost by fighting, on every day."""
    held = values_of(course, [kinds.GROUND_HELD])
    if course.outcome == HANDED_OVER:
        held = held[:-1]
    return 1.0 - held / held[0]


def days_captured(course: Course) -> dict[str, int]:
    """Return the days on which quarters were captured for good, by name; not those handed over in the end."""
    table = course.quarters.dropna(subset=["day_captured"])
    days = dict(zip(table["quarter"], table["day_captured"].astype(int), strict=True))
    last = len(course.series) - 1
    return {name: day for name, day in days.items() if not (course.outcome == HANDED_OVER and day == last)}


def _first(mask: NDArray[np.bool_]) -> int | None:
    return int(np.argmax(mask)) if mask.any() else None


def it_stays(record: Record, entry: Entry) -> float | None:
    """Return the naive forecast that the last value known before persists, or ``None`` if there is none."""
    known = record.known_before(entry)
    return known[-1].middle if known else None


def straight_line(record: Record, entry: Entry) -> float | None:
    """Return the naive forecast of a straight line through what was known before, never below 0."""
    known = [
        (_middle_day(earlier.measure), earlier.middle)
        for earlier in record.known_before(entry)
        if earlier.measure is not None and earlier.middle is not None
    ]
    if len(known) < 2 or entry.measure is None:
        return None
    days, values = np.array(known, dtype=float).T
    slope, level = np.polyfit(days - days[-1], values, 1)
    return max(float(level + slope * (_middle_day(entry.measure) - days[-1])), 0.0)


def _middle_day(measure: Measure) -> float:
    assert measure.first_day is not None
    assert measure.last_day is not None
    return (measure.first_day.toordinal() + measure.last_day.toordinal()) / 2


@dataclass(frozen=True)
class Forecast:
    """A naive forecast of a pattern: its value, and whether that lies in the record's range."""

    value: float
    inside: bool


@dataclass(frozen=True)
class Line:
    """A pattern's line on the scorecard.

    Attributes:
        values: the pattern on each run, in the order of the runs; ``None`` where there is no number.
        measured: on how many runs it is a number.
        median: over these runs, as are ``tenth`` and ``ninetieth`` (percentiles).
        share_inside: share of the runs, of those not stopped before, that lie in the range.
        stays: the forecast that the last value known persists, if it can be made.
        line: the forecast of a straight line, if it can be made.
    """

    name: str
    topic: str
    title: str
    unit: str
    low: float | None
    high: float | None
    values: tuple[float | None, ...]
    measured: int
    median: float | None
    tenth: float | None
    ninetieth: float | None
    share_inside: float | None
    stays: Forecast | None
    line: Forecast | None
    source: str
    confidence: str
    note: str
    not_measured: str

    @property
    def median_inside(self) -> bool | None:
        """Whether the median lies in the range; ``None`` without a median."""
        if self.median is None:
            return None
        return (self.low is None or self.low <= self.median) and (self.high is None or self.median <= self.high)


@dataclass(frozen=True)
class Tally:
    """How many of some patterns lie in the record's range: medians of the runs, and a naive forecast."""

    patterns: int
    runs: int
    forecast: int


@dataclass(frozen=True)
class Scorecard:
    """How runs of a scenario compare with a record."""

    scenario: str
    title: str
    record: str
    record_title: str
    until: date
    seeds: tuple[int, ...]
    days: int | None
    settings: tuple[str, ...]
    made: Mapping[str, Any]
    lines: tuple[Line, ...]

    @property
    def medians_inside(self) -> tuple[int, int]:
        """How many medians lie in the range, of how many measured patterns."""
        inside = [line.median_inside for line in self.lines if not line.not_measured and line.share_inside is not None]
        return sum(map(bool, inside)), len(inside)

    def against(self, forecast: str) -> Tally:
        """Compare the runs with a naive forecast (``stays`` or ``line``) where it can be made."""
        both = [(line, getattr(line, forecast)) for line in self.lines if line.share_inside is not None]
        pairs = [(bool(line.median_inside), made.inside) for line, made in both if made is not None]
        return Tally(len(pairs), sum(runs for runs, _ in pairs), sum(naive for _, naive in pairs))

    def table(self) -> pd.DataFrame:
        """Return a row a pattern."""
        return pd.DataFrame([_flat(line) for line in self.lines])

    def data(self) -> dict[str, Any]:
        """Return everything as plain data; the same runs and record give the same data."""
        inside, of = self.medians_inside
        return {
            "scenario": self.scenario,
            "record": self.record,
            "record_until": self.until.isoformat(),
            "seeds": list(self.seeds),
            "days": self.days,
            "settings": list(self.settings),
            "made_by": dict(self.made),
            "medians_inside": inside,
            "patterns_measured": of,
            "against_it_stays": asdict(self.against("stays")),
            "against_straight_line": asdict(self.against("line")),
            "patterns": [asdict(line) for line in self.lines],
        }


def scorecard(
    record: Record,
    courses: Sequence[Course],
    scenario: str,
    title: str,
    days: int | None = None,
    settings: Sequence[str] = (),
    record_from: str | None = None,
) -> Scorecard:
    """Score runs of a scenario.

    Args:
        record: what they are scored against.
        courses: the runs, at least one, all of one scenario.
        scenario: name or path of the scenario.
        title: its title.
        days: after how many days the runs were stopped, if so.
        settings: what was changed in the scenario, as ``key=value``.
        record_from: name or path of the record, if it is not its name.
    """
    return Scorecard(
        scenario=scenario,
        title=title,
        record=record_from or record.name,
        record_title=record.title,
        until=record.until,
        seeds=tuple(course.seed for course in courses),
        days=days,
        settings=tuple(settings),
        made=courses[0].made,
        lines=score(record, courses),
    )


def score(record: Record, courses: Sequence[Course]) -> tuple[Line, ...]:
    """Measure every pattern of a record on every run, and set the naive forecasts beside them."""
    return tuple(
        _line(record, name, topic.title, entry, courses)
        for topic in record.topics.values()
        for name, entry in topic.patterns.items()
    )


def _line(record: Record, name: str, topic: str, entry: Entry, courses: Sequence[Course]) -> Line:
    found = [] if entry.measure is None else [measured(entry.measure, course) for course in courses]
    reached = [value for value in found if value is not None]
    numbers = [value for value in reached if math.isfinite(value)]
    tenth, median, ninetieth = np.percentile(numbers, (10, 50, 90)).tolist() if numbers else (None, None, None)
    return Line(
        name=name,
        topic=topic,
        title=entry.title,
        unit=entry.unit,
        low=entry.low,
        high=entry.high,
        values=tuple(value if value is not None and math.isfinite(value) else None for value in found),
        measured=len(numbers),
        median=median,
        tenth=tenth,
        ninetieth=ninetieth,
        share_inside=sum(map(entry.holds, reached)) / len(reached) if reached else None,
        stays=_forecast(entry, it_stays(record, entry)),
        line=_forecast(entry, straight_line(record, entry)),
        source=entry.source,
        confidence=entry.confidence,
        note=entry.note,
        not_measured=entry.not_measured,
    )


def _forecast(entry: Entry, value: float | None) -> Forecast | None:
    return None if value is None else Forecast(value, entry.holds(value))


def _flat(line: Line) -> dict[str, Any]:
    """Return a line with numbers and words only, for a table."""
    flat = asdict(line)
    del flat["values"]
    for name in ("stays", "line"):
        made = flat.pop(name)
        flat[f"{name}_value"] = made["value"] if made else None
        flat[f"{name}_inside"] = made["inside"] if made else None
    return flat
