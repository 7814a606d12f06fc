"""What the fields of blocks mean: the docstrings below them, read from the source once somebody asks.

Reading them as the classes are made, as pydantic can, takes a third of the time in which the program starts.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise

from pydantic import BaseModel


@cache
def meanings(kind: type[BaseModel]) -> Mapping[str, str]:
    """Return what each field of a block means, by its name; ``""`` for one that nobody has described."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        found |= _docstrings_of(base.__module__).get(base.__qualname__, {})
    return {name: field.description or found.get(name, "") for name, field in kind.model_fields.items()}


@cache
def _docstrings_of(module: str) -> Mapping[str, Mapping[str, str]]:
    """Return the docstrings below the attributes of each class of a module, by the class's name."""
    try:
        source = inspect.getsource(sys.modules[module])
    except (OSError, TypeError):  # it was typed in, or is compiled
        return {}
    return dict(_classes(ast.parse(source), ""))


def _classes(tree: ast.AST, above: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield above + node.name, dict(_below_attributes(node))
            yield from _classes(node, f"{above}{node.name}.")


def _below_attributes(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for attribute, below in pairwise(node.body):
        if not (isinstance(attribute, ast.AnnAssign) and isinstance(attribute.target, ast.Name)):
            continue
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str):
            yield attribute.target.id, inspect.cleandoc(below.value.value)
