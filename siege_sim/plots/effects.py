"""What a what-if changes: how sieges ended, the effect on each outcome, on each day and in each quarter."""

from __future__ import annotations

import math
import textwrap
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from siege_sim.plots import style
from siege_sim.plots.days import date_axis
from siege_sim.plots.labels import HALO
from siege_sim.plots.picture import Sketch
from siege_sim.results.calendar import Calendar
from siege_sim.results.endings import ENDING, HOLDING, ending_texts
from siege_sim.results.numbers import exact, is_share, percent, signed

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from siege_sim.analysis.comparison.comparison_findings import ArmFindings, ComparisonFindings
    from siege_sim.analysis.comparison.effects import DailyEffect, Effect, QuarterEffect
    from siege_sim.analysis.comparison.paired import Difference

SERIES_COLOURS = (style.BLUE, style.VERMILION, style.GREEN, "#8a4fa3", style.ORANGE, style.BLACK)
MARKS = ("o", "s", "^", "D", "v", "P")
ENDING_LOOKS = {
    HOLDING: style.GARRISON_LOOK.patch(),
    "evacuated": style.Look("#9ecae8", "....", "#0b4f7d").patch(),
    "pocket_taken": style.Look("#f2a47f", "//////", "#7a3010").patch(),
    "siege_broken": style.Look("#e3bd4f").patch(),
}
PAIRS_BAND, MEAN_BAND, MEAN = "#dbe7f1", "#8fb6d4", "#0b4f7d"

FARTHEST_PERCENT = 150.0
"""Effects beyond this share of the baseline's mean stand at the edge with their number, so that others stay legible."""

MOST_DAY_PANELS = 8
MOST_QUARTERS = 60
EFFECT_ROW_IN = 0.235


def effect_sketches(comparison: ComparisonFindings) -> list[Sketch]:
    """Return every figure of a comparison: one of all what-ifs, then two of each."""
    days = comparison.pairs > 1 and any(quantity.daily for quantity in comparison.quantities)
    sketches = [
        _sketch(
            "effects", "The effects side by side",
            "Mean difference from the baseline over all pairs, with its 95 % confidence interval. If the interval "
            "includes 0, there is no clear effect.",
            partial(draw_effects, comparison),
        )
    ]  # fmt: skip
    for one in comparison.what_ifs:
        sketches += [_sketch_of_days(comparison, one)] if days else []
        sketches.append(_sketch_of_quarters(comparison, one))
    return sketches


def _sketch(name: str, title: str, caption: str, draw: Callable[[], Figure]) -> Sketch:
    return Sketch(name, title, caption, caption, draw)


def _sketch_of_days(comparison: ComparisonFindings, one: ArmFindings) -> Sketch:
    return _sketch(
        f"days-{one.arm.name}", "The effect day by day",
        "Difference from the baseline on each day: the mean of the pairs, the 95 % confidence interval of that mean "
        "for each day by itself (dark), and the band that contains eight in ten pairs (light). Drawn while at "
        "least half of the pairs have the number.",
        partial(draw_days, comparison, one),
    )  # fmt: skip


def _sketch_of_quarters(comparison: ComparisonFindings, one: ArmFindings) -> Sketch:
    return _sketch(
        f"quarters-{one.arm.name}", "The effect by quarter",
        "Mean difference from the baseline in each besieged quarter, with its 95 % confidence interval; quarters in "
        "the order in which the baseline lost them. People killed and people who left are counted in the quarter "
        "where it happened. The day of capture is compared over pairs in which both runs lost the quarter, by force "
        "or by agreement.",
        partial(draw_quarter_effects, comparison, one),
    )  # fmt: skip


def draw_effects(comparison: ComparisonFindings) -> Figure:
    """Draw how sieges ended, then mean differences with intervals in per cent, in days and in percentage points."""
    groups = _groups(comparison)
    arms = len(comparison.endings)
    rows = [0.9 * arms, *(len(names) for names in groups.values())]
    step = EFFECT_ROW_IN * max(1.0, 0.45 + 0.4 * len(comparison.what_ifs))
    heights = [max(0.3 * arms, 0.5), *(step * count + 0.15 for count in rows[1:])]
    legend_in = 0.24 * math.ceil(len(comparison.what_ifs) / 2)
    height = 1.75 + legend_in + sum(heights) + 0.62 * len(heights)
    sentence = (
        "Mean differences from the baseline, with 95 % confidence intervals, over pairs of runs with the same seed."
    )
    figure = style.blank_sheet("What would have changed, in this model", sentence, _footnote(comparison), height)
    edges = style.margins(figure, left=2.75, right=0.55, top=1.3 + legend_in, bottom=0.95)
    grid = figure.add_gridspec(
        len(heights), 1, height_ratios=heights, hspace=0.66 * len(heights) / sum(heights), **edges
    )
    _draw_endings(figure.add_subplot(grid[0]), comparison)
    for number, (title, names) in enumerate(groups.items(), start=1):
        _draw_group(figure.add_subplot(grid[number]), comparison, title, names)
    _key_of_what_ifs(figure, comparison, height)
    return figure


