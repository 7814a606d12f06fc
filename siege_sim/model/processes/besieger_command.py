"""Command of the besieger: where the vanguard masses, and when it assaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels import frontage, ground
from siege_sim.kernels.hazard import FloatArray
from siege_sim.model import chronicle, marching
from siege_sim.model.codes import HOLD, POSTURES, AxisPhase
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share
from siege_sim.schema.dated import dated_word
from siege_sim.schema.series import Series
from siege_sim.schema.sides import BESIEGER, GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.agents.axis import Axis
    from siege_sim.model.agents.line import Line
    from siege_sim.model.city.grid import City
    from siege_sim.model.state import SiegeState


class BesiegerCommand(Process):
    """The besieger masses its vanguard on a few axes, prepares, assaults, exploits and regroups.

    It is a description of how such forces behaved, not a search for a best plan: a place is chosen by what the
    staff can see (with error), from where its forces already are.
    """

    kind: Literal["besieger_command"] = "besieger_command"
    stream: ClassVar[str] = "processes.government_command"
    phase: ClassVar[Phase] = Phase.COMMAND
    about: ClassVar[tuple[str, ...]] = ("garrison_area_share", "day_pocket_split", "end_day")
    off_means: ClassVar[str] = "no axis masses, prepares or assaults, so no ground is taken"
    neutral: ClassVar[Mapping[str, Any]] = {"largest_frontage": 0}

    posture: str | Series[str] = dated_word("assault", POSTURES)
    """What its forces are ordered to do, a word or words by date: `assault`; `squeeze`, with assaults on some days
    only; or `hold`, with none."""
    squeeze_share: float = share(0.25, plausible=(0.1, 0.5))
    """Chance that an axis that would assault does so on a day of `squeeze`."""
    largest_frontage: int = param(4, unit="cells", plausible=(2, 8), ge=0, le=100)
    """Cells that one axis attacks at the most on a day."""
    misjudgement: float = param(0.3, unit="log scale", plausible=(0.1, 0.6), ge=0.0, le=2.0)
    """Spread of the error in judging a cell's defence (standard deviation of its logarithm)."""
    prepare_days: int = param(3, unit="days", plausible=(2, 6), ge=0, le=60)
    """Days of massing and fire before the first assault from a new place, or after a longer lull."""
    regroup_days: int = param(7, unit="days", plausible=(6, 10), ge=0, le=60)
    """Days of rest after a quota of ground or a failure."""
    patience_days: int = param(6, unit="days", plausible=(3, 10), ge=1, le=100)
    """Days without an assault going in after which an axis looks for another place."""
    weight_weakness: float = param(1.0, unit="weight", plausible=(0.5, 2), ge=0.0, le=100.0)
    """How much a weak defence attracts an attack."""
    weight_room: float = param(1.5, unit="weight", plausible=(0.5, 3), ge=0.0, le=100.0)
    """How much open ground to mass on attracts it."""
    weight_cut: float = param(1.5, unit="weight", plausible=(0.5, 3), ge=0.0, le=100.0)
    """How much the chance to cut the pocket in two attracts it."""
    weight_march: float = param(0.15, unit="1/cell", plausible=(0.05, 0.4), ge=0.0, le=100.0)
    """How much distance from the forces counts against a place."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Direct every axis."""
        marching.take_up_posture(model, self.posture, self.squeeze_share)
        model.city.lift_pressure()
        marching.show_defenders(model)
        if self.largest_frontage == 0 or not model.city.front.any():
            return
        due = [axis for axis in model.axes if self._is_due(model, axis)]
        if not due:
            return
        # For all axes, due or not, so that the luck of one does not depend on what the others do.
        luck = rng.random(len(model.axes))
        errors = rng.standard_normal((len(model.axes), model.city.n_cells))
        defence = defence_strength(model, model.line(GARRISON))
        judged = defence * np.exp(self.misjudgement * errors)
        for axis in due:
            self._direct(model, axis, judged[axis.number], defence, luck[axis.number])

    def _tempo(self, model: SiegeState) -> float:
        """Return the share of the usual assaults that go in today."""
        return model.conditions.assault_tempo * model.conditions.assaults_ordered

    def _is_due(self, model: SiegeState, axis: Axis) -> bool:
        """Count a day of an axis's phase; return whether there is something to decide for it today."""
        axis.days_in_phase += 1
        if axis.rows.size == 0:
            return False
        if axis.phase == AxisPhase.REGROUP and axis.days_in_phase >= self.regroup_days:
            axis.turn_to(AxisPhase.IDLE)
        if axis.phase == AxisPhase.IDLE:
            return self._tempo(model) > 0.0
        if axis.phase == AxisPhase.PREPARE:
            return axis.days_in_phase >= self.prepare_days
        return axis.phase == AxisPhase.ASSAULT

    def _direct(self, model: SiegeState, axis: Axis, seen: FloatArray, defence: FloatArray, luck: float) -> None:
        if axis.phase == AxisPhase.IDLE:
            self._choose_place(model, axis, seen)
        if axis.phase == AxisPhase.PREPARE and axis.days_in_phase >= self.prepare_days:
            axis.turn_to(AxisPhase.ASSAULT)
        if axis.phase == AxisPhase.ASSAULT:
            if axis.taken >= model.setting.ground.cells_before_regrouping or axis.stalled >= self.patience_days:
                self._rest(model, axis)
            elif luck >= self._tempo(model):
                axis.held_back += 1
            elif axis.held_back > self.prepare_days > 0:
                self._prepare_anew(model, axis, seen)
            else:
                axis.held_back = 0
                self._assault(model, axis, seen, defence)

    def _rest(self, model: SiegeState, axis: Axis) -> None:
        chronicle.axis_rests(model, axis)
        axis.turn_to(AxisPhase.REGROUP)
        axis.taken = axis.stalled = 0
        axis.last_taken = []
        model.units.posture[axis.rows] = HOLD

    def _prepare_anew(self, model: SiegeState, axis: Axis, seen: FloatArray) -> None:
        """Mass and soften again, elsewhere if the place is lost: a lull longer than the preparation has undone it."""
        axis.held_back = 0
        if not model.city.siege_line[axis.focus]:
            self._choose_place(model, axis, seen)
            return
        axis.turn_to(AxisPhase.PREPARE)
        marching.mass(model, axis)

    def _choose_place(self, model: SiegeState, axis: Axis, seen: FloatArray) -> None:
        """Choose one of the besieger's cells on the siege line to attack from, and march there."""
        city = model.city
        candidates = marching.within_reach(model, axis, np.flatnonzero(city.siege_line))
        if candidates.size == 0:
            return
        # Axes that stand close attack the same stretch as one; where the line is too short to keep them apart, they
        # may.
        others = [a.focus for a in model.axes if a is not axis and a.focus >= 0]
        if others:
            distance = ground.king_steps(candidates, np.array(others, dtype=np.int64), city.shape)
            apart = candidates[distance.min(axis=1) >= 4]
            candidates = apart if apart.size else candidates
        march = marching.mean_march(model, axis, candidates)
        # The defence that the staff sees on the front cells around each place; cells off the front or off the grid do
        # not count.
        before = np.append(np.where(city.front, seen, np.nan), np.nan)[city.around[candidates]]
        # By ratios, as the staff's error is: twice the defenders deter as much from a weak stretch as from a strong
        # one. The 1 keeps an undefended stretch finite.
        weakness = -np.log(np.nanmean(before, axis=1) + 1.0)
        open_ground = (1.0 - city.layers.built_up) * city.held_by(BESIEGER)
        room = ground.neighbour_sum(open_ground, city.shape)[candidates] / 8.0
        score = self.weight_weakness * weakness + self.weight_room * room - self.weight_march * march
        # What a loss there would cut off takes a walk over the whole pocket for each place, so only the best are
        # examined.
        shortlist = np.argsort(-score, kind="stable")[:12]
        cut = np.zeros(candidates.size)
        for i in shortlist:
            cut[i] = self.weight_cut * cut_share(city, int(candidates[i]))
        score += cut
        best = shortlist[np.argmax(score[shortlist])]
        axis.focus = int(candidates[best])
        axis.stalled = 0
        axis.turn_to(AxisPhase.PREPARE)
        marching.mass(model, axis)
        # The reason for the log is what sets the place apart from the rest of the list, not what weighs most: that may
        # be the same everywhere.
        reasons = {
            "a weak defence": self.weight_weakness * weakness,
            "room to mass": self.weight_room * room,
            "being near": -self.weight_march * march,
            "the chance to cut the pocket": cut,
        }
        stands_out = {words: values[best] - values[shortlist].mean() for words, values in reasons.items()}
        chronicle.axis_prepares(model, axis, max(stands_out, key=lambda words: float(stands_out[words])))

    def _assault(self, model: SiegeState, axis: Axis, seen: FloatArray, defence: FloatArray) -> None:
        """Attack the cells with the best perceived odds, as many as there are men for."""
        city, units, rules = model.city, model.units, model.setting.ground
        self._follow_up(model, axis)
        reach = np.zeros(city.n_cells, dtype=np.bool_)
        reach[axis.focus] = True
        reach[axis.last_taken] = True
        reach = city.within(reach, 2, BESIEGER) & city.held_by(BESIEGER)
        targets = (ground.touching(city.front, reach, city.shape) & ~city.pressed).nonzero()[0]
        rows = marching.able_rows(model, axis)
        # Weary men fill fewer cells; what a full cell is worth follows from quality alone.
        men = float((units.fit[rows] * (1.0 - 0.5 * units.fatigue[rows])).sum())
        room = min(self.largest_frontage, int(men // rules.fighters_a_cell_edge), targets.size)
        if room == 0:
            axis.stalled += 1
            return
        fit = units.fit[rows]
        quality = float((units.quality[rows] * fit).sum()) / max(float(fit.sum()), 1.0)
        strength = rules.fighters_a_cell_edge * quality
        perceived = strength / np.maximum(seen[targets], 1.0)
        chosen = targets[np.argsort(-perceived, kind="stable")[:room]]
        chosen = chosen[strength / np.maximum(seen[chosen], 1.0) >= rules.odds_to_assault]
        if chosen.size == 0:
            axis.stalled += 1
            return
        axis.stalled = 0
        # Places are chosen by what the staff sees; how the assault goes follows from what is there.
        city.press(chosen, axis.number, strength / np.maximum(defence[chosen], 1.0))
        chronicle.axis_assaults(model, axis, chosen)

    def _follow_up(self, model: SiegeState, axis: Axis) -> None:
        """Move up behind a success: to the newest gain that touches the most of the garrison's ground."""
        city = model.city
        taken = np.array(axis.last_taken, dtype=np.int64)
        gains = taken[city.siege_line[taken]]
        if gains.size:
            facing = ground.neighbour_sum(city.pocket_ground, city.shape)[gains]
            marching.move_to(model, axis, int(gains[np.argmax(facing)]))
        else:
            marching.move_to_the_line(model, axis)


def defence_strength(model: SiegeState, line: Line) -> FloatArray:
    """Return the fighting strength of the defenders in each cell: men, quality, cohesion, works, ruins, fire."""
    units, layers, rules = model.units, model.city.layers, model.setting.ground
    men = frontage.worth_in_defence(
        line.rows, units.fit, units.quality, units.ammunition, units.fatigue, units.cohesion
    )
    return frontage.strength_on_ground(
        line.per_cell(men),
        layers.entrenchment,
        layers.rubble,
        layers.built_up,
        layers.suppression,
        rules.works,
        rules.ruins,
        rules.streets,
    )


def cut_share(city: City, focus: int, bite: int = 3) -> float:
    """Return which share of the pocket would be cut off if a bite of radius ``bite`` at ``focus`` were lost."""
    bitten = np.zeros(city.n_cells, dtype=np.bool_)
    bitten[focus] = True
    parts = ground.components(city.pocket_ground & ~city.within(bitten, bite), city.shape)
    left = np.count_nonzero(parts >= 0)
    return 1.0 - np.count_nonzero(parts == 0) / left if left else 0.0
