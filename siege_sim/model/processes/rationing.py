"""Bread and rations: what councils and aid agencies hand out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from siege_sim.errors import did_you_mean
from siege_sim.kernels import rows
from siege_sim.kernels.hazard import FloatArray
from siege_sim.model import chronicle
from siege_sim.model.agents.facility import Bakery, Warehouse
from siege_sim.model.conditions import RationPolicyName
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import Problem, param
from siege_sim.schema.dated import DatedNumber, DatedNumbers, dated
from siege_sim.schema.series import Series
from siege_sim.schema.sides import GARRISON, Name

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.setting import Setting
    from siege_sim.model.state import SiegeState

Ration = Annotated[float | Series[float], DatedNumbers(ge=0.0, le=10_000.0)]
"""A ration a day, or rations by date."""


class Rationing(Process):
    """Each pocket bakes its flour and hands out its aid to its own people, day by day, until it is gone.

    Bread is limited by flour, by working bakeries and by fuel; fighters eat from both.
    """

    kind: Literal["rationing"] = "rationing"
    phase: ClassVar[Phase] = Phase.FOOD
    about: ClassVar[tuple[str, ...]] = ("kcal_eaten_per_person", "mean_body_mass_loss", "food_stock_kcal")
    off_means: ClassVar[str] = "no bread is baked, no aid is handed out, and fighters do not eat"
    inputs: ClassVar[tuple[str, ...]] = (
        "bread_kcal",
        "by_category",
        "by_category_in",
        "kcal_per_gram",
        "aid_kcal",
        "fuel_days",
        "policy",
    )
    neutral: ClassVar[Mapping[str, Any]] = {
        "bread_kcal": 0.0, "aid_kcal": 0.0, "fighters_share_of_need": 0.0, "fuel_days": 3650.0,
    }  # fmt: skip

    bread_kcal: DatedNumber = dated(
        650.0,
        unit="kcal/person/day",
        plausible=(300, 900),
        source="council bakeries served 30-33,000 families in August 2016 (People in Need); meals reduced",
        ge=0.0,
        le=5000.0,
    )
    """Bread a person and day as long as flour, bakeries and fuel allow; a number, or numbers by date."""
    by_category: dict[Name, Ration] = Field(default_factory=dict)
    """Bread a day by category of people (`population.categories`), in place of `bread_kcal`: numbers, or numbers by
    date, in the unit of `by_category_in`. All categories get the same part of it when there is too little."""
    by_category_in: Literal["kcal", "grams"] = "kcal"
    """Unit of `by_category`: kcal, or grams of bread."""
    kcal_per_gram: float = param(
        2.2,
        unit="kcal/g",
        plausible=(1.5, 2.7),
        source="2.4-2.7 for wheat bread; less with fillers and more water",
        ge=0.0,
        le=9.0,
    )
    """Energy of a gram of bread, where `by_category` is in grams; bread with fillers has less."""
    aid_kcal: DatedNumber = dated(
        275.0,
        unit="kcal/person/day",
        plausible=(200, 450),
        source="UN food for 145,000 people for a month in July lasted until 13 Nov: 13-21 % of need",
        ge=0.0,
        le=5000.0,
    )
    """Agencies' rations a person and day while they last; a number, or numbers by date."""
    fuel_days: float = param(
        120.0,
        unit="days",
        plausible=(60, 200),
        source="diesel for under 10 days on 24 Nov 2016 (White Helmets); fuel kept for bakeries since July",
        le=3650.0,
        ge=0.1,
    )
    """Days until fuel for the bakeries would run out without supply; their output falls evenly over that time."""
    fighters_share_of_need: DatedNumber = dated(1.0, unit="share", plausible=(0.7, 1.2), ge=0.0, le=3.0)
    """What a fighter takes from the stores of council and agencies, as a share of the day's need; a number, or numbers
    by date."""
    policy: RationPolicyName = "fighters_first"
    """Who gets how much: equal a head, equal a family, or fighters before the rest."""

    def problems_in(self, setting: Setting) -> Iterator[Problem]:
        """Yield categories that have no ration, and rations for categories that there are not."""
        people = setting.population.categories
        for name in self.by_category:
            if name not in people:
                words = f"population.categories has no category '{name}'{did_you_mean(name, people)}"
                yield ("by_category", name), words
        for name in people if self.by_category else ():
            if name not in self.by_category:
                yield ("by_category",), f"the category '{name}' of population.categories has no ration; add it"

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Hand out today's food, pocket by pocket."""
        city, units, homes = model.city, model.units, model.households
        model.politics.days_cut_off += 1.0
        fuel = model.conditions.baking_fuel = max(0.0, 1.0 - model.politics.days_cut_off / self.fuel_days)
        defenders = units.rows_of(GARRISON)
        pocket_of = city.pockets[units.cell_index[defenders]]
        men = (units.fit + units.wounded)[defenders]
        handed_out = np.zeros(city.pocket_count)
        stores, bakeries = model.facilities_by_pocket(Warehouse), model.facilities_by_pocket(Bakery)
        people_by_pocket = model.people_by_pocket
        norms = self._norms(model)
        wanted = self._bread_wanted(model, norms, people_by_pocket)
        bread_met = np.zeros(city.pocket_count)
        for pocket, people in enumerate(people_by_pocket.tolist()):
            fighters = float(men[pocket_of == pocket].sum())
            # Noted before the meal: those among them that are empty afterwards ran out today.
            with_food = [store for store in stores[pocket] if store.kcal > 0.0]
            ovens = sum(bakery.kcal_per_day for bakery in bakeries[pocket] if bakery.working) * fuel
            bread, rations, fed = self._serve(model, stores[pocket], people, fighters, ovens, wanted[pocket])
            handed_out[pocket] = bread + rations
            bread_met[pocket] = bread / wanted[pocket] if wanted[pocket] > 0.0 else 0.0
            chronicle.stores_emptied(model, with_food, pocket, people)
            units.fed[defenders[pocket_of == pocket]] = fed
        city.layers.ration_kcal[:] = self._a_head(model, handed_out, people_by_pocket)
        if self._policy(model) == "per_family":
            self._hand_out_a_family(model, handed_out)
        elif self.by_category:
            self._hand_out_by_category(model, norms, bread_met, handed_out - bread_met * wanted)
        elif handed_out.any():
            rows.hand_out(homes.food_kcal, homes.mouths, homes.cell_index, city.layers.ration_kcal)

    def _serve(
        self,
        model: SiegeState,
        stores: list[Warehouse],
        people: float,
        fighters: float,
        ovens: float,
        bread_wanted: float,
    ) -> tuple[float, float, float]:
        """Feed one pocket; return its people's bread and rations (kcal), and the share of their need fighters got."""
        flour = [store for store in stores if store.owner == "council"]
        aid = [store for store in stores if store.owner == "aid_agency"]
        need = fighters * model.now(self.fighters_share_of_need) * model.conditions.need_kcal
        aid_kcal = model.now(self.aid_kcal) * model.conditions.aid_factor
        # Under every policy fighters draw before civilians, and straight from the store, so no oven limits them; the
        # other policies cap them at a civilian's ration.
        if self._policy(model) == "fighters_first":
            eaten = _draw(flour + aid, need)
        else:
            bread_kcal = bread_wanted / people if self.by_category and people else self._bread_kcal(model)
            fair = (bread_kcal + aid_kcal) * fighters
            eaten = _draw(flour + aid, min(need, fair))
        model.ledger.book("food", "eaten_by_fighters", eaten)
        bread = _draw(flour, min(bread_wanted, ovens))
        rations = _draw(aid, aid_kcal * people)
        return bread, rations, eaten / need if need > 0.0 else 1.0

    def _bread_kcal(self, model: SiegeState) -> float:
        """Return the bread a head that today's rule sets for everybody."""
        return model.now(self.bread_kcal) * model.conditions.bread_factor

    def _norms(self, model: SiegeState) -> FloatArray:
        """Return the bread a head that the rule of today sets for each household; empty when all are alike."""
        if not self.by_category:
            return np.empty(0)
        unit = (self.kcal_per_gram if self.by_category_in == "grams" else 1.0) * model.conditions.bread_factor
        by_category = [model.now(self.by_category[name]) * unit for name in model.setting.population.categories]
        return np.asarray(by_category @ model.households.composition, dtype=np.float64)

    def _bread_wanted(self, model: SiegeState, norms: FloatArray, people: FloatArray) -> list[float]:
        """Return the bread that today's rule sets for the people of each pocket."""
        if not self.by_category:
            bread_kcal = self._bread_kcal(model)
            return [bread_kcal * there for there in people.tolist()]
        homes, city = model.households, model.city
        pockets = city.pockets[homes.cell_index] + 1
        wanted = np.bincount(pockets, weights=homes.mouths * norms, minlength=city.pocket_count + 1)
        return [float(kcal) for kcal in wanted[1:]]

    def _hand_out_by_category(
        self, model: SiegeState, norms: FloatArray, bread_met: FloatArray, rations: FloatArray
    ) -> None:
        """Hand out to each household its members' bread, as far as there is any, and its share of the rations."""
        homes, people = model.households, model.people_by_pocket
        pocket = model.city.pockets[homes.cell_index]
        a_head = np.divide(rations, people, out=np.zeros(people.size), where=people > 0.0)
        homes.food_kcal += homes.mouths * (norms * np.append(bread_met, 0.0)[pocket] + np.append(a_head, 0.0)[pocket])

    def _policy(self, model: SiegeState) -> RationPolicyName:
        return model.conditions.ration_policy or self.policy

    def _a_head(self, model: SiegeState, kcal_by_pocket: FloatArray, people: FloatArray) -> FloatArray:
        """Return the ration a head in every cell."""
        a_head = np.zeros(people.size + 1)
        np.divide(kcal_by_pocket, people, out=a_head[:-1], where=people > 0.0)
        return a_head[model.city.pockets]  # cells outside every pocket have number -1: the last, 0

    def _hand_out_a_family(self, model: SiegeState, kcal_by_pocket: FloatArray) -> None:
        homes = model.households
        pocket = model.city.pockets[homes.cell_index]
        here = np.flatnonzero((homes.mouths > 0.0) & (pocket >= 0))
        pocket = pocket[here]
        families = np.bincount(pocket, minlength=kcal_by_pocket.size)
        homes.food_kcal[here] += (kcal_by_pocket / np.maximum(families, 1))[pocket]


def _draw(stocks: list[Warehouse], kcal: float) -> float:
    """Take up to ``kcal`` out of several stocks, from each in proportion to what it has."""
    total = sum(stock.kcal for stock in stocks)
    if total <= 0.0 or kcal <= 0.0:
        return 0.0
    part = 1.0 if kcal >= total else kcal / total
    return sum(stock.take_out(stock.kcal * part) for stock in stocks)
