"""Sessions: what a reader does with a siege, without any page."""

from __future__ import annotations

import base64
from functools import reduce

import numpy as np
import pytest

from siege_sim import load_scenario, run
from siege_sim.dashboard.branching import (
    AddIntervention,
    EndIntervention,
    SetParameter,
    SetStartValue,
    branch_scenario,
    data_of,
)
from siege_sim.dashboard.levers import intervention_panels, mechanism_panels, start_panels
from siege_sim.dashboard.limits import Limits, SessionError
from siege_sim.dashboard.session import Session
from siege_sim.errors import ScenarioError
from siege_sim.loading.scenario import load_scenario_text
from tests.conformance.test_interventions import EXAMPLES

COARSE = ("population.persons_per_household=50",)


@pytest.fixture
def session():
    return Session("toy_town", settings=COARSE)


def csv_of(text, tmp_path, seed=1):
    file = tmp_path / "exported.yaml"
    file.write_text(text, "utf-8")
    return run(load_scenario(file), seed=seed).series


def test_frames_hold_what_the_model_holds(session):
    session.advance_to(12)
    (update,) = session.updates([])
    names = [outcome["name"] for outcome in update["head"]["outcomes"]]
    series = run(load_scenario("toy_town", COARSE), seed=1, days=12).series
    assert [frame["day"] for frame in update["frames"]] == list(range(13))
    shown = [frame["values"][names.index("civilians_in_pocket")] for frame in update["frames"]]
    assert shown == list(series["civilians_in_pocket"])
    cells = np.frombuffer(base64.b64decode(update["frames"][12]["civilians"]), dtype="<u2")
    assert cells.sum() == series["civilians_in_pocket"].iloc[-1]


def test_a_page_gets_only_the_days_that_it_lacks(session):
    session.advance_to(5)
    number = session.runs[0].number
    (update,) = session.updates([(number, 4)])
    assert update["head"] is None
    assert [frame["day"] for frame in update["frames"]] == [4, 5]


def test_a_branch_is_as_its_original_until_the_day_of_its_edits(session):
    session.advance_to(40)
    branch = session.branch([SetParameter("sorties", "per_day", 30.0)], day=25)
    original = session.runs[0]
    assert np.array_equal(branch.values(25), original.values(25), equal_nan=True)
    assert not np.array_equal(branch.values(40), original.values(40), equal_nan=True)
    assert branch.day == original.day == 40


def test_an_exported_branch_of_a_branch_gives_the_same_result(session, tmp_path):
    session.advance_to(30)
    session.branch(
        [SetParameter("sorties", "per_day", 12.0), AddIntervention("halt", "ceasefire", {"until_day": 33})], day=20
    )
    session.branch([EndIntervention("halt"), SetParameter("artillery", "shells_per_day", 80.0)], day=28)
    session.advance_to(90)
    branch = session.current
    name, text = session.export()
    assert name == "toy_town_branch.yaml"
    assert text.count("- from day 21: ") == text.count("- from day 29: ") == 2
    again = csv_of(text, tmp_path)
    assert np.array_equal(again.iloc[:, 2:].to_numpy(), branch.values(90), equal_nan=True)


@pytest.mark.parametrize("name", ["toy_town", "aleppo_2016"])
def test_a_scenario_of_the_reader_s_own_is_exported_whole(name, tmp_path):
    settings = ["population.persons_per_household=50", "title='Mine: a trial, with \"quotes\"'"]
    session = Session(load_scenario(name, settings))
    session.advance_to(8)
    session.branch([SetParameter("sorties", "per_day", 12.0)], day=4)
    _, text = session.export()
    assert "extends" not in text
    file = tmp_path / "mine.yaml"
    file.write_text(text, "utf-8")
    again = run(load_scenario(file), seed=1, days=8).series.iloc[:, 2:].to_numpy()
    assert np.array_equal(again, session.current.values(8), equal_nan=True)


def test_an_edit_from_the_start_changes_the_scenario_itself(session, tmp_path):
    branch = session.branch([SetParameter("sorties", "per_day", 12.0)], day=-1)
    assert branch.scenario.processes.sorties.per_day == 12.0
    assert not branch.scenario.changes
    assert "per_day: 12.0" in session.export()[1]


