"""Dated changes: a parameter takes a new value from a day on, and nothing before that day is touched."""

from __future__ import annotations

import pytest

from siege_sim import load_scenario, run
from siege_sim.errors import ScenarioError
from siege_sim.loading.scenario import scenario_of

MORE_SORTIES = "changes.more_sorties={from_day: 20, processes: {sorties: {per_day: 30}}}"


def before(result, day):
    return result.series.query("day < @day").to_csv()


def test_days_before_a_change_are_as_without_it(toy_result):
    changed = run(load_scenario("toy_town", [MORE_SORTIES]), seed=1)
    assert before(changed, 20) == before(toy_result, 20)
    assert changed.series["heavy_impacts"][20:40].sum() > 2 * toy_result.series["heavy_impacts"][20:40].sum()


def test_a_change_to_the_value_that_holds_already_changes_nothing(toy_result):
    same = run(load_scenario("toy_town", [MORE_SORTIES.replace("30", "4")]), seed=1)
    assert same.series_csv() == toy_result.series_csv()


def test_the_later_of_two_changes_holds_whatever_their_order_in_the_file():
    later_first = load_scenario(
        "toy_town",
        ["changes.b={from_day: 30, processes: {sorties: {per_day: 2}}}", MORE_SORTIES],
    )
    per_day = [later_first.mechanisms_on(day).sorties.per_day for day in (0, 19, 20, 29, 30, 90)]
    assert per_day == [4, 4, 30, 30, 2, 2]


def test_changes_of_different_parameters_add_up():
    both = load_scenario(
        "toy_town", [MORE_SORTIES, "changes.b={from_day: 20, processes: {sorties: {dispersion: 0.1}}}"]
    )
    sorties = both.mechanisms_on(25).sorties
    assert (sorties.per_day, sorties.dispersion) == (30, 0.1)


def test_a_change_is_told_in_the_log_and_dated():
    events = run(load_scenario("toy_town", [MORE_SORTIES]), seed=1, days=21).events
    told = events[events["kind"] == "change"]
    assert list(told["day"]) == [20]
    assert told["what"].iloc[0] == "the more sorties came into force: sorties.per_day 30"


def test_a_scenario_with_changes_comes_back_from_its_manifest():
    scenario = load_scenario("toy_town", [MORE_SORTIES])
    assert scenario_of(scenario.model_dump(mode="json", by_alias=True)) == scenario


def test_a_scenario_without_changes_does_not_speak_of_them(toy_town):
    assert "changes" not in toy_town.model_dump(mode="json")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("{from_day: 0, processes: {sorties: {per_day: 3}}}", "on days 1 to 90"),
        ("{from_day: 91, processes: {sorties: {per_day: 3}}}", "on days 1 to 90"),
        ("{from_day: 5, processes: {sorties: {per_day: -3}}}", "it must be at least 0"),
        ("{from_day: 5, processes: {sorties: {per_dey: 3}}}", "did you mean 'per_day'?"),
        ("{from_day: 5, processes: {sortie: {per_day: 3}}}", "did you mean 'sorties'?"),
        ("{from_day: 5, processes: {sorties: {kind: market}}}", "'kind' is not a parameter"),
        ("{from_day: 5, processes: {}}", "processes"),
        ("{from_day: 5}", "this key is missing"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused_with_a_way_out(change, says):
    with pytest.raises(ScenarioError) as error:
        load_scenario("toy_town", [f"changes.x={change}"])
    assert says in str(error.value)
    assert "changes.x" in str(error.value)
