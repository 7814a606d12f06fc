"""Another way of handing out food."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.model.conditions import RationPolicyName
from siege_sim.model.processes.base import Intervention
from siege_sim.schema.block import param

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class RationPolicy(Intervention):
    """From a date on, bread and rations are handed out by another rule, or in other amounts.

    Changes what the process `rationing` does while the window lasts.
    """

    kind: Literal["ration_policy"] = "ration_policy"
    about: ClassVar[tuple[str, ...]] = ("kcal_eaten_per_person", "mean_body_mass_loss", "garrison_area_share")
    neutral: ClassVar[Mapping[str, Any]] = {"bread": 1.0, "rations": 1.0}

    policy: RationPolicyName | None = None
    """Equal a head, equal a family, or fighters before the rest; without it, as before."""
    bread: float = param(1.0, unit="factor", plausible=(0.4, 1.5), ge=0.0, le=10.0)
    """Bread a head, relative to `rationing.bread_kcal`; what is there sets the limit."""
    rations: float = param(1.0, unit="factor", plausible=(0.4, 1.5), ge=0.0, le=10.0)
    """Agencies' rations a head, relative to `rationing.aid_kcal`."""

    def act(self, model: SiegeState, rng: Generator) -> None:
        """Set today's rule."""
        today = model.conditions
        today.ration_policy = self.policy or today.ration_policy
        today.bread_factor *= self.bread
        today.aid_factor *= self.rations
