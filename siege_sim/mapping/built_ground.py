"""The share of built ground in each quarter: from a raster, from buildings, or from a field."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siege_sim.errors import SiegeError, did_you_mean
from siege_sim.mapping.people import numbers_of_field, zonal_sums
from siege_sim.mapping.points import footprints
from siege_sim.model.city.grid import STRUCTURES_A_BUILT_CELL

if TYPE_CHECKING:
    from siege_sim.mapping.boundaries import Boundaries
    from siege_sim.mapping.sources import GeoSources

ASSUMED_BUILT_UP = 0.6
"""Share of built ground where nothing says it."""

BUILT_UP_UNITS = {"share": 1.0, "percent": 0.01}
"""What the values of a raster of built ground mean, as shares."""

RASTER_SUFFIXES = (".tif", ".tiff", ".vrt", ".img", ".asc", ".nc", ".jp2", ".grd", ".bil")
"""Files that are read as rasters."""

Shares = NDArray[np.float64]


def built_ground(sources: GeoSources, quarters: Boundaries) -> tuple[Shares, list[str]]:
    """Return the share of built ground in each quarter, and what is to say about it.

    Raises:
        SiegeError: the source cannot be read, misses the city, or does not say its unit.
    """
    given, unit = sources.built_up, sources.built_up_unit
    if given is None:
        note = f"nothing says how much is built on: {ASSUMED_BUILT_UP:g} of the ground is assumed everywhere"
        return np.full(len(quarters.names), ASSUMED_BUILT_UP), [note]
    if given in quarters.table.columns and not Path(given).exists():
        return _shares(numbers_of_field(given, "--built-up", quarters), given, unit, quarters), []
    if Path(given).suffix.lower() in RASTER_SUFFIXES:
        return _of_raster(given, unit, quarters, sources.crs), []
    return _of_buildings(given, quarters, sources.crs)


def _of_raster(given: str, unit: str | None, quarters: Boundaries, crs: str | None) -> Shares:
    found = zonal_sums(given, "--built-up", quarters, crs)
    means = np.divide(found.sums, found.cells, out=np.zeros_like(found.sums), where=found.cells > 0)
    return _shares(means, given, unit, quarters)


def _shares(values: Shares, given: str, unit: str | None, quarters: Boundaries) -> Shares:
    if unit not in BUILT_UP_UNITS:
        raise SiegeError(
            f"--built-up {given}: nothing says what its values are; add --built-up-unit share (0 to 1) or percent "
            f"(0 to 100){did_you_mean(unit, BUILT_UP_UNITS) if unit else ''}"
        )
    shares = values * BUILT_UP_UNITS[unit]
    if shares.max(initial=0.0) > 1.0 + 1e-6:
        worst = int(np.argmax(shares))
        raise SiegeError(
            f"{given}: a mean of {values[worst]:g} in '{quarters.names[worst]}' is more than all ground as a {unit}; "
            "correct --built-up-unit"
        )
    return np.minimum(shares, 1.0)


def _of_buildings(given: str, quarters: Boundaries, crs: str | None) -> tuple[Shares, list[str]]:
    import shapely

    area, count = footprints(given, quarters, crs)
    ground = shapely.area(quarters.shapes)
    if area.any():
        note = f"built ground is the footprints of {count.sum():,} buildings of {Path(given).name}"
        return np.minimum(area / ground, 1.0), [note]
    note = (
        f"built ground is reckoned from {count.sum():,} points of {Path(given).name}: {STRUCTURES_A_BUILT_CELL:g} on "
        "0.16 km2 of fully built ground"
    )
    return np.minimum(count / (STRUCTURES_A_BUILT_CELL * ground / 0.16e6), 1.0), [note]
