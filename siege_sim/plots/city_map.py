"""The city over time: who held what, what was lost, and where heavy strikes fell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import PathPatch

from siege_sim.plots import ground, map_texts, style
from siege_sim.results.calendar import Calendar
from siege_sim.results.numbers import percent
from siege_sim.schema.sides import BESIEGER, FIRST_THIRD_PARTY, GARRISON, NOBODY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from siege_sim.plots.ground import Mask, Numbers
    from siege_sim.plots.style import Look
    from siege_sim.results.run import RunResult
    from siege_sim.schema.sides import Sides

MOST_MAPS = 9
SIDE_IN = 2.33
"""Width of a small panel."""
LARGEST_DOT_PT = 9.0
"""Width of the dot for the most heavy strikes that fell on one cell between two panels."""

Spot = tuple[slice, slice]

LARGE: Spot = (slice(0, 2), slice(0, 2))


def _with_small(*places: tuple[int, int]) -> list[Spot]:
    return [LARGE, *((slice(row, row + 1), slice(column, column + 1)) for row, column in places)]


BESIDE, BELOW = ((0, 2), (0, 3), (1, 2), (1, 3)), ((2, 0), (2, 1), (2, 2), (2, 3))

SPOTS: dict[int, tuple[tuple[int, int], list[Spot]]] = {
    1: ((2, 2), [LARGE]),
    2: ((2, 4), [LARGE, (slice(0, 2), slice(2, 4))]),
    3: ((2, 3), _with_small((0, 2), (1, 2))),
    5: ((2, 4), _with_small(*BESIDE)),
    9: ((3, 4), _with_small(*BESIDE, *BELOW)),
}
"""For up to so many panels: the grid's shape, and where each panel stands in it, a large one first."""


def draw_map(result: RunResult) -> Figure:
    """Draw the ground on up to nine days, day 0 large and with the names of quarters."""
    shots, days = result.snapshots, Calendar.of(result)
    chosen = ground.telling(shots["day"], shots["holder"], MOST_MAPS)
    (rows, columns), spots = SPOTS[min(most for most in SPOTS if most >= len(chosen))]
    high, wide = shots["holder"].shape[1:]
    headings = len({upright.start for upright, _ in spots})
    panels_high = rows * SIDE_IN * min(max(high / wide, 0.4), 2.0) + headings * 0.27
    width_in = 0.5 + columns * SIDE_IN + 0.2
    kinds = [kind for kind in style.NOBODYS_LOOKS if any(kind in _nobodys(result, index) for index in chosen)]
    legend_in = 0.85 + 0.2 * bool(kinds)
    figure = style.sheet(result, "Who held what", sentence(result), 1.05 + legend_in + panels_high, width_in)
    edges = style.margins(figure, left=0.25, right=0.25, top=1.08, bottom=legend_in)
    grid = figure.add_gridspec(rows, columns, **edges, wspace=0.05, hspace=0.13)
    impacts = _between(shots["impacts_so_far"], chosen)
    largest = max([int(panel.max()) for panel in impacts] + [10])
    for number, index in enumerate(chosen):
        axes = figure.add_subplot(grid[spots[number]])
        before = shots["holder"][chosen[number - 1]] if number else shots["holder"][index]
        _panel(axes, result.sides, shots["holder"][index], before, shots["quarter"][index])
        for kind, mask in _nobodys(result, index).items():
            _fill(axes, mask, style.NOBODYS_LOOKS[kind][0])
        _strikes(axes, impacts[number], largest)
        map_texts.heading(axes, days, int(shots["day"][index]), _share(result, index), large=number == 0)
        map_texts.number_pockets(axes, shots["holder"][index] == GARRISON)
        if number == 0:
            furniture = map_texts.furnish(axes, float(result.manifest["city"]["cell_size_m"]))
            map_texts.name_quarters(axes, result, shots["quarter"][index], furniture)
    map_texts.legend(figure, result.sides, shots["holder"][chosen], kinds, largest, _dot_area(figure.axes[-1], largest))
    return figure


