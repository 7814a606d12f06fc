"""What wears cohesion down, and what restores it."""

from __future__ import annotations

import numpy as np
import pytest

from siege_sim import SiegeModel, load_scenario
from siege_sim.model.processes.morale import Morale
from siege_sim.model.rng import stream
from siege_sim.schema.sides import GARRISON

QUIET = {"losses_weight": 0.0, "fire_weight": 0.0, "hunger_weight": 0.0}


def cohesion_after(
    days: int, *, start: float = 1.0, hope: float = 1.0, fire: float = 0.0, fed: float = 1.0, **values: float
) -> np.ndarray:
    """Return the cohesion of the toy town's garrison after some days of which only morale is played."""
    model = SiegeModel(load_scenario("toy_town"), seed=1)
    rows = model.line(GARRISON).rows
    model.politics.hope = hope
    model.city.layers.danger[:] = fire
    model.units.fed[:] = fed
    model.units.cohesion[rows] = start
    process = Morale(**{**QUIET, **values})
    for day in range(days):
        process.step(model, stream(1, "morale", day))
    return np.asarray(model.units.cohesion[rows])


def test_with_hope_and_quiet_it_comes_back_to_the_full():
    assert cohesion_after(300, start=0.4) == pytest.approx(1.0, abs=1e-5)


def test_without_hope_it_sinks_to_the_level_that_is_left():
    early, late = (cohesion_after(days, hope=0.0, level_without_hope=0.35) for days in (10, 300))
    assert (early < 1.0).all()
    assert (early > late).all()
    assert late == pytest.approx(0.35, abs=1e-5)


def test_under_steady_fire_wear_and_recovery_balance():
    steady = cohesion_after(400, fire=0.5, fire_weight=0.04, recovery_per_day=0.05)
    assert steady == pytest.approx(0.05 / (0.05 + 0.04 * 0.5), abs=1e-5)


def test_hunger_of_a_fortnight_wears_little_beside_fire():
    """Supply is 2 % of the reasons for which lines gave way (McQuie 1987); with the default weights."""
    hunger = Morale.model_fields["hunger_weight"].default
    fire = Morale.model_fields["fire_weight"].default
    starving = cohesion_after(14, fed=0.5, hunger_weight=hunger)
    shelled = cohesion_after(14, fire=0.5, fire_weight=fire)
    assert ((1.0 - starving) < 0.3 * (1.0 - shelled)).all()
    assert (starving < 1.0).all()
