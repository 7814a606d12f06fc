"""The levers that matter first: there are ten in every case, and each is a parameter that its scenario has."""

from __future__ import annotations

import pytest

from siege_sim import load_scenario
from siege_sim.dashboard.first_levers import FIRST_LEVERS, first_levers

CASES = ("toy_town", "aleppo_2016", "ghouta_2018")


@pytest.mark.parametrize("name", CASES)
def test_a_case_has_ten_first_levers_two_to_a_question(name):
    scenario = load_scenario(name)
    groups = first_levers(scenario, 1)
    assert list(groups) == list(FIRST_LEVERS)
    assert sum(len(group.levers) for group in groups.values()) == 10
    on = scenario.mechanisms_on(1)
    for group in groups.values():
        assert len({lever.key for lever in group.levers}) == len(group.levers), (
            "keys tell the levers of a question apart"
        )
        for lever in group.levers:
            assert hasattr(getattr(on, group.mechanisms[lever.key]), lever.key)
            assert lever.description
            assert lever.label in {title for wanted in FIRST_LEVERS.values() for _, _, title in wanted}


def test_a_question_without_levers_is_left_out():
    scenario = load_scenario("toy_town", ["processes.sorties=null", "processes.artillery=null"])
    assert "Fire" not in first_levers(scenario, 1)
