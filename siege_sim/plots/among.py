"""Where one run lies among others: a bar for each quantity, the others as points, the run as a mark."""

from __future__ import annotations

import math
import textwrap
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from siege_sim.plots import style
from siege_sim.plots.picture import Sketch
from siege_sim.results.numbers import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from siege_sim.analysis.among import Among, Standing

MIDDLE_BAND, OTHER, OWN = "#dbe7f1", "#5b8fb3", style.VERMILION
RUN_ROW_IN, LONGEST_LABEL = 0.34, 44
NEVER_AT = 1.08
"""Where a day that did not come stands, if the others reach from 0 to 1."""


def among_sketch(found: Among) -> Sketch:
    """Return the figure of a run among others."""
    sentence = (
        f"Each point is one of {found.others} other runs of the same scenario, the band holds the middle 80 % of them, "
        "and the mark is this run. Each row has its own scale, from the lowest to the highest of all."
    )
    return Sketch("among", f"This run among {found.others} others", sentence, sentence, partial(draw_among, found))


def draw_among(found: Among) -> Figure:
    """Draw a row for each quantity."""
    figure = Figure(figsize=(9.2, RUN_ROW_IN * len(found.standings) + 0.75), dpi=style.DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for row, standing in enumerate(found.standings):
        _draw_row(axes, row, standing)
    axes.set_ylim(len(found.standings) - 0.4, -0.6)
    axes.set_xlim(-0.16, 1.26)
    axes.set_xticks([])
    axes.set_yticks(range(len(found.standings)), [_label(one) for one in found.standings], fontsize=8.5)
    axes.tick_params(axis="y", length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    handles = [
        Line2D([], [], color=OWN, marker="D", ls="", ms=6, label=f"this run (seed {found.seed})"),
        Line2D([], [], color=OTHER, marker="o", ls="", ms=4, alpha=0.7, label="another run"),
        Patch(facecolor=MIDDLE_BAND, label="the middle 80 % of the others"),
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=3, frameon=False, fontsize=8.5)
    return figure


def _draw_row(axes: Axes, row: int, standing: Standing) -> None:
    known = [value for value in (standing.value, *standing.others) if math.isfinite(value)]
    least, most = min(known, default=0.0), max(known, default=0.0)

    def places(values: object) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        scaled = (np.atleast_1d(np.asarray(values, dtype=float)) - least) / ((most - least) or 1.0)
        return np.where(np.isfinite(scaled), scaled, NEVER_AT)

    low, _, high = places(standing.middle())
    axes.barh(row, max(high - low, 0.006), 0.62, left=low, color=MIDDLE_BAND, zorder=1)
    axes.plot(places(standing.others), np.full(standing.others.size, row), "o", color=OTHER, ms=4, alpha=0.55, zorder=2)
    axes.plot(places(standing.value), [row], "D", color=OWN, mec=style.PAPER, mew=0.8, ms=7, zorder=3)
    ends: dict[str, Any] = {"size": 8, "color": style.FAINT, "va": "center"}
    axes.text(-0.03, row, number(least), ha="right", **ends)
    never = not np.isfinite([standing.value, *standing.others]).all()
    axes.text(1.12 if never else 1.03, row, f"{number(most)}, or never" if never else number(most), ha="left", **ends)


def _label(standing: Standing) -> str:
    return textwrap.shorten(standing.label, LONGEST_LABEL, placeholder=" ...")
