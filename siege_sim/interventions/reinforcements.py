"""Reinforcements for either side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from siege_sim import chronicle
from siege_sim.blocks import param
from siege_sim.processes.base import Intervention

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model import SiegeModel


class Reinforcements(Intervention):
    """New units arrive on the first day of the window."""

    kind: Literal["reinforcements"] = "reinforcements"
    side: Literal["rebel", "government"]
    """Which side they join."""
    faction: str
    """What they call themselves."""
    sector: str
    """The sector of the map in which they arrive."""
    fighters: int = param(unit="fighters", ge=1, le=100_000)
    """How many."""
    unit_size: int = param(150, unit="fighters", plausible=(80, 300), ge=1, le=10_000)
    """Fighters in a unit."""
    quality: float = param(1.0, unit="1 = average", plausible=(0.6, 1.5), gt=0.0, le=5.0)
    """Training and arms, as a factor on fighting strength."""
    vanguard: bool = False
    """Whether they lead assaults."""

    def act(self, model: SiegeModel, rng: Generator) -> None:
        """Arrive."""
        if model.day == model.clock.day_of(self.from_day):
            arrived = model.call_up(self)
            leads = self.side == "government" and self.vanguard
            model.note(
                "reinforcements",
                "",
                f"{arrived} fighters joined ({self.faction})",
                "sent by allies",
                arrived,
                about=(chronicle.ASSAULTS_FREED,) if leads else (),
            )
