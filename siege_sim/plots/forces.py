"""The armed forces: who was fit for duty, and what both sides lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from siege_sim.plots import style
from siege_sim.plots.days import date_axis
from siege_sim.plots.labels import EndLabel, end_labels
from siege_sim.results.calendar import Calendar
from siege_sim.results.numbers import number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from siege_sim.results.run import RunResult
    from siege_sim.schema.sides import Sides

MOST_UNEQUAL = 4.0
"""How many times larger one side may be for both to be drawn on one scale."""


@dataclass(frozen=True)
class SideFigures:
    """A side: its name, the outcome of its strength, and its losses with words, colours and dashes."""

    name: str
    fit: str
    losses: tuple[tuple[str, str, str, Any], ...]
    fill: str
    line: str


def panels_of(sides: Sides) -> tuple[SideFigures, SideFigures]:
    """Return what is drawn of the garrison and of the besieger."""
    garrison_losses = (
        ("garrison_surrendered", "laid down arms", style.BLUE, (0, (5, 1.5))),
        ("garrison_killed", "killed", style.VERMILION, "-"),
        ("relief_force_killed", "of the relief force", "#6b6b6b", (0, (1.2, 1))),
    )
    besieger_losses = (("besieger_killed", "killed", style.VERMILION, "-"),)
    return (
        SideFigures(sides.garrison.heading, "garrison_fit", garrison_losses, "#bcdcd1", "#17604c"),
        SideFigures(sides.besieger.heading, "besieger_fit", besieger_losses, "#e6dccb", "#6e5525"),
    )


def draw_forces(result: RunResult) -> Figure:
    """Draw the fighters fit for duty of both sides, and below them their losses."""
    days, table = Calendar.of(result), result.series
    panels, scales = panels_of(result.sides), _scales(table)
    figure = style.sheet(result, "The armed forces", sentence(result), 6.6)
    edges = style.margins(figure, left=0.85, right=1.45, top=1.25, bottom=0.8)
    grid = figure.add_gridspec(2, 2, hspace=0.36, wspace=0.6, **edges)
    most_lost = max(float(table[name].max()) for side in panels for name, *_ in side.losses)
    for column, side in enumerate(panels):
        fit, lost = (figure.add_subplot(grid[row, column]) for row in range(2))
        for axes in (fit, lost):
            date_axis(axes, days, most=4)
        _fit(fit, table, side, scales[column])
        _lost(lost, table, side, most_lost)
    return figure


def sentence(result: RunResult) -> str:
    """Return in words what both sides had and lost."""
    table = result.series
    last, first = table.iloc[-1], table.iloc[0]
    words = (
        f"Numbers of fighters. Of the {number(first['garrison_fit'])} of {result.sides.garrison.the} "
        f"{number(last['garrison_killed'])} were killed and {number(last['garrison_surrendered'])} laid down arms; of "
        f"the {number(first['besieger_fit'])} of {result.sides.besieger.the} {number(last['besieger_killed'])} were "
        "killed."
    )
    one_scale = len(set(_scales(table))) == 1
    return words if one_scale else f"{words} The scales of the upper panels differ."


def _scales(table: pd.DataFrame) -> list[float]:
    """Return the largest value on each side's scale: the same for both unless that would flatten one."""
    strongest = [float(table[fit].max()) for fit in ("garrison_fit", "besieger_fit")]
    if max(strongest) <= MOST_UNEQUAL * max(min(strongest), 1.0):
        return [max(strongest)] * len(strongest)
    return strongest


def _fit(axes: Axes, table: pd.DataFrame, side: SideFigures, most: float) -> None:
    values = table[side.fit].to_numpy(dtype=float)
    style.count_axis(axes, most)
    axes.set_title(f"{side.name}: fit for duty", pad=6)
    axes.fill_between(table["day"], values, color=side.fill, linewidth=0)
    axes.plot(table["day"], values, color=side.line, clip_on=False)
    end_labels(axes, [EndLabel(float(values[-1]), number(values[-1]))])


def _lost(axes: Axes, table: pd.DataFrame, side: SideFigures, most: float) -> None:
    style.count_axis(axes, most)
    axes.set_title(f"{side.name}: losses from day 0", pad=6)
    ends = []
    for name, words, colour, dashes in side.losses:
        values = table[name].to_numpy(dtype=float)
        if values[-1] > 0 or words == "killed":
            axes.plot(table["day"], values, color=colour, ls=dashes, clip_on=False)
            ends.append(EndLabel(float(values[-1]), f"{number(values[-1])} {words}", colour))
    end_labels(axes, ends)
