"""The theory that lines break by losses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from siege_sim.kernels.hazard import BoolArray, FloatArray
from siege_sim.model.processes.break_off import BreakOff
from siege_sim.schema.block import param
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from siege_sim.model.state import SiegeState


class LossThreshold(BreakOff):
    """Defenders give a cell up once their units have lost a decisive share of their strength.

    The hazard rises from nothing to its full factor around a threshold, whatever the ground looks like. In 90 % of
    612 battles the losing defender had lost at most 40 % (Helmbold 1971); staff doctrine takes 30 % as decisive.
    One of three theories of why a line breaks; the others are `envelopment` and `desertion`.
    """

    kind: Literal["loss_threshold"] = "loss_threshold"

    threshold: float = param(
        0.3,
        unit="share",
        plausible=(0.1, 0.4),
        source="10 % neutralised, 30 % destroyed (US doctrine)",
        le=1.0,
        ge=0.001,
    )
    """Share of the opening strength out of action at which the hazard is half its full factor."""
    width: float = param(0.05, unit="share", plausible=(0.02, 0.1), le=1.0, ge=0.001)
    """How gradually it rises around the threshold."""
    factor: float = param(300.0, unit="factor", plausible=(50, 1000), ge=0.0, le=1e6)
    """The hazard far beyond the threshold, relative to a cell with fresh defenders."""

    def weakness(self, model: SiegeState, lost_today: BoolArray) -> FloatArray:
        """Return the factor of the losses of those who man each cell; that of a broken unit where nobody stands."""
        beyond = 1.0 / (1.0 + np.exp(-(_losses(model) - self.threshold) / self.width))
        return 1.0 + self.factor * beyond

    def signs(self, model: SiegeState, lost_today: BoolArray) -> dict[str, BoolArray]:
        """Put a loss down to losses beyond the threshold."""
        return {"its defenders had lost too many": _losses(model) >= self.threshold}


def _losses(model: SiegeState) -> FloatArray:
    """Return which share of their opening strength those who man each cell have lost."""
    units, line = model.units, model.line(GARRISON)
    return line.mean_per_cell(1.0 - units.fit[line.rows] / np.maximum(units.opening[line.rows], 1))