PERCENT, DAYS, POINTS = "In per cent of the baseline's mean", "In days", "In percentage points"


def _groups(comparison: ComparisonFindings) -> dict[str, list[str]]:
    """Return the names of the effects that are drawn, by the scale on which they are drawn."""
    groups: dict[str, list[str]] = {PERCENT: [], DAYS: [], POINTS: []}
    effects = [one.effects for one in comparison.what_ifs]
    for effect in effects[0]:
        same = [_named(one, effect.name) for one in effects]
        if effect.name.startswith(f"{ENDING}:") or not any(_drawable(one) for one in same if one):
            continue
        title = DAYS if effect.unit == "days" else POINTS if is_share(effect.unit) else PERCENT
        groups[title].append(effect.name)
    return {title: names for title, names in groups.items() if names}


def _named(effects: tuple[Effect, ...], name: str) -> Effect | None:
    return next((effect for effect in effects if effect.name == name), None)


def _drawable(effect: Effect) -> bool:
    """Return whether an effect has an interval, and, if it is drawn in per cent, something to be a share of."""
    difference = effect.difference
    if difference.low is None or difference.before == difference.after == 0.0:
        return False
    return effect.unit == "days" or is_share(effect.unit) or bool(difference.before)


def _drawn(effect: Effect) -> tuple[float, float, float]:
    """Return middle and ends of an interval on the scale of its panel."""
    difference = effect.difference
    assert difference.middle is not None
    assert difference.low is not None
    assert difference.high is not None
    factor = 100.0
    if effect.unit == "days":
        factor = 1.0
    elif not is_share(effect.unit):
        factor = 100.0 / abs(difference.before or 1.0)
    return factor * difference.middle, factor * difference.low, factor * difference.high


def _draw_endings(axes: Axes, comparison: ComparisonFindings) -> None:
    """Draw a bar for each scenario: the shares of runs that ended in each way."""
    endings = comparison.endings
    seen = list(next(iter(endings.values())))
    left = np.zeros(len(endings))
    for number, ending in enumerate(seen):
        shares = np.array([100.0 * shares[ending] for shares in endings.values()])
        looks = ENDING_LOOKS.get(ending) or style.Look(SERIES_COLOURS[number % len(SERIES_COLOURS)]).patch()
        axes.barh(range(len(endings)), shares, left=left, height=0.68, **looks)
        for row, share in enumerate(shares):
            if share >= 8.0:
                axes.text(left[row] + share / 2, row, percent(share / 100.0), ha="center", va="center_baseline",
                          size=8.5, path_effects=HALO)  # fmt: skip
        left += shares
    axes.set_xlim(0.0, 100.0)
    axes.set_ylim(len(endings) - 0.45, -0.55)
    _row_labels(axes, ["baseline", *(one.arm.name for one in comparison.what_ifs)])
    axes.set_title("How the siege ended, share of runs", fontsize=10)
    handles = [
        Patch(**(ENDING_LOOKS.get(one) or style.Look(SERIES_COLOURS[n % len(SERIES_COLOURS)]).patch()),
              label=ending_texts(one).label)
        for n, one in enumerate(seen)
    ]  # fmt: skip
    axes.legend(handles=handles, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4, frameon=False, fontsize=8.5,
                borderpad=0.2, handlelength=1.4, columnspacing=1.2)  # fmt: skip
    axes.set_xticks([])
    for side in ("bottom", "left"):
        axes.spines[side].set_visible(False)


def _row_labels(axes: Axes, labels: list[str]) -> None:
    axes.set_yticks(range(len(labels)), [textwrap.shorten(label, 40, placeholder=" ...") for label in labels])
    axes.tick_params(axis="y", length=0, labelcolor=style.INK)


