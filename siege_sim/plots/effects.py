"""What a what-if changes: how sieges ended, the effect on each outcome, on each day and in each quarter."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from siege_sim.analysis.comparison.wording import seeds_of
from siege_sim.plots import style
from siege_sim.plots.days import Calendar, date_axis
from siege_sim.plots.labels import HALO
from siege_sim.results.endings import ENDING, ending_texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from siege_sim.analysis.comparison.comparison import Comparison, DailyEffect, Effect, QuarterEffect
    from siege_sim.analysis.comparison.paired import Difference

SERIES_COLOURS = (style.BLUE, style.VERMILION, style.GREEN, "#8a4fa3", style.ORANGE, style.BLACK)
MARKS = ("o", "s", "^", "D", "v", "P")
ENDING_LOOKS = {
    "holding": style.GARRISON_LOOK.patch(),
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


@dataclass(frozen=True)
class EffectFigure:
    """A figure of a comparison: file name, the what-if it is about (``None``: all), words, and how it is drawn."""

    name: str
    what_if: str | None
    title: str
    caption: str
    draw: Callable[[], Figure]


def drawings_of(comparison: Comparison) -> list[EffectFigure]:
    """Return every figure of a comparison: one of all what-ifs, then two of each."""
    pictures = [
        EffectFigure(
            "effects", None, "The effects side by side",
            "Mean difference to the baseline over all pairs, with its 95 % interval. An interval that touches the line "
            "at 0 does not tell a change from none.",
            partial(draw_effects, comparison),
        )
    ]  # fmt: skip
    for arm in comparison.what_ifs:
        if comparison.pairs > 1 and any(quantity.daily for quantity in comparison.quantities):
            pictures.append(
                EffectFigure(
                    f"days-{arm.name}", arm.name, "The effect day by day",
                    "Difference to the baseline on each day: the mean of the pairs, the 95 % interval of that mean for "
                    "each day by itself (dark), and the band that holds eight in ten pairs (light). Drawn while at "
                    "least half of the pairs have the number.",
                    partial(draw_days, comparison, arm.name),
                )
            )  # fmt: skip
        pictures.append(
            EffectFigure(
                f"quarters-{arm.name}", arm.name, "The effect by quarter",
                "Mean difference to the baseline in each besieged quarter, with its 95 % interval; quarters in the "
                "order in which the baseline lost them. Killed and gone are counted where it happened. The day of "
                "capture is compared over pairs in which both runs lost the quarter, by force or by agreement.",
                partial(draw_quarter_effects, comparison, arm.name),
            )
        )  # fmt: skip
    return pictures


def draw_effects(comparison: Comparison) -> Figure:
    """Draw how sieges ended, then mean differences with intervals in per cent, in days and in percentage points."""
    groups = _groups(comparison)
    arms = len(comparison.arms)
    rows = [0.9 * arms, *(len(names) for names in groups.values())]
    step = EFFECT_ROW_IN * max(1.0, 0.45 + 0.4 * len(comparison.what_ifs))
    heights = [max(0.3 * arms, 0.5), *(step * count + 0.15 for count in rows[1:])]
    legend_in = 0.24 * math.ceil(len(comparison.what_ifs) / 2)
    height = 1.75 + legend_in + sum(heights) + 0.62 * len(heights)
    finding = "Mean differences to the baseline, with 95 % intervals, over pairs of runs with the same luck."
    figure = style.blank_sheet("What would have changed, in this model", finding, _footnote(comparison), height)
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


def _groups(comparison: Comparison) -> dict[str, list[str]]:
    """Return the names of the effects that are drawn, by the scale on which they are drawn."""
    groups: dict[str, list[str]] = {PERCENT: [], DAYS: [], POINTS: []}
    effects = list(comparison.effects.values())
    for effect in effects[0]:
        same = [_named(one, effect.name) for one in effects]
        if effect.name.startswith(f"{ENDING}:") or not any(_drawable(one) for one in same if one):
            continue
        title = DAYS if effect.unit == "days" else POINTS if effect.unit.startswith("share") else PERCENT
        groups[title].append(effect.name)
    return {title: names for title, names in groups.items() if names}


def _named(effects: tuple[Effect, ...], name: str) -> Effect | None:
    return next((effect for effect in effects if effect.name == name), None)


def _drawable(effect: Effect) -> bool:
    """Return whether an effect has an interval, and, if it is drawn in per cent, something to be a share of."""
    difference = effect.difference
    if difference.low is None or difference.before == difference.after == 0.0:
        return False
    return effect.unit == "days" or effect.unit.startswith("share") or bool(difference.before)


def _drawn(effect: Effect) -> tuple[float, float, float]:
    """Return middle and ends of an interval on the scale of its panel."""
    difference = effect.difference
    assert difference.middle is not None
    assert difference.low is not None
    assert difference.high is not None
    factor = 100.0
    if effect.unit == "days":
        factor = 1.0
    elif not effect.unit.startswith("share"):
        factor = 100.0 / abs(difference.before or 1.0)
    return factor * difference.middle, factor * difference.low, factor * difference.high


def _draw_endings(axes: Axes, comparison: Comparison) -> None:
    """Draw a bar for each scenario: the shares of runs that ended in each way."""
    endings = comparison.endings()
    seen = list(next(iter(endings.values())))
    left = np.zeros(len(endings))
    for number, ending in enumerate(seen):
        shares = np.array([100.0 * shares[ending] for shares in endings.values()])
        looks = ENDING_LOOKS.get(ending) or style.Look(SERIES_COLOURS[number % len(SERIES_COLOURS)]).patch()
        axes.barh(range(len(endings)), shares, left=left, height=0.68, **looks)
        for row, share in enumerate(shares):
            if share >= 8.0:
                axes.text(left[row] + share / 2, row, f"{share:.0f} %", ha="center", va="center_baseline", size=8.5,
                          path_effects=HALO)  # fmt: skip
        left += shares
    axes.set_xlim(0.0, 100.0)
    axes.set_ylim(len(endings) - 0.45, -0.55)
    _row_labels(axes, ["baseline", *(arm.name for arm in comparison.what_ifs)])
    axes.set_title("How the siege ended, share of runs", fontsize=10)
    handles = [
        Patch(**(ENDING_LOOKS.get(one) or style.Look(SERIES_COLOURS[n % len(SERIES_COLOURS)]).patch()),
              label=ending_texts(one).label.removeprefix("Ended: "))
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


def _draw_group(axes: Axes, comparison: Comparison, title: str, names: list[str]) -> None:
    """Draw a row for each outcome, with a mark for each what-if."""
    farthest = FARTHEST_PERCENT if title == PERCENT else math.inf
    labels: dict[str, str] = {}
    ends: list[float] = [0.0]
    count = len(comparison.what_ifs)
    for number, effects in enumerate(comparison.effects.values()):
        for row, name in enumerate(names):
            effect = _named(effects, name)
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
                axes.annotate(f"{middle:+.0f} % ", (edge, place), ha="right" if middle > 0 else "left", va="bottom",
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
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+,g}" if value else "0")
    axes.grid(axis="x", color=style.RULE, lw=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(axis="x", length=3)
    axes.spines["left"].set_visible(False)
    axes.set_title(title, fontsize=10)


def _key_of_what_ifs(figure: Figure, comparison: Comparison, height_in: float) -> None:
    handles = [
        Line2D([], [], color=SERIES_COLOURS[number % len(SERIES_COLOURS)], marker=MARKS[number % len(MARKS)],
               ms=5.5, lw=2.0, label=textwrap.shorten(f"{arm.title}", 66, placeholder=" ..."))
        for number, arm in enumerate(comparison.what_ifs)
    ]  # fmt: skip
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.12 / style.WIDTH_IN, 1 - 0.68 / height_in),
                  ncols=2 if len(handles) > 1 else 1, frameon=False, fontsize=8.5)  # fmt: skip


def draw_days(comparison: Comparison, what_if: str) -> Figure:
    """Draw the difference of daily outcomes on each day, for a what-if: at most eight that differ at all."""
    calendar = Calendar(comparison.start, comparison.last_day)
    effects = [one for one in comparison.days_of(what_if) if np.nanmax(np.abs(one.middle), initial=0.0) > 0.0]
    effects = effects[:MOST_DAY_PANELS]
    title = next(arm.title for arm in comparison.what_ifs if arm.name == what_if)
    rows = math.ceil(max(len(effects), 1) / 2)
    height = 1.9 + 2.35 * rows
    finding = "Difference to the baseline on each day. Above the line: more than in the baseline."
    figure = style.blank_sheet(textwrap.shorten(title, 80, placeholder=" ..."), finding, _footnote(comparison), height)
    edges = style.margins(figure, left=0.85, right=0.3, top=1.42, bottom=0.95)
    grid = figure.add_gridspec(rows, 2, hspace=0.62, wspace=0.25, **edges)
    begins = comparison.first_differing_day[what_if]
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
    scale = 100.0 if effect.quantity.unit.startswith("share") else 1.0
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
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:+,g}" if value else "0")
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


QUARTER_HEADINGS = (
    "Civilians killed there\n(persons)",
    "Civilians who left from there\n(persons)",
    "When all of it was lost\n(days later)",
)


def draw_quarter_effects(comparison: Comparison, what_if: str) -> Figure:
    """Draw the difference in each besieged quarter: civilians killed, people gone, day of capture."""
    effects = _in_order(comparison.quarters_of(what_if))[:MOST_QUARTERS]
    title = next(arm.title for arm in comparison.what_ifs if arm.name == what_if)
    height = 2.35 + 0.2 * max(len(effects), 3)
    finding = (
        "Mean difference to the baseline by quarter, with its 95 % interval (blue and full where it leaves out 0); "
        "quarters in the order in which the baseline lost them."
    )
    figure = style.blank_sheet(textwrap.shorten(title, 80, placeholder=" ..."), finding, _footnote(comparison), height)
    edges = style.margins(figure, left=1.75, right=0.3, top=1.45, bottom=0.95)
    grid = figure.add_gridspec(1, len(QUARTER_HEADINGS), wspace=0.12, **edges)
    for column, heading in enumerate(QUARTER_HEADINGS):
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


def _footnote(comparison: Comparison) -> str:
    title = textwrap.shorten(comparison.baseline.title, 60, placeholder=" ...")
    return (
        f"Baseline: {title}; {seeds_of(comparison)} for every scenario. Runs differ by chance alone: what uncertain "
        "parameters would add is not in the intervals. A model, not a record."
    )
