"""A map file as a picture, to be looked at before anything is run on it."""

from __future__ import annotations

import io
import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import Patch, PathPatch

from siege_sim.plots import ground, map_texts, style
from siege_sim.plots.labels import HALO, clashes, extent
from siege_sim.schema.sides import BESIEGER, GARRISON, Side, Sides

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

    from siege_sim.mapping.town import DrawnTown
    from siege_sim.model.city.map import CityMap

LONG_SIDE_IN = 8.0
BRIDGE_LOOK = style.Look("#c9a26b", "||", "#6b4a1b")


def sides_of(city_map: CityMap, labels: dict[str, str] | None = None) -> Sides:
    """Return the sides of a map, called by their labels, or by the names that the map has for them."""
    labels = labels or {}
    known = dict.fromkeys(q.holder for q in city_map.quarters if q.holder not in (None, "garrison", "besieger"))
    third = {str(name): Side(label=labels.get(str(name), str(name).replace("_", " "))) for name in known}
    return Sides(
        garrison=Side(label=labels.get("garrison", "garrison")),
        besieger=Side(label=labels.get("besieger", "besieger")),
        third_parties=third,
    )


def map_picture(town: DrawnTown, footnote: str) -> bytes:
    """Return a picture of a map as a PNG file."""
    with style.settings():
        stream = io.BytesIO()
        draw_town(town, footnote).savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()


def draw_town(town: DrawnTown, footnote: str) -> Figure:
    """Draw who holds what on day 0, water and bridges, and the names of quarters where there is room."""
    city_map, sides = town.city_map, sides_of(town.city_map, town.labels)
    rows, columns = city_map.shape
    inch = LONG_SIDE_IN / max(rows, columns)
    wide, high = max(columns * inch, 4.5), rows * inch
    sentence = f"{rows} x {columns} cells of {city_map.cell_size_m:g} m: who holds what on day 0."
    figure = style.blank_sheet(city_map.name, sentence, footnote, high + 1.95, wide + 0.5)
    edges = style.margins(figure, left=0.25, right=0.25, top=0.85, bottom=1.1)
    axes = figure.add_subplot(figure.add_gridspec(1, 1, **edges)[0])
    axes.set(xlim=(0, columns), ylim=(rows, 0), xticks=[], yticks=[], aspect="equal", anchor="N")
    axes.spines[:].set(visible=True, color=style.FAINT, linewidth=0.6)
    handles = _fills(axes, city_map, sides)
    _lines(axes, city_map, sides)
    taken = map_texts.furnish(axes, city_map.cell_size_m)
    _names(axes, city_map, taken)
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.02, 0.42 / figure.get_size_inches()[1]), ncols=3,
        frameon=False, fontsize=8.5, handlelength=1.8, columnspacing=1.6,
    )  # fmt: skip
    return figure


def _fills(axes: Axes, city_map: CityMap, sides: Sides) -> list[Patch]:
    holder = city_map.holders(sides.codes).reshape(city_map.shape)
    kind = np.array([quarter.ground or "" for quarter in city_map.quarters])[city_map.quarter_index].reshape(
        holder.shape
    )
    looks = [
        (holder == code, style.look_of(sides, code), f"held by {sides.with_code(code).the}")
        for code in sides.codes.values()
    ]
    looks += [(kind == name, look, label) for name, (look, label) in style.NOBODYS_LOOKS.items() if name != "bridge"]
    looks.append((kind == "bridge", BRIDGE_LOOK, "bridge"))
    handles = []
    for mask, look, label in looks:
        if mask.any():
            axes.add_artist(PathPatch(ground.squares(mask), **look.patch()))
            handles.append(Patch(**look.patch(), label=label))
    return handles


def _lines(axes: Axes, city_map: CityMap, sides: Sides) -> None:
    quarters = city_map.quarter_index.reshape(city_map.shape)
    holder = city_map.holders(sides.codes).reshape(city_map.shape)
    axes.add_collection(LineCollection(ground.quarter_edges(quarters), colors="white", linewidths=0.6, alpha=0.8))
    front = ground.edges_between(holder == GARRISON, holder == BESIEGER)
    axes.add_collection(LineCollection(front, colors=style.INK, linewidths=1.5, capstyle="projecting"))


def _names(axes: Axes, city_map: CityMap, taken: list[Bbox]) -> None:
    """Write the names of quarters, the largest first, each where it meets no other name."""
    quarters = city_map.quarter_index.reshape(city_map.shape)
    sizes = np.bincount(quarters.ravel(), minlength=len(city_map.quarters))
    frame = axes.get_window_extent()
    for index in np.argsort(-sizes, kind="stable"):
        quarter = city_map.quarters[index]
        if quarter.is_nobodys:
            continue
        words = "\n".join(textwrap.wrap(quarter.name, 14))
        place = ground.heart(quarters == index)
        text = axes.text(*place, words, size=7, ha="center", va="center", path_effects=HALO, zorder=4, linespacing=0.95)
        box = extent(text)
        inside = box.x0 > frame.x0 and box.x1 < frame.x1 and box.y0 > frame.y0 and box.y1 < frame.y1
        if inside and not clashes(box, taken):
            taken.append(box)
        else:
            text.remove()
