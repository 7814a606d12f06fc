"""Map files: the city as rows of characters, a legend of quarters, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, ClassVar, Literal, Protocol, Self

import numpy as np
from pydantic import Field, JsonValue, create_model, model_validator

from siege_sim.errors import did_you_mean
from siege_sim.kernels import ground
from siege_sim.kernels.ground import Shape
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray
from siege_sim.kernels.transverse_mercator import utm_zone
from siege_sim.model.city.georeference import problem_of_crs
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

BRIDGE = "bridge"
"""The kind of ground that joins two banks; people pass over it, and nobody lives there."""

USUAL_BUILT_UP: Mapping[str, float] = {"low_rise": 0.35, "dense": 0.7, "old_fabric": 0.9}
"""Share of the ground that is built on where an entry of the legend names the kind alone (assumed); none elsewhere."""

LOW_RISE_FROM, DENSE_FROM = 0.1, 0.5
"""Built-up share from which ground of no stated kind counts as low-rise, and as dense; below both it is open."""


class Quarter(Block):
    """One entry of the legend: a quarter of the city."""

    name: str = Field(min_length=1)
    """The quarter's usual English name."""
    p_code: str = Field("", max_length=40)
    """Its place code (P-code) in the Common Operational Datasets, if it has one; exports for HXL tools name it."""
    ground: GroundKind | None = None
    """What its ground is; where nothing is said, `open` below a built-up share of 0.1, `low_rise` below 0.5, else
    `dense`."""
    holder: Name | None = None
    """Who holds it on day 0: `garrison`, `besieger`, or a third party that the scenario names; nobody on water."""
    sector: str = ""
    """The part of the city it belongs to; forces are given by sector. Nobody's ground has none."""
    population: float = param(0.0, unit="relative density", ge=0.0, le=10.0)
    """Residents a cell, relative to the other quarters under the same holder."""
    built_up: float = share(0.0)
    """Share of the ground that is built on; where it is left out, 0.35 on `low_rise` ground, 0.7 on `dense`, 0.9 on
    `old_fabric` and 0 elsewhere."""
    damaged_structures: float = param(0.0, unit="structures a cell", ge=0.0, le=2000.0)
    """Structures damaged before day 0, a cell."""

    @model_validator(mode="before")
    @classmethod
    def _with_usual_built_up(cls, data: Any) -> Any:
        kind = data.get("ground") if isinstance(data, dict) else None
        if isinstance(kind, str) and kind in USUAL_BUILT_UP and "built_up" not in data:
            return {**data, "built_up": USUAL_BUILT_UP[kind]}
        return data

    def problems(self) -> Iterator[Problem]:
        """Yield a holder, sector or people where there can be none, and what people's ground lacks."""
        if self.is_nobodys:
            yield from self._problems_of_nobodys_ground()
            return
        if self.holder is None:
            yield ("holder",), f"'{self.name}' needs a holder; only {', '.join(NOBODYS_GROUND)} ground has none"
        if not self.sector:
            yield ("sector",), f"'{self.name}' needs a sector: the part of the city by which forces are given"
        if self.is_bridge and self.population:
            yield ("population",), f"'{self.name}' is a bridge, and nobody lives on one; set population to 0"

    def _problems_of_nobodys_ground(self) -> Iterator[Problem]:
        for field in ("holder", "sector", "population", "built_up", "damaged_structures"):
            if getattr(self, field):
                yield (field,), f"'{self.name}' is {self.ground} ground, which has no {field}; leave it out"

    @property
    def kind(self) -> GroundKind:
        """What its ground is, by its share of built-up ground where the map does not say."""
        if self.ground is not None:
            return self.ground
        return "open" if self.built_up < LOW_RISE_FROM else "low_rise" if self.built_up < DENSE_FROM else "dense"

    @property
    def is_nobodys(self) -> bool:
        """Whether it is ground that nobody can hold."""
        return self.ground in NOBODYS_GROUND

    @property
    def is_bridge(self) -> bool:
        """Whether it is a bridge: ground of a side while it is open, nobody's while it is cut."""
        return self.ground == BRIDGE


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

    def problems(self) -> Iterator[Problem]:
        """Yield anything but exactly one pair of numbers."""
        given = [name for name in CORNER_FIELDS if getattr(self, name) is not None]
        if given not in (list(CORNER_FIELDS[:2]), list(CORNER_FIELDS[2:])):
            yield (), "give latitude and longitude, or easting and northing: exactly one of the pairs"


CORNER_FIELDS = ("latitude", "longitude", "easting", "northing")


