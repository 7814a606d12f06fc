"""Figures of scenario discovery: the limits of the box, and the points inside and outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from siege_sim.analysis.design import coordinates, levels, value_text, with_unit
from siege_sim.analysis.discovery import find_box
from siege_sim.plots import style
from siege_sim.plots.sweeps.base import MARK, SOFT, Picture, left_for, margins, row_labels, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from siege_sim.analysis.discovery import Box, Limit, Question
    from siege_sim.sweeps import Sweep


def draw_box(sweep: Sweep, question: Question) -> Picture:
    """Draw in which part of each factor's range the cases are dense, and the points over the two clearest factors."""
    box = find_box(sweep, question)
    words = box_says(box)
    note = "Box by PRIM; in other halves: found in one half of the points, measured in the other."
    figure = sheet(sweep, f"Where: {question.words}", words, 4.9, note)
    labels = [with_unit(limit.factor) for limit in box.limits]
    if not box.limits:
        return Picture(f"boxes-{question.quantity.name}", question.words, words, figure)
    left, right = figure.subplots(
        1, 2, gridspec_kw={**margins(figure, left_for(labels, 26), top=1.3), "wspace": 0.32, "width_ratios": (1.15, 1)}
    )
    _limits(left, sweep, box.limits, labels)
    _points(right, sweep, box)
    return Picture(f"boxes-{question.quantity.name}", question.words, words, figure)


def _limits(axes: Axes, sweep: Sweep, limits: tuple[Limit, ...], labels: list[str]) -> None:
    for row, limit in enumerate(limits):
        low, high = _span(sweep, limit)
        axes.barh(row, 1.0, left=0.0, height=0.3, color="#eeeeee", zorder=1)
        for left, width in _parts(sweep, limit, low, high):
            axes.barh(row, width, left=left, height=0.3, color=MARK, zorder=2)
        text = f"{limit.words}   (quasi-p {_small(limit.quasi_p)}; in {limit.found_again:.0%} of halves)"
        axes.text(0.0, row + 0.32, text, size=8, va="center")
    row_labels(axes, labels, 26)
    axes.set_ylim(len(limits) - 0.3, -0.5)
    axes.set_xticks([0, 1], ["lowest", "highest"])
    axes.tick_params(axis="x", length=0)
    axes.set_title("Limits of the box within each range", size=9.5, weight="normal")
    axes.spines["bottom"].set_visible(False)


def _span(sweep: Sweep, limit: Limit) -> tuple[float, float]:
    column = sweep.design[limit.factor.name]
    if limit.values is not None:
        return 0.0, 1.0
    low, high = float(column.min()), float(column.max())
    assert limit.low is not None
    assert limit.high is not None
    return (limit.low - low) / (high - low), (limit.high - low) / (high - low)


def _parts(sweep: Sweep, limit: Limit, low: float, high: float) -> list[tuple[float, float]]:
    if limit.values is None:
        return [(low, high - low)]
    known = levels(sweep, limit.factor)
    return [(known.index(value) / len(known), 0.96 / len(known)) for value in limit.values]


def _small(value: float) -> str:
    return "below 0.001" if value < 0.001 else f"{value:.3f}"


def _points(axes: Axes, sweep: Sweep, box: Box) -> None:
    pair = [limit.factor for limit in box.limits[:2]]
    if len(pair) == 1:
        others = [factor for factor in sweep.factors if factor.name != pair[0].name]
        pair += others[:1]
    if len(pair) < 2:
        axes.set_visible(False)
        return
    table = coordinates(sweep, pair)[box.points]
    table = table + np.random.default_rng(1).uniform(-0.012, 0.012, table.shape)  # words lie on top of each other
    looks: Any = (
        (~box.cases, {"marker": "o", "s": 12, "color": style.SKY, "alpha": 0.8}),
        (box.cases, {"marker": "^", "s": 24, "color": style.VERMILION}),
    )
    for which, look in looks:
        axes.scatter(table[which, 0], table[which, 1], linewidth=0, **look)
    _rectangle(axes, sweep, box, [factor.name for factor in pair])
    for axis, factor in ((axes.xaxis, pair[0]), (axes.yaxis, pair[1])):
        column = sweep.design[factor.name]
        names = levels(sweep, factor) if factor.values is not None else [column.min(), column.max()]
        axis.set_ticks(list(np.linspace(0, 1, len(names))), [value_text(value) for value in names])
        axis.set_label_text(with_unit(factor), size=8.5)
    axes.set_xlim(-0.06, 1.06)
    axes.set_ylim(-0.06, 1.06)
    handles = [
        Line2D([], [], ls="", marker="^", color=style.VERMILION, label="case"),
        Line2D([], [], ls="", marker="o", ms=4, color=style.SKY, label="other point"),
        Line2D([], [], color=style.INK, lw=1.4, label="box"),
    ]
    axes.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, frameon=False, fontsize=8, borderpad=0
    )


def _rectangle(axes: Axes, sweep: Sweep, box: Box, names: list[str]) -> None:
    spans = {limit.factor.name: _span(sweep, limit) for limit in box.limits if limit.values is None}
    (x0, x1), (y0, y1) = (spans.get(name, (-0.03, 1.03)) for name in names)
    axes.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, facecolor=SOFT, alpha=0.35, edgecolor="none", zorder=0))
    axes.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, facecolor="none", edgecolor=style.INK, lw=1.4, zorder=3))


def box_says(box: Box) -> str:
    """Return in words what the box holds and how it does where it was not fitted."""
    count = len(box.cases)
    if not box.limits:
        return f"{box.base:.0%} of {count:,} points are cases; no limit on any factor tells them from the others."
    return (
        f"{box.base:.0%} of {count:,} points are cases; in the box {box.density:.0%} (density), with "
        f"{box.coverage:.0%} of all cases (coverage). In other halves: density {box.density_elsewhere:.0%}, "
        f"coverage {box.coverage_elsewhere:.0%}."
    )
