"""Corridors for civilians."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.model import chronicle
from siege_sim.model.agents.facility import Crossing
from siege_sim.model.processes.base import Intervention
from siege_sim.schema.block import Problem
from siege_sim.schema.dated import DatedNumber, dated_share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.setting import Setting
    from siege_sim.model.state import SiegeState


class Corridor(Intervention):
    """Named crossings are declared open. The process `displacement` decides whether people use them."""

    kind: Literal["corridor"] = "corridor"
    about: ClassVar[tuple[str, ...]] = ("civilians_in_pocket", "civilians_killed")
    neutral: ClassVar[Mapping[str, Any]] = {"open_share": 0.0}

    crossings: tuple[str, ...] = ()
    """Names of the map's crossings; none means all."""
    open_share: DatedNumber = dated_share(0.5)
    """How freely people can pass; a number, or numbers by date."""
    trusted: DatedNumber = dated_share(
        0.0, plausible=(0.0, 1.0), source="assumed; 0 where hardly anybody came, near 1 where others guaranteed the way"
    )
    """How far people believe that they come through unharmed, as by the word of a guarantor; may be by date."""

    def problems_in(self, setting: Setting) -> Iterator[Problem]:
        """Yield crossings that the map does not have."""
        for path, message in setting.city_map.problems_of_ways("crossing", self.crossings):
            yield ("crossings", *path), message

    def act(self, model: SiegeState, rng: Generator) -> None:
        """Open the crossings for today."""
        chronicle.action_began(
            model, self, "crossings_opened", f"open: {self._named()}", "a dated action of the scenario"
        )
        for crossing in model.facilities_of(Crossing):
            if not self.crossings or crossing.name in self.crossings:
                crossing.open_share = max(crossing.open_share, model.now(self.open_share))
                crossing.trusted = max(crossing.trusted, model.now(self.trusted))

    def wind_up(self, model: SiegeState) -> None:
        """Note that the crossings are shut again."""
        chronicle.action_ended(model, self, "crossings_shut", f"closed: {self._named()}", [])

    def _named(self) -> str:
        return ", ".join(self.crossings) if self.crossings else "all crossings"
