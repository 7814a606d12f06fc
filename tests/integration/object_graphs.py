"""Comparing two models object by object: every attribute of every object that can be reached from them."""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
from mesa.agent import AgentSet

ATOMS = (
    type(None), bool, int, float, str, bytes, date, Enum, np.generic, type,
    FunctionType, BuiltinFunctionType, ModuleType,
)  # fmt: skip
"""Kinds of values that cannot change, so two models may have them in common."""

Pair = tuple[Any, Any, str]


def differences(one: Any, two: Any) -> list[str]:
    """Return where the second object is not like the first: another value, another shape of references, or shared.

    Arrays that share memory in the first must do so in the second, and nothing that can change may be in both.
    """
    found: list[str] = []
    twins: dict[int, Any] = {}
    memory: dict[int, int] = {}
    waiting: deque[Pair] = deque([(one, two, type(one).__name__)])
    kept: list[Any] = []  # so that no id is given twice
    while waiting:
        a, b, where = waiting.popleft()
        if _is_constant(a):
            if not _same_constant(a, b):
                found.append(f"{where}: {a!r} became {b!r}")
            continue
        if id(a) in twins:
            if twins[id(a)] is not b:
                found.append(f"{where}: is one object in the first, and two in the second")
            continue
        twins[id(a)] = b
        kept.append(a)
        if type(a).__qualname__ != type(b).__qualname__:
            found.append(f"{where}: {type(a).__qualname__} became {type(b).__qualname__}")
        elif a is b:
            found.append(f"{where}: is shared")
        elif isinstance(a, np.ndarray):
            found += _array_differs(a, b, where, memory)
        else:
            inner = list(_parts(a, b, where))
            found += [f"{where}: {len(a)} entries became {len(b)}" for _ in (1,) if _lengths_differ(a, b)]
            waiting += inner
    return found


def _is_constant(a: Any) -> bool:
    entries = _fixed(a)
    return isinstance(a, ATOMS) or (entries is not None and all(map(_is_constant, entries)))


def _fixed(a: Any) -> tuple[Any, ...] | None:
    """Return the entries of a tuple or of a frozen declaration; None for what can change."""
    if isinstance(a, tuple):
        return a
    frozen = is_dataclass(a) and a.__dataclass_params__.frozen
    return tuple(getattr(a, field.name) for field in fields(a)) if frozen else None


def _same_constant(a: Any, b: Any) -> bool:
    ours, theirs = _fixed(a), _fixed(b)
    if ours is not None and theirs is not None:
        return len(ours) == len(theirs) and all(map(_same_constant, ours, theirs))
    if isinstance(a, FunctionType) and isinstance(b, FunctionType):
        return a.__code__ is b.__code__
    return a == b or (isinstance(a, float) and isinstance(b, float) and math.isnan(a) and math.isnan(b))


def _array_differs(a: Any, b: Any, where: str, memory: dict[int, int]) -> Iterator[str]:
    if a.shape != b.shape or a.dtype != b.dtype or not np.array_equal(a, b, equal_nan=a.dtype.kind == "f"):
        yield f"{where}: another array"
    if np.shares_memory(a, b):
        yield f"{where}: shares memory"
    if a.size:
        start, its = a.__array_interface__["data"][0], b.__array_interface__["data"][0]
        if memory.setdefault(start, its) != its:
            yield f"{where}: shares memory with another array in the first, and not in the second"


def _lengths_differ(a: Any, b: Any) -> bool:
    return isinstance(a, (dict, list, tuple, set, frozenset, AgentSet)) and len(a) != len(b)


def _parts(a: Any, b: Any, where: str) -> Iterator[Pair]:
    """Yield what two objects consist of."""
    if isinstance(a, dict):
        for number, (key, twin) in enumerate(zip(a, b, strict=False)):
            yield key, twin, f"{where} key {number}"
            yield a[key], b[twin], f"{where}[{key if isinstance(key, str) else number}]"
    elif isinstance(a, (list, tuple)) or _is_agent_set(a):
        yield from ((x, y, f"{where}[{i}]") for i, (x, y) in enumerate(zip(a, b, strict=False)))
    elif isinstance(a, (set, frozenset)):
        yield sorted(map(repr, a)), sorted(map(repr, b)), where
    elif isinstance(a, random.Random):
        yield a.getstate(), b.getstate(), where
    elif isinstance(a, np.random.Generator):
        yield repr(a.bit_generator.state), repr(b.bit_generator.state), where
    elif isinstance(a, partial):
        yield (a.func, a.args, a.keywords), (b.func, b.args, b.keywords), where
    elif isinstance(a, MethodType):
        yield (a.__func__, a.__self__), (b.__func__, b.__self__), where
    elif type(a).__module__ == "mesa.time.events":
        yield repr(getattr(a, "next_scheduled_time", 0)), repr(getattr(b, "next_scheduled_time", 0)), where
    else:
        for name in _attributes(a) | _attributes(b):
            there = object()
            x, y = getattr(a, name, there), getattr(b, name, there)
            yield (x is there), (y is there), f"{where}.{name} is missing"
            if x is not there and y is not there:
                yield x, y, f"{where}.{name}"


def _is_agent_set(a: Any) -> bool:
    return isinstance(a, AgentSet) or type(a).__name__ == "_HardKeyAgentSet"


def _attributes(a: Any) -> set[str]:
    """Return the names of the attributes that an object keeps; each grid has a class of cells of its own."""
    slots = [getattr(kind, "__slots__", ()) for kind in type(a).__mro__]
    named = {name for names in slots for name in ((names,) if isinstance(names, str) else names)}
    return (named | set(getattr(a, "__dict__", ()))) - {"__dict__", "__weakref__", "_event_generators", "cell_klass"}
