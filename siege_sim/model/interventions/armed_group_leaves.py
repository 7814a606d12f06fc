"""One armed group leaves the city."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.errors import did_you_mean
from siege_sim.model.ledger import OUT, Flow
from siege_sim.model.processes.base import Intervention
from siege_sim.schema.block import Problem, param, share
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.setting import Setting
    from siege_sim.model.state import SiegeState


class ArmedGroupLeaves(Intervention):
    """The fighters of one group on the besieged side leave under escort; in return fire on the pocket slackens.

    This is the UN envoy's offer of 6 October 2016: the group that the parties called the reason for the bombing
    leaves, and the bombing stops. `air`, `artillery` and `assaults` say how far the promise is kept, for all days of
    the window; at 1 it is broken.
    """

    kind: Literal["armed_group_leaves"] = "armed_group_leaves"
    about: ClassVar[tuple[str, ...]] = ("civilians_killed", "garrison_area_share", "end_day")
    neutral: ClassVar[Mapping[str, Any]] = {"fighters_per_day": 0, "air": 1.0, "artillery": 1.0, "assaults": 1.0}
    flows: ClassVar[Mapping[str, Mapping[str, Flow]]] = {
        "garrison": {"left_by_agreement": Flow(OUT, "Left by agreement")}
    }

    faction: str
    """The group: a name under `forces.garrison`."""
    fighters_per_day: int = param(300, unit="fighters/day", plausible=(100, 1000), ge=0, le=100_000)
    """How many leave a day; units go as a whole."""
    air: float = share(0.0, plausible=(0.0, 1.0), source="the offer was an end of the bombing (UN envoy, 6 Oct 2016)")
    """Air strikes on the pocket, as a share of the usual."""
    artillery: float = share(0.0, plausible=(0.0, 1.0), source="likewise")
    """Artillery on the pocket, likewise."""
    assaults: float = share(1.0, plausible=(0.0, 1.0), source="assumed; the offer did not speak of the ground")
    """Ground assaults, likewise."""

    def problems_in(self, setting: Setting) -> Iterator[Problem]:
        """Yield a faction that nobody belongs to."""
        known = setting.forces.garrison
        if self.faction not in known:
            yield (
                ("faction",),
                f"the garrison has no group '{self.faction}'{did_you_mean(self.faction, known)}",
            )

    def act(self, model: SiegeState, rng: Generator) -> None:
        """Let some of them leave; hold back the fire."""
        today = model.conditions
        today.air_tempo *= self.air
        today.fire_tempo *= self.artillery
        today.assault_tempo *= self.assaults
        left = 0
        for row in np.flatnonzero(model.units.of(GARRISON)):
            if left >= self.fighters_per_day:
                break
            if model.unit(int(row)).faction == self.faction:
                left += model.unit(int(row)).give_up("left_by_agreement")
        if left:
            model.note("armed_group_leaves", "", f"{left} fighters of {self.faction} left", "agreed on", left)
