"""Many runs and the record: every run faint, the middle of them clear, and what is known drawn over them."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from siege_sim.plots import style
from siege_sim.plots.days import Calendar, date_axis
from siege_sim.plots.labels import HALO
from siege_sim.validation import record as kinds
from siege_sim.validation.measures import values_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from siege_sim.results.run import CompactRun
    from siege_sim.validation.measures import FloatArray
    from siege_sim.validation.record import Record, RecordEntry

DRAWN = (kinds.FallOn, kinds.ValueOn, kinds.IncreasePerDay)
"""Kinds of measure that make a curve over days."""

DAYS_AFTER = 14
"""How far the curves go on beyond the record's last day."""

RUN, BAND, MIDDLE, RECORD = "#7da2bf", "#c9dbe9", "#0b4f7d", style.VERMILION
MOST_RUNS = 40
"""How many runs are drawn one by one."""


@dataclass(frozen=True)
class FanPanel:
    """A quantity of which the record has several dated values: its curve on every run, and these values."""

    title: str
    unit: str
    entries: tuple[RecordEntry, ...]
    curves: FloatArray

    @property
    def scale(self) -> float:
        """What a value is multiplied by to be drawn: shares are drawn in per cent."""
        return 100.0 if self.unit == "%" else 1.0


def draw_fan(record: Record, runs: Sequence[CompactRun], title: str) -> Figure:
    """Draw every quantity of which the record has two patterns or more, in its order, the first one wide.

    Args:
        record: what is known.
        runs: the runs.
        title: the scenario's title, for the footnote.
    """
    days = _calendar(record, runs)
    panels = _panels(record, runs, days)
    rows = 1 + len(panels) // 2
    height = 2.3 + 2.5 * rows
    figure = style.blank_sheet("Runs and record", fan_finding(runs), _footnote(title, runs), height)
    edges = style.margins(figure, left=0.8, right=0.4, top=1.5, bottom=1.0)
    grid = figure.add_gridspec(rows, 2, hspace=0.55, wspace=0.22, **edges)
    for number, panel in enumerate(panels):
        row, column = divmod(number + 1, 2)
        axes = figure.add_subplot(grid[0, :] if number == 0 else grid[row, column])
        _draw(axes, panel, record, days, wide=number == 0)
    _legend(figure, height)
    return figure


def fan_finding(runs: Sequence[CompactRun]) -> str:
    """Return in words what the figure shows."""
    if len(runs) == 1:
        return "One run, and the ranges that the record gives."
    return (
        f"{len(runs)} runs that differ by chance alone, each a thin line; their median; the band that holds eight "
        "in ten of them on a day; and the ranges that the record gives."
    )


def drawn_quantities(record: Record) -> list[list[RecordEntry]]:
    """Return what the record knows of each quantity with two or more patterns, in the record's order."""
    groups: dict[object, list[RecordEntry]] = {}
    for entry in record.patterns.values():
        if isinstance(entry.measure, DRAWN):
            groups.setdefault(entry.measure.quantity, []).append(entry)
    several = [group for group in groups.values() if len(group) > 1]
    return [record.same_quantity(group[0].measure) for group in several if group[0].measure]


def _calendar(record: Record, runs: Sequence[CompactRun]) -> Calendar:
    start = date.fromisoformat(str(runs[0].series["date"].iloc[0]))
    longest = max(len(run.series) - 1 for run in runs)
    return Calendar(start, min(longest, (record.until - start).days + DAYS_AFTER))


def _panels(record: Record, runs: Sequence[CompactRun], days: Calendar) -> list[FanPanel]:
    topics = {id(entry): topic.title for topic in record.topics.values() for entry in topic.patterns.values()}
    panels = []
    for entries in drawn_quantities(record):
        measure = entries[-1].measure
        assert isinstance(measure, DRAWN)
        curves = np.stack([_until(run, measure.outcomes, days.last) for run in runs])
        title = next(topics[id(entry)] for entry in entries if id(entry) in topics)
        unit = entries[-1].unit
        if isinstance(measure, kinds.FallOn):
            curves = curves[:, :1] - curves
        if isinstance(measure, kinds.IncreasePerDay):
            title, unit = f"{title}, from day 0", unit.removesuffix(" a day")
        panels.append(FanPanel(title, unit, tuple(entries), curves))
    return panels


def _until(run: CompactRun, outcomes: Sequence[str], last: int) -> FloatArray:
    """Return a curve to a day: with its last value where the siege was over, with nothing where it was stopped."""
    values = values_of(run, outcomes)
    beyond = np.nan if run.ending == "holding" else values[-1]
    return np.concatenate([values, np.full(max(last + 1 - values.size, 0), beyond)])[: last + 1]


