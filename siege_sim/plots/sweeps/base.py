"""What all figures of a sweep share: the sheet with its footnote of runs and seeds, rows of dots, numbers as text."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.plots import style
from siege_sim.results.numbers import exact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from siege_sim.analysis.findings import About
    from siege_sim.analysis.intervals import Estimate

LOW, HIGH, MARK, SOFT = style.BLUE, style.ORANGE, "#0b4f7d", "#c9dbe9"
"""Colours: the lower value of a factor, the higher one, an estimate, and what lies behind it."""

COLOURS = (style.BLACK, style.BLUE, style.VERMILION, style.GREEN, style.ORANGE, "#8a5fa8")
LINES = ("-", (0, (5, 1.5)), (0, (1.5, 1)), (0, (6, 1.5, 1.5, 1.5)), (0, (3, 1)), (0, (8, 2)))
"""Lines that can be told apart without colour."""

ROW_IN = 0.34
LONGEST_TITLE = 78


def sweep_sheet(about: About, title: str, sentence: str, height_in: float, note: str = "") -> Figure:
    """Return a figure with title, sentence, and the footnote that says runs and seeds; panels come later."""
    heading = textwrap.shorten(about.title, 70, placeholder=" ...")
    below = f"{about.runs}: {heading}{'' if heading.endswith(('?', '.')) else '.'} {note}{' ' if note else ''}"
    below += "A model, not a record."
    return style.blank_sheet(textwrap.shorten(title, LONGEST_TITLE, placeholder=" ..."), sentence, below, height_in)


def height_of(rows: int, most_in: float = 9.0) -> float:
    """Return the height of a sheet with so many rows of bars or dots."""
    return min(2.35 + ROW_IN * max(rows, 3), most_in)


def sweep_margins(
    figure: Figure, left: float, right: float = 0.35, top: float = 1.1, bottom: float = 1.0
) -> dict[str, float]:
    """Return margins in inches as a grid of panels takes them."""
    return style.margins(figure, left, right, top, bottom)


def left_for(labels: Sequence[str], widest: int = 34) -> float:
    """Return how many inches labels of rows need on the left."""
    longest = max((min(len(label), widest) for label in labels), default=10)
    return 0.5 + 0.075 * longest


def row_labels(axes: Axes, labels: Sequence[str], widest: int = 34) -> None:
    """Write a label beside every row, the first row on top."""
    axes.set_yticks(range(len(labels)), [in_lines(label, widest) for label in labels])
    axes.set_ylim(max(len(labels), 3) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0, labelsize=8.5, labelcolor=style.INK)
    axes.spines["left"].set_visible(False)


def in_lines(label: str, widest: int) -> str:
    """Return a label in lines of at most so many letters, broken at blanks and after points (not in numbers)."""
    parts = textwrap.wrap(re.sub(r"\.(?=[^\W\d])", ". ", label), widest) or [label]
    return "\n".join(parts).replace(". ", ".")


def across_lines(axes: Axes) -> None:
    """Draw faint lines up and down at the ticks."""
    axes.grid(axis="x", color=style.RULE, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter(lambda value, _: exact(value))


def reach(estimate: Estimate) -> list[list[float]]:
    """Return an interval as error bars want it; nothing where there is none."""
    if not np.isfinite(estimate.low):
        return [[0.0], [0.0]]
    return [[estimate.value - estimate.low], [estimate.high - estimate.value]]
