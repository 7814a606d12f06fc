"""Artillery and mortars of the besieger on the pocket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels.hazard import FloatArray, bursts, categorical, scatter
from siege_sim.model.agents.facility import Hospital
from siege_sim.model.chronicle import SHELLING
from siege_sim.model.fires import area_on_people_m2, hit_place, in_preparation
from siege_sim.model.harm import harm_civilians, harm_defenders
from siege_sim.model.munitions import MUNITIONS, SHELL_KINDS, Munition, MunitionScale, mean_munition
from siege_sim.model.processes.base import Phase, Process
from siege_sim.model.rng import branch
from siege_sim.model.sources import WOUNDED_IN_WAR
from siege_sim.schema.block import param, share
from siege_sim.schema.dated import DatedNumber, dated, dated_share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState

HEAVIEST = "heavy_shell"
"""The kind to which the parameters of shells refer."""


class Artillery(Process):
    """Shells fall on the front, above all where an assault is prepared, and on the quarters behind it.

    Daily counts are heavy-tailed (Poisson with a log-normal mean): quiet days and days of ten times the mean belong to
    the same weeks. The kinds of shells are an input; mortar rounds hurt few people in their rooms and destroy no
    hospital.
    """

    kind: Literal["artillery"] = "artillery"
    phase: ClassVar[Phase] = Phase.FIRES
    about: ClassVar[tuple[str, ...]] = ("killed_by_shelling", "civilians_wounded", "garrison_killed")
    inputs: ClassVar[tuple[str, ...]] = (
        "shells_per_day",
        "mortar",
        "heavy_shell",
        "rocket",
        "share_on_front",
        "share_on_hospitals",
    )
    neutral: ClassVar[Mapping[str, Any]] = {"shells_per_day": 0.0}

    shells_per_day: DatedNumber = dated(180.0, unit="shells/day", plausible=(60, 400), ge=0.0, le=100_000.0)
    """Shells a day at full intensity; a number, or numbers by date."""
    dispersion: float = param(
        1.0,
        unit="variance/mean squared",
        plausible=(0.5, 2.0),
        source="daily counts of Sarajevo, Apr 1992 - Feb 1994: mean 329, a tenth below 20-100, one of 3,777",
        ge=0.0,
        le=10.0,
    )
    """Spread of the daily count about its input: its variance is mean + dispersion x mean squared."""
    mortar: DatedNumber = dated(
        0.67,
        unit="weight",
        plausible=(0.3, 0.9),
        source="433 of 652 rounds on Sarajevo on 31 Oct 1992 (Commission of Experts)",
        ge=0.0,
        le=1000.0,
    )
    """Mortar rounds of 81 to 120 mm, as a part of the shells; a number, or numbers by date."""
    heavy_shell: DatedNumber = dated(0.33, unit="weight", plausible=(0.1, 0.7), ge=0.0, le=1000.0)
    """Shells of 122 mm and more, likewise."""
    rocket: DatedNumber = dated(0.0, unit="weight", plausible=(0.0, 0.5), ge=0.0, le=1000.0)
    """Rockets of multiple launchers, likewise."""
    share_on_front: DatedNumber = dated_share(0.6, plausible=(0.4, 0.8))
    """Share of the shells on front cells; the rest falls where people live."""
    share_on_hospitals: DatedNumber = dated_share(0.0, plausible=(0.0, 0.02))
    """Share of the shells that are aimed at hospitals, out of those that fall where people live; may be by date."""
    massed: float = param(4.0, unit="factor", plausible=(2, 10), ge=0.0, le=1000.0)
    """How much more fire a front cell draws when it is assaulted, and again when an assault is prepared there."""
    affected_area_m2: float = param(
        50.0,
        unit="m2",
        plausible=(25, 100),
        ge=0.0,
        le=5000.0,
        source="0.004-0.012 killed a shell in Sarajevo, 0.10-0.15 a bomb or shell in Leningrad",
    )
    """Area within which one heavy shell affects people in their rooms; other kinds, and people in other places, in the
    proportions of the table of munitions."""
    p_killed: float = share(
        0.06,
        plausible=(0.03, 0.12),
        source="with its area: 0.004-0.012 killed a shell in Sarajevo, 0.10-0.15 a bomb or shell in Leningrad",
    )
    """Chance of a person in that area to be killed."""
    p_wounded: float = share(
        0.24, plausible=(0.15, 0.4), source="wounded to killed 2.0-2.8 (Leningrad), 3.6 (Sarajevo)"
    )
    """Chance to be wounded."""
    fighters_area_m2: float = param(
        2.2, unit="m2", plausible=(1, 12), ge=0.0, le=1000.0, source="soldiers killed in Sarajevo, 1992-94"
    )
    """Area in which one heavy shell kills fighters in cover; other kinds in proportion."""
    positions_share: float = param(0.1, unit="share", plausible=(0.05, 0.3), le=1.0, ge=0.001)
    """Share of a front cell in which its defenders stand."""
    wounded_per_killed_fighter: float = param(
        3.0,
        unit="ratio",
        plausible=(2, 4),
        ge=0.0,
        le=10.0,
        source=WOUNDED_IN_WAR,
    )
    """Fighters wounded for each one killed."""
    repair_days: int = param(3, unit="days", plausible=(1, 10), ge=1, le=365)
    """Days for which a hospital that was hit is closed, if it is."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Fire today's shells."""
        layers = model.city.layers
        layers.shells[:] = 0
        # The number of shells varies, so what they meet is drawn before where they fall.
        mean = model.now(self.shells_per_day) * model.conditions.fire_tempo
        many = bursts(rng.random(), mean, self.dispersion)
        hit = self._average_hit(model)
        if many == 0 or hit is None:
            return
        households, where = rng.random(len(model.households)), branch(rng).random((many, 2)).T
        units, places = model.units.luck(rng, 2), rng.random((len(model.facilities), 2))
        self._fall(model, where, hit, places)
        harm_civilians(
            model,
            layers.shells,
            area_m2=area_on_people_m2(model, hit),
            p_killed=self.p_killed,
            p_trapped=0.0,
            p_wounded=self.p_wounded,
            luck=households,
            cause="killed_by_shelling",
        )
        harm_defenders(
            model,
            layers.shells,
            area_m2=hit.fighters_m2,
            positions_share=self.positions_share,
            wounded_per_killed=self.wounded_per_killed_fighter,
            luck=units,
            cause="killed_by_shelling",
        )
        ruined = layers.shells * hit.ruined_m2 / (model.city.cell_km2 * 1e6)
        layers.rubble += (1.0 - layers.rubble) * np.minimum(ruined, 1.0)

    def _average_hit(self, model: SiegeState) -> Munition | None:
        """Return the mean over today's kinds of shells; None when no weight is positive."""
        weights = {kind: model.now(getattr(self, kind)) for kind in SHELL_KINDS}
        usual = MUNITIONS[HEAVIEST]
        scale = MunitionScale(
            people=self.affected_area_m2 / usual.indoors_m2,
            fighters=self.fighters_area_m2 / usual.fighters_m2,
        )
        return mean_munition(weights, scale) if any(weights.values()) else None

    def _fall(self, model: SiegeState, where: FloatArray, hit: Munition, places: FloatArray) -> None:
        """Let shells fall: ``where`` has two uniforms a shell, ``places`` two a facility."""
        city, layers = model.city, model.city.layers
        on_front = where[0] < model.now(self.share_on_front)
        # What is left of the first uniform says which of the others are aimed at hospitals.
        rest = (where[0] - model.now(self.share_on_front)) / max(1.0 - model.now(self.share_on_front), 1e-12)
        hospitals = [h for h in model.facilities_in_pocket(Hospital) if not h.destroyed]
        aimed = ~on_front & (rest < model.now(self.share_on_hospitals)) & bool(hospitals)
        scatter(layers.shells, where[1, on_front], self._front(model))
        scatter(layers.shells, where[1, ~on_front & ~aimed], layers.civilians * city.fired_at)
        if aimed.any():
            picks = np.bincount(categorical(where[1, aimed], np.ones(len(hospitals))), minlength=len(hospitals))
            for hospital, hits in zip(hospitals, picks.tolist(), strict=True):
                layers.shells[hospital.cell_index] += hits
                if hits:
                    luck = places[model.facilities.index(hospital)]
                    hit_place(model, hospital, hits, hit, luck, self.repair_days, SHELLING)

    def _front(self, model: SiegeState) -> FloatArray:
        """Return how much fire each front cell draws."""
        city = model.city
        return (1.0 + self.massed * city.pressed + self.massed * in_preparation(model)) * city.assailable
