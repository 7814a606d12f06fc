"""Base mortality: deaths that would have come without a siege as well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels.hazard import binomial, unfold
from siege_sim.model.ledger import OUT, Flow
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.dated import DatedNumber, dated

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class BaseMortality(Process):
    """People in the pocket die of age and illness at the rate of ordinary times.

    Such deaths are not excess deaths: registries count them, and what the siege brought about comes on top.
    """

    kind: Literal["base_mortality"] = "base_mortality"
    phase: ClassVar[Phase] = Phase.HEALTH
    about: ClassVar[tuple[str, ...]] = ("died_as_usual",)
    off_means: ClassVar[str] = "nobody dies but by the siege"
    inputs: ClassVar[tuple[str, ...]] = ("per_10000_a_day",)
    neutral: ClassVar[Mapping[str, Any]] = {"per_10000_a_day": 0.0}
    flows: ClassVar[Mapping[str, Mapping[str, Flow]]] = {
        "civilians": {"died_as_usual": Flow(OUT, "Died as in ordinary times", death=True, excess=False)}
    }

    per_10000_a_day: DatedNumber = dated(
        0.3,
        unit="deaths/10,000/day",
        plausible=(0.15, 0.7),
        source="crude death rates from 5 (young, 2010s) to 16 a thousand and year (Leningrad 1940: 0.43 a day)",
        ge=0.0,
        le=100.0,
    )
    """Deaths a day of 10,000 people; a number, or numbers by date."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Let some die."""
        homes, chance = model.households, model.now(self.per_10000_a_day) / 10_000.0
        luck = rng.random(len(homes))
        # Nobody dies where luck is below 1 - persons x chance, since (1 - p)**n is never smaller.
        asked = np.flatnonzero(luck >= 1.0 - homes.mouths * chance)
        deaths = binomial(luck[asked], homes.persons[asked], chance)
        homes.kill(asked, deaths, "died_as_usual", unfold(luck[asked], 1)[0])
