"""Fear: what people have seen of strikes and fighting, and how it fades."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.kernels import rows
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Fear(Process):
    """A household's fear of strikes moves towards the danger it sees in its cell."""

    kind: Literal["fear"] = "fear"
    phase: ClassVar[Phase] = Phase.MOVEMENT
    about: ClassVar[tuple[str, ...]] = ("displaced_inside", "civilians_in_pocket")
    off_means: ClassVar[str] = "strikes frighten no household, and fear never fades"
    neutral: ClassVar[Mapping[str, Any]] = {"pace_per_day": 0.0}

    pace_per_day: float = param(0.2, unit="1/day", plausible=(0.05, 0.5), ge=0.0, le=1.0)
    """Share of the gap between fear and danger that a day closes."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Grow or fade."""
        homes = model.households
        rows.follow(homes.fear_of_strikes, homes.cell_index, model.city.layers.danger, self.pace_per_day)
