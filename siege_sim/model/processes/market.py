"""Markets: traders sell what they have at the price that scarcity makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels import rows
from siege_sim.kernels.allocation import share_met
from siege_sim.kernels.hazard import FloatArray
from siege_sim.model.agents.facility import Market
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class MarketTrade(Process):
    """Households that fear to run short buy; the poorer they are, the less of what they want they can pay.

    The price index is 1 before the siege and rises as the days' worth of traders' stock falls (scarcity to the
    power ``price_elasticity``).
    """

    kind: Literal["market"] = "market"
    phase: ClassVar[Phase] = Phase.FOOD
    about: ClassVar[tuple[str, ...]] = ("kcal_eaten_per_person", "mean_body_mass_loss")
    neutral: ClassVar[Mapping[str, Any]] = {"sold_per_day": 0.0}

    sold_per_day: float = share(0.02, plausible=(0.01, 0.05))
    """Share of their stock that traders bring to market each day."""
    held_back: float = share(0.3, plausible=(0.0, 0.6))
    """Share of what they would sell that traders hoard when prices are very high; less at lower prices."""
    normal_days: float = param(60.0, unit="days", plausible=(30, 120), le=3650.0, ge=0.1)
    """Days of the people's whole need that traders hold in normal times."""
    price_elasticity: float = param(
        0.6, unit="exponent", plausible=(0.3, 1.0),
        source="staples x3 in July 2016, x5-x9 by late November (Reuters)", ge=0.0, le=3.0,
    )  # fmt: skip
    """How steeply the price rises with scarcity."""
    wanted_days: float = param(14.0, unit="days", plausible=(7, 30), ge=0.0, le=365.0)
    """Days of food at home below which a household wants to buy."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Set each pocket's price, take bids, sell."""
        city, homes = model.city, model.households
        markets = [[market for market in here if market.kcal > 0.0] for here in model.facilities_by_pocket(Market)]
        if not any(markets) or self.sold_per_day == 0.0:
            return
        stock = np.array([sum([market.kcal for market in here]) for here in markets], dtype=np.float64)
        prices = self._prices(model, stock)
        bids, bids_by_pocket = np.empty(len(homes)), np.zeros(city.pocket_count)
        rows.bid(
            bids,
            bids_by_pocket,
            homes.food_kcal,
            homes.mouths,
            homes.buying_power,
            homes.cell_index,
            city.pockets,
            1.0 / prices,
            model.conditions.need_kcal,
            self.wanted_days,
        )
        offered = stock * self.sold_per_day * (1.0 - self.held_back * (1.0 - 1.0 / prices))
        met = share_met(offered, bids_by_pocket)
        rows.buy(homes.food_kcal, bids, homes.cell_index, city.pockets, met)
        for here, there_was, asked, share_sold in zip(
            markets, stock.tolist(), bids_by_pocket.tolist(), met.tolist(), strict=True
        ):
            for market in here:
                market.kcal -= market.kcal / there_was * asked * share_sold

    def _prices(self, model: SiegeState, stock: FloatArray) -> FloatArray:
        """Return each pocket's price index; infinite where hardly anything is left."""
        need = model.people_by_pocket * model.conditions.need_kcal
        scarcity = np.divide(self.normal_days * need, stock, out=np.full(stock.size, np.inf), where=stock >= 1.0)
        return np.maximum(scarcity, 1.0) ** self.price_elasticity
