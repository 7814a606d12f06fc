"""Pockets: what a split does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.model import chronicle
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import share
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Pockets(Process):
    """When ground is cut off, cohesion falls at once, more in the smaller part.

    Stocks, hospitals and reserves are divided by the ground on which they stand.
    """

    kind: Literal["pockets"] = "pockets"
    phase: ClassVar[Phase] = Phase.SUPPLY
    off_means: ClassVar[str] = "a split of the pocket is not noted and lowers no cohesion"
    neutral: ClassVar[Mapping[str, Any]] = {"shock": 0.0}

    shock: float = share(0.12, plausible=(0.05, 0.3))
    """Fall of cohesion in the cut-off part on the day of a split; a third of it in the main part."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Notice a split and its consequences."""
        city = model.city
        count = city.large_pockets
        if not 0 < model.pockets_this_morning < count:
            return
        sizes = np.bincount(city.pockets[city.pocket_ground])
        sizes_text = " and ".join(str(int(size)) for size in sizes[:count])
        cut_off = np.flatnonzero((city.pockets > 0) & (city.pockets < count))
        lost_between = (model.log.cut_off_by[cell] for cell in cut_off.tolist() if cell in model.log.cut_off_by)
        because = max(lost_between, default=None)
        bridge_cut = because is not None and model.log.events[because].kind == chronicle.BRIDGE_CUT
        split = model.note(
            "pocket_split",
            "",
            f"the pocket was cut into parts of {sizes_text} cells",
            "the bridge between was cut" if bridge_cut else "ground between was lost",
            count,
            because=because,
        )
        model.log.cut_off_by.update(dict.fromkeys(cut_off.tolist(), split))
        chronicle.parts_without_food(model, count, split)
        units = model.units
        rows = np.flatnonzero(units.of(GARRISON))
        in_main = city.pockets[units.cell_index[rows]] == 0
        units.cohesion[rows] *= 1.0 - self.shock * np.where(in_main, 1.0 / 3.0, 1.0)
