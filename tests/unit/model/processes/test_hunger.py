"""Hunger among people who are not alike; deaths as in ordinary times; cold; what is eaten when there is little."""

from __future__ import annotations

import numpy as np
import pytest

from siege_sim import SiegeModel, load_scenario
from siege_sim.errors import ScenarioError
from siege_sim.model import catalogue

QUIET = (
    *(f"processes.{name}=null" for name in catalogue.processes() if name not in ("season", "eating", "hunger")),
    "processes.season={mean_c: 20, swing_c: 0, daily_spread_c: 0}",
    "air_wings={}",
    "interventions={}",
)
HUNGRY = ("food.home_days=60", "processes.eating={share_when_bare: 0.3, share_when_stocked: 0.3}")
UNLIKE = "processes.hunger={need_spread: 0.2, frailty: 4}"


def town(people: int, a_row: float, days: int, *settings: str) -> SiegeModel:
    sizes = (f"population.besieged={people}", f"population.persons_per_household={a_row}", f"days={days}")
    return SiegeModel(load_scenario("toy_town", [*QUIET, *sizes, *settings]), 3)


def deaths_by_day(model: SiegeModel, cause: str = "died_of_hunger") -> np.ndarray:
    return np.array([model.ledger.today("civilians", cause) for _ in model.days()])


@pytest.mark.parametrize("unlike", [UNLIKE, "processes.hunger={}", "processes.hunger={need_spread: 0.3, rest: 0.2}"])
def test_as_many_starve_whether_a_row_is_a_household_or_ten(unlike):
    fine, coarse = (deaths_by_day(town(40_000, a_row, 120, *HUNGRY, unlike)) for a_row in (5, 50))
    assert fine[:100].sum() > 300, "too few to tell"
    for until in (100, 120):
        assert coarse[:until].sum() == pytest.approx(fine[:until].sum(), rel=0.12)


def test_the_frail_die_first_and_leave_the_robust():
    alike, unlike = (
        deaths_by_day(town(40_000, 20, 160, *HUNGRY, f"processes.hunger={{frailty: {variance}}}"))
        for variance in (0, 8)
    )
    early = np.searchsorted(np.cumsum(alike), 0.01 * 40_000)
    assert unlike[:early].sum() == pytest.approx(alike[:early].sum(), rel=0.2), "at first nobody has been spared"
    assert unlike[-20:].sum() < 0.8 * alike[-20:].sum()


def test_who_spends_more_than_others_dies_before_them():
    model = town(40_000, 20, 140, *HUNGRY, "processes.hunger={need_spread: 0.2}")
    born, need = model.households.persons.copy(), model.households.arrays["need"]
    deaths = deaths_by_day(model)
    assert need.mean() == pytest.approx(1.0, abs=0.02)
    assert need.std() == pytest.approx(0.2, abs=0.02)
    dead = born - model.households.persons
    assert (dead * need).sum() / dead.sum() > 1.08
    alike = deaths_by_day(town(40_000, 20, 140, *HUNGRY))
    assert np.flatnonzero(deaths)[0] < np.flatnonzero(alike)[0], "and so the first deaths come earlier"


def test_more_people_die_as_usual_the_higher_the_rate_and_none_of_it_counts_as_excess():
    for rate in (0.0, 0.5, 8.0):
        model = town(40_000, 5, 50, "processes.hunger=null", f"processes.base_mortality={{per_10000_a_day: {rate}}}")
        died = deaths_by_day(model, "died_as_usual").sum()
        expected = 40_000 * (1 - np.exp(-rate * 50 / 10_000))
        assert died == pytest.approx(expected, abs=3 * expected**0.5)
        assert model.ledger.deaths("civilians") == 0.0
        assert model.city.layers.civilians_killed.sum() == 0


def test_usual_deaths_follow_their_dates_and_do_not_depend_on_the_size_of_a_row():
    series = "processes.base_mortality={per_10000_a_day: {0: 0, 11: 8}}"
    for a_row in (1, 5, 80):
        died = deaths_by_day(town(40_000, a_row, 30, "processes.hunger=null", series), "died_as_usual")
        assert died[:10].sum() == 0
        assert died[10:].sum() == pytest.approx(40_000 * 20 * 8 / 10_000, rel=0.15)


@pytest.mark.parametrize(
    ("settings", "more_kcal"),
    [
        ({}, 500.0),
        ({"cold_from_c": 5}, 200.0),
        ({"most_for_cold_kcal": 320}, 320.0),
        ({"heating": 0.25}, 375.0),
        ({"heating": 1}, 0.0),
        ({"heating": {0: 1, 1: 0.5}}, 250.0),
        ({"cold_from_c": -10}, 0.0),
    ],
)
def test_cold_adds_to_the_need_from_a_threshold_to_a_cap_and_less_where_homes_are_heated(settings, more_kcal):
    settings = {"cold_from_c": 20, "most_for_cold_kcal": 2000, **settings}
    season = "processes.season=" + str({"mean_c": -5, "swing_c": 0, "daily_spread_c": 0, **settings}).replace("'", "")
    model = town(2000, 5, 3, season)
    model.step()
    assert model.conditions.need_kcal == pytest.approx(2100.0 + more_kcal)


def test_the_former_name_of_the_cold_is_refused_with_the_new_one():
    with pytest.raises(ScenarioError, match="kcal_per_5c"):
        load_scenario("toy_town", ["processes.season.kcal_per_5c_below_20=50"])


@pytest.mark.parametrize("share_of_need", [0.1, 0.22, 0.4])
def test_with_a_quarter_of_what_they_need_people_eat_all_they_get_on_the_day(share_of_need):
    """Nobody saves for later what is less than the least that people limit themselves to."""
    model = town(
        2000, 5, 12, "food.home_days=0", "processes.eating={}", "processes.hunger={}", "processes.gardens={}",
        f"processes.gardens.foraged_kcal={2100 * share_of_need}", "processes.gardens.grown_kcal=0",
    )  # fmt: skip
    for _ in model.days():
        assert model.households.eaten_kcal == pytest.approx(2100 * share_of_need)
        assert model.households.food_kcal == pytest.approx(0.0, abs=1e-6)


def test_what_fighters_draw_from_the_stores_may_change_by_date():
    model = town(
        2000, 5, 4, "processes.rationing={bread_kcal: 0, aid_kcal: 0, fighters_share_of_need: {0: 1, 3: 0.5}}",
        "food.council_kcal=1e9",
    )  # fmt: skip
    eaten = [model.ledger.today("food", "eaten_by_fighters") for _ in model.days()]
    assert eaten[0] == eaten[1] > 0
    assert eaten[2] == eaten[3] == pytest.approx(0.5 * eaten[0])
