"""Digging in: works and tunnels grow with time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.model import front
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param
from siege_sim.schema.sides import BESIEGER, GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Works(Process):
    """The holder of the ground along a front builds works there, slowly, as deep as the works of an old front."""

    kind: Literal["works"] = "works"
    phase: ClassVar[Phase] = Phase.COHESION
    about: ClassVar[tuple[str, ...]] = ("garrison_area_share", "days_to_half")
    neutral: ClassVar[Mapping[str, Any]] = {"growth_per_day": 0.0}

    growth_per_day: float = param(0.01, unit="1/day", plausible=(0.003, 0.03), ge=0.0, le=1.0)
    """Share of the difference to full works that a day on the front adds."""
    built_share_needed: float = param(0.2, unit="share", plausible=(0.0, 0.5), ge=0.0, le=1.0)
    """Works grow in full where at least this share of the ground is built on, less on open ground."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Dig."""
        layers = model.city.layers
        ground = (layers.built_up / max(self.built_share_needed, 1e-9)).clip(0.0, 1.0)
        for side in (GARRISON, BESIEGER):
            near = front.in_works(model, side) > 0.0
            layers.entrenchment += near * self.growth_per_day * ground * (1.0 - layers.entrenchment)
