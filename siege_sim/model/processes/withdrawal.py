"""Withdrawals that the garrison's command orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels import cuts, ground
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray, probability, whole
from siege_sim.model import front
from siege_sim.model.city.layers import LayerSpec
from siege_sim.model.codes import Posture
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState

SPACING_OF_LINES_M = 500.0
"""How far apart the ends of the new lines are that are compared."""


class Withdrawal(Process):
    """Command leaves a part of the pocket that is about to be cut off, or has been, while its men can still get out.

    The danger is seen near fresh gains of the assault: a line there that would part ground from the main body, and that
    is short, has narrowed, or would be shorter than the front it saves where that is too thinly manned. The hazard a
    day is ``orders_per_day x danger x (2 (1 - steadfast))^2``. An ordered withdrawal costs few men; it may fail, and
    then it costs many.
    """

    kind: Literal["withdrawal"] = "withdrawal"
    phase: ClassVar[Phase] = Phase.COMMAND
    about: ClassVar[tuple[str, ...]] = ("garrison_area_share", "days_to_half", "end_day")
    neutral: ClassVar[Mapping[str, Any]] = {"orders_per_day": 0.0}
    off_means: ClassVar[str] = "the garrison's command gives up no ground of its own accord"
    needs: ClassVar[Mapping[str, str]] = {"clearing": "lets the besieger occupy what was left"}
    layers: ClassVar[tuple[LayerSpec, ...]] = (
        LayerSpec("body", "number", np.int64, -1, "The part of the pocket to which the cell belonged on day 0."),
    )

    orders_per_day: float = param(
        4.0,
        unit="1/day",
        plausible=(0.3, 6),
        ge=0.0,
        le=20.0,
        source="by hand and with eight others: Aleppo, Mosul's east bank, Sarajevo (docs/validation.md)",
    )
    """Hazard of the order when a part is as good as cut off."""
    fears_m: float = param(2000.0, unit="m", plausible=(800, 3500), le=20000.0, ge=1.0)
    """Width of the way out below which a part counts as threatened."""
    narrowed: float = param(0.4, unit="share", plausible=(0.2, 0.7), le=1.0, ge=0.001)
    """Share of its width of day 0 by which a way out must have narrowed to be feared in full: a neck that has always
    been narrow frightens nobody."""
    shortens: float = param(
        4.2,
        unit="weight",
        plausible=(0, 6),
        ge=0.0,
        le=50.0,
        source="by hand and with eight others: Aleppo, Mosul's east bank, Sarajevo (docs/validation.md)",
    )
    """How much a shorter line counts beside the danger of being cut off, where a breach has been made."""
    breach_m: float = param(600.0, unit="m", plausible=(400, 1500), le=10000.0, ge=1.0)
    """How far beyond the works the assault must have come in for a breach."""
    longest_m: float = param(4000.0, unit="m", plausible=(2500, 6000), le=50000.0, ge=1.0)
    """The longest new line that is thought of."""
    least_km2: float = param(2.8, unit="km2", plausible=(0.4, 3), le=1000.0, ge=0.001)
    """The smallest part that is worth an order."""
    largest_share: float = share(0.35, plausible=(0.25, 0.5))
    """The largest part of the pocket that is given up by one order, as a share of what is built on."""
    alarm_m: float = param(1000.0, unit="m", plausible=(400, 1500), le=20000.0, ge=1.0)
    """How near to a new line the assault must have come."""
    alarm_days: int = param(5, unit="days", plausible=(2, 10), ge=0, le=100)
    """For how long a gain of the assault is an alarm."""
    breakout_m: float = param(2000.0, unit="m", plausible=(800, 4000), ge=0.0, le=50000.0)
    """How far over the besieger's land a part that has been cut off can break out."""
    p_fails: float = share(0.2, plausible=(0.05, 0.4))
    """Chance that a unit's way out fails where there is no danger yet; it rises to the middle between this and 1."""
    stragglers: float = share(0.02, plausible=(0.0, 0.05))
    """Share of a unit that is lost in a withdrawal that goes well."""
    routed: float = share(0.3, plausible=(0.1, 0.6))
    """Share that is lost in one that fails."""

    def set_up(self, model: SiegeState) -> None:
        """Remember which parts of the pocket hang together on day 0."""
        model.city.layers.array("body")[:] = model.city.pockets

    def step(self, model: SiegeState, rng: Generator) -> None:
        """See whether a part is about to be cut off; order its men out of it."""
        luck, units_luck = float(rng.random()), model.units.luck(rng, 2)
        alarm = self._alarm(model)
        if self.orders_per_day == 0.0 or not alarm.any():
            return
        part, danger = self._cut_off(model), 1.0
        if part is None:
            part, danger = self._threatened(model, alarm)
        if part is None:
            return
        rows = model.units.rows_of(GARRISON)
        inside = rows[part[model.units.cell_index[rows]]]
        rate = self.orders_per_day * danger * (2.0 * (1.0 - _steadfast(model, inside))) ** 2
        if luck < float(probability(rate)):
            self._leave(model, part, danger, inside, units_luck)

    def _alarm(self, model: SiegeState) -> BoolArray:
        """Return the garrison's ground near which the assault has gained in the last days."""
        city = model.city
        gained = _gained(model) & (city.layers.days_held <= self.alarm_days)
        return front.near_by(model, gained, self.alarm_m) & city.pocket_ground

    def _cut_off(self, model: SiegeState) -> BoolArray | None:
        """Return the largest part that the assault has cut off, if its men can still break out to the main body."""
        city = model.city
        apart = (city.pockets > 0) & city.fired_at & (city.layers.array("body") == 0)
        if not apart.any():
            return None
        part = apart & (city.pockets == int(np.argmax(np.bincount(city.pockets[apart]))))
        steps = ground.steps_from(city.pockets == 0, city.walkable(GARRISON), city.shape)[part].min()
        large = np.count_nonzero(part) * city.cell_km2 >= self.least_km2
        return part if large and steps <= front.steps_of(model, self.breakout_m) else None

    def _threatened(self, model: SiegeState, alarm: BoolArray) -> tuple[BoolArray | None, float]:
        """Return the part of the main body that is in most danger, and how great that is."""
        city, size_m = model.city, model.city.map.cell_size_m
        body = (city.pockets == 0) & city.fired_at
        rim, steps = cuts.rim(body, city.shape), front.steps_of(model, SPACING_OF_LINES_M)
        starts = cuts.spaced(np.flatnonzero(rim & alarm), city.shape[1], steps)
        ends = cuts.spaced(np.flatnonzero(rim), city.shape[1], steps)
        unoccupied_m = size_m * (1.0 - city.layers.array("occupied"))
        longest = self.longest_m / size_m + 1.0
        a, b, length, width_m = cuts.straight_ways(body, starts, ends, unoccupied_m, longest, city.shape[1])
        if a.size == 0:
            return None, 0.0
        danger = _Danger.seen(self, model, body)
        beyond = cuts.lost_beyond_both(danger.gone, starts[a], ends[b], *city.shape)
        of_cut, breach = danger.of_lines(size_m * beyond + size_m * length - width_m, width_m)
        built = city.layers.built_up
        most_built = self.largest_share * float(built[body].sum())

        def weight(way: int, isolated: BoolArray) -> float:
            km2 = float(np.count_nonzero(isolated)) * city.cell_km2
            if km2 < self.least_km2 or built[isolated].sum() > most_built:
                return 0.0
            return km2 * danger.of(isolated, float(of_cut[way]), float(breach[way]), float(width_m[way]))

        # Of several parts in danger the worst is the one with most ground. All the front could be saved at most.
        # What is least built on makes the largest part that may be left, and no part is more than half of the body.
        least_built = int(np.searchsorted(np.cumsum(np.sort(built[body])), most_built)) + 1
        most_km2 = min(0.5 * np.count_nonzero(body), float(least_built)) * city.cell_km2
        bound = (np.maximum(1.0 - width_m / self.fears_m, 0.0) + self.shortens * danger.thin) * most_km2
        a_cell, cells = danger.at_most(of_cut, breach) * city.cell_km2, (self.least_km2 / city.cell_km2, least_built)
        _, part, reached = cuts.best_cut(body, starts[a], ends[b], bound, a_cell, cells, weight, city.shape)
        if part is None:
            return None, 0.0
        return part, min(reached / (float(np.count_nonzero(part)) * city.cell_km2), 1.0)

    def _leave(self, model: SiegeState, part: BoolArray, danger: float, inside: IntArray, luck: FloatArray) -> None:
        """Bring the men of a part out of it, and leave it."""
        city, units = model.city, model.units
        refuges = np.flatnonzero((city.pockets == 0) & ~part & city.fired_at)
        if refuges.size == 0:
            return
        ways = [way for cell in units.cell_index[inside].tolist() if (way := city.nearest(cell, refuges, GARRISON))]
        if len(ways) < inside.size:  # nobody is ordered over water
            return
        men, p_fails = int(units.fit[inside].sum()), self.p_fails + (1.0 - self.p_fails) * 0.5 * danger
        share_lost = np.where(luck[0, inside] < p_fails, self.routed, self.stragglers)
        lost = whole(luck[1, inside], units.fit[inside] * share_lost).astype(np.int64)
        units.fit[inside] -= lost
        model.ledger.book("garrison", "surrendered", int(lost.sum()))
        for row, (refuge, _) in zip(inside.tolist(), ways, strict=True):
            unit = model.unit(row)
            unit.march_to(refuge)
            unit.posture = Posture.RESERVE
        city.layers.array("left_by_order")[part] = True
        city.layers.given_up[part] = True
        self._note(model, part, men, int(lost.sum()))

    def _note(self, model: SiegeState, part: BoolArray, men: int, lost: int) -> None:
        """Write the order down, as something that the newest loss near by brought about."""
        city, cells = model.city, np.flatnonzero(part).tolist()
        gained = np.flatnonzero(_gained(model) & (city.layers.days_held <= self.alarm_days)).tolist()
        cut_off, where = city.pockets[cells[0]] > 0, city.quarter_name(cells[0])
        model.note(
            "ordered_withdrawal",
            where,
            f"the command of {city.sides.garrison.the} ordered {men} fighters out of "
            f"{len(cells) * city.cell_km2:.1f} km2 around {where}; {lost} of them were lost on the way",
            "it had been cut off" if cut_off else "it was in danger of being cut off, or its line too long to be held",
            men,
            model.log.newest(*(("lost", cell) for cell in gained)),
            [("left", cell) for cell in cells],
        )


