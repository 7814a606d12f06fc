"""JSON schemas of files, made from the blocks that read them, for editors that check and complete what is typed.

A schema refuses what a block refuses by itself: unknown keys, wrong kinds of values, values out of range. What spans
several keys (a sector without ground, a date after the end) only `siege-sim validate` finds.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from siege_sim._version import __version__
from siege_sim.schema.block import Block
from siege_sim.schema.meanings import meanings

Schema = dict[str, Any]

DIALECT = "http://json-schema.org/draft-07/schema#"
"""Draft 7: the newest one that all editors know in full; nothing here needs a later one."""

ID_PREFIX = "urn:siege-sim:schema:"
"""How the names of schemas begin. A name and no address: there is no place on the web to fetch them from."""

ISO_DATE = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
DEFINITIONS = "#/$defs/"
SHARED = "shared"
"""Marks a reference that stays as it is while others are moved."""


def block_schema(block: type[Block]) -> Schema:
    """Return the schema of a block: pydantic's, without what editors do not know, and with units in descriptions."""
    schema: Schema = block.model_json_schema(by_alias=True, schema_generator=_Described)
    for part in parts_of(schema):
        _tidy(part)
    return schema


class _Described(GenerateJsonSchema):
    """Pydantic's schemas, with what each field means."""

    def model_schema(self, schema: Any) -> Schema:
        made: Schema = super().model_schema(schema)
        fields, properties = schema["cls"].model_fields, made.get("properties", {})
        for name, meaning in meanings(schema["cls"]).items():
            part = properties.get(fields[name].alias or name)
            if meaning and part is not None:
                part.setdefault("description", meaning)
        return made


def versioned(schema: Schema, kind: str) -> Schema:
    """Return a schema with its dialect, its name, and the version of the program that it was made by."""
    return {
        "$schema": DIALECT,
        "$id": f"{ID_PREFIX}{kind}:{__version__}",
        "title": f"{kind} of siege_sim {__version__}",
        **schema,
    }


def schema_text(schema: Schema, readable: bool = True) -> str:
    """Return a schema as text: for reading, or in half the size."""
    layout: dict[str, Any] = {"indent": 2} if readable else {"separators": (",", ":")}
    return json.dumps(schema, ensure_ascii=False, **layout)


def parts_of(schema: Schema) -> Iterator[Schema]:
    """Yield a schema and all schemas within it."""
    yield schema
    for inner in _inner(schema):
        yield from parts_of(inner)


def _inner(schema: Schema) -> Iterator[Schema]:
    for key in ("properties", "patternProperties", "$defs"):
        yield from schema.get(key, {}).values()
    for key in ("anyOf", "oneOf", "allOf"):
        yield from schema.get(key, ())
    for key in ("items", "additionalProperties", "propertyNames", "if", "then", "else"):
        if isinstance(schema.get(key), dict):
            yield schema[key]


def _tidy(part: Schema) -> None:
    """Put one schema into the words that editors know; their inner schemas are left."""
    part.pop("title", None)
    if part.get("format") == "date":
        part["pattern"] = ISO_DATE
    if part.get("default", 0) is None or isinstance(part.get("default"), dict | list):
        del part["default"]
    if "patternProperties" in part:
        (pattern, value), *_ = part.pop("patternProperties").items()
        part["additionalProperties"] = value
        part["propertyNames"] = {**part.get("propertyNames", {}), "pattern": pattern}
    if "prefixItems" in part:
        part["items"] = part.pop("prefixItems")[0]  # lists of a fixed length are of one kind
    if "discriminator" in part:
        _name_the_kind(part)
    if "unit" in part:
        part["description"] = " ".join([part.get("description", ""), *_facts(part)]).strip()
        part.pop("source", None)


def _name_the_kind(part: Schema) -> None:
    """Let a choice of blocks require the key that tells them apart."""
    choice = part.pop("discriminator")
    key = choice["propertyName"]
    part |= {"type": "object", "required": [key], "properties": {key: {"enum": list(choice["mapping"])}}}


def _facts(part: Schema) -> Iterator[str]:
    """Yield unit, plausible range and source of a parameter as sentences."""
    if part["unit"]:
        yield f"Unit: {part['unit']}."
    if "plausible" in part:
        low, high = part["plausible"]
        yield f"Plausible: {low:g} to {high:g}."
    if part.get("source", "assumed") != "assumed":
        yield f"Source: {part['source']}."


def extensible(schema: Schema, key: str) -> Schema:
    """Return the schema of files that may build on another one with a key.

    With the key, a file names only what it changes, and ``null`` takes something away; within a list every entry is
    complete. Without the key nothing may be missing.

    Args:
        schema: of a complete file.
        key: the key under which the other file is named; part of the schema's properties.
    """
    complete, changed = copy.deepcopy(schema), copy.deepcopy(schema)
    whole = complete.pop("$defs")
    within_changes = changed.pop("$defs")
    for part in (changed, *within_changes.values()):
        _relax(part)
    for name, part in whole.items():
        _share(part, within_changes[name], f"{DEFINITIONS}{name}/properties/")
    for part in (complete, *whole.values()):
        _point(part, f"{DEFINITIONS}complete.")
    defs = within_changes | {f"complete.{name}": part for name, part in whole.items()}
    return {
        **changed,
        "if": {"required": [key]},
        "else": {"$ref": f"{DEFINITIONS}complete"},
        "$defs": {**defs, "complete": complete},
    }


def _share(schema: Schema, changed: Schema, where: str) -> None:
    """Let a complete block refer to what is no different within changes, so that it is written once."""
    for name, part in schema.get("properties", {}).items():
        if changed["properties"][name]["anyOf"][0] == part and not any("$ref" in inner for inner in parts_of(part)):
            schema["properties"][name] = {SHARED: f"{where}{name}/anyOf/0"}


def _point(schema: Schema, there: str) -> None:
    """Let every reference of a schema lead to definitions with another beginning."""
    for part in parts_of(schema):
        if SHARED in part:
            part["$ref"] = part.pop(SHARED)
        elif "$ref" in part:
            part["$ref"] = part["$ref"].replace(DEFINITIONS, there)


def _relax(schema: Schema) -> None:
    """Let a schema accept a part of what it describes; entries of lists stay complete."""
    schema.pop("minProperties", None)
    if "oneOf" in schema:
        schema["anyOf"] = schema.pop("oneOf")
    schema.pop("required", None)
    for inner in schema.get("anyOf", ()):
        _relax(inner)
    if "items" in schema:
        _point(schema["items"], f"{DEFINITIONS}complete.")
    for name, part in schema.get("properties", {}).items():
        _relax(part)
        schema["properties"][name] = _or_nothing(part)
    if isinstance(schema.get("additionalProperties"), dict):
        _relax(schema["additionalProperties"])
        schema["additionalProperties"] = _or_nothing(schema["additionalProperties"])


def _or_nothing(part: Schema) -> Schema:
    return {"anyOf": [part, {"type": "null"}]}


def choice_of_values(definition: Mapping[str, Any], name: str) -> Schema:
    """Return the schema of new values for some parameters of a defined block: any of its own, but for its kind."""
    names = (key for key in definition.get("properties", {}) if key != "kind")
    pointers = {key: {"$ref": f"{DEFINITIONS}{name}/properties/{key}"} for key in names}
    return {"type": "object", "additionalProperties": False, "minProperties": 1, "properties": pointers}
