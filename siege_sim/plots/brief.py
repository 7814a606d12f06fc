"""The one figure of a brief: six outcomes, each on a scale of its own, with the interval of every what-if."""

from __future__ import annotations

import textwrap
from functools import partial
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from siege_sim.plots import style
from siege_sim.plots.effects import MARKS, SERIES_COLOURS
from siege_sim.plots.picture import Sketch
from siege_sim.results.numbers import exact, is_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from siege_sim.analysis.comparison.effects import Effect

PANELS_ACROSS = 3
LONGEST_NAME, LONGEST_LINE = 58, 36


def brief_sketch(titles: Sequence[str], rows: Sequence[Sequence[Effect | None]]) -> Sketch:
    """Return the figure of a brief.

    Args:
        titles: of the what-ifs.
        rows: for each outcome its effect in every what-if, in their order.
    """
    sentence = (
        "Differences from the baseline with their 95 % intervals; filled marks: clear effects. Each panel has its own "
        "scale."
    )
    return Sketch("brief", "What changes, in this model", sentence, sentence, partial(draw_brief, titles, rows))


def draw_brief(titles: Sequence[str], rows: Sequence[Sequence[Effect | None]]) -> Figure:
    """Draw a panel for each outcome, and in it a line for each what-if."""
    count = len(titles)
    down = max(-(-len(rows) // PANELS_ACROSS), 1)
    height = down * (0.58 + 0.13 * count) + 0.12 + 0.16 * count
    figure = Figure(figsize=(7.4, height), dpi=style.DPI, layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(down, PANELS_ACROSS, squeeze=False).ravel()
    for axes, effects in zip(panels, rows, strict=False):
        _draw_panel(axes, effects)
    for axes in panels[len(rows) :]:
        axes.set_axis_off()
    handles = [
        Line2D([], [], color=SERIES_COLOURS[n % len(SERIES_COLOURS)], marker=MARKS[n % len(MARKS)], lw=2.0, ms=5,
               label=textwrap.shorten(title, LONGEST_NAME, placeholder=" ..."))
        for n, title in enumerate(titles)
    ]  # fmt: skip
    figure.legend(handles=handles, loc="outside upper left", frameon=False, fontsize=8.5)
    return figure


def _draw_panel(axes: Axes, effects: Sequence[Effect | None]) -> None:
    known = [(n, one) for n, one in enumerate(effects) if one is not None and one.difference.middle is not None]
    for number, effect in known:
        _draw_interval(axes, number, effect)
    axes.axvline(0.0, color=style.INK, lw=0.9, zorder=2)
    axes.set_ylim(len(effects) - 0.4, -0.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(lambda value, _: f"+{exact(value)}" if value > 0 else exact(value))
    axes.tick_params(axis="x", length=3, labelsize=8)
    axes.grid(axis="x", color=style.RULE, lw=0.6)
    axes.set_axisbelow(True)
    first = next((one for one in effects if one is not None), None)
    axes.set_title("" if first is None else _title(first), fontsize=8.5)


def _draw_interval(axes: Axes, row: int, effect: Effect) -> None:
    difference, factor = effect.difference, 100.0 if is_share(effect.unit) else 1.0
    colour = SERIES_COLOURS[row % len(SERIES_COLOURS)]
    if difference.low is not None and difference.high is not None:
        axes.plot([factor * difference.low, factor * difference.high], [row, row], color=colour, lw=2.0, zorder=3)
    axes.plot([factor * (difference.middle or 0.0)], [row], marker=MARKS[row % len(MARKS)], ms=5, mec=colour, zorder=4,
              color=colour if difference.clear else style.PAPER)  # fmt: skip


def _title(effect: Effect) -> str:
    unit = "points" if is_share(effect.unit) else effect.unit
    text = f"{effect.label.removesuffix(' (mean)')} ({unit})"
    return "\n".join(textwrap.wrap(text, LONGEST_LINE, max_lines=2, placeholder=" ..."))
