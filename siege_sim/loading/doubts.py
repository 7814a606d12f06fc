"""What the validation of the model doubts about levers, so that an answer says it where a what-if uses them.

The doubts are data: ``doubts.yaml`` beside this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import Field, TypeAdapter

from siege_sim.loading.lineage import UNTOLD_KEYS
from siege_sim.model.scenario import Scenario
from siege_sim.schema.block import Block
from siege_sim.schema.yaml_file import parse_yaml


class Doubt(Block):
    """What is doubted of some levers."""

    concerns: tuple[str, ...] = Field(min_length=1)
    """Mechanisms, kinds of dated actions, and blocks of a scenario that a what-if changes."""
    case: str | None = None
    """The scenario of which it is true; of all when none is named."""
    says: str
    """The doubt, in a sentence or two."""
    heading: str
    """The section of the page on validation that says it."""


@cache
def all_doubts() -> tuple[Doubt, ...]:
    """Return every doubt, in the order of the file."""
    text = files("siege_sim.loading").joinpath("doubts.yaml").read_text("utf-8")
    return TypeAdapter(tuple[Doubt, ...]).validate_python(parse_yaml(text, "doubts.yaml").data)


def doubts_of(base: Scenario, what_if: Scenario) -> tuple[Doubt, ...]:
    """Return what is doubted of the levers by which a what-if differs from its baseline."""
    used = levers_between(base, what_if)
    cases = {base.name, *(step.parent for step in base.lineage)}
    return tuple(one for one in all_doubts() if used & set(one.concerns) and (one.case is None or one.case in cases))


def levers_between(base: Scenario, what_if: Scenario) -> set[str]:
    """Return the mechanisms, kinds of dated actions and blocks in which two scenarios differ."""
    before, after = (one.model_dump(mode="json", by_alias=True) for one in (base, what_if))
    used = _differing(before["processes"], after["processes"])
    for name in _differing(before["interventions"], after["interventions"]):
        used |= {one[name]["kind"] for one in (before["interventions"], after["interventions"]) if name in one}
    blocks = _differing(before, after) - {*UNTOLD_KEYS, "processes", "interventions"}
    changes = (before.get("changes") or {}, after.get("changes") or {})
    for name in _differing(*changes):
        used |= {process for one in changes if name in one for process in one[name]["processes"]}
    return used | blocks


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    return {name for name in {**before, **after} if before.get(name) != after.get(name)}
