"""What pydantic found wrong, in plain words: file and line, key, value and way out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from siege_sim.errors import ScenarioError, SiegeError, cut_name, did_you_mean
from siege_sim.schema.block import MOST_FOUND, Block, KeyPath, Problem
from siege_sim.schema.values import as_written, way_out
from siege_sim.schema.yaml_file import Document, read_yaml

BlockT = TypeVar("BlockT", bound=Block)

LIMITS = {
    "greater_than_equal": ("ge", "must be at least"),
    "greater_than": ("gt", "must be above"),
    "less_than_equal": ("le", "must be at most"),
    "less_than": ("lt", "must be below"),
}
"""Pydantic's names of bounds that were passed: the key of the bound, and the words for it."""

A_DATE, A_BLOCK, A_LIST = "a date such as 2016-09-22", "a block of keys", "a list"

WANTED = {
    "float_type": "a number", "int_type": "a whole number", "int_from_float": "a whole number",
    "string_type": "text", "bool_type": "true or false",
    "date_type": A_DATE, "date_parsing": A_DATE, "date_from_datetime_parsing": A_DATE,
    "date_from_datetime_inexact": A_DATE,
    "dict_type": A_BLOCK, "model_type": A_BLOCK, "model_attributes_type": A_BLOCK, "tuple_type": A_LIST,
}  # fmt: skip
"""Pydantic's names of values of a wrong kind, and what should stand there."""

WRITTEN = {
    "#": "is not a colour; write it as #rrggbb, for example #1f77b4",
    "{": "must be a few plain words, without braces and in one line",
    "_-": "is not a name; use lower-case letters, digits, dashes and underscores",
    "_]": "is not a name; use lower-case letters, digits and underscores, with a letter first",
}
"""What is wrong with a text that does not have its pattern, by what only this pattern has in it."""


class PlacedError(SiegeError):
    """What is wrong at a place of a file that has been read already; ``at`` says where it was written."""

    def __init__(self, path: KeyPath, problem: str) -> None:
        self.path, self.problem = path, problem
        place = ".".join(map(cut_name, path))
        super().__init__("\n".join(f"{place}: {line}" for line in problem.splitlines()))

    def __reduce__(self) -> tuple[type[PlacedError], tuple[KeyPath, str]]:
        """Travel between processes in parts."""
        return type(self), (self.path, self.problem)

    def at(self, document: Document) -> ScenarioError:
        """Return it with file and line."""
        return ScenarioError(f"{document.mark(self.path)}: {line}" for line in str(self).splitlines())


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
    for place, message in islice(problems_of(error, document.data), MOST_FOUND):
        path = ".".join(cut_name(key) for key in place)
        lines.append(f"{document.mark(place)}: {path}: {message}" if path else f"{document.mark(place)}: {message}")
    return lines


def problems_of(error: ValidationError, data: Any) -> Iterator[Problem]:
    """Yield what is wrong with data that failed validation, each thing once.

    Pydantic says of a value that may be of several kinds what is wrong with it as each of them. Here the kinds are
    named together, and only where it is none of them.
    """
    found: dict[KeyPath, list[Any]] = {}
    for item in error.errors():
        found.setdefault(_real_path(item["loc"], data, item["type"] == "missing"), []).append(item)
    above = {place[:depth] for place in found for depth in range(len(place))}
    for place, items in found.items():
        of_kind = [item for item in items if item["type"] in WANTED]
        others = [item for item in items if item["type"] not in WANTED]
        short = [item for item in others if _is_missing_entry(item)]
        if short:
            needed = len(short[0]["input"]) + len(short)
            yield place, f"{as_written(short[0]['input'])} has too few entries; {needed} are needed"
        for item in others:
            if item in short:
                continue
            if item["type"] == "problems":
                yield from ((place + inner, message) for inner, message in item["ctx"]["problems"])
            else:
                yield place, plain_words(item)
        if of_kind and not others and place not in above:
            yield place, _of_a_wrong_kind(of_kind)


def _real_path(location: tuple[str | int, ...], data: Any, missing: bool) -> KeyPath:
    """Drop from pydantic's location what is no key of the data: the tags of unions."""
    path: list[str | int] = []
    for step, key in enumerate(location):
        entry = isinstance(data, tuple) and isinstance(key, int)
        if key in (range(len(data)) if entry else data if isinstance(data, dict) else ()):
            data = data[key]
            path.append(key)
        elif missing and not entry and step == len(location) - 1:
            path.append(key)
    return tuple(path)


def _is_missing_entry(item: Mapping[str, Any]) -> bool:
    """Return whether a list of a fixed length lacks an entry."""
    return item["type"] == "missing" and isinstance(item["input"], tuple)


def _of_a_wrong_kind(items: list[Any]) -> str:
    """Say what a value should have been instead; each item names one kind that would do."""
    value = items[0]["input"]
    wanted = list(dict.fromkeys(WANTED[item["type"]] for item in items))
    return f"{as_written(value)} is not {' or '.join(wanted)}{way_out(value, wanted)}"


def plain_words(item: Mapping[str, Any]) -> str:
    """Say what pydantic found in the words of this project."""
    kind, value, facts = item["type"], item["input"], item.get("ctx", {})
    if kind in WANTED:
        return _of_a_wrong_kind([item])
    if kind in LIMITS:
        key, words = LIMITS[kind]
        return f"{as_written(value)} is out of range; it {words} {facts[key]:g}"
    if kind in ("too_short", "too_long", "string_too_short", "string_too_long"):
        return _of_a_wrong_length(kind, value, facts)
    if kind in ("union_tag_invalid", "literal_error"):
        return _of_unknown_words(kind, value, facts)
    if kind == "missing":
        return "this key is missing; add it"
    if kind == "finite_number":
        return f"{as_written(value)} is not a finite number"
    if kind == "string_pattern_mismatch":
        return f"{as_written(value)} {_of_a_pattern(facts['pattern'])}"
    if kind == "union_tag_not_found":
        listed = "see `siege-sim list interventions`" if item["loc"][0] == "interventions" else "add it"
        return f"the key 'kind' is missing; {listed}"
    return f"{as_written(value)} cannot be used here"


def _of_a_wrong_length(kind: str, value: Any, facts: Mapping[str, Any]) -> str:
    short = kind.endswith("short")
    limit = facts["min_length" if short else "max_length"]
    what = "characters" if isinstance(value, str) else "entries"
    if short and limit == 1:
        return "is empty; write some text" if isinstance(value, str) else "is empty; name at least one entry"
    return f"{as_written(value)} has {len(value)} {what}; {'at least' if short else 'at most'} {limit} are accepted"


def _of_a_pattern(pattern: str) -> str:
    return next((words for mark, words in WRITTEN.items() if mark in pattern), "is not written as it must be")


def _of_unknown_words(kind: str, value: Any, facts: Mapping[str, Any]) -> str:
    """Say that a word is none of a few; for a block, the word under the key that tells its kind."""
    if kind == "union_tag_invalid":
        value = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", value)
    names = re.findall(r"'([^']*)'", str(facts.get("expected_tags") or facts.get("expected", "")))
    return f"{as_written(value)} is not known here{did_you_mean(str(value), names)}"
