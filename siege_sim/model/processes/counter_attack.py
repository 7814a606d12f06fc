"""Counter-attacks of the garrison on ground that was lost a moment ago."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels import ground
from siege_sim.kernels.hazard import FloatArray, IntArray, split, whole
from siege_sim.model import chronicle, front
from siege_sim.model.codes import Posture
from siege_sim.model.harm import inflict
from siege_sim.model.processes.base import Phase, Process
from siege_sim.model.sources import WOUNDED_IN_WAR
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

    p_try: float = share(0.08, plausible=(0.03, 0.3))
    """Chance a day that such a unit tries."""
    within_days: int = param(3, unit="days", plausible=(1, 6), ge=1, le=60)
    """How long a loss counts as fresh."""
    reach_m: float = param(1200.0, unit="m", plausible=(400, 2000), le=1e5, ge=1.0)
    """How far a unit goes to counter-attack."""
    taken_back_km2: float = param(0.16, unit="km2", plausible=(0.05, 0.3), le=10.0, ge=0.001)
    """Ground that one that succeeds takes back; whole cells, by chance."""
    least_cohesion: float = share(0.6, plausible=(0.4, 0.8))
    """Cohesion that a unit needs to try."""
    occupiers: float = param(120.0, unit="fighters", plausible=(60, 250), le=5000.0, ge=0.1)
    """Fighting strength that holds a freshly taken cell."""
    even_odds: float = param(1.5, unit="ratio", plausible=(1, 2.5), le=20.0, ge=0.01)
    """Odds at which a counter-attack succeeds every second time."""
    losses_attacker: float = share(0.06, plausible=(0.02, 0.15))
    """Share of the unit that is killed or wounded."""
    holder_loses_per_hundred: float = param(10.0, unit="fighters", plausible=(2, 20), ge=0.0, le=100.0)
    """Fighters of the other side killed for each hundred who counter-attack, on average."""
    share_killed: float = param(
        0.25,
        unit="share",
        plausible=(0.2, 0.33),
        ge=0.0,
        le=1.0,
        source=WOUNDED_IN_WAR,
    )
    """Share of the unit's losses that are killed; the rest are wounded."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Let units near fresh losses try."""
        city, units = model.city, model.units
        fresh = city.siege_line & city.held_on_day_0 & (city.layers.days_held < self.within_days)
        fresh &= ~city.layers.given_up
        if self.p_try == 0.0 or not fresh.any():
            return
        pressed = city.pressed[units.cell_index]
        ready = units.of(GARRISON) & (units.deal == 0) & ~pressed & (units.cohesion >= self.least_cohesion)
        if not ready.any():
            return
        luck, area, *others = units.luck(rng, 4)
        hits = np.array(others)
        reach = front.steps_of(model, self.reach_m)
        steps = ground.steps_from(fresh, city.pocket_ground, city.shape, farthest=reach)
        near = ready & (steps[units.cell_index] <= reach)
        cells = whole(area, np.full(area.size, self.taken_back_km2 / city.cell_km2)).astype(np.int64)
        tries, rest = split(luck, self.p_try * model.conditions.assault_tempo)
        for row in np.flatnonzero(near & tries):
            lost = np.flatnonzero(fresh & city.held_by(BESIEGER))
            nearest = city.nearest(units.cell_index[row], lost, GARRISON) if lost.size else None
            if nearest is not None and nearest[1] <= reach:  # another unit may have taken back what was in reach
                self._try(model, model.unit(int(row)), nearest[0], lost, float(rest[row]), hits, int(cells[row]))

    def _try(
        self, model: SiegeState, unit: Unit, target: int, lost: IntArray, luck: float, hits: FloatArray, cells: int
    ) -> None:
        city = model.city
        holder_loses = self.holder_loses_per_hundred * unit.fit / 100.0
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
        if succeeds and unit.fit > 0 and cells:
            pockets = city.large_pockets
            far = city.steps_on_foot(target, GARRISON, lost)[lost]
            back = lost[np.argsort(far, kind="stable")[: min(cells, np.count_nonzero(far < ground.UNREACHED))]]
            city.capture(back, GARRISON)
            for cell in back.tolist():
                model.fall_back(BESIEGER, cell)
            unit.march_to(target)
            unit.posture = Posture.HOLD
            chronicle.ground_retaken(model, target, pockets)
