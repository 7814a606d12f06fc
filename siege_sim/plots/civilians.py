"""The people: who was killed and by what, and where everybody was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siege_sim.plots import style
from siege_sim.plots.days import date_axis
from siege_sim.plots.labels import EndLabel, band_label, end_labels
from siege_sim.plots.style import Look
from siege_sim.results.calendar import Calendar
from siege_sim.results.endings import HOLDING
from siege_sim.results.numbers import number
from siege_sim.schema.sides import FIRST_THIRD_PARTY

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from siege_sim.results.run import RunResult

LOOKS: dict[str, Look] = {
    "killed_by_air": Look(style.BLUE),
    "killed_by_shelling": Look(style.SKY, "///", "#2c5f80"),
    "killed_in_crossfire": Look(style.YELLOW),
    "died_of_wounds": Look(style.VERMILION, "\\\\\\", "#f3c9b0"),
    "died_of_hunger": Look("#4a4a4a", "...", "#c8c8c8"),
    "left_to_besieger": Look("#e8863f", "\\\\\\", "#8a430c"),
    "came_under_new_holder": Look("#efe6d8"),
    "evacuated": Look("#6aaed6", "xxx", "#2f6690"),
}
"""Looks that outcomes have always; others get one of those below, in their order."""

SPARE_LOOKS = (
    Look("#d9a6c8", "++", "#7a3564"),
    Look("#b7cf8a", "oo", "#4f6b1d"),
    Look("#c9b28f", "--", "#6b5325"),
    Look("#8fb8b3", "||", "#22574f"),
)

Band = tuple[str, str, Look]
"""Outcome, words and look of a part of a stack."""


def deaths_of(result: RunResult) -> list[Band]:
    """Return the causes of death that this siege knows, from the bottom of the stack to its top."""
    return _bands(result, result.deaths())


def places_of(result: RunResult) -> list[Band]:
    """Return where the besieged can be: in the pocket, or where they left it to; ways nobody took are left out."""
    table = result.series
    gone = [name for name in result.departures() if float(table[name].max()) > 0 or name in LOOKS]
    return [
        ("at_home", "in the pocket, at home", Look("#3d9e82")),
        ("displaced_inside", "displaced inside the pocket", Look("#a8d8c8", "///", "#3d7a68")),
        *_bands(result, gone),
        ("dead", "dead", Look(style.BLACK)),
    ]


def _bands(result: RunResult, names: list[str]) -> list[Band]:
    third_parties = [f"left_to_{name}" for name in result.sides.third_parties]
    spare, bands = iter(SPARE_LOOKS * len(names)), []
    for name in names:
        if name in third_parties:
            look = style.look_of(result.sides, FIRST_THIRD_PARTY + third_parties.index(name))
        else:
            look = LOOKS.get(name) or next(spare)
        label = result.label(name)
        bands.append((name, label[0].lower() + label[1:], look))
    return bands


AFTER = 0.06
"""How long the last state is drawn on after the end of a siege, as a share of the days played."""


def draw_civilians(result: RunResult) -> Figure:
    """Draw deaths by cause, where the people were, and deaths a day."""
    days, table = Calendar.of(result), people(result)
    figure = style.sheet(result, "What happened to the people", sentence(result), 10.2)
    edges = style.margins(figure, left=0.85, right=2.35, top=1.25, bottom=0.8)
    grid = figure.add_gridspec(3, 1, height_ratios=[2.5, 3.2, 1.3], hspace=0.38, **edges)
    killed, places, daily = (figure.add_subplot(grid[row]) for row in range(3))
    after = 0.0 if result.summary["ending"] == HOLDING else AFTER * days.last
    for axes in (killed, places, daily):
        date_axis(axes, days, after=after)
    _stack(killed, table, after, deaths_of(result), "Civilians who died, from day 0")
    _stack(
        places,
        table,
        after,
        places_of(result),
        "Where the besieged people were" + " (right of the dashed line: after the end)" * bool(after),
    )
    _a_day(daily, table, others_than_violence(result))
    return figure


def people(result: RunResult) -> pd.DataFrame:
    """Return the series with three sums more: ``at_home`` in the pocket, ``dead`` from any cause, ``not_killed``."""
    series = result.series
    series["at_home"] = series["civilians_in_pocket"] - series["displaced_inside"]
    series["not_killed"] = series[result.other_deaths()].sum(axis=1)
    series["dead"] = series["civilians_killed"] + series["not_killed"]
    return series


def others_than_violence(result: RunResult) -> str:
    """Return what people died of but violence, in a word or two."""
    names = result.other_deaths()
    return "hunger" if names == ["died_of_hunger"] else "other causes"


def sentence(result: RunResult) -> str:
    """Return in words how many civilians died."""
    days, table = Calendar.of(result), people(result)
    killed, others = (int(table[name].iloc[-1]) for name in ("civilians_killed", "not_killed"))
    besieged = int(table["civilians_in_pocket"].iloc[0])
    return (
        f"By {days.full(days.last)}, {_some(killed)} of {number(besieged)} besieged civilians had been killed by "
        f"violence, and {_some(others)} had died of {others_than_violence(result)}."
    )


def _some(count: int) -> str:
    return number(count) if count else "none"


def _stack(axes: Axes, table: pd.DataFrame, after: float, bands: list[Band], title: str) -> None:
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


def _a_day(axes: Axes, table: pd.DataFrame, others: str) -> None:
    """Draw the deaths of each day as bars, and their mean over seven days as a line."""
    x = table["day"].to_numpy(dtype=float)
    violent, hungry = (_daily(table[name].to_numpy(dtype=float)) for name in ("civilians_killed", "not_killed"))
    axes.bar(x, violent, width=0.9, color="#b9cfe0", linewidth=0)
    curves = ((violent, "violence", style.BLUE, "-"), (hungry, others, style.BLACK, (0, (4, 1.5))))
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
