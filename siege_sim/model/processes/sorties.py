"""Sorties: how many strikes fall on the pocket today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels.hazard import binomial, negative_binomial
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param
from siege_sim.schema.dated import DatedNumber, dated

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.setting import AirWing
    from siege_sim.model.state import SiegeState


class Sorties(Process):
    """Every air wing flies a number of sorties; a part of them strikes the pocket, the rest the province.

    Counts are overdispersed (negative binomial): quiet days and days of 150 strikes come from the same mean.
    """

    kind: Literal["sorties"] = "sorties"
    phase: ClassVar[Phase] = Phase.AIR
    about: ClassVar[tuple[str, ...]] = ("heavy_impacts", "killed_by_air", "garrison_area_share")
    off_means: ClassVar[str] = "no aircraft strike"
    inputs: ClassVar[tuple[str, ...]] = ("per_day",)
    neutral: ClassVar[Mapping[str, Any]] = {"per_day": 0.0}

    per_day: DatedNumber = dated(
        67.0,
        unit="sorties/day",
        plausible=(50, 90),
        source="3,359 Russian strikes in Aleppo province in three months (Omran Center, 28 Nov 2016), plus Syrian ones",
        ge=0.0,
        le=2000.0,
    )
    """Sorties a day over the whole province, all wings together, at full intensity; a number, or numbers by date."""
    dispersion: float = param(0.35, unit="1/shape", plausible=(0.1, 0.8), ge=0.0, le=5.0)
    """Overdispersion of a wing's daily count: its variance is mean + dispersion x mean squared."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Fly, and pass on how many heavy impacts the pocket takes."""
        today = model.conditions
        wings = model.setting.air_wings
        luck = rng.random((len(wings), 2))
        flying = [
            (
                wing,
                aimed,
                negative_binomial(flown, self.planned(model, wing) * today.flying, self.dispersion),
            )
            for (flown, aimed), wing in zip(luck, wings.values(), strict=True)
            if wing.covers(model.day, model.clock)
        ]
        if not flying:
            return
        counts = np.array([count for _, _, count in flying])
        shares = np.array([model.now(wing.share_on_pocket) for wing, _, _ in flying]) * min(today.air_tempo, 1.0)
        on_pocket = binomial(np.array([aimed for _, aimed, _ in flying]), counts, shares)
        impacts = on_pocket * np.array([wing.impacts_per_sortie for wing, _, _ in flying])
        today.sorties = int(counts.sum())
        today.sorties_on_pocket = int(on_pocket.sum())
        today.impacts_due = int(impacts.sum())
        for (wing, _, _), fallen in zip(flying, impacts.tolist(), strict=True):
            today.impacts_by_munition[wing.munition] = today.impacts_by_munition.get(wing.munition, 0) + fallen
        if today.impacts_due:
            lethality = np.array([wing.lethality for wing, _, _ in flying])
            today.lethality = today.strike_effect * float((impacts * lethality).sum()) / today.impacts_due

    def planned(self, model: SiegeState, wing: AirWing) -> float:
        """Return the mean number of sorties that a wing flies today in good weather."""
        if wing.per_day is not None:
            return model.now(wing.per_day)
        return model.now(self.per_day) * model.now(wing.weight or 0.0)
