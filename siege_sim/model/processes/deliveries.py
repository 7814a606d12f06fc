"""Deliveries: food that routes bring in from outside, by date, as long as they are open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from siege_sim.errors import did_you_mean
from siege_sim.model import chronicle
from siege_sim.model.agents.facility import FoodStock, Market, Warehouse
from siege_sim.model.ledger import IN, NOTE, Flow
from siege_sim.model.outcome import Outcome
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import Block, Problem, param, share
from siege_sim.schema.dated import DatedNumber, dated, dated_share
from siege_sim.schema.sides import Name

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.outcome import Sums
    from siege_sim.model.setting import Setting
    from siege_sim.model.state import SiegeState


class Route(Block):
    """A way by which food comes in: a road, a tunnel, an air lift, ice or boats. Who or what closes it is an input."""

    by: Literal["road", "tunnel", "air", "ice", "boat"] = "road"
    """What kind of way it is, for the log."""
    tonnes_per_day: DatedNumber | None = dated(None, unit="t/day", ge=0.0, le=100_000.0)
    """Food sent a day, by weight; a number, or numbers by date."""
    kcal_per_day: DatedNumber | None = dated(None, unit="kcal/day", ge=0.0, le=1e12)
    """Food sent a day in kcal, in place of its weight; a number, or numbers by date."""
    kcal_per_tonne: float = param(
        3.4e6, unit="kcal/t", plausible=(2.5e6, 4e6), source="wheat flour 340-364 kcal in 100 g", ge=0.0, le=1e7
    )
    """Energy of a tonne of what is sent; about 3.4 million kcal for flour."""
    capacity_tonnes_per_day: DatedNumber | None = dated(None, unit="t/day", ge=0.0, le=100_000.0)
    """The most that the route carries a day when it is fully open; no limit without it."""
    open: DatedNumber = dated_share(1.0)
    """How open it is, from 0 (closed by ice, fire or order) to 1; a number, or numbers by date."""
    lost_share: DatedNumber = dated_share(0.0)
    """Share of what is sent that is lost on the way."""
    looted: float = share(0.0, plausible=(0.0, 0.3))
    """Share of what arrives that is looted and ends on the markets."""
    into: Literal["council", "aid_agency", "merchant"] = "council"
    """Into whose stores it comes; those of a merchant are the markets."""
    at: str | None = None
    """The quarter that it enters; it delivers only while the garrison holds ground there."""

    def problems(self) -> Iterator[Problem]:
        """Yield a route of which nobody says how much it brings, or two things."""
        if (self.tonnes_per_day is None) == (self.kcal_per_day is None):
            yield ("tonnes_per_day",), "give 'tonnes_per_day' or 'kcal_per_day', and not both"

    def sent_kcal(self, model: SiegeState) -> float:
        """Return what is sent today, within what the route carries."""
        a_tonne = self.kcal_per_tonne
        sent = model.now(self.kcal_per_day or 0.0) + model.now(self.tonnes_per_day or 0.0) * a_tonne
        if self.capacity_tonnes_per_day is not None:
            sent = min(sent, model.now(self.capacity_tonnes_per_day) * a_tonne)
        return sent * model.now(self.open)


def _delivered(model: SiegeState, sums: Sums) -> float:
    return model.ledger.total("food", "delivered")


class Deliveries(Process):
    """Routes bring food into the stores of council, agencies or traders, in the measure in which they are open.

    How much is sent and how open a route is are inputs by date. A route that enters a quarter delivers only while the
    garrison holds ground there, and into the stores of that pocket; without a working store nothing comes in.
    """

    kind: Literal["deliveries"] = "deliveries"
    phase: ClassVar[Phase] = Phase.SUPPLY
    about: ClassVar[tuple[str, ...]] = ("food_stock_kcal", "kcal_eaten_per_person", "mean_body_mass_loss")
    inputs: ClassVar[tuple[str, ...]] = ("routes",)
    neutral: ClassVar[Mapping[str, Any]] = {"routes": {}}
    flows: ClassVar[Mapping[str, Mapping[str, Flow]]] = {
        "food": {"delivered": Flow(IN, "Delivered by routes"), "lost_on_the_way": Flow(NOTE, "Lost on the way in")}
    }
    outcomes: ClassVar[tuple[Outcome, ...]] = (
        Outcome("delivered_kcal", "kcal", "Food delivered by routes", _delivered),
    )

    routes: dict[Name, Route] = Field(default_factory=dict)
    """The routes, by name."""

    def problems_in(self, setting: Setting) -> Iterator[Problem]:
        """Yield quarters that the map does not have, or that the garrison does not hold on day 0."""
        known = [quarter.name for quarter in setting.city_map.quarters if quarter.holder == "garrison"]
        for name, route in self.routes.items():
            if route.at is not None and route.at not in known:
                words = f"the garrison holds no quarter '{route.at}' on day 0{did_you_mean(route.at, known)}"
                yield ("routes", name, "at"), words

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Bring in today's food, route by route."""
        for name, route in self.routes.items():
            pocket = self._pocket(model, route)
            sent = route.sent_kcal(model)
            stores = self._stores(model, route, pocket)
            if sent > 0.0 and stores:
                self._unload(model, route, stores, sent)
            chronicle.route_runs(model, name, route.by, route.at or "", self._closed_by(pocket, sent, stores))

    def _pocket(self, model: SiegeState, route: Route) -> int | None:
        """Return the pocket that a route leads into, -1 for all of them, None once its end is lost."""
        if route.at is None:
            return -1
        city = model.city
        quarter = [q.name for q in city.map.quarters].index(route.at)
        pockets = city.pockets[(city.layers.quarter == quarter) & city.pocket_ground]
        return int(np.bincount(pockets).argmax()) if pockets.size else None

    def _stores(self, model: SiegeState, route: Route, pocket: int | None) -> list[FoodStock]:
        """Return the places into which a route's food can come: those of its owner, or else any store."""
        if pocket is None:
            return []
        kind = Market if route.into == "merchant" else Warehouse
        here = model.facilities_in_pocket(kind) if pocket < 0 else model.facilities_by_pocket(kind)[pocket]
        working: list[FoodStock] = [store for store in here if store.working]
        return [store for store in working if store.owner == route.into] or working

    def _unload(self, model: SiegeState, route: Route, stores: list[FoodStock], sent: float) -> None:
        lost = sent * model.now(route.lost_share)
        arrived = sent - lost
        markets = [market for market in model.facilities_in_pocket(Market) if market.working]
        looted = arrived * route.looted if markets else 0.0
        for store in stores:
            store.kcal += (arrived - looted) / len(stores)
        for market in markets:
            market.kcal += looted / len(markets)
        model.ledger.book("food", "delivered", arrived)
        model.ledger.book("food", "lost_on_the_way", lost)

    def _closed_by(self, pocket: int | None, sent: float, stores: list[FoodStock]) -> str:
        """Return why nothing comes in today; empty when something does."""
        if pocket is None:
            return chronicle.END_LOST
        if sent == 0.0:
            return "nothing is sent, or nothing passes"
        return "" if stores else "no store was left to take its food"
