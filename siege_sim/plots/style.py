"""How figures look: paper, colours, hatches and the lines of text that every figure carries."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, MultipleLocator

from siege_sim.plots.fonts import in_order
from siege_sim.results.calendar import Calendar
from siege_sim.results.changed import CHANGED_MARK
from siege_sim.results.numbers import exact
from siege_sim.schema.sides import FIRST_THIRD_PARTY, GARRISON

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from matplotlib.axes import Axes

    from siege_sim.results.run import RunResult
    from siege_sim.schema.sides import Sides

DPI = 150
WIDTH_IN = 10.0

INK, FAINT, RULE, PAPER = "#1a1a1a", "#5c5c5c", "#dcdcdc", "#ffffff"


@dataclass(frozen=True)
class Look:
    """A fill that can be told from the others by hue, by lightness and, in print, by its hatch."""

    colour: str
    hatch: str = ""
    hatch_colour: str = INK

    def patch(self) -> dict[str, Any]:
        """Return the arguments of a patch that looks like this."""
        return {
            "facecolor": self.colour,
            "edgecolor": self.hatch_colour,
            "hatch": self.hatch,
            "linewidth": 0.0,
        }


# After Okabe and Ito's palette, some of it lightened so that neighbours differ in grey as well.
GARRISON_LOOK = Look("#3d9e82")
LOST = Look("#f2a47f", "//////", "#7a3010")
REGAINED = Look("#8fd0ba", "......", "#0b4a38")
BESIEGER_LOOK = Look("#f0ece3")
THIRD_PARTY_LOOKS = (
    Look("#e3bd4f", "....", "#7d5f00"),
    Look("#b9a3d6", "++", "#4b2f75"),
    Look("#9cc9e8", "oo", "#1f5a86"),
    Look("#d8d8d8", "--", "#5a5a5a"),
)
"""How ground of third parties looks, in the order of the scenario; later ones begin anew."""
NOBODYS_LOOKS: Mapping[str, tuple[Look, str]] = {
    "water": (Look("#bccbd6"), "water"),
    "bridge": (Look("#bccbd6", "xxx", "#4a5a66"), "bridge, cut"),
    "impassable": (Look("#e4e2de", "\\\\\\\\", "#a29d94"), "impassable ground"),
    "outside": (Look("#ffffff", ".", "#d8d8d8"), "outside the city"),
}
"""How ground that nobody holds looks and is called, by its kind."""

BLACK, BLUE, SKY, GREEN, ORANGE, VERMILION, YELLOW = (
    "#1a1a1a", "#0072b2", "#7cc3ee", "#009e73", "#e69f00", "#c4500a", "#f0e442",
)  # fmt: skip

RC: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.5,
    "text.color": INK,
    "text.parse_math": False,
    "text.usetex": False,
    "axes.edgecolor": FAINT,
    "axes.facecolor": PAPER,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.unicode_minus": False,
    "figure.facecolor": PAPER,
    "axes.grid": False,
    "hatch.linewidth": 0.6,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "butt",
    "savefig.bbox": "standard",
    "savefig.dpi": "figure",
    "savefig.facecolor": "auto",
    "xtick.color": FAINT,
    "xtick.labelsize": 8.5,
    "ytick.color": FAINT,
    "ytick.labelsize": 8.5,
}
"""Settings under which every figure is made, whatever the user's own are."""


def look_of(sides: Sides, code: int) -> Look:
    """Return how the ground of a side looks: in the scenario's colour where it gives one."""
    if code < FIRST_THIRD_PARTY:
        look = GARRISON_LOOK if code == GARRISON else BESIEGER_LOOK
    else:
        look = THIRD_PARTY_LOOKS[(code - FIRST_THIRD_PARTY) % len(THIRD_PARTY_LOOKS)]
    own = sides.with_code(code).colour
    return replace(look, colour=own) if own else look


def settings(further_fonts: Sequence[str] = ()) -> AbstractContextManager[None]:
    """Return a context in which figures are made and written with the settings above.

    Args:
        further_fonts: names of fonts for letters that the usual one lacks.
    """
    fonts = {"font.family": [*RC["font.sans-serif"], *further_fonts]} if further_fonts else {}
    return matplotlib.rc_context(cast("Any", RC | fonts))


def sheet(result: RunResult, title: str, sentence: str, height_in: float, width_in: float = WIDTH_IN) -> Figure:
    """Return a figure of a run with its title, a sentence on what it says, and the footnote; panels come later."""
    return blank_sheet(title, sentence, footnote(result), height_in, width_in)


def blank_sheet(title: str, sentence: str, below: str, height_in: float, width_in: float = WIDTH_IN) -> Figure:
    """Return a figure with a title, a sentence on what it says, and a footnote; panels come later."""
    figure = Figure(figsize=(width_in, height_in), dpi=DPI)
    FigureCanvasAgg(figure)
    left = 0.25 / width_in
    figure.text(left, 1 - 0.18 / height_in, in_order(title), size=14, weight="bold", va="top")
    sentence = "\n".join(map(in_order, textwrap.wrap(sentence, int(width_in * 12), max_lines=2, placeholder=" ...")))
    figure.text(left, 1 - 0.48 / height_in, sentence, size=10, color=FAINT, va="top", linespacing=1.35)
    below = "\n".join(map(in_order, textwrap.wrap(below, int((width_in - 0.5) * 16.5))))
    figure.text(left, 0.13 / height_in, below, size=7.5, color=FAINT, va="bottom")
    return figure


def short_title(title: str) -> str:
    """Return a title for a footnote: what was changed stays in it, however long the title itself is."""
    whole, mark, changed = title.rpartition(CHANGED_MARK)
    if not mark:
        return textwrap.shorten(title, 60, placeholder=" ...")
    return f"{textwrap.shorten(whole, 60, placeholder=' ...')}{mark}{changed}"


def footnote(result: RunResult) -> str:
    """Return the line below every figure: which run this is, and what it is not."""
    days = Calendar.of(result)
    title = short_title(result.title)
    return (
        f"{title}; {days.full(0)} to {days.full(days.last)}; seed {result.manifest['seed']}. "
        "One run of many possible; a model, not a record."
    )


def margins(
    figure: Figure, left: float = 0.75, right: float = 0.3, top: float = 1.0, bottom: float = 0.8
) -> dict[str, float]:
    """Return margins given in inches as the shares of the figure that a grid of panels takes."""
    width, height = figure.get_size_inches()
    return {
        "left": left / width,
        "right": 1 - right / width,
        "top": 1 - top / height,
        "bottom": bottom / height,
    }


def count_axis(axes: Axes, most: float, whole: bool = True) -> None:
    """Let an axis start at 0, with round ticks, separators of thousands and faint lines, and never be empty.

    Args:
        axes: where.
        most: the largest value on it.
        whole: whether only whole numbers make sense.
    """
    axes.set_ylim(0.0, 1.06 * most if most > 0 else 1.0)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=whole, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(lambda value, _: exact(value))
    faint_lines(axes)


def faint_lines(axes: Axes) -> None:
    """Draw faint lines across at the ticks, behind everything."""
    axes.grid(axis="y", color=RULE, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(length=3)


def every(step: float) -> MultipleLocator:
    """Return a locator that puts a tick at every multiple of ``step``."""
    return MultipleLocator(step)
