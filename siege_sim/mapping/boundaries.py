"""Quarters as polygons: named, in metres, without overlaps that would count people twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from siege_sim.errors import SiegeError
from siege_sim.mapping.frame import box_in_metres, extent_of, zone_of_city
from siege_sim.mapping.geo_files import MOST_NAMED, as_text, column, crs_name, in_degrees, read_layer

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

LARGEST_OVERLAP = 0.05
"""Two quarters may share at most this part of the smaller one: slivers along a border drawn twice."""


@dataclass(frozen=True)
class Boundaries:
    """The quarters of a city as a file has them.

    Attributes:
        file: the file.
        given: the name of each quarter in the file.
        names: the same, with quarters of one name told apart.
        shapes: their polygons, in metres of ``crs``.
        crs: the UTM zone of the city's middle.
        table: the layer itself, for further fields.
        notes: what was done to the polygons, a sentence each.
    """

    file: str
    given: tuple[str, ...]
    names: tuple[str, ...]
    shapes: NDArray[np.object_]
    crs: str
    table: GeoDataFrame
    notes: tuple[str, ...] = field(default=())

    def field(self, name: str, option: str) -> list[Any]:
        """Return a field of the quarters.

        Raises:
            SiegeError: when there is no such field.
        """
        return column(self.table, name, option, self.file)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """The box of all quarters, in metres."""
        import shapely

        west, south, east, north = (float(edge) for edge in shapely.total_bounds(self.shapes))
        return west, south, east, north


def read_boundaries(given: str, name_field: str, crs: str | None = None, extent: str | None = None) -> Boundaries:
    """Read the quarters of a city.

    Args:
        given: the file.
        name_field: the field with their names.
        crs: the reference system, if the file does not say it.
        extent: only what lies in this box (west, south, east, north in degrees).

    Raises:
        SiegeError: names file, feature and way out.
    """
    frame = read_layer(given, "--boundaries", crs)
    names = [as_text(value) for value in column(frame, name_field, "--name-field", given)]
    _refuse_nameless(names, name_field, given)
    _refuse_shapeless(frame, names, given)
    zone = _zone(frame, extent, given)
    shapes, notes = _polygons(frame.geometry.to_crs(zone).to_numpy(), names, given)
    told_apart = _told_apart(names, shapes)
    if any(told != name for told, name in zip(told_apart, names, strict=True)):
        several = [name for name, count in Counter(names).items() if count > 1]
        notes.append(
            f"{len(several)} names stand for several quarters and were numbered from the north: {_some(several)}"
        )
    notes += _refuse_overlaps(shapes, told_apart, given)
    found = Boundaries(given, tuple(names), tuple(told_apart), shapes, zone, frame, tuple(notes))
    return found if extent is None else _within(found, extent, frame)


def _some(names: list[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (", ..." if len(names) > MOST_NAMED else "")


def _refuse_nameless(names: list[str], name_field: str, file: str) -> None:
    without = [str(number) for number, name in enumerate(names, 1) if not name]
    if without:
        raise SiegeError(
            f"{file}: feature {_some(without)} of {len(names)} has no name in the field '{name_field}'; fill it in, or "
            "choose another field with --name-field"
        )


def _refuse_shapeless(frame: GeoDataFrame, names: list[str], file: str) -> None:
    shapes = frame.geometry
    for number, (name, shape) in enumerate(zip(names, shapes, strict=True), 1):
        if shape is None or shape.is_empty:
            raise SiegeError(f"{file}: feature {number} ('{name}') has no outline; draw or delete it")
        if shape.geom_type not in ("Polygon", "MultiPolygon", "GeometryCollection"):
            raise SiegeError(
                f"{file}: feature {number} ('{name}') is a {shape.geom_type}; boundaries are polygons: give "
                "a layer of areas"
            )


def _zone(frame: GeoDataFrame, extent: str | None, file: str) -> str:
    """Return the UTM zone of the middle of the extent, or of all quarters."""
    from pyproj import Transformer

    if extent is not None:
        west, south, east, north = extent_of(extent)
    else:
        to_degrees = Transformer.from_crs(frame.crs, "EPSG:4326", always_xy=True)
        west, south, east, north = to_degrees.transform_bounds(*frame.total_bounds)
    if not np.isfinite([west, south, east, north]).all():
        raise SiegeError(
            f"{file}: its coordinates make no place on earth in its reference system, {crs_name(frame.crs)}; give the "
            "file the reference system that it was drawn in"
        )
    return zone_of_city((west + east) / 2, (south + north) / 2)


def _polygons(given: NDArray[np.object_], names: list[str], file: str) -> tuple[NDArray[np.object_], list[str]]:
    """Return valid polygons; outlines that cross themselves are repaired, and a note says which."""
    import shapely

    broken = np.flatnonzero(~shapely.is_valid(given))
    shapes = given.copy()
    shapes[broken] = shapely.make_valid(given[broken])
    shapes = np.array([_areas_of(shape) for shape in shapes], dtype=object)
    for number, name in enumerate(names):
        if not shapely.area(shapes[number]) > 0.0:
            raise SiegeError(f"{file}: feature {number + 1} ('{name}') has no area; draw or delete it")
    if not broken.size:
        return shapes, []
    listed = _some([names[number] for number in broken])
    return shapes, [f"{broken.size} outlines cross themselves and were repaired: {listed}"]


def _areas_of(shape: Any) -> Any:
    """Return the polygons of a geometry, without lines and points that are left of a repair."""
    import shapely

    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    parts = [part for part in getattr(shape, "geoms", ()) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.unary_union(parts)


def _told_apart(names: list[str], shapes: NDArray[np.object_]) -> list[str]:
    """Number quarters of one name from north to south, `Mill (1)`, `Mill (2)`."""
    import shapely

    from_north = np.argsort(-shapely.get_y(shapely.centroid(shapes)), kind="stable")
    of_name, seen, told = Counter(names), Counter[str](), list(names)
    for quarter in from_north:
        name = names[quarter]
        if of_name[name] > 1:
            seen[name] += 1
            told[quarter] = f"{name} ({seen[name]})"
    return told


def _refuse_overlaps(shapes: NDArray[np.object_], names: list[str], file: str) -> list[str]:
    """Refuse quarters that lie on each other; return a note on slivers."""
    import shapely

    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    area = shapely.area(shapes)
    part = shared / np.minimum(area[one], area[other])
    worst = [i for i in np.argsort(-part) if part[i] > LARGEST_OVERLAP]
    if worst:
        pairs = _some([f"'{names[one[i]]}' and '{names[other[i]]}' ({part[i]:.0%} of the smaller)" for i in worst])
        raise SiegeError(f"{file}: quarters overlap: {pairs}; correct the outlines, so that nobody is counted twice")
    slivers = shared[shared > 1.0]
    if not slivers.size:
        return []
    ground = f"{slivers.sum():,.0f} square metres"
    return [f"slivers where borders overlap, {ground} in all, count for both quarters"]


def _within(found: Boundaries, extent: str, frame: GeoDataFrame) -> Boundaries:
    """Cut the quarters at the edges of an extent, and leave out those beyond it."""
    import shapely

    cut = shapely.intersection(found.shapes, shapely.box(*box_in_metres(extent_of(extent), found.crs)))
    keep = np.flatnonzero(shapely.area(cut) > 0.0)
    if not keep.size:
        raise SiegeError(
            f"--extent {extent}: no quarter of {found.file} lies in it; they lie from "
            f"{in_degrees(found.bounds, found.crs)}"
        )
    notes = list(found.notes)
    if keep.size < len(found.names):
        notes.append(f"{len(found.names) - keep.size} of {len(found.names)} quarters lie outside the extent")
    given, names = ([part[i] for i in keep] for part in (found.given, found.names))
    shapes = np.array([_areas_of(shape) for shape in cut[keep]], dtype=object)
    return Boundaries(found.file, tuple(given), tuple(names), shapes, found.crs, frame.iloc[keep], tuple(notes))
