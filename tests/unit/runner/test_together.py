"""Several what-ifs at once: what is put together, what contradicts itself, and where the whole is there already."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.errors import ScenarioError
from siege_sim.loading.scenario import load_scenario
from siege_sim.runner.compare import comparison_request
from siege_sim.runner.together import all_together

TOWN = load_scenario("toy_town")


def changed(name: str, *settings: str):
    return load_scenario("toy_town", [*settings, f"name={name}"])


def test_what_each_changes_holds_in_the_whole():
    fed = changed("fed", "interventions.aid={kind: aid_convoy, from_day: 2, every_days: 2, trucks: 5}")
    calm = changed("calm", "processes.sorties.per_day=3", "processes.market=null")
    both = all_together(TOWN, [fed, calm])
    assert both.interventions == fed.interventions
    assert both.processes.sorties.per_day == 3
    assert both.processes.market is None
    assert {change.key for step in both.lineage for change in step.changes} == {
        "interventions.aid", "processes.sorties.per_day", "processes.market",
    }  # fmt: skip


@pytest.mark.slow
@given(st.floats(1.0, 50.0), st.floats(0.0, 1.0))
def test_the_order_of_what_ifs_does_not_matter(per_day, looted):
    one = changed("one", f"processes.sorties.per_day={per_day}")
    other = changed("other", f"interventions.aid={{kind: aid_convoy, from_day: 2, looted: {looted}}}")
    there, back = all_together(TOWN, [one, other]), all_together(TOWN, [other, one])
    assert there.processes == back.processes
    assert there.interventions == back.interventions


def test_two_that_change_one_value_in_different_ways_are_refused_by_name_and_key():
    few, many = changed("few", "processes.sorties.per_day=3"), changed("many", "processes.sorties.per_day=30")
    with pytest.raises(ScenarioError, match=r"'few' and 'many' both change processes.sorties.per_day"):
        all_together(TOWN, [few, many])
    assert all_together(TOWN, [few, changed("again", "processes.sorties.per_day=3")]).processes == few.processes


def test_one_alone_cannot_be_put_together():
    with pytest.raises(ScenarioError, match="two what-ifs or more"):
        all_together(TOWN, [changed("few", "processes.sorties.per_day=3")])


def test_a_scenario_that_is_the_whole_already_is_taken_for_it(tmp_path):
    lines = {"few": "processes: {sorties: {per_day: 3}}", "dry": "processes: {market: null}"}
    lines["all"] = "processes: {sorties: {per_day: 3}, market: null}"
    files = []
    for name, text in lines.items():
        files.append(tmp_path / f"{name}.yaml")
        files[-1].write_text(f"extends: toy_town\nname: {name}\n{text}\n")
    asked = comparison_request(["toy_town", *map(str, files)], 1, together=True)
    assert (len(asked.scenarios), asked.together) == (4, 3)
    made = comparison_request(["toy_town", *map(str, files[:2])], 1, together=True)
    assert (made.scenarios[3].name, made.together, made.total_runs) == ("together", 3, 4)
    assert made.scenarios[3].processes == asked.scenarios[3].processes
