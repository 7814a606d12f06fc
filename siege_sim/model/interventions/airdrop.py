"""Aid from the air."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.kernels.hazard import binomial
from siege_sim.model.processes.base import Intervention
from siege_sim.schema.block import param, share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Airdrop(Intervention):
    """An aircraft drops pallets of food; some drift away or break, some of the rest is looted and sold on markets.

    The food that is found goes into the agencies' stores, as from a convoy. Dropping from a great height over a
    built-up city has not been done; the World Food Programme ruled it out for Aleppo (its page on Deir ez-Zor, 2016:
    a large and safe drop zone is needed). Nobody is hurt by a falling pallet here.
    """

    kind: Literal["airdrop"] = "airdrop"
    about: ClassVar[tuple[str, ...]] = ("kcal_eaten_per_person", "mean_body_mass_loss", "died_of_hunger")
    neutral: ClassVar[Mapping[str, Any]] = {"pallets": 0}
    each_day_alone: ClassVar[bool] = True

    pallets: int = param(
        26,
        unit="pallets",
        plausible=(15, 80),
        source="2,930 pallets in 113 flights to Deir ez-Zor from April 2016 on (WFP)",
        ge=0,
        le=10_000,
    )
    """Pallets in one drop."""
    kcal_per_pallet: float = param(
        2.6e6,
        unit="kcal",
        plausible=(2.0e6, 3.6e6),
        source="2,060 t on 2,930 pallets (WFP); about 3,700 kcal a kilogram of oil, rice, beans and sugar",
        ge=0.0,
        le=1e9,
    )
    """Food on one pallet."""
    missed: float = share(
        0.3,
        plausible=(0.05, 1.0),
        source="21 of 21 pallets on 24 Feb 2016; over open ground later drops were mostly found (WFP)",
    )
    """Chance that a pallet comes down out of reach or breaks."""
    looted: float = share(0.1, plausible=(0.0, 0.5))
    """Share of what is found that is looted."""

    def act(self, model: SiegeState, rng: Generator) -> None:
        """Drop, and gather what can be found."""
        found = int(binomial(rng.random(), self.pallets, 1.0 - self.missed))
        kcal = found * self.kcal_per_pallet
        if not model.unload(kcal, self.looted):
            found, kcal = 0, 0.0
        model.note("airdrop", "", f"{found} of {self.pallets} pallets dropped were found", "dropped from the air", kcal)
