"""Supply of the fighters: open roads bring ammunition and food in; days without them use it up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.model.agents.facility import Road, Warehouse
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param
from siege_sim.schema.dated import DatedNumber, dated
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Supply(Process):
    """A pocket is supplied when it holds the cell of an open road; fire on the road takes its share.

    Also brings wounded fighters back to duty, at a pace that hospitals set.
    """

    kind: Literal["supply"] = "supply"
    phase: ClassVar[Phase] = Phase.SUPPLY
    about: ClassVar[tuple[str, ...]] = ("garrison_area_share", "days_to_half", "bakeries_working")
    off_means: ClassVar[str] = "ammunition is neither used nor brought in, and wounded fighters never come back to duty"
    inputs: ClassVar[tuple[str, ...]] = ("kcal_in_per_day",)
    neutral: ClassVar[Mapping[str, Any]] = {
        "ammunition_used_per_day": 0.0, "ammunition_in_per_day": 0.0, "kcal_in_per_day": 0.0,
        "fuel_days_in_per_day": 0.0, "wounded_back_per_day": 0.0,
    }  # fmt: skip

    ammunition_used_per_day: float = param(0.002, unit="share/day", plausible=(0.0005, 0.006), ge=0.0, le=1.0)
    """What a quiet day on the line uses of a unit's full load."""
    ammunition_in_per_day: DatedNumber = dated(0.05, unit="share/day", plausible=(0.01, 0.2), ge=0.0, le=1.0)
    """Share of what is missing that an open road brings back a day."""
    kcal_in_per_day: DatedNumber = dated(
        400e6,
        unit="kcal/day",
        plausible=(100e6, 800e6),
        source="some goods entered 6 Aug - 4 Sep 2016",
        ge=0.0,
        le=100000000000.0,
    )
    """Food that an open road without fire on it brings in."""
    fuel_days_in_per_day: float = param(3.0, unit="days/day", plausible=(1, 10), ge=0.0, le=100.0)
    """For how many days' baking an open road brings fuel in a day."""
    wounded_back_per_day: float = param(0.02, unit="1/day", plausible=(0.01, 0.04), ge=0.0, le=1.0)
    """Share of the wounded fighters fit again each day while hospitals work; half without."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Use up, bring in, heal."""
        city, units = model.city, model.units
        luck = rng.random(len(units))
        defenders = units.rows_of(GARRISON)
        units.ammunition[defenders] = np.maximum(units.ammunition[defenders] - self.ammunition_used_per_day, 0.0)
        for road in model.facilities_in_pocket(Road):
            if road.open_share == 0.0:
                continue
            pocket = city.pockets[road.cell_index]
            passing = road.open_share * (1.0 - float(city.layers.danger[road.cell_index]))
            supplied = defenders[city.pockets[units.cell_index[defenders]] == pocket]
            brought = model.now(self.ammunition_in_per_day) * passing
            units.ammunition[supplied] += brought * (1.0 - units.ammunition[supplied])
            self._bring_food(model, int(pocket), model.now(self.kcal_in_per_day) * passing)
            fuel_days = self.fuel_days_in_per_day * passing
            model.politics.days_cut_off = max(0.0, model.politics.days_cut_off - fuel_days)
        care = 1.0 if model.hospitals_working > 0 else 0.5
        pace = np.where(units.side == GARRISON, self.wounded_back_per_day * care, self.wounded_back_per_day)
        back = np.minimum(np.floor(units.wounded * pace + luck).astype(np.int64), units.wounded) * units.standing
        units.wounded -= back
        units.fit += back

    def _bring_food(self, model: SiegeState, pocket: int, kcal: float) -> None:
        stores = [store for store in model.facilities_by_pocket(Warehouse)[pocket] if store.working]
        for store in stores:
            store.kcal += kcal / len(stores)
        if stores:
            model.ledger.book("food", "brought_in", kcal)
