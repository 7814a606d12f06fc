"""Folders that archives read: a data package, and an RO-Crate description of what was made with what.

RO-Crate 1.1 (https://w3id.org/ro/crate/1.1): one file of linked data beside the tables. It says neither who made the
run nor under which licence it is shared, since the program cannot know that.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from siege_sim.exports.tables import LICENSE_NOTE, package_files, written_tables
from siege_sim.results.files import json_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from siege_sim.exports.columns import ExportTable

CRATE_FILE = "ro-crate-metadata.json"
CRATE_VERSION = "https://w3id.org/ro/crate/1.1"
PROGRAM_ID, MAKING_ID = "#siege_sim", "#simulation"


def write_ro_crate(tables: Mapping[str, ExportTable], about: Mapping[str, Any], out: Path, force: bool) -> list[str]:
    """Write a data package and its RO-Crate description into a new folder; return the names of the files."""
    files = package_files(tables, about)
    files[CRATE_FILE] = json_text(ro_crate(tables, about)).encode()
    return written_tables(files, about, out, force)


def ro_crate(tables: Mapping[str, ExportTable], about: Mapping[str, Any]) -> dict[str, Any]:
    """Return the description: the folder, its files, the program, and the simulation that made them.

    Args:
        tables: by name.
        about: title, version, source and, where it is known, the day on which the results were written.
    """
    files = [_file(f"{name}.csv", table.description, "text/csv") for name, table in tables.items()]
    files.append(_file("datapackage.json", "Type, unit and meaning of every column of the tables.", "application/json"))
    manifest = "What was simulated: scenario, seed or seeds, versions of the program and of its libraries."
    files.append(_file("manifest.json", manifest, "application/json"))
    return {
        "@context": f"{CRATE_VERSION}/context",
        "@graph": [_descriptor(), _folder(files, about), *files, _program(about), _making(about)],
    }


def _descriptor() -> dict[str, Any]:
    return {
        "@id": CRATE_FILE,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": CRATE_VERSION},
    }


def _folder(files: list[dict[str, Any]], about: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": about["title"],
        "description": f"{about['source']}. {LICENSE_NOTE}",
        "datePublished": _written(about) or datetime.now(UTC).date().isoformat(),
        "hasPart": [{"@id": file["@id"]} for file in files],
        "mentions": {"@id": MAKING_ID},
    }


def _file(name: str, description: str, form: str) -> dict[str, Any]:
    return {"@id": name, "@type": "File", "name": name, "description": description, "encodingFormat": form}


def _program(about: Mapping[str, Any]) -> dict[str, Any]:
    version = str(about["version"])
    return {"@id": PROGRAM_ID, "@type": "SoftwareApplication", "name": "siege_sim", "softwareVersion": version}


def _making(about: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@id": MAKING_ID,
        "@type": "CreateAction",
        "name": f"Simulation of {about['title']}",
        **({"endTime": day} if (day := _written(about)) else {}),
        "instrument": {"@id": PROGRAM_ID},
        "object": {"@id": "manifest.json"},
        "result": {"@id": "./"},
    }


def _written(about: Mapping[str, Any]) -> str | None:
    """Return the day on which the results were written; None where they do not say it, as those of sweeps."""
    try:
        return date.fromisoformat(str(about.get("written"))[:10]).isoformat()
    except ValueError:
        return None
