"""Eating: households stretch what they have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.kernels import rows
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Eating(Process):
    """Each household eats from its store: its full need while the store is good for weeks, less as it shrinks.

    Nobody eats more than there is at home.
    """

    kind: Literal["eating"] = "eating"
    phase: ClassVar[Phase] = Phase.FOOD
    about: ClassVar[tuple[str, ...]] = ("kcal_eaten_per_person", "mean_body_mass_loss")
    off_means: ClassVar[str] = "nobody eats from the food at home, so nobody's need is met"
    neutral: ClassVar[Mapping[str, Any]] = {"share_when_bare": 0.0, "share_when_stocked": 0.0}

    share_when_stocked: float = param(0.95, unit="share of need", plausible=(0.85, 1.0), ge=0.0, le=2.0)
    """What people eat, as a share of their need, with a good store at home."""
    share_when_bare: float = param(
        0.63,
        unit="share of need",
        plausible=(0.5, 0.7),
        source="1,270-1,500 kcal in Sarajevo, 1992-93, as people reported; they report a tenth to a fifth too little",
        ge=0.0,
        le=2.0,
    )
    """What they limit themselves to when the store is about to end."""
    good_store_days: float = param(30.0, unit="days", plausible=(14, 60), le=3650.0, ge=0.1)
    """Days of food at home that count as a good store."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Eat."""
        homes = model.households
        total = rows.eat(
            homes.food_kcal,
            homes.eaten_kcal,
            homes.mouths,
            model.conditions.need_kcal,
            self.share_when_bare,
            self.share_when_stocked,
            self.good_store_days,
        )
        model.ledger.book("food", "eaten", total)
