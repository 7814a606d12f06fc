"""Reading YAML with the line of every value, and refusing what a scenario never needs.

Scalars follow YAML 1.2's core schema (``yes`` is a word, ``1e6`` a number) plus ISO dates. Tags, duplicate
keys, aliases that multiply, very deep or very large files are errors with a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from siege_sim.errors import ScenarioError
from siege_sim.schema.block import KeyPath

LARGEST_FILE_BYTES = 2_000_000
MOST_VALUES = 100_000
DEEPEST = 40
LONGEST_NUMBER = 30

_INT = re.compile(r"[-+]?[0-9][0-9_]*")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS: dict[str, Any] = {
    "": None, "~": None, "null": None, "true": True, "false": False,
    ".inf": float("inf"), "+.inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan"),
}  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """Where a value was written."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass
class Document:
    """A YAML document: plain values (lists as tuples) and the mark of every key path."""

    data: Any
    marks: dict[KeyPath, Mark] = field(default_factory=dict)

    def mark(self, path: KeyPath) -> Mark:
        """Return the mark of a path, or of the nearest block around it."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, Mark("scenario"))


def read_yaml(file: Path, shown_as: str | None = None) -> Document:
    """Read a YAML file.

    Args:
        file: the file.
        shown_as: how messages call it; its path by default.

    Raises:
        ScenarioError: unreadable, too large, empty, not YAML, or with something a scenario never needs.
    """
    shown = shown_as or str(file)
    try:
        size = file.stat().st_size
        if size > LARGEST_FILE_BYTES:
            raise ScenarioError([f"{shown}: {size:,} bytes; a scenario is at most {LARGEST_FILE_BYTES:,}"])
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError([f"{shown}: not a text file in UTF-8 (byte {error.start}); save it as UTF-8"]) from None
    except OSError as error:
        raise ScenarioError([f"{shown}: cannot be read: {error.strerror}"]) from None
    return parse_yaml(text, shown)


def parse_yaml(text: str, shown: str) -> Document:
    """Parse YAML text; see ``read_yaml``."""
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        _check_depth(text, loader, shown)
        root = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        problem = str(error.problem or error.context)
        if "nesting depth" in problem:  # newer parsers stop by themselves, before the check sees how deep it goes
            raise ScenarioError([f"{shown}{line}: nested more than {DEEPEST} deep"]) from None
        raise ScenarioError([f"{shown}{line}: not valid YAML: {problem}"]) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ScenarioError([f"{shown}: not valid YAML: {str(error).splitlines()[0]}"]) from None
    if root is None:
        raise ScenarioError([f"{shown}: the file is empty; `siege-sim new PATH` writes a scenario to start from"])
    reader = _Reader(shown)
    return Document(reader.value(root, ()), reader.marks)


def _check_depth(text: str, loader: Any, shown: str) -> None:
    """Refuse deep nesting before the parser, which calls itself for every level, meets it."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise ScenarioError([f"{shown}:{line}: nested more than {DEEPEST} deep"])


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.marks: dict[KeyPath, Mark] = {}
        self.values = 0

    def value(self, node: yaml.Node, path: KeyPath) -> Any:
        self.values += 1
        if self.values > MOST_VALUES:
            self.fail(node, f"more than {MOST_VALUES:,} values; aliases that multiply are not accepted")
        if len(path) > DEEPEST:
            self.fail(node, f"nested more than {DEEPEST} deep")
        self.marks[path] = Mark(self.file, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            self.refuse_tag(node, "map")
            return {key: self.value(child, (*path, key)) for key, child in self.pairs(node)}
        if isinstance(node, yaml.SequenceNode):
            self.refuse_tag(node, "seq")
            return tuple(self.value(child, (*path, index)) for index, child in enumerate(node.value))
        self.refuse_tag(node, "str")
        assert isinstance(node, yaml.ScalarNode)
        return node.value if node.style in ("'", '"', "|", ">") else self.plain(node)

    def pairs(self, node: yaml.MappingNode) -> Iterator[tuple[str, yaml.Node]]:
        seen: dict[str, int] = {}
        for key_node, child in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.fail(key_node, "a key must be a word")
            key = str(key_node.value)
            if key == "<<":
                self.fail(key_node, "merge keys (<<) are not accepted; use `extends:` to build on another scenario")
            line = key_node.start_mark.line + 1
            if key in seen:
                self.fail(key_node, f"the key '{key}' is used here and on line {seen[key]}; keep one")
            seen[key] = line
            yield key, child

    def plain(self, node: yaml.ScalarNode) -> Any:
        text = str(node.value)
        if text.lower() in _WORDS:
            return _WORDS[text.lower()]
        if len(text) > LONGEST_NUMBER and _FLOAT.fullmatch(text):
            self.fail(node, f"a number of {len(text):,} characters; at most {LONGEST_NUMBER} are accepted")
        if _INT.fullmatch(text):
            return int(text.replace("_", ""))
        if _FLOAT.fullmatch(text):
            return float(text.replace("_", ""))
        if _DATE.fullmatch(text):
            try:
                return date.fromisoformat(text)
            except ValueError:
                self.fail(node, f"'{text}' is not a calendar date")
        return text

    def refuse_tag(self, node: yaml.Node, kind: str) -> None:
        if node.tag != f"tag:yaml.org,2002:{kind}":
            self.fail(node, f"the tag '{node.tag}' is not accepted; write the plain value")

    def fail(self, node: yaml.Node, why: str) -> None:
        raise ScenarioError([f"{self.file}:{node.start_mark.line + 1}: {why}"])