def _draw(axes: Axes, panel: FanPanel, record: Record, days: Calendar, wide: bool) -> None:
    x, curves = np.arange(days.last + 1), panel.scale * panel.curves
    date_axis(axes, days, most=12 if wide else 5)
    axes.plot(x, curves[:MOST_RUNS].T, color=RUN, lw=0.6, alpha=0.6, zorder=1.6)
    low, middle, high = _percentiles(curves)
    axes.fill_between(x, low, high, color=BAND, lw=0, zorder=1.5)
    axes.plot(x, middle, color=MIDDLE, lw=2.0, zorder=3)
    ends = days.day_of(record.until.isoformat())
    tops = [float(np.nanmax(high[: max(ends, 0) + 4])), *(_mark(axes, panel, entry, days) for entry in panel.entries)]
    tops.append(_wedge(axes, panel, days))
    style.count_axis(axes, max(tops), whole=False)
    axes.set_title("\n".join(textwrap.wrap(panel.title, 90 if wide else 52)), fontsize=10)
    axes.set_ylabel(panel.unit)
    if ends < days.last:
        axes.axvline(ends, color=style.INK, lw=0.8, ls=(0, (4, 2)), zorder=2)
        if wide:
            axes.annotate(
                "the record ends", (ends, 1.0), xycoords=("data", "axes fraction"), xytext=(8, -3),
                textcoords="offset points", va="top", size=8.5, path_effects=HALO,
            )  # fmt: skip


def _percentiles(curves: FloatArray) -> FloatArray:
    """Return the 10th, 50th and 90th percentile of every day, nothing where no run was."""
    result = np.full((3, curves.shape[1]), np.nan)
    known = np.isfinite(curves).any(axis=0)
    result[:, known] = np.nanpercentile(curves[:, known], (10, 50, 90), axis=0)
    return result


def _mark(axes: Axes, panel: FanPanel, entry: RecordEntry, days: Calendar) -> float:
    """Draw the range of a value on a day; return how high it reaches."""
    measure = entry.measure
    if not isinstance(measure, kinds.Moment):
        return 0.0
    day = days.day_of(measure.on.isoformat())
    low, high = panel.scale * (entry.low or 0.0), panel.scale * (entry.high if entry.high is not None else np.inf)
    if not 0 <= day <= days.last:
        return 0.0
    if low == high:
        axes.plot([day], [low], marker="D", ms=5, color=RECORD, mec=style.PAPER, mew=0.8, zorder=5, clip_on=False)
        return low
    top = high if np.isfinite(high) else low
    axes.errorbar(
        [day], [(low + top) / 2], yerr=[(top - low) / 2], fmt="none", ecolor=RECORD, elinewidth=2.2, capsize=3.5,
        capthick=1.6, zorder=5,
    )  # fmt: skip
    return top


def _wedge(axes: Axes, panel: FanPanel, days: Calendar) -> float:
    """Draw what means a day add up to, at the least and at the most; return how high it reaches."""
    spans = [
        (entry, days.day_of(entry.measure.after.isoformat()), days.day_of(entry.measure.until.isoformat()))
        for entry in panel.entries
        if isinstance(entry.measure, kinds.IncreasePerDay)
    ]
    spans = [(entry, first, last) for entry, first, last in spans if 0 <= first < last <= days.last]
    if not spans:
        return 0.0
    x, low, high = [0], [0.0], [0.0]
    for entry, first, last in spans:
        x += [first, last]
        low += [low[-1], low[-1] + (entry.low or 0.0) * (last - first)]
        high += [high[-1], high[-1] + (entry.high if entry.high is not None else entry.low or 0.0) * (last - first)]
    axes.fill_between(x, low, high, facecolor="none", edgecolor=RECORD, hatch="////", lw=0.0, alpha=0.4, zorder=4)
    axes.plot(x, low, color=RECORD, lw=1.4, zorder=5)
    axes.plot(x, high, color=RECORD, lw=1.4, zorder=5)
    return high[-1]


def _legend(figure: Figure, height_in: float) -> None:
    handles = [
        Line2D([], [], color=RUN, lw=1.0, label="one run"),
        Line2D([], [], color=MIDDLE, lw=2.0, label="median of the runs"),
        Patch(facecolor=BAND, label="eight in ten runs"),
        Line2D([], [], color=RECORD, marker="|", ms=9, mew=2.2, lw=0, label="the record's range"),
        Line2D([], [], color=RECORD, marker="D", ms=5, lw=0, label="the record, one value"),
    ]
    figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0.12 / style.WIDTH_IN, 1 - 0.86 / height_in), ncols=5,
        frameon=False, fontsize=8.5, handlelength=1.6, columnspacing=1.6,
    )  # fmt: skip


def _footnote(title: str, runs: Sequence[CompactRun]) -> str:
    seeds = [run.seed for run in runs]
    which = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {min(seeds)} to {max(seeds)}"
    return (
        f"{textwrap.shorten(title, 60, placeholder=' ...')}; {which}. Means a day are drawn "
        "as what they add up to. The band is of a day's values: no run follows its edge. A model, not a record."
    )
