"""Cohesion of units: what wears it down, and what restores it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels import ground
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Morale(Process):
    """A unit's cohesion falls with losses, fire, hunger, lost neighbours and isolation, and follows hope.

    Each of these lowers cohesion at a daily rate. In addition, cohesion tends to the level that hope of outside help
    allows: up in quiet while there is hope, down as hope falls.
    """

    kind: Literal["morale"] = "morale"
    phase: ClassVar[Phase] = Phase.COHESION
    off_means: ClassVar[str] = "cohesion never changes: hunger, fire and losses weaken no unit"
    neutral: ClassVar[Mapping[str, Any]] = {
        "recovery_per_day": 0.0, "losses_weight": 0.0, "fire_weight": 0.0, "hunger_weight": 0.0,
        "neighbours_weight": 0.0, "cut_off_per_day": 0.0,
    }  # fmt: skip

    recovery_per_day: float = param(0.05, unit="1/day", plausible=(0.02, 0.1), ge=0.0, le=1.0)
    """How fast cohesion tends towards the level that hope allows."""
    level_without_hope: float = param(0.5, unit="0-1", plausible=(0.3, 0.8), ge=0.0, le=1.0)
    """The level it tends to without hope of outside help; with full hope it is 1."""
    losses_weight: float = param(
        1.2,
        unit="1/share lost",
        plausible=(0.5, 3),
        source="30 % of strength lost is decisive (US doctrine)",
        ge=0.0,
        le=20.0,
    )
    """Fall of cohesion per share of the opening strength that is out of action, spread over a month."""
    fire_weight: float = param(0.02, unit="1/day", plausible=(0.005, 0.05), ge=0.0, le=1.0)
    """Fall a day in cells under the heaviest fire (danger 1)."""
    hunger_weight: float = param(
        0.005,
        unit="1/day",
        plausible=(0.0, 0.02),
        source="supply is 2 % of reasons (McQuie 1987)",
        ge=0.0,
        le=1.0,
    )
    """Fall a day on which a unit's fighters eat nothing."""
    neighbours_weight: float = param(0.12, unit="1/day", plausible=(0.05, 0.4), ge=0.0, le=1.0)
    """Fall on a day on which all neighbouring cells were lost."""
    cut_off_per_day: float = param(0.08, unit="1/day", plausible=(0.03, 0.2), ge=0.0, le=1.0)
    """Fall a day when cut off from the main body."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Wear down and restore."""
        city, units = model.city, model.units
        line = model.line(GARRISON)
        rows = line.rows
        if rows.size == 0:
            return
        lost_now = (city.layers.days_held == 0) & city.held_on_day_0 & city.lost_ground
        cut_off = (city.exit_width == 0) & city.pocket_ground
        fire = line.per_unit(city.layers.danger)
        out_of_action = 1.0 - units.fit[rows] / np.maximum(units.opening[rows], 1)
        wear = self.losses_weight * out_of_action / 30.0 + self.fire_weight * fire
        wear += self.hunger_weight * (1.0 - units.fed[rows])
        if lost_now.any():
            wear += self.neighbours_weight * line.per_unit(ground.neighbour_sum(lost_now, city.shape) / 8.0)
        if cut_off.any():
            wear += self.cut_off_per_day * line.per_unit(cut_off)
        hope = model.politics.hope
        level = self.level_without_hope + (1.0 - self.level_without_hope) * hope
        cohesion = units.cohesion[rows]
        drift = self.recovery_per_day * (level - cohesion)
        units.cohesion[rows] = (cohesion * (1.0 - np.minimum(wear, 1.0)) + drift).clip(0.0, 1.0)
