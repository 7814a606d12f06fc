"""A town from a few numbers: a besieged middle, a ring around it, a third party's corner.

For teaching and tests; no real place.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property
from typing import Any, ClassVar

from pydantic import create_model

from siege_sim.model.city.map import LARGEST_SIDE, CityMap, Facilities, PlaceKind, facilities_with, map_with
from siege_sim.schema.block import Block, Problem, param
from siege_sim.schema.sides import Name

SECTORS = ("north", "east", "south", "west")


class SyntheticTown(Block):
    """A square town: the besieged quarters in the middle, the besieger around, a third party in a corner."""

    synthetic: str
    """The town's name; this key tells a synthetic town from a drawn map."""
    side: int = param(10, unit="cells", ge=6, le=LARGEST_SIDE)
    """Cells along one side."""
    ring: int = param(2, unit="cells", ge=1, le=10)
    """Width of the besieger's ring around the besieged middle."""
    cell_size_m: float = param(400.0, unit="m", ge=50.0, le=4000.0)
    """The side of a cell."""
    third_party: Name | None = None
    """Which third party of `sides` holds a quarter at the north-western corner of the pocket, if one does."""
    river: bool = False
    """Whether a river runs through the town from north to south, with one bridge in the middle."""
    facilities: Facilities = Facilities()
    """Further places in its quarters, as in a drawn map."""

    map_class: ClassVar[type[CityMap]] = CityMap
    """What it is drawn as."""

    def problems(self) -> Iterator[Problem]:
        """Yield a ring that leaves no town."""
        if self.side - 2 * self.ring < 2:
            yield (
                ("ring",),
                f"a ring of {self.ring} leaves no besieged ground in a town of {self.side}; lower ring",
            )

    def drawn(self) -> CityMap:
        """Return the map that these numbers describe."""
        return self._map

    @cached_property
    def _map(self) -> CityMap:
        rows = ["".join(self._character(i, j) for j in range(self.side)) for i in range(self.side)]
        legend = self._legend(set("".join(rows)))
        quarters = [entry["name"] for entry in legend.values() if entry["holder"] == "garrison"]
        legend |= _RIVER if self.river else {}
        first, last = quarters[0], quarters[-1]
        facilities = {
            "hospitals": ({"quarter": first, "beds": 10}, {"quarter": last, "beds": 10}),
            "rescue_teams": ({"quarter": first, "crews": 3},),
            "bakeries": tuple({"quarter": name} for name in quarters),
            "markets": ({"quarter": first}, {"quarter": last}),
            "warehouses": (
                {"quarter": first, "owner": "council"},
                {"quarter": last, "owner": "aid_agency"},
            ),
            "schools": ({"quarter": last},),
            "crossings": tuple(
                [{"quarter": last, "into": "besieger", "name": "South gate"}]
                + ([{"quarter": first, "into": self.third_party, "name": "Hill gate"}] if self.third_party else [])
            ),
            "roads": ({"quarter": last, "name": "South road"},),
        }
        more = self.facilities.model_dump()
        facilities = {**more, **{kind: (*own, *more[kind]) for kind, own in facilities.items()}}
        return self.map_class.model_validate(
            {
                "name": self.synthetic,
                "cell_size_m": self.cell_size_m,
                "rows": tuple(rows),
                "legend": legend,
                "facilities": facilities,
            }
        )

    def _legend(self, used: set[str]) -> dict[str, dict[str, Any]]:
        """Return the entries of the quarters that are drawn."""
        return {
            character: {
                "name": name,
                "holder": holder or self.third_party,
                "sector": sector,
                "population": people,
                "built_up": built,
            }
            for character, name, holder, sector, people, built in _LEGEND
            if character in used
        }

    def _character(self, row: int, column: int) -> str:
        if self.river and column == self.side // 2:
            return "=" if row == self.side // 2 else "~"
        inner = range(self.ring, self.side - self.ring)
        if row in inner and column in inner:
            half = self.side / 2
            return _MIDDLE[row < half, column < half]
        if self.third_party and row <= self.ring and column <= self.ring:
            return "K"
        if row < self.ring:
            return "N"
        if row >= self.side - self.ring:
            return "S"
        return "W" if column < self.ring else "E"


_MIDDLE = {(True, True): "a", (True, False): "b", (False, True): "c", (False, False): "d"}
_LEGEND = (
    ("a", "Mill Quarter", "garrison", "north", 1.0, 0.6),
    ("b", "Station Quarter", "garrison", "east", 1.0, 0.7),
    ("c", "Old Town", "garrison", "west", 1.2, 0.9),
    ("d", "Garden Quarter", "garrison", "south", 0.8, 0.5),
    ("K", "Hill Quarter", "", "hill", 1.0, 0.6),
    ("N", "North Fields", "besieger", "north", 0.3, 0.2),
    ("E", "East Side", "besieger", "east", 1.0, 0.6),
    ("S", "South Fields", "besieger", "south", 0.3, 0.2),
    ("W", "West Side", "besieger", "west", 1.0, 0.6),
)

_RIVER: dict[str, dict[str, Any]] = {
    "~": {"name": "River", "ground": "water"},
    "=": {"name": "Old Bridge", "ground": "bridge", "holder": "garrison", "sector": "south"},
}


@cache
def town_with(drawn: type[CityMap]) -> type[SyntheticTown]:
    """Return the block of synthetic towns that are drawn as maps of a class, with its kinds of places."""
    if drawn is CityMap:
        return SyntheticTown
    places = facilities_with(*drawn.further)
    field: Any = (places, places())
    town = create_model("SyntheticTown", __base__=SyntheticTown, facilities=field)
    town.map_class = drawn
    town.made_by = (_town_with_places, *drawn.further)
    return town


def _town_with_places(*further: type[PlaceKind]) -> type[SyntheticTown]:
    return town_with(map_with(*further))
