"""Tables of keys for the pages on files, made from the blocks that read them.

A page is written by hand but for its tables: each stands between two comments, ``<!-- keys of NAME -->`` and
``<!-- end -->``, and is written anew by ``python -m siege_sim.cli.reference docs``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from siege_sim.cli.check import FILE_KINDS
from siege_sim.dashboard.lessons.lesson_file import LessonCard, LessonGuess, LessonStep, LeverPull
from siege_sim.loading.json_schema import block_schema
from siege_sim.model.city import map as maps
from siege_sim.model.city.synthetic import SyntheticTown
from siege_sim.model.scenario import Change
from siege_sim.results.numbers import exact
from siege_sim.runner.calibration_file import CalibrationCase, CalibrationStage
from siege_sim.runner.claims_file import Claim, ClaimedScenario
from siege_sim.schema.block import Block
from siege_sim.validation.record import RecordEntry

TABLES: dict[str, type[Block]] = {
    **{kind.name: kind.block for kind in FILE_KINDS},
    "change": Change,
    "pattern": RecordEntry,
    "case": CalibrationCase,
    "stage": CalibrationStage,
    "claim": Claim,
    "claimed scenario": ClaimedScenario,
    "card": LessonCard,
    "guess": LessonGuess,
    "step": LessonStep,
    "pull": LeverPull,
    "quarter": maps.Quarter,
    "corner": maps.Corner,
    "facilities": maps.Facilities,
    "hospital": maps.HospitalPlace,
    "rescue_team": maps.RescuePlace,
    "warehouse": maps.WarehousePlace,
    "crossing": maps.CrossingPlace,
    "synthetic town": SyntheticTown,
}
"""Blocks of which a page can have the keys, by the name in the comment."""

FILE_PAGES = ("files.md", "map_files.md", "lessons/writing_a_lesson.md")
"""Pages that hold such tables."""

_TABLE = re.compile(r"(<!-- keys of ([a-z_ ]+) -->\n).*?(<!-- end -->)", re.DOTALL)

_WORDS = {"integer": "whole number", "number": "number", "string": "text", "boolean": "true or false", "array": "list"}


def with_tables(page: str) -> str:
    """Return a page with its tables as the code has them now."""
    return _TABLE.sub(lambda found: f"{found[1]}\n{keys_table(TABLES[found[2]])}\n\n{found[3]}", page)


def keys_table(block: type[Block]) -> str:
    """Return a table of a block's keys: what each may hold, what holds without it, and what it means."""
    schema = block_schema(block)
    needed = schema.get("required", ())
    lines = ["| key | holds | without it | meaning |", "| --- | --- | --- | --- |"]
    for key, part in schema["properties"].items():
        cells = (f"`{key}`", _holds(part), _without(part, key in needed), _meaning(part, schema))
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def _holds(part: dict[str, Any]) -> str:
    """Return in words which values a key may have."""
    options = [option for option in part.get("anyOf", [part]) if option.get("type") != "null"]
    return " or ".join(dict.fromkeys(map(_one_kind, options)))


def _one_kind(part: dict[str, Any]) -> str:
    if "enum" in part:
        return ", ".join(f"`{word}`" for word in part["enum"])
    if part.get("format") == "date":
        return "date"
    if "additionalProperties" in part and "properties" not in part:
        return "blocks by name" if "$ref" in str(part["additionalProperties"]) else "values by name"
    words = _WORDS.get(part.get("type", ""), "block")
    return " ".join([words, *_range(part)])


def _range(part: dict[str, Any]) -> Iterator[str]:
    low = part.get("minimum", part.get("exclusiveMinimum"))
    high = part.get("maximum", part.get("exclusiveMaximum"))
    if low is not None and high is not None:
        yield f"{exact(low)} to {exact(high)}"
    elif low is not None:
        yield f"from {exact(low)}" if "minimum" in part else f"above {exact(low)}"


def _without(part: dict[str, Any], needed: bool) -> str:
    if needed:
        return "required"
    default = part.get("default")
    if isinstance(default, bool):
        return "true" if default else "false"
    return "" if default in (None, "") else exact(default) if isinstance(default, int | float) else f"`{default}`"


def _meaning(part: dict[str, Any], schema: dict[str, Any]) -> str:
    """Return a key's description; that of its block where it has none of its own."""
    block = schema.get("$defs", {}).get(part.get("$ref", "").rpartition("/")[2], {})
    return " ".join(part.get("description", block.get("description", "")).replace("``", "`").split())
