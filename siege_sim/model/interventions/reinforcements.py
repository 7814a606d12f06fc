"""Reinforcements for either side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from siege_sim.errors import did_you_mean
from siege_sim.model import chronicle
from siege_sim.model.processes.base import Intervention
from siege_sim.schema.block import Problem, param

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.model import SiegeModel
    from siege_sim.model.scenario import Scenario


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

    def problems_in(self, scenario: Scenario) -> Iterator[Problem]:
        """Yield a sector in which their side holds no ground."""
        known = scenario.sectors_of(self.side)
        if self.sector not in known:
            yield ("sector",), f"the {self.side} side holds no sector '{self.sector}'{did_you_mean(self.sector, known)}"

    def act(self, model: SiegeModel, rng: Generator) -> None:
        """Arrive."""
        if self.begins(model):
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
