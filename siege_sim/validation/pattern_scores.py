"""Patterns of a record measured on many runs, as a forecast with a spread, beside naive forecasts."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.results.run import CompactRun
from siege_sim.validation.measures import measured
from siege_sim.validation.naive import it_stays, resampled_history, straight_line
from siege_sim.validation.scores import crps, distances, weighted_quantiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siege_sim.validation.record import Record, RecordEntry, ShareOfRuns

    FloatArray = NDArray[np.float64]

NAIVE = ("stays", "line", "resampled")
"""The naive forecasts, as ``PatternScore`` calls them."""


@dataclass(frozen=True)
class Forecast:
    """A naive forecast of a pattern.

    Attributes:
        value: what it says; the median of those of an ensemble.
        inside: whether that lies in the record's range.
        crps: its score, in widths of the range (see ``validation.scores``).
    """

    value: float
    inside: bool
    crps: float


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
        resampled: the forecast that the past repeats itself, if it can be made.
        crps: the score of the runs as a forecast, in widths of the range; None where no run says anything.
        covered: whether the middle 80 % of the runs meets the range.
        share_of_runs: in which share of the runs it must lie in the range; None where the median counts.
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
    resampled: Forecast | None = None
    crps: float | None = None
    covered: bool | None = None
    share_of_runs: ShareOfRuns | None = None

    @property
    def holds(self) -> bool:
        """Whether the runs have the pattern: their median lies in the range, or the share of them that must."""
        if self.share_of_runs is not None:
            return self.share_inside is not None and self.share_of_runs.holds(self.share_inside)
        return bool(self.median_inside)

    def data(self) -> dict[str, Any]:
        """Return it as plain data."""
        share = None if self.share_of_runs is None else self.share_of_runs.model_dump()
        return {**asdict(replace(self, share_of_runs=None)), "share_of_runs": share}

    @property
    def median_inside(self) -> bool | None:
        """Whether the median lies in the range; ``None`` without a median."""
        if self.median is None:
            return None
        return (self.low is None or self.low <= self.median) and (self.high is None or self.median <= self.high)


@dataclass(frozen=True)
class ForecastScore:
    """How the runs and a naive forecast do on the patterns of which both say something.

    Attributes:
        patterns: how many these are.
        runs: of how many the runs' median lies in the record's range.
        forecast: of how many the forecast does.
        runs_crps: mean score of the runs, in widths of the ranges; None without patterns.
        forecast_crps: mean score of the forecast.
    """

    patterns: int
    runs: int
    forecast: int
    runs_crps: float | None
    forecast_crps: float | None


def against(lines: Sequence[PatternScore], forecast: str) -> ForecastScore:
    """Compare runs with a naive forecast (one of ``NAIVE``) on the patterns on which it can be made."""
    both = [(line, getattr(line, forecast)) for line in lines if line.crps is not None]
    pairs = [(line, made) for line, made in both if made is not None]
    return ForecastScore(
        patterns=len(pairs),
        runs=sum(line.holds for line, _ in pairs),
        forecast=sum(made.inside for _, made in pairs),
        runs_crps=_mean([line.crps for line, _ in pairs]),
        forecast_crps=_mean([made.crps for _, made in pairs]),
    )


def mean_crps(lines: Sequence[PatternScore]) -> float | None:
    """Return the mean score of runs over the patterns of which they say something, in widths of the ranges."""
    return _mean([line.crps for line in lines if line.crps is not None])


def covered(lines: Sequence[PatternScore]) -> tuple[int, int]:
    """Return of how many patterns the middle 80 % of the runs meets the range, and of how many it could."""
    found = [line.covered for line in lines if line.covered is not None]
    return sum(found), len(found)


def patterns_held(lines: Sequence[PatternScore]) -> tuple[int, int]:
    """Return how many patterns the runs have, and of how many they say something."""
    held = [line.holds for line in lines if not line.not_measured and line.share_inside is not None]
    return sum(held), len(held)


def _mean(scores: Sequence[float | None]) -> float | None:
    return float(np.mean([score for score in scores if score is not None])) if scores else None


def score_patterns(
    record: Record,
    runs: Sequence[CompactRun],
    weights: FloatArray | None = None,
    known_until: date | None = None,
    only: Collection[str] | None = None,
) -> tuple[PatternScore, ...]:
    """Measure patterns of a record on every run, and set the naive forecasts beside them.

    Args:
        record: what is known.
        runs: at least one.
        weights: of the runs; equal without them.
        known_until: the last day of which the naive forecasts know something; by default the day before each pattern.
        only: names of the patterns; by default all.
    """
    return tuple(
        _pattern_score(_Row(record, name, topic.title, entry, known_until), runs, weights)
        for topic in record.topics.values()
        for name, entry in topic.patterns.items()
        if only is None or name in only
    )


@dataclass(frozen=True)
class _Row:
    """A pattern, and what is known before it."""

    record: Record
    name: str
    topic: str
    entry: RecordEntry
    until: date | None

    def forecast(self, values: Sequence[float | None]) -> Forecast | None:
        """Score a naive forecast: one value, or an ensemble; None without a value."""
        members = np.array([value for value in values if value is not None], dtype=float)
        if not members.size:
            return None
        median = float(np.median(members))
        return Forecast(median, self.entry.holds(median), crps(distances(self.entry, members.tolist())))

    def naive(self) -> dict[str, Any]:
        """Return the naive forecasts by name."""
        given = (self.record, self.entry, self.until)
        return {
            "stays": self.forecast([it_stays(*given)]),
            "line": self.forecast([straight_line(*given)]),
            "resampled": self.forecast(resampled_history(*given)),
        }


def _pattern_score(row: _Row, runs: Sequence[CompactRun], weights: FloatArray | None) -> PatternScore:
    entry = row.entry
    found = [] if entry.measure is None else [measured(entry.measure, run) for run in runs]
    gathered = _gathered(entry, found, weights)
    return PatternScore(
        name=row.name,
        topic=row.topic,
        title=entry.title,
        unit=entry.unit,
        low=entry.low,
        high=entry.high,
        values=tuple(value if value is not None and math.isfinite(value) else None for value in found),
        source=entry.source,
        confidence=entry.confidence,
        note=entry.note,
        not_measured=entry.not_measured,
        share_of_runs=entry.share_of_runs,
        **gathered,
        **row.naive(),
    )


def _gathered(entry: RecordEntry, found: Sequence[float | None], weights: FloatArray | None) -> dict[str, Any]:
    """Return what many runs say of a pattern: percentiles, the share in the range, the score."""
    reached = np.array([value is not None for value in found], dtype=bool)
    values = np.array([value for value in found if value is not None], dtype=float)
    shares = None if weights is None else weights[reached]
    numbers = np.isfinite(values)
    tenth = median = ninetieth = inside = score = meets = None
    if numbers.any():
        kept = None if shares is None else shares[numbers]
        tenth, median, ninetieth = weighted_quantiles(values[numbers], kept, (0.1, 0.5, 0.9))
    if values.size:
        held = np.array([entry.holds(value) for value in values.tolist()], dtype=float)
        inside = float(np.average(held, weights=shares))
    if values.size and entry.share_of_runs is None:
        far = distances(entry, values.tolist())
        low, high = weighted_quantiles(far, shares, (0.1, 0.9))
        score, meets = crps(far, weights=shares), bool(low <= 0.0 <= high)
    return {
        "measured": int(numbers.sum()), "tenth": tenth, "median": median, "ninetieth": ninetieth,
        "share_inside": inside, "crps": score, "covered": meets,
    }  # fmt: skip


def flat_row(line: PatternScore) -> dict[str, Any]:
    """Return a line with numbers and words only, for a table."""
    flat = line.data()
    del flat["values"]
    for name in NAIVE:
        made = flat.pop(name)
        for part in ("value", "inside", "crps"):
            flat[f"{name}_{part}"] = made[part] if made else None
    wanted = flat.pop("share_of_runs") or {"low": None, "high": None}
    return flat | {f"share_of_runs_{bound}": value for bound, value in wanted.items()}
