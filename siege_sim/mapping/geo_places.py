"""Places from a list of points: in which quarter they stand, and whose ground lies across the line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from siege_sim.mapping.legend import EntryFields
from siege_sim.mapping.points import SpotList
from siege_sim.schema.sides import BESIEGER_NAME, GARRISON_NAME


def places_from_spots(
    spots: SpotList,
    host: NDArray[np.int64],
    drawn: dict[str, EntryFields],
    rows: Sequence[str],
    character: dict[int, str],
) -> dict[str, list[EntryFields]]:
    """Return a map's places from a list of them: several of a kind in one quarter become one entry with a count."""
    places: dict[str, list[EntryFields]] = {}
    for index, kind in enumerate(spots.kind):
        quarter = int(spots.quarter[index])
        if kind == "bridges" or host[quarter] < 0:
            continue
        entry = _place(kind, drawn[character[int(host[quarter])]], spots.owner[index], spots.name[index], drawn, rows)
        if entry is None:
            continue
        same = next((one for one in places.get(kind, []) if {**one, "count": 1} == {**entry, "count": 1}), None)
        if same is not None and "count" in entry:
            same["count"] = min(same["count"] + 1, 100)
        elif same is None:
            places.setdefault(kind, []).append(entry)
    return places


def _place(
    kind: str, quarter: EntryFields, owner: str, name: str, drawn: dict[str, EntryFields], rows: Sequence[str]
) -> EntryFields | None:
    """Return a map's entry of a place; ``None`` for a crossing or a road where there is none to be."""
    if quarter.get("holder") is None:
        return None
    own = {"name": name} if name else {}
    entry: EntryFields = {"quarter": quarter["name"]}
    if kind in ("crossings", "roads"):
        if quarter["holder"] != GARRISON_NAME:
            return None
        own = own or {"name": f"{kind.removesuffix('s')} from {quarter['name']}"}
        return {**own, **entry, **({"into": _across(quarter, drawn, rows)} if kind == "crossings" else {})}
    if kind == "warehouses":
        return {**entry, "count": 1, "owner": _owner(owner)}
    return {**entry, "count": 1}


def _owner(word: str) -> str:
    plain = word.lower().replace(" ", "_")
    if plain in ("council", "aid_agency", "merchant"):
        return plain
    return "aid_agency" if "agency" in plain or plain in ("un", "wfp", "icrc", "ngo") else "council"


def _across(quarter: EntryFields, drawn: dict[str, EntryFields], rows: Sequence[str]) -> str:
    """Return whose ground lies across the line from a quarter: that of the side which touches it most."""
    cells = np.pad(np.array([list(row) for row in rows]), 1, constant_values=" ")
    mine = next(sign for sign, entry in drawn.items() if entry is quarter)
    sides: list[str] = []
    for row, column in np.argwhere(cells == mine):
        around = cells[row - 1 : row + 2, column - 1 : column + 2].ravel()
        sides += [str(drawn[sign]["holder"]) for sign in around if sign in drawn and drawn[sign].get("holder")]
    others = [side for side in sides if side != GARRISON_NAME]
    return max(sorted(set(others)), key=others.count) if others else BESIEGER_NAME
