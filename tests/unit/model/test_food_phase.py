"""The IPC phase: one rule for the pocket, for a quarter and for the text of the standard."""

from __future__ import annotations

import numpy as np
import pytest

from siege_sim import SiegeModel
from siege_sim.model.outcomes import Sums, ipc_area_phase, ipc_by_quarter


@pytest.mark.parametrize(
    ("shares", "phase"),
    [
        ([1.0, 0.0, 0.0, 0.0, 0.0], 1),
        ([0.8, 0.2, 0.0, 0.0, 0.0], 2),
        ([0.81, 0.0, 0.1, 0.09, 0.0], 1),
        ([0.5, 0.3, 0.1, 0.05, 0.05], 3),
        ([0.0, 0.0, 0.0, 0.8, 0.2], 5),
    ],
)
def test_an_area_is_in_the_worst_phase_in_which_or_beyond_which_a_fifth_of_its_people_are(shares, phase):
    assert ipc_area_phase(np.array(shares)) == phase


def test_a_quarter_is_in_the_phase_that_the_pocket_would_be_in_if_it_were_all_there_is(toy_town):
    model, chance = SiegeModel(toy_town, seed=1), np.random.default_rng(1)
    homes, seen = model.households, set()
    quarter, mouths = model.city.layers.quarter[homes.cell_index], homes.mouths.copy()
    for plenty_kcal in (200.0, 1000.0, 2000.0, 4000.0, 9000.0):
        homes.eaten_kcal[:] = plenty_kcal * chance.random(len(homes))
        homes.mass_loss[:] = 0.2 * chance.random(len(homes))
        phases = ipc_by_quarter(model)
        for number in np.unique(quarter[mouths > 0.0]):
            homes.mouths[:] = np.where(quarter == number, mouths, 0.0)
            assert ipc_area_phase(Sums.of(model).ipc_shares) == phases[number]
            seen.add(int(phases[number]))
        homes.mouths[:] = mouths
    assert len(seen) >= 3, "all quarters were alike, so this shows nothing"
