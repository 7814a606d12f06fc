"""Figures of global sensitivity: Sobol indices, Morris's effects, and the points behind them as scatter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from siege_sim.analysis.design import name_text, with_unit
from siege_sim.plots import style
from siege_sim.plots.sweeps.base import (  # fmt: skip
    MARK,
    across_lines,
    height_of,
    in_lines,
    left_for,
    row_labels,
    sweep_margins,
    sweep_sheet,
)
from siege_sim.results.numbers import exact, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from siege_sim.analysis.findings import About, Finding
    from siege_sim.analysis.scatter import Scatter
    from siege_sim.analysis.sensitivity import Indices

MOST_TICKS = 4


def draw_sobol(finding: Finding, about: About) -> Figure:
    """Draw total and first-order indices with their intervals, the largest on top."""
    found: Indices = finding.shows
    quantity = found.quantity
    order = np.argsort(-found.values["ST"])
    labels = [with_unit(found.factors[i]) for i in order]
    title = f"{quantity.label}: which factor explains its variance"
    figure = sweep_sheet(about, title, finding.sentence, height_of(len(labels)), _note(found))
    axes = figure.subplots(gridspec_kw=sweep_margins(figure, left_for(labels), top=1.35))
    for name, shift, colour, face, label in (
        ("ST", -0.14, MARK, MARK, "total, with interactions"),
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
    return figure


def _note(found: Indices) -> str:
    parts = [f"Bars: 95 % intervals by resampling {found.blocks:,} blocks of the sample."]
    if found.dropped:
        parts.append(f"{found.dropped:,} blocks with missing runs are left out.")
    if found.chance is not None:
        parts.append(f"Chance makes up {percent(found.chance)} of the variance of single runs.")
    if found.stratum:
        parts.append(f"For {found.stratum}.")
    return " ".join(parts)


def draw_morris(finding: Finding, about: About) -> Figure:
    """Draw the mean absolute effects with intervals, and beside them how much each effect varies."""
    found: Indices = finding.shows
    quantity = found.quantity
    order = np.argsort(-found.values["mu_star"])
    labels = [f"{place + 1}  {with_unit(found.factors[i])}" for place, i in enumerate(order)]
    figure = sweep_sheet(
        about, f"{quantity.label}: elementary effects", finding.sentence, max(height_of(len(labels)), 4.6), _note(found)
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
    left.set_xlabel(f"mean absolute change over the whole range ({quantity.difference_unit})", size=8.5)
    top = 1.08 * float(max((size + reach).max(), sigma.max()))
    right.plot([0, top], [0, top], color=style.FAINT, lw=0.8, ls=(0, (4, 2)))
    right.text(0.9 * top, 0.94 * top, "spread as large as the mean", ha="right", size=8, color=style.FAINT)
    right.scatter(size, sigma, s=34, color=MARK, zorder=3)
    for place, (x, y) in enumerate(zip(size, sigma, strict=True)):
        right.annotate(str(place + 1), (x, y), xytext=(5, 3), textcoords="offset points", size=8.5)
    right.set_xlim(0, top)
    right.set_ylim(0, top)
    right.set_xlabel("mean absolute effect", size=8.5)
    right.set_ylabel("spread of the effect over the space", size=8.5)
    for axis in (right.xaxis, right.yaxis):
        axis.set_major_formatter(lambda value, _: exact(value))
    return figure


def draw_scatter(finding: Finding, about: About) -> Figure:
    """Draw the points against the factors that go furthest with the quantity, with means of eight equal parts."""
    found: Scatter = finding.shows
    quantity, scale = found.quantity, found.quantity.scale
    figure = sweep_sheet(about, f"{quantity.label} against what goes furthest with it", finding.sentence, 4.9)
    edges = {**sweep_margins(figure, 0.95, top=1.15, bottom=1.2), "wspace": 0.1}
    panels = np.atleast_1d(figure.subplots(1, len(found.panels), sharey=True, gridspec_kw=edges))
    for axes, panel in zip(panels, found.panels, strict=True):
        axes.scatter(panel.x, scale * found.values, s=12, color=style.SKY, edgecolor="none", alpha=0.75)
        x, means = panel.means.T
        axes.plot(x, scale * means, color=MARK, lw=2, marker="o", ms=3.5)
        name = in_lines(name_text(panel.factor), 24)
        axes.set_xlabel(f"{name}\n({panel.factor.unit})" if panel.factor.unit else name_text(panel.factor), size=8.5)
        axes.xaxis.set_major_locator(MaxNLocator(MOST_TICKS, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_formatter(lambda value, _: exact(value))
        style.faint_lines(axes)
    panels[0].set_ylabel(quantity.shown_unit)
    panels[0].yaxis.set_major_formatter(lambda value, _: exact(value))
    return figure
