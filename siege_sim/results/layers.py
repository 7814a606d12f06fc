"""The layers of a run as an xarray dataset, and its quarters as polygons: for Python, and for files of a GIS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from siege_sim.results.cell_grid import LOCAL_NOTE, CellGrid
from siege_sim.results.extras import need_extra

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd
    import xarray as xr
    from numpy.typing import NDArray

    from siege_sim.schema.sides import Sides

CF_UNITS = {"days": "day", "m": "m", "share": "1", "0-1": "1"}
"""Units as the library of the CF conventions knows them; counts have none, which it writes as ``1``."""

WITHOUT_UNIT = ("side", "number")
"""Units of layers whose values are codes, which have none."""


class MappedRun(Protocol):
    """What a map is made from: the result of a run."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What was run."""

    @property
    def snapshots(self) -> Mapping[str, NDArray[Any]]:
        """Layers on some days."""

    @property
    def series(self) -> pd.DataFrame:
        """A row a day."""

    @property
    def quarters(self) -> pd.DataFrame:
        """A row a quarter."""

    @property
    def sides(self) -> Sides:
        """Who held ground."""

    @property
    def title(self) -> str:
        """The scenario's title."""


def source_note(result: MappedRun) -> str:
    """Return the sentence that goes with every export of a run: what made it, and what it is not."""
    manifest = result.manifest
    return (
        f"Simulated by siege_sim {manifest['version']}, scenario {manifest['scenario']['name']}, seed "
        f"{manifest['seed']}: one run of many possible; a model, not a record"
    )


def side_names(sides: Sides) -> tuple[str, ...]:
    """Return the names of the codes of the layer ``holder``: nobody, the garrison, the besieger, third parties."""
    return ("nobody", *sides.by_name)


def cells_of(result: MappedRun) -> xr.Dataset:
    """Return the kept layers by time, y and x, with units and reference system after the CF conventions.

    Raises:
        ResultError: the extra `geo` is not installed.
    """
    need_extra("xarray", "a dataset of cells")
    import xarray as xr

    grid, shots = CellGrid.of(result.manifest["city"]), result.snapshots
    dates = np.array(result.series["date"].iloc[shots["day"]].astype(str), dtype="datetime64[ns]")
    names = [name for name in shots if name not in ("day", "quarter")]
    layers: dict[str, Any] = {name: (("time", "y", "x"), shots[name], _about_layer(result, name)) for name in names}
    layers["quarter"] = (("y", "x"), shots["quarter"][0], _about_layer(result, "quarter"))
    cells = xr.Dataset(
        layers,
        {
            "time": ("time", dates, {"standard_name": "time", "long_name": "date", "axis": "T"}),
            "day": ("time", shots["day"], {"long_name": "day of the siege", "units": "1"}),
            "y": ("y", grid.y, _about_axis("y", grid)),
            "x": ("x", grid.x, _about_axis("x", grid)),
            "quarter_name": ("quarter_number", list(result.manifest["city"]["quarters"]), {"long_name": "quarter"}),
        },
        {"Conventions": "CF-1.11", "title": result.title, "source": source_note(result)},
    )
    sides = side_names(result.sides)
    cells["holder"].attrs |= {
        "flag_values": np.arange(len(sides), dtype=cells["holder"].dtype), "flag_meanings": " ".join(sides),
    }  # fmt: skip
    return _with_crs(cells, grid)


def _about_layer(result: MappedRun, name: str) -> dict[str, str]:
    about = result.manifest.get("layers", {}).get(name, {})
    described, unit = {"long_name": str(about.get("doc", name)).rstrip(".")}, str(about.get("unit", ""))
    if unit in WITHOUT_UNIT:
        return described
    return {**described, "units": CF_UNITS.get(unit, "1"), **({} if unit in CF_UNITS else {"counts": unit})}


def _about_axis(axis: str, grid: CellGrid) -> dict[str, str]:
    about = {"long_name": "metres east" if axis == "x" else "metres north", "units": "m", "axis": axis.upper()}
    return about if grid.crs is None else {**about, "standard_name": f"projection_{axis}_coordinate"}


def _with_crs(cells: xr.Dataset, grid: CellGrid) -> xr.Dataset:
    """Add the reference system as a variable that every layer names; or say that there is none."""
    if grid.crs is None:
        return cells.assign_attrs(comment=LOCAL_NOTE)
    need_extra("pyproj", f"a map in {grid.crs}")
    from pyproj import CRS

    cells["crs"] = ((), np.int32(0), CRS.from_user_input(grid.crs).to_cf())
    for name in cells.data_vars:
        if name != "crs":
            cells[name].attrs["grid_mapping"] = "crs"
    return cells


def cell_squares(grid: CellGrid) -> NDArray[Any]:
    """Return the cells as squares of shapely, row by row from the north-west; shape ``(rows * columns,)``."""
    import shapely

    x, y = (axis.ravel() for axis in np.meshgrid(grid.x, grid.y))
    half = grid.cell_size_m / 2.0
    squares: NDArray[Any] = shapely.box(x - half, y - half, x + half, y + half)
    return squares


def quarter_shapes_of(result: MappedRun) -> gpd.GeoDataFrame:
    """Return the table of quarters with the ground of each as polygons, which dissolve its cells.

    Raises:
        ResultError: the extra `geo` is not installed.
    """
    need_extra("geopandas", "a table of quarters with polygons")
    import geopandas as gpd

    grid = CellGrid.of(result.manifest["city"])
    shapes = quarter_polygons(result, grid)
    table = result.quarters
    return gpd.GeoDataFrame(table, geometry=[shapes[name] for name in table["quarter"]], crs=grid.crs)


def quarter_polygons(result: MappedRun, grid: CellGrid) -> dict[str, Any]:
    """Return the ground of every quarter that has cells, as a multipolygon, by its name."""
    import shapely

    squares, numbers = cell_squares(grid), result.snapshots["quarter"][0].ravel()
    names = result.manifest["city"]["quarters"]
    found = {}
    for number in np.unique(numbers).tolist():
        whole = shapely.normalize(shapely.simplify(shapely.union_all(squares[numbers == number]), 0.0))
        found[str(names[number])] = whole if whole.geom_type == "MultiPolygon" else shapely.MultiPolygon([whole])
    return found
