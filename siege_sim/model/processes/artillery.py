"""Artillery and mortars of the besieger on the pocket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels.hazard import BoolArray, negative_binomial, scatter
from siege_sim.model.agents.axis import AxisPhase
from siege_sim.model.harm import harm_civilians, harm_defenders
from siege_sim.model.processes.base import Phase, Process
from siege_sim.model.rng import branch
from siege_sim.schema.block import param, share
from siege_sim.schema.dated import DatedNumber, dated

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Artillery(Process):
    """Shells fall on the front, above all where an assault is prepared, and on the quarters behind it."""

    kind: Literal["artillery"] = "artillery"
    phase: ClassVar[Phase] = Phase.FIRES
    about: ClassVar[tuple[str, ...]] = ("killed_by_shelling", "civilians_wounded", "garrison_killed")
    neutral: ClassVar[Mapping[str, Any]] = {"shells_per_day": 0.0}

    shells_per_day: DatedNumber = dated(180.0, unit="shells/day", plausible=(60, 400), ge=0.0, le=100_000.0)
    """Shells a day at full intensity; a number, or numbers by date."""
    dispersion: float = param(0.3, unit="1/shape", plausible=(0.1, 0.8), ge=0.0, le=5.0)
    """Overdispersion of the daily count."""
    share_on_front: float = share(0.6, plausible=(0.4, 0.8))
    """Share of the shells on front cells; the rest falls where people live."""
    affected_area_m2: float = param(60.0, unit="m2", plausible=(20, 150), ge=0.0, le=5000.0)
    """Area of shelter within which the people are affected by one shell."""
    p_killed: float = share(0.06, plausible=(0.03, 0.12))
    """Chance of a person in that area to be killed."""
    p_wounded: float = share(0.27, plausible=(0.15, 0.4))
    """Chance to be wounded."""
    fighters_area_m2: float = param(2.0, unit="m2", plausible=(0.5, 8), ge=0.0, le=1000.0)
    """Area in which one shell kills fighters in cover."""
    positions_share: float = param(0.1, unit="share", plausible=(0.05, 0.3), gt=0.0, le=1.0)
    """Share of a front cell in which its defenders stand."""
    wounded_per_killed_fighter: float = param(3.0, unit="ratio", plausible=(2, 4), ge=0.0, le=10.0)
    """Fighters wounded for each one killed."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Fire today's shells."""
        city, layers = model.city, model.city.layers
        layers.shells[:] = 0
        # The number of shells varies, so what they meet is drawn before where they fall.
        mean = model.now(self.shells_per_day) * model.conditions.fire_tempo
        many = negative_binomial(rng.random(), mean, self.dispersion)
        if many == 0:
            return
        households, where = rng.random(len(model.households)), branch(rng).random((many, 2)).T
        units = model.units.luck(rng, 2)
        front = (1.0 + 4.0 * city.pressed + 4.0 * self._in_preparation(model)) * city.assailable
        quarters = layers.civilians * city.fired_at
        on_front = where[0] < self.share_on_front
        scatter(layers.shells, where[1, on_front], front)
        scatter(layers.shells, where[1, ~on_front], quarters)
        harm_civilians(
            model,
            layers.shells,
            area_m2=self.affected_area_m2,
            p_killed=self.p_killed,
            p_trapped=0.0,
            p_wounded=self.p_wounded,
            luck=households,
            cause="killed_by_shelling",
        )
        harm_defenders(
            model,
            layers.shells,
            area_m2=self.fighters_area_m2,
            positions_share=self.positions_share,
            wounded_per_killed=self.wounded_per_killed_fighter,
            luck=units,
            cause="killed_by_shelling",
        )

    def _in_preparation(self, model: SiegeState) -> BoolArray:
        """Return the cells around the places from which an assault is being prepared."""
        places = np.zeros(model.city.n_cells, dtype=np.bool_)
        chosen = [axis.focus for axis in model.axes if axis.phase == AxisPhase.PREPARE]
        if not chosen:
            return places
        places[chosen] = True
        return model.city.within(places, 2)
