"""The theory that lines break by envelopment, with contagion between neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from siege_sim.kernels import ground
from siege_sim.kernels.hazard import BoolArray, FloatArray
from siege_sim.model.processes.break_off import BreakOff
from siege_sim.schema.block import param

if TYPE_CHECKING:
    from siege_sim.model.state import SiegeState


class Envelopment(BreakOff):
    """Defenders give a cell up by a hazard that rises with envelopment, local odds, lost neighbours and low cohesion.

    After McQuie (1987): of 80 defeats, 33 % came by envelopment or penetration, 13 % because a neighbour
    withdrew, 12 % for want of reserves, 10 % by losses. One of three theories of why a line breaks; the others
    are `loss_threshold` and `desertion`.
    """

    kind: Literal["envelopment"] = "envelopment"

    envelopment_weight: float = param(8.0, unit="factor", plausible=(3, 15), ge=0.0, le=200.0)
    """Added hazard of a cell with all neighbours hostile; none up to three of eight."""
    narrow_exit_weight: float = param(2.0, unit="factor", plausible=(0.5, 5), ge=0.0, le=100.0)
    """Added hazard where only a narrow way leads to the main body; twice that when cut off."""
    contagion_weight: float = param(6.0, unit="factor", plausible=(2, 40), ge=0.0, le=200.0)
    """Added hazard of a cell with all its neighbours lost within the day."""
    cohesion_weight: float = param(10.0, unit="log scale", plausible=(4, 14), ge=0.0, le=50.0)
    """How steeply the hazard rises as cohesion falls."""

    def weakness(self, model: SiegeState, lost_today: BoolArray) -> FloatArray:
        """Return the factor of envelopment, narrow ways out, lost neighbours and wear."""
        city = model.city
        enveloped = self.envelopment_weight * np.maximum(city.hostile_share - 0.375, 0.0) / 0.625
        narrow = self.narrow_exit_weight * np.maximum(2 - city.exit_width, 0)
        contagion = self.contagion_weight * ground.neighbour_sum(lost_today, city.shape) / 8.0
        wear = np.exp(self.cohesion_weight * (1.0 - city.layers.cohesion))
        return (1.0 + enveloped + narrow + contagion) * wear

    def signs(self, model: SiegeState, lost_today: BoolArray) -> dict[str, BoolArray]:
        """Put a loss down to envelopment, or to a neighbour's withdrawal."""
        city = model.city
        return {
            "enveloped": city.hostile_share > 0.5,
            "a neighbouring position was given up": ground.neighbour_sum(lost_today, city.shape) > 0,
        }
