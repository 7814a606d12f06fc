"""Many runs beside what is known: the curves of every quantity of which the record has several dated values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.results.calendar import Calendar
from siege_sim.results.curves import FAN_PERCENTILES, daily_percentiles, values_to
from siege_sim.validation import kinds
from siege_sim.validation.measures import start_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siege_sim.results.run import CompactRun
    from siege_sim.validation.measures import FloatArray
    from siege_sim.validation.record import Record, RecordEntry

DRAWN = (kinds.FallOn, kinds.ValueOn, kinds.IncreasePerDay)
"""Kinds of measure that make a curve over days."""

DAYS_AFTER = 14
"""How far the curves go on beyond the record's last day."""


@dataclass(frozen=True)
class Panel:
    """A quantity of which the record has several dated values.

    Attributes:
        title: what it is.
        unit: of its values.
        entries: what the record knows of it.
        curves: its value on every run and day, shape ``(runs, days + 1)``.
        bands: the 10th, 50th and 90th percentile of every day, nothing where no run was.
    """

    title: str
    unit: str
    entries: tuple[RecordEntry, ...]
    curves: FloatArray
    bands: FloatArray

    @property
    def scale(self) -> float:
        """What a value is multiplied by to be drawn: shares are drawn in per cent."""
        return 100.0 if self.unit == "%" else 1.0


@dataclass(frozen=True)
class Fan:
    """Runs and record on one calendar.

    Attributes:
        days: the days that are shown.
        record_ends: the record's last day.
        seeds: of the runs.
        panels: the quantities, in the record's order.
        shows_first: whether the first run is the one that is shown among the others; the bands are of the others then.
    """

    days: Calendar
    record_ends: int
    seeds: tuple[int, ...]
    panels: tuple[Panel, ...]
    shows_first: bool = False

    @property
    def has_record(self) -> bool:
        """Whether something is known beside the runs."""
        return any(panel.entries for panel in self.panels)

    @property
    def sentence(self) -> str:
        """What the figure shows, in words."""
        known = "the ranges that the record gives"
        if len(self.seeds) == 1:
            return f"One run, and {known}." if self.has_record else "One run."
        if self.shows_first:
            return (
                f"This run (dark, dashed) among {len(self.seeds) - 1} others that differ by chance alone, their "
                f"median, the band that holds 80 % of them on a day, and {known}."
            )
        parts = (
            f"{len(self.seeds)} runs that differ by chance alone, each a thin line; their median; ",
            "the band that holds 80 % of them on a day",
        )
        return f"{''.join(parts)}; and {known}." if self.has_record else f"{parts[0]}and {parts[1]}."


def fan_of(record: Record, compact_runs: Sequence[CompactRun], shows_first: bool = False) -> Fan:
    """Lay runs beside a record.

    Args:
        record: what is known.
        compact_runs: the runs, at least one.
        shows_first: whether the first run is shown among the others, if there are any.
    """
    days = _calendar(record, compact_runs)
    ends = days.day_of(record.until.isoformat())
    shown = int(shows_first and len(compact_runs) > 1)
    panels = _panels(record, compact_runs, days, shown)
    return Fan(days, ends, tuple(run.seed for run in compact_runs), panels, shows_first)


def drawn_quantities(record: Record) -> list[list[RecordEntry]]:
    """Return what the record knows of each quantity with two or more patterns, in the record's order."""
    groups: dict[object, list[RecordEntry]] = {}
    for entry in record.patterns.values():
        if isinstance(entry.measure, DRAWN):
            groups.setdefault(entry.measure.quantity, []).append(entry)
    several = [group for group in groups.values() if len(group) > 1]
    return [record.same_quantity(group[0].measure) for group in several if group[0].measure]


def _calendar(record: Record, compact_runs: Sequence[CompactRun]) -> Calendar:
    start = start_of(compact_runs[0])
    longest = max(len(run.series) - 1 for run in compact_runs)
    return Calendar(start, min(longest, (record.until - start).days + DAYS_AFTER))


def _panels(record: Record, compact_runs: Sequence[CompactRun], days: Calendar, shown: int) -> tuple[Panel, ...]:
    topics = {id(entry): topic.title for topic in record.topics.values() for entry in topic.patterns.values()}
    panels: list[Panel] = []
    for entries in drawn_quantities(record):
        measure = entries[-1].measure
        assert isinstance(measure, DRAWN)
        curves = np.stack([values_to(run, measure.outcomes, days.last) for run in compact_runs])
        title = next(topics[id(entry)] for entry in entries if id(entry) in topics)
        unit = entries[-1].unit
        if isinstance(measure, kinds.FallOn):
            curves = curves[:, :1] - curves
        if isinstance(measure, kinds.IncreasePerDay):
            title, unit = f"{title}, from day 0", unit.removesuffix(" a day")
        bands = daily_percentiles(curves[shown:], FAN_PERCENTILES)
        panels.append(Panel(title, unit, tuple(entries), curves, bands))
    return tuple(panels)
