"""Hunger: loss of body mass, and the deaths it brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels import rows
from siege_sim.kernels.energy import LARGEST_LOSS, excess_mortality_per_day, keep_scars, lose_mass, spared, wear
from siege_sim.kernels.hazard import FloatArray, binomial, unfold
from siege_sim.model.agents.columns import Column
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import ArrayLike

    from siege_sim.model.state import SiegeState

LOSSES = np.linspace(0.0, LARGEST_LOSS, 601)
"""Losses for which a table of chances has a value."""


class Hunger(Process):
    """A body loses mass by its energy deficit and uses less energy as it shrinks; deaths begin beyond a tenth lost.

    Members of a row are alike in what they need and eat. People differ between rows (``need_spread``), and the
    members of each in how soon they die of the same loss (``frailty``), so results do not depend on how many people
    a row stands for.
    """

    kind: Literal["hunger"] = "hunger"
    phase: ClassVar[Phase] = Phase.HEALTH
    about: ClassVar[tuple[str, ...]] = ("mean_body_mass_loss", "died_of_hunger")
    off_means: ClassVar[str] = "nobody loses weight or dies of hunger, whatever people eat"
    neutral: ClassVar[Mapping[str, Any]] = {"mass_loss": 0.0, "mortality": 0.0}
    columns: ClassVar[Mapping[str, Column[Any]]] = {
        "need": Column(np.float64, "1 = mean", "What each member spends, relative to the mean.", default=1.0),
        "worst_mass_loss": Column(
            np.float64, "share", "The largest share of body mass lost so far, if some of it lasts."
        ),
        "past_hunger": Column(np.float64, "chance", "Chances of dying of hunger so far, added up, at mean frailty."),
    }

    body_mass_kg: float = param(
        54.0,
        unit="kg",
        plausible=(48, 62),
        source="mean over a population with 40 % children",
        ge=20.0,
        le=200.0,
    )
    """Mean body mass at the start."""
    kcal_per_kg: float = param(
        5500.0,
        unit="kcal/kg",
        plausible=(5000, 7700),
        source="7,700 for fat (Wishnofsky 1958), far less for lean tissue; 5,500 fits Minnesota, Leningrad, Warsaw",
        ge=500.0,
        le=20000.0,
    )
    """Energy in a kilogram of lost body mass."""
    adaptation: float = param(
        0.3, unit="share", plausible=(0.15, 0.4), source="Keys 1950 (Minnesota experiment)", ge=0.0, le=0.9
    )
    """Share by which spending falls, beyond the loss of mass itself, at a loss of a quarter."""
    rest: float = share(0.0, plausible=(0.0, 0.1), source="more than 0.1 halves the deaths of Leningrad's December")
    """Share by which people spend less at once, by moving less, when half of the mean need or more is lacking."""
    need_spread: float = param(
        0.045,
        unit="log scale",
        plausible=(0.0, 0.12),
        source="Leningrad to February 1942 and Sarajevo 1992-93 together; more kills many in Sarajevo's first winter",
        ge=0.0,
        le=1.0,
    )
    """Spread of what people spend (standard deviation of its logarithm): age, sex, work and bodies. Drawn on day 1."""
    recovery: float = param(1.0, unit="factor", plausible=(0.2, 1), ge=0.0, le=1.0)
    """How fast mass comes back with food enough, relative to how fast it goes with as much too little."""
    lasting: float = share(0.0, plausible=(0.0, 0.5))
    """Share of the worst loss, beyond a tenth, that does not come back during a siege."""
    deaths_at_quarter: float = param(
        9.0,
        unit="deaths/10,000/day",
        plausible=(4.8, 10),
        source="Leningrad to February 1942 and Sarajevo 1992-93 together; fewer from Warsaw and Madaya",
        ge=0.0,
        le=10_000.0,
    )
    """Excess deaths at a loss of a quarter of body mass."""
    steepness: float = param(
        2.75,
        unit="exponent",
        plausible=(2.1, 5),
        source="Leningrad to February 1942 and Sarajevo 1992-93 together",
        le=10,
        ge=0.01,
    )
    """Exponent by which they rise with the loss beyond a tenth."""
    frailty: float = param(
        4.8,
        unit="variance",
        plausible=(1.5, 9.5),
        source="1.5 to 9.5 for the fall of deaths within Leningrad's February 1942",
        ge=0.0,
        le=50.0,
    )
    """How unlike people are in how soon they die of the same loss: infants, the old and the sick first. Variance of a
    gamma distribution of mean 1."""
    mass_loss: float = param(1.0, unit="factor", plausible=(1, 1), source="for switching off", ge=0.0, le=10.0)
    """Factor on the loss of body mass."""
    mortality: float = param(1.0, unit="factor", plausible=(0.5, 2), ge=0.0, le=20.0)
    """Factor on the excess mortality by share of body mass lost."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Lose mass; die of it."""
        homes = model.households
        if model.day == 1 and self.need_spread > 0.0:
            homes.arrays["need"][:] = _unlike(len(homes), self.need_spread, rng)
        highest = float(self._chance(self._lose_mass(model)))
        if highest == 0.0:
            return
        past, luck = homes.arrays["past_hunger"], rng.random(len(homes))
        asked = rows.unlucky(luck, homes.persons, homes.mouths, homes.mass_loss, highest)
        chance = self._chance(homes.mass_loss[asked]) * spared(past[asked], self.frailty)
        deaths = binomial(luck[asked], homes.persons[asked], chance)
        homes.kill(asked, deaths, "died_of_hunger", unfold(luck[asked], 1)[0])
        if self.frailty > 0.0:
            wear(past, homes.mass_loss, homes.mouths, self._chance(LOSSES))

    def _lose_mass(self, model: SiegeState) -> float:
        """Let bodies lose or regain mass; return the largest loss."""
        homes = model.households
        largest = lose_mass(
            homes.mass_loss,
            homes.eaten_kcal,
            homes.mouths,
            homes.arrays["need"],
            model.conditions.need_kcal,
            self.adaptation,
            self.rest,
            self.mass_loss / (self.kcal_per_kg * self.body_mass_kg),
            self.recovery,
        )
        if self.lasting > 0.0:
            keep_scars(homes.mass_loss, homes.arrays["worst_mass_loss"], homes.mouths, self.lasting)
            return float(homes.mass_loss.max())
        return largest

    def _chance(self, loss: ArrayLike) -> FloatArray:
        chance = excess_mortality_per_day(loss, self.deaths_at_quarter / 10_000.0, self.steepness)
        return np.minimum(chance * self.mortality, 1.0)


def _unlike(count: int, spread: float, rng: Generator) -> FloatArray:
    """Return lognormal factors of mean 1, drawn evenly over the distribution, so that few rows come close to it too."""
    from scipy.special import ndtri

    even = (rng.permutation(count) + rng.random(count)) / count
    return np.exp(spread * ndtri(even) - spread * spread / 2.0)
