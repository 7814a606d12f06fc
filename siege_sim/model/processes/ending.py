"""How a siege ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Ending(Process):
    """The siege ends when too little ground or too few fighters are left, or when it has been broken."""

    kind: Literal["ending"] = "ending"
    phase: ClassVar[Phase] = Phase.ENDING
    about: ClassVar[tuple[str, ...]] = ("ending", "end_day")
    off_means: ClassVar[str] = "the siege ends only on the last day, even when no ground is held any more"
    neutral: ClassVar[Mapping[str, Any]] = {
        "least_share_held": 0.0, "least_fighters": 0, "ends_when_broken": False,
    }  # fmt: skip

    least_share_held: float = param(0.02, unit="share", plausible=(0.0, 0.05), ge=0.0, le=1.0)
    """The pocket counts as taken when less than this share of its ground is left."""
    least_fighters: int = param(100, unit="fighters", plausible=(0, 500), ge=0, le=1000000)
    """The pocket counts as taken when fewer of the garrison than this are fit."""
    ends_when_broken: bool = True
    """Whether the run ends when a relief force reaches the pocket."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """End the run if it is over."""
        if model.politics.ending != "holding":
            return
        if model.politics.siege_broken and self.ends_when_broken:
            model.end("siege_broken", "a relief force reached the pocket", model.log.newest("siege_broken"))
            return
        garrison = model.units.of(GARRISON)
        fit = int(model.units.fit[garrison].sum())
        if garrison.any() and model.units.deal[garrison].all():
            return  # all who are left have come to terms and wait for their buses
        leaving = model.politics.agreement_day is not None
        if model.share_held < self.least_share_held or (fit < self.least_fighters and not leaving):
            why = (
                "hardly any ground was left"
                if model.share_held < self.least_share_held
                else "too few fighters were left"
            )
            for row in garrison.nonzero()[0]:
                model.unit(int(row)).give_up()
            last = model.log.newest("quarter_lost", "ground_lost", "unit_surrendered")
            model.hand_over_pocket("pocket_taken", why, last)
