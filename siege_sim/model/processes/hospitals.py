"""Hospitals: who is treated, who heals, who dies of wounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels.hazard import binomial, probability, unfold
from siege_sim.model.agents.facility import Hospital
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Hospitals(Process):
    """Each pocket's hospitals treat up to their beds; without treatment more of the wounded die.

    Also repairs: a closed facility opens again when its days of repair are over.
    """

    kind: Literal["hospitals"] = "hospitals"
    phase: ClassVar[Phase] = Phase.HEALTH
    about: ClassVar[tuple[str, ...]] = ("died_of_wounds", "hospitals_working")
    off_means: ClassVar[str] = "nobody dies of wounds, no wound heals, and no damaged place is repaired"
    neutral: ClassVar[Mapping[str, Any]] = {"deaths_per_day": 0.0, "healed_per_day": 0.0, "repairs": False}

    deaths_per_day: float = param(
        0.0022,
        unit="1/day",
        plausible=(0.001, 0.004),
        source="about 4 % of the treated wounded die",
        ge=0.0,
        le=1.0,
    )
    """Hazard of dying of wounds under treatment."""
    untreated_factor: float = param(
        1.8,
        unit="factor",
        plausible=(1.5, 2.0),
        source="loss of care raises deaths among wounded 1.5-2 times",
        ge=1.0,
        le=10.0,
    )
    """How many times higher it is without treatment."""
    healed_per_day: float = param(0.05, unit="1/day", plausible=(0.03, 0.08), ge=0.0, le=1.0)
    """Hazard of recovery."""
    patients_a_bed: float = param(6.0, unit="patients", plausible=(2, 10), le=100.0, ge=0.01)
    """Wounded whom one bed can serve, most of them as outpatients."""
    repairs: bool = True
    """Whether closed facilities are repaired."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Repair, treat, heal, bury."""
        if self.repairs:
            self._repair(model)
        homes = model.households
        rows = ((homes.wounded > 0) & homes.inside).nonzero()[0]
        if rows.size == 0:
            return
        luck = rng.random(len(homes))[rows]
        deaths_luck, healed_luck, who_luck = unfold(luck, 3)
        hazard = self.deaths_per_day * (
            self.untreated_factor - (self.untreated_factor - 1.0) * self._treated(model, rows)
        )
        deaths = binomial(deaths_luck, homes.wounded[rows], probability(hazard))
        homes.wounded[rows] -= deaths
        homes.kill(rows, deaths, "died_of_wounds", who_luck)
        homes.wounded[rows] -= binomial(healed_luck, homes.wounded[rows], probability(self.healed_per_day))

    def _repair(self, model: SiegeState) -> None:
        for facility in model.facilities:
            if facility.repair_days > 0:
                facility.repair_days -= 1
                if facility.working:
                    model.note_facility(
                        facility,
                        f"{facility.kind}_reopened",
                        f"{facility.name} worked again",
                        "repaired",
                        because=model.log.newest(facility),
                    )

    def _treated(self, model: SiegeState, rows: np.ndarray) -> np.ndarray:
        """Return, for each household, the share of its wounded who are treated."""
        city, homes = model.city, model.households
        beds = np.zeros(city.pocket_count + 1)
        for hospital in model.facilities_in_pocket(Hospital):
            if not hospital.closed:
                beds[city.pockets[hospital.cell_index] + 1] += hospital.beds
        pocket = city.pockets[homes.cell_index[rows]] + 1
        wounded = np.bincount(pocket, weights=homes.wounded[rows], minlength=beds.size)
        return np.minimum(1.0, beds * self.patients_a_bed / np.maximum(wounded, 1.0))[pocket]
