"""What every drawn map needs, wherever it comes from: characters, sectors, places that are assumed."""

from __future__ import annotations

import math
import string
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from siege_sim.errors import ScenarioError
from siege_sim.kernels.ground import Shape
from siege_sim.model.city.map import NOBODYS_GROUND, CityMap
from siege_sim.schema.messages import problem_lines
from siege_sim.schema.sides import BESIEGER_NAME, GARRISON_NAME
from siege_sim.schema.yaml_file import Document, Mark

EntryFields = dict[str, Any]
"""A quarter as the legend of a map file has it: the fields of `Quarter` by name."""

WATER_SIGN, OPEN_SIGN, OUTSIDE_SIGN, BRIDGE_SIGN = "~", ".", "-", "="
"""The characters that maps of this program use for these kinds of ground."""

_GREEK, _CYRILLIC = "ΓΔΘΛΞΠΣΦΨΩαβγδεζηθλμξπσφψω", "БГДЖЗИЙЛПФЦЧШЩЫЭЮЯбгджзийлпфцчшщыэюя"
OPEN_SIGNS = ".,:;_|'`"
"""Open ground around a city, by the direction in which it lies."""

CHARACTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "%&*+@$!?<>^" + _GREEK + _CYRILLIC
"""Characters for quarters, in the order in which they are given out."""

GROUND_WORDS = {
    "open": (0.0, 0.05), "fields": (0.1, 0.1), "low_rise": (0.5, 0.4), "dense": (1.0, 0.75), "old_fabric": (1.2, 0.9),
    "bridge": (0.0, 0.0), "water": (0.0, 0.0), "impassable": (0.0, 0.0), "outside": (0.0, 0.0),
}  # fmt: skip
"""For each kind of ground: residents a cell and share of built ground, where a map says nothing (assumed)."""

OCTANTS = ("east", "north_east", "north", "north_west", "west", "south_west", "south", "south_east")
CENTRE_SHARE = 0.4
"""A quarter of the garrison is in the sector `centre` if its middle lies within this share of the pocket's radius.
Ground of others is `around` if its middle lies within this share of its cells' mean distance: it is on more sides."""


def sectors_by_compass(quarter_of_cell: NDArray[np.int64], shape: Shape, held: Sequence[bool]) -> list[str]:
    """Return a sector for each quarter: the direction in which it lies from the middle of the pocket.

    It is `centre` in the middle of the pocket, and `around` for other ground that lies on several sides of it.

    Args:
        quarter_of_cell: the quarter of each cell (flat), -1 for none.
        shape: rows and columns.
        held: whether the garrison holds each quarter.
    """
    cells_down, cells_right, radius = _from_the_pocket(quarter_of_cell, shape, held)
    sectors = []
    for quarter in range(len(held)):
        here = quarter_of_cell == quarter
        down, right = (cells_down[here], cells_right[here]) if here.any() else (np.zeros(1), np.zeros(1))
        if held[quarter]:
            nearness = CENTRE_SHARE * radius
            sectors.append(_sector(down.mean(), right.mean(), nearness, "centre"))
        else:
            far = float(np.hypot(down, right).mean())
            sectors.append(_sector(down.mean(), right.mean(), CENTRE_SHARE * far, "around"))
    return sectors


def open_ground_by_compass(quarter_of_cell: NDArray[np.int64], shape: Shape, held: Sequence[bool]) -> NDArray[np.int64]:
    """Return the direction of each cell from the middle of the pocket, as an index into `OCTANTS`.

    Arguments are those of `sectors_by_compass`.
    """
    down, right, _ = _from_the_pocket(quarter_of_cell, shape, held)
    return np.round(np.degrees(np.arctan2(-down, right)) / 45.0).astype(np.int64) % 8


