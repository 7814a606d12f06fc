"""Deals that armed groups make each for itself, part by part, and that are carried out over days, or broken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels import ground
from siege_sim.kernels.hazard import FloatArray, IntArray, probability
from siege_sim.model import front
from siege_sim.model.agents.columns import Column
from siege_sim.model.evacuation import bring_out, put_on_lists
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState

MOST_PARTS = 8
"""Parts of the pocket that bargain apart; further ones do so with the last of them."""


class GroupDeals(Process):
    """Each group in each part of the pocket may take the exit it is offered; buses bring it out, its ground is left.

    The hazard a day is ``hazard x terms x (1 - cohesion)^steepness``, times a factor where the part is cut off from the
    main body: a part bargains first. The terms are what the group is offered, improved by condemnation and outside
    pressure: ``1 - (1 - exit offered)^(1 + condemnation weight x points)``. A group that is offered nothing makes no
    deal, however great the pressure. From the day of a deal on the group's ground is neither assaulted nor fired at;
    first the people there who want to leave go, then its fighters, until one side breaks the deal or all are gone. When
    the last group has left so, the pocket is handed over.
    """

    kind: Literal["group_deals"] = "group_deals"
    phase: ClassVar[Phase] = Phase.POLITICS
    about: ClassVar[tuple[str, ...]] = ("ending", "end_day", "evacuated", "garrison_area_share")
    off_means: ClassVar[str] = "no armed group leaves by a deal of its own"
    neutral: ClassVar[Mapping[str, Any]] = {"hazard": 0.0}
    needs: ClassVar[Mapping[str, str]] = {"clearing": "lets the besieger occupy what was left"}
    instead_of: ClassVar[tuple[str, ...]] = ("agreement",)
    columns: ClassVar[Mapping[str, Column[Any]]] = {
        "asked": Column(np.bool_, "yes/no", "Whether it has decided if it wants to leave with a group that does.")
    }

    hazard: float = param(1.0, unit="1/day", plausible=(0.1, 1.5), source="Homs 2014, Daraya 2016", ge=0.0, le=10.0)
    """Hazard of a deal of a group without any resolve left that is offered a safe way out."""
    steepness: float = param(2.0, unit="exponent", plausible=(1.5, 5), ge=0.0, le=20.0)
    """How late in the loss of resolve it becomes likely."""
    cut_off_factor: float = param(3.0, unit="factor", plausible=(1, 8), ge=1.0, le=50.0)
    """How much likelier it is where a part is cut off."""
    least_lost: float = share(0.1, plausible=(0.0, 0.3))
    """Share of the ground that must have been lost before anybody bargains of their own accord."""
    ground_m: float = param(3000.0, unit="m", plausible=(1000, 5000), ge=0.0, le=1e5)
    """How far from its units ground counts as a group's own, where no other group is nearer."""
    condemnation_weight: float = param(0.05, unit="1/point", plausible=(0.0, 0.2), ge=0.0, le=10.0)
    """How much a point of condemnation, or of outside pressure, improves the terms."""
    persons_per_day: float = param(
        5000.0, unit="persons/day", plausible=(2000, 10000), le=1e6,
        source="Daraya: nearly 5,000 people in two days, with 48 buses on the first (26-27 Aug 2016; AP)", ge=0.1,
    )  # fmt: skip
    """People whom buses bring out a day, in all deals together."""
    civilians_leaving: float = share(0.5, plausible=(0.3, 0.8), source="half were willing to leave (OCHA, 5 Oct 2016)")
    """Share of the households on a group's ground that want to leave with it: on average, and in proportion to their
    fear of reprisal."""
    broken_per_day: float = share(
        0.02, plausible=(0.0, 0.1), source="assumed; those of Homs (May 2014) and Daraya (Aug 2016) were kept"
    )
    """Chance a day that a deal is broken before all are gone; who is still there bargains again."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Keep, carry out or break the deals there are; let groups come to terms."""
        names, numbers = front.groups_of(model, GARRISON)
        bargains, breaks = rng.random((2, len(names), MOST_PARTS))
        layers = model.city.layers
        layers.under_deal[model.city.lost_ground] = 0
        broken = self._break(model, numbers, breaks)
        self._carry_out(model)
        if not model.running:
            return
        mediated = model.politics.agreement_day is not None
        if mediated or (self.hazard > 0.0 and model.share_held <= 1.0 - self.least_lost):
            bargainers = _bargainers(model, numbers)
            chance = np.ones_like(bargains) if mediated else self._chance(model, names, bargainers)
            agreeing = [mine for g, p, mine in bargainers if bargains[g, p] < chance[g, p]]
            agreeing = [mine for mine in agreeing if not broken.intersection(mine.tolist())]
            if agreeing:
                self._come_to_terms(model, agreeing, rng.random(len(model.households)))

    def _chance(self, model: SiegeState, names: list[str], bargainers: list[tuple[int, int, IntArray]]) -> FloatArray:
        """Return the chance of each group, in each part of the pocket, to come to terms today."""
        units, points = model.units, model.politics.condemnation + model.conditions.pressure
        offered = front.input_by_group(model, "exit_offered", names)
        terms = 1.0 - (1.0 - offered) ** (1.0 + self.condemnation_weight * points)
        rate = np.zeros((len(names), MOST_PARTS))
        for group, part, mine in bargainers:
            resolve = float(np.average(units.cohesion[mine], weights=np.maximum(units.fit[mine], 1)))
            rate[group, part] = self.hazard * terms[group] * (1.0 - resolve) ** self.steepness
        rate[:, 1:] *= self.cut_off_factor
        return probability(rate)

    def _come_to_terms(self, model: SiegeState, agreeing: list[IntArray], luck: FloatArray) -> None:
        """Put each of some groups under a cease-fire on its ground, and ask the people there who wants to leave."""
        units, layers, homes = model.units, model.city.layers, model.households
        for mine in agreeing:
            theirs = self._ground_of(model, mine)
            deal = int(max(units.deal.max(), layers.under_deal.max())) + 1
            units.deal[mine] = layers.under_deal[theirs] = deal
            units.changes += 1
            decided = homes.arrays["asked"]
            among = homes.inside & (homes.mouths > 0.0) & ~decided
            asked = among & (layers.under_deal[homes.cell_index] == deal)
            put_on_lists(model, asked, among, self.civilians_leaving, luck)
            decided |= asked
            leaving = float(homes.persons[_waiting(model, deal)].sum())
            self._note(model, mine, deal, theirs.size * model.city.cell_km2, leaving)

    def _ground_of(self, model: SiegeState, mine: IntArray) -> IntArray:
        """Return the garrison's cells in their part that are nearer to some units than to any other unit.

        All that is left of the part where nobody else is, or all others have come to terms.
        """
        city, units = model.city, model.units
        part = int(city.pockets[units.cell_index[mine[0]]])
        cells = np.flatnonzero((city.pockets == part) & city.fired_at)
        others = np.setdiff1d(units.rows_of(GARRISON), mine)
        if not ((city.pockets[units.cell_index[others]] == part) & (units.deal[others] == 0)).any():
            return cells
        near = ground.king_steps(cells, units.cell_index[mine], city.shape).min(axis=1)
        far = ground.king_steps(cells, units.cell_index[others], city.shape).min(axis=1)
        return cells[(near < far) & (near * city.map.cell_size_m <= self.ground_m)]

    def _note(self, model: SiegeState, mine: IntArray, deal: int, km2: float, leaving: float) -> None:
        units, unit = model.units, model.unit(int(mine[0]))
        men = int((units.fit + units.wounded)[mine].sum())
        mediated, cut_off = model.politics.agreement_day is not None, model.city.pockets[unit.cell_index] > 0
        state = "they were cut off" if cut_off else "little of their resolve was left"
        because = ("agreement",) if mediated else ("pocket_split", "quarter_lost", "ordered_withdrawal", "ground_lost")
        model.note(
            "group_deal",
            unit.quarter,
            f"{men} fighters of {_in_words(unit.faction)} agreed to leave {km2:.1f} km2 around {unit.quarter}, "
            f"and {leaving:.0f} people there want to go with them",
            "mediated, for all groups at once" if mediated else f"{state}, and a way out was offered",
            men,
            model.log.newest(*because),
            [("deal", deal)],
        )

    def _break(self, model: SiegeState, numbers: IntArray, luck: FloatArray) -> set[int]:
        """Let deals be broken: fire and assaults may go on; return the units that are bound by nothing again."""
        city, units, broken = model.city, model.units, set[int]()
        for deal in _deals_of_units(model):
            mine = np.flatnonzero(units.standing & (units.deal == deal))
            part = int(city.pockets[units.cell_index[mine[0]]].clip(0, MOST_PARTS - 1))
            if luck[numbers[mine[0]], part] >= self.broken_per_day:
                continue
            broken.update(mine.tolist())
            units.deal[mine] = 0
            units.changes += 1
            city.layers.under_deal[city.layers.under_deal == deal] = 0
            model.politics.agreement_day = None
            unit, men = model.unit(int(mine[0])), int(units.fit[mine].sum())
            model.note(
                "deal_broken",
                unit.quarter,
                f"the deal of {_in_words(unit.faction)} around {unit.quarter} was broken, with {men} still there",
                "one side did not keep to it",
                men,
                model.log.newest(("deal", deal)),
            )
        return broken

    def _carry_out(self, model: SiegeState) -> None:
        """Fill the day's buses, deal by deal: with people first, then with fighters; hand over ground that is left."""
        layers, seats = model.city.layers, self.persons_per_day
        running = layers.under_deal[(layers.under_deal > 0) & ~layers.array("left_by_deal")]
        for deal in sorted({*_deals_of_units(model), *running.tolist()}):
            seats, all_gone = bring_out(model, _waiting(model, deal), seats)
            for row in np.flatnonzero(model.units.standing & (model.units.deal == deal)).tolist():
                if all_gone and seats > 0:
                    seats -= model.unit(row).give_up("evacuated")
            if all_gone and not (model.units.standing & (model.units.deal == deal)).any():
                self._hand_over(model, deal)
            if seats <= 0 or not model.running:
                return

    def _hand_over(self, model: SiegeState, deal: int) -> None:
        """Leave a group's ground; end the siege where nobody else of the garrison is left."""
        city, layers = model.city, model.city.layers
        theirs = np.flatnonzero((layers.under_deal == deal) & city.pocket_ground)
        layers.array("left_by_deal")[theirs] = True
        layers.given_up[theirs] = True
        agreed = model.log.newest(("deal", deal))
        where = "" if agreed is None else model.log.events[agreed].where
        left = model.note(
            "group_left",
            where,
            f"the last who had come to terms around {where} left, and with them {theirs.size * city.cell_km2:.1f} km2",
            "a deal was kept",
            because=agreed,
            about=[("left", cell) for cell in theirs.tolist()],
        )
        if not model.units.of(GARRISON).any():
            model.hand_over_pocket("evacuated", "the last armed group had left by agreement", left)


def _bargainers(model: SiegeState, numbers: IntArray) -> list[tuple[int, int, IntArray]]:
    """Return group, part of the pocket, and units of all that are bound by no deal yet."""
    rows = model.units.rows_of(GARRISON)
    rows = rows[model.units.deal[rows] == 0]
    parts = model.city.pockets[model.units.cell_index[rows]].clip(0, MOST_PARTS - 1)
    pairs = sorted(set(zip(numbers[rows].tolist(), parts.tolist(), strict=True)))
    return [(group, part, rows[(numbers[rows] == group) & (parts == part)]) for group, part in pairs]


def _deals_of_units(model: SiegeState) -> list[int]:
    """Return the deals by which units that still stand are to leave."""
    deals = model.units.deal[model.units.standing]
    return sorted(set(deals[deals > 0].tolist()))


def _waiting(model: SiegeState, deal: int) -> IntArray:
    """Return the households on a deal's ground that want to leave and are still there."""
    homes = model.households
    here = model.city.layers.under_deal[homes.cell_index] == deal
    return np.flatnonzero(here & homes.inside & homes.wants_out & (homes.persons > 0))


def _in_words(name: str) -> str:
    return name.replace("_", " ")
