"""Where the cells of a run lie: in metres of a reference system when its map has a corner, else from their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.kernels.transverse_mercator import utm_metres, utm_zone
from siege_sim.results.extras import need_extra

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOCAL_NOTE = (
    "The map has no north_west_corner, so coordinates are local: metres east and north of the south-west corner of the "
    "grid"
)
"""What every export says whose coordinates are not those of a reference system."""


@dataclass(frozen=True)
class CellGrid:
    """The square cells of a map.

    Attributes:
        rows: how many, from north to south.
        columns: how many, from west to east.
        cell_size_m: the side of a cell.
        crs: the projected reference system, such as ``EPSG:32637``; None for local coordinates.
        west_m: where the western edge lies, in metres of the reference system.
        north_m: where the northern edge lies.
    """

    rows: int
    columns: int
    cell_size_m: float
    crs: str | None
    west_m: float
    north_m: float

    @classmethod
    def of(cls, city: Mapping[str, Any]) -> CellGrid:
        """Return the grid of the part ``city`` of a run's manifest.

        Raises:
            ResultError: a corner in degrees with another reference system than its UTM zone, without the extra `geo`.
        """
        rows, columns = city["shape"]
        size, place = float(city["cell_size_m"]), city.get("georeference")
        if place is None:
            return cls(rows, columns, size, None, 0.0, rows * size)
        crs, west, north = _corner(place)
        return cls(rows, columns, size, crs, west, north)

    @property
    def x(self) -> NDArray[np.float64]:
        """The middles of the columns, in metres, from west to east."""
        return np.asarray(self.west_m + self.cell_size_m * (np.arange(self.columns) + 0.5), dtype=np.float64)

    @property
    def y(self) -> NDArray[np.float64]:
        """The middles of the rows, in metres, from north to south."""
        return np.asarray(self.north_m - self.cell_size_m * (np.arange(self.rows) + 0.5), dtype=np.float64)


def _corner(place: Mapping[str, Any]) -> tuple[str, float, float]:
    """Return reference system, easting and northing of a corner that is given in degrees or in metres."""
    corner, crs = place["north_west_corner"], place["crs"]
    if corner.get("easting") is not None:
        return str(crs), float(corner["easting"]), float(corner["northing"])
    latitude, longitude = float(corner["latitude"]), float(corner["longitude"])
    zone = utm_zone(latitude, longitude)
    if crs is None or crs == zone:
        return zone, *utm_metres(latitude, longitude)
    need_extra("pyproj", f"a corner in degrees on a map in {crs}")
    from pyproj import Transformer

    west, north = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(longitude, latitude)
    return str(crs), float(west), float(north)
