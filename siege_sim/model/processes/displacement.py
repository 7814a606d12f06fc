"""Movement of civilians: stay, go deeper into the pocket, or cross the line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels import ground
from siege_sim.kernels.allocation import share_of_both
from siege_sim.kernels.hazard import FloatArray, IntArray, categorical, unfold
from siege_sim.kernels.rows import below
from siege_sim.model.agents.facility import Crossing
from siege_sim.model.codes import Status
from siege_sim.model.crossing_the_line import cross_the_line
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share
from siege_sim.schema.dated import DatedNumber, dated_share
from siege_sim.schema.sides import BESIEGER

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


ALARM_FADES_CELLS = 1.5
"""Alarm is 1 next to ground that was lost, and falls to a third over this distance."""


class Displacement(Process):
    """A household moves with a chance that depends on what it fears and lacks; then it takes the best open way.

    The pull to go is a logistic function of fear of strikes, alarm (ground lost close by), hunger, wounded
    members, what neighbours did, what the besieger tells people to do, and a trusted way out. Ways out are weighed by
    how near and passable they are and, towards the besieger's ground, by fear of reprisal, which trust allays.
    """

    kind: Literal["displacement"] = "displacement"
    phase: ClassVar[Phase] = Phase.MOVEMENT
    about: ClassVar[tuple[str, ...]] = ("displaced_inside", "civilians_in_pocket", "civilians_killed")
    off_means: ClassVar[str] = "no household leaves its home"
    inputs: ClassVar[tuple[str, ...]] = ("prevented",)
    neutral: ClassVar[Mapping[str, Any]] = {"reluctance": 1e6}

    reluctance: float = param(8.5, unit="logit", plausible=(7, 10), ge=-50.0, le=1e6)
    """How strongly a household stays when nothing pushes it: the chance a day is ``1 / (1 + exp(reluctance))``."""
    strikes_weight: float = param(2.0, unit="logit", plausible=(1, 4), ge=0.0, le=50.0)
    """Push of full fear of strikes."""
    alarm_weight: float = param(7.0, unit="logit", plausible=(4, 9), ge=0.0, le=50.0)
    """Push of ground lost in the next cell within two days."""
    hunger_weight: float = param(3.0, unit="logit", plausible=(1, 6), ge=0.0, le=50.0)
    """Push of an empty store."""
    wounded_weight: float = param(0.5, unit="logit", plausible=(-0.5, 1.5), ge=-10.0, le=50.0)
    """Push of a wounded member."""
    neighbours_weight: float = param(2.0, unit="logit", plausible=(0.5, 4), ge=0.0, le=50.0)
    """Push when all the neighbours of a cell left today."""
    orders_weight: float = param(6.0, unit="logit", plausible=(2, 10), ge=0.0, le=50.0)
    """Push of being told to leave, if everybody heeded; as much against going when told to stay."""
    trusted_exit_weight: float = param(
        9.0,
        unit="logit",
        plausible=(7, 10),
        source="half would leave if they could (OCHA, UNHCR, Oct 2016); elsewhere half left within days of a guarantee",
        ge=0.0,
        le=50.0,
    )
    """Push of an open way out anywhere in the pocket that everybody trusts."""
    inside_weight: float = param(1.0, unit="weight", plausible=(0.3, 3), ge=0.0, le=1000.0)
    """Pull of going deeper into the pocket, against crossing the line."""
    third_party_weight: float = param(2.5, unit="weight", plausible=(0.3, 3), ge=0.0, le=1000.0)
    """Pull of an open way to a third party's ground next door."""
    besieger_weight: float = param(0.7, unit="weight", plausible=(0.3, 3), ge=0.0, le=1000.0)
    """Pull of an open way to the besieger's ground next door, without fear of reprisal."""
    walk_cells: float = param(4.0, unit="cells", plausible=(2, 10), le=200.0, ge=0.01)
    """Distance over which the pull of a way out falls to a third."""
    crossing_when_broken: float = share(0.2, plausible=(0.1, 0.7))
    """How passable the line is where ground was lost within two days."""
    crossing_elsewhere: float = share(0.01, plausible=(0.0, 0.05))
    """How passable a standing front is away from named crossings: mines, snipers, sentries."""
    news_cells: int = param(12, unit="cells", plausible=(6, 20), ge=1, le=200)
    """How far away a breach may be for the way to a third party's ground to open."""
    prevented: DatedNumber = dated_share(
        0.5,
        plausible=(0.2, 0.8),
        source="'prevented from leaving' is reported of both sides; no count is known",
    )
    """Share of the ways out that armed men close; a number, or numbers by date."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Decide, move, cross."""
        city, homes = model.city, model.households
        luck = rng.random(len(homes))
        city.layers.recent_departures *= 0.5
        steps = self._steps_to_breach(model)
        alarm = _alarm(steps)
        trusted = self._trusted_ways(model)
        push_here = self.alarm_weight * alarm + self.neighbours_weight * self._neighbours_left(model) - self.reluctance
        push_here += self.trusted_exit_weight * trusted.max(axis=0)
        orders = self.orders_weight * (model.conditions.told_to_leave - model.conditions.told_to_stay)
        most_afraid = self.strikes_weight * float(homes.fear_of_strikes.max())
        strongest = push_here + most_afraid + self.hunger_weight + max(self.wounded_weight, 0.0) + max(orders, 0.0)
        # Nobody whose luck is above the strongest push of the cell can go, so the rest need not be asked.
        ceiling = _logistic(strongest) * city.pocket_ground
        rows = below(luck, homes.mouths, homes.cell_index, ceiling)
        push = push_here[homes.cell_index[rows]] + self.strikes_weight * homes.fear_of_strikes[rows]
        push += self.wounded_weight * (homes.wounded[rows] > 0) + self.hunger_weight * (homes.food_kcal[rows] <= 0.0)
        push += orders * (1.0 - homes.fear_of_reprisal[rows])
        going = luck[rows] < _logistic(push)
        if going.any():
            self._go(model, rows[going], steps, alarm, trusted, luck[rows[going]])

    def _steps_to_breach(self, model: SiegeState) -> FloatArray:
        """Return the steps from each cell to ground that was lost in the last two days; infinite when none is near."""
        city = model.city
        fresh = (city.layers.days_held < 2) & city.lost_ground
        steps = np.full(city.n_cells, np.inf)
        if fresh.any():
            counted = ground.steps_from(fresh, city.pocket_ground, city.shape, farthest=self.news_cells)
            reached = (counted <= self.news_cells) & city.pocket_ground
            steps[reached] = counted[reached]
        return steps

    def _neighbours_left(self, model: SiegeState) -> FloatArray:
        """Return how many of each cell's people left it lately, as a share of who was there."""
        layers = model.city.layers
        return share_of_both(layers.recent_departures, layers.civilians)

    def _trusted_ways(self, model: SiegeState) -> FloatArray:
        """Return how open and trusted the best crossing in each cell's pocket is: a row a side that people can go to.

        Rows are those of third parties, in their order, and the besieger's last. News of such a way reaches everybody.
        """
        city = model.city
        sides = (*city.sides.third_party_codes.values(), BESIEGER)
        best = np.zeros((len(sides), city.pocket_count + 1))
        for crossing in model.facilities_in_pocket(Crossing):
            if crossing.trusted > 0.0:
                index = crossing.cell_index
                way = crossing.open_share * crossing.trusted * (1.0 - float(city.layers.danger[index]))
                here = sides.index(crossing.into), city.pockets[index]
                best[here] = max(best[here], way * (1.0 - model.now(self.prevented)))
        return best[:, city.pockets] * city.pocket_ground

    def _go(
        self,
        model: SiegeState,
        rows: IntArray,
        steps: FloatArray,
        alarm: FloatArray,
        trusted: FloatArray,
        luck: FloatArray,
    ) -> None:
        homes = model.households
        cells = homes.cell_index[rows]
        third_parties = list(model.city.sides.third_party_codes.values())
        options = np.empty((2 + len(third_parties), rows.size))
        options[0] = self.inside_weight
        for number, party in enumerate(third_parties, 1):
            way = np.maximum(self._way_out(model, cells, party, steps), trusted[number - 1, cells])
            options[number] = self.third_party_weight * way
        safe = trusted[-1, cells]
        options[-1] = self.besieger_weight * np.maximum(self._way_out(model, cells, BESIEGER, steps), safe)
        options[-1] *= 1.0 - homes.fear_of_reprisal[rows] * (1.0 - safe)
        edges = np.cumsum(options, axis=0)
        choice_luck, place_luck = unfold(luck, 2)
        choice = (choice_luck * edges[-1] >= edges).sum(axis=0)
        for number, side in enumerate((*third_parties, BESIEGER), 1):
            leaving = rows[choice == number]
            if leaving.size:
                status = Status.WITH_BESIEGER if side == BESIEGER else Status.WITH_THIRD_PARTY
                cross_the_line(model, leaving, status, side, place_luck[choice == number])
        self._move_inside(model, rows[choice == 0], place_luck[choice == 0], alarm)

    def _move_inside(self, model: SiegeState, rows: IntArray, luck: FloatArray, alarm: FloatArray) -> None:
        """Go where there are roofs and less danger, in the same pocket."""
        if rows.size == 0:
            return
        city, homes = model.city, model.households
        layers = city.layers
        shelter = layers.built_up * (1.0 - layers.rubble) * (1.0 - layers.danger) * (1.0 - alarm)
        # Where all lies in ruins people go anywhere, but on to a bridge only if there is nothing else.
        shelter = shelter * city.pocket_ground + np.where(city.bridges, 1e-18, 1e-9) * city.pocket_ground
        pocket = city.pockets[homes.cell_index[rows]]
        for number in np.flatnonzero(np.bincount(pocket)):
            mine = pocket == number
            homes.move(rows[mine], categorical(luck[mine], shelter * (city.pockets == number)))

    def _way_out(self, model: SiegeState, cells: IntArray, holder: int, steps: FloatArray) -> FloatArray:
        """Return how open the best way from each of the cells to another holder's ground is, from 0 to 1."""
        city = model.city
        passable = self._passable(model, holder, steps)
        if city.passable.all():
            pull_by_steps = np.exp(-np.arange(max(city.shape)) / self.walk_cells)
            ways = ground.easiest_ways(cells, passable, pull_by_steps, city.pockets, city.shape)
        else:
            pull_by_steps = np.exp(-np.arange(city.n_cells) / self.walk_cells)
            ways = ground.easiest_ways_on_foot(cells, passable, pull_by_steps, city.pockets, city.passable, city.shape)
        return ways * (1.0 - model.now(self.prevented))

    def _passable(self, model: SiegeState, holder: int, steps: FloatArray) -> FloatArray:
        """Return how freely people can step from each of the garrison's cells on to another holder's ground.

        A breach opens the besieger's line only where it is; third parties let people in once it is near.
        Fire on a crossing closes it in part.
        """
        city = model.city
        near = 1 if holder == BESIEGER else self.news_cells
        line, most, least = city.next_to(holder), self.crossing_when_broken, self.crossing_elsewhere
        open_share = ground.passable(line, steps, near, most, least)
        for crossing in model.facilities_in_pocket(Crossing):
            if crossing.into == holder and crossing.open_share > 0.0:
                index = crossing.cell_index
                under_fire = float(city.layers.danger[index])
                open_share[index] = max(open_share[index], crossing.open_share * (1.0 - under_fire))
        return open_share


def _alarm(steps: FloatArray) -> FloatArray:
    """Return alarm by steps to a breach: 1 next to it, 0 far away."""
    return np.exp(-(steps - 1.0) / ALARM_FADES_CELLS).clip(0.0, 1.0)


def _logistic(push: FloatArray) -> FloatArray:
    return 1.0 / (1.0 + np.exp(-np.minimum(np.maximum(push, -700.0), 700.0)))