def _draw_group(axes: Axes, comparison: ComparisonFindings, title: str, names: list[str]) -> None:
    """Draw a row for each outcome, with a mark for each what-if."""
    farthest = FARTHEST_PERCENT if title == PERCENT else math.inf
    labels: dict[str, str] = {}
    ends: list[float] = [0.0]
    count = len(comparison.what_ifs)
    for number, one in enumerate(comparison.what_ifs):
        for row, name in enumerate(names):
            effect = _named(one.effects, name)
            if effect is None or not _drawable(effect):
                continue
            labels[name] = effect.label
            place = row + 0.72 * ((number + 0.5) / count - 0.5)
            middle, low, high = _drawn(effect)
            look: dict[str, Any] = {"color": SERIES_COLOURS[number % len(SERIES_COLOURS)]}
            axes.plot(np.clip([low, high], -farthest, farthest), [place, place], lw=2.0, zorder=3, **look)
            if abs(middle) <= farthest:
                axes.plot([middle], [place], marker=MARKS[number % len(MARKS)], ms=5.5, mec=style.PAPER, mew=0.7,
                          zorder=4, **look)  # fmt: skip
            else:
                edge = math.copysign(farthest, middle)
                axes.annotate(f"{signed(middle)} % ", (edge, place), ha="right" if middle > 0 else "left", va="bottom",
                              size=7.5, color=look["color"], path_effects=HALO, annotation_clip=False)  # fmt: skip
                axes.plot([edge], [place], marker=">" if middle > 0 else "<", ms=6, clip_on=False, zorder=4, **look)
            ends += [max(low, -farthest), min(high, farthest)]
    reach = 1.06 * max(-min(ends), max(ends), 0.5)
    axes.set_xlim(max(-reach, 1.06 * min(*ends, -0.25 * reach)), min(reach, 1.06 * max(*ends, 0.25 * reach)))
    axes.set_ylim(len(names) - 0.4, -0.6)
    _row_labels(axes, [labels.get(name, name) for name in names])
    _zero_line(axes, title)
    for row in range(1, len(names), 2):
        axes.axhspan(row - 0.5, row + 0.5, color="#f5f3ee", lw=0, zorder=0)


def _zero_line(axes: Axes, title: str) -> None:
    axes.axvline(0.0, color=style.INK, lw=1.0, zorder=2)
    axes.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(lambda value, _: _tick(value))
    axes.grid(axis="x", color=style.RULE, lw=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(axis="x", length=3)
    axes.spines["left"].set_visible(False)
    axes.set_title(title, fontsize=10)


def _tick(value: float) -> str:
    return f"+{exact(value)}" if value > 0 else exact(value)


def _key_of_what_ifs(figure: Figure, comparison: ComparisonFindings, height_in: float) -> None:
    handles = [
        Line2D([], [], color=SERIES_COLOURS[number % len(SERIES_COLOURS)], marker=MARKS[number % len(MARKS)],
               ms=5.5, lw=2.0, label=textwrap.shorten(one.arm.title, 66, placeholder=" ..."))
        for number, one in enumerate(comparison.what_ifs)
    ]  # fmt: skip
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.12 / style.WIDTH_IN, 1 - 0.68 / height_in),
                  ncols=2 if len(handles) > 1 else 1, frameon=False, fontsize=8.5)  # fmt: skip


def draw_days(comparison: ComparisonFindings, what_if: ArmFindings) -> Figure:
    """Draw the difference of daily outcomes on each day, for a what-if: at most eight that differ at all."""
    calendar = Calendar(comparison.start, comparison.last_day)
    effects = [one for one in what_if.days if np.nanmax(np.abs(one.middle), initial=0.0) > 0.0]
    effects = effects[:MOST_DAY_PANELS]
    title = what_if.arm.title
    rows = math.ceil(max(len(effects), 1) / 2)
    height = 1.9 + 2.35 * rows
    sentence = "Difference from the baseline on each day. Above the line: more than in the baseline."
    figure = style.blank_sheet(textwrap.shorten(title, 80, placeholder=" ..."), sentence, _footnote(comparison), height)
    edges = style.margins(figure, left=0.85, right=0.3, top=1.42, bottom=0.95)
    grid = figure.add_gridspec(rows, 2, hspace=0.62, wspace=0.25, **edges)
    begins = what_if.first_differing_day
    for number, effect in enumerate(effects):
        axes = figure.add_subplot(grid[divmod(number, 2)])
        _draw_day_panel(axes, effect, calendar, comparison.pairs, begins, number == 0)
    if not effects:
        figure.text(0.5, 0.5, "No daily outcome differs in any run.", ha="center")
    _key_of_bands(figure, height)
    return figure


