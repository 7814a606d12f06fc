"""Compiling loops: plain Python functions over arrays, turned into machine code by Numba when first called.

The machine code is kept next to the source (or in the user's cache folder), so only the first run on a machine
waits for it. Nothing here changes results: no fast-math, no threads, sums in the order of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from numba import njit

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


_MADE: list[Any] = []

SHARE_KEPT = 0.25
"""With less of the functions kept than this, most of what a run needs has still to be made."""


def compiled(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Return the function as machine code; arguments are arrays and numbers only."""
    try:
        made = njit(function, cache=True, error_model="numpy")
    except RuntimeError:  # nowhere to keep it: compiled anew in every process
        made = njit(function, error_model="numpy")
    _MADE.append(made)
    return made


def compiles_first(functions: Iterable[Any] | None = None) -> bool:
    """Return whether hardly any machine code is kept yet, so that whoever runs something waits for it.

    To load a scenario makes a little of it already.

    Args:
        functions: what is looked for; by default all functions that were made with ``compiled`` so far.
    """
    made = [one for one in (_MADE if functions is None else functions) if hasattr(one, "stats")]
    return sum(map(_is_kept, made)) < len(made) * SHARE_KEPT


def _is_kept(function: Any) -> bool:
    folder = function.stats.cache_path
    return folder is not None and any(Path(folder).glob(f"*.{function.__name__}-*.nbi"))
