"""Wounded people brought out for treatment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.model.agents.facility import Crossing
from siege_sim.model.processes.base import Intervention
from siege_sim.schema.block import Problem, param

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.setting import Setting
    from siege_sim.model.state import SiegeState


class MedicalEvacuation(Intervention):
    """Ambulances bring wounded civilians out through a crossing, up to a number a day; their families stay.

    It can go on only while the crossing is in the pocket, and reaches the wounded of that crossing's pocket. They
    are chosen at random, because it is not known how badly each is wounded.
    """

    kind: Literal["medical_evacuation"] = "medical_evacuation"
    about: ClassVar[tuple[str, ...]] = ("evacuated_for_treatment", "died_of_wounds")
    neutral: ClassVar[Mapping[str, Any]] = {"persons_per_day": 0}

    crossing: str | None = None
    """Name of the crossing on the map; without it, any that is still held."""
    persons_per_day: int = param(
        40,
        unit="persons/day",
        plausible=(10, 200),
        source="assumed; at least 200 had to be brought out on 6 Oct 2016 (UN envoy, Reuters), none could be",
        ge=0,
        le=100_000,
    )
    """Wounded people brought out a day at the most."""

    def problems_in(self, setting: Setting) -> Iterator[Problem]:
        """Yield a crossing that the map does not have, or a map without any."""
        if not setting.city_map.facilities.crossings:
            yield (), "the map has no crossing for an evacuation"
        for _, message in setting.city_map.problems_of_ways("crossing", () if not self.crossing else (self.crossing,)):
            yield ("crossing",), message

    def act(self, model: SiegeState, rng: Generator) -> None:
        """Bring some of the wounded out."""
        homes, city = model.households, model.city
        luck = rng.random((2, len(homes)))
        places = [
            c.cell_index for c in model.facilities_of(Crossing) if c.in_pocket and self.crossing in (None, c.name)
        ]
        within_reach = np.isin(city.pockets, city.pockets[places])[homes.cell_index]
        rows = np.flatnonzero(homes.inside & (homes.wounded > 0) & within_reach)
        rows = rows[np.argsort(luck[0, rows], kind="stable")]
        wounded = homes.wounded[rows]
        seats_left = np.maximum(self.persons_per_day - (np.cumsum(wounded) - wounded), 0)
        patients = np.minimum(wounded, seats_left)
        rows, patients = rows[patients > 0], patients[patients > 0]
        brought = homes.bring_out_wounded(rows, patients, luck[1, rows])
        if self.begins(model):
            model.note("medical_evacuation", "", f"ambulances brought {brought} wounded out", "agreed", brought)
