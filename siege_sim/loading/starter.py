"""A commented scenario to start from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from siege_sim.errors import ResultError
from siege_sim.loading.file_schemas import check_schema_target, scenario_schema, schema_line, write_schema
from siege_sim.loading.scenario import build_scenario
from siege_sim.schema.yaml_file import parse_yaml


def starter_text(name: str) -> str:
    """Return the starter scenario under a name; it is valid, and a test keeps it so."""
    text = files("siege_sim.loading").joinpath("starter.yaml").read_text("utf-8").replace("my_siege", name)
    return f"{schema_line('scenario')}\n{text}"


def write_starter(path: Path, force: bool = False) -> None:
    """Write the starter scenario to a file, and the schema that it names for editors beside it.

    Raises:
        ResultError: when the file is there already, or cannot be written.
    """
    name = "".join(c if c.isascii() and c.isalnum() else "_" for c in path.stem.lower()).strip("_") or "my_siege"
    text = starter_text(name)
    build_scenario(parse_yaml(text, str(path)))
    if path.exists() and not force:
        raise ResultError(f"{path}: is there already; choose another name, or replace it with --force")
    if not path.parent.is_dir():
        raise ResultError(f"{path}: cannot be written: there is no folder {path.parent}; make it first")
    check_schema_target("scenario", path.parent)
    write_schema("scenario", scenario_schema(), path.parent)
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise ResultError(f"{path}: cannot be written: {error.strerror}") from None
