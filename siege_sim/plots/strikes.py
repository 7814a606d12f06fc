"""Heavy strikes, and the services that they and the loss of ground put out of work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siege_sim.plots import style
from siege_sim.plots.days import date_axis
from siege_sim.plots.labels import EndLabel, end_labels
from siege_sim.plots.style import Look
from siege_sim.results.calendar import Calendar
from siege_sim.results.numbers import number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from siege_sim.results.run import RunResult

SERVICES = (
    ("hospitals_working", "Hospitals working in the pocket", Look("#bcdcd1", "", "#17604c")),
    ("bakeries_working", "Bakeries working in the pocket", Look("#cfdfec", "", style.BLUE)),
)


def draw_strikes(result: RunResult) -> Figure:
    """Draw heavy impacts a day, hospitals and bakeries working, and floor area in ruins."""
    days, table = Calendar.of(result), result.series
    figure = style.sheet(result, "Heavy strikes and damage", sentence(result), 8.6)
    edges = style.margins(figure, left=0.85, right=1.75, top=1.1, bottom=0.8)
    grid = figure.add_gridspec(4, 1, height_ratios=[1.9, 1.3, 1.3, 1.3], hspace=0.42, **edges)
    panels = [figure.add_subplot(grid[row]) for row in range(4)]
    for row, axes in enumerate(panels):
        date_axis(axes, days, labels=row == 3, after=0.5)
    _impacts(panels[0], table)
    for axes, (name, title, look) in zip(panels[1:3], SERVICES, strict=True):
        _working(axes, table, name, title, look)
    _ruins(panels[3], table)
    return figure


def sentence(result: RunResult) -> str:
    """Return in words how many impacts there were, and what became of the hospitals."""
    table = result.series
    total = int(table["heavy_impacts"].sum())
    hospitals = int(table["hospitals_working"].iloc[0])
    idle = table.loc[table["hospitals_working"] == 0, "day"]
    words = f"{number(total)} heavy impacts in all. {hospitals} hospitals worked on day\u00a00"
    if hospitals and len(idle):
        return f"{words}; from day\u00a0{int(idle.iloc[0])} on there were days without any."
    return f"{words}, {int(table['hospitals_working'].iloc[-1])} on the last day."


def _impacts(axes: Axes, table: pd.DataFrame) -> None:
    values = table["heavy_impacts"].to_numpy(dtype=float)
    style.count_axis(axes, float(values.max()))
    axes.set_title("Heavy impacts a day (bombs, barrel bombs, missiles)", pad=6)
    axes.set_ylabel("impacts")
    axes.bar(table["day"], values, width=0.8, color="#6e6e6e", linewidth=0)
    if not values.any():
        axes.text(0.5, 0.5, "none in this run", transform=axes.transAxes, ha="center", color=style.FAINT)


def _working(axes: Axes, table: pd.DataFrame, name: str, title: str, look: Look) -> None:
    values = table[name].to_numpy(dtype=float)
    style.count_axis(axes, float(values.max()))
    axes.set_title(title, pad=6)
    axes.set_ylabel(name.split("_")[0])
    axes.fill_between(table["day"], values, step="post", color=look.colour, linewidth=0)
    axes.step(table["day"], values, where="post", color=look.hatch_colour, clip_on=False)
    end_labels(axes, [EndLabel(float(values[-1]), f"{number(values[-1])}\n({number(values[0])} on day 0)")])


def _ruins(axes: Axes, table: pd.DataFrame) -> None:
    values = 100.0 * table["rubble_share"].to_numpy(dtype=float)
    style.count_axis(axes, float(np.nanmax(values)), whole=False)
    axes.set_title("Floor area in ruins, in the area besieged on day 0", pad=6)
    axes.set_ylabel("%")
    axes.fill_between(table["day"], values, color="#dddddd", linewidth=0)
    axes.plot(table["day"], values, color=style.INK, clip_on=False)
    end_labels(axes, [EndLabel(float(values[-1]), f"{number(values[-1])} %\n({number(values[0])} % on day 0)")])
