"""Many runs and the record: every run faint, the middle of them clear, and what is known drawn over them."""

from __future__ import annotations

import textwrap
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from siege_sim.plots import style
from siege_sim.plots.days import date_axis
from siege_sim.plots.labels import HALO
from siege_sim.plots.picture import Sketch
from siege_sim.validation import kinds

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from siege_sim.plots.picture import Picture
    from siege_sim.results.calendar import Calendar
    from siege_sim.validation.fan import Fan, Panel
    from siege_sim.validation.record import RecordEntry

RUN, BAND, MIDDLE, RECORD = "#7da2bf", "#c9dbe9", "#0b4f7d", style.VERMILION
SHOWN = (0, (5, 1.5))
MOST_RUNS = 40
"""How many runs are drawn one by one."""


TITLE = "Runs and record"
CAPTION = (
    "Quantities of which the record has two or more dated values. Days after the dashed line are forecasts and are not "
    "scored."
)


def fan_picture(fan: Fan, title: str) -> Picture:
    """Return the figure of a fan as a picture with its words."""
    return Sketch("fan", TITLE, CAPTION, fan.sentence, partial(draw_fan, fan, title), title).picture()


def draw_fan(fan: Fan, title: str, heading: str = TITLE) -> Figure:
    """Draw every quantity of a fan in its order, the first one wide.

    Args:
        fan: runs, and the record where there is one.
        title: the scenario's title, for the footnote.
        heading: over the figure.
    """
    rows = 1 + len(fan.panels) // 2
    height = 2.3 + 2.5 * rows
    figure = style.blank_sheet(heading, fan.sentence, _footnote(title, fan), height)
    edges = style.margins(figure, left=0.8, right=0.4, top=1.5, bottom=1.0)
    grid = figure.add_gridspec(rows, 2, hspace=0.55, wspace=0.22, **edges)
    for number, panel in enumerate(fan.panels):
        row, column = divmod(number + 1, 2)
        axes = figure.add_subplot(grid[0, :] if number == 0 else grid[row, column])
        _draw(axes, panel, fan, wide=number == 0)
    _legend(figure, height, fan)
    return figure


def _draw(axes: Axes, panel: Panel, fan: Fan, wide: bool) -> None:
    days, ends = fan.days, fan.record_ends
    x, curves = np.arange(days.last + 1), panel.scale * panel.curves
    date_axis(axes, days, most=12 if wide else 5)
    if len(curves) > 1:
        axes.plot(x, curves[int(fan.shows_first) :][:MOST_RUNS].T, color=RUN, lw=0.6, alpha=0.6, zorder=1.6)
    low, middle, high = panel.scale * panel.bands
    axes.fill_between(x, low, high, color=BAND, lw=0, zorder=1.5)
    axes.plot(x, middle, color=MIDDLE, lw=2.0, zorder=3)
    if fan.shows_first:
        axes.plot(x, curves[0], color=style.INK, lw=1.6, ls=SHOWN, zorder=4)
        high = np.fmax(high, curves[0])
    tops = [float(np.nanmax(high[: max(ends, 0) + 4])), *(_mark(axes, panel, entry, days) for entry in panel.entries)]
    tops.append(_wedge(axes, panel, days) if panel.entries else float(np.nanmax(curves)))
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


def _mark(axes: Axes, panel: Panel, entry: RecordEntry, days: Calendar) -> float:
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


def _wedge(axes: Axes, panel: Panel, days: Calendar) -> float:
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


def _legend(figure: Figure, height_in: float, fan: Fan) -> None:
    several = [
        Line2D([], [], color=RUN, lw=1.0, label="another run" if fan.shows_first else "one run"),
        Line2D([], [], color=MIDDLE, lw=2.0, label="their median" if fan.shows_first else "median of the runs"),
        Patch(facecolor=BAND, label="eight in ten runs"),
    ]
    shown = [Line2D([], [], color=style.INK, lw=1.6, ls=SHOWN, label="this run")]
    handles = shown * fan.shows_first + several * (len(fan.seeds) > 1 or not fan.shows_first)
    known = [
        Line2D([], [], color=RECORD, marker="|", ms=9, mew=2.2, lw=0, label="the record's range"),
        Line2D([], [], color=RECORD, marker="D", ms=5, lw=0, label="the record, one value"),
    ]
    figure.legend(
        handles=handles + known * fan.has_record, loc="upper left", ncols=6, frameon=False,
        bbox_to_anchor=(0.12 / style.WIDTH_IN, 1 - 0.86 / height_in), fontsize=8.5, handlelength=1.6, columnspacing=1.6,
    )  # fmt: skip


def _footnote(title: str, fan: Fan) -> str:
    seeds = fan.seeds
    sums = "Daily means are drawn as sums over their days. " if fan.has_record else ""
    which = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {min(seeds)} to {max(seeds)}"
    return (
        f"{style.short_title(title)}; {which}. {sums}The band is computed day by day; its edge is not one run. A "
        "model, not a record."
    )
