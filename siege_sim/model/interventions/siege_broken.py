"""A road through the ring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels.hazard import probability
from siege_sim.model.agents.facility import Road
from siege_sim.model.codes import Status
from siege_sim.model.processes.base import Intervention
from siege_sim.schema.block import Problem, share
from siege_sim.schema.dated import DatedNumber, dated, dated_share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.setting import Setting
    from siege_sim.model.state import SiegeState


class SiegeBroken(Intervention):
    """A relief force from outside holds a road into the pocket: supplies come in, people leave, hope returns.

    The process `supply` decides what comes in: ammunition and food, less under fire, and none once the road's end in
    the pocket is lost. The fighting for the road outside the map is not simulated; the window says how long it is
    held. Unlike the success of a `relief_attack` it does not end the run.
    """

    kind: Literal["siege_broken"] = "siege_broken"
    neutral: ClassVar[Mapping[str, Any]] = {"open_share": 0.0, "hope": 0.0, "leaving_per_day": 0.0}

    road: str | None = None
    """Name of the road on the map; all of them without it."""
    open_share: DatedNumber = dated_share(
        0.5, plausible=(0.2, 1.0), source="assumed; the road of 6 Aug - 4 Sep 2016 lay under fire (AFP)"
    )
    """How freely goods and people can pass; a number, or numbers by date."""
    hope: float = share(1.0, plausible=(0.5, 1.0))
    """Hope of help from outside while the road is held."""
    leaving_per_day: DatedNumber = dated(0.003, unit="1/day", plausible=(0.0005, 0.02), ge=0.0, le=1.0)
    """Hazard that a household leaves by a fully open road, out of reach of fire; a number, or numbers by date."""

    def problems_in(self, setting: Setting) -> Iterator[Problem]:
        """Yield a road that the map does not have, or a map without any."""
        if not setting.city_map.facilities.roads:
            yield (), "the map has no road that could be opened"
        for _, message in setting.city_map.problems_of_ways("road", () if not self.road else (self.road,)):
            yield ("road",), message

    def act(self, model: SiegeState, rng: Generator) -> None:
        """Hold the road for a day."""
        luck = rng.random(len(model.households))
        roads = [road for road in model.facilities_of(Road) if self.road in (None, road.name) and road.in_pocket]
        for road in roads:
            road.open_share = max(road.open_share, model.now(self.open_share))
        if roads:
            model.politics.hope = max(model.politics.hope, self.hope)
            self._leave(model, roads, luck)
        if self.begins(model):
            model.note("road_opened", "", *self._opening(roads))
        if self.ends(model) and roads:
            model.note("road_closed", "", "the road into the pocket is closed again", "the relief force lost it")

    def _opening(self, roads: list[Road]) -> tuple[str, str]:
        if roads:
            return "a road into the pocket is open", "the relief force holds it"
        return "the relief force holds a road that leads nowhere", "its end in the pocket was lost before"

    def _leave(self, model: SiegeState, roads: list[Road], luck: np.ndarray) -> None:
        """Let some households of the pockets that the roads lead into leave."""
        city, homes = model.city, model.households
        passable = np.zeros(city.pocket_count + 1)
        for road in roads:
            passing = road.open_share * (1.0 - float(city.layers.danger[road.cell_index]))
            pocket = city.pockets[road.cell_index]
            passable[pocket] = max(passable[pocket], passing)
        chance = probability(model.now(self.leaving_per_day) * passable)[city.pockets[homes.cell_index]]
        leaving = np.flatnonzero(homes.inside & (homes.persons > 0) & (luck < chance))
        if leaving.size:
            homes.leave(leaving, Status.OUT_BY_ROAD)
