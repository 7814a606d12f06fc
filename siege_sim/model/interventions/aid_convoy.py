"""Aid by road."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.model.processes.base import Intervention
from siege_sim.schema.block import param, share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class AidConvoy(Intervention):
    """Trucks bring food into the agencies' stores (the council's, if none is left); looted food is sold on markets."""

    kind: Literal["aid_convoy"] = "aid_convoy"
    about: ClassVar[tuple[str, ...]] = ("kcal_eaten_per_person", "mean_body_mass_loss", "died_of_hunger")
    neutral: ClassVar[Mapping[str, Any]] = {"trucks": 0}
    each_day_alone: ClassVar[bool] = True

    trucks: int = param(
        40,
        unit="trucks",
        plausible=(20, 80),
        ge=0,
        le=2000,
        source="convoys of some 30 to 60 lorries to besieged Syrian towns in 2016 (UN)",
    )
    """Trucks in a convoy."""
    kcal_per_truck: float = param(
        50e6, unit="kcal", plausible=(30e6, 70e6), source="about 15 t of mixed rations", ge=0.0, le=1e9
    )
    """Food on one truck."""
    looted: float = share(0.1, plausible=(0.0, 0.3))
    """Share that is looted on the way."""

    def act(self, model: SiegeState, rng: Generator) -> None:
        """Arrive and unload, unless nothing is left to unload into."""
        kcal = self.trucks * self.kcal_per_truck
        if model.unload(kcal, self.looted):
            model.note("aid_convoy", "", f"{self.trucks} trucks brought food", "agreed with the parties", kcal)
        else:
            lost = model.log.newest("warehouse_fell", "warehouse_lost", "warehouse_destroyed")
            what = "no store was left to take the convoy's food"
            model.note("convoy_turned_back", "", what, "stores lost", because=lost)
