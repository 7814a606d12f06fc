"""What was changed on the way from one scenario to another, found by comparing their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from siege_sim.results.numbers import exact
from siege_sim.schema.lineage import LONGEST_VALUE, MOST_CHANGES_KEPT, Lineage, ValueChange

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario

UNTOLD_KEYS = ("name", "title", "summary")
"""What a scenario is called is no change of it."""


def lineage_step(before: Scenario, after: Scenario, by: Literal["extends", "set"]) -> tuple[Lineage, ...]:
    """Return the step from a scenario to one that was made of it; none when no value differs."""
    changes = value_changes(_plain(before), _plain(after))
    if not changes:
        return ()
    kept, further = tuple(changes[:MOST_CHANGES_KEPT]), max(len(changes) - MOST_CHANGES_KEPT, 0)
    return (Lineage(before.name, before.title, by, kept, further),)


def value_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[ValueChange]:
    """Return every value that differs between two scenarios' plain data, but for what they are called.

    Another town is one change: nothing would be said by its rows one by one.
    """
    old, new = ({key: value for key, value in one.items() if key not in UNTOLD_KEYS} for one in (before, after))
    if not _other_town(old, new):
        return list(_changes(old, new))
    towns = ValueChange("map", "changed", *_towns(old, new))
    del old["map"], new["map"]
    return [towns, *_changes(old, new)]


def told_data(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario's plain data but for what it is called: two with the same are the same siege."""
    return {key: value for key, value in _plain(scenario).items() if key not in UNTOLD_KEYS}


def _plain(scenario: Scenario) -> dict[str, Any]:
    return scenario.model_dump(mode="json", by_alias=True)


def _other_town(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return bool(_town(old) != _town(new))


def _town(data: Mapping[str, Any]) -> Any:
    return data["map"].get("name") or data["map"].get("synthetic")


def _towns(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, str]:
    return _value_words(_town(old)), _value_words(_town(new))


def _changes(old: Mapping[str, Any], new: Mapping[str, Any], above: str = "") -> Iterator[ValueChange]:
    """Yield what differs between two blocks; a value of None counts as none."""
    for name in dict.fromkeys((*old, *new)):
        before, after, key = old.get(name), new.get(name), f"{above}{name}"
        if before == after:
            continue
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _changes(before, after, f"{key}.")
        elif after is None:
            yield ValueChange(key, "removed", before=_value_words(before))
        elif before is None:
            yield ValueChange(key, "added", after=_value_words(after))
        else:
            yield ValueChange(key, "changed", _value_words(before), _value_words(after))


def _value_words(value: Any) -> str:
    """Return a value in a few words; nothing for a block, and for a list that is long."""
    if isinstance(value, Mapping):
        return ""
    if isinstance(value, list):
        words = ", ".join(_value_words(item) for item in value)
        return words if 0 < len(words) <= LONGEST_VALUE else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return exact(value)
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 4]} ..."
