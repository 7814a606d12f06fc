"""Reading layers of geodata: what is wrong with a file is said in a sentence with the file and the feature."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.errors import SiegeError, did_you_mean

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

LAYER_MARK = "::"
"""Between a file and the name of a layer in it."""

DAMAGED_FILE = (
    "malformed",
    "corrupt",
    "not a database",
    "truncated",
    "truncation",
    "unterminated",
    "i/o error",
    "unexpected end",
)
"""Words by which the reader's warnings say that a file is not whole."""

MOST_NAMED = 5
"""How many features or names a message lists."""


def require_geo() -> None:
    """Refuse to go on without the libraries for geodata.

    Raises:
        SiegeError: names the extra that brings them.
    """
    try:
        import exactextract
        import geopandas
        import pyogrio
        import rasterio
        import shapely
    except ImportError as error:
        missing = error.name or "geopandas"
        raise SiegeError(f"maps from geodata need the library {missing}: pip install 'siege_sim[geo]'") from None
    del exactextract, geopandas, pyogrio, rasterio, shapely


def read_layer(given: str, option: str, crs: str | None = None) -> GeoDataFrame:
    """Read a layer of points or polygons.

    Args:
        given: the file, and after `::` a layer in it where it has several.
        option: the option that named it, for messages.
        crs: the reference system, if the file does not say it.

    Raises:
        SiegeError: the file is not there, not whole, holds several layers, or does not say its reference system.
    """
    import geopandas

    path, _, layer = given.partition(LAYER_MARK)
    check_is_file(path, option)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            frame = geopandas.read_file(path, layer=layer or _only_layer(path, option))
        except SiegeError:
            raise
        except Exception as error:  # each driver has errors of its own
            raise SiegeError(f"{path}: cannot be read as geodata ({_first_line(error)}); {WAY_OUT}") from None
    for warning in caught:
        text = str(warning.message)
        if any(word in text.lower() for word in DAMAGED_FILE):
            raise SiegeError(f"{path}: cannot be read to its end ({_first_line(text)}); {WAY_OUT}")
    if not isinstance(frame, geopandas.GeoDataFrame) or frame.empty:
        raise SiegeError(f"{path}: holds no features; {option} needs a layer with some")
    return _placed(frame, path, crs)


WAY_OUT = "is the file whole? Download or export it again"


def _first_line(error: object) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:160].rstrip(".; ")


def check_is_file(path: str, option: str) -> None:
    """Refuse what is not there.

    Raises:
        SiegeError: names the option and the path.
    """
    file = Path(path)
    if not file.exists():
        near = [one.name for one in file.parent.iterdir()] if file.parent.is_dir() else []
        raise SiegeError(f"{option} {path}: there is no such file{did_you_mean(file.name, near) if near else ''}")
    if file.is_dir() and file.suffix.lower() != ".gdb":
        raise SiegeError(f"{option} {path}: is a folder; name a file in it")
    if file.is_file() and file.stat().st_size == 0:
        raise SiegeError(f"{path}: the file is empty; {WAY_OUT}")


def _only_layer(path: str, option: str) -> str | None:
    import pyogrio

    names = [str(name) for name, geometry in pyogrio.list_layers(path) if geometry is not None]
    if len(names) > 1:
        listed = ", ".join(names[:MOST_NAMED])
        raise SiegeError(
            f"{path}: holds {len(names)} layers ({listed}); name one: {option} {path}{LAYER_MARK}{names[0]}"
        )
    return names[0] if names else None


def _placed(frame: GeoDataFrame, path: str, crs: str | None) -> GeoDataFrame:
    """Return a layer with a reference system that its coordinates can be in."""
    if frame.crs is None:
        if crs is None:
            raise SiegeError(
                f"{path}: does not say its reference system; name it with --crs, for example --crs EPSG:4326"
            )
        frame = frame.set_crs(known_crs(crs))
    bounds = frame.total_bounds
    if not np.isfinite(bounds).all():
        return frame  # no feature has a place; said elsewhere, with the feature
    west, south, east, north = bounds
    if frame.crs.is_geographic and (west < -181 or east > 181 or south < -90.5 or north > 90.5):
        raise SiegeError(
            f"{path}: its coordinates (from {west:.6g}, {south:.6g} to {east:.6g}, {north:.6g}) are not "
            "degrees, but its "
            f"reference system is {crs_name(frame.crs)}; give the file the reference system that it was drawn in"
        )
    return frame


def known_crs(text: str) -> Any:
    """Return a reference system by its code.

    Raises:
        SiegeError: when there is none of this name.
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return CRS.from_user_input(text)
    except CRSError:
        raise SiegeError(
            f"--crs {text}: is no reference system; write a code such as EPSG:4326 or EPSG:32637"
        ) from None


def crs_name(crs: Any) -> str:
    """Return how messages call a reference system."""
    code = crs.to_authority()
    return ":".join(code) if code else str(crs.name)


def column(frame: GeoDataFrame, name: str, option: str, path: str) -> list[Any]:
    """Return a field of a layer.

    Raises:
        SiegeError: when the layer has no such field; names those that it has.
    """
    fields = [str(field) for field in frame.columns if field != frame.geometry.name]
    if name not in fields:
        raise SiegeError(f"{option} {name}: {path} has no field '{name}'{did_you_mean(name, fields)}")
    return list(frame[name])


def as_text(value: Any) -> str:
    """Return a value of a field as text; empty for one that is missing."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())


def in_degrees(bounds: Any, crs: Any) -> str:
    """Return a box in words: from which place to which, in degrees."""
    from pyproj import Transformer

    west, south, east, north = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform_bounds(*bounds)
    return f"{south:.4f} N, {west:.4f} E to {north:.4f} N, {east:.4f} E"
