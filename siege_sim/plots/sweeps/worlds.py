"""Figures across worlds and days: regret of policies, survival of the pocket, and how estimates settle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siege_sim.analysis.convergence import convergence_of
from siege_sim.analysis.regret import regret_of
from siege_sim.analysis.survival import survival
from siege_sim.errors import ResultError
from siege_sim.plots import style
from siege_sim.plots.sweeps.base import (  # fmt: skip
    COLOURS,
    LINE_STYLES,
    MARK,
    SOFT,
    Picture,
    across_lines,
    height_of,
    in_lines,
    left_for,
    number,
    reach,
    row_labels,
    sweep_margins,
    sweep_sheet,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from siege_sim.analysis.convergence import RunningEstimate
    from siege_sim.analysis.quantities import Quantity
    from siege_sim.analysis.regret import Regret
    from siege_sim.analysis.survival import Survival
    from siege_sim.results.sweep import Sweep

MOST_POLICIES = 20
MOST_BANDS = 3


def draw_regret(sweep: Sweep, quantity: Quantity) -> Picture:
    """Draw each policy's regret in every world, with its mean; the least on top."""
    found = regret_of(sweep, quantity)
    policies = found.policies[:MOST_POLICIES]
    labels = [policy.policy for policy in policies]
    words = regret_says(found)
    note = (
        f"{found.worlds:,} worlds, {found.seeds} seed{'s' if found.seeds > 1 else ''} of each policy in each; the "
        "best of a world is picked from noisy means, so all regret comes out somewhat too large."
    )
    figure = sweep_sheet(
        sweep, f"Regret: {quantity.label.lower()} beyond the best policy", words, height_of(2 * len(labels)), note
    )
    axes = figure.subplots(gridspec_kw=sweep_margins(figure, left_for(labels), 1.6))
    spread = np.random.default_rng(1).uniform(-0.24, 0.24, found.worlds)
    for row, policy in enumerate(policies):
        axes.scatter(policy.by_world, row + spread, s=9, color=style.SKY, alpha=0.6, linewidth=0, zorder=2)
        axes.errorbar(
            [policy.mean.value], [row], xerr=reach(policy.mean), fmt="o", ms=7, color=MARK, elinewidth=2, capsize=4,
            zorder=4,
        )  # fmt: skip
        axes.text(
            1.02, row, f"best in {policy.best_in:.0%}\nworst {number(policy.worst)}", size=8.5, va="center",
            transform=axes.get_yaxis_transform(),
        )  # fmt: skip
    row_labels(axes, labels)
    across_lines(axes)
    axes.set_xlim(left=0.0 if max(policy.worst for policy in policies) == 0 else None)
    axes.set_xlabel(
        f"{quantity.unit} more than under the best policy of the same world (small dots: worlds; large: means)"
    )
    return Picture(f"regret-{quantity.name}", f"{quantity.label}: regret", words, figure)


def regret_says(found: Regret) -> str:
    """Return in words which policy has the least regret, and whether that is clear."""
    first, *others = found.policies
    near = [policy.policy for policy in others if policy.mean.low <= first.mean.high]
    clear = f"not clearly apart from {', '.join(near[:3])}" if near else "clearly less than any other"
    left = f" {found.left_out:,} worlds without runs of every policy are left out." if found.left_out else ""
    return (
        f"Least mean regret: {first.policy} ({number(first.mean.value)}), {clear}; it is the best in "
        f"{first.best_in:.0%} of the worlds.{left}"
    )


def draw_survival(sweep: Sweep, by: str | None = None) -> Picture:
    """Draw the share of runs in which the pocket still held, day by day, with bands."""
    found = survival(sweep, by)
    words = survival_says(found)
    banded = _banded(found)
    which = "" if len(banded) == len(found.curves) else "; of the others they are left out"
    note = (
        f"Kaplan-Meier with 95 % bands for each curve by itself{which}. Runs that still held at their end are censored."
    )
    figure = sweep_sheet(sweep, f"How long the pocket held{f', by {found.by}' if found.by else ''}", words, 5.4, note)
    axes = figure.subplots(gridspec_kw=sweep_margins(figure, 0.8, 2.75 if found.by else 0.5, 1.15))
    for number_, curve in enumerate(found.curves):
        colour, line = COLOURS[number_ % len(COLOURS)], LINE_STYLES[number_ % len(LINE_STYLES)]
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
    return Picture("survival", "How long the pocket held", words, figure)


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


def survival_says(found: Survival) -> str:
    """Return in words when half of the runs had ended."""
    parts = []
    for curve in found.curves[:4]:
        when = "after the last day" if curve.median_day is None else f"on day {curve.median_day:.0f}"
        parts.append(f"{curve.label}: {when}")
    held = sum(curve.censored for curve in found.curves)
    censored = (
        f"In {held:,} runs the pocket still held at the end." if held else "No run ended with the pocket still held."
    )
    absent = f" No run is finished of: {', '.join(found.without_runs)}." if found.without_runs else ""
    more = f" Of {found.left_out + len(found.curves)} groups {len(found.curves)} are shown." if found.left_out else ""
    return f"Half of the sieges had ended: {'; '.join(parts)}. {censored}{more}{absent}"


def draw_convergence(sweep: Sweep, quantity: Quantity) -> Picture:
    """Draw estimates with their intervals as runs are added, and how narrow they would have to be.

    Raises:
        ResultError: too few runs to say anything.
    """
    found = convergence_of(sweep, quantity)
    if found is None:
        raise ResultError(f"'{quantity.name}': no estimate has three values, so nothing can be said of how it settles")
    columns = min(3, len(found.estimates))
    rows = -(-len(found.estimates) // columns)
    words = f"{found.what[0].upper()}{found.what[1:]}. {found.verdict} Rule: {found.rule} (dashed)."
    figure = sweep_sheet(sweep, f"Were the runs enough? {quantity.label}", words, 2.4 + 2.05 * rows)
    panels = figure.subplots(
        rows, columns, squeeze=False, sharex=True,
        gridspec_kw={**sweep_margins(figure, 0.95, 0.4, 1.25, 1.0), "hspace": 0.45, "wspace": 0.34},
    ).ravel()  # fmt: skip
    scale = 100.0 if quantity.is_share and found.per == "runs a point" else 1.0
    for axes, estimate in zip(panels, found.estimates, strict=False):
        _settling(axes, estimate, scale)
    for axes in panels[len(found.estimates) :]:
        axes.set_visible(False)
    for axes in panels[max(0, len(found.estimates) - columns) : len(found.estimates)]:
        axes.set_xlabel(found.per)
        axes.tick_params(labelbottom=True)
    return Picture(f"convergence-{quantity.name}", f"{quantity.label}: were the runs enough?", words, figure)


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
    axes.yaxis.set_major_formatter(lambda value, _: number(value))
    style.faint_lines(axes)
