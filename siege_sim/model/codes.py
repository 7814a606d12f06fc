"""Small numbers with names, as they stand in columns. Those of the sides are in `siege_sim.schema.sides`."""

from __future__ import annotations

from enum import IntEnum

from siege_sim.schema.sides import BESIEGER, GARRISON


class Status(IntEnum):
    """Where the living members of a household are."""

    AT_HOME = 0
    DISPLACED_INSIDE = 1
    UNDER_NEW_HOLDER = 2
    WITH_THIRD_PARTY = 3
    WITH_BESIEGER = 4
    EVACUATED = 5
    OUT_BY_ROAD = 6


class Posture(IntEnum):
    """What a unit is set on."""

    HOLD = 0
    RESERVE = 1
    ASSAULT = 2
    GONE = 3


class AxisPhase(IntEnum):
    """What an axis of attack is doing."""

    IDLE = 0
    PREPARE = 1
    ASSAULT = 2
    REGROUP = 3


HOLD, RESERVE, ASSAULT, GONE = (int(p) for p in (Posture.HOLD, Posture.RESERVE, Posture.ASSAULT, Posture.GONE))
AT_HOME, DISPLACED_INSIDE = int(Status.AT_HOME), int(Status.DISPLACED_INSIDE)
"""The same as plain numbers: arrays compare with a member of an enumeration, or take it in, far more slowly."""

POSTURES = ("assault", "squeeze", "hold")
"""What the besieger's forces may be ordered to do."""

STOCKS = {GARRISON: "garrison", BESIEGER: "besieger"}
"""The account of the ledger that counts each side's fighters."""