@dataclass(frozen=True)
class _Danger:
    """How much a part of the main body is in danger, seen from a line that would part it.

    Attributes:
        rules: the process's parameters.
        size_m: a cell's side.
        line: the front of the main body, ``kilometres`` long.
        thin: how far it is from being fully manned, from 0 to 1.
        gone: the ground that the assault has taken; the works before it are ``works_m`` deep.
    """

    rules: Withdrawal
    size_m: float
    line: BoolArray
    kilometres: float
    thin: float
    gone: BoolArray
    works_m: float

    @classmethod
    def seen(cls, rules: Withdrawal, model: SiegeState, body: BoolArray) -> _Danger:
        """Return the danger as it is seen today, for a main body."""
        city, size_m, rows = model.city, model.city.map.cell_size_m, model.units.rows_of(GARRISON)
        line = city.front & body
        kilometres = max(float(np.count_nonzero(line)) * size_m / 1000.0, 1e-9)
        men = float(model.units.fit[rows[body[model.units.cell_index[rows]]]].sum())
        thin = max(1.0 - men / kilometres / model.setting.front.full_men_per_km, 0.0)
        works_m = model.setting.front.works_depth_m
        return cls(rules, size_m, line, kilometres, thin, _gained(model), works_m)

    def of_lines(self, lost_m: FloatArray, width_m: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the danger of each of many cuts, and how far the assault has broken in there, both from 0 to 1.

        Args:
            lost_m: how much of each line's length lies over ground that was lost, at its ends and in the part.
            width_m: how much of it would have to be held anew.
        """
        rules = self.rules
        narrow = np.maximum(1.0 - width_m / rules.fears_m, 0.0)
        narrowed = np.minimum(lost_m / np.maximum(lost_m + width_m, 1.0) / rules.narrowed, 1.0)
        breach = np.minimum(np.maximum(lost_m - self.works_m, 0.0) / rules.breach_m, 1.0)
        return narrow * narrowed, breach

    def at_most(self, of_cut: FloatArray, breach: FloatArray) -> FloatArray:
        """Return how great it can be for each of many lines, whatever they part: none saves more than all the front."""
        return of_cut + self.rules.shortens * self.thin * breach

    def of(self, part: BoolArray, of_cut: float, breach: float, width_m: float) -> float:
        """Return the danger of the ground beyond a line: that of the cut, and what a shorter line would save."""
        saved_m = max(float(np.count_nonzero(self.line & part)) * self.size_m - width_m, 0.0)
        shorter = self.thin * saved_m / 1000.0 / self.kilometres * breach
        return of_cut + self.rules.shortens * shorter


def _gained(model: SiegeState) -> BoolArray:
    """Return the ground that was taken from the garrison, and not left by it."""
    city = model.city
    gained: BoolArray = city.held_on_day_0 & city.lost_ground & ~city.layers.given_up
    return gained


def _steadfast(model: SiegeState, rows: IntArray) -> float:
    """Return how steadfast the groups of some units are, on average; as the usual group where there is none."""
    return float(front.input_of_units(model, "steadfast", rows).mean()) if rows.size else 0.5
