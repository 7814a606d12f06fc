"""Values of a scenario by their dotted key, such as ``processes.sorties.per_day``."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from siege_sim.errors import SiegeError
from siege_sim.schema.block import Block
from siege_sim.schema.meanings import meanings
from siege_sim.schema.series import Series, is_series_data, scaled_data

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario

TIMES = "*"
"""At the end of a key: the value is a factor by which a number, or every value of a series, is multiplied."""

FACTOR_UNIT = "times the scenario's value"


@dataclass(frozen=True)
class Parameter:
    """What a scenario and its block's declaration say of one value.

    Attributes:
        key: its key in the scenario.
        value: its value in the scenario.
        unit: its unit; empty when it has none.
        low: the least plausible value, if a range is declared.
        high: the greatest plausible value, if a range is declared.
        meaning: what it is, in a sentence or a few.
    """

    key: str
    value: Any
    unit: str = ""
    low: float | None = None
    high: float | None = None
    meaning: str = ""

    @property
    def is_number(self) -> bool:
        """Whether the value is a number."""
        return isinstance(self.value, int | float) and not isinstance(self.value, bool)

    @property
    def is_series(self) -> bool:
        """Whether the value is a series by date."""
        return isinstance(self.value, Series)

    @property
    def is_whole(self) -> bool:
        """Whether the value is a whole number."""
        return isinstance(self.value, int) and not isinstance(self.value, bool)


def parameter_of(scenario: Scenario, key: str) -> Parameter | None:
    """Return a parameter of a scenario, or None when the scenario has no such key, or nothing in it reads the block.

    For a key with ``*`` it is the factor: 1 where nothing is changed.
    """
    if key.endswith(TIMES):
        scaled = parameter_of(scenario, key.removesuffix(TIMES))
        can = scaled is not None and scaled_data(_plain(scaled.value), 1.0) is not None
        return Parameter(key, 1.0, FACTOR_UNIT) if can else scaled
    *path, last = key.split(".")
    if path and path[0] in scenario.unsaid:
        return None
    block: Any = scenario
    for name in path:
        block = block.get(name) if isinstance(block, dict) else _field_of(block, name)
    if isinstance(block, dict):
        return Parameter(key, block[last]) if last in block else None
    if not isinstance(block, Block) or last not in type(block).model_fields:
        return None
    field = type(block).model_fields[last]
    facts = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    plausible: Any = facts.get("plausible", (None, None))
    meaning = " ".join(meanings(type(block))[last].split())
    return Parameter(key, getattr(block, last), str(facts.get("unit", "")), plausible[0], plausible[1], meaning)


def _field_of(block: Any, name: str) -> Any:
    """Return a field of a block; None where it has none of that name, whatever else Python finds there."""
    return getattr(block, name) if isinstance(block, Block) and name in type(block).model_fields else None


def _plain(value: Any) -> Any:
    return value.data if isinstance(value, Series) else value


def keys_in(data: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """Yield the key of every value of a scenario's plain data, dotted, without blocks themselves."""
    for name, value in data.items():
        if isinstance(value, Mapping) and not is_series_data(value):
            yield from keys_in(value, f"{above}{name}.")
        else:
            yield f"{above}{name}"


def with_values(scenario: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scenario's plain data with some values replaced; None takes a value away, ``key*`` multiplies it.

    Raises:
        SiegeError: a key lies in a block that the scenario does not have, or what it holds cannot be multiplied.
    """
    data: dict[str, Any] = dict(scenario)
    for key, value in values.items():
        *path, last = key.removesuffix(TIMES).split(".")
        block = data
        for depth, name in enumerate(path):
            inner = block.get(name)
            if not isinstance(inner, Mapping):
                raise SiegeError(f"'{key}': the scenario has no block '{'.'.join(path[: depth + 1])}'")
            block[name] = dict(inner)  # the scenario that was given stays as it is
            block = block[name]
        if key.endswith(TIMES):
            block[last] = _times(key, block.get(last), value)
        elif value is None:
            block.pop(last, None)
        else:
            block[last] = copy.deepcopy(value)
    return data


def _times(key: str, value: Any, factor: Any) -> Any:
    """Return a number or a series' data, multiplied."""
    product = None if isinstance(factor, str | bool) or factor is None else scaled_data(value, factor)
    if product is None:
        raise SiegeError(
            f"'{key}': only a number, or a series of numbers, can be multiplied, and by a number; leave the * out to "
            "set the value whole"
        )
    return product
