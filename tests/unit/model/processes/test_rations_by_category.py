"""Rations by category of people: each gets its own, all the same part of it when there is too little."""

from __future__ import annotations

import numpy as np
import pytest

from siege_sim import SiegeModel, load_scenario, run
from siege_sim.errors import ScenarioError

SHARES = {"workers": 0.35, "dependants": 0.4, "children": 0.25}
CATEGORIES = "population.categories={workers: 0.35, dependants: 0.4, children: 0.25}"
QUIET = (
    "days=6", "processes.sorties=null", "processes.artillery=null", "processes.besieger_command=null",
    "processes.looting=null", "processes.market=null", "processes.gardens=null", "processes.eating=null",
    "processes.displacement=null", "processes.rationing.fighters_share_of_need=0", "processes.rationing.aid_kcal=0",
    "interventions.aid_convoys=null", "food.council_kcal=1e10", "food.bakery_kcal_per_day=1e9",
    "processes.rationing.fuel_days=3650",
)  # fmt: skip


def town(persons_a_row: float, *settings: str) -> SiegeModel:
    a_row = f"population.persons_per_household={persons_a_row}"
    return SiegeModel(load_scenario("toy_town", [*QUIET, CATEGORIES, a_row, *settings]), 2)


def got(model: SiegeModel) -> np.ndarray:
    """Return what a member of each household got on the next day."""
    before = model.households.food_kcal.copy()
    model.step()
    return (model.households.food_kcal - before) / model.households.mouths


@pytest.mark.parametrize("persons_a_row", [1, 5, 50])
def test_composition_keeps_the_shares_of_the_people_and_a_spread_between_rows(persons_a_row):
    homes = town(persons_a_row).households
    shares = (homes.composition * homes.persons).sum(axis=1) / homes.persons.sum()
    assert shares == pytest.approx(list(SHARES.values()), abs=0.02)
    assert homes.composition.sum(axis=0) == pytest.approx(1.0)
    assert homes.composition.std(axis=1).min() > 0.15, "coarse rows are not all alike"


def test_everybody_has_one_category_when_everybody_is_a_row():
    assert set(np.unique(town(1).households.composition)) == {0.0, 1.0}


def test_each_person_gets_the_ration_of_its_category_on_its_days():
    rations = "processes.rationing.by_category={workers: {0: 1000, 2: 500}, dependants: 400, children: 200}"
    model = town(1, rations)
    category = model.households.composition.argmax(axis=0)
    for by_category in ([1000.0, 400.0, 200.0], [500.0, 400.0, 200.0]):
        assert got(model) == pytest.approx(np.array(by_category)[category], rel=1e-3)


def test_grams_of_bread_are_worth_what_the_scenario_says():
    rations = "processes.rationing.by_category={workers: 250, dependants: 125, children: 125}"
    grams = ("processes.rationing.by_category_in=grams", "processes.rationing.kcal_per_gram=2")
    model = town(1, rations, *grams)
    assert got(model) == pytest.approx(np.array([500.0, 250.0, 250.0])[model.households.composition.argmax(axis=0)])


def test_when_ovens_are_too_few_all_categories_get_the_same_part():
    rations = "processes.rationing.by_category={workers: 1000, dependants: 400, children: 200}"
    model = town(1, rations, "food.bakery_kcal_per_day=3e5")
    part = got(model) / np.array([1000.0, 400.0, 200.0])[model.households.composition.argmax(axis=0)]
    assert part == pytest.approx(part[0])
    assert part[0] < 0.9


def test_a_dated_rule_changes_rations_of_all_categories():
    rations = "processes.rationing.by_category={workers: 1000, dependants: 400, children: 200}"
    rule = "interventions.less={kind: ration_policy, from_day: 1, bread: 0.5}"
    usual, less = got(town(5, rations)), got(town(5, rations, rule))
    assert less == pytest.approx(0.5 * usual)


def test_categories_without_rations_of_their_own_change_nothing():
    base = ["population.persons_per_household=5", "days=30"]
    without, with_them = (run(load_scenario("toy_town", [*base, *more]), 1) for more in ((), (CATEGORIES,)))
    assert with_them.series_csv() == without.series_csv()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (["population.categories={workers: 0.5, others: 0.4}"], "the shares add up to 0.9; they must add up to 1"),
        (["processes.rationing.by_category={workers: 1}"], "population.categories has no category 'workers'"),
        ([CATEGORIES, "processes.rationing.by_category={workers: 1}"], "the category 'dependants'"),
        ([CATEGORIES, "processes.rationing.by_category={worker: 1}"], "did you mean 'workers'?"),
        ([CATEGORIES, "processes.rationing.by_category={workers: {3: -1}}"], "by_category.workers.3: -1 is out of"),
    ],
)
def test_wrong_categories_are_refused_in_words(settings, words):
    with pytest.raises(ScenarioError) as caught:
        load_scenario("toy_town", settings)
    assert words in str(caught.value)
