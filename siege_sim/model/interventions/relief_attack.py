"""An attack from outside to break the siege."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from siege_sim.errors import did_you_mean
from siege_sim.kernels.hazard import whole
from siege_sim.model.agents.facility import Road
from siege_sim.model.harm import inflict
from siege_sim.model.processes.base import Intervention
from siege_sim.schema.block import Problem, param, share
from siege_sim.schema.sides import BESIEGER

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.setting import Setting
    from siege_sim.model.state import SiegeState


class ReliefAttack(Intervention):
    """A force outside the map tries to fight its way to the pocket against the ring's outer side.

    Both sides lose fighters by Lanchester's square law in its daily form; the attack gains ground on days on
    which its odds, with the luck of the day, are better than even, and loses it otherwise. When it has come
    the whole way, the siege is broken and the named road is open.
    """

    kind: Literal["relief_attack"] = "relief_attack"
    about: ClassVar[tuple[str, ...]] = ("relief_force_killed", "besieger_killed", "garrison_area_share")
    fighters: int = param(unit="fighters", ge=1, le=100_000)
    """Strength of the relief force."""
    against: tuple[str, ...] = Field(min_length=1)
    """Sectors of the map whose besieging units hold the ring there."""
    road: str | None = None
    """Name of the road that opens on success; any road without it."""
    distance_km: float = param(4.0, unit="km", plausible=(2, 6), le=100.0, ge=0.01)
    """Ground to be taken."""
    km_per_day: float = param(0.5, unit="km/day", plausible=(0.2, 1.0), ge=0.0, le=20.0)
    """Ground gained or lost on a day at odds of 2 to 1 or 1 to 2."""
    works: float = param(
        2.2,
        unit="factor",
        plausible=(1.5, 3),
        source="defences prepared after the August battle",
        le=10.0,
        ge=0.01,
    )
    """Factor by which the ring's works multiply the strength of its defenders."""
    luck_of_the_day: float = param(0.5, unit="log scale", plausible=(0.2, 0.8), ge=0.0, le=3.0)
    """Spread of a day's odds (standard deviation of their logarithm)."""
    attacker_killed_per_day: float = share(
        0.0035,
        plausible=(0.001, 0.01),
        source="215 rebels and 143 on the government side, 28 Oct - 12 Nov 2016 (SOHR)",
    )
    """Share of the relief force killed on a day of even odds."""
    hope_lost_on_failure: float = share(0.6, plausible=(0.3, 0.9))
    """Share of the hope of outside help that a failed attack takes, in the course of the days after it."""
    defender_killed_per_day: float = share(0.002, plausible=(0.001, 0.006))
    """Share of the ring's defenders there killed on a day of even odds."""

    def problems_in(self, setting: Setting) -> Iterator[Problem]:
        """Yield sectors that the besieger does not hold, and a road that the map does not have."""
        known = setting.sectors_of("besieger")
        for index, sector in enumerate(self.against):
            if sector not in known:
                hint = did_you_mean(sector, known)
                yield ("against", index), f"the besieger holds no sector '{sector}'{hint}"
        for _, message in setting.city_map.problems_of_ways("road", () if self.road is None else (self.road,)):
            yield ("road",), message

    def act(self, model: SiegeState, rng: Generator) -> None:
        """Fight for a day."""
        politics = model.politics
        rounding, day_luck = float(rng.random()), rng.standard_normal()
        units_luck = model.units.luck(rng, 2)
        if self.begins(model):
            politics.relief_fighters += self.fighters
            model.ledger.book("relief_force", "arrived", self.fighters)
            model.note(
                "relief_attack",
                "",
                f"{self.fighters} fighters attack the ring from outside",
                "to break the siege",
            )
        units = model.units
        ring = np.flatnonzero(units.of(BESIEGER) & model.in_sectors(self.against))
        holding = float((units.fit * units.quality)[ring].sum()) * self.works
        odds = politics.relief_fighters / max(holding, 1.0) * float(np.exp(self.luck_of_the_day * day_luck))
        politics.relief_progress_km += self.km_per_day * float(np.clip(np.log2(max(odds, 1e-9)), -1.0, 1.0))
        politics.relief_progress_km = max(0.0, politics.relief_progress_km)
        killed = min(
            int(whole(rounding, politics.relief_fighters * self.attacker_killed_per_day / max(odds, 0.5))),
            politics.relief_fighters,
        )
        politics.relief_fighters -= killed
        model.ledger.book("relief_force", "killed", killed)
        p_killed = np.full(ring.size, min(self.defender_killed_per_day * min(odds, 2.0), 1.0))
        inflict(model, ring, p_killed, 3.0 * p_killed, units_luck, "killed_in_relief_battle")
        if politics.relief_progress_km >= self.distance_km:
            self._break_through(model)
        elif self.ends(model):
            began = model.log.newest("relief_attack")
            model.note("relief_failed", "", "the relief attack was called off", "the ring held", because=began)
            politics.prospect *= 1.0 - self.hope_lost_on_failure
            model.ledger.book("relief_force", "withdrew", politics.relief_fighters)
            politics.relief_fighters = 0

    def _break_through(self, model: SiegeState) -> None:
        if model.politics.siege_broken:
            return
        model.politics.siege_broken = True
        model.politics.hope = model.politics.prospect = 1.0
        for road in model.facilities_of(Road):
            if self.road is None or road.name == self.road:
                road.usual_open_share = road.open_share = 1.0
        began = model.log.newest("relief_attack")
        model.note("siege_broken", "", "the relief force reached the pocket", "the ring gave way", because=began)
