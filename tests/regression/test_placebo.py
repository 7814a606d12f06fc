"""Where the line breaks follows from where the vanguard is staged, which is an initial condition.

The same city with the vanguard staged elsewhere breaks elsewhere. Nothing in the model knows a quarter's name.
"""

from __future__ import annotations

import numpy as np
import pytest

from siege_sim import SiegeModel, load_scenario

SEEDS = range(1, 6)
CELLS = 25
COARSE = ["population.persons_per_household=50"]
VANGUARD = ("iraqi_militias", "lebanese_hezbollah", "iranian_led_and_afghan_militias", "tiger_forces")
STAGED_IN_THE_SOUTH = [f"forces.besieger.{name}.sectors={{south_approach: 1.0}}" for name in VANGUARD]


def first_losses(settings: list[str], seed: int) -> np.ndarray:
    """Return (row, column) of the first cells that a run loses for good."""
    model = SiegeModel(load_scenario("aleppo_2016", [*COARSE, *settings]), seed)
    order: list[int] = []
    for _ in model.days():
        lost = np.flatnonzero(model.city.held_on_day_0 & ~model.city.pocket_ground)
        order += [cell for cell in lost.tolist() if cell not in order]
        if len(order) >= CELLS:
            break
    return np.array([divmod(cell, model.city.shape[1]) for cell in order[:CELLS]])


def held_at_first() -> np.ndarray:
    """Return (row, column) of all cells that the garrison holds on day 0."""
    city = SiegeModel(load_scenario("aleppo_2016", COARSE), 1).city
    return np.array([divmod(cell, city.shape[1]) for cell in np.flatnonzero(city.held_on_day_0).tolist()])


@pytest.mark.slow
def test_the_break_is_where_the_vanguard_is_staged():
    north_east = np.concatenate([first_losses([], seed) for seed in SEEDS])
    south = np.concatenate([first_losses(STAGED_IN_THE_SOUTH, seed) for seed in SEEDS])

    def in_north_east(cells):
        return float(((cells[:, 0] < 10) & (cells[:, 1] >= 14)).mean())

    assert in_north_east(north_east) > in_north_east(held_at_first())
    assert in_north_east(south) < in_north_east(north_east) - 0.3
    assert north_east[:, 0].mean() + 4 < south[:, 0].mean()
