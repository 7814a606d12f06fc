"""Assaults clear ground: how fast, and at what price to both sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels import ground, pace
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray
from siege_sim.model import chronicle, front
from siege_sim.model.city.layers import KM2_AS_DRAWN, LayerSpec
from siege_sim.model.harm import harm_civilians, inflict
from siege_sim.model.losing_ground import change_hands, fall_back, write_down
from siege_sim.model.processes.base import Phase, Process
from siege_sim.model.sources import WOUNDED_IN_WAR
from siege_sim.schema.block import param, share
from siege_sim.schema.sides import BESIEGER, GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.agents.axis import Axis
    from siege_sim.model.agents.line import Line
    from siege_sim.model.state import SiegeState

MOVING_DAYS = 3
"""For how many days after a gain those who made it still follow at once into ground that was left."""

MOST_KILLED_A_DAY = 0.3, 0.1
"""The largest share of defending fighters, and of an axis, that is killed in a day."""

EVENLY_SPREAD = 0.618
"""Multiples of it, without their whole part, lie evenly between 0 and 1."""


class Clearing(Process):
    """An axis clears its stretch of front over time: by the ground, the odds, works and fire; cells fall one by one.

    A day of an axis is so many kilometres of front, and each cell costs it the days that its ground takes; what is
    left over goes on tomorrow. Ground that the garrison has left is occupied without a fight. Losses of both sides
    follow the root of both strengths a kilometre (Helmbold); those who are still in ground when it is cleared are
    partly killed.
    """

    kind: Literal["clearing"] = "clearing"
    phase: ClassVar[Phase] = Phase.COMBAT
    about: ClassVar[tuple[str, ...]] = ("garrison_area_share", "days_to_half")
    neutral: ClassVar[Mapping[str, Any]] = {"tempo": 0.0}
    instead_of: ClassVar[tuple[str, ...]] = ("assault", "envelopment", "loss_threshold", "desertion")
    off_means: ClassVar[str] = "no ground is taken, and none that was left is occupied"
    layers: ClassVar[tuple[LayerSpec, ...]] = (
        LayerSpec("occupied", "share", np.float64, 0.0, "Share of a cell that was left which has been occupied."),
        LayerSpec("left_by_order", "yes/no", np.bool_, 0.0, "Whether its command has ordered the cell to be left."),
        LayerSpec("left_by_deal", "yes/no", np.bool_, 0.0, "Whether the group that held the cell left by agreement."),
        LayerSpec("days_left", "days", np.int64, 0, "For how many days the cell has been left, and not yet taken."),
        LayerSpec("crust", "share", np.float64, 0.0, "Share of the cell that lies within the depth of works."),
    )

    tempo: float = param(1.0, unit="factor", plausible=(0.5, 1.5), ge=0.0, le=5.0)
    """Factor on the pace of all assaults; with 0 nobody fights."""
    spread: float = param(0.4, unit="log scale", plausible=(0.2, 0.8), ge=0.0, le=2.0)
    """Luck of the day on each axis: standard deviation of the logarithm of its pace."""
    occupied_m_per_day: float = param(1500.0, unit="m/day", plausible=(800, 3000), ge=0.0, le=20000.0)
    """How far the besieger comes in a day over ground that was left."""
    seen_after_days: int = param(1, unit="days", plausible=(0, 2), ge=0, le=30)
    """After how many days those who only hold the ring follow a garrison that has left."""
    caught: float = share(0.2, plausible=(0.1, 0.5), source="Mosul's east bank, losses of its defenders")
    """Share of those in cleared ground who are killed where no way out is offered; less with one."""
    caught_m: float = param(450.0, unit="m", plausible=(200, 800), le=10000.0, ge=1.0)
    """Depth of the ground in which the defenders of a stretch stand and may be caught."""
    wounded_per_killed_attacker: float = param(
        5.0,
        unit="ratio",
        plausible=(3, 7),
        ge=0.0,
        le=20.0,
        source=WOUNDED_IN_WAR,
    )
    """Attackers wounded for one killed."""
    wounded_per_killed_defender: float = param(
        2.5,
        unit="ratio",
        plausible=(1, 4),
        ge=0.0,
        le=20.0,
        source=WOUNDED_IN_WAR,
    )
    """Defenders wounded for one killed."""
    back_per_day: float = share(0.04, plausible=(0.01, 0.06))
    """Share of the besieger's wounded who come back to their unit in a day."""
    fatigue_per_day: float = share(0.06, plausible=(0.03, 0.12))
    """Fatigue that a day of assault adds on both sides."""
    fatigue_recovered_per_day: float = share(0.08, plausible=(0.04, 0.15))
    """Share of the fatigue that a day takes away."""
    ammunition_per_day: float = share(0.012, plausible=(0.004, 0.03))
    """What a day under assault takes from the ammunition of a defending unit."""
    crossfire_area_m2: float = param(150.0, unit="m2/0.16 km2", plausible=(50, 500), ge=0.0, le=50_000.0)
    """Area of shelter in 0.16 km2 of assaulted ground within which people are caught in the fighting."""
    p_civilian_killed: float = share(0.08, plausible=(0.04, 0.15))
    """Chance of a person in that area to be killed."""
    p_civilian_wounded: float = share(0.3, plausible=(0.2, 0.4))
    """Chance to be wounded."""
    p_surrender_when_cut_off: float = share(0.35, plausible=(0.1, 0.7))
    """Chance that a unit without a way out of lost ground lays down arms instead of slipping away."""
    stragglers: float = share(0.04, plausible=(0.0, 0.15))
    """Share of a unit that is lost to the other side when it falls back."""

    def set_up(self, model: SiegeState) -> None:
        """Mark the depth of the works along the front of day 0, on both sides of it."""
        crust = model.city.layers.array("crust")
        crust[:] = front.in_works(model, GARRISON) + front.in_works(model, BESIEGER)

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Fight, clear, take."""
        if self.tempo == 0.0:
            return
        city = model.city
        model.units.fatigue *= 1.0 - self.fatigue_recovered_per_day
        self._bring_back_wounded(model)
        self._count_days_left(model)
        if not city.pressed.any() and not city.left.any():
            return
        luck, first = rng.standard_normal(len(model.axes)), float(rng.random())
        households, units_luck = rng.random(len(model.households)), model.units.luck(rng, 6)
        if city.pressed.any():
            self._fight(model, households, units_luck[:2])
        fallen = np.array(self._advance(model, luck, first, units_luck[2:4]) + self._occupy(model), dtype=np.int64)
        if fallen.size:
            write_down(model, fallen, self._signs(model))
            fall_back(model, units_luck[4:], self.p_surrender_when_cut_off, self.stragglers)
            crust = city.layers.array("crust")
            np.maximum(crust, front.in_works(model, GARRISON), out=crust)

    def _bring_back_wounded(self, model: SiegeState) -> None:
        units = model.units
        rows = units.rows_of(BESIEGER)
        back = (units.wounded[rows] * self.back_per_day).astype(np.int64)
        units.fit[rows] += back
        units.wounded[rows] -= back

    def _count_days_left(self, model: SiegeState) -> None:
        """Drop what is no longer the garrison's from what it has left; count the days of the rest."""
        city = model.city
        for name in ("left_by_order", "left_by_deal"):
            layer = city.layers.array(name)
            layer &= city.pocket_ground
        days = city.layers.array("days_left")
        days[:] = np.where(city.left, days + 1, 0)
        city.layers.array("occupied")[~city.left] = 0.0

    def _fight(self, model: SiegeState, households: FloatArray, luck: FloatArray) -> None:
        """Inflict the day's losses on both sides and on people caught between them."""
        city, units, rules = model.city, model.units, model.setting.front
        pressed, line = city.pressed, model.line(GARRISON)
        harm_civilians(
            model,
            np.where(pressed, city.cell_km2 / KM2_AS_DRAWN, 0.0),
            area_m2=self.crossfire_area_m2,
            p_killed=self.p_civilian_killed,
            p_trapped=0.0,
            p_wounded=self.p_civilian_wounded,
            luck=households,
            cause="killed_in_crossfire",
        )
        km, men, room = front.cell_km(model), front.men_per_km(model), np.array(rules.attackers_per_km)
        defenders_killed = pressed * pace.helmbold(room, men, rules.defenders_killed_rate) * km
        attackers_killed = pressed * pace.helmbold(room, men, rules.attackers_killed_rate) * km
        engaged = line.per_unit(pressed.astype(np.float64))
        units.fatigue[line.rows] += self.fatigue_per_day * engaged * (1.0 - units.fatigue[line.rows])
        units.ammunition[line.rows] = np.maximum(units.ammunition[line.rows] - self.ammunition_per_day * engaged, 0.0)
        p_killed = line.per_unit(np.minimum(_a_man(model, line, defenders_killed), MOST_KILLED_A_DAY[0]))
        inflict(model, line.rows, p_killed, p_killed * self.wounded_per_killed_defender, luck, "killed_in_combat")
        for axis in model.axes:
            mine = attackers_killed[city.layers.pressed_by == axis.number]
            self._attackers_lose(model, axis.rows, float(mine.sum()), luck)

    def _attackers_lose(self, model: SiegeState, rows: IntArray, killed: float, luck: FloatArray) -> None:
        """Let the units of an axis lose as many killed, and the wounded that go with them."""
        units = model.units
        if killed == 0.0 or rows.size == 0:
            return
        p_killed = np.full(rows.size, min(killed / max(float(units.fit[rows].sum()), 1.0), MOST_KILLED_A_DAY[1]))
        units.fatigue[rows] += self.fatigue_per_day * (1.0 - units.fatigue[rows])
        inflict(model, rows, p_killed, p_killed * self.wounded_per_killed_attacker, luck, "killed_in_combat")

    def _advance(self, model: SiegeState, luck: FloatArray, first: float, units_luck: FloatArray) -> list[int]:
        """Let every axis advance its stretch of front; return the cells that it took."""
        city, km = model.city, front.cell_km(model)
        pressed_by, defence, men = city.layers.pressed_by.copy(), front.defence_per_km(model), front.men_per_km(model)
        line, inside, taken = model.line(GARRISON), np.zeros(city.n_cells), []
        for axis in model.axes:
            stretch = float(np.count_nonzero(pressed_by == axis.number)) * km
            if stretch == 0.0 or axis.rows.size == 0:
                continue
            of_the_day = float(np.exp(self.spread * luck[axis.number] - 0.5 * self.spread**2))
            days = front.days_per_km(model, front.attack_per_km(model, axis), defence)
            begun = (first + EVENLY_SPREAD * axis.number) % 1.0
            fallen = self._clear(model, axis, days, stretch * self.tempo * of_the_day, begun)
            on_the_line = np.minimum(men[fallen], model.setting.front.full_men_per_km)
            inside[fallen] = on_the_line * km * city.map.cell_size_m / self.caught_m
            taken += fallen
        if taken:
            self._catch(model, line, inside, units_luck)
        return taken

    def _clear(self, model: SiegeState, axis: Axis, days: FloatArray, work: float, begun: float) -> list[int]:
        """Take cells with an axis's kilometre-days, the most promising first; what is left over is carried over.

        Args:
            model: the siege.
            axis: who attacks.
            days: what a kilometre of way takes in every cell.
            work: kilometre-days that the axis does today.
            begun: the share of its first cell that counts as cleared in an assault from a new place; were it nothing,
                large cells would be late.
        """
        city = model.city
        open_to, cost, taken = city.layers.pressed_by == axis.number, days * city.cell_km2, []
        while (open_to & city.pocket_ground).any():
            candidates = np.flatnonzero(open_to & city.pocket_ground)
            cell = int(candidates[np.argmax(front.promise(model, axis, days)[candidates])])
            if axis.due < 0.0:
                axis.due = begun * float(cost[cell])
            if axis.due + work < cost[cell]:
                axis.due += work
                break
            work -= max(float(cost[cell]) - axis.due, 0.0)
            axis.due = 0.0
            open_to[cell] = False
            if self._take(model, np.array([cell]), axis.number).size:
                taken.append(cell)
                near = city.around[cell][1:]
                near = near[near < city.n_cells]
                open_to[near[city.fired_at[near]]] = True
        return taken

    def _occupy(self, model: SiegeState) -> list[int]:
        """Let the besieger walk into ground that was left, in slices of the day; return what it took."""
        city, taken = model.city, []
        occupied, steps = city.layers.array("occupied"), self.occupied_m_per_day / city.map.cell_size_m
        slices = int(np.ceil(steps))
        for _ in range(slices):
            left, ring = city.left, city.held_by(BESIEGER)
            if not left.any():
                break
            # Those who assault follow at once; the ring sees later that nobody is there any more.
            known = left & (city.layers.array("days_left") > self.seen_after_days)
            moving = ring & (city.layers.days_held <= MOVING_DAYS)
            reached = ground.touching(known, ring, city.shape) | ground.touching(left, moving, city.shape)
            occupied[reached] += steps / slices
            falls = np.flatnonzero((occupied >= 1.0 - 1e-9) & reached)
            if falls.size:
                taken += self._take(model, falls, city.layers.pressed_by).tolist()
        return taken

    def _take(self, model: SiegeState, falls: IntArray, by: int | IntArray) -> IntArray:
        """Let cells change hands that may; return those that did."""
        city = model.city
        falls = model.but_for.that_may_fall(falls, model.day)
        fallen = change_hands(model, falls, np.broadcast_to(by, city.n_cells))
        city.layers.array("occupied")[fallen] = 0.0
        city.layers.array("crust")[fallen] = 0.0
        return fallen

    def _signs(self, model: SiegeState) -> dict[str, BoolArray]:
        """Return to what losses are put down, and for which cells."""
        layers = model.city.layers
        return {
            chronicle.LEFT_BY_DEAL: layers.array("left_by_deal"),
            chronicle.LEFT_BY_ORDER: layers.array("left_by_order"),
            chronicle.CLEARED: np.ones(model.city.n_cells, dtype=np.bool_),
        }

    def _catch(self, model: SiegeState, line: Line, inside: FloatArray, luck: FloatArray) -> None:
        """Kill some of those who are still in ground when it is cleared."""
        standing = model.units.standing[line.rows]
        offered = front.input_of_units(model, "exit_offered", line.rows)
        p_caught = self.caught * (1.0 - offered) * line.per_unit(np.minimum(_a_man(model, line, inside), 1.0))
        inflict(model, line.rows[standing], p_caught[standing], 0.5 * p_caught[standing], luck, "killed_in_combat")


def _a_man(model: SiegeState, line: Line, losses: FloatArray) -> FloatArray:
    """Return each fighter's share in losses that are counted by cell, over the stretch about each cell."""
    reach = model.setting.front.support_m
    present = front.around(model, line.present, reach)
    return np.maximum(front.around(model, losses, reach), 0.0) / np.maximum(present, 1.0)
