"""Hunger: loss of body mass, and the deaths it brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.blocks import param
from siege_sim.kernels.energy import LOSS_POINTS, excess_mortality_per_day
from siege_sim.kernels.hazard import FloatArray, IntArray, binomial
from siege_sim.processes.base import Phase, Process

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import ArrayLike

    from siege_sim.model import SiegeModel


class Hunger(Process):
    """A body loses mass by the energy it lacks, spends less as it shrinks, and fails beyond a tenth lost."""

    kind: Literal["hunger"] = "hunger"
    phase: ClassVar[Phase] = Phase.HEALTH
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

    def step(self, model: SiegeModel, rng: Generator) -> None:
        """Lose mass; die of it."""
        homes = model.households
        starving = [self._lose_mass(model, rows) + rows.start for rows in homes.blocks]
        rows = np.concatenate(starving)
        if rows.size == 0 or self.mortality == 0.0:
            return
        luck = rng.random(len(homes))[rows]
        # Nobody dies where luck is below 1 - n p, since (1 - p)^n is never smaller; so most need not be asked.
        highest = float(self._chance(homes.mass_loss[rows].max()))
        unlucky = luck >= 1.0 - homes.persons[rows] * highest
        rows, luck = rows[unlucky], luck[unlucky]
        deaths = binomial(luck, homes.persons[rows], self._chance(homes.mass_loss[rows]))
        homes.kill(rows, deaths, "died_of_hunger", luck)

    def _chance(self, loss: ArrayLike) -> FloatArray:
        return np.minimum(excess_mortality_per_day(loss) * self.mortality, 1.0)

    def _lose_mass(self, model: SiegeModel, rows: slice) -> IntArray:
        """Let a block of households lose mass; return which of its rows are in danger of dying of it."""
        homes = model.households
        loss, mouths = homes.mass_loss[rows], homes.mouths[rows]
        # The formulas of `kernels.energy`, written in place: this is the hottest loop of a run.
        lacking = np.minimum(loss, 0.25)
        lacking *= -4.0 * self.adaptation
        lacking += 1.0
        lacking *= 1.0 - loss
        lacking *= model.conditions.need_kcal
        lacking -= homes.eaten_kcal[rows]
        lacking *= self.mass_loss / (self.kcal_per_kg * self.body_mass_kg)
        lacking *= mouths > 0.0
        loss += lacking
        np.clip(loss, 0.0, 0.6, out=loss)
        return np.flatnonzero((loss > LOSS_POINTS[0]) & (mouths > 0.0))
