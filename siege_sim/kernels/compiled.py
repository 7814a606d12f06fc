"""Compiling loops: plain Python functions over arrays, turned into machine code by Numba when first called.

The machine code is kept next to the source (or in the user's cache folder), so only the first run on a machine
waits for it. Nothing here changes results: no fast-math, no threads, sums in the order of the rows.

Numba itself, a third of a second, is imported with the first call: commands that only list or check things make none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, update_wrapper
from typing import Any, ParamSpec, TypeVar, cast

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Loop:
    """A function that becomes machine code when it is first called, from Python or from other machine code.

    Each has a class of its own, see `compiled`.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        update_wrapper(self, function)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Make the machine code and call it. Later calls go to it straight, at no cost that can be measured."""
        type(self).__call__ = staticmethod(self.machine_code)  # type: ignore[method-assign]
        return self.machine_code(*arguments, **named)

    @cached_property
    def machine_code(self) -> Any:
        """What Numba makes of the function; the function itself where Numba is told to leave it."""
        from numba import njit

        function = vars(self)["__wrapped__"]
        try:
            return njit(function, cache=True, error_model="numpy")
        except RuntimeError:  # nowhere to keep it: compiled anew in every process
            return njit(function, error_model="numpy")

    @property
    def _numba_type_(self) -> Any:
        """What Numba asks for when machine code calls it."""
        return self.machine_code._numba_type_


COMPILED: list[Loop] = []
"""All functions that were made with ``compiled`` so far."""


def compiled(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Return the function as machine code; arguments are arrays and numbers only."""
    loop = type("Loop", (Loop,), {})(function)
    COMPILED.append(loop)
    return cast("Callable[Arguments, Result]", loop)
