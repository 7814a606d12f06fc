"""Reinforcements for either side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import numpy as np

from siege_sim.errors import did_you_mean
from siege_sim.model import chronicle
from siege_sim.model.agents.unit import STOCKS
from siege_sim.model.codes import Posture
from siege_sim.model.processes.base import Intervention
from siege_sim.schema.block import Problem, param
from siege_sim.schema.sides import BESIEGER, GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.setting import Setting
    from siege_sim.model.state import SiegeState


class Reinforcements(Intervention):
    """New units arrive on the first day of the window."""

    kind: Literal["reinforcements"] = "reinforcements"
    side: Literal["garrison", "besieger"]
    """Which side they join."""
    faction: str
    """Their name."""
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

    def problems_in(self, setting: Setting) -> Iterator[Problem]:
        """Yield a sector in which their side holds no ground."""
        known = setting.sectors_of(self.side)
        if self.sector not in known:
            yield ("sector",), f"the {self.side} side holds no sector '{self.sector}'{did_you_mean(self.sector, known)}"

    def act(self, model: SiegeState, rng: Generator) -> None:
        """Arrive."""
        if self.begins(model):
            arrived = self._arrive(model)
            leads = self.side == "besieger" and self.vanguard
            model.note(
                "reinforcements",
                "",
                f"{arrived} fighters joined ({self.faction})",
                "sent by allies",
                arrived,
                about=(chronicle.ASSAULTS_FREED,) if leads else (),
            )

    def _arrive(self, model: SiegeState) -> int:
        """Let its units come to ground that their side still holds; return how many fighters came."""
        rows, units = model.planned_units[model.name_of(self)], model.units
        side = int(units.side[rows[0]])
        ground_held = model.city.held_by(side)
        cells = np.flatnonzero(ground_held & model.in_sector(self.sector))
        cells = cells if cells.size else np.flatnonzero(ground_held)
        if cells.size == 0:
            return 0
        units.posture[rows] = Posture.RESERVE if side == GARRISON else Posture.HOLD
        for i, row in enumerate(rows):
            units.cell_index[row] = cells[i % cells.size]
            if self.vanguard and side == BESIEGER and model.axes:
                units.axis[row] = i % len(model.axes)
            model.muster(int(row))
        fighters = int(units.fit[rows].sum())
        model.ledger.book(STOCKS[side], "reinforced", fighters)
        return fighters
