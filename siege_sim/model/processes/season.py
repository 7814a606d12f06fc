"""The season: cold raises the need for food, stops gardens and grounds aircraft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share
from siege_sim.schema.dated import DatedNumber, dated, dated_share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Season(Process):
    """Temperature of the day, and what follows from it.

    The mean temperature is a cosine over the year, unless ``temperature_c`` gives it by date; each day has a uniform
    deviation of up to ``daily_spread_c``.
    """

    kind: Literal["season"] = "season"
    phase: ClassVar[Phase] = Phase.EXOGENOUS
    about: ClassVar[tuple[str, ...]] = ("kcal_eaten_per_person", "mean_body_mass_loss", "heavy_impacts")
    instead: ClassVar[Mapping[str, str]] = {"kcal_per_5c_below_20": "it is called kcal_per_5c now"}
    off_means: ClassVar[str] = "every day has 20 degrees, grows gardens and lets aircraft fly"
    inputs: ClassVar[tuple[str, ...]] = (
        "mean_c",
        "swing_c",
        "warmest_day_of_year",
        "temperature_c",
        "daily_spread_c",
        "heating",
    )
    neutral: ClassVar[Mapping[str, Any]] = {
        "kcal_per_5c": 0.0,
        "gardens_stop_below_c": -60.0,
        "gardens_full_above_c": -50.0,
        "p_grounded_in_winter": 0.0,
    }

    mean_c: float = param(17.5, unit="degrees C", plausible=(16, 19), source="climate normals of Aleppo", ge=-30, le=50)
    """Mean temperature of the year."""
    swing_c: float = param(11.5, unit="degrees C", plausible=(10, 13), source="climate normals of Aleppo", ge=0, le=40)
    """Half the difference between the warmest and the coldest time of the year."""
    warmest_day_of_year: int = param(205, unit="day of year", source="climate normals of Aleppo", ge=1, le=366)
    """The warmest day."""
    temperature_c: DatedNumber | None = dated(None, unit="degrees C", ge=-60.0, le=60.0)
    """Mean temperature by date, in place of the yearly cosine of the three values above."""
    daily_spread_c: float = param(4.0, unit="degrees C", plausible=(2, 6), ge=0.0, le=20.0)
    """How far a day may lie from the mean of its season."""
    kcal_per_5c: float = param(
        100.0,
        unit="kcal/person/day",
        plausible=(50, 150),
        source="WHO, UNHCR, UNICEF, WFP 2004",
        ge=0.0,
        le=1000.0,
    )
    """Extra energy a person needs for every 5 degrees of cold, that is below `cold_from_c`."""
    cold_from_c: float = param(
        17.0,
        unit="degrees C",
        plausible=(4, 20),
        source="20: WHO, UNHCR, UNICEF, WFP 2004; 4 to 20 fit Leningrad to February 1942",
        ge=-60.0,
        le=40.0,
    )
    """Below this temperature outdoors people need more; lower where homes keep warm, or clothes are many."""
    most_for_cold_kcal: float = param(800.0, unit="kcal/person/day", plausible=(400, 2000), ge=0.0, le=5000.0)
    """The most that cold adds to the need: who is very cold stays in bed, or dies of the cold."""
    heating: DatedNumber = dated_share(0.0)
    """How far homes are heated, from 0 (no fuel) to 1 (cold adds nothing to the need); a share, or shares by date."""
    gardens_stop_below_c: float = param(
        8.0,
        unit="degrees C",
        plausible=(5, 10),
        ge=-60.0,
        le=40.0,
        source="base temperatures in growing degree-days: 4-5 for hardy, 10 for tender crops",
    )
    """Gardens yield nothing below this temperature."""
    gardens_full_above_c: float = param(20.0, unit="degrees C", plausible=(15, 25), ge=-59.0, le=50.0)
    """Gardens have their full yield above this temperature; in between, in proportion."""
    p_grounded_in_winter: float = share(0.2, plausible=(0.1, 0.4))
    """Chance that weather keeps aircraft on the ground at 5 degrees; falls to zero at 20 degrees."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Set today's weather."""
        luck = rng.random(2)
        angle = 2 * np.pi * (model.date.timetuple().tm_yday - self.warmest_day_of_year) / 365.25
        today = model.conditions
        by_the_year = self.mean_c + self.swing_c * np.cos(angle)
        usual = by_the_year if self.temperature_c is None else model.now(self.temperature_c)
        today.temperature_c = float(usual + self.daily_spread_c * (2 * luck[0] - 1) - today.colder_by_c)
        below_20 = max(0.0, 20.0 - today.temperature_c)
        today.need_kcal += self._for_cold_kcal(today.temperature_c) * (1.0 - model.now(self.heating))
        span = max(self.gardens_full_above_c - self.gardens_stop_below_c, 1e-9)
        today.growth *= min(max((today.temperature_c - self.gardens_stop_below_c) / span, 0.0), 1.0)
        if luck[1] < self.p_grounded_in_winter * min(1.0, below_20 / 15.0):
            today.flying = 0.0

    def _for_cold_kcal(self, temperature_c: float) -> float:
        """Return how much more a person needs who has no heating."""
        return min(self.kcal_per_5c * max(0.0, self.cold_from_c - temperature_c) / 5.0, self.most_for_cold_kcal)
