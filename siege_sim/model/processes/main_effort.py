"""Command of the besieger by posture: what it is ordered to do, and where its main effort goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.errors import did_you_mean
from siege_sim.kernels import cuts, ground
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray
from siege_sim.model import chronicle, front, marching
from siege_sim.model.codes import HOLD, POSTURES, AxisPhase
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import Problem, param, share
from siege_sim.schema.dated import DatedNumber, dated, dated_name, dated_word
from siege_sim.schema.series import Series
from siege_sim.schema.sides import BESIEGER

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.agents.axis import Axis
    from siege_sim.model.setting import Setting
    from siege_sim.model.state import SiegeState

SPACING_M = 500.0
"""How far apart the ends of cuts are that are compared."""

FACING_M = 600.0
"""Within which distance the garrison's ground counts for where an axis moves up to, behind a success."""

NEARNESS_TO_CUT_KM = 3.2
"""How much nearer to its cut a place must be to be as good as one that faces the garrison all around."""


class MainEffort(Process):
    """The besieger holds, squeezes or assaults, as it was ordered; its main effort goes where a cut isolates most.

    The first axis makes for the line along which most ground would be cut off for the days it would take, seen with
    error and from where its forces are; the others attack about it. An axis that has lost its part rests and is
    refilled. A description of how such forces behaved, not a search for a best plan.
    """

    kind: Literal["main_effort"] = "main_effort"
    phase: ClassVar[Phase] = Phase.COMMAND
    about: ClassVar[tuple[str, ...]] = ("garrison_area_share", "day_pocket_split", "end_day")
    off_means: ClassVar[str] = "no axis masses, prepares or assaults, so no ground is cleared"
    inputs: ClassVar[tuple[str, ...]] = ("posture", "axes_open", "objective")
    neutral: ClassVar[Mapping[str, Any]] = {"posture": "hold"}
    needs: ClassVar[Mapping[str, str]] = {"clearing": "lets its assaults take ground"}
    instead_of: ClassVar[tuple[str, ...]] = ("besieger_command",)

    posture: str | Series[str] = dated_word("assault", POSTURES)
    """What its forces are ordered to do, a word or words by date: `assault`; `squeeze`, with assaults on few days
    only; or `hold`, with none."""
    axes_open: DatedNumber = dated(12.0, unit="axes", ge=0.0, le=12.0)
    """How many of its axes may attack, those with the lowest numbers; a number, or numbers by date."""
    objective: str | Series[str] = dated_name()
    """The sector of the map that the first axis and all others are ordered to take, a name or names by date; their own
    choice where empty."""
    squeezing: float = share(
        0.0112,
        plausible=(0.005, 0.1),
        source="by hand and with eight others: Aleppo, Mosul's east bank, Sarajevo (docs/validation.md)",
    )
    """Chance that an axis attacks on a day of `squeeze`."""
    prepare_days: int = param(6, unit="days", plausible=(2, 6), ge=0, le=60)
    """Days of massing and fire before the first assault from a new place."""
    rest_days: int = param(8, unit="days", plausible=(5, 14), ge=0, le=60)
    """Days of rest and refilling after an axis has lost its part, or made no progress."""
    losses_borne: float = share(0.25, plausible=(0.05, 0.35), source="special forces in Mosul lost 20-35 %")
    """Share of an axis's fighters out of action since its last rest at which it stops."""
    misjudgement: float = param(0.3, unit="log scale", plausible=(0.1, 0.6), ge=0.0, le=2.0)
    """Spread of the error in judging defences."""
    patience_days: int = param(6, unit="days", plausible=(3, 10), ge=1, le=100)
    """Days without an assault going in after which an axis looks for another place."""
    longest_cut_m: float = param(5000.0, unit="m", plausible=(3000, 8000), le=1e5, ge=1.0)
    """The longest cut that is thought of."""
    least_km2: float = param(1.0, unit="km2", plausible=(0.3, 3), le=1e4, ge=0.001)
    """The least ground that is worth a cut."""
    march_m: float = param(2000.0, unit="m", plausible=(1500, 6000), le=1e6, ge=1.0)
    """Distance from its forces at which a place is worth a third to an axis."""
    about_m: float = param(4500.0, unit="m", plausible=(1000, 6000), le=1e6, ge=1.0)
    """Distance from the main effort at which a place is worth a third to the other axes."""
    apart_m: float = param(1600.0, unit="m", plausible=(800, 3000), ge=0.0, le=1e5)
    """Axes keep at least this far from each other."""
    frontage_m: float = param(5500.0, unit="m", plausible=(2000, 8000), le=1e5, ge=1.0)
    """The longest front that one axis assaults at a time."""
    reach_m: float = param(1450.0, unit="m", plausible=(800, 3000), le=1e5, ge=1.0)
    """How far from where it stands, or has just advanced to, an axis attacks."""

    def problems_in(self, setting: Setting) -> Iterator[Problem]:
        """Yield objectives that are no sector of the garrison's."""
        known = setting.sectors_of("garrison")
        steps = self.objective.steps if isinstance(self.objective, Series) else ((None, self.objective),)
        for _, sector in steps:
            if sector and sector not in known:
                yield ("objective",), f"the garrison holds no sector '{sector}'{did_you_mean(sector, known)}"

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Direct every axis that may attack today."""
        city = model.city
        city.lift_pressure()
        marching.show_defenders(model)
        if marching.take_up_posture(model, self.posture, self.squeezing):
            self._stand_down(model, model.axes)
            for axis in model.axes:
                axis.turn_to(AxisPhase.IDLE)
        tempo = model.conditions.assault_tempo * model.conditions.assaults_ordered
        luck = rng.random(len(model.axes))
        errors = rng.standard_normal((len(model.axes), city.n_cells))
        if model.now(self.posture) == "hold" or not city.assailable.any():
            self._stand_down(model, model.axes)
            return
        open_axes = round(model.now(self.axes_open))
        self._stand_down(model, model.axes[open_axes:])
        defence = front.defence_per_km(model)
        for axis in model.axes[:open_axes]:
            axis.days_in_phase += 1
            if axis.phase == AxisPhase.REGROUP and axis.days_in_phase >= self.rest_days:
                axis.turn_to(AxisPhase.IDLE)
            if axis.rows.size and luck[axis.number] < tempo:
                seen = np.exp(self.misjudgement * _over_a_stretch(model, errors[axis.number]))
                attack = front.attack_per_km(model, axis)
                days = front.days_per_km(model, attack, defence, seen)
                self._direct(model, axis, days, front.local_odds(model, attack, defence))

    def _stand_down(self, model: SiegeState, axes: list[Axis]) -> None:
        for axis in axes:
            if axis.phase in (AxisPhase.PREPARE, AxisPhase.ASSAULT):
                self._rest(model, axis)

    def _rest(self, model: SiegeState, axis: Axis) -> None:
        chronicle.axis_rests(model, axis)
        axis.turn_to(AxisPhase.REGROUP)
        axis.taken = axis.stalled = axis.fresh = 0
        axis.last_taken, axis.cut, axis.due = [], [], -1.0
        model.units.posture[axis.rows] = HOLD

    def _direct(self, model: SiegeState, axis: Axis, days: FloatArray, odds: FloatArray) -> None:
        """Let an axis choose, prepare, assault or rest; ``days`` is what it thinks a kilometre takes, by cell."""
        fit = int(model.units.fit[axis.rows].sum())
        if axis.phase == AxisPhase.IDLE:
            self._choose(model, axis, days)
        if axis.phase == AxisPhase.PREPARE and axis.days_in_phase >= self.prepare_days:
            axis.turn_to(AxisPhase.ASSAULT)
            axis.fresh = fit
        if axis.phase == AxisPhase.ASSAULT:
            axis.fresh = max(axis.fresh, fit)
            if fit < (1.0 - self.losses_borne) * axis.fresh or axis.stalled >= self.patience_days:
                self._rest(model, axis)
            else:
                self._follow_up(model, axis)
                self._assault(model, axis, days, odds)

    def _choose(self, model: SiegeState, axis: Axis, days: FloatArray) -> None:
        """Choose a place on the siege line to attack from, and mass there."""
        places = marching.within_reach(model, axis, np.flatnonzero(model.city.siege_line))
        if places.size == 0:
            return
        march_m = model.city.map.cell_size_m * marching.mean_march(model, axis, places)
        worth = np.exp(-march_m / self.march_m)
        ordered = self._facing_objective(model, places)
        if ordered.any():
            worth = worth * ordered
        elif axis.number == 0:
            axis.cut, start = self._best_cut(model, days, places, worth)
            if axis.cut:
                worth = worth * (places == start)
        else:
            worth = worth * self._about_main_effort(model, places)
        if not axis.cut:
            worth = worth * self._ease(model, places, days) * self._apart(model, axis, places)
        best = int(np.argmax(worth))
        if worth[best] <= 0.0:
            return
        axis.focus, axis.stalled = int(places[best]), 0
        axis.turn_to(AxisPhase.PREPARE)
        marching.mass(model, axis)
        own_choice = "the ground it would cut off" if axis.cut else "a weak defence near by"
        chronicle.axis_prepares(model, axis, "the objective that was ordered" if ordered.any() else own_choice)

    def _facing_objective(self, model: SiegeState, places: IntArray) -> BoolArray:
        """Return which places face ground of the ordered objective; none where nothing is ordered, or it has fallen."""
        city = model.city
        there = model.in_sector(model.now(self.objective)) & city.assailable
        return ground.dilate(there, city.shape)[places]

    def _about_main_effort(self, model: SiegeState, places: IntArray) -> FloatArray:
        """Return what nearness to the main effort makes of the worth of places."""
        city, main = model.city, model.axes[0]
        if main.focus < 0:
            return np.ones(places.size)
        about = np.array([main.focus, *main.cut], dtype=np.int64)
        far_m = city.map.cell_size_m * ground.king_steps(places, about, city.shape).min(axis=1)
        return np.exp(-far_m / self.about_m)

    def _ease(self, model: SiegeState, places: IntArray, days: FloatArray) -> FloatArray:
        """Return the pace that seems possible on the stretch of front about each place that faces any, else nothing."""
        city, reach = model.city, model.setting.front.support_m
        open_to = city.assailable
        manned = np.maximum(front.around(model, open_to, reach), 1e-9)
        slow = front.around(model, days * open_to, reach) / manned
        facing = np.append(open_to, False)[city.around[places]].any(axis=1)
        ease: FloatArray = facing / np.maximum(slow[places], 1e-6)
        return ease

    def _apart(self, model: SiegeState, axis: Axis, places: IntArray) -> FloatArray:
        """Return hardly anything for places near another axis, 1 for the others."""
        city = model.city
        others = [a.focus for a in model.axes if a is not axis and a.focus >= 0 and a.phase != AxisPhase.IDLE]
        if not others:
            return np.ones(places.size)
        far_m = city.map.cell_size_m * ground.king_steps(places, np.array(others), city.shape).min(axis=1)
        return np.where(far_m >= self.apart_m, 1.0, 1e-3)

    def _best_cut(
        self, model: SiegeState, days: FloatArray, places: IntArray, worth: FloatArray
    ) -> tuple[list[int], int]:
        """Return the cells of the cut that seems best, and the place from which to begin it; -1 for none."""
        city, size = model.city, model.city.map.cell_size_m
        body = (city.pockets == self._part_faced(model, int(places[np.argmax(worth)]))) & city.fired_at
        rim, steps = cuts.rim(body, city.shape), front.steps_of(model, SPACING_M)
        begin = cuts.spaced(np.flatnonzero(rim & city.front), city.shape[1], steps)
        end = cuts.spaced(np.flatnonzero(rim), city.shape[1], steps)
        cost, longest = days * size / 1000.0, self.longest_cut_m / size
        a, b, _, needed = cuts.straight_ways(body, begin, end, cost, longest, city.shape[1])
        if a.size == 0:
            return [], -1
        # For each place to begin from, what its nearest cell of the siege line is worth to the axis.
        nearest = ground.king_steps(begin, places, city.shape).argmin(axis=1)[a]
        price = worth[nearest] / np.maximum(needed, 1.0)

        def gain(way: int, isolated: BoolArray) -> float:
            km2 = float(np.count_nonzero(isolated)) * city.cell_km2
            return km2 * float(price[way]) if km2 >= self.least_km2 else 0.0

        most, a_cell = float(np.count_nonzero(body)), city.cell_km2 * price
        cells = self.least_km2 / city.cell_km2, most
        best, part, _ = cuts.best_cut(body, begin[a], end[b], 0.5 * most * a_cell, a_cell, cells, gain, city.shape)
        if part is None:
            return [], -1
        cut = cuts.line_cells(int(begin[a[best]]), int(end[b[best]]), city.shape[1])
        return cut.tolist(), int(places[nearest[best]])

    def _part_faced(self, model: SiegeState, place: int) -> int:
        """Return the number of the part of the pocket that a place faces, the largest of several; -2 for none."""
        near = np.append(model.city.pockets, -1)[model.city.around[place]]
        return int(near[near >= 0].min(initial=10**6)) if (near >= 0).any() else -2

    def _assault(self, model: SiegeState, axis: Axis, days: FloatArray, odds: FloatArray) -> None:
        """Attack the cells that promise most, as many kilometres as there are men for."""
        city = model.city
        near = np.zeros(city.n_cells, dtype=np.bool_)
        near[[axis.focus, *axis.last_taken]] = True
        reach = int(self.reach_m / city.map.cell_size_m) * city.map.cell_size_m
        held = front.near_by(model, near, reach, BESIEGER) & city.held_by(BESIEGER) if reach else near
        targets = np.flatnonzero(ground.touching(city.assailable, held, city.shape) & ~city.pressed)
        able = float(model.units.fit[marching.able_rows(model, axis)].sum())
        kilometres = min(able / model.setting.front.attackers_per_km, self.frontage_m / 1000.0)
        room = round(kilometres / front.cell_km(model))
        if room == 0 or targets.size == 0:
            axis.stalled += 1
            return
        promised = front.promise(model, axis, days)
        chosen = targets[np.argsort(-promised[targets], kind="stable")[:room]]
        axis.stalled = 0
        city.press(chosen, axis.number, odds[chosen])
        chronicle.axis_assaults(model, axis, chosen)

    def _follow_up(self, model: SiegeState, axis: Axis) -> None:
        """Move up behind a success; drop a cut that is made, or has become pointless."""
        city = model.city
        if axis.cut and not city.pocket_ground[axis.cut].any():
            axis.cut = []
        taken = np.array(axis.last_taken, dtype=np.int64)
        gains = taken[city.siege_line[taken]]
        if gains.size:
            facing = front.around(model, city.fired_at, FACING_M) / front.ground_around(model, FACING_M)
            worth = facing[gains]
            if axis.cut:
                away = ground.king_steps(gains, np.array(axis.cut, dtype=np.int64), city.shape).min(axis=1)
                worth = worth - away * front.cell_km(model) / NEARNESS_TO_CUT_KM
            marching.move_to(model, axis, int(gains[np.argmax(worth)]))
        else:
            marching.move_to_the_line(model, axis)


def _over_a_stretch(model: SiegeState, errors: FloatArray) -> FloatArray:
    """Return errors of judging cells as errors of judging the stretch about each: smoothed, as widely spread as before.

    Many small cells would else be many draws of a lucky error.
    """
    city, reach = model.city, model.setting.front.support_m
    side = max(2.0 * reach / city.map.cell_size_m, 1.0)
    inner, part = divmod((side - 1.0) / 2.0, 1.0)
    few, many = (2.0 * inner + 1.0) ** 2, (2.0 * inner + 3.0) ** 2
    return front.around(model, errors, reach) / float(np.sqrt(few + (many - few) * part**2))
