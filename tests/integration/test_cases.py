"""The sieges of history: one set of mechanisms for all, inputs by case, and nothing of what is held out."""

from __future__ import annotations

import re

import pytest

from siege_sim import load_scenario, run
from siege_sim.loading.scenario import parent_of, shipped_folder, shipped_scenarios

CASES = [name for name in shipped_scenarios() if parent_of(name) is None and name != "toy_town"]
WHAT_IFS = [name for name in shipped_scenarios() if parent_of(name) in CASES and not name.startswith("theory_")]
COARSE = "population.persons_per_household=100"
INPUTS = {
    "season": {"mean_c", "swing_c", "warmest_day_of_year", "daily_spread_c"},
    "sorties": {"per_day"},
    "targets": {"front", "on_call", "housing", "hospitals", "markets", "bakeries", "schools", "stores"},
    "shelter": {"experience_on_day_0", "cellars", "warned_of_aircraft"},
    "artillery": {"shells_per_day", "mortar", "heavy_shell", "rocket", "share_on_front", "share_on_hospitals"},
    "snipers": {"intensity"},
    "outside_threats": {"believed"},
    "orders_to_civilians": {"besieger_says", "shot_when_leaving"},
    "displacement": {"prevented"},
    "garrison_shelling": {"killed_per_day"},
    "rationing": {"bread_kcal", "aid_kcal", "policy", "fuel_days"},
    "supply": {"kcal_in_per_day"},
    "pauses": {"hazard_per_point"},
    "agreement": {"hazard", "persons_per_day"},
}
"""What the parties decided or the climate set. Every other parameter belongs to the theory, the same for all sieges."""


def mechanisms(name: str) -> dict[str, dict[str, object]]:
    """Return the parameters of a case's mechanisms, but for inputs."""
    return {
        kind: {key: value for key, value in process.model_dump().items() if key not in INPUTS.get(kind, ())}
        for kind, process in load_scenario(name).processes.on()
    }


@pytest.mark.parametrize("name", CASES)
def test_no_siege_has_a_mechanism_or_a_parameter_of_its_own(name):
    assert mechanisms(name) == mechanisms("aleppo_2016")
    assert load_scenario(name).ground == load_scenario("aleppo_2016").ground


@pytest.mark.parametrize("name", CASES)
def test_what_changes_by_date_is_an_input(name):
    for change in load_scenario(name).changes.values():
        for kind, values in change.processes.items():
            assert set(values) <= INPUTS[kind]


@pytest.mark.parametrize("name", WHAT_IFS)
def test_a_what_if_opens_with_its_question_and_says_what_it_changes(name):
    opening = (shipped_folder() / f"{name}.yaml").read_text("utf-8").split("extends:")[0]
    assert opening.startswith("# Question: ")
    assert "# Changed: " in opening
    scenario, case = load_scenario(name), load_scenario(str(parent_of(name)))
    assert scenario.name == name
    assert scenario.title.endswith("?")
    assert scenario.summary != case.summary
    assert scenario.digest != case.digest
    assert (scenario.start, scenario.days, scenario.city_map) == (case.start, case.days, case.city_map)


@pytest.mark.parametrize("name", [name for name in WHAT_IFS if parent_of(name) != "aleppo_2016"])
def test_a_what_if_runs(name):
    """Those of Aleppo are run by tests of their own."""
    played = run(load_scenario(name, [COARSE]), seed=1, days=2)
    assert played.summary["ending"] == "holding"


@pytest.mark.parametrize("name", CASES)
def test_the_besieged_ground_hangs_together_on_day_0(name):
    """In Mosul and Leningrad it does so by bridges; what lies beyond Sarajevo's airport is no part of it."""
    first = run(load_scenario(name, [COARSE]), seed=1, days=1).series.iloc[0]
    assert (first["pockets"], first["garrison_area_share"]) == (1, 1.0)


@pytest.mark.parametrize("name", CASES)
def test_a_map_says_where_it_lies_and_where_it_comes_from(name):
    city = load_scenario(name).city_map
    assert city.north_west_corner is not None
    text = (shipped_folder() / "maps" / f"{map_file(name)}").read_text("utf-8")
    assert "# Sources" in text.split("name:")[0]


def map_file(name: str) -> str:
    """Return the name of a case's map file."""
    found = re.search(r"^map: maps/(\S+)$", (shipped_folder() / f"{name}.yaml").read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return found.group(1)
