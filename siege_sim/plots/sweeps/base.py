"""What all figures of a sweep share: the sheet with its footnote of runs and seeds, rows of dots, numbers as text."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.analysis.completeness import runs_text
from siege_sim.plots import style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from siege_sim.analysis.intervals import Estimate
    from siege_sim.analysis.quantities import Quantity
    from siege_sim.results.sweep import Sweep

LOW, HIGH, MARK, SOFT = style.BLUE, style.ORANGE, "#0b4f7d", "#c9dbe9"
"""Colours: the lower value of a factor, the higher one, an estimate, and what lies behind it."""

COLOURS = (style.BLACK, style.BLUE, style.VERMILION, style.GREEN, style.ORANGE, "#8a5fa8")
LINE_STYLES = ("-", (0, (5, 1.5)), (0, (1.5, 1)), (0, (6, 1.5, 1.5, 1.5)), (0, (3, 1)), (0, (8, 2)))
"""Lines that can be told apart without colour."""

ROW_IN = 0.34
LONGEST_TITLE = 78


@dataclass(frozen=True)
class Picture:
    """A figure of a sweep with what it says.

    Attributes:
        name: for the file.
        title: over it.
        says: what it says, in words.
        figure: the figure.
    """

    name: str
    title: str
    finding: str
    figure: Figure


def sweep_sheet(sweep: Sweep, title: str, finding: str, height_in: float, note: str = "") -> Figure:
    """Return a figure with title, sentence, and the footnote that says runs and seeds; panels come later."""
    heading = textwrap.shorten(str(sweep.manifest.get("title", sweep.manifest.get("name", ""))), 70, placeholder=" ...")
    below = f"{runs_text(sweep)}: {heading}{'' if heading.endswith(('?', '.')) else '.'} {note}{' ' if note else ''}"
    below += "A model, not a record."
    return style.blank_sheet(textwrap.shorten(title, LONGEST_TITLE, placeholder=" ..."), finding, below, height_in)


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
    axes.xaxis.set_major_formatter(lambda value, _: number(value))


def reach(estimate: Estimate) -> list[list[float]]:
    """Return an interval as error bars want it; nothing where there is none."""
    if not np.isfinite(estimate.low):
        return [[0.0], [0.0]]
    return [[estimate.value - estimate.low], [estimate.high - estimate.value]]


def number(value: float) -> str:
    """Return a number with no more figures than a reader needs."""
    if not np.isfinite(value):
        return "-"
    size = abs(value)
    if size >= 1e6:
        return f"{value / 1e6:,.3g} m"
    if size >= 100 or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:.3g}"


def signed(value: float) -> str:
    """Return a difference with its sign."""
    return f"{'+' if value > 0 else ''}{number(value)}"


def difference_unit(quantity: Quantity) -> str:
    """Return the unit of a difference: two days of the calendar are some days apart."""
    return "days" if quantity.unit == "day" else quantity.unit


def with_interval(estimate: Estimate, scale: float = 1.0) -> str:
    """Return an estimate with half the width of its interval: ``1,200 ± 90``."""
    if not np.isfinite(estimate.value):
        return "-"
    text = number(scale * estimate.value)
    if not np.isfinite(estimate.low):
        return text
    digits = number(scale * estimate.half_width)
    return f"{text} ± {digits}"


def in_a_list(words: Sequence[str]) -> str:
    """Return words as a list in a sentence."""
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else "none"
