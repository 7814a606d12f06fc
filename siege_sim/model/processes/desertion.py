"""The theory that lines break because men follow those who leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from siege_sim.kernels import ground
from siege_sim.kernels.hazard import BoolArray, FloatArray
from siege_sim.model import chronicle
from siege_sim.model.processes.break_off import BreakOff
from siege_sim.schema.block import param
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from siege_sim.model.state import SiegeState


class Desertion(BreakOff):
    """Defenders leave because others left: the news of a withdrawal spreads over the line, whatever the ground.

    The hazard rises with a power of the share of the positions within reach of news that were given up in the last
    days, and as cohesion wears thin (by fire, losses, hunger and lost hope: see `morale`). After Granovetter's
    threshold model of collective behaviour (1978): each waits for enough others to have gone, so that one withdrawal
    does little and a few together set off many. One of three theories of why a line breaks; the others are
    `envelopment` and `loss_threshold`.
    """

    kind: Literal["desertion"] = "desertion"

    hazard_per_round: float = param(0.0005, unit="1/round", plausible=(0.0001, 0.005), ge=0.0, le=10.0)
    """Hazard of a cell under assault at threshold odds while nobody nearby has left and cohesion is 1."""
    news_cells: int = param(3, unit="cells", plausible=(2, 8), ge=1, le=200)
    """How far the news of a withdrawal reaches."""
    news_days: int = param(3, unit="days", plausible=(1, 7), ge=0, le=60)
    """How long it counts."""
    contagion: float = param(200.0, unit="factor", plausible=(20, 1000), ge=0.0, le=1e5)
    """Added hazard when all positions within reach of news were given up."""
    contagion_exponent: float = param(2.0, unit="exponent", plausible=(1, 3), ge=0.0, le=10.0)
    """Exponent of the share that left: 1 is in proportion; above 1, many withdrawals count more than their sum."""
    cohesion_weight: float = param(12.0, unit="log scale", plausible=(6, 16), ge=0.0, le=50.0)
    """How steeply the hazard rises as cohesion falls from 1 to 0."""

    def weakness(self, model: SiegeState, lost_today: BoolArray) -> FloatArray:
        """Return the factor of what others did, and of worn cohesion."""
        units, line = model.units, model.line(GARRISON)
        near_lost = self._given_up_nearby(model)
        near_held = ground.box_sum(model.city.front, model.city.shape, self.news_cells)
        followed = near_lost / np.maximum(near_lost + near_held, 1.0)
        worn = 1.0 - line.mean_per_cell(units.cohesion[line.rows])
        return (1.0 + self.contagion * followed**self.contagion_exponent) * np.exp(self.cohesion_weight * worn)

    def signs(self, model: SiegeState, lost_today: BoolArray) -> dict[str, BoolArray]:
        """Put a loss down to the news of others."""
        return {chronicle.OTHERS_LEFT: self._given_up_nearby(model) > 0}

    def _given_up_nearby(self, model: SiegeState) -> FloatArray:
        """Return how many positions within reach of news were given up in the last days, a value a cell."""
        city = model.city
        given_up = city.held_on_day_0 & city.lost_ground & (city.layers.days_held <= self.news_days)
        return ground.box_sum(given_up, city.shape, self.news_cells)
