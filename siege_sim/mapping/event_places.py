"""On whose ground of a map an event lies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from siege_sim.errors import SiegeError, did_you_mean
from siege_sim.mapping.event_table import STRIKES, DatedEvent, counted_words
from siege_sim.mapping.frame import GridFrame
from siege_sim.mapping.geo_files import require_geo
from siege_sim.model.city.map import CityMap
from siege_sim.model.scenario import DrawnMap
from siege_sim.schema.messages import read_block
from siege_sim.schema.sides import GARRISON_NAME


@dataclass(frozen=True)
class Sited:
    """Events with the quarter that each lies in, and sentences on those that lie in none."""

    events: list[tuple[DatedEvent, str]]
    notes: list[str]


def sited_events(events: Sequence[DatedEvent], map_file: Path | None, file: str) -> Sited:
    """Return the events on a map; of strikes only those on the ground that the garrison holds on day 0.

    Args:
        events: the events.
        map_file: the map; without one all events are taken, whatever their place.
        file: the table, for messages.

    Raises:
        SiegeError: no event lies on the map, or the map does not say where it lies.
    """
    if map_file is None:
        return Sited(
            [(event, event.quarter) for event in events], ["no map is given: every event counts, wherever it was"]
        )
    city_map, _ = read_block(DrawnMap, map_file, "a map")
    quarters = _quarters(events, city_map, map_file)
    holder = {quarter.name: quarter.holder for quarter in city_map.quarters}
    kept, beyond, elsewhere = [], 0, Counter[str]()
    for event, quarter in zip(events, quarters, strict=True):
        if not quarter:
            beyond += 1
        elif quarter not in holder:
            elsewhere[f"quarter '{quarter}'"] += 1
        elif event.kind in STRIKES and holder[quarter] != GARRISON_NAME:
            elsewhere[f"strikes on ground of {holder[quarter] or 'nobody'}"] += 1
        else:
            kept.append((event, quarter))
    if not kept:
        hint = did_you_mean(quarters[0], holder) if quarters and quarters[0] else ""
        raise SiegeError(
            f"{file}: none of {len(events)} events counts on the map {map_file}: "
            f"{counted_words(elsewhere) or 'all lie outside it'}{hint}; is it the map of this place?"
        )
    notes = [f"{len(kept)} of {len(events)} events count"]
    if beyond:
        notes.append(f"events outside the map: {beyond}")
    if elsewhere:
        notes.append(f"left out: {counted_words(elsewhere)}")
    return Sited(kept, notes)


def _quarters(events: Sequence[DatedEvent], city_map: CityMap, map_file: Path) -> list[str]:
    """Return the name of the quarter of each event; empty outside the map, and a name that the map lacks as it is."""
    named = [event.quarter for event in events]
    placed = [i for i, event in enumerate(events) if not event.quarter and event.place is not None]
    if placed:
        frame = frame_of_map(city_map, map_file)
        cells = _cells([events[i].place for i in placed], frame)
        for i, cell in zip(placed, cells, strict=True):
            named[i] = city_map.quarters[int(city_map.quarter_index[cell])].name if cell >= 0 else ""
    return named


def _cells(places: Sequence[tuple[float, float] | None], frame: GridFrame) -> Sequence[int]:
    from pyproj import Transformer

    latitude, longitude = np.array(places, dtype=np.float64).T
    x, y = Transformer.from_crs("EPSG:4326", frame.crs, always_xy=True).transform(longitude, latitude)
    cells: list[int] = frame.cells_at(np.asarray(x), np.asarray(y)).tolist()
    return cells


def frame_of_map(city_map: CityMap, map_file: Path) -> GridFrame:
    """Return where the cells of a map file lie.

    Raises:
        SiegeError: the map does not say it, or the libraries for geodata are missing.
    """
    require_geo()
    from pyproj import Transformer

    corner, crs = city_map.north_west_corner, city_map.reference_system
    if corner is None or crs is None:
        raise SiegeError(
            f"{map_file}: does not say where it lies; add north_west_corner: {{latitude: ..., longitude: ...}}, or "
            "give the table a column 'quarter'"
        )
    if corner.easting is not None and corner.northing is not None:
        west, north = corner.easting, corner.northing
    else:
        west, north = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(
            corner.longitude, corner.latitude
        )
    return GridFrame(crs, west, north, city_map.cell_size_m, city_map.shape)
