"""Assaults clear ground: how fast, and at what price to both sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels import ground, pace
from siege_sim.kernels.hazard import FloatArray, IntArray
from siege_sim.model import chronicle, front
from siege_sim.model.agents.axis import AxisPhase
from siege_sim.model.city.layers import LayerSpec
from siege_sim.model.harm import harm_civilians, inflict
from siege_sim.model.losing_ground import change_hands, fall_back
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share
from siege_sim.schema.sides import BESIEGER, GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.agents.line import Line
    from siege_sim.model.state import SiegeState

MOVING_DAYS = 3
"""For how many days after a gain those who made it still follow at once into ground that was left."""

MOST_KILLED_A_DAY = 0.3, 0.1
"""The largest share of a defending unit, and of an axis, that is killed in a day."""


class Clearing(Process):
    """A pressed cell is cleared over time: by the ground, the local odds, works, and fire; then it changes hands.

    Progress is in metres a day along the whole assaulted front. What is not cleared today goes on tomorrow, what is
    left in peace fills up again. Ground that the garrison has left is occupied without a fight. Losses of both sides
    follow the root of both strengths a kilometre (Helmbold); those who are still in a cell when it is cleared are
    partly killed or taken.
    """

    kind: Literal["clearing"] = "clearing"
    phase: ClassVar[Phase] = Phase.COMBAT
    neutral: ClassVar[Mapping[str, Any]] = {"tempo": 0.0}
    instead_of: ClassVar[tuple[str, ...]] = ("assault", "envelopment", "loss_threshold", "desertion")
    layers: ClassVar[tuple[LayerSpec, ...]] = (
        LayerSpec("cleared", "share", np.float64, 0.0, "Share of the garrison's cell that assaults have cleared."),
        LayerSpec("left_by_order", "yes/no", np.bool_, 0.0, "Whether its command has ordered the cell to be left."),
        LayerSpec("left_by_deal", "yes/no", np.bool_, 0.0, "Whether the group that held the cell left by agreement."),
        LayerSpec("given_up", "yes/no", np.bool_, 0.0, "Whether the garrison once left the cell without a fight."),
        LayerSpec("days_left", "days", np.int64, 0, "For how many days the cell has been left, and not yet taken."),
    )

    tempo: float = param(1.0, unit="factor", plausible=(0.5, 1.5), ge=0.0, le=5.0)
    """Factor on the pace of all assaults; with 0 nobody fights."""
    spread: float = param(0.4, unit="log scale", plausible=(0.2, 0.8), ge=0.0, le=2.0)
    """Luck of the day on each axis: standard deviation of the logarithm of its pace."""
    occupied_m_per_day: float = param(1500.0, unit="m/day", plausible=(800, 3000), ge=0.0, le=20000.0)
    """How far the besieger comes in a day over ground that was left."""
    seen_after_days: int = param(1, unit="days", plausible=(0, 2), ge=0, le=30)
    """After how many days those who only hold the ring follow a garrison that has left."""
    reoccupied_m_per_day: float = param(30.0, unit="m/day", plausible=(0, 100), ge=0.0, le=5000.0)
    """How much of a half-cleared cell its defenders take back on a day without assault."""
    caught: float = share(0.2, plausible=(0.1, 0.5), source="Mosul's east bank, losses of its defenders")
    """Share of those in a cleared cell who are killed where no way out is offered; less with one."""
    wounded_per_killed_attacker: float = param(5.0, unit="ratio", plausible=(3, 7), ge=0.0, le=20.0)
    """Attackers wounded for one killed."""
    wounded_per_killed_defender: float = param(2.5, unit="ratio", plausible=(1, 4), ge=0.0, le=20.0)
    """Defenders wounded for one killed."""
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

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Fight, clear, take."""
        if self.tempo == 0.0:
            return
        city = model.city
        model.units.fatigue *= 1.0 - self.fatigue_recovered_per_day
        self._fill_up_again(model)
        if not city.pressed.any() and not _left(model).any():
            return
        luck, households = rng.standard_normal(len(model.axes)), rng.random(len(model.households))
        slices = self._slices(model)
        fight, retreat, *caught = np.split(model.units.luck(rng, 4 + 2 * slices), 2 + slices)
        if city.pressed.any():
            self._fight(model, households, fight)
        self._advance(model, luck, caught, retreat)

    def _fill_up_again(self, model: SiegeState) -> None:
        """Let defenders come back into what was cleared and is not pressed today; count the days of ground left."""
        city = model.city
        for name in ("left_by_order", "left_by_deal"):
            layer = city.layers.array(name)
            layer &= city.pocket_ground
        left, cleared, days = _left(model), city.layers.array("cleared"), city.layers.array("days_left")
        days[:] = np.where(left, days + 1, 0)
        quiet = ~city.pressed & ~left
        cleared[quiet] = np.maximum(cleared[quiet] - self.reoccupied_m_per_day / city.map.cell_size_m, 0.0)
        cleared[~city.pocket_ground] = 0.0

    def _fight(self, model: SiegeState, households: FloatArray, luck: FloatArray) -> None:
        """Inflict the day's losses on both sides and on people caught between them."""
        city, units, rules = model.city, model.units, model.setting.front
        pressed, line = city.pressed, model.line(GARRISON)
        harm_civilians(
            model,
            pressed.astype(np.float64) * (city.cell_km2 / 0.16),
            area_m2=self.crossfire_area_m2,
            p_killed=self.p_civilian_killed,
            p_trapped=0.0,
            p_wounded=self.p_civilian_wounded,
            luck=households,
            cause="killed_in_crossfire",
        )
        km, men = front.cell_km(model), front.men_per_km(model)
        room = np.array(rules.attackers_per_km)
        attackers_killed = pressed * pace.helmbold(room, men, rules.attackers_killed_rate) * km
        a_man = pressed * pace.helmbold(room, men, rules.defenders_killed_rate) / np.maximum(men, 1e-9)
        engaged = line.per_unit(pressed.astype(np.float64))
        units.fatigue[line.rows] += self.fatigue_per_day * engaged * (1.0 - units.fatigue[line.rows])
        units.ammunition[line.rows] = np.maximum(units.ammunition[line.rows] - self.ammunition_per_day * engaged, 0.0)
        p_killed = line.per_unit(np.minimum(a_man, MOST_KILLED_A_DAY[0]))
        inflict(model, line.rows, p_killed, p_killed * self.wounded_per_killed_defender, luck, "killed_in_combat")
        for axis in model.axes:
            self._attackers_lose(
                model, axis.rows, float(attackers_killed[city.layers.pressed_by == axis.number].sum()), luck
            )

    def _attackers_lose(self, model: SiegeState, rows: IntArray, killed: float, luck: FloatArray) -> None:
        """Let the units of an axis lose as many killed, and the wounded that go with them."""
        units = model.units
        if killed == 0.0 or rows.size == 0:
            return
        p_killed = np.full(rows.size, min(killed / max(float(units.fit[rows].sum()), 1.0), MOST_KILLED_A_DAY[1]))
        units.fatigue[rows] += self.fatigue_per_day * (1.0 - units.fatigue[rows])
        inflict(model, rows, p_killed, p_killed * self.wounded_per_killed_attacker, luck, "killed_in_combat")

    def _slices(self, model: SiegeState) -> int:
        """Return in how many parts the day is played, so that an assault can come farther than one cell."""
        fastest = max(model.setting.front.open_m_per_day, self.occupied_m_per_day)
        return int(np.ceil(fastest / model.city.map.cell_size_m))

    def _advance(self, model: SiegeState, luck: FloatArray, caught: list[FloatArray], retreat: FloatArray) -> None:
        """Move the assaults on, slice by slice of the day."""
        city, line = model.city, model.line(GARRISON)
        paces = self._paces(model, luck)
        pressed, taken_by = city.layers.pressed_by.copy(), city.layers.pressed_by.copy()
        cleared, lost_any = city.layers.array("cleared"), False
        for its_luck in caught:
            metres = self._metres(model, paces, pressed)
            if not metres.any():
                break
            cleared += metres / city.map.cell_size_m / len(caught)
            falls = np.flatnonzero((cleared >= 1.0 - 1e-9) & city.pocket_ground & (metres > 0.0))
            if falls.size:
                lost_any = True
                self._catch(model, line, falls, its_luck)
                fallen = self._take(model, falls, taken_by)
                self._press_on(model, fallen, pressed, taken_by)
        if lost_any:
            fall_back(model, retreat, self.p_surrender_when_cut_off, self.stragglers)

    def _paces(self, model: SiegeState, luck: FloatArray) -> dict[int, FloatArray]:
        """Return how many metres each axis that has fighters would clear today in every cell."""
        defence, fastest = front.defence_per_km(model), model.setting.front.open_m_per_day
        paces = {}
        for axis in model.axes:
            if axis.rows.size and axis.phase == AxisPhase.ASSAULT:
                of_the_day = float(np.exp(self.spread * luck[axis.number] - 0.5 * self.spread**2)) * self.tempo
                metres = front.metres_a_day(model, front.attack_per_km(model, axis), defence) * of_the_day
                paces[axis.number] = np.minimum(metres, fastest)
        return paces

    def _metres(self, model: SiegeState, paces: Mapping[int, FloatArray], pressed: IntArray) -> FloatArray:
        """Return the metres that are cleared or occupied today in every cell, as things stand in this slice."""
        city = model.city
        metres = np.zeros(city.n_cells)
        for number, its_pace in paces.items():
            metres[pressed == number] = its_pace[pressed == number]
        # Those who assault follow at once; the ring sees later that nobody is there any more.
        left, ring = _left(model), city.held_by(BESIEGER)
        known = left & (city.layers.array("days_left") > self.seen_after_days)
        moving = ring & (city.layers.days_held <= MOVING_DAYS)
        open_to = ground.touching(known, ring, city.shape) | ground.touching(left, moving, city.shape)
        metres[open_to] = np.maximum(metres[open_to], self.occupied_m_per_day)
        return metres * city.pocket_ground

    def _take(self, model: SiegeState, falls: IntArray, taken_by: IntArray) -> IntArray:
        """Let cleared cells change hands, for the reason for which they fell; return those that did."""
        layers = model.city.layers
        signs = {
            chronicle.LEFT_BY_DEAL: layers.array("left_by_deal"),
            chronicle.LEFT_BY_ORDER: layers.array("left_by_order"),
            chronicle.CLEARED: np.ones(model.city.n_cells, dtype=np.bool_),
        }
        fallen = change_hands(model, falls, taken_by, signs)
        layers.array("cleared")[fallen] = 0.0
        return fallen

    def _catch(self, model: SiegeState, line: Line, falls: IntArray, luck: FloatArray) -> None:
        """Kill some of those who are still in a cell when it is cleared; nobody is in one that was left."""
        here = np.zeros(model.city.n_cells)
        here[falls] = 1.0
        here[_left(model)] = 0.0
        standing = model.units.standing[line.rows]
        names, numbers = front.groups_of(model, GARRISON)
        offered = front.input_by_group(model, "exit_offered", names)[numbers[line.rows]]
        p_caught = (self.caught * (1.0 - offered) * line.per_unit(here))[standing]
        inflict(model, line.rows[standing], p_caught, 0.5 * p_caught, luck, "killed_in_combat")

    def _press_on(self, model: SiegeState, fallen: IntArray, pressed: IntArray, taken_by: IntArray) -> None:
        """Let each assault that took a cell go on into a neighbour: towards its cut if it has one, else any."""
        city, axes = model.city, {axis.number: axis for axis in model.axes}
        cleared = city.layers.array("cleared")
        for cell in fallen.tolist():
            number = int(pressed[cell])
            pressed[cell] = -1
            near = city.around[cell][1:]
            near = near[near < city.n_cells]
            near = near[city.pocket_ground[near] & (pressed[near] < 0)]
            if number < 0 or near.size == 0:
                continue
            if axes[number].cut:
                steps = ground.king_steps(near, np.array(axes[number].cut, dtype=np.int64), city.shape).min(axis=1)
                goal = near[int(np.argmin(steps))]
            else:
                goal = near[int(np.argmax(cleared[near] - city.layers.built_up[near]))]
            pressed[goal] = taken_by[goal] = number


def _left(model: SiegeState) -> Any:
    """Return the cells of the garrison that it has left, by order or by agreement."""
    layers = model.city.layers
    return (layers.array("left_by_order") | layers.array("left_by_deal")) & model.city.pocket_ground
