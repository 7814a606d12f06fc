"""People by quarter, from a raster or a field: exact zonal sums."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from siege_sim.errors import SiegeError, did_you_mean
from siege_sim.mapping.geo_files import WAY_OUT, check_is_file, in_degrees, known_crs
from siege_sim.results.numbers import number, percent

if TYPE_CHECKING:
    from siege_sim.mapping.boundaries import Boundaries

CELLS_IN_MEMORY = 4_000_000
"""Raster cells that are in memory at once, whatever the size of the file."""

LEAST_SEEN = 0.99
"""Below this share of the city's ground with values in the raster, the command says so."""

UNITS = ("count", "density")
"""People a raster cell, or people a square kilometre."""


@dataclass(frozen=True)
class ZonalSums:
    """What a raster has in each quarter.

    Attributes:
        sums: raster values, each by the share of its cell that lies in the quarter.
        cells: how many raster cells with a value lie in it, parts counted as such.
        area: its area in units of raster cells, with or without values.
        total: the sum over the box of the city.
    """

    sums: NDArray[np.float64]
    cells: NDArray[np.float64]
    area: NDArray[np.float64]
    total: float

    @property
    def seen(self) -> float:
        """The share of the quarters' ground with values."""
        return float(min(self.cells.sum() / self.area.sum(), 1.0))


@dataclass(frozen=True)
class Residents:
    """People by quarter, and a sentence on each thing that was found."""

    by_quarter: NDArray[np.float64]
    notes: tuple[str, ...] = ()


def read_people(given: str, unit: str | None, quarters: Boundaries, crs: str | None) -> Residents:
    """Return the people of each quarter from a raster file, or from a field of the boundaries.

    Args:
        given: a file, or the name of a field.
        unit: `count` or `density`.
        quarters: the quarters.
        crs: the reference system, if the raster does not say it.

    Raises:
        SiegeError: the unit is not said, the raster misses the city, or has impossible values.
    """
    if unit not in UNITS:
        said = "does not say" if unit is None else f"cannot be '{unit}':"
        raise SiegeError(
            f"--population {given}: {said} whether its numbers are people a cell or a square kilometre; add "
            f"--population-unit count or --population-unit density{did_you_mean(unit, UNITS) if unit else ''}"
        )
    if not Path(given).exists() and given in quarters.table.columns:
        return _people_of_field(given, unit, quarters)
    found = zonal_sums(given, "--population", quarters, crs)
    if found.sums.sum() <= 0.0:
        raise SiegeError(f"{given}: nobody lives in any quarter; is it the right raster?")
    scale = _true_area_km2(quarters) / found.area if unit == "density" else np.ones(found.sums.size)
    people = found.sums * scale
    notes = [f"{number(round(people.sum()))} people live in the quarters"]
    beyond = max(found.total - found.sums.sum(), 0.0) * float(scale.mean())
    notes.append(
        f"{number(round(beyond))} people of the raster live in the box around the quarters, but in none of them"
    )
    if found.seen < LEAST_SEEN:
        notes.append(
            f"the raster has values for {percent(found.seen)} of the quarters' ground; elsewhere it counts nobody"
        )
    return Residents(people, tuple(notes))


def _people_of_field(name: str, unit: str, quarters: Boundaries) -> Residents:
    import shapely

    people = numbers_of_field(name, "--population", quarters)
    if unit == "density":
        people = people * shapely.area(quarters.shapes) / 1e6
    if people.sum() <= 0.0:
        raise SiegeError(f"--population {name}: nobody lives in any quarter of {quarters.file}")
    return Residents(people, (f"{number(people.sum())} people live in the quarters (field '{name}')",))


def numbers_of_field(name: str, option: str, quarters: Boundaries) -> NDArray[np.float64]:
    """Return a numeric field of the boundaries.

    Raises:
        SiegeError: names the first feature whose value is no number of at least 0.
    """
    values = []
    for quarter, value in zip(quarters.names, quarters.field(name, option), strict=True):
        try:
            values.append(float(value))
        except (TypeError, ValueError):
            values.append(float("nan"))
        if not (np.isfinite(values[-1]) and values[-1] >= 0.0):
            raise SiegeError(
                f"{quarters.file}: '{quarter}' has {value!r} in the field '{name}'; write a number of at least 0"
            )
    return np.array(values)