def test_what_stands_on_day_0_is_set_from_the_start_and_exported(session, tmp_path):
    edits = [
        SetStartValue(("ground",), "works", 0.2),
        SetStartValue(("population",), "besieged", 3000),
        SetStartValue(("forces", "garrison", "town_militia"), "sectors", {"north": 1.0, "east": 2.0}),
        SetStartValue(("air_wings", "bombers"), "from_day", "2020-09-11"),
    ]
    session.advance_to(30)
    branch = session.branch(edits, day=-1)
    assert branch.scenario.population.besieged == branch.frames[0]["values"][civilians_of(branch)] == 3000
    assert branch.log[0].since == "from the start"
    _, text = session.export()
    assert "works: 0.2" in text
    again = csv_of(text, tmp_path).iloc[:31, 2:].to_numpy()
    assert np.array_equal(again, branch.values(30), equal_nan=True)
    with pytest.raises(SessionError, match=r"ground\.works stands on day 0, so it can be set from the start only"):
        session.branch(edits[:1], day=3)


def civilians_of(run):
    return [outcome["name"] for outcome in run.head["outcomes"]].index("civilians_in_pocket")


@pytest.mark.parametrize("name", ["toy_town", "aleppo_2016"])
def test_every_number_that_stands_on_day_0_is_a_lever(name):
    scenario = load_scenario(name)
    panels = {panel.block: panel for panel in start_panels(scenario)}
    assert {("ground",), ("population",), ("food",), ("forces",)} < set(panels)
    assert {block[-1] for block in panels if block[0] == "air_wings"} == set(scenario.air_wings)
    assert {block[2] for block in panels if block[:2] == ("forces", "garrison")} == set(scenario.forces.garrison)
    data = data_of(scenario)
    for block, panel in panels.items():
        values = reduce(lambda inner, key: inner[key], block, data)
        by_name = ("garrison", "besieger", "third_parties")  # blocks within blocks, which have panels of their own
        assert {lever.key for lever in panel.levers} == {key for key in values if key not in by_name}
        for lever in panel.levers:
            assert lever.description, (panel.name, lever.key)
            if lever.kind in ("number", "whole") and lever.value is not None:
                assert lever.low <= lever.value <= lever.high, (panel.name, lever.key)
            assert (
                branch_scenario(scenario, [SetStartValue(block, lever.key, lever.value)], -1).digest == scenario.digest
            )


@pytest.mark.parametrize(("kind", "example"), EXAMPLES.items(), ids=EXAMPLES)
def test_every_intervention_can_begin_on_a_running_siege_and_leaves_the_past_alone(kind, example):
    session = Session(load_scenario("toy_town", [*COARSE, "days=30"]))
    session.advance_to(15)
    values = load_scenario("toy_town", [f"interventions.x={{kind: {kind}, {example}}}"]).interventions["x"]
    fields = {k: v for k, v in values.model_dump(mode="json").items() if k not in ("kind", "from_day", "until_day")}
    branch = session.branch(
        [AddIntervention("tried", kind, fields)], day=12
    )  # raises if a day of the past were to change
    assert branch.scenario.interventions["tried"].from_day == 13


@pytest.mark.parametrize("kind", ["ceasefire", "relief_attack", "siege_broken", "reinforcements", "corridor"])
def test_an_intervention_that_runs_can_be_ended_and_one_to_come_called_off(kind):
    example = f"interventions.x={{kind: {kind}, {EXAMPLES[kind]}}}"
    session = Session(load_scenario("toy_town", [*COARSE, "days=30", example]))
    session.advance_to(20)
    assert session.branch([EndIntervention("x")], day=6).scenario.interventions["x"].until_day == 7
    session.keep_only(session.runs[0].number)
    assert "x" not in session.branch([EndIntervention("x")], day=1).scenario.interventions


def test_a_value_that_cannot_be_set_is_refused_and_nothing_changes(session):
    session.advance_to(5)
    with pytest.raises(ScenarioError, match=r"changes\.from_day_6\.processes\.sorties\.per_day: -1.0 is out of range"):
        session.branch([SetParameter("sorties", "per_day", -1.0)], day=5)
    assert len(session.runs) == 1


