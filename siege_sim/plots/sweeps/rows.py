"""Figures made of rows: every point with its interval, and the effects of one factor at a time (tornado)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from siege_sim.analysis.design import is_numeric, name_text, value_text, with_unit
from siege_sim.analysis.quantities import by_replication
from siege_sim.analysis.summaries import factor_effects, point_label
from siege_sim.errors import ResultError
from siege_sim.plots import style
from siege_sim.plots.sweeps.base import (  # fmt: skip
    HIGH,
    LOW,
    MARK,
    Picture,
    across_lines,
    difference_unit,
    height_of,
    in_a_list,
    left_for,
    number,
    reach,
    row_labels,
    signed,
    sweep_margins,
    sweep_sheet,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from siege_sim.analysis.intervals import Estimate
    from siege_sim.analysis.quantities import Quantity
    from siege_sim.analysis.summaries import FactorEffect, FactorEffects
    from siege_sim.results.sweep import Sweep

MOST_BAR_ROWS = 40


def many_points(sweep: Sweep) -> str | None:
    """Return why not every point is drawn by itself, or None when it can be."""
    return None if len(sweep.design) <= MOST_BAR_ROWS else f"more than {MOST_BAR_ROWS} points"


def draw_points(sweep: Sweep, quantity: Quantity) -> Picture:
    """Draw every point's mean with its interval, and its single runs faintly behind."""
    wide = by_replication(sweep, quantity).to_numpy()
    labels = [point_label(sweep, row) for row in range(len(wide))]
    estimates = [quantity.estimate(row) for row in wide]
    words = "Dots are means with 95 % intervals; marks behind them are single runs. Points share their seeds."
    figure = sweep_sheet(sweep, f"{quantity.label}, point by point", words, height_of(len(labels), 14.0))
    axes = figure.subplots(gridspec_kw=sweep_margins(figure, left_for(labels)))
    scale = 100.0 if quantity.is_share else 1.0
    for row, (runs, estimate) in enumerate(zip(wide, estimates, strict=True)):
        if not quantity.is_share:
            axes.plot(runs, np.full(runs.shape, row), ls="", marker="|", ms=8, color=style.SKY, alpha=0.8, zorder=2)
        _dot(axes, row, estimate, scale, MARK)
    row_labels(axes, labels)
    across_lines(axes)
    axes.set_xlabel("% of runs" if quantity.is_share else quantity.unit)
    return Picture(f"points-{quantity.name}", quantity.label, words, figure)


def _dot(axes: Axes, row: float, estimate: Estimate, scale: float, colour: str, filled: bool = True) -> None:
    if np.isfinite(estimate.value):
        axes.errorbar(
            [scale * estimate.value], [row], xerr=scale * np.array(reach(estimate)), fmt="o", ms=5.5, color=colour,
            mfc=colour if filled else style.PAPER, ecolor=colour, elinewidth=1.4, capsize=3, zorder=4,
        )  # fmt: skip


def no_effects(sweep: Sweep) -> str | None:
    """Return why there is no tornado plot, or None when there can be one."""
    from siege_sim.analysis.design import neighbours

    return None if neighbours(sweep)[1] else "no point differs from another in one factor only"


def draw_tornado(sweep: Sweep, quantity: Quantity) -> Picture:
    """Draw how far each factor by itself moves the quantity, the one that moves it most on top.

    Raises:
        ResultError: nothing can be compared, as runs are missing.
    """
    effects = factor_effects(sweep, quantity)
    if effects is None:
        raise ResultError(f"no two finished runs of '{quantity.name}' differ in one factor only")
    rows = list(_rows(sweep, effects))[:MOST_BAR_ROWS]
    words = tornado_says(effects)
    note = "Mean difference with the same seeds; 95 % intervals, of which one in twenty misses by chance."
    figure = sweep_sheet(sweep, f"{quantity.label}: one change at a time", words, height_of(len(rows), 12.0), note)
    axes = figure.subplots(gridspec_kw=sweep_margins(figure, left_for([label for label, _ in rows]), top=1.35))
    scale = 100.0 if quantity.is_share else 1.0
    for row, (_, group) in enumerate(rows):
        for effect in group:
            _bar(axes, row, effect, scale, paired=len(group) > 1 or is_numeric(sweep, effect.factor))
    axes.axvline(0.0, color=style.INK, lw=0.9, zorder=3)
    axes.margins(x=0.16)
    row_labels(axes, [label for label, _ in rows])
    across_lines(axes)
    unit = "percentage points" if quantity.is_share else difference_unit(quantity)
    axes.set_xlabel(f"difference from {number(scale * effects.reference.value)} at the point of reference ({unit})")
    _legend(figure, rows, sweep)
    return Picture(f"tornado-{quantity.name}", f"{quantity.label}: one change at a time", words, figure)


def _rows(sweep: Sweep, effects: FactorEffects) -> Any:
    """Yield label and effects of each row: a factor with one or two numbers, else a value."""
    for group in effects.by_strength:
        factor = group[0].factor
        if is_numeric(sweep, factor) and len(group) <= 2:
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


def _legend(figure: Any, rows: Sequence[Any], sweep: Sweep) -> None:
    numeric = any(is_numeric(sweep, effect.factor) for _, group in rows for effect in group)
    handles: list[Any] = (
        [Patch(facecolor=LOW, label="lower value"), Patch(facecolor=HIGH, label="higher value")]
        if numeric
        else [Patch(facecolor=LOW, label="clear of zero")]
    )
    handles += [
        Patch(facecolor=style.PAPER, edgecolor=style.FAINT, hatch="////", label="may be chance"),
        Line2D([], [], color=style.INK, marker="|", ms=7, lw=1.2, label="95 % interval"),
    ]
    height = figure.get_size_inches()[1]
    figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0.018, 1 - 0.88 / height), ncols=4, frameon=False,
        fontsize=8.5, handlelength=1.6, columnspacing=1.6,
    )  # fmt: skip


def _change(effect: FactorEffect) -> str:
    """Return what was changed: a policy by its name, a number with its factor."""
    if isinstance(effect.value, str):
        return value_text(effect.value)
    return f"{name_text(effect.factor)} at {value_text(effect.value)}"


def tornado_says(effects: FactorEffects) -> str:
    """Return in words what moves the quantity most, and how many effects cannot be told from chance."""
    clear = [effect for effect in effects.effects if effect.difference.clear_of_zero]
    if not clear:
        return f"None of {len(effects.effects)} changes can be told from chance with these runs."
    clear.sort(key=lambda effect: -abs(effect.difference.value))
    scale = 100.0 if effects.quantity.is_share else 1.0
    first = [f"{_change(effect)} ({signed(scale * effect.difference.value)})" for effect in clear[:3]]
    rest = len(effects.effects) - len(clear)
    return (
        f"Furthest from the reference: {in_a_list(first)}. {len(clear)} of {len(effects.effects)} changes are clear of "
        f"zero{f'; {rest} may be chance' if rest else ''}."
    )
