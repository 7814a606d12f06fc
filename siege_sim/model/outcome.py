"""What an outcome is: a named number of a day, with unit and label, and how it is read off the state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from siege_sim.kernels import rows
from siege_sim.model.codes import DISPLACED_INSIDE
from siege_sim.model.conditions import KCAL_A_PERSON_DAY

if TYPE_CHECKING:
    from siege_sim.model.state import SiegeState

Reading = Literal["count", "state", "held"]
"""How an outcome sums up over a run: a ``count`` from day 0 by its last value; a ``state``, which goes up and down, by
its mean over the days with people in the pocket; ``held`` likewise by its mean over all days, also after the end."""


@dataclass(frozen=True)
class Outcome:
    """A number that can be read off a siege every day.

    Attributes:
        name: its name in results: small letters, digits and underscores.
        unit: its unit.
        label: what tables and charts call it; names of sides in braces are filled in (see `Sides.fill`).
        read: returns it; gets the state, and sums over all households that are made once a day.
        reading: how it sums up over a run.
        death: whether it counts deaths of civilians in the pocket by one cause, so that no other counts the same.
        violent: whether these are by violence.
        departure: whether it counts people who left the pocket in one way.
    """

    name: str
    unit: str
    label: str
    read: Callable[[SiegeState, Sums], float]
    reading: Reading = "count"
    death: bool = False
    violent: bool = False
    departure: bool = False

    def about(self) -> dict[str, Any]:
        """Return what readers of results need to know of it, but for its name."""
        about = {"unit": self.unit, "label": self.label, "reading": self.reading}
        if self.death:
            about["death"] = "violent" if self.violent else "other"
        return about | ({"departure": True} if self.departure else {})


HUNGRY_BELOW = 0.75
"""Share of the need below which a day counts as a day of hunger."""


@dataclass
class Sums:
    """Sums over all households that several outcomes share, made once a day. Nothing is eaten on day 0."""

    persons_inside: float
    displaced_inside: float
    home_kcal: float
    stored_kcal: float
    eaten_kcal: float
    mass_loss: float
    hungry: float
    ipc_shares: list[float]

    @classmethod
    def of(cls, model: SiegeState) -> Sums:
        """Add up the columns of ``model.households``."""
        homes = model.households
        total = float(model.city.layers.civilians.sum())
        sums, people_below = rows.totals(
            homes.mouths,
            homes.food_kcal,
            homes.eaten_kcal,
            homes.mass_loss,
            homes.status,
            DISPLACED_INSIDE,
            IPC_INTAKE_KCAL,
            IPC_SEVERE_LOSS,
            HUNGRY_BELOW * KCAL_A_PERSON_DAY,
        )
        displaced, home, eaten, loss, hungry = sums.tolist()
        people, *below = people_below.tolist()
        at_or_below = [people, *below, 0.0]
        someone = total if total else float("nan")  # means over nobody are not a number
        return cls(
            persons_inside=total,
            displaced_inside=displaced,
            home_kcal=home,
            stored_kcal=model.stored_kcal,
            eaten_kcal=eaten / someone if model.day else float("nan"),
            mass_loss=loss / someone,
            hungry=hungry if model.day else 0.0,
            ipc_shares=[(this - worse) / max(people, 1.0) for this, worse in pairwise(at_or_below)],
        )


IPC_INTAKE_KCAL = np.array([2100.0, 1680.0, 1050.0, 420.0])
"""Intake a person and day below which a household is in phase 2, 3, 4 and 5: any gap to 2,100 kcal, one of a
fifth, a half, four fifths (after the IPC's reference table for households; where it has words, numbers assumed)."""

IPC_SEVERE_LOSS = 0.18
"""Share of body mass lost from which a household is in phase 5 whatever it eats."""


def ipc_area_phase(shares: Sequence[float]) -> int:
    """Return an area's phase: the highest in which, or in worse, at least a fifth of the people are."""
    this_or_worse = 0.0
    for phase in range(len(shares), 0, -1):
        this_or_worse += shares[phase - 1]
        if this_or_worse >= 0.2:
            return phase
    return 1
