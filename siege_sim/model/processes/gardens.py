"""Rooftop gardens and foraging."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.model.ledger import IN, Flow
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Gardens(Process):
    """Households grow a little food on roofs and balconies, and gather what they find."""

    kind: Literal["gardens"] = "gardens"
    phase: ClassVar[Phase] = Phase.FOOD
    about: ClassVar[tuple[str, ...]] = ("kcal_eaten_per_person", "mean_body_mass_loss")
    neutral: ClassVar[Mapping[str, Any]] = {"grown_kcal": 0.0, "foraged_kcal": 0.0}
    flows: ClassVar[Mapping[str, Mapping[str, Flow]]] = {
        "food": {"grown": Flow(IN, "Grown"), "foraged": Flow(IN, "Foraged")}
    }

    grown_kcal: float = param(60.0, unit="kcal/person/day", plausible=(20, 120), ge=0.0, le=2000.0)
    """Mean yield of gardens in the growing season."""
    foraged_kcal: float = param(40.0, unit="kcal/person/day", plausible=(10, 80), ge=0.0, le=2000.0)
    """What foraging adds, in any season."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Harvest and gather."""
        homes = model.households
        grown = self.grown_kcal * model.conditions.growth
        total = float(model.city.layers.civilians.sum())
        homes.food_kcal += homes.mouths * (grown + self.foraged_kcal)
        model.ledger.book("food", "grown", total * grown)
        model.ledger.book("food", "foraged", total * self.foraged_kcal)
