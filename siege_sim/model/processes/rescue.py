"""Rescue: crews dig out the people under the rubble."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.kernels.hazard import binomial
from siege_sim.model.agents.facility import RescueTeam
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Rescue(Process):
    """Of those buried today, crews save a share that falls with the work each crew has.

    With no crews, neighbours dig with their hands (``saved_by_neighbours``). The rescued are wounded; those who
    are not reached die under the rubble (see `strike_effects`).
    """

    kind: Literal["rescue"] = "rescue"
    phase: ClassVar[Phase] = Phase.HEALTH
    about: ClassVar[tuple[str, ...]] = ("killed_by_air",)
    off_means: ClassVar[str] = "nobody is rescued: all who are buried die"
    neutral: ClassVar[Mapping[str, Any]] = {"saved_by_crews": 0.0, "saved_by_neighbours": 0.0}

    saved_by_crews: float = share(
        0.75,
        plausible=(0.5, 0.9),
        source="half in masonry after earthquakes (Coburn, Spence, Pomonis 1992); more after single bombs is assumed",
    )
    """Share of the buried who survive when crews can reach all of them."""
    saved_by_neighbours: float = share(
        0.35,
        plausible=(0.15, 0.5),
        source="5-40 % in masonry after earthquakes (Coburn, Spence, Pomonis 1992)",
    )
    """Share who survive without crews."""
    people_a_crew: float = param(3.0, unit="persons/day", plausible=(1, 6), le=100.0, ge=0.01)
    """Buried people that one crew can reach in time in a day."""
    crews_lost_per_hit: float = share(0.5, plausible=(0.2, 1.0))
    """Share of a centre's crews out of action on a day on which its cell is hit three times or more."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Dig."""
        homes, layers = model.households, model.city.layers
        rows = (homes.trapped > 0).nonzero()[0]
        if rows.size == 0:
            return
        crews = sum(
            team.crews * (1.0 - self.crews_lost_per_hit * bool(layers.impacts[team.cell_index] >= 3))
            for team in model.facilities_in_pocket(RescueTeam)
            if team.working
        )
        buried = float(homes.trapped[rows].sum())
        reached = min(1.0, crews * self.people_a_crew / buried)
        saved = self.saved_by_neighbours + max(0.0, self.saved_by_crews - self.saved_by_neighbours) * reached
        luck = rng.random(len(homes))[rows]
        alive = binomial(luck, homes.trapped[rows], saved)
        homes.trapped[rows] -= alive
        homes.wound(rows, alive)
