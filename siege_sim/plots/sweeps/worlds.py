"""Figures across worlds and days: regret of policies, survival of the pocket, and how estimates settle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siege_sim.plots import style
from siege_sim.plots.sweeps.base import (  # fmt: skip
    COLOURS,
    LINES,
    MARK,
    SOFT,
    across_lines,
    height_of,
    in_lines,
    left_for,
    reach,
    row_labels,
    sweep_margins,
    sweep_sheet,
)
from siege_sim.results.numbers import exact, number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from siege_sim.analysis.convergence import Convergence, RunningEstimate
    from siege_sim.analysis.findings import About, Finding
    from siege_sim.analysis.regret import Regret
    from siege_sim.analysis.survival import Survival

MOST_POLICIES = 20
MOST_BANDS = 3


def draw_regret(finding: Finding, about: About) -> Figure:
    """Draw each policy's regret in every world, with its mean; the least on top."""
    found: Regret = finding.shows
    quantity = found.quantity
    policies = found.policies[:MOST_POLICIES]
    labels = [policy.policy for policy in policies]
    note = (
        f"{found.worlds:,} worlds, {found.seeds} seed{'s' if found.seeds > 1 else ''} of each policy in each; the "
        "best policy of a world is chosen by noisy means, so regret is slightly overestimated."
    )
    title = f"Regret: {quantity.label.lower()} beyond the best policy"
    figure = sweep_sheet(about, title, finding.sentence, height_of(2 * len(labels)), note)
    axes = figure.subplots(gridspec_kw=sweep_margins(figure, left_for(labels), 1.6))
    scale = quantity.scale
    spread = np.random.default_rng(1).uniform(-0.24, 0.24, found.worlds)
    for row, policy in enumerate(policies):
        axes.scatter(scale * policy.by_world, row + spread, s=9, color=style.SKY, alpha=0.6, linewidth=0, zorder=2)
        axes.errorbar(
            [scale * policy.mean.value], [row], xerr=scale * np.array(reach(policy.mean)), fmt="o", ms=7, color=MARK,
            elinewidth=2, capsize=4, zorder=4,
        )  # fmt: skip
        axes.text(
            1.02, row, f"best in {percent(policy.best_in)}\nworst {number(policy.worst, quantity.unit)}", size=8.5,
            va="center", transform=axes.get_yaxis_transform(),
        )  # fmt: skip
    row_labels(axes, labels)
    across_lines(axes)
    axes.set_xlim(left=0.0 if max(policy.worst for policy in policies) == 0 else None)
    axes.set_xlabel(
        f"{quantity.difference_unit} more than under the best policy of the same world "
        "(small dots: worlds; large: means)"
    )
    return figure


def draw_survival(finding: Finding, about: About) -> Figure:
    """Draw the share of runs in which the pocket still held, day by day, with bands."""
    found: Survival = finding.shows
    banded = _banded(found)
    which = "" if len(banded) == len(found.curves) else "; of the others they are left out"
    note = (
        f"Kaplan-Meier with 95 % bands for each curve by itself{which}. Runs that still held at their end are censored."
    )
    figure = sweep_sheet(
        about, f"How long the pocket held{f', by {found.by}' if found.by else ''}", finding.sentence, 5.4, note
    )
    axes = figure.subplots(gridspec_kw=sweep_margins(figure, 0.8, 2.75 if found.by else 0.5, 1.15))
    for number_, curve in enumerate(found.curves):
        colour, line = COLOURS[number_ % len(COLOURS)], LINES[number_ % len(LINES)]
        days = np.r_[curve.days, curve.last_day + 1.0 * (curve.censored > 0)]
        share, low, high = (100 * np.r_[ends, ends[-1]] for ends in (curve.share, curve.low, curve.high))
        label = in_lines(f"{curve.label} ({curve.runs:,} runs)", 28)
        axes.step(days, share, where="post", color=colour, ls=line, lw=2, zorder=3, label=label)
        if number_ in banded:
            axes.fill_between(days, low, high, step="post", color=colour, alpha=0.15, lw=0)
    axes.set_xlim(*_days_shown(found))
    axes.set_ylim(0, 103)
    style.faint_lines(axes)
    axes.set_xlabel("day of the siege")
    axes.set_ylabel("% of runs in which the pocket held")
    axes.axhline(50, color=style.FAINT, lw=0.8, ls=(0, (2, 2)))
    if found.by:
        axes.legend(
            loc="upper left", bbox_to_anchor=(1.02, 1.0), frameon=False, fontsize=8.5, handlelength=3.2,
            labelspacing=0.9, title=in_lines(found.by, 28), alignment="left", borderpad=0,
        )  # fmt: skip
    return figure


