"""A cold spell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.model.processes.base import Intervention
from siege_sim.schema.block import param

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class HarshWinter(Intervention):
    """It is colder than the season: people need more food, gardens yield less, aircraft stay grounded more often.

    Works through the process `season`.
    """

    kind: Literal["harsh_winter"] = "harsh_winter"
    about: ClassVar[tuple[str, ...]] = ("kcal_eaten_per_person", "mean_body_mass_loss", "died_of_hunger")
    neutral: ClassVar[Mapping[str, Any]] = {"colder_by_c": 0.0}

    colder_by_c: float = param(5.0, unit="degrees C", plausible=(2, 8), ge=0.0, le=40.0)
    """How much colder than the season."""

    def act(self, model: SiegeState, rng: Generator) -> None:
        """Let it be cold."""
        model.conditions.colder_by_c += self.colder_by_c
