"""A map from geodata: quarters as polygons become cells; people, damage and places go with their quarter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siege_sim.errors import SiegeError
from siege_sim.mapping import cover, legend
from siege_sim.mapping.boundaries import Boundaries, read_boundaries
from siege_sim.mapping.built_ground import built_ground
from siege_sim.mapping.frame import GridFrame, box_in_metres, checked_cell, extent_of, frame_of
from siege_sim.mapping.geo_files import as_text, require_geo
from siege_sim.mapping.geo_places import places_from_spots
from siege_sim.mapping.holders import Holding, called_of, check_side, holding_of
from siege_sim.mapping.legend import EntryFields
from siege_sim.mapping.people import Residents, read_people
from siege_sim.mapping.points import SpotList, counts_by_quarter, read_facilities
from siege_sim.mapping.sources import GeoSources
from siege_sim.mapping.town import DrawnTown
from siege_sim.mapping.water import bridge_cells, water_of
from siege_sim.model.city.map import NOBODYS_GROUND, CityMap
from siege_sim.results.numbers import number
from siege_sim.schema.sides import BESIEGER_NAME, GARRISON_NAME

MOST_DAMAGED, DENSEST = 2000.0, 10.0
"""What a map file can hold of damaged structures a cell, and of relative density."""


def town_from_geodata(sources: GeoSources) -> DrawnTown:
    """Make a map from geodata.

    Raises:
        SiegeError: names file, feature, value and way out.
    """
    checked_cell(sources.cell_m)
    for option, side in (("--surroundings", sources.surroundings), ("--others", sources.others)):
        check_side(option, side)
    require_geo()
    quarters = read_boundaries(sources.boundaries, sources.name_field, sources.crs, sources.extent)
    holding = holding_of(sources.holders, quarters, sources.name_field, called_of(sources.sides), sources.others)
    return _Drawing(sources, quarters, holding).town()


class _Drawing:
    """The steps from quarters to a map; each keeps the sentences that it has to say."""

    def __init__(self, sources: GeoSources, quarters: Boundaries, holding: Holding) -> None:
        self.sources, self.quarters, self.holding = sources, quarters, holding
        self.surroundings = self._surroundings()
        self.frame = self._frame()
        self.notes = [*quarters.notes, *holding.notes]
        self.found = cover.overlaps(self.frame, quarters.shapes)

    def _surroundings(self) -> str | None:
        said = self.sources.surroundings
        return BESIEGER_NAME if said is None and self.sources.holders is None else said

    def _frame(self) -> GridFrame:
        extent, quarters = self.sources.extent, self.quarters
        margin = self.sources.margin
        if margin is None:
            margin = 2 if self.surroundings and extent is None else 0
        bounds = quarters.bounds if extent is None else box_in_metres(extent_of(extent), quarters.crs)
        return frame_of(bounds, quarters.crs, self.sources.cell_m, exact=extent is not None, margin=margin)

    def town(self) -> DrawnTown:
        people = self._people()
        built_up = self._built_up()
        damage = self._damage()
        spots = self._spots()
        quarter_of_cell, water = self._cells(people, spots)
        host = cover.hosts(quarter_of_cell, self.found, self.quarters.shapes)
        if not (quarter_of_cell >= 0).any():
            raise SiegeError(
                f"{self.quarters.file}: no quarter is large enough for a cell of {self.frame.cell_m:g} m; lower --cell"
            )
        self._say_small(quarter_of_cell, people)
        moved_people, moved_damage = (_moved(values, host) for values in (people, damage))
        entries = self._entries(quarter_of_cell, moved_people, built_up, moved_damage)
        rows, drawn, character = self._rows(quarter_of_cell, water, spots, entries)
        places, assumed = self._places(spots, host, drawn, rows, character)
        city_map = self._map(rows, drawn, places)
        known = {} if people is None else self._known_people(moved_people, quarter_of_cell)
        return DrawnTown(city_map, tuple(self.notes), known, assumed)

    def _people(self) -> NDArray[np.float64] | None:
        sources = self.sources
        if sources.population is None:
            return None
        found: Residents = read_people(sources.population, sources.population_unit, self.quarters, sources.crs)
        self.notes += found.notes
        return found.by_quarter

    def _built_up(self) -> NDArray[np.float64]:
        shares, notes = built_ground(self.sources, self.quarters)
        self.notes += notes
        return shares

    def _damage(self) -> NDArray[np.float64] | None:
        if self.sources.damage is None:
            return None
        counts, note = counts_by_quarter(self.sources.damage, "--damage", self.quarters, self.sources.crs)
        self.notes.append(note)
        return counts.astype(np.float64)

    def _spots(self) -> SpotList | None:
        sources = self.sources
        if sources.facilities is None:
            return None
        if sources.kind_field is None:
            raise SiegeError("--facilities needs --kind-field: the field that says what each place is")
        spots = read_facilities(sources.facilities, sources.kind_field, self.quarters, sources.crs)
        self.notes += spots.notes
        return spots

    def _cells(
        self, people: NDArray[np.float64] | None, spots: SpotList | None
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the quarter of each cell, -1 for none, and which cells are water."""
        quarter_of_cell, filled = cover.cells_by_overlap(self.frame, self.quarters.shapes, self.found)
        if filled:
            self.notes.append(f"{filled} cells in small gaps between quarters went to the nearest one")
        water = np.zeros(quarter_of_cell.size, dtype=np.bool_)
        if self.sources.water is not None:
            water, note = water_of(self.sources, self.quarters, self.frame, people)
            self.notes.append(note)
            quarter_of_cell[water] = cover.NO_QUARTER
        return quarter_of_cell, water

    def _say_small(self, quarter_of_cell: NDArray[np.int64], people: NDArray[np.float64] | None) -> None:
        present = np.unique(quarter_of_cell[quarter_of_cell >= 0])
        small = np.setdiff1d(np.arange(len(self.quarters.names)), present)
        if small.size:
            listed = ", ".join(self.quarters.names[i] for i in small[:8]) + (", ..." if small.size > 8 else "")
            them = "" if people is None else f" ({number(people[small].sum())} people)"
            self.notes.append(
                f"{small.size} quarters are too small for a cell; what is in them{them} went to the quarter "
                "that holds most "
                f"of their ground: {listed}"
            )

    def _entries(
        self,
        quarter_of_cell: NDArray[np.int64],
        people: NDArray[np.float64] | None,
        built_up: NDArray[np.float64],
        damage: NDArray[np.float64] | None,
    ) -> dict[int, EntryFields]:
        """Return the legend's entry of each quarter that has cells."""
        count = len(self.quarters.names)
        cells = np.bincount(quarter_of_cell[quarter_of_cell >= 0], minlength=count)
        present = np.flatnonzero(cells)
        if people is None:
            density = np.ones(count)
        else:
            density = people / np.maximum(cells, 1)
            density *= min(cells.sum() / max(people.sum(), 1e-9), DENSEST / max(density.max(), 1e-9))
        damaged = np.zeros(count) if damage is None else damage / np.maximum(cells, 1)
        if damaged.max() > MOST_DAMAGED:
            self.notes.append(f"a map holds at most {MOST_DAMAGED:g} damaged structures a cell; more were cut off")
        sectors = self._sectors(quarter_of_cell)
        entries = {}
        for quarter in present:
            holder, ground = self.holding.holder[quarter], self.holding.ground[quarter]
            entry: EntryFields = {"name": self.quarters.names[quarter], **({"ground": ground} if ground else {})}
            if holder is not None:
                entry |= {
                    "holder": holder,
                    "sector": sectors[quarter],
                    "population": float(f"{min(density[quarter], DENSEST):.9g}"),
                    "built_up": round(float(built_up[quarter]), 3),
                    "damaged_structures": round(min(float(damaged[quarter]), MOST_DAMAGED), 2),
                }
            entries[int(quarter)] = entry
        return entries

    def _sectors(self, quarter_of_cell: NDArray[np.int64]) -> list[str]:
        by_compass = legend.sectors_by_compass(quarter_of_cell, self.frame.shape, self._held())
        if self.sources.sector_field is not None:
            given = [as_text(value) for value in self.quarters.field(self.sources.sector_field, "--sector-field")]
        else:
            given = self.holding.sector
        if not any(given):
            self.notes.append(
                "sectors are compass directions from the middle of the pocket; 'centre' is within "
                f"{legend.CENTRE_SHARE:g} of its radius, 'around' is ground of others that lies on several sides"
            )
        return [one or other for one, other in zip(given, by_compass, strict=True)]

    def _rows(
        self,
        quarter_of_cell: NDArray[np.int64],
        water: NDArray[np.bool_],
        spots: SpotList | None,
        entries: dict[int, EntryFields],
    ) -> tuple[list[str], dict[str, EntryFields], dict[int, str]]:
        """Return the rows, the legend, and the character of each quarter."""
        order = sorted(
            entries, key=lambda q: (entries[q].get("holder") != GARRISON_NAME, str(entries[q].get("holder")), q)
        )
        if len(order) > len(legend.CHARACTERS):
            raise SiegeError(
                f"{self.quarters.file}: {len(order)} quarters; a map has signs for "
                f"{len(legend.CHARACTERS)}; take larger "
                "areas, or a part of the city with --extent"
            )
        character = dict(zip(order, legend.CHARACTERS, strict=False))
        drawn: dict[str, EntryFields] = {character[q]: entries[q] for q in order}
        beyond = self._beyond(quarter_of_cell)
        signs = np.array([character.get(int(q), sign) for q, sign in zip(quarter_of_cell, beyond, strict=True)])
        signs[water] = legend.WATER_SIGN
        bridges = self._bridges(signs, spots, quarter_of_cell, entries)
        if bridges is not None:
            drawn[legend.BRIDGE_SIGN] = bridges
        names = [str(entry["name"]) for entry in entries.values()]
        for sign, entry in self._further_entries(names).items():
            if (signs == sign).any():
                drawn[sign] = entry
        columns = self.frame.shape[1]
        rows = ["".join(signs[i : i + columns]) for i in range(0, signs.size, columns)]
        return cover.rows_without_leaks(rows, drawn)[0], drawn, character

    def _beyond(self, quarter_of_cell: NDArray[np.int64]) -> list[str]:
        """Return the sign that each cell has if it belongs to no quarter."""
        if self.surroundings is None:
            return [legend.OUTSIDE_SIGN] * quarter_of_cell.size
        directions = legend.open_ground_by_compass(quarter_of_cell, self.frame.shape, self._held())
        return [legend.OPEN_SIGNS[direction] for direction in directions]

    def _held(self) -> list[bool]:
        return [holder == GARRISON_NAME for holder in self.holding.holder]

    def _further_entries(self, names: list[str]) -> dict[str, EntryFields]:
        """Return the entries of what is no quarter, by sign: water, and what lies around."""
        water = {legend.WATER_SIGN: {"name": legend.name_not_in(names, "Water"), "ground": "water"}}
        if self.surroundings is None:
            return {**water, legend.OUTSIDE_SIGN: {"name": legend.name_not_in(names, "Outside"), "ground": "outside"}}
        ground = {"ground": "open", "holder": self.surroundings, "built_up": 0.05}
        around = {
            sign: {
                "name": legend.name_not_in(names, f"Open ground {octant.replace('_', '-')}"),
                **ground,
                "sector": octant,
            }
            for sign, octant in zip(legend.OPEN_SIGNS, legend.OCTANTS, strict=True)
        }
        return {**around, **water}

    def _bridges(
        self,
        signs: NDArray[Any],
        spots: SpotList | None,
        quarter_of_cell: NDArray[np.int64],
        entries: dict[int, EntryFields],
    ) -> EntryFields | None:
        """Draw bridges over the water where points name some; return their entry in the legend."""
        if spots is None or "bridges" not in spots.kind:
            return None
        grid = signs.reshape(self.frame.shape)
        mine = [i for i, kind in enumerate(spots.kind) if kind == "bridges"]
        cells = self.frame.cells_at(spots.x[mine], spots.y[mine])
        banks: list[int] = []
        for cell in cells[cells >= 0]:
            for row, column in bridge_cells(grid == legend.WATER_SIGN, divmod(int(cell), self.frame.shape[1])):
                grid[row, column] = legend.BRIDGE_SIGN
                near = quarter_of_cell.reshape(grid.shape)[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
                banks += [int(q) for q in near.ravel() if q >= 0]
        if not (grid == legend.BRIDGE_SIGN).any():
            self.notes.append("no bridge was drawn: no bridge's point lies on water or beside it")
            return None
        sides = [str(entries[q]["holder"]) for q in banks if q in entries and entries[q].get("holder")]
        holder = max(sorted(set(sides)), key=sides.count) if sides else GARRISON_NAME
        self.notes.append(
            f"{(grid == legend.BRIDGE_SIGN).sum()} cells are bridges, held by {holder}, who holds most of their banks"
        )
        return {
            "name": "Bridges",
            "ground": "bridge",
            "holder": holder,
            "sector": self._sector_beside(banks, holder, entries),
        }

    def _sector_beside(self, banks: list[int], holder: str, entries: dict[int, EntryFields]) -> str:
        near = [str(entries[q]["sector"]) for q in banks if q in entries and entries[q].get("holder") == holder]
        return max(sorted(set(near)), key=near.count) if near else "centre"

    def _places(
        self,
        spots: SpotList | None,
        host: NDArray[np.int64],
        drawn: dict[str, EntryFields],
        rows: list[str],
        character: dict[int, str],
    ) -> tuple[dict[str, list[EntryFields]], tuple[str, ...]]:
        if spots is None or not any(kind != "bridges" for kind in spots.kind):
            assumed = legend.assumed_places(drawn, rows)
            if assumed:
                self.notes.append(
                    "no places are given: hospitals, bakeries, markets and others are assumed in the map file"
                )
            return assumed, tuple(assumed)
        return places_from_spots(spots, host, drawn, rows, character), ()

    def _map(self, rows: list[str], drawn: dict[str, EntryFields], places: dict[str, list[EntryFields]]) -> CityMap:
        data = {
            "name": self.sources.name
            or Path(self.sources.boundaries.partition("::")[0]).stem.replace("_", " ").replace("-", " ").title(),
            "cell_size_m": float(self.frame.cell_m),
            "north_west_corner": {"easting": round(self.frame.west, 2), "northing": round(self.frame.north, 2)},
            "crs": self.frame.crs,
            "rows": tuple(rows),
            "legend": drawn,
            "facilities": {kind: tuple(entries) for kind, entries in places.items()},
        }
        return legend.valid_map(data, self.sources.boundaries)

    def _known_people(self, people: NDArray[np.float64] | None, quarter_of_cell: NDArray[np.int64]) -> dict[str, float]:
        assert people is not None
        present = np.unique(quarter_of_cell[quarter_of_cell >= 0])
        return {
            self.quarters.names[q]: float(people[q]) for q in present if self.holding.ground[q] not in NOBODYS_GROUND
        }


def _moved(values: NDArray[np.float64] | None, host: NDArray[np.int64]) -> NDArray[np.float64] | None:
    """Return values by quarter, those of a quarter without cells added to its host's."""
    return None if values is None else np.bincount(host, values, minlength=host.size).astype(np.float64)
