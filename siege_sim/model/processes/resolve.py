"""Resolve of the armed groups: their will to hold, group by group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels.hazard import FloatArray, IntArray
from siege_sim.model import front
from siege_sim.model.codes import GONE
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share
from siege_sim.schema.dated import DatedNumber, dated_share
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState

LEAST_RESOLVE = 0.05
"""Nobody's resolve tends to less."""


class Resolve(Process):
    """A unit's cohesion tends to a level by its group's orders, losses, isolation, hunger, hope, and who has left.

    ``level = 1 - (1 - steadfast) x (exit offered + (1 - exit offered) x no_way_out) x burden``, where the burden is a
    sum of the causes, each from 0 to 1 with its weight. Without a way out men fight on: the same burden weighs less.
    """

    kind: Literal["resolve"] = "resolve"
    phase: ClassVar[Phase] = Phase.COHESION
    about: ClassVar[tuple[str, ...]] = ("garrison_area_share", "days_to_half", "ending")
    off_means: ClassVar[str] = "cohesion never changes: hunger, fire and losses weaken no unit"
    inputs: ClassVar[tuple[str, ...]] = ("relief",)
    neutral: ClassVar[Mapping[str, Any]] = {"follows_per_day": 0.0}
    instead_of: ClassVar[tuple[str, ...]] = ("morale",)

    relief: DatedNumber = dated_share(1.0, plausible=(0.0, 1.0))
    """How much of the hope of help from outside counts: 0 for a garrison that nobody will come for; a number, or by
    date."""
    follows_per_day: float = share(0.1, plausible=(0.03, 0.3))
    """How fast cohesion follows its level."""
    hope_weight: float = param(0.4, unit="share", plausible=(0.0, 1.0), ge=0.0, le=5.0)
    """Burden when all hope of relief is gone."""
    losses_weight: float = param(
        1.0, unit="1/share lost", plausible=(0.3, 3), source="30 % of strength lost is decisive (US doctrine)",
        ge=0.0, le=20.0,
    )  # fmt: skip
    """Burden for each share of the group's opening strength that is out of action."""
    ground_weight: float = param(0.8, unit="share", plausible=(0.0, 2.0), ge=0.0, le=5.0)
    """Burden when all ground is lost."""
    isolation_weight: float = param(0.5, unit="share", plausible=(0.0, 1.0), ge=0.0, le=5.0)
    """Burden of a unit that is cut off from the main body."""
    hunger_weight: float = param(0.3, unit="share", plausible=(0.0, 1.0), ge=0.0, le=5.0)
    """Burden of fighters who eat nothing."""
    news_weight: float = param(0.5, unit="share", plausible=(0.0, 1.0), ge=0.0, le=5.0)
    """Burden when all other groups have left."""
    no_way_out: float = share(0.4, plausible=(0.0, 1.0))
    """How much a burden weighs where those who give up expect death, relative to a safe way out."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Let cohesion follow."""
        units = model.units
        rows = units.rows_of(GARRISON)
        if rows.size == 0 or self.follows_per_day == 0.0:
            return
        names, numbers = front.groups_of(model, GARRISON)
        group = numbers[rows]
        exit_offered = front.input_by_group(model, "exit_offered", names)[group]
        steadfast = front.input_by_group(model, "steadfast", names)[group]
        weighs = exit_offered + (1.0 - exit_offered) * self.no_way_out
        level = 1.0 - (1.0 - steadfast) * weighs * self._burden(model, rows, names, numbers)
        units.cohesion[rows] += self.follows_per_day * (level.clip(LEAST_RESOLVE, 1.0) - units.cohesion[rows])

    def _burden(self, model: SiegeState, rows: IntArray, names: list[str], numbers: IntArray) -> FloatArray:
        """Return what weighs on each of the units, as a sum of its causes."""
        city, group = model.city, numbers[rows]
        lost, gone = _losses(model, numbers, len(names))
        apart = (city.exit_width == 0) & city.pocket_ground
        of_all = self.hope_weight * (1.0 - model.politics.hope * model.now(self.relief))
        of_all += self.ground_weight * (1.0 - min(model.share_held, 1.0)) + self.news_weight * gone
        burden: FloatArray = of_all + self.losses_weight * lost[group]
        burden += self.isolation_weight * apart[model.units.cell_index[rows]]
        burden += self.hunger_weight * (1.0 - _fed(model, rows, names, group))
        return burden


def _losses(model: SiegeState, numbers: IntArray, groups: int) -> tuple[FloatArray, float]:
    """Return each group's share of its strength that is out of action, and the share of all whose group has left."""
    units = model.units
    # Units that have not yet come have fighters, but are not there.
    came = np.flatnonzero((numbers >= 0) & ((units.posture != GONE) | (units.fit == 0)))
    opening = np.bincount(numbers[came], weights=units.opening[came], minlength=groups)
    fit = np.bincount(numbers[came], weights=units.fit[came], minlength=groups)
    lost = 1.0 - np.divide(fit, opening, out=np.ones(groups), where=opening > 0)
    return lost.clip(0.0, 1.0), float(opening[fit == 0].sum() / max(opening.sum(), 1.0))


def _fed(model: SiegeState, rows: IntArray, names: list[str], group: IntArray) -> FloatArray:
    """Return which share of its need each unit has: from stores of its group's own, or what it ate."""
    groups = model.setting.forces.garrison
    own = [groups[name].fed if name in groups else None for name in names]
    stores = np.array([np.nan if value is None else model.now(value) for value in own])[group]
    return np.where(np.isnan(stores), model.units.fed[rows], stores)
