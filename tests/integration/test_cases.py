"""The sieges of history: one set of mechanisms for all, inputs by case, and nothing of what is held out."""

from __future__ import annotations

import re

import pytest

from siege_sim import load_scenario, run
from siege_sim.loading.scenario import parent_of, shipped_scenarios
from siege_sim.loading.what_ifs import about_of
from siege_sim.model.catalogue import processes
from siege_sim.model.setting import Front, Ground
from siege_sim.runner.about import names_to_be_about
from siege_sim.schema.shipped import shipped_folder

CASES = [name for name in shipped_scenarios() if parent_of(name) is None and name != "toy_town"]
WHAT_IFS = [name for name in shipped_scenarios() if parent_of(name) in CASES and not name.startswith("theory_")]
COARSE = "population.persons_per_household=100"
MAY_BE_ABSENT = {"deliveries", "bridges", "base_mortality"}
"""Mechanisms that are nothing but inputs: a city without bridges has none to cut."""


@pytest.mark.parametrize("name", CASES)
def test_no_siege_has_a_parameter_of_its_own(name):
    scenario = load_scenario(name)
    for kind, process in scenario.processes.on():
        usual = type(process)().model_dump(exclude={"kind", *process.inputs})
        assert process.model_dump(exclude={"kind", *process.inputs}) == usual, kind
    assert (scenario.ground, scenario.front) == (Ground(), Front())


def test_inputs_are_few_beside_the_parameters_of_the_theory():
    """Whoever calls a parameter an input takes it out of the test above."""
    for kind, process in processes().items():
        assert set(process.inputs) < set(process.model_fields), kind
    only_inputs = {
        kind for kind, process in processes().items() if {"kind", *process.inputs} == set(process.model_fields)
    }
    assert only_inputs == MAY_BE_ABSENT | {"targets"}


@pytest.mark.parametrize("name", CASES)
def test_no_siege_has_a_mechanism_of_its_own(name):
    own, usual = ({kind for kind, _ in load_scenario(case).processes.on()} for case in (name, "aleppo_2016"))
    assert own ^ usual <= MAY_BE_ABSENT


RIVALS = {"besieger_command", "assault", "envelopment", "loss_threshold", "desertion", "morale", "agreement"}
"""What only the older theories of the front have."""
THEORY = {"clearing", "main_effort", "withdrawal", "resolve", "group_deals"}


@pytest.mark.parametrize("name", CASES)
def test_all_sieges_have_the_one_theory_of_the_front(name):
    on = {kind for kind, _ in load_scenario(name).processes.on()}
    assert on >= THEORY
    assert not on & RIVALS


@pytest.mark.parametrize("name", [name for name in shipped_scenarios() if name.startswith("theory_")])
def test_a_rival_theory_differs_from_its_case_in_the_front_alone(name):
    own, case = (dict(load_scenario(one).processes.on()) for one in (name, "aleppo_2016"))
    front = RIVALS | THEORY | {"condemnation"}
    assert {kind: own[kind] for kind in own if kind not in front} == {
        kind: case[kind] for kind in case if kind not in front
    }
    assert not own.keys() & THEORY


@pytest.mark.parametrize("name", CASES)
def test_what_changes_by_date_is_an_input(name):
    for change in load_scenario(name).changes.values():
        for kind, values in change.processes.items():
            assert set(values) <= set(processes()[kind].inputs)


@pytest.mark.parametrize("name", CASES)
def test_what_was_ordered_is_a_posture_and_no_ceasefire_or_change(name):
    case = load_scenario(name)
    assert not case.changes
    assert not [name for name, act in case.interventions.items() if act.kind == "ceasefire" and act.air == 1.0]


@pytest.mark.parametrize("route", ["boats", "aircraft", "ice_road"])
def test_every_route_of_leningrad_brings_food_in_its_season_only(route):
    case = load_scenario("leningrad_1941", [COARSE])
    routes = case.processes.deliveries.routes
    alone = {f"processes.deliveries.routes.{other}.open=0" for other in routes if other != route}
    played = run(load_scenario("leningrad_1941", [COARSE, *sorted(alone)]), seed=1, days=120)
    brought = played.series["delivered_kcal"].diff().fillna(0.0)
    open_on = [routes[route].open.on(day, case.clock) > 0.0 for day in range(121)]
    assert ((brought > 0.0) == open_on).all()


@pytest.mark.parametrize("name", WHAT_IFS)
def test_a_what_if_opens_with_its_question_and_says_what_it_changes(name):
    opening = (shipped_folder() / f"{name}.yaml").read_text("utf-8").split("extends:")[0]
    assert opening.startswith("# Question: ")
    assert "# Changed: " in opening
    assert about_of(shipped_scenarios()[name], names_to_be_about())
    scenario, case = load_scenario(name), load_scenario(str(parent_of(name)))
    assert scenario.name == name
    assert scenario.title.endswith("?")
    assert scenario.summary != case.summary
    assert scenario.digest != case.digest
    assert (scenario.start, scenario.days) == (case.start, case.days)
    assert scenario.city_map == case.city_map


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
