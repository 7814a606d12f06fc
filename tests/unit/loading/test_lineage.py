"""What a scenario was changed from: known after loading, and no part of its values."""

from __future__ import annotations

import pickle
from typing import ClassVar, Literal

import pytest

from siege_sim import Phase, Process, load_scenario
from siege_sim.errors import ScenarioError
from siege_sim.results.run import scenario_text
from siege_sim.schema.lineage import MOST_CHANGES_KEPT, own_changes


def changes(*settings: str) -> list[str]:
    """Return in words what settings change in the toy town."""
    return [change.text for step in load_scenario("toy_town", settings).lineage for change in step.changes]


def test_a_scenario_as_it_is_comes_from_nowhere(toy_town):
    assert toy_town.lineage == ()


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("processes.sorties.per_day=20", "processes.sorties.per_day 20 (4)"),
        ("interventions.aid_convoys=null", "interventions.aid_convoys removed"),
        ("processes.fear=null", "processes.fear removed"),
        ("interventions.truce={kind: ceasefire, from_day: 5}", "interventions.truce added"),
        ("start=2020-10-01", "start 2020-10-01 (2020-09-01)"),
        ("title=Another title", None),
        ("processes.sorties.per_day=4", None),
    ],
)
def test_a_setting_is_named_with_the_value_before_it_unless_nothing_differs(setting, said):
    assert changes(setting) == ([] if said is None else [said])


def test_two_ways_to_the_same_values_are_equal_whatever_they_say_of_themselves(tmp_path, toy_town):
    file = tmp_path / "same.yaml"
    file.write_text(f"extends: toy_town\nprocesses: {{sorties: {{per_day: {20}}}}}", "utf-8")
    by_file, by_setting = load_scenario(file), load_scenario("toy_town", ["processes.sorties.per_day=20"])
    assert by_file == by_setting
    assert by_file.digest == by_setting.digest
    assert (by_file.lineage[0].by, by_setting.lineage[0].by) == ("extends", "set")
    assert by_file.lineage[0].changes == by_setting.lineage[0].changes
    assert toy_town.with_lineage(by_file.lineage) == toy_town


def test_what_a_file_and_what_settings_change_are_told_apart(tmp_path):
    file = tmp_path / "child.yaml"
    file.write_text("extends: toy_town\nname: child\nprocesses: {fear: null}", "utf-8")
    child = load_scenario(file, ["days=30"])
    assert [(step.parent, step.by, step.count) for step in child.lineage] == [
        ("toy_town", "extends", 1),
        ("child", "set", 1),
    ]
    named, _ = own_changes(child.name, child.lineage)
    assert [change.key for change in named] == ["days"], "its own name tells the rest"


def test_a_file_with_a_value_that_only_settings_put_right_still_loads(tmp_path):
    file = tmp_path / "odd.yaml"
    file.write_text("extends: toy_town\nname: odd\ndays: -1", "utf-8")
    assert load_scenario(file, ["days=30"]).days == 30


def test_many_changes_are_counted_and_not_all_named():
    settings = [f"interventions.truce_{n}={{kind: ceasefire, from_day: {n}}}" for n in range(1, 60)]
    (step,) = load_scenario("toy_town", settings).lineage
    assert len(step.changes) == MOST_CHANGES_KEPT
    assert step.count == 59


def test_it_travels_with_the_scenario():
    changed = load_scenario("toy_town", ["days=30"])
    assert pickle.loads(pickle.dumps(changed)).lineage == changed.lineage


def test_a_mechanism_of_one_s_own_is_a_change(toy_town):
    class Wells(Process):
        """Households near a well worry less."""

        kind: Literal["wells"] = "wells"
        phase: ClassVar[Phase] = Phase.MOVEMENT

        def step(self, model, rng):
            """Do nothing."""

    (step,) = toy_town.with_process(Wells()).lineage
    assert [change.text for change in step.changes] == ["processes.wells added"]


@pytest.fixture
def kept(tmp_path):
    """The file that a run of a changed toy town leaves behind."""
    changed = load_scenario("toy_town", ["processes.sorties.per_day=20"])
    data = changed.model_dump(mode="json", by_alias=True)
    file = tmp_path / "scenario.yaml"
    file.write_text(scenario_text(data, changed.lineage, changed.digest), "utf-8")
    return file, changed


def test_the_file_beside_results_says_it_too(kept):
    file, changed = kept
    again = load_scenario(file)
    assert again == changed
    assert again.lineage == changed.lineage


def test_a_file_beside_results_that_somebody_edits_says_that(kept):
    file, _ = kept
    file.write_text(file.read_text("utf-8").replace("per_day: 20.0", "per_day: 3.0"), "utf-8")
    edited = load_scenario(file)
    assert edited.processes.sorties.per_day == 3.0
    assert edited.lineage[-1].changes[0].text == "values in the file changed"


@pytest.mark.parametrize("text", ["5", "{digest: x}", "{digest: x, steps: [1]}", "[]", "{digest: x, steps: [{by: y}]}"])
def test_a_lineage_that_is_none_is_refused_with_its_line(tmp_path, text):
    file = tmp_path / "bad.yaml"
    file.write_text(f"extends: toy_town\nname: bad\nlineage: {text}\n", "utf-8")
    with pytest.raises(ScenarioError, match=r"bad\.yaml:3: lineage: .*remove it"):
        load_scenario(file)
