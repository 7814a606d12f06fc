"""Shelter: how many people are outdoors and in cellars when fire falls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share
from siege_sim.schema.dated import DatedNumber, dated_share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Shelter(Process):
    """People under fire learn to stay indoors and in cellars, and forget it in quiet weeks.

    Experience of fire, from 0 to 1, grows with every day of fire on the pocket and fades on days without. What it
    changes is the share of people who are outdoors, and the share of those with a cellar who are in it, over a day and
    night. A warning, as of aircraft that are heard or seen in time, brings further people under cover.
    """

    kind: Literal["shelter"] = "shelter"
    phase: ClassVar[Phase] = Phase.EXOGENOUS
    about: ClassVar[tuple[str, ...]] = ("killed_by_air", "killed_by_shelling", "civilians_wounded")
    off_means: ClassVar[str] = "everybody is at home when fire falls, nobody outdoors and nobody in a cellar"
    inputs: ClassVar[tuple[str, ...]] = ("experience_on_day_0", "cellars", "warned_of_aircraft")
    neutral: ClassVar[Mapping[str, Any]] = {
        "outdoors": 0.0, "outdoors_under_fire": 0.0, "cellars": 0.0, "warned_of_aircraft": 0.0,
    }  # fmt: skip

    experience_on_day_0: float = share(1.0, plausible=(0.0, 1.0))
    """Experience of fire with which the run begins: 1 after years of war, 0 in a city that was never under fire."""
    outdoors: float = share(0.2, plausible=(0.1, 0.3), source="assumed; about four hours of a day")
    """Share of the people who are outdoors, over day and night, without experience of fire."""
    outdoors_under_fire: float = share(
        0.08, plausible=(0.04, 0.12), source="assumed; water, bread and wood must be fetched under fire too"
    )
    """The same with full experience."""
    cellars: DatedNumber = dated_share(0.6, plausible=(0.3, 0.9))
    """Share of the people with a cellar, basement or shelter close by; a number, or numbers by date."""
    in_them_under_fire: float = share(0.6, plausible=(0.3, 0.8), source="assumed; most nights and hours of fire")
    """Share of those who are in it, over day and night, with full experience; nobody is without."""
    warned_of_aircraft: DatedNumber = dated_share(0.2, plausible=(0.0, 0.9))
    """Share of the air strikes before which people have time to go under cover: alarms, spotters; may be by date."""
    days_to_learn: float = param(14.0, unit="days", plausible=(5, 40), le=1000.0, ge=0.1)
    """Days of fire in which two thirds of the experience are gained."""
    days_to_forget: float = param(60.0, unit="days", plausible=(20, 120), le=10_000.0, ge=0.1)
    """Quiet days in which two thirds of it are lost."""
    hits_of_a_day_of_fire: float = param(3.0, unit="hits per 100,000 people", plausible=(1, 10), le=1000.0, ge=0.01)
    """Hits of a day at which two thirds of the people count it as one of fire."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Learn from yesterday's fire, and say where people are today."""
        known, today = model.politics, model.conditions
        if model.day <= 1:
            known.experience_of_fire = self.experience_on_day_0
        else:
            known.experience_of_fire = self._experience(model, known.experience_of_fire)
        learned = known.experience_of_fire
        cellars = model.now(self.cellars)
        today.outdoors = self.outdoors + (self.outdoors_under_fire - self.outdoors) * learned
        today.in_cellars = min(cellars * self.in_them_under_fire * learned, 1.0 - today.outdoors)
        today.warned_of_aircraft = cellars * model.now(self.warned_of_aircraft)

    def _experience(self, model: SiegeState, before: float) -> float:
        layers = model.city.layers
        hits = float(layers.impacts.sum() + layers.shells.sum())
        people = max(float(layers.civilians.sum()), 1.0)
        fire = 1.0 - np.exp(-hits * 1e5 / people / self.hits_of_a_day_of_fire)
        learning = fire * (1.0 - before) / self.days_to_learn
        return float(before + learning - (1.0 - fire) * before / self.days_to_forget)
