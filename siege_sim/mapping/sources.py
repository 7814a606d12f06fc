"""What a map from geodata is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class GeoSources:
    """What a map is made from: files, fields and options, as on the command line.

    Attributes:
        boundaries: the file with the quarters.
        name_field: the field with their names.
        cell_m: the side of a cell.
        name: the city's name; that of the file by default.
        holders: a CSV file, or a field.
        sides: which side a word of the source means, as `WORD=SIDE`.
        others: who holds quarters of which nothing is said.
        surroundings: who holds the open ground outside all quarters; nobody by default, who then cannot pass there.
        margin: cells around the quarters; two where somebody holds the surroundings.
        population: a raster, or a field.
        population_unit: `count` or `density`.
        built_up: a raster, or a layer of buildings.
        built_up_unit: what the raster's values are, `share` or `percent`.
        damage: a layer of damaged structures.
        facilities: a layer of places.
        kind_field: the field with their kinds.
        water: a layer of polygons.
        water_share: the share of a cell from which it is water.
        sector_field: the field with the sector of each quarter.
        extent: only this box: west, south, east, north in degrees.
        crs: the reference system of files that do not say theirs.
    """

    boundaries: str
    name_field: str
    cell_m: float
    name: str | None = None
    holders: str | None = None
    sides: Sequence[str] = ()
    others: str | None = None
    surroundings: str | None = None
    margin: int | None = None
    population: str | None = None
    population_unit: str | None = None
    built_up: str | None = None
    built_up_unit: str | None = None
    damage: str | None = None
    facilities: str | None = None
    kind_field: str | None = None
    water: str | None = None
    water_share: float = 0.5
    sector_field: str | None = None
    extent: str | None = None
    crs: str | None = None

    def lines(self) -> list[str]:
        """Return which files and fields it is made from, for the head of the map's file: no folders."""
        named = {
            "boundaries": self.boundaries, "holders": self.holders, "population": self.population,
            "built-up": self.built_up, "damage": self.damage, "facilities": self.facilities, "water": self.water,
        }  # fmt: skip
        units = {"population": self.population_unit, "built-up": self.built_up_unit}
        found = [(what, Path(given).name, units.get(what)) for what, given in named.items() if given]
        return [f"{what}: {given}{f' ({unit})' if unit else ''}" for what, given, unit in found]
