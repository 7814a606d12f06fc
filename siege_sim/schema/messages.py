"""What pydantic found wrong, in plain words: file and line, key, value and way out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from siege_sim.errors import ScenarioError, did_you_mean
from siege_sim.schema.block import Block, KeyPath
from siege_sim.schema.yaml_file import Document, read_yaml

BlockT = TypeVar("BlockT", bound=Block)


def read_block(kind: type[BlockT], file: Path, what: str) -> tuple[BlockT, Document]:
    """Read a YAML file into a block; return it with the document, which knows where everything stands.

    Args:
        kind: the block's class.
        file: the file.
        what: what such a file is called in messages, with its article.

    Raises:
        ScenarioError: names file, line, value and way out for everything that is wrong.
    """
    document = read_yaml(file)
    if not isinstance(document.data, dict):
        raise ScenarioError([f"{document.mark(())}: {what} is a list of 'key: value' lines"])
    try:
        return kind.model_validate(document.data), document
    except ValidationError as error:
        raise ScenarioError(problem_lines(error, document)) from None


def problem_lines(error: ValidationError, document: Document) -> list[str]:
    """Return one line for each problem of a document that failed validation."""
    lines: list[str] = []
    for item in error.errors():
        path = _real_path(item["loc"], document.data)
        if item["type"] == "problems":
            found = [((*path, *inner), message) for inner, message in item["ctx"]["problems"]]
        else:
            found = [(path, plain_words(item))]
        for place, message in found:
            shown = ".".join(str(key) for key in place)
            lines.append(
                f"{document.mark(place)}: {shown}: {message}" if shown else f"{document.mark(place)}: {message}"
            )
    return lines


def _real_path(location: tuple[str | int, ...], data: Any) -> KeyPath:
    """Drop from pydantic's location what is no key of the data: the tags of unions."""
    path: list[str | int] = []
    for step, key in enumerate(location):
        last = step == len(location) - 1
        known = (isinstance(data, dict) and key in data) or (isinstance(data, tuple) and isinstance(key, int))
        if known:
            data = data[key]
            path.append(key)
        elif last and isinstance(data, dict) and isinstance(key, str) and " " not in key and key.islower():
            path.append(key)
    return tuple(path)


def plain_words(item: Mapping[str, Any]) -> str:
    """Say what pydantic found in the words of this project."""
    kind, value, facts = item["type"], item["input"], item.get("ctx", {})
    shown = _shown(value)
    limits = {
        "greater_than_equal": ("ge", "must be at least"),
        "greater_than": ("gt", "must be above"),
        "less_than_equal": ("le", "must be at most"),
        "less_than": ("lt", "must be below"),
    }
    if kind in limits:
        key, words = limits[kind]
        return f"{shown} is out of range; it {words} {facts[key]:g}"
    if kind == "missing":
        return "this key is missing; add it"
    if kind == "finite_number":
        return f"{shown} is not a finite number"
    if kind in ("union_tag_invalid", "literal_error"):
        known = str(facts.get("expected_tags") or facts.get("expected", ""))
        names = [part.strip().strip("'") for part in known.replace(" or ", ", ").split(",")]
        word = value.get("kind") if isinstance(value, dict) else value
        return f"{_shown(word)} is not known here{did_you_mean(str(word), names)}"
    if kind == "string_pattern_mismatch":
        return f"{shown} is not a name; use lower-case letters, digits, dashes and underscores"
    if kind == "union_tag_not_found":
        listed = "see `siege-sim list interventions`" if item["loc"][0] == "interventions" else "add it"
        return f"the key 'kind' is missing; {listed}"
    types = {
        "float_type": "a number", "int_type": "a whole number", "int_from_float": "a whole number",
        "string_type": "text", "bool_type": "true or false", "date_type": "a date such as 2016-09-22",
        "dict_type": "a block of keys",
        "tuple_type": "a list", "model_type": "a block of keys",
    }  # fmt: skip
    if kind in types:
        return f"{shown} is not {types[kind]}"
    return f"{shown}: {item['msg'].lower()}"


def _shown(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    text = str(value) if isinstance(value, (int, float)) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
