"""Snipers: people are shot in the open close to the besieger's line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels import ground
from siege_sim.kernels.hazard import FloatArray, IntArray, binomial, probability, unfold
from siege_sim.kernels.rows import below
from siege_sim.model.ledger import Flow, killed
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share
from siege_sim.schema.dated import DatedNumber, dated
from siege_sim.schema.sides import BESIEGER

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Snipers(Process):
    """Civilians within rifle range of the besieger's line are shot, by chance, while they are outdoors.

    The nearer a cell is to ground that the besieger mans, the larger the part of it that lies in range. How many shots
    are fired is an input: armies have stopped it by order and by agreement. Who is hit is chance.
    """

    kind: Literal["snipers"] = "snipers"
    phase: ClassVar[Phase] = Phase.FIRES
    about: ClassVar[tuple[str, ...]] = ("killed_by_snipers", "civilians_wounded")
    off_means: ClassVar[str] = "nobody is shot by snipers"
    inputs: ClassVar[tuple[str, ...]] = ("intensity",)
    neutral: ClassVar[Mapping[str, Any]] = {"intensity": 0.0}
    flows: ClassVar[Mapping[str, Mapping[str, Flow]]] = {
        "civilians": {"killed_by_snipers": killed("Killed by snipers")}
    }

    intensity: DatedNumber = dated(
        1.0, unit="factor", plausible=(0.0, 2.0), source="1 as in Sarajevo, Sep 1992 - Aug 1994", ge=0.0, le=100.0
    )
    """Shots relative to `hits_per_person_day`; a number, or numbers by date."""
    hits_per_person_day: float = param(
        2.8e-4,
        unit="1/day",
        plausible=(1.5e-4, 5e-4),
        source="253 civilians killed and 1,295 wounded by snipers in Sarajevo, 10 Sep 1992 - 10 Aug 1994 (tribunal)",
        ge=0.0,
        le=1.0,
    )
    """Hazard of being hit of somebody who spends the whole day outdoors in range."""
    p_killed: float = share(0.163, plausible=(0.12, 0.3), source="253 killed of 1,548 hit (the same)")
    """Share of those who are hit that die at once; the others are wounded."""
    range_m: float = param(
        500.0,
        unit="m",
        plausible=(300, 800),
        ge=0.0,
        le=3000.0,
        source="rifles with a telescopic sight reach some 800 m; streets are shorter",
    )
    """How far behind the line people are within range."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Shoot."""
        intensity = model.now(self.intensity) * model.conditions.fire_tempo
        outdoors = model.conditions.outdoors
        if intensity <= 0.0 or outdoors <= 0.0:
            return
        homes = model.households
        luck = rng.random(len(homes))
        hazard = self.hits_per_person_day * intensity * outdoors * self._in_range(model)
        # A household is asked once: the chance that any of its members is hit cannot exceed that of its largest.
        most = float(homes.persons.max(initial=0))
        rows = below(luck, homes.mouths, homes.cell_index, probability(hazard * most))
        if rows.size == 0:
            return
        hit = binomial(1.0 - luck[rows], homes.persons[rows], probability(hazard)[homes.cell_index[rows]])
        rows, hit = rows[hit > 0], hit[hit > 0]
        fates, who = unfold(luck[rows], 2)
        dead = binomial(fates, hit, self.p_killed)
        homes.kill(rows, dead, "killed_by_snipers", who)
        homes.wound(rows, np.minimum(hit - dead, homes.persons[rows]))

    def _in_range(self, model: SiegeState) -> FloatArray:
        """Return the part of each of the garrison's cells that lies in range of the besieger's ground."""
        city = model.city
        steps = city.until_ground_changes("steps to the besieger over water", lambda: self._steps_over_water(model))
        within = (self.range_m / city.map.cell_size_m - (steps - 1.0)).clip(0.0, 1.0)
        return np.where(city.pocket_ground, within, 0.0)

    def _steps_over_water(self, model: SiegeState) -> IntArray:
        city = model.city
        return ground.steps_from(city.held_by(BESIEGER), np.ones(city.n_cells, dtype=np.bool_), city.shape)
