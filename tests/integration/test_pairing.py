"""Paired what-ifs: two runs with one seed differ only where the mechanisms make them differ."""

from __future__ import annotations

import numpy as np
import pytest

from siege_sim import SiegeModel, load_scenario
from tests.conftest import STRESS

COMES_ON_DAY = 20

LATER = {
    "besieger's reinforcements": "{kind: reinforcements, side: besieger, faction: guards, sector: north, "
    "fighters: 600, vanguard: true, ",
    "garrison's reinforcements": "{kind: reinforcements, side: garrison, faction: volunteers, sector: north, "
    "fighters: 600, vanguard: true, ",
    "relief attack": "{kind: relief_attack, fighters: 3000, against: [north], ",
    "ceasefire": "{kind: ceasefire, ",
}


def series(*changes: str, days: int = 30):
    model = SiegeModel(load_scenario("toy_town", [*STRESS, *changes]), seed=7)
    for _ in range(days):
        model.step()
    return model.recorder.values[: model.recorder.rows]


@pytest.mark.parametrize("action", LATER.values(), ids=LATER)
def test_nothing_differs_before_an_action_begins(action):
    without = series()
    with_it = series(f"interventions.later={action}from_day: {COMES_ON_DAY}}}")
    assert np.array_equal(without[:COMES_ON_DAY], with_it[:COMES_ON_DAY], equal_nan=True)
    assert not np.array_equal(without[COMES_ON_DAY:], with_it[COMES_ON_DAY:], equal_nan=True)


def struck_households(before_day_1=None) -> np.ndarray:
    """Return which households lose or gain persons, wounded or buried on the first day."""
    model = SiegeModel(load_scenario("toy_town", STRESS), seed=7)
    homes = model.households
    if before_day_1 is not None:
        before_day_1(homes)
    before = np.array([homes.persons, homes.wounded, homes.trapped]).copy()
    model.step()
    assert model.city.layers.impacts.any()
    return (np.array([homes.persons, homes.wounded, homes.trapped]) != before).any(axis=0)


def test_what_befell_one_household_yesterday_leaves_the_luck_of_others_alone():
    def bury_one(homes):
        homes.trapped[100] = 1

    usual, with_one_buried = struck_households(), struck_households(bury_one)
    others = np.arange(usual.size) != 100
    assert usual.sum() > 3
    assert np.array_equal(usual[others], with_one_buried[others])
