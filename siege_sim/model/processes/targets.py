"""Where strikes fall: by weights over kinds of targets, as the record shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels.hazard import FloatArray, categorical, scatter, unfold
from siege_sim.model.agents.facility import Facility
from siege_sim.model.fires import in_preparation
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.dated import DatedNumber, dated

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState

PLACES = ("hospitals", "markets", "bakeries", "schools", "stores")
"""The weights by which strikes fall on places, each on those whose class names it as its ``target``."""


class Targets(Process):
    """Each heavy impact falls on a kind of target by given weights, then on a place of that kind by chance.

    The weights, numbers or numbers by date, describe what was hit; nothing in the program chooses them, improves them
    or learns from results.
    """

    kind: Literal["targets"] = "targets"
    phase: ClassVar[Phase] = Phase.AIR
    about: ClassVar[tuple[str, ...]] = ("killed_by_air", "hospitals_working", "bakeries_working")
    off_means: ClassVar[str] = "air strikes hit nothing"
    inputs: ClassVar[tuple[str, ...]] = (
        "front",
        "on_call",
        "housing",
        "hospitals",
        "markets",
        "bakeries",
        "schools",
        "stores",
    )
    neutral: ClassVar[Mapping[str, Any]] = {
        "front": 0.0, "on_call": 0.0, "housing": 0.0, "hospitals": 0.0, "markets": 0.0, "bakeries": 0.0, "schools": 0.0,
        "stores": 0.0,
    }  # fmt: skip

    front: DatedNumber = dated(0.33, unit="weight", plausible=(0.2, 0.5), ge=0.0, le=1000.0)
    """Positions on the front line."""
    on_call: DatedNumber = dated(0.0, unit="weight", plausible=(0.0, 1.0), ge=0.0, le=1000.0)
    """Positions where the besieger assaults or prepares to: strikes that his forward troops call for. On days without
    any they are positions on the front line."""
    housing: DatedNumber = dated(0.56, unit="weight", plausible=(0.4, 0.7), ge=0.0, le=1000.0)
    """Quarters, in proportion to the people there."""
    hospitals: DatedNumber = dated(
        0.025,
        unit="weight",
        plausible=(0.01, 0.04),
        source="16 bombardments of hospitals (SAMS) among 950 large impacts (HRW), 19 Sep - 18 Oct 2016",
        ge=0.0,
        le=1000.0,
    )
    """Hospitals and clinics."""
    markets: DatedNumber = dated(0.025, unit="weight", plausible=(0.01, 0.05), ge=0.0, le=1000.0)
    """Markets."""
    bakeries: DatedNumber = dated(0.025, unit="weight", plausible=(0.01, 0.05), ge=0.0, le=1000.0)
    """Bakeries."""
    schools: DatedNumber = dated(0.025, unit="weight", plausible=(0.01, 0.05), ge=0.0, le=1000.0)
    """Schools."""
    stores: DatedNumber = dated(0.01, unit="weight", plausible=(0.0, 0.03), ge=0.0, le=1000.0)
    """Food stores."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Let every impact of the day fall somewhere."""
        layers = model.city.layers
        layers.impacts[:] = 0
        for facility in model.facilities:
            facility.hits = 0
        impacts = model.conditions.impacts_due
        if impacts == 0:
            return
        luck = rng.random((impacts, 2))
        names = ["front", "on_call", "housing", *PLACES]
        weights = np.array([model.now(getattr(self, name)) for name in names])
        if not weights.sum() > 0.0:
            return
        chosen = categorical(luck[:, 0], weights)
        if model.conditions.hospitals_spared:
            spared = unfold(luck[:, 0], 2)[1] < model.conditions.hospitals_spared
            chosen[spared & (chosen == names.index("hospitals"))] = -1
        cell_weights = self._cell_weights(model)
        for name, ground in cell_weights.items():
            scatter(layers.impacts, luck[chosen == names.index(name), 1], ground)
        for name in PLACES:
            here = luck[chosen == names.index(name), 1]
            if here.size:
                self._strike_places(model, name, here, cell_weights["housing"])
        layers.impacts_so_far += layers.impacts

    def _cell_weights(self, model: SiegeState) -> dict[str, FloatArray]:
        layers = model.city.layers
        front = model.city.assailable * (1.0 + 4.0 * model.city.pressed)
        front_is_called = model.city.assailable & (model.city.pressed | in_preparation(model))
        called: FloatArray = front_is_called.astype(np.float64)
        housing = layers.civilians * model.city.fired_at
        return {"front": front, "on_call": called if called.any() else front, "housing": housing}

    def _strike_places(self, model: SiegeState, target: str, luck: FloatArray, otherwise: FloatArray) -> None:
        """Let impacts fall on the places of a target that still stand; where there are none, on housing."""
        at_war = model.city.layers.under_deal == 0
        here = [f for f in model.facilities_in_pocket(Facility) if f.target == target and at_war[f.cell_index]]
        standing = [f for f in here if not f.destroyed]
        if standing:
            for pick in categorical(luck, np.ones(len(standing))).tolist():
                standing[pick].hits += 1
                model.city.layers.impacts[standing[pick].cell_index] += 1
        else:
            scatter(model.city.layers.impacts, luck, otherwise)
