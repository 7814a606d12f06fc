"""The quarters: when each first lost ground, and when all of it was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Patch

from siege_sim.analysis.run import besieged_in_order
from siege_sim.plots import style
from siege_sim.plots.days import date_axis
from siege_sim.plots.style import Look
from siege_sim.results.calendar import Calendar
from siege_sim.results.endings import HOLDING
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from siege_sim.results.run import RunResult
    from siege_sim.schema.sides import Sides

QUARTER_ROW_IN = 0.205
MOST_QUARTERS_SHOWN = 80
CONTESTED = Look("#c3e3d9", "/////", "#2e7a65")


def draw_quarters(result: RunResult) -> Figure:
    """Draw a bar for each besieged quarter: whole, partly lost, and until when it was held."""
    days, table = Calendar.of(result), besieged_in_order(result.quarters)
    table = table.head(MOST_QUARTERS_SHOWN)
    figure = style.sheet(
        result, "When each quarter was lost", sentence(result), 2.1 + QUARTER_ROW_IN * max(len(table), 3)
    )
    edges = style.margins(figure, left=2.0, right=1.35, top=1.3, bottom=0.8)
    axes = figure.add_subplot(figure.add_gridspec(1, 1, **edges)[0])
    date_axis(axes, days)
    axes.set_ylim(max(len(table), 3) - 0.4, -0.6)
    axes.set_yticks(range(len(table)), [str(name) for name in table["quarter"]])
    axes.tick_params(axis="y", length=0, labelcolor=style.INK)
    axes.grid(axis="x", color=style.RULE, linewidth=0.7)
    axes.set_axisbelow(True)
    over, held = result.summary["ending"] != HOLDING, style.look_of(result.sides, GARRISON)
    for row, (lost, captured) in enumerate(zip(table["first"], table["captured"], strict=True)):
        _bar(axes, held, row, float(lost), float(captured), days, over)
    _key(axes, held, result.sides)
    return figure


def sentence(result: RunResult) -> str:
    """Return in words how many quarters were lost."""
    table, end = besieged_in_order(result.quarters), result.summary["end_day"]
    fell, handed = int((table["captured"] < end).sum()), int((table["captured"] >= end).sum())
    count = f"{fell or 'None'} of {len(table)} besieged quarters {'was' if fell < 2 else 'were'}"
    words = f"{count} wholly lost before the last day."
    if handed:
        words += f" {handed} changed hands on the last day, when the siege ended."
    return f"{words} The first {MOST_QUARTERS_SHOWN} are shown." if len(table) > MOST_QUARTERS_SHOWN else words


def _bar(axes: Axes, held: Look, row: int, lost: float, captured: float, days: Calendar, over: bool) -> None:
    """Draw a quarter's time as a whole, then with ground lost, and write its last date beside it."""
    end = captured if np.isfinite(captured) else float(max(days.last, 1))
    whole = min(lost, end) if np.isfinite(lost) else end
    axes.barh(row, whole, height=0.72, **held.patch())
    axes.barh(row, end - whole, left=whole, height=0.72, **CONTESTED.patch())
    if not np.isfinite(captured):
        words = "held" if not np.isfinite(lost) else "partly held"
    else:
        words = f"{days.short(int(captured))}{', at the end' if over and captured == days.last else ''}"
    axes.annotate(
        words,
        (end, row),
        (5, 0),
        textcoords="offset points",
        size=8,
        va="center_baseline",
        annotation_clip=False,
    )


def _key(axes: Axes, held: Look, sides: Sides) -> None:
    """Explain the two fills above the bars."""
    handles = [
        Patch(**held.patch(), label=f"wholly held by {sides.garrison.the}"),
        Patch(**CONTESTED.patch(), label="some ground lost"),
    ]
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=2,
        frameon=False,
        fontsize=8.5,
        borderpad=0.4,
    )
