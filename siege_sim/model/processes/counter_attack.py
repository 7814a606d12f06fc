"""Counter-attacks of the garrison on ground that was lost a moment ago."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels import ground
from siege_sim.kernels.hazard import BoolArray, FloatArray, split
from siege_sim.model import chronicle
from siege_sim.model.codes import Posture
from siege_sim.model.harm import inflict
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share
from siege_sim.schema.sides import BESIEGER, GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.agents.unit import Unit
    from siege_sim.model.state import SiegeState


class CounterAttack(Process):
    """Units close to a fresh loss and not under assault themselves try to take it back before its holders dig in."""

    kind: Literal["counter_attack"] = "counter_attack"
    phase: ClassVar[Phase] = Phase.COMBAT
    about: ClassVar[tuple[str, ...]] = ("garrison_area_share", "days_to_half")
    neutral: ClassVar[Mapping[str, Any]] = {"p_try": 0.0}

    p_try: float = share(0.1, plausible=(0.03, 0.3))
    """Chance a day that such a unit tries."""
    within_days: int = param(3, unit="days", plausible=(1, 6), ge=1, le=60)
    """How long a loss counts as fresh."""
    reach_cells: int = param(3, unit="cells", plausible=(1, 5), ge=1, le=50)
    """How far a unit goes to counter-attack."""
    least_cohesion: float = share(0.6, plausible=(0.4, 0.8))
    """Cohesion that a unit needs to try."""
    occupiers: float = param(120.0, unit="fighters", plausible=(60, 250), gt=0.0, le=5000.0)
    """Fighting strength that holds a freshly taken cell."""
    even_odds: float = param(1.5, unit="ratio", plausible=(1, 2.5), gt=0.0, le=20.0)
    """Odds at which a counter-attack succeeds every second time."""
    losses_attacker: float = share(0.06, plausible=(0.02, 0.15))
    """Share of the unit that is killed or wounded."""
    losses_holder: float = param(5.0, unit="fighters", plausible=(1, 15), ge=0.0, le=1000.0)
    """Fighters of the other side killed in a counter-attack, on average."""
    holder_loses_per_hundred: float = param(0.0, unit="fighters", plausible=(0, 20), ge=0.0, le=100.0)
    """Those killed for each hundred who counter-attack, besides: losses by men, which do not depend on the size of
    units."""
    share_killed: float = param(0.25, unit="share", plausible=(0.2, 0.33), ge=0.0, le=1.0)
    """Share of the unit's losses that are killed; the rest are wounded."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Let units near fresh losses try."""
        city, units = model.city, model.units
        fresh = city.siege_line & city.held_on_day_0 & (city.layers.days_held < self.within_days)
        if self.p_try == 0.0 or not fresh.any():
            return
        pressed = city.pressed[units.cell_index]
        ready = units.of(GARRISON) & ~pressed & (units.cohesion >= self.least_cohesion)
        if not ready.any():
            return
        luck, *others = units.luck(rng, 3)
        hits = np.array(others)
        steps = ground.steps_from(fresh, city.pocket_ground, city.shape, farthest=self.reach_cells)
        near = ready & (steps[units.cell_index] <= self.reach_cells)
        tries, rest = split(luck, self.p_try * model.conditions.assault_tempo)
        for row in np.flatnonzero(near & tries):
            self._try(model, model.unit(int(row)), fresh, float(rest[row]), hits)

    def _try(self, model: SiegeState, unit: Unit, fresh: BoolArray, luck: float, hits: FloatArray) -> None:
        city = model.city
        lost = np.flatnonzero(fresh & city.held_by(BESIEGER))
        if lost.size == 0:
            return
        target, _ = city.nearest(unit.cell_index, lost, GARRISON)
        holder_loses = self.losses_holder + self.holder_loses_per_hundred * unit.fit / 100.0
        strength = unit.fit * unit.quality * unit.cohesion * (0.4 + 0.6 * unit.ammunition)
        odds = strength / self.occupiers
        succeeds = luck < odds / (odds + self.even_odds)
        share = np.array([self.losses_attacker])
        inflict(
            model,
            np.array([unit.row]),
            share * self.share_killed,
            share * (1 - self.share_killed),
            hits,
            "killed_in_combat",
        )
        model.besieger_loses(holder_loses, target, float(hits[0, unit.row]))
        if succeeds and unit.fit > 0:
            pockets = city.large_pockets
            city.capture(np.array([target]), GARRISON)
            model.fall_back(BESIEGER, target)
            unit.march_to(target)
            unit.posture = Posture.HOLD
            chronicle.ground_retaken(model, target, pockets)
