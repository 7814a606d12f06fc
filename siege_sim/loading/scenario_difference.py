"""What differs between two scenarios, value by value, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from siege_sim.errors import ScenarioError
from siege_sim.loading.keys import parameter_of
from siege_sim.loading.lineage import value_changes
from siege_sim.loading.scenario import scenario_of
from siege_sim.model.processes.base import Process
from siege_sim.results.numbers import exact
from siege_sim.schema.series import BEFORE, is_series_data

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario
    from siege_sim.schema.lineage import ValueChange

NOT_THERE = "nothing"

MOST_STEPS_SAID = 4
"""How many values of a series are said one by one."""


@dataclass(frozen=True)
class DifferingValue:
    """A value, or a whole block, that is not the same in two scenarios.

    Attributes:
        key: its dotted key.
        first: what it is in the first scenario, in words; empty where a few words cannot say it.
        second: likewise in the second.
        only_in: 1 or 2 where one scenario alone has it; 0 where both do.
        unit: of it, if it has one.
        meaning: what it is, in a sentence; empty where nobody has said.
    """

    key: str
    first: str
    second: str
    only_in: int = 0
    unit: str = ""
    meaning: str = ""

    def sentence(self, names: tuple[str, str]) -> str:
        """Return it in words.

        Args:
            names: what the scenarios are called.
        """
        unit = f" {self.unit}" if self.unit else ""
        if self.only_in:
            value = self.first if self.only_in == 1 else self.second
            said = f"{value}{unit if value else ''}".strip()
            said = f"only in {names[self.only_in - 1]}{f' ({said})' if said else ''}"
        elif self.first or self.second:
            said = f"{self.first or NOT_THERE} in {names[0]}, {self.second or NOT_THERE} in {names[1]}"
            said += f" ({self.unit})" if self.unit else ""
        else:
            said = "not the same"
        return f"{self.key}: {said}.{f' {self.meaning}.' if self.meaning else ''}"

    def data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def differing_values(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[DifferingValue, ...]:
    """Return what differs between two scenarios, given as plain data, as a manifest holds them."""
    sides = (first, second)
    scenarios = (_made_of(first), _made_of(second))
    return tuple(_differing(change, sides, scenarios) for change in value_changes(first, second))


def _made_of(data: Mapping[str, Any]) -> Scenario | None:
    """Return the scenario that data describe; None where this version knows it no more."""
    try:
        return scenario_of(data)
    except ScenarioError:
        return None


def _differing(
    change: ValueChange, sides: Sequence[Mapping[str, Any]], scenarios: Sequence[Scenario | None]
) -> DifferingValue:
    only_in = {"added": 2, "removed": 1}.get(change.made, 0)
    unit, meaning = _facts(change.key, scenarios[:1] if only_in == 1 else scenarios[::-1])
    before, after = change.before, change.after
    if not only_in and not before and not after:
        before, after = _parts(*(_at(side, change.key) for side in sides))
    elif not only_in:
        before, after = (
            said or _series(_at(side, change.key)) for said, side in zip((before, after), sides, strict=True)
        )
    elif not (before or after):
        kind = _kind(_at(sides[only_in - 1], change.key), change.key)
        before, after = (kind, "") if only_in == 1 else ("", kind)
    return DifferingValue(change.key, before, after, only_in, unit, meaning)


def _at(data: Any, key: str) -> Any:
    """Return what stands under a dotted key; None where that cannot be told."""
    for name in key.split("."):
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


def _series(value: Any) -> str:
    """Return a short series in words; nothing for anything else."""
    if not is_series_data(value) or len(value) > MOST_STEPS_SAID:
        return "values by date" if is_series_data(value) else ""
    words = {day: one if isinstance(one, str) else exact(one) for day, one in value.items()}
    return ", ".join(f"{one} {'before' if day == BEFORE else f'from {day}'}" for day, one in words.items())


def _kind(block: Any, key: str) -> str:
    """Return the kind of a block or a series, where its own name does not tell it."""
    if is_series_data(block):
        return _series(block)
    kind = str(block.get("kind", "")) if isinstance(block, Mapping) else ""
    return "" if kind == key.rpartition(".")[2] else kind


def _parts(first: Any, second: Any) -> tuple[str, str]:
    """Return of two long lists how many of their parts are not the same; cells for rows of a map."""
    if not (isinstance(first, Sequence) and isinstance(second, Sequence)) or isinstance(first, str):
        return "", ""
    what = "entries"
    if all(isinstance(row, str) for row in (*first, *second)):
        first, second, what = "".join(first), "".join(second), "cells"
    if len(first) != len(second):
        return f"{len(first):,} {what}", f"{len(second):,} {what}"
    count = sum(one != other for one, other in zip(first, second, strict=True))
    return f"{len(first):,} {what}", f"as many, but {count:,} are others"


def _facts(key: str, scenarios: Sequence[Scenario | None]) -> tuple[str, str]:
    """Return unit and meaning of a key, in a sentence, from the first scenario that knows it."""
    for scenario in scenarios:
        if scenario is None:
            continue
        for above in _keys_above(key):
            known = parameter_of(scenario, above)
            if known is not None:
                summary = type(known.value).summary() if isinstance(known.value, Process) else ""
                return known.unit, (summary or known.meaning).partition(". ")[0].rstrip(".")
    return "", ""


def _keys_above(key: str) -> Iterator[str]:
    """Yield a key, and the one of the series whose date it is, if it is one."""
    yield key
    above, _, last = key.rpartition(".")
    if above and (last == "before" or last.replace("-", "").isdigit()):
        yield above
