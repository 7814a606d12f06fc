"""The besieged side stops its fire on the other side's quarters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.model.processes.base import Intervention
from siege_sim.schema.block import share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class NoGarrisonShelling(Intervention):
    """The garrison's fire on the besieger's quarters stops: fewer people die there, and ammunition is kept.

    Condemnation of the other side is then no longer offset by it.
    """

    kind: Literal["no_garrison_shelling"] = "no_garrison_shelling"
    about: ClassVar[tuple[str, ...]] = ("besieger_civilians_killed", "condemnation")
    neutral: ClassVar[Mapping[str, Any]] = {"shelling": 1.0}

    shelling: float = share(0.0, plausible=(0.0, 0.5))
    """What is left of the fire, as a share of the usual."""

    def act(self, model: SiegeState, rng: Generator) -> None:
        """Hold that fire."""
        model.conditions.shelling_tempo *= self.shelling
