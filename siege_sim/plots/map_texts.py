"""What is written on the map: headings, names of quarters, numbers of pockets, scale, north and legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from siege_sim.plots import ground, style
from siege_sim.plots.labels import HALO, clashes, extent
from siege_sim.results.numbers import percent
from siege_sim.schema.sides import BESIEGER, GARRISON, NOBODY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

    from siege_sim.plots.ground import Mask, Numbers
    from siege_sim.plots.style import Look
    from siege_sim.results.calendar import Calendar
    from siege_sim.results.run import RunResult
    from siege_sim.schema.sides import Sides

SCALES_M = (50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000)
NUDGES = (
    (0.0, 0.0),
    (0.0, 0.9),
    (0.0, -0.9),
    (0.9, 0.0),
    (-0.9, 0.0),
    (0.9, 0.9),
    (-0.9, -0.9),
    (0.0, 1.6),
    (0.0, -1.6),
)
"""Where else than on its quarter's heart a name may stand, in cells."""


def heading(axes: Axes, days: Calendar, day: int, share: float, large: bool) -> None:
    """Write the date, the day and the share held above a panel."""
    size = 10.0 if large else 9.0
    axes.set_title(days.short(day), loc="left", size=size, pad=3)
    axes.set_title(f"day {day}, {percent(share)} held", loc="right", size=size - 0.5, pad=3, weight="normal")


def number_pockets(axes: Axes, held: Mask) -> None:
    """Write 1, 2, ... into the pockets, the largest first, when there is more than one."""
    pieces = ground.pockets(held)
    if len(pieces) < 2:
        return
    for number, piece in enumerate(pieces, start=1):
        x, y = ground.heart(piece)
        circle = {
            "boxstyle": "circle,pad=0.22",
            "facecolor": "white",
            "edgecolor": style.INK,
            "linewidth": 1.0,
        }
        axes.text(x, y, str(number), size=8, weight="bold", ha="center", va="center", bbox=circle, zorder=5)


def furnish(axes: Axes, cell_size_m: float) -> list[Bbox]:
    """Draw a scale bar and a north arrow into the lower right corner; return what they take."""
    columns, rows = float(np.ptp(axes.get_xlim())), float(np.ptp(axes.get_ylim()))
    metres = max([m for m in SCALES_M if m <= 0.22 * columns * cell_size_m] or [SCALES_M[0]])
    length = metres / cell_size_m
    right, base = columns * 0.965, rows * 0.965
    axes.plot([right - length, right], [base, base], color=style.INK, lw=2.5, zorder=5)
    words = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres} m"
    texts = [
        axes.text(
            right - length / 2,
            base - rows * 0.012,
            words,
            size=8.5,
            ha="center",
            va="bottom",
            path_effects=HALO,
        )
    ]
    arrow = {"arrowstyle": "-|>", "facecolor": style.INK, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (right, rows * 0.82), (right, rows * 0.91), arrowprops=arrow, zorder=5)
    texts.append(
        axes.text(right, rows * 0.815, "N", size=9, weight="bold", ha="center", va="bottom", path_effects=HALO)
    )
    return [extent(text).padded(6) for text in texts]


def name_quarters(axes: Axes, result: RunResult, quarters: Numbers, taken: list[Bbox]) -> None:
    """Write the names of quarters, those with most people first, wherever there is room."""
    table = result.quarters
    numbers = {name: number for number, name in enumerate(result.manifest["city"]["quarters"])}
    besieged = table[table["holder_on_day_0"] == "garrison"].sort_values("civilians_on_day_0", ascending=False)
    others = table[(table["holder_on_day_0"] != "garrison") & (table["cells"] >= 7)].sort_values(
        "cells", ascending=False
    )
    write_names(axes, list(besieged["quarter"]), list(others["quarter"]), numbers, quarters, taken)


