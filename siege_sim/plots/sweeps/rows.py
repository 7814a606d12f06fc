"""Figures made of rows: every point with its interval, and the effects of one factor at a time (tornado)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from siege_sim.analysis.design import name_text, value_text, with_unit
from siege_sim.analysis.summaries import MOST_POINTS_DRAWN
from siege_sim.plots import style
from siege_sim.plots.sweeps.base import (  # fmt: skip
    HIGH,
    LOW,
    MARK,
    across_lines,
    height_of,
    left_for,
    reach,
    row_labels,
    sweep_margins,
    sweep_sheet,
)
from siege_sim.results.numbers import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from siege_sim.analysis.findings import About, Finding
    from siege_sim.analysis.intervals import Estimate
    from siege_sim.analysis.summaries import FactorEffect, FactorEffects, PointEstimates


def draw_points(finding: Finding, about: About) -> Figure:
    """Draw every point's mean with its interval, and its single runs faintly behind."""
    points: PointEstimates = finding.shows
    quantity, labels = points.quantity, points.labels
    figure = sweep_sheet(about, f"{quantity.label}, point by point", finding.sentence, height_of(len(labels), 14.0))
    axes = figure.subplots(gridspec_kw=sweep_margins(figure, left_for(labels)))
    scale = quantity.scale
    for row, (runs, estimate) in enumerate(zip(points.runs, points.estimates, strict=True)):
        if not quantity.is_share:
            axes.plot(
                scale * runs, np.full(runs.shape, row), ls="", marker="|", ms=8, color=style.SKY, alpha=0.8, zorder=2
            )
        _dot(axes, row, estimate, scale, MARK)
    row_labels(axes, labels)
    across_lines(axes)
    axes.set_xlabel(quantity.shown_unit)
    return figure


def _dot(axes: Axes, row: float, estimate: Estimate, scale: float, colour: str, filled: bool = True) -> None:
    if np.isfinite(estimate.value):
        axes.errorbar(
            [scale * estimate.value], [row], xerr=scale * np.array(reach(estimate)), fmt="o", ms=5.5, color=colour,
            mfc=colour if filled else style.PAPER, ecolor=colour, elinewidth=1.4, capsize=3, zorder=4,
        )  # fmt: skip


def draw_tornado(finding: Finding, about: About) -> Figure:
    """Draw how far each factor by itself moves the quantity, the one that moves it most on top."""
    effects: FactorEffects = finding.shows
    quantity, rows = effects.quantity, list(_rows(effects))[:MOST_POINTS_DRAWN]
    note = "Mean difference with the same seeds; 95 % intervals, of which one in twenty misses by chance."
    figure = sweep_sheet(
        about, f"{quantity.label}: one change at a time", finding.sentence, height_of(len(rows), 12.0), note
    )
    axes = figure.subplots(gridspec_kw=sweep_margins(figure, left_for([label for label, _ in rows]), top=1.35))
    scale = quantity.scale
    for row, (_, group) in enumerate(rows):
        for effect in group:
            _bar(axes, row, effect, scale, paired=len(group) > 1 or effect.numeric)
    axes.axvline(0.0, color=style.INK, lw=0.9, zorder=3)
    axes.margins(x=0.16)
    row_labels(axes, [label for label, _ in rows])
    across_lines(axes)
    usual = number(effects.reference.value, quantity.unit)
    axes.set_xlabel(f"difference from {usual} at the point of reference ({quantity.difference_unit})")
    _legend(figure, rows)
    return figure


def _rows(effects: FactorEffects) -> Any:
    """Yield label and effects of each row: a factor with one or two numbers, else a value."""
    for group in effects.by_strength:
        factor = group[0].factor
        if group[0].numeric and len(group) <= 2:
            yield f"{with_unit(factor)}, usually {value_text(group[0].usual)}", group
        else:
            for effect in sorted(group, key=lambda one: -abs(one.difference.value)):
                alone = len(effects.by_strength) == 1
                yield (
                    value_text(effect.value) if alone else f"{name_text(factor)}: {value_text(effect.value)}",
                    (effect,),
                )


def _bar(axes: Axes, row: int, effect: FactorEffect, scale: float, paired: bool) -> None:
    value = scale * effect.difference.value
    higher = paired and effect.value > effect.usual
    place, height = (row + (0.17 if higher else -0.17), 0.31) if paired else (row, 0.62)
    colour = (HIGH if higher else LOW) if paired else LOW
    clear = effect.difference.clear_of_zero
    axes.barh(
        place, value, height=height, color=colour if clear else style.PAPER, edgecolor=colour, linewidth=1.2,
        hatch="" if clear else "////", zorder=2,
    )  # fmt: skip
    axes.errorbar(
        [value], [place], xerr=scale * np.array(reach(effect.difference)), fmt="none", ecolor=style.INK, elinewidth=1.2,
        capsize=3, zorder=4,
    )  # fmt: skip
    if paired:
        ends = [scale * effect.difference.low, scale * effect.difference.high, value]
        end = np.nanmin(ends) if value < 0 else np.nanmax(ends)
        axes.annotate(
            value_text(effect.value), (end, place), xytext=(-6 if value < 0 else 6, 0), textcoords="offset points",
            ha="right" if value < 0 else "left", va="center", size=8, zorder=5,
        )  # fmt: skip


def _legend(figure: Any, rows: Sequence[Any]) -> None:
    numeric = any(effect.numeric for _, group in rows for effect in group)
    handles: list[Any] = (
        [Patch(facecolor=LOW, label="lower value"), Patch(facecolor=HIGH, label="higher value")]
        if numeric
        else [Patch(facecolor=LOW, label="clear effect")]
    )
    handles += [
        Patch(facecolor=style.PAPER, edgecolor=style.FAINT, hatch="////", label="no clear effect"),
        Line2D([], [], color=style.INK, marker="|", ms=7, lw=1.2, label="95 % interval"),
    ]
    height = figure.get_size_inches()[1]
    figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0.018, 1 - 0.88 / height), ncols=4, frameon=False,
        fontsize=8.5, handlelength=1.6, columnspacing=1.6,
    )  # fmt: skip
