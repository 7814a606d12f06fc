"""Points in quarters: damaged structures, buildings, and places by kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from siege_sim.errors import SiegeError
from siege_sim.mapping.geo_files import as_text, column, in_degrees, read_layer

if TYPE_CHECKING:
    from siege_sim.mapping.boundaries import Boundaries

KIND_WORDS = {
    "hospitals": ("hospital", "clinic", "doctors", "field hospital", "health centre", "health center", "health post"),
    "rescue_teams": ("rescue team", "rescue", "rescue centre", "civil defence", "civil defense", "fire station"),
    "bakeries": ("bakery", "bakeries"),
    "markets": ("market", "marketplace", "souk", "bazaar"),
    "warehouses": ("warehouse", "store", "food store", "storage"),
    "schools": ("school", "kindergarten", "college"),
    "crossings": ("crossing", "checkpoint", "border control", "gate"),
    "roads": ("road", "supply road"),
    "bridges": ("bridge",),
}
"""By the key of a map's places: what layers of points call such a place; the key itself is known too."""


@dataclass(frozen=True)
class SpotList:
    """Places that a layer of points names.

    Attributes:
        kind: the key of a map's places for each, or `bridges`.
        name: its own name; empty for none.
        owner: whose store it is; empty where nothing is said.
        quarter: the index of its quarter, -1 for none.
        x: easting, m.
        y: northing, m.
        notes: what was left out, a sentence each.
    """

    kind: list[str]
    name: list[str]
    owner: list[str]
    quarter: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    notes: tuple[str, ...] = ()


def known_kind(word: str) -> str | None:
    """Return the key of a map's places that a word for a kind stands for; ``None`` when none does."""
    plain = word.strip().lower().replace("_", " ").replace("-", " ")
    for key, words in KIND_WORDS.items():
        if plain in (key.replace("_", " "), *words, *(f"{one}s" for one in words)):
            return key
    return None


def read_points(given: str, option: str, quarters: Boundaries, crs: str | None) -> tuple[Any, NDArray[np.int64]]:
    """Return a layer in the metres of the city, a point a feature, and the quarter of each; -1 outside all.

    Raises:
        SiegeError: it cannot be read, or no point lies near the city.
    """
    import shapely

    frame = read_layer(given, option, crs)
    missing = frame.geometry.isna() | frame.geometry.is_empty
    frame = frame[~missing].to_crs(quarters.crs)
    middles = shapely.point_on_surface(frame.geometry.to_numpy())
    points, shapes = shapely.STRtree(quarters.shapes).query(middles, predicate="intersects")
    quarter = np.full(len(frame), -1)
    quarter[points[::-1]] = shapes[::-1]
    if not (quarter >= 0).any():
        where = f": it reaches from {in_degrees(frame.total_bounds, quarters.crs)}" if len(frame) else ""
        raise SiegeError(
            f"{given}: misses the city{where}; the quarters reach from {in_degrees(quarters.bounds, quarters.crs)}; "
            "give the layer of this place, or correct its reference system"
        )
    return frame, quarter


def counts_by_quarter(given: str, option: str, quarters: Boundaries, crs: str | None) -> tuple[NDArray[np.int64], str]:
    """Return how many points lie in each quarter, and a sentence on the rest."""
    _, quarter = read_points(given, option, quarters, crs)
    inside = quarter[quarter >= 0]
    note = f"{inside.size:,} of {quarter.size:,} points of {Path(given).name} lie in the quarters"
    return np.bincount(inside, minlength=len(quarters.names)), note


def footprints(given: str, quarters: Boundaries, crs: str | None) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the ground that buildings take in each quarter, in square metres, and how many buildings there are.

    Points take no ground.
    """
    import shapely

    frame, quarter = read_points(given, "--built-up", quarters, crs)
    inside = quarter >= 0
    count = np.bincount(quarter[inside], minlength=len(quarters.names))
    area = np.bincount(quarter[inside], shapely.area(frame.geometry.to_numpy())[inside], minlength=len(quarters.names))
    return area.astype(np.float64), count.astype(np.int64)


def read_facilities(given: str, kind_field: str, quarters: Boundaries, crs: str | None) -> SpotList:
    """Read places; kinds that maps do not know are left out and named.

    Raises:
        SiegeError: no such field, no place in the city, or no known kind.
    """
    import shapely

    frame, quarter = read_points(given, "--facilities", quarters, crs)
    words = [as_text(value) for value in column(frame, kind_field, "--kind-field", given)]
    kinds = [known_kind(word) for word in words]
    unknown = Counter(word or "(none)" for word, kind in zip(words, kinds, strict=True) if kind is None)
    if len(unknown) and not any(kinds):
        raise SiegeError(
            f"{given}: the field '{kind_field}' holds no kind that maps know ({_counted(unknown)}); known: "
            f"{', '.join(KIND_WORDS)}; choose another field with --kind-field"
        )
    keep = [i for i, kind in enumerate(kinds) if kind == "bridges" or (kind is not None and quarter[i] >= 0)]
    beyond = sum(kind is not None for kind in kinds) - len(keep)
    notes = [f"{len(keep)} places taken from {Path(given).name}"]
    if beyond:
        notes.append(f"{beyond} places lie in no quarter and were left out")
    if unknown:
        notes.append(f"places of unknown kinds were left out: {_counted(unknown)}")
    middles = shapely.point_on_surface(frame.geometry.to_numpy())[keep]
    fields = {name.lower(): name for name in frame.columns if isinstance(name, str)}
    return SpotList(
        [str(kinds[i]) for i in keep],
        _optional(frame, fields.get("name"), keep),
        _optional(frame, fields.get("owner"), keep),
        quarter[keep],
        shapely.get_x(middles),
        shapely.get_y(middles),
        tuple(notes),
    )


def _optional(frame: Any, field: str | None, keep: list[int]) -> list[str]:
    values = [""] * len(frame) if field is None else [as_text(value) for value in frame[field]]
    return [values[i] for i in keep]


def _counted(words: Counter[str]) -> str:
    return ", ".join(f"{word} ({count})" for word, count in words.most_common(8)) + (", ..." if len(words) > 8 else "")
