"""Pauses in the fighting that come from pressure from outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.kernels.hazard import probability
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Pauses(Process):
    """Condemnation makes a short pause in strikes and assaults more likely; dated pauses come in addition.

    The hazard a day is proportional to condemnation. No new pause comes while one lasts, or once an evacuation was
    agreed.
    """

    kind: Literal["pauses"] = "pauses"
    phase: ClassVar[Phase] = Phase.POLITICS
    about: ClassVar[tuple[str, ...]] = ("civilians_killed", "end_day")
    inputs: ClassVar[tuple[str, ...]] = ("hazard_per_point",)
    neutral: ClassVar[Mapping[str, Any]] = {"hazard_per_point": 0.0}

    hazard_per_point: float = param(0.001, unit="1/day", plausible=(0.0, 0.004), ge=0.0, le=1.0)
    """Hazard of a pause for every point of condemnation."""
    lasts_days: int = param(
        3, unit="days", plausible=(1, 7), source="48 h asked for by the UN, August 2016; 20-22 October", ge=1, le=365
    )
    """How long a pause lasts."""
    quiet: float = share(0.9, plausible=(0.5, 1.0))
    """Share of strikes, shelling and assaults that a pause prevents."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Announce a pause from tomorrow on, or none."""
        politics = model.politics
        luck = rng.random()
        if politics.agreement_day is not None or model.day < politics.pause_until:
            return
        if luck < float(probability(self.hazard_per_point * politics.condemnation)):
            politics.pause_until = model.day + self.lasts_days
            politics.pause_quiet = self.quiet
            model.note("pause", "", f"a pause of {self.lasts_days} days was announced", "condemnation abroad")
