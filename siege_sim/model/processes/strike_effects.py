"""What a heavy impact does: to people, fighters, houses and what stands there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels.hazard import FloatArray
from siege_sim.model.chronicle import AIR_STRIKE
from siege_sim.model.fires import area_on_people_m2, hit_place
from siege_sim.model.harm import harm_civilians, harm_defenders
from siege_sim.model.munitions import MUNITIONS, Munition, MunitionScale, mean_munition
from siege_sim.model.processes.base import Phase, Process
from siege_sim.model.rng import branch
from siege_sim.model.sources import WOUNDED_IN_WAR
from siege_sim.schema.block import param, share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


USUAL = "general_purpose_bomb"
"""The kind to which the parameters of air strikes refer."""


class StrikeEffects(Process):
    """Heavy impacts kill, bury and wound by density and area, ruin floor area, and close or destroy facilities."""

    kind: Literal["strike_effects"] = "strike_effects"
    phase: ClassVar[Phase] = Phase.AIR
    about: ClassVar[tuple[str, ...]] = ("killed_by_air", "civilians_wounded", "hospitals_working", "rubble_share")
    off_means: ClassVar[str] = "air strikes hit nobody and nothing, and nobody is buried"
    neutral: ClassVar[Mapping[str, Any]] = {
        "affected_area_m2": 0.0, "fighters_area_m2": 0.0, "damage_radius_m": 0.0, "p_facility_destroyed": 0.0,
        "p_facility_closed": 0.0, "stock_burnt": 0.0,
    }  # fmt: skip

    affected_area_m2: float = param(
        800.0,
        unit="m2",
        plausible=(400, 1000),
        source="440 civilians killed by 950 large impacts, 19 Sep - 18 Oct 2016 (HRW), at about 6,100 people/km2",
        ge=0.0,
        le=20_000.0,
    )
    """Area within which one general-purpose bomb affects people in their rooms; other kinds, and people in other
    places, in the proportions of the table of munitions."""
    p_killed: float = share(
        0.12,
        plausible=(0.06, 0.2),
        source="with its area: 0.46 killed a heavy impact in Aleppo, 0.10-0.15 a bomb or shell in Leningrad",
    )
    """Chance of a person in that area to be killed at once."""
    p_trapped: float = share(0.05, plausible=(0.02, 0.1))
    """Chance to be buried alive under rubble."""
    p_wounded: float = share(
        0.5,
        plausible=(0.4, 0.7),
        source="wounded to killed 3.3-5.7 (WHO, SOHR, MSF; Aleppo and Eastern Ghouta)",
    )
    """Chance to be wounded."""
    fighters_area_m2: float = param(45.0, unit="m2", plausible=(20, 100), ge=0.0, le=20_000.0)
    """Area in which one general-purpose bomb kills fighters in cover; other kinds in proportion."""
    positions_share: float = param(0.1, unit="share", plausible=(0.05, 0.3), le=1.0, ge=0.001)
    """Share of a front cell in which its defenders stand; strikes fall there."""
    wounded_per_killed_fighter: float = param(
        2.5,
        unit="ratio",
        plausible=(2, 4),
        ge=0.0,
        le=10.0,
        source=WOUNDED_IN_WAR,
    )
    """Fighters wounded for each one killed."""
    damage_radius_m: float = param(
        16.3,
        unit="m",
        plausible=(13, 20),
        source="median of 3,364 sites, 2013-15 (Columbia CSR)",
        ge=0.0,
        le=200.0,
    )
    """Radius within which one general-purpose bomb ruins buildings; other kinds in proportion."""
    p_facility_destroyed: float = share(0.1, plausible=(0.05, 0.3))
    """Chance that a general-purpose bomb puts a place out for good; other kinds in proportion."""
    p_facility_closed: float = share(0.5, plausible=(0.3, 0.9))
    """Chance that it closes one for repair; other kinds in proportion."""
    repair_days: int = param(
        5,
        unit="days",
        plausible=(4, 20),
        source="8 hospitals hit 23 times from July to 7 Oct 2016 (MSF)",
        ge=1,
        le=365,
    )
    """Days of repair after a hit."""
    stock_burnt: float = share(0.25, plausible=(0.1, 0.6))
    """Share of the food in a store, bakery or market that it destroys; other kinds in proportion."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Lose those whom nobody reached yesterday; work out what today's impacts do."""
        layers, homes = model.city.layers, model.households
        buried, struck = (homes.trapped > 0).nonzero()[0], layers.impacts.any()
        if not (buried.size or struck):
            return
        households, buried_luck = rng.random(len(homes)), branch(rng)
        if buried.size:
            homes.lose_trapped(buried, buried_luck.random(len(homes))[buried])
        if not struck:
            return
        impacts: FloatArray = layers.impacts.astype(np.float64) * model.conditions.lethality
        hit, today = self._average_hit(model), model.conditions
        facilities = rng.random((len(model.facilities), 2))
        units = model.units.luck(rng, 2)
        harm_civilians(
            model,
            impacts,
            area_m2=area_on_people_m2(model, hit, today.warned_of_aircraft),
            p_killed=self.p_killed,
            p_trapped=self.p_trapped,
            p_wounded=self.p_wounded,
            luck=households,
            cause="killed_by_air",
        )
        harm_defenders(
            model,
            impacts,
            area_m2=hit.fighters_m2,
            positions_share=self.positions_share,
            wounded_per_killed=self.wounded_per_killed_fighter,
            luck=units,
            cause="killed_by_air",
        )
        for number, facility in enumerate(model.facilities):
            if facility.hits:
                hit_place(model, facility, facility.hits, hit, facilities[number], self.repair_days, AIR_STRIKE)
        ruined = impacts * hit.ruined_m2 / (model.city.cell_km2 * 1e6)
        layers.rubble += (1.0 - layers.rubble) * np.minimum(ruined, 1.0)

    def _average_hit(self, model: SiegeState) -> Munition:
        """Return the mean over what falls today; of general-purpose bombs where nobody says what falls."""
        usual = MUNITIONS[USUAL]
        scale = MunitionScale(
            people=self.affected_area_m2 / usual.indoors_m2,
            fighters=self.fighters_area_m2 / usual.fighters_m2,
            ruins=np.pi * self.damage_radius_m**2 / usual.ruined_m2,
            destroyed=self.p_facility_destroyed / usual.p_destroyed,
            closed=self.p_facility_closed / usual.p_closed,
            burnt=self.stock_burnt / usual.stock_burnt,
        )
        fallen = model.conditions.impacts_by_munition
        return mean_munition(fallen if any(fallen.values()) else {USUAL: 1.0}, scale)
