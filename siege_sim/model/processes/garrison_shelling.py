"""The garrison's fire on the besieger's quarters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels.hazard import negative_binomial
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param
from siege_sim.schema.dated import DatedNumber, dated
from siege_sim.schema.sides import BESIEGER, GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class GarrisonShelling(Process):
    """Rockets and mortars on the other side of the line, limited by ammunition, more when under assault."""

    kind: Literal["garrison_shelling"] = "garrison_shelling"
    stream: ClassVar[str] = "processes.west_shelling"
    phase: ClassVar[Phase] = Phase.FIRES
    about: ClassVar[tuple[str, ...]] = ("besieger_civilians_killed", "condemnation")
    inputs: ClassVar[tuple[str, ...]] = ("killed_per_day",)
    neutral: ClassVar[Mapping[str, Any]] = {"killed_per_day": 0.0}
    killed_per_day: DatedNumber = dated(
        1.2,
        unit="persons/day",
        plausible=(0.5, 2.5),
        source="civilians killed in West Aleppo, autumn 2016 (SOHR); nearly 100 in the city's west 28 Oct - 12 Nov",
        ge=0.0,
        le=1000.0,
    )
    """Civilians killed a day in quiet weeks with full ammunition; a number, or numbers by date."""
    under_assault: float = param(
        3.0,
        unit="factor",
        plausible=(1.5, 5),
        source="3.7 killed a day in late November 2016 (SOHR)",
        ge=1.0,
        le=20.0,
    )
    """How much more fire there is on days of assault."""
    dispersion: float = param(1.0, unit="1/shape", plausible=(0.3, 2), ge=0.0, le=10.0)
    """Overdispersion of the daily count."""
    ammunition_per_day: float = param(0.0015, unit="share/day", plausible=(0.0005, 0.004), ge=0.0, le=1.0)
    """What a quiet day's fire takes from the garrison's ammunition."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Fire, and count whom it kills."""
        units = model.units
        defenders = units.rows_of(GARRISON)
        residents = float(model.city.layers.other_residents[model.city.held_by(BESIEGER)].sum())
        if defenders.size == 0 or residents <= 0.0:
            return
        usual = model.now(self.killed_per_day)
        assault = bool(model.city.pressed.any())
        tempo = model.conditions.shelling_tempo * (self.under_assault if assault else 1.0)
        ammunition = units.ammunition[defenders]
        stocked = float(ammunition.mean())
        strength = min(1.0, float(units.fit[defenders].sum()) / max(1.0, model.ledger.brought("garrison")))
        mean = usual * tempo * stocked * strength
        killed = min(negative_binomial(rng.random(), mean, self.dispersion), int(residents))
        model.ledger.book("besieger_civilians", "killed", killed)
        if usual > 0.0:
            units.ammunition[defenders] = np.maximum(ammunition - self.ammunition_per_day * tempo, 0.0)
