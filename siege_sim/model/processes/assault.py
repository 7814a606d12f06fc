"""The exchange of fire on assaulted cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels.attrition import deitchman
from siege_sim.model.codes import AxisPhase
from siege_sim.model.harm import harm_civilians, inflict
from siege_sim.model.processes.base import Phase, Process
from siege_sim.model.sources import WOUNDED_IN_WAR
from siege_sim.schema.block import param
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Assault(Process):
    """Attackers in the open meet aimed fire, defenders in cover area fire (Deitchman's guerrilla law).

    This process takes no cell: a cell changes hands when its defenders give it up or are gone.
    """

    kind: Literal["assault"] = "assault"
    phase: ClassVar[Phase] = Phase.COMBAT
    about: ClassVar[tuple[str, ...]] = ("garrison_killed", "besieger_killed", "killed_in_crossfire")
    off_means: ClassVar[str] = "assaults cost nobody's life; lines still give way where a theory of breaking is on"
    neutral: ClassVar[Mapping[str, Any]] = {
        "defender_hits_per_day": 0.0, "attacker_hits_per_day": 0.0, "fatigue_per_day": 0.0, "ammunition_per_day": 0.0,
        "fatigue_recovered_per_day": 0.0, "crossfire_area_m2": 0.0,
    }  # fmt: skip

    defender_hits_per_day: float = param(
        0.035,
        unit="1/day",
        plausible=(0.01, 0.08),
        source="division losses of 1-3 % a day (Dupuy)",
        ge=0.0,
        le=5.0,
    )
    """Attackers put out of action a day by one defender with full ammunition."""
    attacker_hits_per_day: float = param(
        0.00016, unit="1/day", plausible=(0.00005, 0.0005), source="losses of both sides are often similar (Dupuy)",
        ge=0.0, le=1.0,
    )  # fmt: skip
    """Share of the defenders put out of action a day by one attacker (area fire)."""
    share_killed: float = param(
        0.25,
        unit="share",
        plausible=(0.2, 0.33),
        ge=0.0,
        le=1.0,
        source=WOUNDED_IN_WAR,
    )
    """Share of those put out of action who are killed; the rest are wounded."""
    fatigue_per_day: float = param(0.06, unit="share/day", plausible=(0.03, 0.12), ge=0.0, le=1.0)
    """Fatigue that a day of assault adds on both sides."""
    fatigue_recovered_per_day: float = param(0.08, unit="share/day", plausible=(0.04, 0.15), ge=0.0, le=1.0)
    """Share of the fatigue that a quiet day takes away."""
    ammunition_per_day: float = param(0.012, unit="share/day", plausible=(0.004, 0.03), ge=0.0, le=1.0)
    """What a day under assault takes from the ammunition of a defending unit."""
    crossfire_area_m2: float = param(150.0, unit="m2", plausible=(50, 500), ge=0.0, le=50_000.0)
    """Area of shelter in an assaulted cell within which people are caught in the fighting."""
    p_civilian_killed: float = param(0.08, unit="share", plausible=(0.04, 0.15), ge=0.0, le=1.0)
    """Chance of a person in that area to be killed."""
    p_civilian_wounded: float = param(0.3, unit="share", plausible=(0.2, 0.4), ge=0.0, le=1.0)
    """Chance to be wounded."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Fight on every pressed cell."""
        units, layers = model.units, model.city.layers
        units.fatigue *= 1.0 - self.fatigue_recovered_per_day
        pressed = model.city.pressed.nonzero()[0]
        if pressed.size == 0:
            return
        # A day of fighting does to the people of a cell what one hit would.
        harm_civilians(
            model,
            model.city.pressed.astype(np.float64),
            area_m2=self.crossfire_area_m2,
            p_killed=self.p_civilian_killed,
            p_trapped=0.0,
            p_wounded=self.p_civilian_wounded,
            luck=rng.random(len(model.households)),
            cause="killed_in_crossfire",
        )
        luck, line = units.luck(rng, 2), model.line(GARRISON)
        room = model.setting.ground.fighters_a_cell_edge
        defenders = line.present[pressed]
        cover = 1.0 + model.setting.ground.works * layers.entrenchment[pressed]
        # Fatigue and cohesion are left out: they count in the odds by which a cell is given up, and those who stay
        # shoot.
        shooting = line.mean_per_cell(units.quality[line.rows] * (0.4 + 0.6 * units.ammunition[line.rows]))[pressed]
        # As many as a cell's edge has room for: command presses no more cells than it has men for.
        attackers = np.full(pressed.size, room)
        left_a, left_d = deitchman(
            attackers,
            defenders,
            self.attacker_hits_per_day / cover,
            self.defender_hits_per_day * shooting * (1.0 - 0.5 * layers.suppression[pressed]),
        )
        lost = np.zeros(model.city.n_cells)
        lost[pressed] = 1.0 - np.divide(left_d, defenders, out=np.ones_like(left_d), where=defenders > 0)
        # A unit mans several cells, and bears the losses of each by the part of it that stands there.
        hit = line.per_unit(lost)
        inflict(
            model,
            line.rows,
            hit * self.share_killed,
            hit * (1.0 - self.share_killed),
            luck,
            "killed_in_combat",
        )
        engaged = line.per_unit(model.city.pressed.astype(np.float64))
        units.fatigue[line.rows] += self.fatigue_per_day * engaged * (1.0 - units.fatigue[line.rows])
        units.ammunition[line.rows] = np.maximum(units.ammunition[line.rows] - self.ammunition_per_day * engaged, 0.0)
        # Attackers mass behind their place and take turns, so what an axis loses on all its cells falls on all its
        # units in proportion. The same luck serves both sides, since it has a column for each unit.
        for axis in model.axes:
            mine = layers.pressed_by[pressed] == axis.number
            if axis.phase != AxisPhase.ASSAULT or not mine.any():
                continue
            rows = axis.rows
            fit = float(units.fit[rows].sum())
            share = np.full(rows.size, float((attackers - left_a)[mine].sum()) / max(fit, 1.0))
            inflict(
                model,
                rows,
                share * self.share_killed,
                share * (1.0 - self.share_killed),
                luck,
                "killed_in_combat",
            )
            units.fatigue[rows] += self.fatigue_per_day * (1.0 - units.fatigue[rows])
