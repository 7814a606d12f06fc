"""Markets: traders sell what they have at the price that scarcity makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.agents.facility import Market
from siege_sim.blocks import param, share
from siege_sim.kernels.allocation import proportional
from siege_sim.kernels.hazard import BoolArray, FloatArray
from siege_sim.processes.base import Phase, Process

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model import SiegeModel


class MarketTrade(Process):
    """Households that fear to run short buy; the poorer they are, the less of what they want they can pay.

    The price index is 1 before the siege and rises as the days' worth of traders' stock falls (scarcity to the
    power ``price_elasticity``).
    """

    kind: Literal["market"] = "market"
    phase: ClassVar[Phase] = Phase.FOOD
    neutral: ClassVar[Mapping[str, Any]] = {"sold_per_day": 0.0}

    sold_per_day: float = share(0.02, plausible=(0.01, 0.05))
    """Share of their stock that traders bring to market each day."""
    normal_days: float = param(60.0, unit="days", plausible=(30, 120), gt=0.0, le=3650.0)
    """Days of the people's whole need that traders hold in normal times."""
    price_elasticity: float = param(
        0.6, unit="exponent", plausible=(0.3, 1.0),
        source="staples x3 in July 2016, x5-x9 by late November (Reuters)", ge=0.0, le=3.0,
    )  # fmt: skip
    """How steeply the price rises with scarcity."""
    wanted_days: float = param(14.0, unit="days", plausible=(7, 30), ge=0.0, le=365.0)
    """Days of food at home below which a household wants to buy."""

    def step(self, model: SiegeModel, rng: Generator) -> None:
        """Sell, pocket by pocket."""
        city, homes = model.city, model.households
        markets = [market for market in model.facilities_of(Market) if market.in_pocket and market.kcal > 0.0]
        if not markets or self.sold_per_day == 0.0:
            return
        for pocket in range(city.pocket_count):
            sellers = [market for market in markets if city.pockets[market.cell_index] == pocket]
            stock = sum(market.kcal for market in sellers)
            ground = city.pockets == pocket
            daily_need = float(city.layers.civilians[ground].sum()) * model.conditions.need_kcal
            if stock < 1.0 or daily_need <= 0.0:
                continue
            price = max(1.0, self.normal_days * daily_need / stock) ** self.price_elasticity
            wanted = self._wanted(model, ground if city.pocket_count > 1 else None, price)
            sold = min(stock * self.sold_per_day, float(wanted.sum()))
            for market in sellers:
                market.kcal -= sold * (market.kcal / stock)
            homes.food_kcal += proportional(sold, wanted)

    def _wanted(self, model: SiegeModel, ground: BoolArray | None, price: float) -> FloatArray:
        """Return what each household can pay of a day's need, if its store is short; on ``ground`` only, if given."""
        homes = model.households
        wanted = np.empty(len(homes))
        for rows in homes.blocks:
            need = homes.mouths[rows] * model.conditions.need_kcal
            asked = np.minimum(homes.buying_power[rows] * (1.0 / price), 1.0)
            asked *= homes.food_kcal[rows] < self.wanted_days * need
            np.multiply(asked, need, out=wanted[rows])
        if ground is not None:
            wanted *= ground[homes.cell_index]
        return wanted
