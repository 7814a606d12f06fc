"""Outcomes of a run as a whole: how the siege ended and when, and what is counted over all of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.schema.sides import BESIEGER, Sides

if TYPE_CHECKING:
    from siege_sim.kernels.hazard import BoolArray
    from siege_sim.model.model import SiegeModel


@dataclass(frozen=True)
class RunOutcome:
    """A number, or for the ending a word, of a run as a whole.

    Attributes:
        name: its name in results.
        unit: its unit.
        label: what tables call it; names of sides in braces are filled in.
        event: what has to happen so that it is there at all; empty when it always is.
    """

    name: str
    unit: str
    label: str
    event: str = ""

    def about(self) -> dict[str, str]:
        """Return what readers of results need to know of it, but for its name."""
        return {"unit": self.unit, "label": self.label}


OF_THE_RUN: tuple[RunOutcome, ...] = (
    RunOutcome("ending", "share of runs", "How the siege ended"),
    RunOutcome("end_day", "days", "Days until the siege ended"),
    RunOutcome("day_pocket_split", "days", "Day the pocket was cut in two", "Pocket cut in two"),
    RunOutcome("days_to_half", "days", "Day half the ground was lost", "Half the ground lost"),
    RunOutcome("excess_deaths", "persons", "Civilians whom the siege killed, by any cause"),
    RunOutcome("person_days_of_hunger", "person-days", "Person-days of hunger"),
    RunOutcome("besieger_fighters_free", "fighters", "{Besieger}: fighters set free", "Siege ended"),
    RunOutcome("garrison_fighters_free", "fighters", "{Garrison}: evacuated", "Siege ended"),
    RunOutcome("sorties_a_day_free", "sorties/day", "Sorties a day set free", "Siege ended"),
)
"""Every outcome of a whole run, in the order of a run's summary."""


def run_outcomes_of(sides: Sides) -> tuple[RunOutcome, ...]:
    """Return the outcomes of a whole run with the sides' labels filled in."""
    return tuple(replace(outcome, label=sides.fill(outcome.label)) for outcome in OF_THE_RUN)


def summary_of(model: SiegeModel) -> dict[str, Any]:
    """Return the outcomes of a run as far as it has been played, and the last value of every outcome of a day."""
    recorder = model.recorder
    values = recorder.values[: recorder.rows]
    columns = {outcome.name: values[:, number] for number, outcome in enumerate(recorder.outcomes)}
    return {
        "ending": model.politics.ending,
        "end_day": model.day,
        "end_date": model.date.isoformat(),
        "day_pocket_split": first_day(columns["pockets"] > 1),
        "days_to_half": first_day(columns["garrison_area_share"] < 0.5),
        "excess_deaths": model.ledger.deaths("civilians"),
        "person_days_of_hunger": recorder.hunger_person_days,
        **_set_free(model),
        **{name: float(column[-1]) for name, column in columns.items()},
    }


def first_day(mask: BoolArray) -> int | None:
    """Return the first day on which something holds, if there is one."""
    return int(np.argmax(mask)) if mask.any() else None


def _set_free(model: SiegeModel) -> dict[str, float | None]:
    """Return what the end of the siege sets free for other fronts: None while the pocket holds."""
    if model.politics.ending == "holding":
        return dict.fromkeys(("besieger_fighters_free", "garrison_fighters_free", "sorties_a_day_free"))
    return {
        "besieger_fighters_free": float(model.units.fit[model.units.of(BESIEGER)].sum()),
        "garrison_fighters_free": model.ledger.total("garrison", "evacuated"),
        "sorties_a_day_free": _sorties_on_pocket(model),
    }


def _sorties_on_pocket(model: SiegeModel) -> float:
    """Return how many sorties a day are planned against the pocket today."""
    sorties: Any = dict(model.schedule).get("processes.sorties")
    flying = [wing for wing in model.setting.air_wings.values() if wing.covers(model.day, model.clock)]
    return sum(sorties.planned(model, w) * model.now(w.share_on_pocket) for w in flying) if sorties else 0.0
