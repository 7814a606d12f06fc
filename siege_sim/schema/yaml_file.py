"""Reading YAML with the line of every value, and refusing what a scenario never needs.

Scalars follow YAML 1.2's core schema (``yes`` is a word, ``1e6`` a number) plus ISO dates. Tags, duplicate
keys, aliases that multiply, very deep or very large files are errors with a line.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from siege_sim.errors import ScenarioError, cut_name
from siege_sim.schema.block import KeyPath

LARGEST_FILE_BYTES = 2_000_000
MOST_VALUES = 50_000
MOST_REPEATED = 2_000
"""How many values may come of aliases."""
DEEPEST = 40
LONGEST_NUMBER = 30

SPLIT = "shorten the file, or put series by date in tables (csv)"

_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
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
        about = file.stat()
        if not stat.S_ISREG(about.st_mode):
            raise ScenarioError([f"{shown}: is a pipe, a device or a folder; save it as a file first"])
        if about.st_size > LARGEST_FILE_BYTES:
            raise ScenarioError([f"{shown}: {about.st_size:,} bytes; a scenario is at most {LARGEST_FILE_BYTES:,}"])
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError([f"{shown}: not a text file in UTF-8 (byte {error.start}); save it as UTF-8"]) from None
    except OSError as error:
        raise ScenarioError([f"{shown}: cannot be read: {error.strerror}"]) from None
    return parse_yaml(text, shown)


def parse_yaml(text: str, shown: str) -> Document:
    """Parse YAML text; see ``read_yaml``."""
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    _refuse_control_characters(text, shown)
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


def _refuse_control_characters(text: str, shown: str) -> None:
    """Refuse what no editor shows and the parser would refuse without a line."""
    found = _CONTROL.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise ScenarioError([f"{shown}:{line}: {_control_character(found[0])}"])


def _control_character(sign: str) -> str:
    return f"holds the control character U+{ord(sign):04X}, which cannot be seen; remove it, or type the line again"


def _check_depth(text: str, loader: Any, shown: str) -> None:
    """Refuse deep nesting before the parser, which calls itself for every level, meets it; and too many values."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=loader)):
        if number > 3 * MOST_VALUES:
            raise ScenarioError([f"{shown}:{_line_of(event)}: more than {MOST_VALUES:,} values; {SPLIT}"])
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise ScenarioError([f"{shown}:{_line_of(event)}: nested more than {DEEPEST} deep"])


def _line_of(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.marks: dict[KeyPath, Mark] = {}
        self.values = self.repeated = 0
        self.met: set[int] = set()

    def value(self, node: yaml.Node, path: KeyPath, again: bool = False) -> Any:
        self.values += 1
        again = again or (not isinstance(node, yaml.ScalarNode) and id(node) in self.met)
        self.repeated += again
        self.met.add(id(node))
        if self.values > MOST_VALUES:
            self.fail(node, f"more than {MOST_VALUES:,} values; {SPLIT}")
        if self.repeated > MOST_REPEATED:
            self.fail(node, f"aliases that multiply are not accepted: more than {MOST_REPEATED:,} values come of them")
        if len(path) > DEEPEST:
            self.fail(node, f"nested more than {DEEPEST} deep")
        self.marks[path] = Mark(self.file, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            self.refuse_tag(node, "map")
            return {key: self.value(child, (*path, key), again) for key, child in self.pairs(node)}
        if isinstance(node, yaml.SequenceNode):
            self.refuse_tag(node, "seq")
            return tuple(self.value(child, (*path, index), again) for index, child in enumerate(node.value))
        self.refuse_tag(node, "str")
        assert isinstance(node, yaml.ScalarNode)
        self.refuse_control(node)
        return node.value if node.style in ("'", '"', "|", ">") else self.plain(node)

    def pairs(self, node: yaml.MappingNode) -> Iterator[tuple[str, yaml.Node]]:
        seen: dict[str, int] = {}
        for key_node, child in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.fail(key_node, "a key must be a word")
            key = str(key_node.value)
            self.refuse_control(key_node)
            if key == "<<":
                self.fail(key_node, "merge keys (<<) are not accepted; use `extends:` to build on another scenario")
            line = key_node.start_mark.line + 1
            if key in seen:
                self.fail(key_node, f"the key '{cut_name(key)}' is used here and on line {seen[key]}; keep one")
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

    def refuse_control(self, node: yaml.ScalarNode) -> None:
        """Refuse a control character that is written as an escape."""
        found = _CONTROL.search(str(node.value))
        if found:
            self.fail(node, _control_character(found[0]))

    def refuse_tag(self, node: yaml.Node, kind: str) -> None:
        if node.tag != f"tag:yaml.org,2002:{kind}":
            self.fail(node, f"the tag '{cut_name(node.tag)}' is not accepted; write the plain value")

    def fail(self, node: yaml.Node, why: str) -> None:
        raise ScenarioError([f"{self.file}:{node.start_mark.line + 1}: {why}"])
