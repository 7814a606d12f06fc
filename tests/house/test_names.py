"""One thing, one name: no public name is defined twice, and none stands for two things."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "siege_sim"
FILES = sorted(PACKAGE.rglob("*.py"))

DEFINED_AGAIN = {
    "sentence": "every module of a figure of a run has one: what the figure shows, in a sentence",
}
"""Public names that several modules define, with the reason."""

STEMS_AGAIN = {
    "base": "what the modules of its folder share",
}
"""Names of modules that stand twice in one room, with the reason."""


def defined_in(path: Path) -> Iterator[str]:
    """Yield the public names that a module defines; not those that it imports, nor type variables."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign) and not is_type_variable(node.value):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [part for target in targets for part in ast.walk(target)]
            yield from (name.id for name in names if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store))


def is_type_variable(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "TypeVar"


def test_no_public_name_is_defined_in_two_modules():
    modules = defaultdict(set)
    for path in FILES:
        for name in defined_in(path):
            if not name.startswith("_"):
                modules[name].add(path.relative_to(PACKAGE).as_posix())
    again = {name: sorted(where) for name, where in modules.items() if len(where) > 1}
    assert {name: where for name, where in again.items() if name not in DEFINED_AGAIN} == {}
    assert set(DEFINED_AGAIN) <= set(again), "no longer defined twice; take it out of the list"


def test_no_two_modules_of_a_room_are_called_alike():
    modules = defaultdict(set)
    for path in FILES:
        room = path.relative_to(PACKAGE).parts[0]
        if not path.stem.startswith("__"):
            modules[room, path.stem].add(path.relative_to(PACKAGE).as_posix())
    again = {stem: sorted(where) for (_, stem), where in modules.items() if len(where) > 1}
    assert {stem: where for stem, where in again.items() if stem not in STEMS_AGAIN} == {}
    assert set(STEMS_AGAIN) <= set(again), "no longer there twice; take it out of the list"
