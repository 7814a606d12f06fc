"""The people: who was killed and by what, and where everybody was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siege_sim.plots import style
from siege_sim.plots.days import date_axis
from siege_sim.plots.labels import EndLabel, band_label, end_labels
from siege_sim.plots.style import Look
from siege_sim.results.calendar import Calendar
from siege_sim.results.numbers import number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from siege_sim.results.run import RunResult

DEATHS: tuple[tuple[str, str, Look], ...] = (
    ("killed_by_air", "by air strikes", Look(style.BLUE)),
    ("killed_by_shelling", "by shelling", Look(style.SKY, "///", "#2c5f80")),
    ("killed_in_crossfire", "in crossfire", Look(style.YELLOW)),
    ("died_of_wounds", "of wounds", Look(style.VERMILION, "\\\\\\", "#f3c9b0")),
    ("died_of_hunger", "of hunger", Look("#4a4a4a", "...", "#c8c8c8")),
)
"""Outcome, words, look; from the bottom of the stack to its top."""

PLACES: tuple[tuple[str, str, Look], ...] = (
    ("at_home", "in the pocket, at home", Look("#3d9e82")),
    ("displaced_inside", "displaced inside the pocket", Look("#a8d8c8", "///", "#3d7a68")),
    ("left_to_kurdish", "left to Kurdish ground", Look("#e3bd4f", "....", "#7d5f00")),
    ("left_to_government", "left to government areas", Look("#e8863f", "\\\\\\", "#8a430c")),
    ("came_under_new_holder", "stayed under new holder", Look("#efe6d8")),
    ("evacuated", "evacuated", Look("#6aaed6", "xxx", "#2f6690")),
    ("dead", "dead", Look(style.BLACK)),
)


AFTER = 0.06
"""How long the last state is drawn on after the end of a siege, as a share of the days played."""


def draw_civilians(result: RunResult) -> Figure:
    """Draw deaths by cause, where the people were, and deaths a day."""
    days, table = Calendar.of(result), people(result.series)
    figure = style.sheet(result, "What happened to the people", says(result), 10.2)
    edges = style.margins(figure, left=0.85, right=2.35, top=1.25, bottom=0.8)
    grid = figure.add_gridspec(3, 1, height_ratios=[2.5, 3.2, 1.3], hspace=0.38, **edges)
    killed, places, daily = (figure.add_subplot(grid[row]) for row in range(3))
    after = 0.0 if result.summary["outcome"] == "holding" else AFTER * days.last
    for axes in (killed, places, daily):
        date_axis(axes, days, after=after)
    _stack(killed, table, after, DEATHS, "Civilians who died, from day 0")
    _stack(
        places,
        table,
        after,
        PLACES,
        "Where the besieged people were" + " (right of the dashed line: after the end)" * bool(after),
    )
    _a_day(daily, table)
    return figure


def people(series: pd.DataFrame) -> pd.DataFrame:
    """Return the series with two sums more: ``at_home`` in the pocket, and ``dead`` from any cause."""
    series["at_home"] = series["civilians_in_pocket"] - series["displaced_inside"]
    series["dead"] = series["civilians_killed"] + series["died_of_hunger"]
    return series


def says(result: RunResult) -> str:
    """Return in words how many civilians died."""
    days, table = Calendar.of(result), result.series
    killed, starved = (int(table[name].iloc[-1]) for name in ("civilians_killed", "died_of_hunger"))
    besieged = int(table["civilians_in_pocket"].iloc[0])
    return (
        f"By {days.full(days.last)}, {_some(killed)} of {number(besieged)} besieged civilians had been killed by "
        f"violence, and {_some(starved)} had died of hunger."
    )


def _some(count: int) -> str:
    return number(count) if count else "none"


def _stack(axes: Axes, table: pd.DataFrame, after: float, bands: tuple[tuple[str, str, Look], ...], title: str) -> None:
    """Draw bands on top of each other; name those that last at the right end, the others inside.

    When the siege has ended, the last state is drawn for a while ``after``: it may have come about in a day.
    """
    x = np.append(table["day"].to_numpy(dtype=float), table["day"].iloc[-1] + after)
    values = np.array([np.append(table[name], table[name].iloc[-1]) for name, _, _ in bands], dtype=float)
    tops = values.cumsum(axis=0)
    style.count_axis(axes, float(tops.max()))
    axes.set_title(title, pad=6)
    axes.set_ylabel("persons")
    for (_, _, look), top, value in zip(bands, tops, values, strict=True):
        axes.fill_between(x, top - value, top, **look.patch())
        axes.plot(x, top, color="white", lw=0.6)
    if not tops.any():
        axes.text(0.5, 0.5, "nobody in this run", transform=axes.transAxes, ha="center", color=style.FAINT)
    if after:
        axes.axvline(x[-2], color=style.INK, lw=0.9, ls=(0, (4, 2)))
    names = [(words, top, value) for (_, words, _), top, value in zip(bands, tops, values, strict=True)]
    end_labels(axes, [_at_end(*one) for one in names if one[2][-1] > 0])
    for words, top, value in names:
        if value[-1] == 0 and value.max() > 0:
            band_label(axes, x, top - value, top, words)


def _at_end(words: str, top: NDArray[np.float64], value: NDArray[np.float64]) -> EndLabel:
    return EndLabel(float(top[-1] - value[-1] / 2), f"{number(value[-1])} {words}")


def _a_day(axes: Axes, table: pd.DataFrame) -> None:
    """Draw the deaths of each day as bars, and their mean over seven days as a line."""
    x = table["day"].to_numpy(dtype=float)
    violent, hungry = (_daily(table[name].to_numpy(dtype=float)) for name in ("civilians_killed", "died_of_hunger"))
    axes.bar(x, violent, width=0.9, color="#b9cfe0", linewidth=0)
    curves = ((violent, "violence", style.BLUE, "-"), (hungry, "hunger", style.BLACK, (0, (4, 1.5))))
    for values, _words, colour, dashes in curves:
        axes.plot(x, _week_mean(values), color=colour, ls=dashes, clip_on=False)
    style.count_axis(axes, float(max(violent.max(), hungry.max())))
    axes.set_title("Deaths a day (bars: violence, each day; lines: mean of seven days)", pad=6)
    axes.set_ylabel("persons")
    ends = [EndLabel(float(_week_mean(values)[-1]), words, colour) for values, words, colour, _ in curves]
    end_labels(axes, ends, start=float(x[-1]) / axes.get_xlim()[1])


def _daily(so_far: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.diff(so_far, prepend=so_far[0])


def _week_mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of the seven days around each day, or of as many as there are at the ends."""
    window = np.ones(min(7, values.size))
    sums = np.convolve(values, window, mode="same")
    counts = np.convolve(np.ones_like(values), window, mode="same")
    mean: NDArray[np.float64] = sums / counts
    return mean
