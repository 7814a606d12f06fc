"""Map files: the city as rows of characters, a legend of quarters, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, ClassVar, Literal, Protocol, Self

import numpy as np
from pydantic import Field, JsonValue, create_model

from siege_sim.errors import did_you_mean
from siege_sim.kernels.ground import Shape
from siege_sim.kernels.hazard import FloatArray, IntArray
from siege_sim.schema.block import Block, Problem, param, share
from siege_sim.schema.sides import Name

LARGEST_SIDE = 200
"""Rows or columns of the largest map: 40,000 cells."""

ONE_CHARACTER: dict[str, JsonValue] = {"minLength": 1, "maxLength": 1}
"""For schemas: the keys of a legend."""

Owner = Literal["council", "aid_agency", "merchant"]

GroundKind = Literal["open", "fields", "low_rise", "dense", "old_fabric", "bridge", "water", "impassable", "outside"]
"""What the ground of a cell is. Nobody holds water, impassable ground, or what lies outside the city."""

NOBODYS_GROUND = ("water", "impassable", "outside")
"""Kinds of ground that nobody holds, lives on, fights on or is counted on."""


class Quarter(Block):
    """One entry of the legend: a quarter of the city."""

    name: str = Field(min_length=1)
    """The quarter's usual English name."""
    p_code: str = Field("", max_length=40)
    """Its place code (P-code) in the Common Operational Datasets, if it has one; exports for HXL tools name it."""
    ground: GroundKind | None = None
    """What its ground is; by its share of built-up ground where nothing is said."""
    holder: Name | None = None
    """Who holds it on day 0: `garrison`, `besieger`, or a third party that the scenario names; nobody on water."""
    sector: str = ""
    """The part of the city it belongs to; forces are given by sector."""
    population: float = param(0.0, unit="relative density", ge=0.0, le=10.0)
    """Residents a cell, relative to the other quarters under the same holder."""
    built_up: float = share(0.0)
    """Share of the ground that is built on."""
    damaged_structures: float = param(0.0, unit="structures a cell", ge=0.0, le=2000.0)
    """Structures damaged before day 0, a cell."""


class Place(Block):
    """Something that stands in a quarter."""

    quarter: str
    """The name of the quarter."""
    name: str | None = None
    """A name of its own; otherwise it is called after its quarter."""


class ManyPlaces(Place):
    """Several alike."""

    count: int = param(1, unit="places", ge=1, le=100)
    """How many of them stand in the quarter."""


class HospitalPlace(ManyPlaces):
    """Hospitals or field clinics."""

    beds: int = param(20, unit="beds", plausible=(10, 60), ge=1, le=2000)
    """Beds in each."""


class RescuePlace(ManyPlaces):
    """Centres of first responders."""

    crews: int = param(4, unit="crews", plausible=(2, 8), ge=1, le=200)
    """Crews in each."""


class WarehousePlace(ManyPlaces):
    """Food stores."""

    owner: Owner
    """Whose store it is."""


class CrossingPlace(Place):
    """A place where people could pass the line."""

    into: Name
    """Whose ground lies on the other side: `besieger`, or a third party that the scenario names."""


class Facilities(Block):
    """Everything that stands in the quarters."""

    hospitals: tuple[HospitalPlace, ...] = ()
    """Hospitals and clinics."""
    rescue_teams: tuple[RescuePlace, ...] = ()
    """Centres of first responders."""
    bakeries: tuple[ManyPlaces, ...] = ()
    """Bakeries."""
    markets: tuple[ManyPlaces, ...] = ()
    """Markets."""
    warehouses: tuple[WarehousePlace, ...] = ()
    """Food stores of the council and of aid agencies."""
    schools: tuple[ManyPlaces, ...] = ()
    """Schools."""
    crossings: tuple[CrossingPlace, ...] = ()
    """Places where people could pass the line."""
    roads: tuple[Place, ...] = ()
    """Roads through which supplies could come in; closed until something opens them."""


class Corner(Block):
    """The north-west corner of a grid: in degrees (WGS84), or in metres of the map's reference system."""

    latitude: float | None = param(None, unit="degrees", ge=-80.0, le=84.0)
    """Degrees north."""
    longitude: float | None = param(None, unit="degrees", ge=-180.0, le=180.0)
    """Degrees east."""
    easting: float | None = param(None, unit="m", ge=-1e8, le=1e8)
    """Metres east, in the map's `crs`."""
    northing: float | None = param(None, unit="m", ge=-1e8, le=1e8)
    """Metres north, in the map's `crs`."""


