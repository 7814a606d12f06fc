"""Which quarter a cell belongs to: exact areas of overlap, and stated rules for gaps, slivers and water."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siege_sim.kernels.ground import Shape, corner_leaks, corners_filled
from siege_sim.mapping.frame import GridFrame

LEAST_COVER = 0.5
"""A cell is in the city when quarters cover at least this share of it."""

LARGEST_GAP_CELLS = 4
"""A blank inside the city of at most so many cells goes to the quarters around it; a larger one stays outside."""

NO_QUARTER = -1

CellValues = NDArray[np.float64]


@dataclass(frozen=True)
class Overlaps:
    """The area that shapes have in cells, in square metres: three arrays of the same length."""

    cell: NDArray[np.int64]
    shape: NDArray[np.int64]
    area: NDArray[np.float64]


def overlaps(frame: GridFrame, shapes: NDArray[np.object_]) -> Overlaps:
    """Return the exact areas of all overlaps of cells and shapes."""
    import shapely

    boxes = frame.boxes()
    cell, shape = shapely.STRtree(boxes).query(shapes, predicate="intersects")[::-1]
    shapely.prepare(shapes)
    inside = shapely.contains_properly(shapes[shape], boxes[cell])
    area = np.full(cell.size, frame.cell_m**2)
    rest = np.flatnonzero(~inside)
    area[rest] = shapely.area(shapely.intersection(shapes[shape[rest]], boxes[cell[rest]]))
    some = area > 0.0
    return Overlaps(cell[some], shape[some], area[some])


def largest(found: Overlaps, cells: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return, for each cell, the shape that covers most of it (-1 for none) and the area of all shapes in it.

    Of shapes that cover a cell equally the first one counts.
    """
    order = np.lexsort((found.shape, -found.area, found.cell))
    cell, first = np.unique(found.cell[order], return_index=True)
    best: NDArray[np.int64] = np.full(cells, NO_QUARTER, dtype=np.int64)
    best[cell] = found.shape[order][first]
    return best, np.bincount(found.cell, found.area, minlength=cells).astype(np.float64)


def cells_by_overlap(frame: GridFrame, shapes: NDArray[np.object_], found: Overlaps) -> tuple[NDArray[np.int64], int]:
    """Return the quarter of each cell (-1 outside the city), and how many cells were filled as gaps.

    A cell goes to the quarter that covers most of it, where quarters together cover at least half of it. What is less
    covered lies outside, unless it is a blank inside the city of at most four cells: those go to the nearest quarter.
    """
    best, covered = largest(found, frame.shape[0] * frame.shape[1])
    best[covered < LEAST_COVER * frame.cell_m**2] = NO_QUARTER
    gaps = small_gaps(best >= 0, frame.shape)
    if gaps.size:
        best[gaps] = _nearest_shape(frame, shapes, gaps)
    return best, int(gaps.size)


def small_gaps(mask: NDArray[np.bool_], shape: Shape) -> NDArray[np.int64]:
    """Return the cells of blanks that a mask encloses (steps over edges) and that are small."""
    from scipy.ndimage import label

    blank, count = label(~mask.reshape(shape))
    sizes = np.bincount(blank.ravel(), minlength=count + 1)
    rim = np.unique(np.concatenate([blank[0], blank[-1], blank[:, 0], blank[:, -1]]))
    small = np.setdiff1d(np.flatnonzero(sizes <= LARGEST_GAP_CELLS), np.append(rim, 0))
    return np.flatnonzero(np.isin(blank.ravel(), small))


def _nearest_shape(frame: GridFrame, shapes: NDArray[np.object_], cells: NDArray[np.int64]) -> NDArray[np.int64]:
    import shapely

    middles = shapely.centroid(frame.boxes()[cells])
    nearest: NDArray[np.int64] = shapely.STRtree(shapes).nearest(middles)
    return nearest


def hosts(quarter_of_cell: NDArray[np.int64], found: Overlaps, shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return, for each shape, itself when it has cells; otherwise the one that holds most of its ground.

    A shape that touches no quarter's cell goes to the nearest one that has cells.
    """
    import shapely

    count = len(shapes)
    present = np.unique(quarter_of_cell[quarter_of_cell >= 0])
    host = np.where(np.isin(np.arange(count), present), np.arange(count), NO_QUARTER)
    for shape in np.flatnonzero(host < 0):
        mine = found.shape == shape
        owners = quarter_of_cell[found.cell[mine]]
        area = np.bincount(owners[owners >= 0], found.area[mine][owners >= 0], minlength=count)
        if area.any():
            host[shape] = int(np.argmax(area))
        elif present.size:
            host[shape] = int(present[np.argmin(shapely.distance(shapes[present], shapes[shape]))])
    return host


def water_cells(frame: GridFrame, shapes: NDArray[np.object_], least: float) -> NDArray[np.bool_]:
    """Return the cells of which water covers at least a share, with the corners of rivers closed."""
    _, covered = largest(overlaps(frame, shapes), frame.shape[0] * frame.shape[1])
    share = covered / frame.cell_m**2
    return close_corners(share >= least, share, frame.shape)


def close_corners(mask: NDArray[np.bool_], cover: CellValues, shape: Shape) -> NDArray[np.bool_]:
    """Return a mask with further cells, so that nobody steps through it from corner to corner.

    Where two cells of the mask touch at a corner only, of the two cells beside that corner the one with more cover
    joins them.

    Args:
        mask: a value a cell (flat).
        cover: how much of each cell is covered, likewise.
        shape: rows and columns.
    """
    closed = mask.copy()
    while (leaks := corner_leaks(closed, shape)).size:
        one, other = leaks[0]
        closed[one if cover[one] >= cover[other] else other] = True
    return closed


def rows_without_leaks(
    rows: Sequence[str], entries: Mapping[str, Mapping[str, Any]]
) -> tuple[list[str], list[tuple[int, int]]]:
    """Return a drawing in which nobody steps through a barrier from corner to corner, and the cells that were changed.

    Args:
        rows: the drawing, a sign a cell.
        entries: what the signs mean; water, impassable ground and bridges are the barrier.

    Returns:
        The rows, and row and column of each cell that took the sign of the barrier beside it.
    """
    grid = np.array([list(row) for row in rows])
    kinds = ("water", "impassable", "bridge")
    barrier = [sign for kind in kinds for sign, entry in entries.items() if entry.get("ground") == kind]
    closed = np.isin(grid, barrier).ravel()
    filled = corners_filled(closed, grid.shape) & ~closed
    changed = [(int(row), int(column)) for row, column in np.argwhere(filled.reshape(grid.shape))]
    for row, column in changed:
        near = [grid[i, j] for i, j in _beside(row, column, grid.shape) if closed[i * grid.shape[1] + j]]
        grid[row, column] = min(near, key=barrier.index)
    return ["".join(row) for row in grid], changed


def _beside(row: int, column: int, shape: Shape) -> Iterator[tuple[int, int]]:
    """Yield the cells at the four sides of a cell."""
    for down, right in ((-1, 0), (0, -1), (0, 1), (1, 0)):
        if 0 <= row + down < shape[0] and 0 <= column + right < shape[1]:
            yield row + down, column + right
