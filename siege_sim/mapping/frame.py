"""The grid of a map on the ground: its corner and cells in metres of a UTM zone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siege_sim.errors import SiegeError
from siege_sim.kernels.ground import Shape
from siege_sim.kernels.transverse_mercator import utm_zone
from siege_sim.model.city.map import LARGEST_SIDE

Bounds = tuple[float, float, float, float]
"""West, south, east, north."""

SMALLEST_CELL_M, LARGEST_CELL_M = 50.0, 4000.0
"""The sides of cells that a map can have."""

REST_OF_A_CELL = 0.1
"""An extent that is this part of a cell wider than a whole number of cells is cut to that number."""


@dataclass(frozen=True)
class GridFrame:
    """Where the cells of a map lie.

    Attributes:
        crs: the UTM zone, as `EPSG:32637`.
        west: easting of the western edge, m.
        north: northing of the northern edge, m.
        cell_m: the side of a cell, m.
        shape: rows and columns.
    """

    crs: str
    west: float
    north: float
    cell_m: float
    shape: Shape

    @property
    def bounds(self) -> Bounds:
        """The box of all cells."""
        rows, columns = self.shape
        return self.west, self.north - rows * self.cell_m, self.west + columns * self.cell_m, self.north

    def boxes(self) -> NDArray[np.object_]:
        """Return the cells as squares, row by row from the north-west."""
        import shapely

        rows, columns = np.divmod(np.arange(self.shape[0] * self.shape[1]), self.shape[1])
        west, north = self.west + columns * self.cell_m, self.north - rows * self.cell_m
        squares: NDArray[np.object_] = shapely.box(west, north - self.cell_m, west + self.cell_m, north)
        return squares

    def cells_at(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the flat index of the cell at each place; -1 off the grid."""
        column = np.floor((x - self.west) / self.cell_m).astype(np.int64)
        row = np.floor((self.north - y) / self.cell_m).astype(np.int64)
        on_grid = (row >= 0) & (row < self.shape[0]) & (column >= 0) & (column < self.shape[1])
        return np.where(on_grid, row * self.shape[1] + column, -1)


def zone_of_city(longitude: float, latitude: float) -> str:
    """Return the code of the UTM zone (WGS84) of a city's middle.

    Raises:
        SiegeError: beyond the latitudes that UTM covers.
    """
    if not -80.0 <= latitude <= 84.0:
        raise SiegeError(f"the city's middle lies at latitude {latitude:.4f}; UTM zones reach from -80 to 84")
    return utm_zone(latitude, longitude)


def checked_cell(metres: float) -> float:
    """Return the side of a cell.

    Raises:
        SiegeError: when no map has such cells.
    """
    if not SMALLEST_CELL_M <= metres <= LARGEST_CELL_M:
        raise SiegeError(
            f"--cell {metres:g}: the side of a cell is {SMALLEST_CELL_M:g} to {LARGEST_CELL_M:g} m; 200 to "
            "500 suit a town"
        )
    return metres


def frame_of(bounds: Bounds, crs: str, cell_m: float, exact: bool, margin: int = 0) -> GridFrame:
    """Return the grid that covers a box.

    Args:
        bounds: the box, in metres of the UTM zone.
        crs: the UTM zone.
        cell_m: the side of a cell.
        exact: whether the grid begins at the box's corner; otherwise at a multiple of the cell's side.
        margin: further cells on each side.

    Raises:
        SiegeError: when the grid is too large or too small for a map; names a side of cells that would do.
    """
    west, south, east, north = bounds
    if not exact:
        west, north = math.floor(west / cell_m) * cell_m, math.ceil(north / cell_m) * cell_m
    rest = REST_OF_A_CELL if exact else 0.0
    columns = math.ceil((east - west) / cell_m - rest) + 2 * margin
    rows = math.ceil((north - south) / cell_m - rest) + 2 * margin
    if max(rows, columns) > LARGEST_SIDE:
        enough = math.ceil(max(east - west, north - south) / (LARGEST_SIDE - 2 * margin - 1) / 10.0) * 10
        raise SiegeError(
            f"--cell {cell_m:g}: a map of {rows} x {columns} cells; the largest has {LARGEST_SIDE} a side; "
            f"take --cell {enough}, or a part of the city with --extent"
        )
    if min(rows, columns) < 2:
        raise SiegeError(
            f"--cell {cell_m:g}: a map of {rows} x {columns} cells; the smallest has 2 a side; lower --cell"
        )
    return GridFrame(crs, west - margin * cell_m, north + margin * cell_m, cell_m, (rows, columns))


def extent_of(text: str) -> Bounds:
    """Return the box that `--extent` names: west, south, east, north in degrees.

    Raises:
        SiegeError: when it is not four numbers in this order.
    """
    wanted = "write west,south,east,north in degrees, for example --extent 37.10,36.16,37.22,36.24"
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise SiegeError(f"--extent {text}: is not four numbers; {wanted}") from None
    if not (-180 <= west < east <= 180 and -80 <= south < north <= 84):
        raise SiegeError(f"--extent {text}: is no box; {wanted}")
    return west, south, east, north


def box_in_metres(extent: Bounds, crs: Any) -> Bounds:
    """Return the box in a UTM zone's metres whose middle and size are those of a box in degrees."""
    from pyproj import Transformer

    west, south, east, north = extent
    across, up = (west + east) / 2, (south + north) / 2
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(
        [west, east, across, across, across], [up, up, south, north, up]
    )
    wide, high = math.dist((x[0], y[0]), (x[1], y[1])), math.dist((x[2], y[2]), (x[3], y[3]))
    return x[4] - wide / 2, y[4] - high / 2, x[4] + wide / 2, y[4] + high / 2