def _draw_day_panel(
    axes: Axes, effect: DailyEffect, calendar: Calendar, pairs: int, begins: int | None, named: bool
) -> None:
    scale = 100.0 if is_share(effect.quantity.unit) else 1.0
    x = np.arange(calendar.last + 1)
    where = 2 * effect.pairs >= pairs
    middle, half = scale * effect.middle, scale * effect.half
    date_axis(axes, calendar, most=5)
    axes.fill_between(
        x, scale * effect.tenth, scale * effect.ninetieth, where=where, color=PAIRS_BAND, lw=0, zorder=1.5
    )
    axes.fill_between(x, middle - half, middle + half, where=where, color=MEAN_BAND, lw=0, zorder=2)
    axes.plot(x, np.where(where, middle, np.nan), color=MEAN, lw=2.0, zorder=3)
    axes.axhline(0.0, color=style.INK, lw=1.0, zorder=2.5)
    if begins:
        axes.axvline(begins, color=style.INK, lw=0.8, ls=(0, (4, 2)), zorder=2.4)
        if named:
            axes.annotate("first difference", (begins, 1.0), xycoords=("data", "axes fraction"), xytext=(4, -3),
                          textcoords="offset points", va="top", size=8.5, path_effects=HALO)  # fmt: skip
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(lambda value, _: _tick(value))
    style.faint_lines(axes)
    axes.set_title(effect.quantity.label.removesuffix(" (mean)"), fontsize=10)
    axes.set_ylabel("percentage points" if scale == 100.0 else effect.quantity.unit)


def _key_of_bands(figure: Figure, height_in: float) -> None:
    handles = [
        Line2D([], [], color=MEAN, lw=2.0, label="mean of the pairs"),
        Patch(facecolor=MEAN_BAND, label="95 % interval of the mean"),
        Patch(facecolor=PAIRS_BAND, label="eight in ten pairs"),
    ]
    place = (0.12 / style.WIDTH_IN, 1 - 0.7 / height_in)
    figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=place, ncols=3, frameon=False, fontsize=8.5, handlelength=1.6
    )


COLUMNS = (
    "Civilians killed there\n(persons)",
    "Civilians who left from there\n(persons)",
    "When all of it was lost\n(days later)",
)


def draw_quarter_effects(comparison: ComparisonFindings, what_if: ArmFindings) -> Figure:
    """Draw the difference in each besieged quarter: civilians killed, people gone, day of capture."""
    effects = _in_order(what_if.quarters)[:MOST_QUARTERS]
    title = what_if.arm.title
    height = 2.35 + 0.2 * max(len(effects), 3)
    sentence = (
        "Mean difference from the baseline by quarter, with its 95 % confidence interval (filled: clear effect); "
        "quarters in the order in which the baseline lost them."
    )
    figure = style.blank_sheet(textwrap.shorten(title, 80, placeholder=" ..."), sentence, _footnote(comparison), height)
    edges = style.margins(figure, left=1.75, right=0.3, top=1.45, bottom=0.95)
    grid = figure.add_gridspec(1, len(COLUMNS), wspace=0.12, **edges)
    for column, heading in enumerate(COLUMNS):
        axes = figure.add_subplot(grid[column])
        for row, effect in enumerate(effects):
            _interval(axes, row, effect.differences[column])
            if row % 2:
                axes.axhspan(row - 0.5, row + 0.5, color="#f5f3ee", lw=0, zorder=0)
        axes.set_ylim(max(len(effects), 3) - 0.4, -0.6)
        _row_labels(axes, [effect.quarter for effect in effects] if column == 0 else [""] * len(effects))
        _zero_line(axes, heading)
        axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    return figure


def _in_order(effects: tuple[QuarterEffect, ...]) -> list[QuarterEffect]:
    def day(effect: QuarterEffect) -> float:
        before = effect.differences[-1].before
        return math.inf if before is None else before

    return sorted(effects, key=lambda effect: (day(effect), effect.quarter))


def _interval(axes: Axes, row: int, difference: Difference) -> None:
    if difference.middle is None or difference.low is None or difference.high is None:
        return
    ends, clear = [difference.low, difference.high], difference.clear
    colour, width, inside = (style.BLUE, 1.8, style.BLUE) if clear else (style.FAINT, 1.0, style.PAPER)
    axes.plot(ends, [row, row], color=colour, lw=width, zorder=3)
    axes.plot([difference.middle], [row], marker="o", ms=4.5, color=inside, mec=colour, zorder=4)


def _footnote(comparison: ComparisonFindings) -> str:
    title = style.short_title(comparison.baseline.title)
    return (
        f"Baseline: {title}; {comparison.seeds_text} for every scenario. The intervals include chance "
        "only, not uncertainty in the parameters. A model, not a record."
    )