def test_nothing_can_be_changed_after_the_end():
    session = Session(load_scenario("toy_town", [*COARSE, "days=5", "interventions.aid_convoys=null"]))
    session.advance_to(5)
    with pytest.raises(SessionError, match="go back to an earlier day"):
        session.branch([SetParameter("sorties", "per_day", 1.0)], day=5)


def test_two_scenarios_of_one_city_run_on_one_clock_and_others_are_refused(session):
    session.advance_to(7)
    session.open_beside(load_scenario("toy_town", [*COARSE, "processes.sorties.per_day=0"]))
    assert [one.day for one in session.runs] == [7, 7]
    session.open_beside("toy_town", COARSE)
    first, second = (run.scenario.population.persons_per_household for run in session.runs)
    assert first == second == 50
    with pytest.raises(SessionError, match="another map or start date"):
        session.open_beside("aleppo_2016")


def test_a_scenario_that_asks_for_too_much_is_refused_with_a_way_out():
    limits = Limits(days=50, households=100)
    with pytest.raises(SessionError, match="90 days are more than a session here may have"):
        Session("toy_town", limits=limits)
    with pytest.raises(SessionError, match=r"raise population\.persons_per_household"):
        Session("toy_town", limits=Limits(households=100))


def test_every_mechanism_and_intervention_has_levers_that_explain_themselves(session):
    panels = [*mechanism_panels(session.current.scenario, 0), *intervention_panels(session.current.scenario)]
    assert {panel.name for panel in panels} >= {"sorties", "ceasefire", "eating"}
    for panel in panels:
        for lever in panel.levers:
            assert lever.description, (panel.name, lever.key)
            if lever.kind in ("number", "whole") and lever.value is not None:
                assert lever.low <= lever.value <= lever.high, (panel.name, lever.key)


def test_levers_show_the_values_of_the_day(session):
    session.branch([SetParameter("sorties", "per_day", 30.0)], day=20)
    scenario = session.current.scenario
    shown = [
        next(panel for panel in mechanism_panels(scenario, day) if panel.name == "sorties").levers[0].value
        for day in (20, 21)
    ]
    assert shown == [4.0, 30.0]


def test_text_that_was_sent_may_build_on_a_shipped_scenario_but_opens_no_file():
    assert load_scenario_text("extends: toy_town\nname: mine\ndays: 59\n", "mine.yaml").days == 59
    for text in ("extends: ../toy_town.yaml\n", "extends: /etc/passwd\n", "extends: [toy_town]\n"):
        with pytest.raises(ScenarioError, match="only a shipped scenario"):
            load_scenario_text(text, "mine.yaml")
    with pytest.raises(ScenarioError, match="files are not opened here"):
        load_scenario_text("extends: toy_town\nmap: maps/aleppo.yaml\n", "mine.yaml")
    with pytest.raises(ScenarioError) as error:
        load_scenario_text("extends: toy_town\nname: mine\ndays: 9\n", "mine.yaml")
    assert str(error.value).startswith("toy_town.yaml:"), "places of this machine are nobody's business"
    with pytest.raises(ScenarioError, match=r"mine\.yaml:2: days"):
        load_scenario_text("extends: toy_town\ndays: -3\n", "mine.yaml")


@pytest.mark.parametrize("kept", [0, 1])
def test_a_run_is_kept_by_its_number_however_often_it_is_asked_for(session, kept):
    session.advance_to(3)
    session.branch([SetParameter("sorties", "per_day", 30.0)], day=2)
    numbers = [run.number for run in session.runs]
    for _ in range(2):
        session.keep_only(numbers[kept])
        assert [run.number for run in session.runs] == [numbers[kept]]
    with pytest.raises(SessionError, match="not shown any more"):
        session.keep_only(numbers[1 - kept])
    assert session.export(numbers[kept]) == session.export()


def lines(run):
    return [f"{entry.since}: {entry.text}" for entry in run.log]


