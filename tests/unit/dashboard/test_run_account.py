"""What is said of the runs that are shown: what was changed, when they part, and what a record knows."""

from __future__ import annotations

import pytest

from siege_sim.dashboard.branching import AddIntervention, SetParameter
from siege_sim.dashboard.session import Session

COARSE = ("population.persons_per_household=50",)


@pytest.fixture(scope="module")
def branched():
    session = Session("toy_town", 1, settings=COARSE)
    session.advance_to(20)
    session.branch([SetParameter("sorties", "per_day", 20.0)], 9)
    return session


def test_a_change_is_said_with_what_it_takes_the_place_of(branched):
    assert branched.account()["changes"] == ["Sorties, per day: 20 in place of 4, from day 10"]


def test_runs_part_on_the_day_of_the_change_and_it_is_said_with_what(branched):
    account = branched.account()
    assert "The runs are the same to day 9, and part on day 10 (" in account["parting"][0]
    assert "came into force" not in " ".join(account["parting"]), "the change itself is said above"
    assert account["runs"] == [run.number for run in branched.runs]


def test_a_run_alone_has_no_changes():
    account = Session("toy_town", 1, settings=COARSE).account()
    assert (account["changes"], account["parting"], account["record"]) == ([], [], None)


def test_an_action_is_a_change_too():
    session = Session("toy_town", 1, settings=COARSE)
    session.branch([AddIntervention("pause", "ceasefire", {"until_day": 9})], 2)
    assert session.account()["changes"] == ["new: pause (ceasefire, until_day 9), from day 3"]


def test_of_two_scenarios_it_is_said_what_differs_between_them():
    session = Session("toy_town", 1, settings=COARSE)
    session.open_beside("toy_town", (*COARSE, "processes.sorties.per_day=9"))
    (said,) = session.account()["changes"]
    assert said.startswith("processes.sorties.per_day: 4 in A, 9 in B (sorties/day).")


def test_to_look_at_a_run_does_not_change_how_it_goes_on():
    seen, alone = (Session("toy_town", 1, settings=COARSE) for _ in range(2))
    for day in range(1, 12):
        seen.advance_to(day)
        seen.account()
    alone.advance_to(11)
    assert seen.runs[0].frames == alone.runs[0].frames
    assert len(seen.runs[0]._model.recorder.snapshots["day"]) == len(alone.runs[0]._model.recorder.snapshots["day"])


def test_a_record_stands_beside_the_runs_where_there_is_one():
    session = Session("aleppo_2016", 1, settings=("population.persons_per_household=100",))
    session.advance_to(3)
    session.branch([SetParameter("sorties", "per_day", 20.0)], 2)
    record = session.account()["record"]
    assert all(len(row["runs"]) == 2 and row["source"] and row["record"] for row in record["rows"])
    later = [row for row in record["rows"] if row["title"] == "Lost by 28 Nov"]
    assert [one["inside"] for one in later[0]["runs"]] == [None, None], "nothing is said of days that were not run yet"
