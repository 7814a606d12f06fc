"""What the theories of why a line breaks have in common: who is at risk, and what happens when a cell is given up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from siege_sim.kernels import ground
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray, probability
from siege_sim.model import chronicle
from siege_sim.model.codes import AxisPhase
from siege_sim.model.losing_ground import change_hands, fall_back, write_down
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class BreakOff(Process):
    """Defenders give a cell up by a hazard; each theory says what that hazard follows from.

    Several rounds a day let one withdrawal set off the next. Cells that are given up fall to whoever stands
    around them; the units there fall back, or lay down arms where there is nowhere to go.
    """

    phase: ClassVar[Phase] = Phase.COHESION
    about: ClassVar[tuple[str, ...]] = ("garrison_area_share", "days_to_half", "end_day")
    neutral: ClassVar[Mapping[str, Any]] = {"hazard_per_round": 0.0}

    hazard_per_round: float = param(0.002, unit="1/round", plausible=(0.0005, 0.02), ge=0.0, le=10.0)
    """Hazard of a cell under assault at threshold odds, with no other factor raising it."""
    rounds_per_day: int = param(4, unit="rounds", plausible=(2, 5), ge=1, le=20)
    """How often a day one withdrawal can set off another."""
    odds_exponent: float = param(1.0, unit="exponent", plausible=(0.5, 2), ge=0.0, le=5.0)
    """How steeply the hazard rises with the odds of the assault relative to the threshold."""
    exploitation: float = param(0.7, unit="share", plausible=(0.3, 1.0), ge=0.0, le=5.0)
    """Hazard beside a fresh loss, relative to a cell under assault at threshold odds."""
    fresh_days: int = param(2, unit="days", plausible=(1, 3), ge=1, le=30)
    """For how many days the cells beside a loss are at risk: 1 for that day only."""
    p_surrender_when_cut_off: float = share(0.35, plausible=(0.1, 0.7))
    """Chance that a unit without a way out lays down arms instead of slipping away."""
    stragglers: float = share(0.04, plausible=(0.0, 0.15))
    """Share of a unit that is lost to the other side when it falls back."""

    def weakness(self, model: SiegeState, lost_today: BoolArray) -> FloatArray:
        """Return by which factor each cell's hazard is raised, a value a cell."""
        raise NotImplementedError

    def signs(self, model: SiegeState, lost_today: BoolArray) -> dict[str, BoolArray]:
        """Return to what the loss of a cell is put down, and for which cells; the first that applies is told.

        Being cut off comes before all of them, and a direct assault is told where none applies.
        """
        raise NotImplementedError

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Let cells give way, round by round."""
        today = model.conditions
        if self.hazard_per_round == 0.0 or 0.0 in (today.assault_tempo, today.assaults_ordered):
            return
        city = model.city
        lost_today = np.zeros(city.n_cells, dtype=np.bool_)
        pressed = city.layers.pressed_by.copy()
        taken_by, chance = self._risk(model, pressed, lost_today)
        if not chance.any():
            return
        luck = rng.random((self.rounds_per_day, city.n_cells))
        unit_luck = model.units.luck(rng, 2)
        # Chances are worked out anew after each round: a loss puts its neighbours at risk, and may cut others off.
        for round_luck in luck:
            giving_up = model.but_for.that_may_fall((round_luck < chance).nonzero()[0], model.day)
            if giving_up.size == 0:
                continue
            signs = {chronicle.CUT_OFF: city.exit_width == 0, **self.signs(model, lost_today)}
            fallen = change_hands(model, giving_up, taken_by)
            write_down(model, fallen, signs)
            # The axis that took a cell presses on from there in the next round.
            pressed[fallen] = taken_by[fallen]
            lost_today[fallen] = True
            taken_by, chance = self._risk(model, pressed, lost_today)
        if lost_today.any():
            fall_back(model, unit_luck, self.p_surrender_when_cut_off, self.stragglers)

    def _risk(self, model: SiegeState, pressed: IntArray, lost_today: BoolArray) -> tuple[IntArray, FloatArray]:
        """Return the axis that presses each cell, and each cell's chance to be given up in a round."""
        taken_by = self._spread(model, pressed, lost_today)
        at_risk = model.city.pocket_ground & ((taken_by >= 0) | (model.city.exit_width == 0))
        if not at_risk.any():
            return taken_by, np.zeros(at_risk.size)
        return taken_by, probability(at_risk * self._pressure(model) * self.weakness(model, lost_today))

    def _spread(self, model: SiegeState, pressed: IntArray, lost_today: BoolArray) -> IntArray:
        """Return the axis that presses each cell: today's targets, and the neighbours of what fell lately."""
        city = model.city
        taken_by = np.where(city.pocket_ground, pressed, -1)
        recent = city.layers.days_held < self.fresh_days
        if not recent.any():
            return taken_by
        # An axis that has its quota does not exploit further. Where two could, the one with the lower number does.
        for axis in model.axes:
            if axis.phase == AxisPhase.ASSAULT and axis.taken < model.setting.ground.cells_before_regrouping:
                fresh = lost_today & (pressed == axis.number)
                fresh[axis.last_taken] = recent[axis.last_taken]
                if not fresh.any():
                    continue
                beside = ground.touching(city.pocket_ground, fresh, city.shape) & (taken_by < 0)
                taken_by[beside] = axis.number
        return taken_by

    def _pressure(self, model: SiegeState) -> FloatArray:
        """Return the hazard that comes from the assault alone: by its odds, or from what fell next door."""
        layers = model.city.layers
        threshold = max(model.setting.ground.odds_to_assault, 0.1)
        # Odds are 0 where nobody assaults. `exploitation` is a floor for every cell at risk, one under a hopeless
        # assault included.
        assaulted = np.where(layers.odds > 0.0, (layers.odds / threshold) ** self.odds_exponent, 0.0)
        return self.hazard_per_round * np.maximum(assaulted, self.exploitation)
