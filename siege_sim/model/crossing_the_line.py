"""People who cross the line, and those of them whom the garrison kills for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siege_sim.kernels.hazard import FloatArray, IntArray, binomial, unfold

if TYPE_CHECKING:
    from siege_sim.model.codes import Status
    from siege_sim.model.state import SiegeState


def cross_the_line(model: SiegeState, rows: IntArray, status: Status, side: int, luck: FloatArray) -> None:
    """Let households leave for a side's ground; those who are shot on the way die first.

    Args:
        model: the model.
        rows: distinct row numbers.
        status: where they are from now on.
        side: whose ground that is.
        luck: a uniform a row.
    """
    homes, shot = model.households, model.conditions.shot_when_leaving
    if shot > 0.0:
        fates, who = unfold(luck, 2)
        homes.kill(rows, binomial(fates, homes.persons[rows], shot), "killed_leaving", who)
    homes.leave(rows, status, side)
