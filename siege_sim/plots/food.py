"""Food: what people ate, what was left, and what hunger did to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Rectangle

from siege_sim.analysis.run import NEED_KCAL, while_inhabited
from siege_sim.plots import style
from siege_sim.plots.days import date_axis
from siege_sim.plots.labels import EndLabel, end_labels, extent
from siege_sim.results.calendar import Calendar
from siege_sim.results.numbers import number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from siege_sim.results.run import RunResult

PHASES = {
    1: ("minimal", "#fdf3e0"),
    2: ("stressed", "#f8d396"),
    3: ("crisis", "#ec9a55"),
    4: ("emergency", "#bf4a26"),
    5: ("famine", "#5c1212"),
}
"""The IPC's phases for an area, and colours that darken with them."""


def draw_food(result: RunResult) -> Figure:
    """Draw intake against the need, the reserve, bakeries, body mass lost, and the IPC phase."""
    days, table = Calendar.of(result), while_inhabited(result.series)
    figure = style.sheet(result, "Food and hunger", sentence(result), 9.6)
    edges = style.margins(figure, left=0.85, right=1.75, top=1.25, bottom=0.8)
    grid = figure.add_gridspec(5, 1, height_ratios=[2.0, 1.6, 1.6, 1.1, 0.42], hspace=0.42, **edges)
    panels = [figure.add_subplot(grid[row]) for row in range(5)]
    for row, axes in enumerate(panels):
        date_axis(axes, days, labels=row == 4)
    _intake(panels[0], table)
    _curve(
        panels[1],
        table,
        "food_days_left",
        "Reserve of food, at 2,100 kcal a person and day",
        "days",
        "{} days",
    )
    _curve(
        panels[2],
        100.0 * table,
        "mean_body_mass_loss",
        "Body mass lost, mean of the people in the pocket",
        "%",
        "{} %",
    )
    _curve(
        panels[3],
        table,
        "bakeries_working",
        "Bakeries working in the pocket",
        "bakeries",
        "{}",
        step=True,
    )
    _phases(panels[4], table)
    return figure


def sentence(result: RunResult) -> str:
    """Return in words how long the food lasted."""
    days, table = Calendar.of(result), while_inhabited(result.series)
    reserve = table["food_days_left"]
    opening = f"On day\u00a00 stores and homes held food for {number(reserve.iloc[0])} days."
    short = table.index[reserve < 7.0]
    if len(short) == 0 or short[0] == 0:
        return opening
    since = int(short[0])
    return f"{opening} Less than a week's food was left from {days.full(since)} (day\u00a0{since})."


def _intake(axes: Axes, table: pd.DataFrame) -> None:
    values = table["kcal_eaten_per_person"].to_numpy(dtype=float)
    style.count_axis(axes, max(NEED_KCAL, _most(values)))
    axes.set_title("Eaten a person and day", pad=6)
    axes.set_ylabel("kcal")
    x = table["day"].to_numpy(dtype=float)
    axes.fill_between(x, values, NEED_KCAL, where=values < NEED_KCAL, color="#f1dcc6", linewidth=0)
    axes.plot(x, values, color=style.VERMILION, clip_on=False)
    axes.axhline(NEED_KCAL, color=style.INK, lw=1.1, ls=(0, (5, 2)))
    ends = [EndLabel(NEED_KCAL, "2,100 kcal needed")]
    end_labels(axes, [*ends, *_last(values, "{} kcal eaten")])


def _curve(axes: Axes, table: pd.DataFrame, name: str, title: str, unit: str, words: str, step: bool = False) -> None:
    """Draw one outcome as a line over a light fill, its last value beside it."""
    x, values = table.index.to_numpy(dtype=float), table[name].to_numpy(dtype=float)
    style.count_axis(axes, _most(values), whole=step)
    axes.set_title(title, pad=6)
    axes.set_ylabel(unit)
    axes.fill_between(x, values, step="post" if step else None, color="#cfdfec", linewidth=0)
    axes.plot(x, values, color=style.BLUE, drawstyle="steps-post" if step else "default", clip_on=False)
    end_labels(axes, _last(values, words))


def _most(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(known.max()) if known.size else 0.0


def _last(values: NDArray[np.float64], words: str) -> list[EndLabel]:
    known = values[np.isfinite(values)]
    return [EndLabel(float(known[-1]), words.format(number(known[-1])))] if known.size else []


def _phases(axes: Axes, table: pd.DataFrame) -> None:
    """Draw the days spent in each IPC phase as a strip of boxes with the phase's number and name."""
    axes.set(ylim=(0, 1), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.set_title("Acute food insecurity (IPC phase)", pad=6)
    phases = table["ipc_phase"].to_numpy(dtype=float)
    for first, last, phase in stretches(phases):
        name, colour = PHASES[phase]
        begin, length = max(first - 1, 0), last - max(first - 1, 0)
        axes.add_patch(Rectangle((begin, 0), length, 1, facecolor=colour, edgecolor="white", linewidth=1.0))
        _box_text(axes, begin, length, (f"{phase} {name}", f"{phase}"), "white" if phase >= 4 else style.INK)


def stretches(phases: NDArray[np.float64]) -> list[tuple[int, int, int]]:
    """Return unbroken runs of one value as ``(first day, last day, value)``, leaving out unknown days."""
    found: list[tuple[int, int, int]] = []
    for day in np.flatnonzero(np.isfinite(phases)):
        value = int(phases[day])
        if found and found[-1][1] == day - 1 and found[-1][2] == value:
            found[-1] = (found[-1][0], int(day), value)
        else:
            found.append((int(day), int(day), value))
    return found


def _box_text(axes: Axes, begin: float, length: float, words: tuple[str, ...], colour: str) -> None:
    """Write the first of several texts that fits into a box, if one does."""
    room = length * axes.get_window_extent().width / float(np.ptp(axes.get_xlim()))
    for text in words:
        drawn = axes.text(begin + length / 2, 0.48, text, size=8.5, ha="center", va="center", color=colour)
        if extent(drawn).width + 6 <= room:
            return
        drawn.remove()
