"""Compiling loops: plain Python functions over arrays, turned into machine code by Numba when first called.

The machine code is kept next to the source (or in the user's cache folder), so only the first run on a machine
waits for it. Nothing here changes results: no fast-math, no threads, sums in the order of the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from numba import njit

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


COMPILED: list[Any] = []
"""All functions that were made with ``compiled`` so far."""


def compiled(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Return the function as machine code; arguments are arrays and numbers only."""
    try:
        made = njit(function, cache=True, error_model="numpy")
    except RuntimeError:  # nowhere to keep it: compiled anew in every process
        made = njit(function, error_model="numpy")
    COMPILED.append(made)
    return made
