"""CF-NetCDF: the kept layers by time, y and x, in the classic format, which every reader of NetCDF opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siege_sim.results.cell_grid import LOCAL_NOTE, CellGrid
from siege_sim.results.files import new_file

if TYPE_CHECKING:
    from pathlib import Path

    import xarray as xr

    from siege_sim.results.run import RunResult

KINDS = {"f": "f4", "i": "i4", "u": "i4", "b": "i1"}
"""How numbers are stored: the classic format has no longer integers, and layers need no finer numbers."""


def write_netcdf(result: RunResult, out: Path, force: bool) -> str:
    """Write the layers of a run as NetCDF with 64-bit offsets, and return a sentence about it.

    Raises:
        ResultError: the extra `geo` is not installed, or the file is there already or cannot be written.
    """
    cells = result.cells
    with new_file(out, force) as file:
        cells.to_netcdf(file, engine="scipy", format="NETCDF3_64BIT", encoding=_encoding(cells, result))
    grid = CellGrid.of(result.manifest["city"])
    where = f"reference system {grid.crs}" if grid.crs else LOCAL_NOTE
    times, rows, columns = (cells.sizes[name] for name in ("time", "y", "x"))
    return f"{out}: {len(cells.data_vars)} variables, {times} days x {rows} rows x {columns} columns; {where}"


def _encoding(cells: xr.Dataset, result: RunResult) -> dict[str, dict[str, Any]]:
    start = str(result.series["date"].iloc[0])
    stored = {
        str(name): {"dtype": KINDS[values.dtype.kind], "_FillValue": None}
        for name, values in cells.variables.items()
        if values.dtype.kind in KINDS
    }
    stored |= {name: {"dtype": "f8", "_FillValue": None} for name in ("x", "y")}
    return {**stored, "time": {"units": f"days since {start}", "calendar": "proleptic_gregorian", "dtype": "i4"}}