def write_names(
    axes: Axes,
    besieged: Sequence[str],
    others: Sequence[str],
    numbers: Mapping[str, int],
    quarters: Numbers,
    taken: list[Bbox],
) -> None:
    """Write names of quarters in a given order wherever there is room.

    Args:
        axes: the map.
        besieged: quarters of the garrison's ground.
        others: further quarters.
        numbers: the number of each quarter by name.
        quarters: the quarter of each cell, shape ``(rows, columns)``.
        taken: what is taken already; what is written is added.
    """
    frame = axes.get_window_extent()
    for name in (*besieged, *others):
        cells = quarters == numbers[name]
        if cells.any():
            _place(axes, name, ground.heart(cells), name in set(besieged), frame, taken)


def _place(axes: Axes, name: str, at: tuple[float, float], inside: bool, frame: Bbox, taken: list[Bbox]) -> None:
    """Write a name at its place or a little beside it, if it meets no other name there; else leave it out."""
    looks = {"size": 7.5} if inside else {"size": 7, "style": "italic", "color": style.FAINT}
    lines = name.replace(" and ", " and\n").replace("-eastern ", "-eastern\n")
    text = axes.text(*at, lines, ha="center", va="center", path_effects=HALO, zorder=4, linespacing=0.95, **looks)
    here = extent(text)
    cell_px = frame.width / float(np.ptp(axes.get_xlim()))
    for right, down in NUDGES:
        box = here.translated(right * cell_px, -down * cell_px)
        within = box.x0 > frame.x0 + 3 and box.x1 < frame.x1 - 3 and box.y0 > frame.y0 + 3 and box.y1 < frame.y1 - 3
        if within and not clashes(box, taken):
            text.set_position((at[0] + right, at[1] + down))
            taken.append(box)
            return
    text.remove()


def legend(
    figure: Figure, sides: Sides, holders: Numbers, nobodys: Sequence[str], largest: int, smallest_dot: float
) -> None:
    """Explain fills, lines and dots in a strip below the panels; ``nobodys`` are the kinds of ground nobody holds."""
    somebodys = (holders[:-1] != NOBODY) & (holders[1:] != NOBODY)
    lost = ((holders[:-1] == GARRISON) & (holders[1:] != GARRISON) & somebodys).any()
    regained = ((holders[:-1] != GARRISON) & (holders[1:] == GARRISON) & somebodys).any()
    entries: list[Patch | Line2D] = [_held_by(sides, GARRISON)]
    if lost:
        entries.append(Patch(**style.LOST.patch(), label="lost since the panel before"))
    if regained:
        entries.append(Patch(**style.REGAINED.patch(), label="retaken since the panel before"))
    entries.append(_held_by(sides, BESIEGER))
    entries += [_held_by(sides, code) for code in sides.third_party_codes.values() if (holders == code).any()]
    for look, label in (style.NOBODYS_LOOKS[kind] for kind in nobodys):
        entries.append(Patch(**_framed(look), label=label))
    entries.append(Line2D([], [], color=style.INK, lw=1.5, label="front line"))
    if len(holders) > 1:
        entries += [_dot(count, smallest_dot, largest) for count in _dot_counts(largest)]
    figure.legend(
        handles=entries, loc="lower left", bbox_to_anchor=(0.02, 0.42 / figure.get_size_inches()[1]), ncols=4,
        frameon=False, fontsize=8.5, handlelength=1.8, columnspacing=1.6, labelspacing=0.5, borderpad=0,
    )  # fmt: skip


def _held_by(sides: Sides, code: int) -> Patch:
    return Patch(**style.look_of(sides, code).patch(), label=f"held by {sides.with_code(code).the}")


def _framed(look: Look) -> dict[str, Any]:
    """Return a patch of the legend with a thin frame, without which blank ground would not be seen."""
    return look.patch() | {"linewidth": 0.6, "edgecolor": look.hatch_colour if look.hatch else style.RULE}


def _dot_counts(largest: int) -> list[int]:
    nice = [n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if n <= largest]
    return sorted({nice[-1], nice[max(len(nice) - 3, 0)]})


def _dot(count: int, one: float, largest: int) -> Line2D:
    across = float(np.sqrt(one * count)) if largest else 1.0
    words = f"{count} heavy strike{'s' * (count > 1)} on a cell"
    return Line2D(
        [],
        [],
        color=style.BLACK,
        marker="o",
        markersize=across,
        markeredgecolor="white",
        markeredgewidth=0.4,
        lw=0,
        label=words,
    )
