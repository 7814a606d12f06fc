"""Hunger: loss of body mass, and the deaths it brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels import rows
from siege_sim.kernels.energy import excess_mortality_per_day, lose_mass
from siege_sim.kernels.hazard import FloatArray, binomial, unfold
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import ArrayLike

    from siege_sim.model.state import SiegeState


class Hunger(Process):
    """A body loses mass by its energy deficit and uses less energy as it shrinks; deaths begin beyond a tenth lost."""

    kind: Literal["hunger"] = "hunger"
    phase: ClassVar[Phase] = Phase.HEALTH
    about: ClassVar[tuple[str, ...]] = ("mean_body_mass_loss", "died_of_hunger")
    off_means: ClassVar[str] = "nobody loses weight or dies of hunger, whatever people eat"
    neutral: ClassVar[Mapping[str, Any]] = {"mass_loss": 0.0, "mortality": 0.0}

    body_mass_kg: float = param(
        55.0, unit="kg", plausible=(48, 62), source="mean over a population with 40 % children", ge=20.0
    )
    """Mean body mass at the start."""
    kcal_per_kg: float = param(
        5500.0,
        unit="kcal/kg",
        plausible=(5000, 7700),
        source="7,700 for fat (Wishnofsky 1958), far less for lean tissue; 5,500 fits Minnesota, Leningrad, Warsaw",
        gt=0.0,
    )
    """Energy in a kilogram of lost body mass."""
    adaptation: float = param(
        0.3, unit="share", plausible=(0.15, 0.4), source="Keys 1950 (Minnesota experiment)", ge=0.0, le=0.9
    )
    """Share by which spending falls, beyond the loss of mass itself, at a loss of a quarter."""
    mass_loss: float = param(1.0, unit="factor", plausible=(1, 1), source="for switching off", ge=0.0, le=10.0)
    """Factor on the loss of body mass."""
    mortality: float = param(
        1.0,
        unit="factor",
        plausible=(0.5, 2),
        source="points fitted to Leningrad, Warsaw and Madaya",
        ge=0.0,
        le=20.0,
    )
    """Factor on the excess mortality by share of body mass lost."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Lose mass; die of it."""
        homes = model.households
        largest = lose_mass(
            homes.mass_loss,
            homes.eaten_kcal,
            homes.mouths,
            model.conditions.need_kcal,
            self.adaptation,
            self.mass_loss / (self.kcal_per_kg * self.body_mass_kg),
        )
        highest = float(self._chance(largest))
        if highest == 0.0:
            return
        luck = rng.random(len(homes))
        asked = rows.unlucky(luck, homes.persons, homes.mouths, homes.mass_loss, highest)
        deaths = binomial(luck[asked], homes.persons[asked], self._chance(homes.mass_loss[asked]))
        homes.kill(asked, deaths, "died_of_hunger", unfold(luck[asked], 1)[0])

    def _chance(self, loss: ArrayLike) -> FloatArray:
        return np.minimum(excess_mortality_per_day(loss) * self.mortality, 1.0)