@pytest.mark.parametrize("second_day", [-1, 3, 10, 15])
@pytest.mark.parametrize("first_day", [-1, 10])
def test_a_change_replaces_the_one_before_of_the_same_lever_wherever_it_is_told(
    session, tmp_path, first_day, second_day
):
    session.advance_to(20)
    session.branch([SetParameter("sorties", "per_day", 20.0)], first_day)
    session.branch([SetParameter("sorties", "per_day", 30.0)], second_day)
    branch = session.current
    both = second_day > first_day  # the first one still acts for some days
    assert len(branch.log) == 1 + both
    assert ["20" in line for line in lines(branch)] == [True, False][not both :]
    values = [branch.scenario.mechanisms_on(day).sorties.per_day for day in range(21)]
    assert values[second_day + 1 :] == [30.0] * (20 - second_day)
    assert (20.0 in values) == both
    _, text = session.export()
    assert ("20" in text.replace("2020", "")) == both
    assert np.array_equal(csv_of(text, tmp_path).iloc[:21, 2:], branch.values(20), equal_nan=True)


def test_changes_of_other_levers_and_of_the_scenario_itself_are_left_alone(session):
    session.advance_to(20)
    session.branch([SetParameter("sorties", "per_day", 20.0), SetParameter("artillery", "shells_per_day", 80.0)], 10)
    session.branch([SetParameter("sorties", "per_day", 30.0)], 5)
    assert lines(session.current) == [
        "from day 11: artillery.shells_per_day = 80",
        "from day 6: sorties.per_day = 30",
    ]
    session.open(session.current.scenario)  # as a file of the reader's own: its changes are the scenario's
    session.branch([SetParameter("artillery", "shells_per_day", 10.0)], 3)
    assert session.current.scenario.mechanisms_on(11).artillery.shells_per_day == 80.0


def test_an_action_that_is_called_off_before_it_begins_leaves_no_line(session):
    session.advance_to(20)
    session.branch([AddIntervention("halt", "ceasefire", {"from_day": 18, "until_day": 25})], day=10)
    session.branch([EndIntervention("halt")], day=19)
    session.branch([EndIntervention("halt")], day=18)
    assert [line.split(" (")[0] for line in lines(session.current)] == [
        "from day 11: new: halt",
        "from day 19: ended: halt",
    ]
    session.branch([EndIntervention("halt")], day=12)
    assert lines(session.current) == []


def test_a_day_that_was_asked_of_other_runs_is_not_run(session):
    session.advance(1, [])
    before = session.runs[0].number
    session.open("toy_town", settings=COARSE)
    (update,) = session.advance(2, [(before, 2)])
    assert [frame["day"] for frame in update["frames"]] == [0]
    session.advance(1, [(update["id"], 1)])
    assert session.day == 1


def shown(session):
    return [run.number for run in session.runs], session.day


def test_what_was_shown_before_can_be_gone_back_to_and_undone_step_by_step(session):
    session.advance_to(9)
    steps = [shown(session)]
    for act in (
        lambda: session.branch([SetParameter("sorties", "per_day", 12.0)], 5),
        lambda: session.keep_only(session.runs[1].number),
        lambda: session.open_beside("toy_town", COARSE),
        lambda: session.open("toy_town", 7, COARSE),
    ):
        act()
        steps.append(shown(session))
    values = [session.undo() or (shown(session), session.current.values(9)) for _ in steps[1:]]
    assert [step for step, _ in values] == steps[-2::-1]
    with pytest.raises(SessionError, match="nothing to undo"):
        session.undo()
    again = next(one for one in session.state.former if one.numbers == tuple(steps[3][0]))
    session.go_back(again.numbers)
    assert shown(session) == steps[3]
    assert np.array_equal(session.current.values(9), values[0][1], equal_nan=True)
    with pytest.raises(SessionError, match="not kept any more"):
        session.go_back([99])
    session.undo()
    assert shown(session) == steps[0]


def test_only_so_many_former_runs_are_kept(session):
    for seed in range(2, 40):
        session.open("toy_town", seed, COARSE)
    assert len(session.state.former) == session.state.undoable == 12
    assert [one.runs[0].seed for one in session.state.former] == list(range(27, 39))


def test_a_session_is_restored_with_all_that_was_shown_before(session):
    session.advance_to(9)
    session.branch([SetParameter("sorties", "per_day", 12.0)], 5)
    session.keep_only(session.runs[1].number)
    again = Session.restored(session.state, Limits())
    assert again.state == session.state
    for one in (session, again):
        one.undo()
    assert shown(again) == shown(session)
    assert np.array_equal(again.runs[0].values(9), session.runs[0].values(9), equal_nan=True)
    assert again.branch([SetParameter("sorties", "per_day", 1.0)], 5).number == session.state.next_number
