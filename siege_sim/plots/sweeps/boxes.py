"""Figures of scenario discovery: the limits of the box, and the points inside and outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from siege_sim.analysis.design import value_text, with_unit
from siege_sim.plots import style
from siege_sim.plots.sweeps.base import MARK, SOFT, left_for, row_labels, sweep_margins, sweep_sheet
from siege_sim.results.numbers import number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from siege_sim.analysis.discovery import Box, Limit, Plane
    from siege_sim.analysis.findings import About, Finding


def draw_box(finding: Finding, about: About) -> Figure:
    """Draw in which part of each factor's range the cases are dense, and the points over the two clearest factors."""
    box: Box = finding.shows
    note = "Box by PRIM; in other halves: found in one half of the points, measured in the other."
    labels = [with_unit(limit.factor) for limit in box.limits]
    figure = sweep_sheet(
        about, f"When: {box.question.words}", finding.sentence, 6.0 + 0.4 * max(len(labels) - 2, 0), note
    )
    places = figure.add_gridspec(
        2, 2, **sweep_margins(figure, left_for(labels, 26), top=1.3), wspace=0.5, hspace=0.45, width_ratios=(1.1, 1),
        height_ratios=(max(len(labels), 2), 3),
    )  # fmt: skip
    _limits(figure.add_subplot(places[0, 0]), box.limits, labels)
    _trade_off(figure.add_subplot(places[1, 0]), box)
    if box.plane is not None:
        _points(figure.add_subplot(places[:, 1]), box, box.plane)
    return figure


def _limits(axes: Axes, limits: tuple[Limit, ...], labels: list[str]) -> None:
    for row, limit in enumerate(limits):
        axes.barh(row, 1.0, left=0.0, height=0.3, color="#eeeeee", zorder=1)
        for left, width in _parts(limit):
            axes.barh(row, width, left=left, height=0.3, color=MARK, zorder=2)
        text = f"{limit.words}\nquasi-p {_small(limit.quasi_p)}; in {percent(limit.found_again)} of halves"
        axes.text(0.0, row + 0.2, text, size=8, va="top", linespacing=1.15)
    row_labels(axes, labels, 26)
    axes.set_ylim(max(len(limits), 2) - 0.2, -0.5)
    axes.set_xticks([0, 1], ["lowest", "highest"] if any(limit.values is None for limit in limits) else ["", ""])
    axes.tick_params(axis="x", length=0)
    axes.set_title("Limits of the box within each range", size=9.5, weight="normal")
    axes.spines["bottom"].set_visible(False)


def _trade_off(axes: Axes, box: Box) -> None:
    """Draw coverage against density of every box on the way, and of the one that was taken."""
    axes.plot(
        100 * box.trajectory["coverage"], 100 * box.trajectory["density"], color=style.SKY, marker="o", ms=3, lw=1
    )
    axes.plot([100 * box.coverage], [100 * box.density], marker="D", ms=8, color=MARK, ls="", label="this box")
    axes.plot(
        [100 * box.coverage_elsewhere], [100 * box.density_elsewhere], marker="s", ms=7, color=style.VERMILION, ls="",
        mfc=style.PAPER, label="in other halves",
    )  # fmt: skip
    axes.axhline(100 * box.base, color=style.FAINT, lw=0.8, ls=(0, (4, 2)))
    axes.text(1, 100 * box.base + 1.5, "all points", size=8, color=style.FAINT)
    axes.set_xlim(0, 103)
    axes.set_ylim(0, 115)
    axes.set_xlabel("coverage: % of all cases inside", size=8.5)
    axes.set_ylabel("density: % cases", size=8.5)
    axes.set_title("Density and coverage of smaller boxes", size=9.5, weight="normal")
    axes.legend(loc="best", frameon=False, fontsize=8)
    style.faint_lines(axes)


def _parts(limit: Limit) -> list[tuple[float, float]]:
    """Return where the box lies along a factor, as starts and widths; for words, a piece for each inside."""
    if limit.values is None:
        low, high = limit.ends
        return [(low, high - low)]
    count = len(limit.known)
    return [(limit.known.index(value) / count, 0.96 / count) for value in limit.values]


def _small(value: float) -> str:
    return "below 0.001" if value < 0.001 else number(value)


def _points(axes: Axes, box: Box, plane: Plane) -> None:
    table = plane.places
    table = table + np.random.default_rng(1).uniform(-0.012, 0.012, table.shape)  # words lie on top of each other
    looks: Any = (
        (~box.cases, {"marker": "o", "s": 12, "color": style.SKY, "alpha": 0.8}),
        (box.cases, {"marker": "^", "s": 24, "color": style.VERMILION}),
    )
    for which, look in looks:
        axes.scatter(table[which, 0], table[which, 1], linewidth=0, **look)
    _rectangle(axes, plane)
    for axis, factor, names in zip((axes.xaxis, axes.yaxis), plane.factors, plane.marks, strict=True):
        axis.set_ticks(list(np.linspace(0, 1, len(names))), [value_text(value) for value in names])
        axis.set_label_text("" if factor.values is not None and axis is axes.yaxis else with_unit(factor), size=8.5)
    axes.set_xlim(-0.1, 1.1)
    axes.set_ylim(-0.1, 1.1)
    handles = [
        Line2D([], [], ls="", marker="^", color=style.VERMILION, label="case"),
        Line2D([], [], ls="", marker="o", ms=4, color=style.SKY, label="other point"),
        Line2D([], [], color=style.INK, lw=1.4, label="box"),
    ]
    axes.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, frameon=False, fontsize=8, borderpad=0
    )


def _rectangle(axes: Axes, plane: Plane) -> None:
    across, up = (_spans(limit) for limit in plane.limits)
    looks: Any = ({"facecolor": SOFT, "alpha": 0.35, "lw": 0}, {"facecolor": "none", "lw": 1.4})
    for x0, x1 in across:
        for y0, y1 in up:
            for look in looks:
                axes.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, edgecolor=style.INK, zorder=0.5, **look))


def _spans(limit: Limit | None) -> list[tuple[float, float]]:
    """Return where the box lies along a factor: all of it when it does not limit it; a strip for each word inside."""
    if limit is None:
        return [(-0.04, 1.04)]
    if limit.values is None:
        return [limit.ends]
    known = limit.known
    reach = min(0.4 / max(len(known) - 1, 1), 0.08)
    places = [known.index(value) / max(len(known) - 1, 1) for value in limit.values]
    return [(place - reach, place + reach) for place in places]
