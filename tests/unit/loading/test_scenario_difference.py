"""What differs between scenarios, value by value."""

from __future__ import annotations

import re

import pytest

from siege_sim import load_scenario
from siege_sim.loading.scenario import parent_of, shipped_scenarios
from siege_sim.loading.scenario_difference import differing_values

NAMES = ("A", "B")


def data_of(name: str, *settings: str):
    return load_scenario(name, settings).model_dump(mode="json", by_alias=True)


def said(first, second) -> list[str]:
    return [one.sentence(NAMES) for one in differing_values(first, second)]


@pytest.mark.parametrize("name", shipped_scenarios())
def test_a_scenario_does_not_differ_from_itself_and_a_what_if_differs_from_its_parent_in_words(name):
    own = data_of(name)
    assert not differing_values(own, data_of(name))
    if (parent := parent_of(name)) is not None:
        sentences = said(data_of(parent), own)
        assert sentences
        for sentence in sentences:
            assert re.fullmatch(r"[\w.*-]+: [^{}]+\.", sentence), sentence
            assert not re.search(r"\bNone\b|\bTrue\b|\(\)|\['|not the same", sentence), sentence


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("processes.sorties.per_day=9", "processes.sorties.per_day: 4 in A, 9 in B (sorties/day). Sorties a day over"),
        (
            "processes.sorties.per_day={2020-09-01: 3, 2020-10-01: 9}",
            "4 in A, 3 from 2020-09-01, 9 from 2020-10-01 in B",
        ),
        ("processes.besieger_command=null", "processes.besieger_command: only in A. The besieger masses"),
        ("interventions.x={kind: ceasefire, from_day: 12, until_day: 14}", "interventions.x: only in B (ceasefire). "),
        ("food.home_days=1", "food.home_days: "),
        ("map.side=14", "map.side: "),
    ],
)
def test_a_value_is_told_with_its_unit_and_meaning(setting, sentence):
    (only,) = said(data_of("toy_town"), data_of("toy_town", setting))
    assert sentence in only


def test_which_scenario_comes_first_decides_only_which_value_is_said_first():
    first, second = (
        data_of("toy_town"),
        data_of("toy_town", "processes.sorties.per_day=9", "interventions.aid_convoys=null"),
    )
    there, back = differing_values(first, second), differing_values(second, first)
    assert [(one.key, one.first, one.second) for one in there] == [(one.key, one.second, one.first) for one in back]
    assert {one.only_in for one in there} == {0, 1}
    assert {one.only_in for one in back} == {0, 2}


def test_another_town_is_one_difference_and_another_cell_is_counted():
    assert "map: Toy Town in A" in said(data_of("toy_town"), data_of("aleppo_2016"))[0]
    own, other = data_of("aleppo_2016"), data_of("aleppo_2016")
    rows = other["map"]["rows"]
    rows[3] = rows[4]
    cells = sum(one != two for one, two in zip(rows[3], own["map"]["rows"][3], strict=True))
    assert f"but {cells} are others" in said(own, other)[0]


def test_values_of_a_scenario_that_this_version_does_not_know_are_said_all_the_same():
    own, other = data_of("toy_town"), data_of("toy_town", "population.besieged=700")
    other["processes"]["of_another_version"] = {"kind": "of_another_version", "strength": 2}
    assert [one.key for one in differing_values(own, other)] == ["population.besieged", "processes.of_another_version"]
