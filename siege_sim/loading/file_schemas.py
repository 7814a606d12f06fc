"""The schema of scenario files, and schema files beside what the program writes."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from pathlib import Path

from siege_sim.errors import ResultError
from siege_sim.loading.json_schema import (
    ID_PREFIX,
    Schema,
    block_schema,
    choice_of_values,
    extensible,
    schema_text,
    versioned,
)
from siege_sim.model import catalogue
from siege_sim.model.scenario import Scenario


@cache
def scenario_schema() -> Schema:
    """Return the schema of scenario files; it knows the mechanisms of installed plug-ins."""
    schema = block_schema(Scenario)
    fields = schema["properties"]
    fields["map"] = {"anyOf": [{"type": "string", "description": "A map file beside the scenario."}, fields["map"]]}
    fields["extends"] = {"type": "string", "description": "A scenario to build on: blocks merge, null takes away."}
    definitions = schema["$defs"]
    classes = {name: cls.__name__ for name, cls in catalogue.processes().items()}
    definitions["Change"]["properties"]["processes"] |= {
        "additionalProperties": False,
        "properties": {name: choice_of_values(definitions[cls], cls) for name, cls in classes.items()},
    }
    return versioned(extensible(schema, "extends"), "scenario")


def schema_file(kind: str) -> str:
    """Return how the schema file of a kind of file is called."""
    return f"{kind}.schema.json"


def schema_line(kind: str, folder: str = "") -> str:
    """Return the comment that leads editors to the schema file.

    Args:
        kind: the kind of file.
        folder: where the schema lies, seen from the file: empty for beside it, or ``"../"``.
    """
    return f"# yaml-language-server: $schema={folder}{schema_file(kind)}"


def check_schema_target(kind: str, folder: Path) -> None:
    """Refuse a folder that holds another file in the place of a schema.

    Raises:
        ResultError: names the file and the way out.
    """
    target = folder / schema_file(kind)
    if target.exists() and not _is_ours(target):
        raise ResultError(f"{target}: is there already and is no schema of siege_sim; move it, or use another folder")


def write_schema(kind: str, schema: Schema, folder: Path) -> Path:
    """Write a schema file into a folder, in the place of an older one, and return it.

    Raises:
        ResultError: when it cannot be written, or another file is in its place.
    """
    check_schema_target(kind, folder)
    target = folder / schema_file(kind)
    temporary = folder / f".{target.name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary.write_text(schema_text(schema, readable=False) + "\n", "utf-8", newline="\n")
        temporary.replace(target)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise ResultError(f"{target}: cannot be written: {error.strerror}") from None
    return target


def _is_ours(file: Path) -> bool:
    try:
        return str(json.loads(file.read_text("utf-8")).get("$id", "")).startswith(ID_PREFIX)
    except (OSError, ValueError, AttributeError):
        return False
