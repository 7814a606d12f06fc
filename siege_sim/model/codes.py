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


HOLD, RESERVE, ASSAULT, GONE = (int(p) for p in (Posture.HOLD, Posture.RESERVE, Posture.ASSAULT, Posture.GONE))
AT_HOME, DISPLACED_INSIDE = int(Status.AT_HOME), int(Status.DISPLACED_INSIDE)
REBEL, GOVERNMENT, KURDISH = int(Holder.REBEL), int(Holder.GOVERNMENT), int(Holder.KURDISH)
"""The same as plain numbers: arrays compare with a member of an enumeration, or take it in, far more slowly."""

HOLDER_NAMES = {"rebel": REBEL, "government": GOVERNMENT, "kurdish": KURDISH}
"""The words that a map file uses."""
