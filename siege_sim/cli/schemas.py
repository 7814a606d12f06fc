"""The schemas of all kinds of files, printed or written."""

from __future__ import annotations

from pathlib import Path

from siege_sim.cli.check import FILE_KINDS, FileKind
from siege_sim.errors import SiegeError, did_you_mean
from siege_sim.loading.file_schemas import check_schema_target, write_schema
from siege_sim.loading.json_schema import schema_text

ALL = "all"


def text_of(kind: str) -> str:
    """Return the schema of a kind of file for reading.

    Raises:
        SiegeError: there is no such kind, or all are asked for.
    """
    if kind == ALL:
        raise SiegeError("schema all: several schemas make no text; write them into a folder: --out FOLDER")
    return schema_text(_kinds(kind)[0].schema())


def written(kind: str, folder: Path) -> list[Path]:
    """Write the schema of a kind of file, or of all, into a folder, and return the files.

    Raises:
        SiegeError: there is no such kind, or the folder cannot be written to.
    """
    kinds = _kinds(kind)
    for one in kinds:
        check_schema_target(one.name, folder)
    return [write_schema(one.name, one.schema(), folder) for one in kinds]


def _kinds(name: str) -> list[FileKind]:
    known = {kind.name: kind for kind in FILE_KINDS}
    if name == ALL:
        return list(FILE_KINDS)
    if name not in known:
        raise SiegeError(f"schema: there is no kind of file '{name}'{did_you_mean(name, [*known, ALL])}")
    return [known[name]]
