"""The ground over time, beside the scenario's dated actions and the turning points of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siege_sim.plots import style
from siege_sim.plots.days import Action, actions, date_axis, turns
from siege_sim.plots.labels import extent, rows_above
from siege_sim.results.calendar import Calendar
from siege_sim.results.numbers import percent
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from siege_sim.results.run import RunResult

CURVE_IN = 3.4
LANE_IN = 0.27
MOST_LANES = 14
SHADE = "#4a4a4a"
"""The grey of dated actions, thin enough to see through; where two meet it is darker."""


def draw_area(result: RunResult) -> Figure:
    """Draw the share of the garrison's area by day, and below it when the dated actions were in force."""
    days = Calendar.of(result)
    acts = actions(result)[:MOST_LANES]
    marks = [(turn.day, turn.label) for turn in turns(result)]
    lanes_in, between_in = (LANE_IN * len(acts), 0.4) if acts else (0.01, 0.0)
    above_in, below_in = 0.85 + 0.21 * len(marks), 0.85
    figure = style.sheet(
        result,
        f"Ground held by {result.sides.garrison.the}",
        sentence(result),
        above_in + CURVE_IN + between_in + lanes_in + below_in,
    )
    edges = style.margins(figure, left=0.8, right=0.45, top=above_in, bottom=below_in)
    gap = between_in / ((CURVE_IN + lanes_in) / 2)
    grid = figure.add_gridspec(2, 1, height_ratios=[CURVE_IN, lanes_in], hspace=gap, **edges)
    top = figure.add_subplot(grid[0])
    _curve(top, result, days)
    _shade(top, acts)
    date_axis(top, days, labels=not acts)
    rows_above(top, marks)
    if acts:
        lanes = figure.add_subplot(grid[1])
        date_axis(lanes, days)
        _lanes(lanes, acts)
    return figure


def sentence(result: RunResult) -> str:
    """Return in words when ground was lost."""
    days = Calendar.of(result)
    share = result.series["garrison_area_share"]
    half = result.summary.get("days_to_half")
    if half is not None:
        return f"Half of the ground of day 0 was lost by {days.full(int(half))} (day {int(half)})."
    least = float(share.min())
    if least == 1.0:
        return f"No ground was lost until the last day, {days.full(days.last)}."
    return f"Never less than {percent(least)} of the ground of day 0 was held until {days.full(days.last)}."


def _curve(axes: Axes, result: RunResult, days: Calendar) -> None:
    table = result.series
    share = 100.0 * table["garrison_area_share"].to_numpy(dtype=float)
    colour = style.look_of(result.sides, GARRISON).colour
    axes.fill_between(table["day"], share, step="post", color=colour, alpha=0.35, linewidth=0, zorder=2)
    axes.step(table["day"], share, where="post", color="#17604c", lw=2.2, zorder=3, clip_on=False)
    axes.set_ylim(0, max(104.0, 1.04 * float(share.max())))
    axes.set_ylabel("% of the area held on day 0")
    axes.yaxis.set_major_locator(style.every(25))
    style.faint_lines(axes)


def _shade(axes: Axes, acts: list[Action]) -> None:
    """Shade the days of longer actions lightly under the curve."""
    for first, last in (window for act in acts for window in act.windows):
        if last > first:
            axes.axvspan(first, last, color=SHADE, alpha=0.11, lw=0, zorder=2.5)


def _lanes(axes: Axes, acts: list[Action]) -> None:
    """Give each action a line of its own: a bar or points in time, and its name beside it."""
    axes.set_ylim(len(acts) - 0.4, -0.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_title("Dated actions of the scenario", size=9, pad=4, color=style.FAINT)
    for row, act in enumerate(acts):
        beside = _name(axes, row, act)
        bars = [(first, last - first) for first, last in act.windows if last > first]
        axes.broken_barh(bars, (row - 0.3, 0.6), facecolor="#d0d0d0", edgecolor=style.FAINT, lw=0.8, zorder=1)
        points = [first for first, last in act.windows if last == first]
        look = {"marker": "D", "markersize": 6} if beside else {"marker": "|", "markersize": 7}
        height = row if beside else row + 0.32
        axes.plot(points, [height] * len(points), color=style.INK, clip_on=False, lw=0, **look)  # type: ignore[arg-type]


def _name(axes: Axes, row: int, act: Action) -> bool:
    """Write an action's name to the right of its last window or to the left of its first, if there is room.

    Returns:
        Whether there was; otherwise the name stands on a bar, or above where points of time go.
    """
    days = float(axes.get_xlim()[1])
    px_a_day = axes.get_window_extent().width / days
    first, last = act.windows[0][0], act.windows[-1][1]
    text = axes.text(first, row, act.label, size=8.5, va="center_baseline", ha="left", zorder=3)
    gap, width = (16.0 if act.moments else 9.0) / px_a_day, extent(text).width / px_a_day
    if last + gap + width <= 1.03 * days:
        text.set_x(last + gap)
    elif first - gap - width >= 0:
        text.set(x=first - gap, ha="right")
    else:
        text.set(x=min(first + gap, days - width), y=row - 0.14 * act.moments)
        return False
    return True
