"""Where a map lies on the earth: its projected reference system, by arithmetic and without any geographic library.

Exports and the reading of geodata need the system and the corner; the model itself counts cells and kilometres only.
"""

from __future__ import annotations

import re

GEOGRAPHIC = (
    (4000, 4025), (4027, 4036), (4039, 4047), (4120, 4216), (4218, 4389), (4600, 4646), (4657, 4765), (4801, 4811),
    (4813, 4821), (4882, 5013),
)  # fmt: skip
"""Runs of EPSG numbers of systems in degrees; no projected system is among them, and few others are elsewhere."""

EPSG = re.compile(r"EPSG:([1-9][0-9]{3,5})")


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
