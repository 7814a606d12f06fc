"""Ceasefires, strike halts and pauses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.model import chronicle
from siege_sim.model.processes.base import Intervention
from siege_sim.schema.block import share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Ceasefire(Intervention):
    """Fire slackens or stops while it holds: each kind to a share of its usual measure.

    Strikes alone: a strike halt. All four at 0: a full ceasefire.
    """

    kind: Literal["ceasefire"] = "ceasefire"
    about: ClassVar[tuple[str, ...]] = ("civilians_killed", "garrison_area_share", "end_day")
    neutral: ClassVar[Mapping[str, Any]] = {
        "air": 1.0, "artillery": 1.0, "assaults": 1.0, "shelling_of_west": 1.0,
    }  # fmt: skip

    air: float = share(0.0)
    """Air strikes on the pocket, as a share of the usual."""
    artillery: float = share(0.0)
    """Artillery on the pocket, likewise."""
    assaults: float = share(0.0)
    """Ground assaults, likewise."""
    shelling_of_west: float = share(0.0)
    """The garrison's fire on the besieger's quarters, likewise."""

    def act(self, model: SiegeState, rng: Generator) -> None:
        """Hold fire."""
        chronicle.action_began(model, self, "ceasefire_began", self._terms(), "a dated action of the scenario")
        today = model.conditions
        today.air_tempo *= self.air
        today.fire_tempo *= self.artillery
        today.assault_tempo *= self.assaults
        today.shelling_tempo *= self.shelling_of_west

    def wind_up(self, model: SiegeState) -> None:
        """Note that fire is free again."""
        held = {chronicle.STRIKES_FREED: self.air, chronicle.ASSAULTS_FREED: self.assaults}
        freed = [subject for subject, share_left in held.items() if share_left < 1.0]
        chronicle.action_ended(model, self, "ceasefire_ended", "it no longer held fire back", freed)

    def _terms(self) -> str:
        held = {"air strikes": self.air, "artillery": self.artillery, "ground assaults": self.assaults}
        return "held to a share of the usual: " + ", ".join(f"{name} {part:.0%}" for name, part in held.items())
