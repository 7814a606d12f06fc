"""Looting: what hungry people and armed men take from the stores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.kernels import rows
from siege_sim.kernels.hazard import FloatArray
from siege_sim.model.agents.facility import Market, Warehouse
from siege_sim.model.ledger import OUT, Flow
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Looting(Process):
    """The more people of a pocket go hungry, the more is taken from its stores; what is not spoilt is sold.

    What was looted ends on the pocket's markets. Those who had it lose it, and those who can pay get it.
    """

    kind: Literal["looting"] = "looting"
    phase: ClassVar[Phase] = Phase.FOOD
    about: ClassVar[tuple[str, ...]] = ("food_stock_kcal", "kcal_eaten_per_person")
    neutral: ClassVar[Mapping[str, Any]] = {"per_day": 0.0}
    flows: ClassVar[Mapping[str, Mapping[str, Flow]]] = {"food": {"spoilt": Flow(OUT, "Spoilt")}}

    per_day: float = share(0.01, plausible=(0.0, 0.05))
    """Share of a store that is taken on a day on which everybody goes hungry."""
    hungry_below: float = param(0.5, unit="share of need", plausible=(0.3, 0.7), ge=0.0, le=1.0)
    """What a household must have eaten the day before not to count as hungry."""
    spoilt: float = share(0.2, plausible=(0.0, 0.5))
    """Share of what is taken that is lost."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Take from every store, and bring it to market."""
        if self.per_day == 0.0 or model.day < 2:
            return
        hungry = self._hungry_share(model)
        stores, markets_by_pocket = model.facilities_by_pocket(Warehouse), model.facilities_by_pocket(Market)
        for here, markets, share_hungry in zip(stores, markets_by_pocket, hungry.tolist(), strict=True):
            taken = sum(store.take_out(store.kcal * self.per_day * share_hungry) for store in here)
            lost = taken * (self.spoilt if markets else 1.0)
            for market in markets:
                market.kcal += (taken - lost) / len(markets)
            model.ledger.book("food", "spoilt", lost)

    def _hungry_share(self, model: SiegeState) -> FloatArray:
        """Return the share of each pocket's households that went hungry yesterday."""
        homes, city = model.households, model.city
        limit = self.hungry_below * model.conditions.need_kcal
        return rows.share_below(
            homes.eaten_kcal, limit, homes.mouths, homes.cell_index, city.pockets, city.pocket_count
        )
