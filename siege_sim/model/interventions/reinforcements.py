"""Reinforcements for either side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from siege_sim.errors import did_you_mean
from siege_sim.model import chronicle
from siege_sim.model.codes import STOCKS, Posture
from siege_sim.model.processes.base import Intervention
from siege_sim.schema.block import Problem, param
from siege_sim.schema.clock import Clock
from siege_sim.schema.series import day_of_key, not_a_day
from siege_sim.schema.sides import BESIEGER, GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.setting import Setting
    from siege_sim.model.state import SiegeState


class Reinforcements(Intervention):
    """New units arrive on the first day of the window, or on the days of a table of arrivals."""

    kind: Literal["reinforcements"] = "reinforcements"
    about: ClassVar[tuple[str, ...]] = ("garrison_area_share", "days_to_half", "end_day")
    side: Literal["garrison", "besieger"]
    """Which side they join."""
    faction: str
    """Their name."""
    sector: str
    """The sector of the map in which they arrive."""
    fighters: int | None = param(None, unit="fighters", ge=1, le=100_000)
    """How many arrive on the first day of the window."""
    arrivals: dict[str, Annotated[int, Field(ge=1, le=100_000)]] = Field(default_factory=dict)
    """In place of `fighters`: how many arrive on each of some days of the window, by date or number of the day."""
    unit_size: int = param(150, unit="fighters", plausible=(80, 300), ge=1, le=10_000)
    """Fighters in a unit."""
    quality: float = param(1.0, unit="1 = average", plausible=(0.6, 1.5), le=5.0, ge=0.01)
    """Training and arms, as a factor on fighting strength."""
    vanguard: bool = False
    """Whether they lead assaults."""
    axis: int | None = param(None, unit="number", ge=0, le=11)
    """Which axis of attack they join, counted from 0; all in turn without it."""

    def problems(self) -> Iterator[Problem]:
        """Yield arrivals that are not said once, and days that are none."""
        if (self.fighters is None) == (not self.arrivals):
            yield ("fighters",), "give 'fighters', or a table of 'arrivals', and not both"
        for key in self.arrivals:
            if day_of_key(key) is None:
                yield ("arrivals", key), not_a_day(key)

    def problems_on(self, clock: Clock) -> Iterator[Problem]:
        """Yield a window, or arrivals, that do not fit the run's calendar."""
        yield from super().problems_on(clock)
        for key in self.arrivals:
            day = clock.day_of(day_of_key(key) or 0)
            if day < 1 or not self.covers(day, clock):
                words = f"is not in force on {key}, when fighters are to arrive; move that day, or the window"
                yield ("arrivals", key), words

    def planned(self, clock: Clock) -> dict[int, int]:
        """Return how many fighters arrive, by the number of the day, in order."""
        if self.fighters is not None:
            return {self.first_day(clock): self.fighters}
        by_day: Counter[int] = Counter()
        for key, fighters in self.arrivals.items():
            by_day[clock.day_of(day_of_key(key) or 0)] += fighters
        return dict(sorted(by_day.items()))

    def problems_in(self, setting: Setting) -> Iterator[Problem]:
        """Yield a sector in which their side holds no ground."""
        known = setting.sectors_of(self.side)
        if self.sector not in known:
            yield ("sector",), f"the {self.side} side holds no sector '{self.sector}'{did_you_mean(self.sector, known)}"

    def act(self, model: SiegeState, rng: Generator) -> None:
        """Arrive."""
        if model.day in self.planned(model.clock):
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
        rows, units = model.planned_units[model.name_of(self), model.day], model.units
        side = int(units.side[rows[0]])
        ground_held = model.city.held_by(side)
        cells = np.flatnonzero(ground_held & model.in_sector(self.sector))
        cells = cells if cells.size else np.flatnonzero(ground_held)
        if cells.size == 0:
            return 0
        units.posture[rows] = Posture.RESERVE if side == GARRISON else Posture.HOLD
        for i, row in enumerate(rows):
            units.cell_index[row] = cells[i % cells.size]
            if self.vanguard and side == BESIEGER and model.axes and self.axis is None:
                units.axis[row] = i % len(model.axes)
            model.muster(int(row))
        fighters = int(units.fit[rows].sum())
        model.ledger.book(STOCKS[side], "reinforced", fighters)
        return fighters