def _banded(found: Survival) -> set[int]:
    """Return which curves have a band: all if they are few, else the first and the one furthest from it."""
    if len(found.curves) <= MOST_BANDS:
        return set(range(len(found.curves)))
    days = np.arange(max(curve.last_day for curve in found.curves) + 1)
    shares = np.array([curve.share[np.searchsorted(curve.days, days, side="right") - 1] for curve in found.curves])
    return {0, int(np.argmax(np.abs(shares - shares[0]).sum(axis=1)))}


def _days_shown(found: Survival) -> tuple[float, float]:
    """Return the days to show: from day 0, or from shortly before the first end when that came late."""
    last = max(curve.last_day for curve in found.curves)
    ends = [float(curve.days[1]) for curve in found.curves if len(curve.days) > 1]
    first = min(ends, default=0.0)
    start = 10.0 * np.floor((first - 0.3 * (last - first)) / 10.0) if first > 0.5 * last else 0.0
    return start, last + 1.0


def draw_convergence(finding: Finding, about: About) -> Figure:
    """Draw estimates with their intervals as runs are added, and how narrow they would have to be."""
    found: Convergence = finding.shows
    quantity = found.quantity
    columns = min(3, len(found.estimates))
    rows = -(-len(found.estimates) // columns)
    figure = sweep_sheet(about, f"Were there enough runs? {quantity.label}", finding.sentence, 2.4 + 2.05 * rows)
    panels = figure.subplots(
        rows, columns, squeeze=False, sharex=True,
        gridspec_kw={**sweep_margins(figure, 0.95, 0.4, 1.25, 1.0), "hspace": 0.45, "wspace": 0.34},
    ).ravel()  # fmt: skip
    scale = quantity.scale if found.estimates_values else 1.0
    for axes, estimate in zip(panels, found.estimates, strict=False):
        _settling(axes, estimate, scale)
    for axes in panels[len(found.estimates) :]:
        axes.set_visible(False)
    for axes in panels[max(0, len(found.estimates) - columns) : len(found.estimates)]:
        axes.set_xlabel(found.per)
        axes.tick_params(labelbottom=True)
    return figure


def _settling(axes: Axes, estimate: RunningEstimate, scale: float) -> None:
    axes.fill_between(estimate.count, scale * estimate.low, scale * estimate.high, color=SOFT, lw=0)
    axes.plot(estimate.count, scale * estimate.value, color=MARK, lw=1.8)
    last = estimate.value[-1]
    for end in (last - estimate.enough, last + estimate.enough):
        axes.axhline(scale * end, color=style.VERMILION, lw=1.0, ls=(0, (4, 2)))
    tail = slice(len(estimate.count) // 4, None)  # the first intervals are so wide that nothing else would be seen
    low, high = np.nanmin(estimate.low[tail]), np.nanmax(estimate.high[tail])
    pad = 0.08 * (high - low) or 1.0
    axes.set_ylim(scale * (min(low, last - estimate.enough) - pad), scale * (max(high, last + estimate.enough) + pad))
    mark = "settled" if estimate.settled else "not settled"
    axes.set_title(f"{in_lines(estimate.label, 36)}: {mark}", size=8.5, weight="normal")
    axes.yaxis.set_major_formatter(lambda value, _: exact(value))
    style.faint_lines(axes)
