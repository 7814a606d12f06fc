"""Where a map lies on the earth: its projected reference system, by arithmetic and without any geographic library.

Exports and the reading of geodata need the system and the corner; the model itself counts cells and kilometres only.
"""

from __future__ import annotations

import re

NORTH, SOUTH = 32600, 32700
"""EPSG numbers of the WGS 84 / UTM zones, less the number of the zone, north and south of the equator."""

GEOGRAPHIC = (
    (4000, 4025), (4027, 4036), (4039, 4047), (4120, 4216), (4218, 4389), (4600, 4646), (4657, 4765), (4801, 4811),
    (4813, 4821), (4882, 5013),
)  # fmt: skip
"""Runs of EPSG numbers of systems in degrees; no projected system is among them, and few others are elsewhere."""

EPSG = re.compile(r"EPSG:([1-9][0-9]{3,5})")


def utm_crs(latitude: float, longitude: float) -> str:
    """Return the WGS 84 / UTM system of a place, such as ``EPSG:32637``.

    A zone is six degrees wide; those widened around Norway and Svalbard are taken as if they were regular, which
    shifts no cell: a grid may lie in a neighbouring zone.

    Args:
        latitude: degrees north.
        longitude: degrees east, from -180 to 180.
    """
    zone = int((longitude + 180.0) // 6.0) % 60 + 1
    return f"EPSG:{(NORTH if latitude >= 0.0 else SOUTH) + zone}"


def problem_of_crs(crs: str) -> str | None:
    """Return what is wrong with a map's reference system and the way out; None when nothing is known to be."""
    found = EPSG.fullmatch(crs)
    if found is None:
        return f"'{crs}' is not a reference system; write EPSG and its number, such as EPSG:32637"
    if any(first <= int(found[1]) <= last for first, last in GEOGRAPHIC):
        return (
            f"'{crs}' is in degrees, but cells are squares in metres; name a projected system, "
            "such as the UTM zone (EPSG:326 and the zone in the north, EPSG:327 in the south)"
        )
    return None
