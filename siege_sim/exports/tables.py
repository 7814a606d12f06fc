"""Folders of tables: CSV that spreadsheets open, Parquet, and Frictionless data packages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siege_sim.results.extras import need_extra
from siege_sim.results.files import csv_bytes, csv_text, json_text, new_folder
from siege_sim.results.store import parquet_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from siege_sim.exports.columns import ExportTable, TableColumn

LICENSE_NOTE = "A model, not a record: rows are numbers that a simulation gave, never observations."


def write_csv(tables: Mapping[str, ExportTable], about: Mapping[str, Any], out: Path, force: bool) -> list[str]:
    """Write each table as CSV, and a manifest, into a new folder; return the names of the tables' files."""
    return written_tables({f"{name}.csv": csv_bytes(table.frame) for name, table in tables.items()}, about, out, force)


def write_parquet(tables: Mapping[str, ExportTable], about: Mapping[str, Any], out: Path, force: bool) -> list[str]:
    """Write each table as Parquet, and a manifest, into a new folder; return the names of the tables' files."""
    return written_tables(
        {f"{name}.parquet": _parquet(table.frame) for name, table in tables.items()}, about, out, force
    )


def write_data_package(
    tables: Mapping[str, ExportTable], about: Mapping[str, Any], out: Path, force: bool
) -> list[str]:
    """Write each table as CSV, and what its columns mean as ``datapackage.json``; return the names of the files."""
    return written_tables(package_files(tables, about), about, out, force)


def package_files(tables: Mapping[str, ExportTable], about: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the files of a data package by name: the tables, then the descriptor."""
    files = {f"{name}.csv": csv_text(table.frame).encode() for name, table in tables.items()}
    return {**files, "datapackage.json": json_text(data_package(tables, about)).encode()}


def _parquet(frame: pd.DataFrame) -> bytes:
    need_extra("pyarrow", "--format parquet", "experiments")
    import pyarrow as pa

    return parquet_bytes(pa.Table.from_pandas(frame, preserve_index=False))


def written_tables(files: Mapping[str, bytes], about: Mapping[str, Any], out: Path, force: bool) -> list[str]:
    """Write files and a manifest into a new folder, and return the names of the files."""
    with new_folder(out, force) as folder:
        for name, content in files.items():
            (folder / name).write_bytes(content)
        manifest = {"program": "siege_sim", "holds": "export", **{k: v for k, v in about.items() if k != "holds"}}
        (folder / "manifest.json").write_text(json_text(manifest), "utf-8", newline="\n")
    return list(files)


def data_package(tables: Mapping[str, ExportTable], about: Mapping[str, Any]) -> dict[str, Any]:
    """Return the descriptor of a data package (Frictionless standard) with a schema for every table.

    Args:
        tables: by name.
        about: title, name, version and source of the run or sweep.
    """
    return {
        "profile": "tabular-data-package",
        "name": "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in about["name"].lower()),
        "title": about["title"],
        "description": f"{about['source']}. {LICENSE_NOTE}",
        "version": str(about["version"]),
        "resources": [_resource(name, table) for name, table in tables.items()],
    }


def _resource(name: str, table: ExportTable) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "description": table.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(column, about) for column, about in table.columns.items()],
            "missingValues": [""],
            "primaryKey": list(table.key),
        },
    }


def _field(name: str, column: TableColumn) -> dict[str, str]:
    unit = {"unit": column.unit} if column.unit else {}
    described = f"{column.description} Unit: {column.unit}." if column.unit else column.description
    return {"name": name, "type": column.type, "description": described, **unit}
