"""Small numbers with names, as they stand in columns and layers."""

from __future__ import annotations

from enum import IntEnum


class Holder(IntEnum):
    """Who holds a cell; also the side of a unit."""

    NOBODY = 0
    REBEL = 1
    GOVERNMENT = 2
    KURDISH = 3


class Status(IntEnum):
    """Where the living members of a household are."""

    AT_HOME = 0
    DISPLACED_INSIDE = 1
    UNDER_NEW_HOLDER = 2
    WITH_THE_KURDS = 3
    IN_GOVERNMENT_AREAS = 4
    EVACUATED = 5
    OUT_BY_ROAD = 6


class Posture(IntEnum):
    """What a unit is set on."""

    HOLD = 0
    RESERVE = 1
    ASSAULT = 2
    GONE = 3


GONE = int(Posture.GONE)
REBEL, GOVERNMENT, KURDISH = int(Holder.REBEL), int(Holder.GOVERNMENT), int(Holder.KURDISH)
"""The holders as plain numbers: in the loops of a day, looking a member of an enumeration up costs more."""

HOLDER_NAMES = {"rebel": REBEL, "government": GOVERNMENT, "kurdish": KURDISH}
"""The words that a map file uses."""
