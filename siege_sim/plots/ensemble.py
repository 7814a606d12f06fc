"""Figures of many runs of one scenario: fans of outcomes, and the share of the runs in which each cell is lost."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch, PathPatch

from siege_sim.plots import ground, map_texts, style
from siege_sim.plots.fan import draw_fan
from siege_sim.plots.picture import Sketch
from siege_sim.results.numbers import percent
from siege_sim.schema.sides import BESIEGER, GARRISON
from siege_sim.validation.fan import Fan, Panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from siege_sim.analysis.ensemble import DayCurves, EnsembleFindings, LostByDay

FANNED = ("garrison_area_share", "civilians_in_pocket", "civilians_killed", "food_days_left", "kcal_eaten_per_person")
"""Outcomes that a fan is drawn of, besides every other cause of death and every way to leave; the first one is wide."""

MOST_FANS = 9

FAN_TITLE = "The runs by day"
FAN_CAPTION = (
    "Each thin line is one run. A siege that has ended keeps its last numbers. The band is computed day by day; its "
    "edge is not one run."
)

SHARE_COLOURS = (
    "#fdf6d8",
    "#fbe3a1",
    "#f9c868",
    "#f2a33f",
    "#e07b2a",
    "#c2561c",
    "#973a14",
    "#69250d",
    "#42160a",
    "#250b05",
)
"""Colours of shares of runs, a tenth each, from never to always."""

OTHER_GROUND = style.Look("#dfe3e6")

LOST_TITLE = "How often each place is lost"
LOST_CAPTION = (
    "The share of the runs in which a cell that was held on day 0 is lost by the end of a day, by fighting or by "
    "agreement. Cells that were retaken for good count as held. Runs that ended before keep their last ground."
)


def ensemble_sketches(findings: EnsembleFindings) -> list[Sketch]:
    """Return the figures of many runs."""
    title = findings.runs.title
    fan = fan_of_runs(findings)
    return [
        Sketch("fan", FAN_TITLE, FAN_CAPTION, fan.sentence, partial(draw_fan, fan, title, FAN_TITLE), title),
        Sketch("lost", LOST_TITLE, LOST_CAPTION, lost_sentence(findings), partial(draw_lost, findings), title),
    ]


def fan_of_runs(findings: EnsembleFindings) -> Fan:
    """Return the fan of many runs; of outcomes that stay at 0 in every run none is drawn."""
    outcomes = findings.runs.outcomes
    further = [name for name, about in outcomes.items() if about.get("death") == "other" or about.get("departure")]
    by_name = {one.name: one for one in findings.curves}
    wanted = [by_name[name] for name in (*FANNED, *further) if name in by_name and _moves(by_name[name])]
    panels = tuple(_panel_of(one) for one in wanted[:MOST_FANS])
    return Fan(findings.days, findings.days.last, findings.runs.seeds, panels)


def _moves(one: DayCurves) -> bool:
    return one.name == FANNED[0] or bool(np.nan_to_num(one.curves).any())


def _panel_of(one: DayCurves) -> Panel:
    if one.unit.startswith("share"):
        unit = f"%{one.unit.removeprefix('share')}"
        return Panel(one.label, unit, (), 100.0 * one.curves, 100.0 * one.bands)
    return Panel(one.label, one.unit, (), one.curves, one.bands)


def lost_sentence(findings: EnsembleFindings) -> str:
    """Return in words what the map of lost ground shows."""
    texts = []
    for one in findings.lost:
        cells = one.share[np.isfinite(one.share)]
        half = float((cells >= 0.5).mean()) if cells.size else 0.0
        texts.append(f"{percent(half)} of the cells by {findings.days.short(one.day)}")
    return f"Lost in half of the runs or more: {', '.join(texts)}."


def draw_lost(findings: EnsembleFindings) -> Figure:
    """Draw a map for each day: how often each cell of the garrison's ground is lost by then."""
    rows, columns = findings.runs.town.holder.shape
    across = min(len(findings.lost), 2 if len(findings.lost) <= 4 else 3)
    down = -(-len(findings.lost) // across)
    side = (style.WIDTH_IN - 0.6) / across
    height = 2.1 + down * (side * min(max(rows / columns, 0.4), 1.6) + 0.3)
    figure = style.blank_sheet(LOST_TITLE, lost_sentence(findings), _below(findings), height)
    edges = style.margins(figure, left=0.25, right=0.25, top=1.08, bottom=1.05)
    grid = figure.add_gridspec(down, across, **edges, wspace=0.06, hspace=0.14)
    for number, one in enumerate(findings.lost):
        axes = figure.add_subplot(grid[divmod(number, across)])
        _map(axes, findings, one)
        axes.set_title(f"by {findings.days.full(one.day)}", loc="left", size=10, pad=3)
        axes.set_title(f"day {one.day}, {percent(one.held.median)} held (median)", loc="right", size=9, pad=3,
                       weight="normal")  # fmt: skip
        if number == 0:
            _names(axes, findings)
    _key(figure, findings, height)
    return figure


def _map(axes: Axes, findings: EnsembleFindings, one: LostByDay) -> None:
    town, sides = findings.runs.town, findings.runs.sides
    rows, columns = town.holder.shape
    axes.set(xlim=(0, columns), ylim=(rows, 0), xticks=[], yticks=[], aspect="equal", anchor="N")
    axes.spines[:].set(visible=True, color=style.FAINT, linewidth=0.6)
    for code in (BESIEGER, *sides.third_party_codes.values()):
        mask = town.holder == code
        if mask.any():
            look = OTHER_GROUND if code == BESIEGER else style.look_of(sides, code)
            axes.add_artist(PathPatch(ground.squares(mask), **look.patch()))
    for kind, mask in ground.nobodys(town.holder, town.quarter, town.ground).items():
        axes.add_artist(PathPatch(ground.squares(mask), **style.NOBODYS_LOOKS[kind][0].patch()))
    share = np.ma.masked_invalid(one.share)
    axes.pcolormesh(share, cmap=ListedColormap(SHARE_COLOURS), vmin=0.0, vmax=1.0, zorder=1.5)
    axes.add_collection(LineCollection(ground.quarter_edges(town.quarter), colors="white", linewidths=0.5, zorder=2))
    edge = ground.edges_between(town.holder == GARRISON, town.holder != GARRISON)
    axes.add_collection(LineCollection(edge, colors=style.INK, linewidths=1.1, zorder=2.5))


def _names(axes: Axes, findings: EnsembleFindings) -> None:
    town = findings.runs.town
    furniture = map_texts.furnish(axes, town.cell_size_m)
    numbers = {name: number for number, name in enumerate(town.quarters)}
    besieged = [one.name for one in sorted(findings.quarters, key=lambda one: -one.people)]
    map_texts.write_names(axes, besieged, [], numbers, town.quarter, furniture)


def _key(figure: Figure, findings: EnsembleFindings, height_in: float) -> None:
    """Explain the colours in two strips below the maps."""
    shades = [Patch(facecolor=colour, edgecolor=style.FAINT, lw=0.4) for colour in SHARE_COLOURS]
    labels = [f"{10 * number} to {10 * number + 10} %" for number in range(len(SHARE_COLOURS))]
    figure.legend(
        shades, labels, loc="lower left", bbox_to_anchor=(0.02, 0.6 / height_in), ncols=10, frameon=False,
        fontsize=7.5, handlelength=1.4, columnspacing=0.9, handletextpad=0.4, borderpad=0,
    )  # fmt: skip
    sides, town = findings.runs.sides, findings.runs.town
    others = [Patch(**OTHER_GROUND.patch(), label=f"held by {sides.besieger.the} on day 0")]
    others += [
        Patch(**style.look_of(sides, code).patch(), label=f"held by {sides.with_code(code).the} on day 0")
        for code in sides.third_party_codes.values()
        if (town.holder == code).any()
    ]
    for kind in ground.nobodys(town.holder, town.quarter, town.ground):
        look, label = style.NOBODYS_LOOKS[kind]
        others.append(Patch(**look.patch(), label=label))
    figure.legend(
        handles=others, loc="lower left", bbox_to_anchor=(0.02, 0.36 / height_in), ncols=4, frameon=False, fontsize=8,
        handlelength=1.6, columnspacing=1.4, borderpad=0,
    )  # fmt: skip


def _below(findings: EnsembleFindings) -> str:
    return (
        f"{style.short_title(findings.runs.title)}; {findings.runs.seeds_text}. Colours: share of the runs in which "
        "the cell is lost by the day. A model, not a record."
    )
