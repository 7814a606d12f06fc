"""Scorecards: runs held against a record, pattern by pattern, beside naive forecasts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siege_sim.results.run import CompactRun
from siege_sim.validation.record import Measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siege_sim.validation.record import Record, RecordEntry

    FloatArray = NDArray[np.float64]
from siege_sim.validation.measures import measured


def it_stays(record: Record, entry: RecordEntry) -> float | None:
    """Return the naive forecast that the last value known before persists, or ``None`` if there is none."""
    known = record.known_before(entry)
    return known[-1].middle if known else None


def straight_line(record: Record, entry: RecordEntry) -> float | None:
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
class PatternScore:
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
class ForecastScore:
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
    record_summary: str
    until: date
    seeds: tuple[int, ...]
    days: int | None
    settings: tuple[str, ...]
    made: Mapping[str, Any]
    lines: tuple[PatternScore, ...]
    changed: tuple[str, ...] = ()
    """What was changed in the scenario, in sentences."""

    @property
    def medians_inside(self) -> tuple[int, int]:
        """How many medians lie in the range, of how many measured patterns."""
        inside = [line.median_inside for line in self.lines if not line.not_measured and line.share_inside is not None]
        return sum(map(bool, inside)), len(inside)

    def against(self, forecast: str) -> ForecastScore:
        """Compare the runs with a naive forecast (``stays`` or ``line``) where it can be made."""
        both = [(line, getattr(line, forecast)) for line in self.lines if line.share_inside is not None]
        pairs = [(bool(line.median_inside), made.inside) for line, made in both if made is not None]
        return ForecastScore(len(pairs), sum(runs for runs, _ in pairs), sum(naive for _, naive in pairs))

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
            "changed": list(self.changed),
            "made_by": dict(self.made),
            "medians_inside": inside,
            "patterns_measured": of,
            "against_it_stays": asdict(self.against("stays")),
            "against_straight_line": asdict(self.against("line")),
            "patterns": [asdict(line) for line in self.lines],
        }


def scorecard(
    record: Record,
    runs: Sequence[CompactRun],
    scenario: str,
    title: str,
    days: int | None = None,
    settings: Sequence[str] = (),
    record_from: str | None = None,
    changed: Sequence[str] = (),
) -> Scorecard:
    """Score runs of a scenario.

    Args:
        record: what they are scored against.
        runs: at least one, all of one scenario.
        scenario: name or path of the scenario.
        title: its title.
        days: after how many days the runs were stopped, if so.
        settings: what was changed in the scenario, as ``key=value``.
        record_from: name or path of the record, if it is not its name.
        changed: what was changed in the scenario, in sentences.
    """
    return Scorecard(
        scenario=scenario,
        title=title,
        record=record_from or record.name,
        record_title=record.title,
        record_summary=record.summary,
        until=record.until,
        seeds=tuple(run.seed for run in runs),
        days=days,
        settings=tuple(settings),
        made=runs[0].provenance,
        lines=score_patterns(record, runs),
        changed=tuple(changed),
    )


def score_patterns(record: Record, runs: Sequence[CompactRun]) -> tuple[PatternScore, ...]:
    """Measure every pattern of a record on every run, and set the naive forecasts beside them."""
    return tuple(
        _pattern_score(record, name, topic.title, entry, runs)
        for topic in record.topics.values()
        for name, entry in topic.patterns.items()
    )


def _pattern_score(
    record: Record, name: str, topic: str, entry: RecordEntry, runs: Sequence[CompactRun]
) -> PatternScore:
    found = [] if entry.measure is None else [measured(entry.measure, run) for run in runs]
    reached = [value for value in found if value is not None]
    numbers = [value for value in reached if math.isfinite(value)]
    tenth, median, ninetieth = np.percentile(numbers, (10, 50, 90)).tolist() if numbers else (None, None, None)
    return PatternScore(
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


def _forecast(entry: RecordEntry, value: float | None) -> Forecast | None:
    return None if value is None else Forecast(value, entry.holds(value))


def _flat(line: PatternScore) -> dict[str, Any]:
    """Return a line with numbers and words only, for a table."""
    flat = asdict(line)
    del flat["values"]
    for name in ("stays", "line"):
        made = flat.pop(name)
        flat[f"{name}_value"] = made["value"] if made else None
        flat[f"{name}_inside"] = made["inside"] if made else None
    return flat