def sentence(result: RunResult) -> str:
    """Return in words what the map shows."""
    days = Calendar.of(result)
    share = float(result.series["garrison_area_share"].iloc[-1])
    held = "nothing" if share == 0 else "all" if share == 1 else percent(share)
    shots = result.snapshots
    shown = ground.telling(shots["day"], shots["holder"], MOST_MAPS)
    split = any(len(ground.pockets(shots["holder"][index] == GARRISON)) > 1 for index in shown)
    return (
        "Each panel is one day; marked in it is what was lost, and where heavy strikes fell, since the panel "
        f"before. {'Numbers are those of separate pockets. ' if split else ''}"
        f"On {days.full(days.last)} {result.sides.garrison.the} held {held} of the ground of day 0."
    )


def _share(result: RunResult, index: int) -> float:
    return float(result.series["garrison_area_share"].iloc[int(result.snapshots["day"][index])])


def _nobodys(result: RunResult, index: int) -> dict[str, Mask]:
    shots = result.snapshots
    return ground.nobodys(shots["holder"][index], shots["quarter"][index], result.manifest["city"].get("ground", ()))


def _between(so_far: Numbers, chosen: Sequence[int]) -> list[Numbers]:
    """Return the impacts since the panel before; the first panel has those until its own day."""
    kept = so_far[list(chosen)]
    return list(np.maximum(np.diff(kept, axis=0, prepend=np.zeros_like(kept[:1])), 0))


def _panel(axes: Axes, sides: Sides, holder: Numbers, before: Numbers, quarters: Numbers) -> None:
    rows, columns = holder.shape
    axes.set(xlim=(0, columns), ylim=(rows, 0), xticks=[], yticks=[], aspect="equal", anchor="N")
    axes.spines[:].set(visible=True, color=style.FAINT, linewidth=0.6)
    for code in (BESIEGER, *sides.third_party_codes.values(), GARRISON):
        _fill(axes, holder == code, style.look_of(sides, code))
    somebodys = (before != NOBODY) & (holder != NOBODY)
    _fill(axes, (before == GARRISON) & (holder != GARRISON) & somebodys, style.LOST)
    _fill(axes, (before != GARRISON) & (holder == GARRISON) & somebodys, style.REGAINED)
    axes.add_collection(LineCollection(ground.quarter_edges(quarters), colors="white", linewidths=0.5, alpha=0.75))
    front = ground.edges_between(holder == GARRISON, holder == BESIEGER)
    axes.add_collection(LineCollection(front, colors=style.INK, linewidths=1.5, capstyle="projecting"))
    with_others = ground.edges_between(holder == GARRISON, holder >= FIRST_THIRD_PARTY)
    axes.add_collection(LineCollection(with_others, colors=style.INK, linewidths=1.1, linestyles=(0, (2, 1.5))))


def _fill(axes: Axes, mask: Mask, look: Look) -> None:
    if mask.any():
        axes.add_artist(PathPatch(ground.squares(mask), **look.patch()))


def _strikes(axes: Axes, impacts: Numbers, largest: int) -> None:
    places = np.argwhere(impacts > 0)
    if len(places):
        sizes = np.maximum(_dot_area(axes, largest) * impacts[impacts > 0], 0.8)
        axes.scatter(
            places[:, 1] + 0.5,
            places[:, 0] + 0.5,
            s=sizes,
            color=style.BLACK,
            edgecolor="white",
            linewidth=0.4,
            zorder=3,
        )


def _dot_area(axes: Axes, largest: int) -> float:
    """Return a dot's area in square points for each strike; the largest dot is at most as wide as a cell."""
    cell = axes.get_window_extent().width * 72 / axes.figure.dpi / float(np.ptp(axes.get_xlim()))
    return float(min(cell, LARGEST_DOT_PT) ** 2 / largest)