class CityMap(Block):
    """A city drawn as rows of characters."""

    further: ClassVar[tuple[type[PlaceKind], ...]] = ()
    """Kinds of places that mechanisms brought along."""

    name: str
    """The city's name."""
    cell_size_m: float = param(unit="m", ge=50.0, le=5000.0)
    """The side of a cell."""
    north_west_corner: Corner | None = None
    """Where the grid's corner lies."""
    crs: str | None = None
    """The projected reference system of the grid, e.g. `EPSG:32637`; the corner's UTM zone where nothing is said."""
    rows: tuple[str, ...] = Field(min_length=2, max_length=LARGEST_SIDE)
    """The ground, north first; one character a cell."""
    legend: dict[str, Quarter] = Field(min_length=1, json_schema_extra={"propertyNames": ONE_CHARACTER})
    """What each character means."""
    facilities: Facilities = Facilities()
    """What stands in the quarters."""

    def problems(self) -> Iterator[Problem]:
        """Yield ragged rows, characters without a meaning, and places in quarters that are not there."""
        yield from self._problems_of_rows()
        names = [quarter.name for quarter in self.legend.values()]
        for character, quarter in self.legend.items():
            if (quarter.holder is None) != (quarter.ground in NOBODYS_GROUND):
                yield (
                    ("legend", character, "holder"),
                    f"'{quarter.name}' needs a holder; only {', '.join(NOBODYS_GROUND)} ground has none, and must",
                )
            if names.count(quarter.name) > 1:
                yield (
                    ("legend", character, "name"),
                    f"'{quarter.name}' is the name of two quarters; rename one",
                )
        for kind in type(self.facilities).model_fields:
            for index, place in enumerate(getattr(self.facilities, kind)):
                if place.quarter not in names:
                    hint = did_you_mean(place.quarter, names)
                    yield (
                        ("facilities", kind, index, "quarter"),
                        f"the map has no quarter '{place.quarter}'{hint}",
                    )

    def _problems_of_rows(self) -> Iterator[Problem]:
        width = len(self.rows[0])
        if not 2 <= width <= LARGEST_SIDE:
            yield ("rows", 0), f"a row of {width} cells; a map is 2 to {LARGEST_SIDE} cells wide"
        for character in self.legend:
            if len(character) != 1:
                yield ("legend", character), f"'{character}' must be a single character"
            elif not any(character in row for row in self.rows):
                yield (
                    ("legend", character),
                    f"'{character}' is in the legend but not on the map; draw or remove it",
                )
        for index, row in enumerate(self.rows):
            if len(row) != width:
                yield (
                    ("rows", index),
                    f"this row has {len(row)} cells, the first has {width}; make them equal",
                )
            missing = sorted(set(row) - set(self.legend))
            if missing:
                characters = " ".join(missing)
                yield ("rows", index), f"'{characters}' is on the map but not in the legend; add or redraw it"

    @property
    def shape(self) -> Shape:
        """Rows and columns."""
        return len(self.rows), len(self.rows[0])

    @cached_property
    def quarters(self) -> tuple[Quarter, ...]:
        """The quarters in the order of the legend; a cell's ``quarter`` layer is an index into them."""
        return tuple(self.legend.values())

    @cached_property
    def quarter_index(self) -> IntArray:
        """The quarter of every cell (flat)."""
        number = {character: index for index, character in enumerate(self.legend)}
        return np.array([number[character] for row in self.rows for character in row], dtype=np.int64)

    @property
    def sectors(self) -> tuple[str, ...]:
        """The names of the sectors, in the order of the legend."""
        return tuple(dict.fromkeys(quarter.sector for quarter in self.quarters))

    def per_cell(self, field: str) -> FloatArray:
        """Return a numeric field of the legend as a value for every cell."""
        return np.array([getattr(quarter, field) for quarter in self.quarters], dtype=np.float64)[self.quarter_index]

    def holders(self, codes: Mapping[str, int]) -> IntArray:
        """Return who holds every cell on day 0, by the codes of the scenario's sides; 0 for nobody."""
        of_quarters = [0 if quarter.holder is None else codes[quarter.holder] for quarter in self.quarters]
        return np.array(of_quarters, dtype=np.int64)[self.quarter_index]

    def problems_of_ways(self, kind: Literal["crossing", "road"], names: Sequence[str]) -> Iterator[Problem]:
        """Yield (index, message) for each name of a crossing or road that the map does not have."""
        places = self.facilities.crossings if kind == "crossing" else self.facilities.roads
        known = [place.name or place.quarter for place in places]
        for index, name in enumerate(names):
            if name not in known:
                yield (index,), f"the map has no {kind} '{name}'{did_you_mean(name, known)}"

    def drawn(self) -> Self:
        """Return the map itself (a synthetic town returns the map it describes)."""
        return self


class PlaceKind(Protocol):
    """What a map needs to know of a kind of place: see `Facility`."""

    map_key: ClassVar[str]
    place: ClassVar[type[ManyPlaces]]


@cache
def facilities_with(*further: type[PlaceKind]) -> type[Facilities]:
    """Return the block of places that knows some more kinds."""
    if not further:
        return Facilities
    fields: dict[str, Any] = {
        kind.map_key: (tuple[kind.place, ...], Field((), description=(kind.__doc__ or "").splitlines()[0]))  # type: ignore[name-defined]
        for kind in further
    }
    block = create_model("Facilities", __base__=Facilities, **fields)
    block.made_by = (facilities_with, *further)
    return block


@cache
def map_with(*further: type[PlaceKind]) -> type[CityMap]:
    """Return the block of drawn maps that knows some more kinds of places."""
    if not further:
        return CityMap
    places = facilities_with(*further)
    field: Any = (places, places())
    drawn = create_model("CityMap", __base__=CityMap, facilities=field)
    drawn.further = further
    drawn.made_by = (map_with, *further)
    return drawn