def _from_the_pocket(
    quarter_of_cell: NDArray[np.int64], shape: Shape, held: Sequence[bool]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return how far each cell lies to the south and to the east of the pocket's middle, and the pocket's radius."""
    rows, columns = np.divmod(np.arange(quarter_of_cell.size, dtype=np.float64), shape[1])
    pocket = np.isin(quarter_of_cell, np.flatnonzero(held)) if any(held) else quarter_of_cell >= 0
    middle = (rows[pocket].mean(), columns[pocket].mean()) if pocket.any() else (shape[0] / 2, shape[1] / 2)
    return rows - middle[0], columns - middle[1], math.sqrt(max(int(pocket.sum()), 1) / math.pi)


def _sector(down: float, right: float, nearness: float, when_near: str) -> str:
    if math.hypot(down, right) <= nearness:
        return when_near
    return OCTANTS[round(math.degrees(math.atan2(-down, right)) / 45.0) % 8]


def name_not_in(names: Sequence[str], wanted: str) -> str:
    """Return a name that no quarter has yet: the one wanted, or with a number."""
    number, name = 2, wanted
    while name in names:
        name, number = f"{wanted} {number}", number + 1
    return name


def assumed_places(legend: Mapping[str, EntryFields], rows: Sequence[str]) -> dict[str, list[EntryFields]]:
    """Return places for a map that names none, so that a siege can be run on it: assumed, by the pocket's size.

    A market and a bakery in every second quarter of the garrison, a clinic in every fourth, a rescue centre in every
    fifth, two stores, a school, a road, and a crossing into the ground of each other side.
    """
    sizes = {character: sum(row.count(character) for row in rows) for character in legend}
    held = [character for character in sizes if legend[character].get("holder") == GARRISON_NAME]
    lived_in = [character for character in held if legend[character].get("population", 0.0) > 0.0] or held
    if not lived_in:
        return {}
    names = [str(legend[c]["name"]) for c in sorted(lived_in, key=lambda c: -sizes[c])]
    places: dict[str, list[EntryFields]] = {
        "hospitals": [{"quarter": name, "beds": 20} for name in names[::4]],
        "rescue_teams": [{"quarter": name, "crews": 4} for name in names[::5]],
        "bakeries": [{"quarter": name} for name in names[::2]],
        "markets": [{"quarter": name} for name in names[::2]],
        "warehouses": [{"quarter": names[0], "owner": "council"}, {"quarter": names[-1], "owner": "aid_agency"}],
        "schools": [{"quarter": names[-1]}],
    }
    others = dict.fromkeys(str(e["holder"]) for e in legend.values() if e.get("holder") not in (None, GARRISON_NAME))
    border = {other: _touching(legend, rows, other, lived_in) for other in others}
    places["crossings"] = [
        {"quarter": name, "into": other, "name": f"crossing from {name}"} for other, name in border.items() if name
    ]
    if border.get(BESIEGER_NAME):
        places["roads"] = [{"quarter": border[BESIEGER_NAME], "name": "old road"}]
    return places


def _touching(legend: Mapping[str, EntryFields], rows: Sequence[str], other: str, among: Sequence[str]) -> str | None:
    """Return the name of the quarter that has most of its border with a side's ground; ``None`` when none has any."""
    cells = np.array([list(row) for row in rows])
    theirs = np.isin(cells, [c for c, entry in legend.items() if entry.get("holder") == other])
    wide = np.pad(theirs, 1)
    beside = sum(
        wide[1 + i : 1 + i + len(rows), 1 + j : 1 + j + len(rows[0])] * 1 for i in (-1, 0, 1) for j in (-1, 0, 1)
    )
    contact = {c: int(np.asarray(beside)[cells == c].sum()) for c in among}
    best = max(contact, key=lambda c: contact[c])
    return str(legend[best]["name"]) if contact[best] else None


def valid_map(data: Mapping[str, Any], source: str) -> CityMap:
    """Return the map that some data make up.

    Raises:
        ScenarioError: one line for each problem, with the file that the data come from.
    """
    try:
        return CityMap.model_validate(data)
    except ValidationError as error:
        raise ScenarioError(problem_lines(error, Document(data, {(): Mark(source)}))) from None


def is_nobodys(entry: Mapping[str, Any]) -> bool:
    """Return whether nobody holds the ground of a quarter."""
    return entry.get("ground") in NOBODYS_GROUND
