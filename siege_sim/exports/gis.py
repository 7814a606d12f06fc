"""GeoPackage and GeoJSON: quarters and cells as polygons, on the last day and by day, for a GIS."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siege_sim.errors import ResultError
from siege_sim.exports.run_tables import cells_by_day, quarters_by_day, quarters_table
from siege_sim.results.cell_grid import LOCAL_NOTE, CellGrid
from siege_sim.results.extras import need_extra
from siege_sim.results.files import json_text, new_file, new_folder
from siege_sim.results.layers import cell_squares, quarter_polygons, source_note

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd

    from siege_sim.exports.columns import ExportTable
    from siege_sim.results.run import RunResult

IN_GEOJSON = ("quarters", "cells", "quarters_by_day")
"""The layers that are written as GeoJSON: text is too large for every cell on every day."""

LAYER_TEXTS = {
    "quarters": "Quarters, with what became of each in the whole run",
    "cells": "Cells on the last day",
    "quarters_by_day": "Quarters on every day whose map is stored; animate by the field date",
    "cells_by_day": "Cells on every day whose map is stored; animate by the field date",
}

FIXED_TIME = {"OGR_CURRENT_DATE": "2000-01-01T00:00:00.000Z"}
"""The time that a GeoPackage says it was written at, so that the same run gives the same bytes."""


def write_geopackage(result: RunResult, out: Path, force: bool) -> str:
    """Write quarters and cells, on the last day and by day, as four layers of polygons in the map's own system.

    Raises:
        ResultError: the extra `geo` is not installed, another ending, or a file that is there or cannot be written.
    """
    need_extra("geopandas", "a GeoPackage")
    if out.suffix != ".gpkg":
        raise ResultError(f"--out {out}: the name of a GeoPackage ends in .gpkg; write {out.with_suffix('.gpkg')}")
    layers = _layers(result, ("quarters", "cells", "quarters_by_day", "cells_by_day"))
    with new_file(out, force) as file, _fixed_time(), _no_crs_is_meant():
        for name, layer in layers.items():
            about = {"DESCRIPTION": f"{LAYER_TEXTS[name]}. {source_note(result)}.", "IDENTIFIER": name}
            layer.to_file(file, layer=name, driver="GPKG", engine="pyogrio", use_arrow=True, layer_options=about)
    grid = CellGrid.of(result.manifest["city"])
    counts = ", ".join(f"{name} ({len(layer):,})" for name, layer in layers.items())
    return f"{out}: layers {counts}; " + (f"reference system {grid.crs}" if grid.crs else LOCAL_NOTE)


def write_geojson(result: RunResult, out: Path, force: bool) -> str:
    """Write quarters, cells of the last day, and quarters by day as GeoJSON files in WGS84, into a new folder.

    Raises:
        ResultError: the map has no corner, the extra `geo` is not installed, or the folder cannot be written.
    """
    if CellGrid.of(result.manifest["city"]).crs is None:
        raise ResultError(
            "GeoJSON is in degrees, but the map of this run has no north_west_corner; give the map one and run again, "
            "or choose --format gpkg, netcdf or csv, which have local coordinates then"
        )
    need_extra("geopandas", "GeoJSON")
    layers = _layers(result, IN_GEOJSON)
    with new_folder(out, force) as folder:
        for name, layer in layers.items():
            about = {"DESCRIPTION": f"{LAYER_TEXTS[name]}. {source_note(result)}.", "RFC7946": "YES"}
            file = folder / f"{name}.geojson"
            layer.to_file(file, driver="GeoJSON", engine="pyogrio", layer=name, layer_options=about)
        manifest = {"program": "siege_sim", "holds": "export", **result.manifest}
        (folder / "manifest.json").write_text(json_text(manifest), "utf-8", newline="\n")
    return f"{out}: {', '.join(f'{name}.geojson' for name in layers)}, in WGS84"


def _layers(result: RunResult, names: tuple[str, ...]) -> dict[str, gpd.GeoDataFrame]:
    grid = CellGrid.of(result.manifest["city"])
    polygons, squares = quarter_polygons(result, grid), cell_squares(grid)
    tables = {"quarters": quarters_table(result), "quarters_by_day": quarters_by_day(result)}
    every_cell = cells_by_day(result)
    frames = {name: _typed(table) for name, table in (*tables.items(), ("cells_by_day", every_cell))}
    by_day = frames["cells_by_day"]
    frames["cells"] = by_day.loc[by_day["day"] == by_day["day"].max()].reset_index(drop=True)
    return {name: _placed(frames[name], polygons, squares, grid) for name in names}


def _typed(table: ExportTable) -> pd.DataFrame:
    """Return a table whose dates are dates, which a GIS can animate by."""
    frame = table.frame.copy()
    for name, column in table.columns.items():
        if column.type == "date":
            dates = pd.to_datetime(frame[name])
            frame[name] = dates.dt.date.astype(object).where(dates.notna(), None)
    return frame


def _placed(frame: pd.DataFrame, polygons: dict[str, Any], squares: Any, grid: CellGrid) -> gpd.GeoDataFrame:
    import geopandas as gpd

    places = squares[frame["cell"].to_numpy()] if "cell" in frame else np.array([polygons[q] for q in frame["quarter"]])
    return gpd.GeoDataFrame(frame, geometry=places, crs=grid.crs)


@contextlib.contextmanager
def _fixed_time() -> Iterator[None]:
    import pyogrio

    before = {name: pyogrio.get_gdal_config_option(name) for name in FIXED_TIME}
    pyogrio.set_gdal_config_options(FIXED_TIME)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


@contextlib.contextmanager
def _no_crs_is_meant() -> Iterator[None]:
    """Keep the library from warning of a file without a reference system: the export says it in its own words."""
    import warnings

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'crs' was not provided")
        yield
