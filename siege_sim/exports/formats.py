"""What can be written of a run and of a sweep, by the name of the format; and what is refused, with the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siege_sim.errors import ResultError, did_you_mean
from siege_sim.exports import tables
from siege_sim.exports.ema import write_ema
from siege_sim.exports.gis import write_geojson, write_geopackage
from siege_sim.exports.hxl import write_hxl
from siege_sim.exports.netcdf import write_netcdf
from siege_sim.exports.ro_crate import write_ro_crate
from siege_sim.exports.run_tables import tables_of_run
from siege_sim.exports.sweep_tables import tables_of_sweep
from siege_sim.results.cell_grid import LOCAL_NOTE
from siege_sim.results.files import check_place
from siege_sim.results.layers import source_note
from siege_sim.results.run import RunResult
from siege_sim.results.target import read_results

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from siege_sim.results.sweep import Sweep

OF_TABLES: dict[str, Callable[..., list[str]]] = {
    "csv": tables.write_csv,
    "parquet": tables.write_parquet,
    "hxl": write_hxl,
    "datapackage": tables.write_data_package,
    "ro-crate": write_ro_crate,
}
"""Formats of runs and sweeps alike: a folder of tables."""

OF_MAPS: dict[str, Callable[[RunResult, Path, bool], str]] = {
    "gpkg": write_geopackage,
    "geojson": write_geojson,
    "netcdf": write_netcdf,
}
"""Formats of runs, which have maps."""

OF_SWEEPS: dict[str, Callable[[Sweep, Path, bool], str]] = {"ema": write_ema}
"""Formats of sweeps, which have a design."""

EXPORT_FORMATS = (*OF_MAPS, *OF_TABLES, *OF_SWEEPS)
"""Every format by name."""


def export_results(target: str, form: str, out: Path, force: bool = False) -> str:
    """Write a run or a sweep in a format of other tools, and return a sentence about it.

    Args:
        target: the folder of a run, or the folder or URL of a sweep.
        form: the format, one of `EXPORT_FORMATS`.
        out: the file (gpkg, netcdf, ema) or the new folder (the others).
        force: replace what is there.

    Raises:
        ResultError: no such format, not one for these results, no results, or the place cannot be written to.
    """
    if form not in EXPORT_FORMATS:
        raise ResultError(f"--format {form}: not known{did_you_mean(form, EXPORT_FORMATS)}")
    check_place(out)
    if out.exists() and not force:
        raise ResultError(f"{out}: is there already; choose another --out, or replace it with --force")
    results = read_results(target)
    if isinstance(results, RunResult):
        return _export_run(results, form, out, force)
    return _export_sweep(results, form, out, force)


def _export_run(result: RunResult, form: str, out: Path, force: bool) -> str:
    if form in OF_SWEEPS:
        raise ResultError(f"--format {form}: is for a sweep, and this is one run; choose {_named(OF_MAPS | OF_TABLES)}")
    if form in OF_MAPS:
        return OF_MAPS[form](result, out, force)
    about = {**result.manifest, "name": result.manifest["scenario"]["name"], "title": result.title}
    files = OF_TABLES[form](tables_of_run(result), {**about, "source": source_note(result)}, out, force)
    local = f"; {LOCAL_NOTE}" if "cells_by_day" in " ".join(files) and _is_local(result) else ""
    return f"{out}: a run of {len(result.series):,} days, in {', '.join(files)}{local}"


def _is_local(result: RunResult) -> bool:
    return result.manifest["city"].get("georeference") is None


def _export_sweep(sweep: Sweep, form: str, out: Path, force: bool) -> str:
    if form in OF_MAPS:
        raise ResultError(
            f"--format {form}: needs maps, and a sweep keeps tables of its runs only; choose "
            f"{_named(OF_TABLES | OF_SWEEPS)}, or export one run"
        )
    if form in OF_SWEEPS:
        return OF_SWEEPS[form](sweep, out, force)
    files = OF_TABLES[form](tables_of_sweep(sweep), _about_sweep(sweep), out, force)
    return f"{out}: {len(sweep.runs):,} runs of {sweep.planned:,}, in {', '.join(files)}"


def _about_sweep(sweep: Sweep) -> dict[str, Any]:
    manifest = sweep.manifest
    name, version = manifest["name"], manifest.get("version", "")
    source = f"Simulated by siege_sim {version}, experiment {name}; a model, not a record"
    return {**manifest, "title": manifest.get("title") or name, "version": version, "source": source}


def _named(formats: dict[str, Any]) -> str:
    *first, last = formats
    return f"{', '.join(first)} or {last}"
