"""Branches: a scenario with dated edits, so that the command line gets the same result from it.

The siege is deterministic: what is changed from day 41 on leaves the first forty days as they were. So a branch is
nothing but another scenario. Parameters of mechanisms become dated ``changes``, and interventions have dates anyway.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from siege_sim.dashboard.limits import SessionError
from siege_sim.loading.scenario import build_scenario, load_scenario, shipped_scenarios, tuples
from siege_sim.schema.series import is_series_data
from siege_sim.schema.yaml_file import Document, Mark
from siege_sim.viewer.frames import Json

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario


@dataclass(frozen=True)
class SetParameter:
    """A mechanism's parameter takes a new value."""

    mechanism: str
    parameter: str
    value: Any

    def apply(self, data: Json, day: int) -> None:
        """Write it into a scenario's data; ``day`` is the last day that stays as it is, -1 for none."""
        if day < 0:
            data["processes"][self.mechanism][self.parameter] = self.value
            return
        changes = data.setdefault("changes", {})
        change = changes.setdefault(_name_of_change(day + 1), {"from_day": day + 1, "processes": {}})
        change["processes"].setdefault(self.mechanism, {})[self.parameter] = self.value

    @property
    def key(self) -> str:
        """The key that it sets."""
        return f"processes.{self.mechanism}.{self.parameter}"

    def text(self) -> str:
        """Return it in a few words."""
        return f"{self.mechanism}.{self.parameter} = {_value_text(self.value)}"


@dataclass(frozen=True)
class AddIntervention:
    """A new intervention."""

    name: str
    kind: str
    values: Mapping[str, Any]

    def apply(self, data: Json, day: int) -> None:
        """Write it into a scenario's data; it begins on the day after ``day`` at the earliest."""
        action = {"kind": self.kind, **self.values}
        if not isinstance(action.get("from_day"), str):
            action["from_day"] = max(int(action.get("from_day", day + 1)), day + 1, 0)
        data.setdefault("interventions", {})[self.name] = action

    @property
    def key(self) -> str:
        """The key that it sets."""
        return f"interventions.{self.name}"

    def text(self) -> str:
        """Return it in a few words."""
        values = ", ".join(f"{key} {_value_text(value)}" for key, value in self.values.items() if value is not None)
        return f"new: {self.name} ({self.kind.replace('_', ' ')}{', ' if values else ''}{values})"


@dataclass(frozen=True)
class EndIntervention:
    """An intervention ends: one that has begun has its last day tomorrow, one that has not never comes."""

    name: str

    def apply(self, data: Json, day: int) -> None:
        """Write it into a scenario's data."""
        action = data["interventions"][self.name]
        first = _day(action["from_day"], data)
        if first > day:
            del data["interventions"][self.name]
        else:
            action["until_day"] = day + 1

    @property
    def key(self) -> str:
        """The key that it sets."""
        return f"interventions.{self.name}.until_day"

    def text(self) -> str:
        """Return it in a few words."""
        return f"ended: {self.name}"


@dataclass(frozen=True)
class SetStartValue:
    """A value of day 0 changes: ground, people, food, a force, an air wing.

    Attributes:
        block: the keys that lead to its block in a scenario.
        name: its name there.
        value: the new value.
    """

    block: tuple[str, ...]
    name: str
    value: Any

    def apply(self, data: Json, day: int) -> None:
        """Write it into a scenario's data.

        Raises:
            SessionError: the run is past day 0.
        """
        if day >= 0:
            raise SessionError(f"{self.key} stands on day 0, so it can be set from the start only")
        inner = data
        for name in self.block:
            inner = inner[name]
        inner[self.name] = self.value

    @property
    def key(self) -> str:
        """The key that it sets."""
        return ".".join((*self.block, self.name))

    def text(self) -> str:
        """Return it in a few words."""
        return f"{self.key} = {_value_text(self.value)}"


ScenarioEdit = SetParameter | SetStartValue | AddIntervention | EndIntervention
"""What a reader can change in a scenario."""


def branch_scenario(
    scenario: Scenario, edits: list[ScenarioEdit], day: int, withdrawn: Sequence[tuple[str, int]] = ()
) -> Scenario:
    """Return a scenario with some edits.

    Args:
        scenario: what is edited.
        edits: the edits, in the order in which they were made.
        day: the last day that stays as it is; -1 to change it from the start.
        withdrawn: key and first day of each earlier edit whose place these take.

    Raises:
        ScenarioError: one line for each problem, as for a scenario file; each names the key.
    """
    data = data_of(scenario)
    for key, first_day in withdrawn:
        _withdraw(data, key, first_day)
    for edit in edits:
        edit.apply(data, day)
    return build_scenario(Document(tuples(data), {(): Mark("lever")}), type(scenario))


def _withdraw(data: Json, key: str, first_day: int) -> None:
    """Take a parameter's value out of the change of a day; a change that sets nothing any more goes with it."""
    block, _, rest = key.partition(".")
    mechanism, _, parameter = rest.partition(".")
    changes = data.get("changes", {})
    change = changes.get(_name_of_change(first_day))
    if block != "processes" or change is None:
        return
    change["processes"].get(mechanism, {}).pop(parameter, None)
    change["processes"] = {name: values for name, values in change["processes"].items() if values}
    if not change["processes"]:
        del changes[_name_of_change(first_day)]


def _name_of_change(first_day: int) -> str:
    return f"from_day_{first_day}"


def data_of(scenario: Scenario) -> Json:
    """Return a scenario as plain data that may be changed."""
    return dict(json.loads(json.dumps(scenario.model_dump(mode="json", by_alias=True))))


def scenario_yaml(scenario: Scenario, parent: str | None, name: str, title: str, comment: list[str]) -> str:
    """Return a scenario as the text of a file with which the command line gets the same result.

    Args:
        scenario: what was run.
        parent: the shipped scenario it came from: the file then holds only what differs.
        name: the file's own name for it.
        title: its heading.
        comment: lines of comment that open the file.
    """
    data = data_of(scenario) | {"name": name, "title": title}
    if parent is not None and parent in shipped_scenarios():
        data = {"extends": parent, **_difference(data_of(load_scenario(parent)), data)}
    opening = "".join(f"# {line}\n" for text in comment for line in (text.splitlines() or [""]))
    return opening + yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)


def _difference(below: Json, above: Json) -> Json:
    """Return what must stand in a file that extends ``below`` to come to ``above``; ``None`` takes a key away."""
    found: Json = {key: None for key in below if key not in above}
    for key, value in above.items():
        if key not in below:
            found[key] = value
        elif isinstance(value, dict) and isinstance(below[key], dict) and not is_series_data(value):
            if inner := _difference(below[key], value):
                found[key] = inner
        elif value != below[key]:
            found[key] = value
    return found


def _day(value: int | str, data: Json) -> int:
    """Return the number of a day that is given by number or ISO date."""
    from datetime import date

    return value if isinstance(value, int) else (date.fromisoformat(value) - date.fromisoformat(data["start"])).days


def _value_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value_text(part)}" for name, part in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)
