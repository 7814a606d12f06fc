"""A map that was made, with what is known beyond it."""

from __future__ import annotations

from dataclasses import dataclass, field

from siege_sim.model.city.map import CityMap


@dataclass(frozen=True)
class DrawnTown:
    """A map with what is known beyond it.

    Attributes:
        city_map: the map.
        notes: what was done, a sentence each.
        people: residents by the name of the quarter; empty when they are not known.
        assumed: the keys of places that were assumed.
        labels: what the sides are called, where a source says it.
    """

    city_map: CityMap
    notes: tuple[str, ...] = ()
    people: dict[str, float] = field(default_factory=dict)
    assumed: tuple[str, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