def zonal_sums(given: str, option: str, quarters: Boundaries, crs: str | None) -> ZonalSums:
    """Return exact sums of a raster over the quarters; it is read piece by piece.

    Raises:
        SiegeError: it cannot be read, does not say where it lies, misses the city, or has negative values.
    """
    import rasterio
    import shapely
    from rasterio.errors import RasterioError

    check_is_file(given, option)
    try:
        with rasterio.open(given) as raster:
            system = raster.crs
            box, cell_area = raster.bounds, abs(raster.transform.a * raster.transform.e)
            if raster.count > 1:
                raise SiegeError(f"{given}: has {raster.count} bands; give a raster with one")
    except RasterioError as error:
        raise SiegeError(
            f"{given}: cannot be read as a raster ({str(error).splitlines()[0][:160]}); {WAY_OUT}"
        ) from None
    if system is None:
        if crs is None:
            raise SiegeError(
                f"{given}: does not say its reference system; name it with --crs, for example --crs EPSG:4326"
            )
        system = known_crs(crs)
    zones = _zones(quarters, system.to_wkt() if hasattr(system, "to_wkt") else system)
    _refuse_elsewhere(given, tuple(box), zones.total_bounds, system, quarters)
    values = _sums(given, zones)
    lowest = np.nanmin(values["min"]) if np.isfinite(values["min"]).any() else 0.0
    if lowest < 0.0:
        raise SiegeError(
            f"{given}: has the value {lowest:g} inside the city, and nothing says that it means 'no value'; "
            "set it as the "
            "raster's nodata value"
        )
    last = len(quarters.names)
    area = shapely.area(zones.geometry.to_numpy())[:last] / cell_area
    return ZonalSums(values["sum"][:last], values["count"][:last], area, float(values["sum"][last]))


def _zones(quarters: Boundaries, system: Any) -> Any:
    """Return the quarters, and last the box around them, in the reference system of a raster."""
    import geopandas
    import shapely

    box = shapely.segmentize(shapely.box(*quarters.bounds), 200.0)
    shapes = np.append(quarters.shapes, box)
    return geopandas.GeoDataFrame({"zone": np.arange(len(shapes))}, geometry=shapes, crs=quarters.crs).to_crs(system)


def _refuse_elsewhere(given: str, box: Any, city: Any, system: Any, quarters: Boundaries) -> None:
    apart = box[0] >= city[2] or box[2] <= city[0] or box[1] >= city[3] or box[3] <= city[1]
    if apart:
        raise SiegeError(
            f"{given}: misses the city: it reaches from {in_degrees(box, system)}, the quarters from "
            f"{in_degrees(quarters.bounds, quarters.crs)}; give the raster of this place, or correct its "
            "reference system"
        )


def _sums(given: str, zones: Any) -> dict[str, NDArray[np.float64]]:
    import warnings

    from exactextract import exact_extract

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on reference systems that are written differently
        try:
            table = exact_extract(
                given, zones, ["sum", "count", "min"], output="pandas", max_cells_in_memory=CELLS_IN_MEMORY
            )
        except Exception as error:  # the reader's own errors have no common class
            raise SiegeError(
                f"{given}: cannot be read to its end ({str(error).splitlines()[0][:160]}); {WAY_OUT}"
            ) from None
    return {name: np.nan_to_num(table[name].to_numpy(dtype=np.float64), nan=0.0) for name in ("sum", "count", "min")}


def _true_area_km2(quarters: Boundaries) -> NDArray[np.float64]:
    """Return the area of the quarters on the ground; that on the plane of a UTM zone differs by up to 0.1 %."""
    import geopandas
    from pyproj import Geod

    degrees = geopandas.GeoSeries(quarters.shapes, crs=quarters.crs).to_crs("EPSG:4326")
    earth = Geod(ellps="WGS84")
    return np.array([abs(earth.geometry_area_perimeter(shape)[0]) for shape in degrees]) / 1e6