class CityMap(Block):
    """A city drawn as rows of characters."""

    further: ClassVar[tuple[type[PlaceKind], ...]] = ()
    """Kinds of places that mechanisms brought along."""

    name: str
    """The city's name."""
    cell_size_m: float = param(unit="m", ge=50.0, le=4000.0)
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
        """Yield ragged rows, characters without a meaning, places that cannot be, and water that people could cross."""
        ragged = list(self._problems_of_rows())
        yield from ragged
        yield from self._problems_of_georeference()
        names = [quarter.name for quarter in self.legend.values()]
        for character, quarter in self.legend.items():
            if names.count(quarter.name) > 1:
                yield (
                    ("legend", character, "name"),
                    f"'{quarter.name}' is the name of two quarters; rename one",
                )
        yield from self._problems_of_places(names)
        if not ragged:
            yield from self._problems_of_corners()

    def _problems_of_places(self, names: Sequence[str]) -> Iterator[Problem]:
        nobodys = {quarter.name: quarter.ground for quarter in self.legend.values() if quarter.is_nobodys}
        for kind in type(self.facilities).model_fields:
            for index, place in enumerate(getattr(self.facilities, kind)):
                where = ("facilities", kind, index, "quarter")
                if place.quarter not in names:
                    yield where, f"the map has no quarter '{place.quarter}'{did_you_mean(place.quarter, names)}"
                elif place.quarter in nobodys:
                    yield where, f"nothing can stand on '{place.quarter}', which is {nobodys[place.quarter]} ground"

    def _problems_of_georeference(self) -> Iterator[Problem]:
        wrong = None if self.crs is None else problem_of_crs(self.crs)
        if wrong is not None:
            yield ("crs",), wrong
        corner = self.north_west_corner
        if corner is not None and corner.easting is not None and self.crs is None:
            yield ("north_west_corner",), "a corner in metres needs the reference system; add crs, such as EPSG:32637"

    def _problems_of_corners(self) -> Iterator[Problem]:
        """Yield places at which two banks touch by the corner between cells that nobody can cross.

        Cells touch their eight neighbours, so that a river drawn as a diagonal row of cells would hold nobody back. A
        bridge counts as closed: when it is cut, its cells must not be a gap. What lies outside the city holds nobody
        back at a corner: nothing is known of it.
        """
        barrier = self.barrier & ~self._outside
        for cell, beyond in ground.corner_leaks(barrier, self.shape).tolist():
            (row, column), (far_row, far_column) = divmod(cell, self.shape[1]), divmod(beyond, self.shape[1])
            between = (self.rows[row][far_column], self.rows[far_row][column])
            nobodys = [character for character in between if self.legend[character].is_nobodys]
            place = f"row {row + 1}, column {column + 1}"
            yield (
                ("rows", row),
                f"{place} touches row {far_row + 1}, column {far_column + 1} by the corner, between two cells that "
                f"nobody can cross, so that people and units could; draw {place} as '{(*nobodys, *between)[0]}' too",
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
                characters = " ".join(missing[:10]) + (" ..." if len(missing) > 10 else "")
                yield ("rows", index), f"'{characters}' is on the map but not in the legend; add or redraw it"

    def __eq__(self, other: object) -> bool:
        """Compare what the maps say, not what was worked out from them."""
        return isinstance(other, CityMap) and self.model_dump() == other.model_dump()

    def __hash__(self) -> int:
        return hash((self.name, self.rows))

    @property
    def shape(self) -> Shape:
        """Rows and columns."""
        return len(self.rows), len(self.rows[0])

    @cached_property
    def quarters(self) -> tuple[Quarter, ...]:
        """The quarters in the order of the legend; a cell's ``quarter`` layer is an index into them."""
        return tuple(self.legend.values())

    @property
    def counted_quarters(self) -> tuple[Quarter, ...]:
        """Those of the quarters that tables count: all but nobody's ground and bridges."""
        return tuple(quarter for quarter in self.quarters if not (quarter.is_nobodys or quarter.is_bridge))

    @property
    def quarter_names(self) -> list[str]:
        """The names of the quarters that tables count."""
        return [quarter.name for quarter in self.counted_quarters]

    @cached_property
    def quarter_index(self) -> IntArray:
        """The quarter of every cell (flat)."""
        number = {character: index for index, character in enumerate(self.legend)}
        return np.array([number[character] for row in self.rows for character in row], dtype=np.int64)

    @property
    def barrier(self) -> BoolArray:
        """The cells (flat) that nobody can cross, or could not if every bridge was cut."""
        closed = [quarter.is_nobodys or quarter.is_bridge for quarter in self.quarters]
        return np.array(closed, dtype=np.bool_)[self.quarter_index]

    @property
    def _outside(self) -> BoolArray:
        return np.array([quarter.kind == "outside" for quarter in self.quarters], dtype=np.bool_)[self.quarter_index]

    @property
    def bridges(self) -> dict[str, IntArray]:
        """The cells (flat) of every bridge by its name."""
        return {
            quarter.name: np.flatnonzero(self.quarter_index == index)
            for index, quarter in enumerate(self.quarters)
            if quarter.is_bridge
        }

    @property
    def reference_system(self) -> str | None:
        """The projected reference system of the grid: as the map says, or the UTM zone of its corner; None without."""
        corner = self.north_west_corner
        if self.crs is not None or corner is None or corner.latitude is None or corner.longitude is None:
            return self.crs
        return utm_zone(corner.latitude, corner.longitude)

    @property
    def sectors(self) -> tuple[str, ...]:
        """The names of the sectors, in the order of the legend."""
        return tuple(dict.fromkeys(quarter.sector for quarter in self.quarters if not quarter.is_nobodys))

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
