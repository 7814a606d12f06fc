"""What two runs are compared in on the page: deaths, and how people got out. Knows nothing of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from siege_sim.viewer.charts import NOT_LEFT

if TYPE_CHECKING:
    from siege_sim.viewer.frames import Json


def compared_rows(outcomes: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Return name, label, unit and outcomes, to be added up, of each row in which two runs are compared.

    Args:
        outcomes: name, label and, where it is one, death or departure of each outcome of a day.
    """
    known = {str(outcome["name"]) for outcome in outcomes}
    others = [outcome for outcome in outcomes if outcome.get("death") == "other"]
    left = [str(outcome["name"]) for outcome in outcomes if outcome.get("departure")]
    rows = [
        ("civilians_killed", "Civilians killed", ["civilians_killed"]),
        *((str(outcome["name"]), str(outcome["label"]), [str(outcome["name"])]) for outcome in others),
        ("left", "Left", [name for name in left if name not in NOT_LEFT]),
        ("evacuated", "Evacuated", [name for name in EVACUATED if name in known]),
    ]
    return [
        {"name": name, "label": label, "unit": "persons", "outcomes": summed}
        for name, label, summed in rows
        if summed and known.issuperset(summed)
    ]


EVACUATED = ("evacuated", "evacuated_for_treatment")
"""Outcomes that count who was brought out by agreement."""
