"""What validation doubts about levers: each doubt is about something that exists, and is said where it belongs."""

from __future__ import annotations

from pathlib import Path

import pytest

from siege_sim.loading.doubts import all_doubts, doubts_of, levers_between
from siege_sim.loading.scenario import load_scenario
from siege_sim.model import catalogue
from siege_sim.model.scenario import Scenario

VALIDATION = Path(__file__).parents[3] / "docs" / "validation.md"
LEVERS = {*catalogue.processes(), *catalogue.interventions(), *Scenario.model_fields}


@pytest.mark.parametrize("doubt", all_doubts(), ids=lambda doubt: doubt.says[:40])
def test_every_doubt_is_about_levers_that_exist_and_stands_on_the_page(doubt):
    assert set(doubt.concerns) <= LEVERS
    assert f"## {doubt.heading}" in VALIDATION.read_text()
    assert doubt.case is None or load_scenario(doubt.case)


@pytest.mark.parametrize(
    ("what_if", "said"),
    [
        ("protected_hospitals", "hospitals still work"),
        ("no_air_power", "How much air strikes matter"),
        ("no_allied_militias", "numbers of fighters"),
        ("aid_convoys", "a lack of food kills"),
        ("corridors_trusted", "people leave earlier"),
    ],
)
def test_a_what_if_is_told_the_doubts_about_its_levers(what_if, said):
    assert any(said in one.says for one in doubts_of(load_scenario("aleppo_2016"), load_scenario(what_if)))


def test_a_doubt_about_one_case_is_not_said_of_another_and_follows_what_is_built_on_it():
    town = load_scenario("toy_town")
    spared = load_scenario("toy_town", ["interventions.spared={kind: protected_hospitals, from_day: 2}"])
    assert doubts_of(town, spared) == ()
    changed = load_scenario("aleppo_2016", ["population.persons_per_household=50"])
    what_if = load_scenario("protected_hospitals", ["population.persons_per_household=50"])
    assert any("hospitals" in one.says for one in doubts_of(changed, what_if))


def test_levers_are_found_in_mechanisms_actions_changes_and_blocks():
    town = load_scenario("toy_town")
    other = load_scenario(
        "toy_town",
        [
            "processes.sorties.per_day=3",
            "interventions.aid={kind: aid_convoy, from_day: 2}",
            "changes.later={from_day: 5, processes: {market: {sold_per_day: 0.03}}}",
            "population.besieged=3000",
        ],
    )
    assert levers_between(town, other) == {"sorties", "aid_convoy", "market", "population", "changes"}
    assert levers_between(town, town) == set()
