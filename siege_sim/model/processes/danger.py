"""Danger and suppression: how fire affects people and defenders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.kernels.hazard import FloatArray, IntArray
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Danger(Process):
    """Danger in a cell grows with every hit and fades over days; suppression of defenders lasts for the day.

    Each hit adds a fixed share of the difference to 1, so neither exceeds 1.
    """

    kind: Literal["danger"] = "danger"
    phase: ClassVar[Phase] = Phase.FIRES
    about: ClassVar[tuple[str, ...]] = ("displaced_inside", "civilians_in_pocket", "garrison_area_share")
    off_means: ClassVar[str] = "fire causes no fear, suppresses no defender and closes no road"
    neutral: ClassVar[Mapping[str, Any]] = {
        "fades_per_day": 0.0, "per_impact": 0.0, "per_shell": 0.0, "suppression_per_impact": 0.0,
        "suppression_per_shell": 0.0,
    }  # fmt: skip

    fades_per_day: float = share(0.12, plausible=(0.05, 0.3))
    """Share of the danger that a day takes away."""
    per_impact: float = share(0.12, plausible=(0.05, 0.3))
    """How much one heavy impact adds to the danger that people see in its cell."""
    per_shell: float = share(0.005, plausible=(0.002, 0.03))
    """How much one shell adds."""
    suppression_per_impact: float = share(0.06, plausible=(0.02, 0.2))
    """How much one heavy impact on a front cell suppresses its defenders today."""
    suppression_per_shell: float = share(0.01, plausible=(0.003, 0.03))
    """How much one shell does."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Fade, and add today's fire."""
        layers = model.city.layers
        layers.danger *= 1.0 - self.fades_per_day
        layers.suppression[:] = 0.0
        for hits, danger, suppression in (
            (layers.impacts, self.per_impact, self.suppression_per_impact),
            (layers.shells, self.per_shell, self.suppression_per_shell),
        ):
            cells = hits.nonzero()[0]
            if cells.size == 0:
                continue
            _raise(layers.danger, cells, hits[cells], danger)
            _raise(layers.suppression, cells, hits[cells], suppression)


def _raise(level: FloatArray, cells: IntArray, hits: IntArray, per_hit: float) -> None:
    """Raise the level in some cells by how often each of them was hit."""
    level[cells] += (1.0 - level[cells]) * (1.0 - (1.0 - per_hit) ** hits)
