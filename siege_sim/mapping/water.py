"""Water from polygons, and the bridges over it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from siege_sim.errors import SiegeError
from siege_sim.mapping import cover
from siege_sim.mapping.geo_files import MOST_NAMED, read_layer
from siege_sim.results.numbers import number, percent

if TYPE_CHECKING:
    from siege_sim.mapping.boundaries import Boundaries
    from siege_sim.mapping.frame import GridFrame
    from siege_sim.mapping.sources import GeoSources

LARGEST_DRY_SHARE = 0.1
"""A quarter with people needs at least this share of its ground on land."""


def water_of(
    sources: GeoSources, quarters: Boundaries, frame: GridFrame, people: NDArray[np.float64] | None
) -> tuple[NDArray[np.bool_], str]:
    """Return which cells are water, and a sentence on them.

    Raises:
        SiegeError: the layer cannot be read, holds no areas, or covers a quarter with people.
    """
    import shapely

    given, least = str(sources.water), sources.water_share
    layer = read_layer(given, "--water", sources.crs)
    shapes = layer.geometry[~layer.geometry.isna()].to_crs(quarters.crs).to_numpy()
    wet = shapely.make_valid(shapely.union_all(shapely.make_valid(shapes)))
    if not shapely.area(wet) > 0.0:
        raise SiegeError(f"{given}: holds no polygons; --water needs areas (draw a buffer around lines)")
    if people is not None:
        _refuse_people_on_water(given, wet, people, quarters)
    cells = cover.water_cells(frame, np.array([wet], dtype=object), least)
    if not cells.any():
        return cells, f"no cell is water: {Path(given).name} covers {percent(least)} of none; lower --water-share"
    return cells, f"{cells.sum()} cells are water: at least {percent(least)} of each, and corners that closed the line"


def _refuse_people_on_water(given: str, wet: Any, people: NDArray[np.float64], quarters: Boundaries) -> None:
    import shapely

    share = shapely.area(shapely.intersection(quarters.shapes, wet)) / shapely.area(quarters.shapes)
    drowned = np.flatnonzero((share > 1.0 - LARGEST_DRY_SHARE) & (people >= 1.0))
    if drowned.size:
        listed = ", ".join(f"'{quarters.names[i]}' ({number(people[i])} people)" for i in drowned[:MOST_NAMED])
        raise SiegeError(
            f"{given}: covers quarters with people: {listed}; correct the water, or leave these quarters out"
        )


def bridge_cells(water: NDArray[np.bool_], cell: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the water cells of the shortest straight way over the water at a cell, along a row or a column.

    A cell on land next to water stands for the nearest water cell.
    """
    rows, columns = water.shape
    near = [(i, j) for i in range(cell[0] - 1, cell[0] + 2) for j in range(cell[1] - 1, cell[1] + 2)]
    wet = [(i, j) for i, j in near if 0 <= i < rows and 0 <= j < columns and water[i, j]]
    if not wet:
        return []
    row, column = min(wet, key=lambda one: (abs(one[0] - cell[0]) + abs(one[1] - cell[1]), one))
    across = [(row, j) for j in _run(water[row], column)]
    down = [(i, column) for i in _run(water[:, column], row)]
    ways = [way for way, length in ((across, columns), (down, rows)) if way and len(way) < length]
    return min(ways, key=len) if ways else []


def _run(line: NDArray[np.bool_], at: int) -> list[int]:
    """Return the places of a line that are water, without a break, around a place; none if it ends at the edge."""
    first = last = at
    while first > 0 and line[first - 1]:
        first -= 1
    while last < line.size - 1 and line[last + 1]:
        last += 1
    return list(range(first, last + 1)) if first > 0 and last < line.size - 1 else []
