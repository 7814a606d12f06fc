"""Figures of global sensitivity: Sobol indices, Morris's effects, and the points behind them as scatter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator
from scipy import stats

from siege_sim.analysis.design import coordinates, is_numeric, name_text, value_text, with_unit
from siege_sim.analysis.quantities import by_point
from siege_sim.analysis.sensitivity import SMALL_INDEX, morris_effects, most_important, sobol_indices
from siege_sim.plots import style
from siege_sim.plots.sweeps.base import (  # fmt: skip
    MARK,
    Picture,
    across_lines,
    difference_unit,
    height_of,
    in_a_list,
    in_lines,
    left_for,
    number,
    row_labels,
    sweep_margins,
    sweep_sheet,
)

if TYPE_CHECKING:
    from siege_sim.analysis.quantities import Quantity
    from siege_sim.analysis.sensitivity import Indices
    from siege_sim.results.sweep import Sweep

MOST_SCATTER_PANELS = 4
BINS = 8
MOST_TICKS = 4


def draw_sobol(sweep: Sweep, quantity: Quantity) -> Picture:
    """Draw total and first-order indices with their intervals, the largest on top."""
    found = sobol_indices(sweep, quantity)
    order = np.argsort(-found.values["ST"])
    labels = [with_unit(found.factors[i]) for i in order]
    words = sobol_says(found)
    figure = sweep_sheet(
        sweep, f"{quantity.label}: which factor explains its variance", words, height_of(len(labels)), _note(found)
    )
    axes = figure.subplots(gridspec_kw=sweep_margins(figure, left_for(labels), top=1.35))
    for name, shift, colour, face, label in (
        ("ST", -0.14, MARK, MARK, "total, with all that it does together with others"),
        ("S1", 0.14, style.VERMILION, style.PAPER, "by itself (first order)"),
    ):
        axes.errorbar(
            found.values[name][order], np.arange(len(order)) + shift, xerr=found.reach[name][order],
            fmt="o" if name == "ST" else "D", ms=6 if name == "ST" else 5, color=colour, mfc=face, elinewidth=1.4,
            capsize=3, label=label, zorder=3,
        )  # fmt: skip
    axes.axvline(0.0, color=style.INK, lw=0.9)
    axes.set_xlim(min(-0.05, axes.get_xlim()[0]), max(1.0, axes.get_xlim()[1]))
    row_labels(axes, labels)
    across_lines(axes)
    axes.set_xlabel("share of the variance between points")
    height = figure.get_size_inches()[1]
    figure.legend(
        loc="upper left", bbox_to_anchor=(0.018, 1 - 0.88 / height), ncols=2, frameon=False, fontsize=8.5,
    )  # fmt: skip
    return Picture(f"sobol-{quantity.name}", f"{quantity.label}: Sobol indices", words, figure)


def _note(found: Indices) -> str:
    parts = [f"Bars: 95 % intervals by resampling {found.blocks:,} blocks of the sample."]
    if found.dropped:
        parts.append(f"{found.dropped:,} blocks with missing runs are left out.")
    if found.chance is not None:
        parts.append(f"Chance makes up {found.chance:.0%} of the variance of single runs.")
    if found.stratum:
        parts.append(f"For {found.stratum}.")
    return " ".join(parts)


def sobol_says(found: Indices) -> str:
    """Return in words which factors matter and how far that can be trusted."""
    total, reach = found.values["ST"], found.reach["ST"]
    order = np.argsort(-total)
    clear = [name_text(found.factors[i]) for i in order if total[i] - reach[i] > SMALL_INDEX]
    widest = float(reach.max())
    if not clear:
        return f"With {found.blocks:,} blocks no total index is clear of {SMALL_INDEX:g} (widest ± {widest:.2f})."
    first = in_a_list(clear[:5])
    return f"Clearly above {SMALL_INDEX:g} in total: {first}. The widest interval is ± {widest:.2f}."


def draw_morris(sweep: Sweep, quantity: Quantity) -> Picture:
    """Draw the mean absolute effects with intervals, and beside them how much each effect varies."""
    found = morris_effects(sweep, quantity)
    order = np.argsort(-found.values["mu_star"])
    labels = [f"{number + 1}  {with_unit(found.factors[i])}" for number, i in enumerate(order)]
    words = morris_says(found)
    figure = sweep_sheet(
        sweep, f"{quantity.label}: elementary effects", words, max(height_of(len(labels)), 4.6), _note(found)
    )
    left, right = figure.subplots(
        1, 2, gridspec_kw={**sweep_margins(figure, left_for(labels), top=1.2), "wspace": 0.28, "width_ratios": (1.1, 1)}
    )
    size, reach, sigma = (
        array[order] for array in (found.values["mu_star"], found.reach["mu_star"], found.values["sigma"])
    )
    left.errorbar(size, np.arange(len(order)), xerr=reach, fmt="o", ms=6, color=MARK, elinewidth=1.4, capsize=3)
    row_labels(left, labels)
    across_lines(left)
    left.set_xlim(left=min(0.0, float((size - reach).min())))
    left.set_xlabel(f"mean absolute change over the whole range ({difference_unit(quantity)})", size=8.5)
    top = 1.08 * float(max((size + reach).max(), sigma.max()))
    right.plot([0, top], [0, top], color=style.FAINT, lw=0.8, ls=(0, (4, 2)))
    right.text(0.9 * top, 0.94 * top, "as uneven as large", ha="right", size=8, color=style.FAINT)
    right.scatter(size, sigma, s=34, color=MARK, zorder=3)
    for number_, (x, y) in enumerate(zip(size, sigma, strict=True)):
        right.annotate(str(number_ + 1), (x, y), xytext=(5, 3), textcoords="offset points", size=8.5)
    right.set_xlim(0, top)
    right.set_ylim(0, top)
    right.set_xlabel("mean absolute effect", size=8.5)
    right.set_ylabel("spread of the effect over the space", size=8.5)
    for axis in (right.xaxis, right.yaxis):
        axis.set_major_formatter(lambda value, _: number(value))
    return Picture(f"morris-{quantity.name}", f"{quantity.label}: elementary effects", words, figure)


def morris_says(found: Indices) -> str:
    """Return in words which factors come first and which can be told apart."""
    size, reach = found.values["mu_star"], found.reach["mu_star"]
    order = np.argsort(-size)
    first = [name_text(found.factors[i]) for i in order[:3]]
    apart = size[order[0]] - reach[order[0]] > size[order[1]] + reach[order[1]] if len(order) > 1 else True
    return (
        f"Largest mean absolute effects: {in_a_list(first)}. The first "
        f"{'stands clear of the second' if apart else 'cannot be told from the second with these trajectories'}."
    )


def draw_scatter(sweep: Sweep, quantity: Quantity) -> Picture:
    """Draw the points against the factors that go furthest with the quantity, with means of eight equal parts."""
    factors = [f for f in most_important(sweep, quantity, 12) if is_numeric(sweep, f)][:MOST_SCATTER_PANELS]
    values = by_point(sweep, quantity).to_numpy(dtype=float) * (100.0 if quantity.is_share else 1.0)
    words = (
        f"Each dot is a point of the design (mean of its seeds); lines are means of {BINS} equal parts. "
        f"{_ranks(sweep, quantity)}"
    )
    figure = sweep_sheet(sweep, f"{quantity.label} against what goes furthest with it", words, 4.9)
    panels = np.atleast_1d(
        figure.subplots(
            1,
            len(factors),
            sharey=True,
            gridspec_kw={**sweep_margins(figure, 0.95, top=1.15, bottom=1.2), "wspace": 0.1},
        )
    )
    for axes, factor in zip(panels, factors, strict=True):
        x = sweep.design[factor.name].to_numpy(dtype=float)
        axes.scatter(x, values, s=12, color=style.SKY, edgecolor="none", alpha=0.75)
        known = np.isfinite(values) & np.isfinite(x)
        parts = min(BINS, len(np.unique(x[known])))
        edges = np.quantile(x[known], np.linspace(0, 1, parts + 1))
        place = np.clip(np.searchsorted(edges, x[known], side="right") - 1, 0, parts - 1)
        middles = [
            (x[known][place == b].mean(), values[known][place == b].mean()) for b in range(parts) if (place == b).any()
        ]
        axes.plot(*np.array(middles).T, color=MARK, lw=2, marker="o", ms=3.5)
        axes.set_xlabel(
            f"{in_lines(name_text(factor), 24)}\n({factor.unit})" if factor.unit else name_text(factor), size=8.5
        )
        axes.xaxis.set_major_locator(MaxNLocator(MOST_TICKS, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_formatter(lambda value, _: number(value))
        style.faint_lines(axes)
    panels[0].set_ylabel("% of runs" if quantity.is_share else quantity.unit)
    panels[0].yaxis.set_major_formatter(lambda value, _: number(value))
    return Picture(f"scatter-{quantity.name}", quantity.label, words, figure)


def _ranks(sweep: Sweep, quantity: Quantity) -> str:
    factor = most_important(sweep, quantity, 1)[0]
    values = by_point(sweep, quantity).to_numpy(dtype=float)
    x = coordinates(sweep, [factor])[:, 0]
    known = np.isfinite(values) & np.isfinite(x)
    rank = stats.spearmanr(x[known], values[known])[0] if known.sum() > 2 and np.ptp(values[known]) > 0 else 0.0
    return f"Strongest: {name_text(factor)} (rank correlation {value_text(float(rank))})."
