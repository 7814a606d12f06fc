"""A neighbouring state steps in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.model.processes.base import Intervention
from siege_sim.schema.block import param, share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class OutsideIntervention(Intervention):
    """An outside power keeps aircraft away from the city and draws forces of the besieging side elsewhere.

    It does not enter the city. While it lasts, hope of help in the pocket is higher, and the besieger, under its
    pressure, offers better terms to groups that may leave (`group_deals`).
    """

    kind: Literal["outside_intervention"] = "outside_intervention"
    about: ClassVar[tuple[str, ...]] = ("killed_by_air", "garrison_area_share", "end_day")
    neutral: ClassVar[Mapping[str, Any]] = {"air": 1.0, "hope": 0.0, "diverted": 0.0, "pressure": 0.0}

    air: float = share(0.1, plausible=(0.0, 0.5))
    """Air strikes on the pocket, as a share of the usual."""
    hope: float = share(0.9, plausible=(0.5, 1.0))
    """Hope of help from outside, at least."""
    diverted: float = share(0.4, plausible=(0.1, 0.8))
    """Share of the ground assaults that are not made, as forces stand elsewhere."""
    pressure: float = param(5.0, unit="points", plausible=(0, 20), ge=0.0, le=1000.0)
    """Its pressure on what the besieger offers, in points of condemnation."""

    def act(self, model: SiegeState, rng: Generator) -> None:
        """Keep aircraft and forces away for a day."""
        today, politics = model.conditions, model.politics
        today.air_tempo *= self.air
        today.assault_tempo *= 1.0 - self.diverted
        today.pressure += self.pressure
        politics.hope = max(politics.hope, self.hope)
        if self.begins(model):
            model.note("outside_intervention", "", "an outside power keeps aircraft away from the city", "its decision")
