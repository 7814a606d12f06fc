"""The base of all agents."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import mesa


class _CountPerModel:
    """Numbers for ``unique_id``, counted per model, without keeping the model alive.

    Mesa before 3.4.2 counts in a dictionary that holds every model for ever.
    """

    def __init__(self) -> None:
        self._counts: WeakKeyDictionary[Any, Iterator[int]] = WeakKeyDictionary()

    def __getitem__(self, model: mesa.Model) -> Iterator[int]:
        if model not in self._counts:
            self._counts[model] = count(1)
        return self._counts[model]


class SiegeAgent(mesa.Agent):
    """A Mesa agent of this project."""

    _ids = _CountPerModel()
