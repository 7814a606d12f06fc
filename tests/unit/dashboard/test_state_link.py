"""States as links: what is shown comes back on another screen, and what is wrong is said in a sentence."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.dashboard.branching import AddIntervention, EndIntervention, SetParameter, SetStartValue
from siege_sim.dashboard.limits import SessionError
from siege_sim.dashboard.server_settings import ServerSettings
from siege_sim.dashboard.session import Session
from siege_sim.dashboard.state_link import MOST_LINK_CHARACTERS, link_of, read_link
from siege_sim.loading.scenario import load_scenario_text

COARSE = ("population.persons_per_household=50",)
SERVER = ServerSettings("toy_town", scenario_settings=COARSE)


def opened(link, server=SERVER):
    session = Session("toy_town", 5, server.limits, server.scenario_settings)
    session.show(read_link(link, server))
    return session


def session_with(*steps):
    """Return a session in which each step, edits and their day, was made as a branch."""
    session = Session("toy_town", 3, settings=COARSE)
    session.advance_to(12)
    for edits, day in steps:
        session.branch(edits, day)
    return session


SORTIES, MORE = SetParameter("sorties", "per_day", 20.0), SetParameter("sorties", "per_day", 30.0)
PAUSE = AddIntervention("pause", "ceasefire", {"until_day": 20})
BRANCHES = {
    "none": (),
    "one": (([SORTIES], 8),),
    "one of two things": (([SORTIES, SetParameter("hunger", "frailty", 2.0)], 8),),
    "a later one": (([SORTIES], 4), ([MORE], 9)),
    "an earlier one": (([SORTIES], 9), ([MORE], 4)),
    "from the start": (([SORTIES], -1), ([SetStartValue(("food",), "home_days", 3.0)], -1)),
    "an action": (([PAUSE], 6),),
    "an action that ends": (([PAUSE], 6), ([EndIntervention("pause")], 9)),
}


@pytest.mark.parametrize("steps", BRANCHES.values(), ids=BRANCHES)
def test_a_link_opens_the_same_runs_on_the_same_day(steps):
    session = session_with(*steps)
    link = link_of(session.state.shown, 11, SERVER)
    there = opened(link)
    assert [run.seed for run in there.runs] == [3] * len(session.runs)
    assert there.day == 11
    for one, other in zip(session.runs, there.runs, strict=True):
        assert one.frames[11]["values"] == other.frames[11]["values"]
        assert [(entry.day, entry.key) for entry in one.log] == [(entry.day, entry.key) for entry in other.log]
        assert one.name == other.name


@pytest.mark.parametrize("letter", [0, 1])
def test_a_run_that_was_kept_alone_has_a_link_too(letter):
    session = session_with(([SORTIES], 8))
    session.keep_only(session.runs[letter].number)
    there = opened(link_of(session.state.shown, 12, SERVER))
    assert len(there.runs) == 1
    assert there.runs[0].frames[12]["values"] == session.runs[0].frames[12]["values"]


def test_a_branch_of_a_branch_that_was_kept_stands_beside_that():
    session = session_with(([SORTIES], 4))
    session.keep_only(session.runs[1].number)
    session.branch([MORE], 8)
    there = opened(link_of(session.state.shown, 12, SERVER))
    assert [run.frames[12]["values"] for run in there.runs] == [run.frames[12]["values"] for run in session.runs]


def test_a_link_of_a_class_keeps_how_coarse_its_people_are():
    link = link_of(session_with().state.shown, 3, SERVER)
    fine = ServerSettings("toy_town")
    assert read_link(link, fine).runs[0].scenario.population.persons_per_household == 50
    assert read_link("scenario=toy_town", fine).runs[0].scenario.population.persons_per_household != 50
    assert read_link("scenario=toy_town", SERVER).runs[0].scenario.population.persons_per_household == 50


def test_it_is_short_and_says_what_it_opens():
    link = link_of(session_with(([SORTIES], 8)).state.shown, 11, SERVER)
    assert link.startswith("scenario=toy_town&seed=3&day=11&")
    assert link.endswith("&changes=9:processes.sorties.per_day=20.0")
    assert len(link) < 150


def test_runs_with_other_settings_than_those_of_the_server_have_no_link():
    with pytest.raises(SessionError, match="cannot be held in a link"):
        link_of(session_with().state.shown, 11, ServerSettings("toy_town"))


def test_a_scenario_of_ones_own_has_no_link():
    session = Session(load_scenario_text("extends: toy_town\nname: mine\ntitle: Mine", "mine"), 1)
    with pytest.raises(SessionError, match="a file of your own has no link"):
        link_of(session.state.shown, 0, SERVER)


WRONG = {
    "": "it must name one scenario",
    "seed=1": "it must name one scenario",
    "scenario=toy_twon": "there is no scenario 'toy_twon'; did you mean 'toy_town'",
    "scenario=../../etc/passwd": "there is no scenario",
    "scenario=/etc/passwd": "there is no scenario",
    "scenario=toy_town&seed=-1": "seed is '-1', and must be a whole number",
    "scenario=toy_town&seed=1e9": "must be a whole number",
    "scenario=toy_town&day=many": "day is 'many'",
    "scenario=toy_town&day=٣": "must be a whole number",
    "scenario=toy_town&dya=3": "'dya' is nothing that a link can say; did you mean 'day'",
    "scenario=toy_town&changes=sorties": "is no change; write one as 11:processes.sorties.per_day=20",
    "scenario=toy_town&changes=3:processes.sorties.per_day=many": "'many' is no value",
    "scenario=toy_town&changes=3:processes.sorties.per_day=NaN": "'NaN' is no value",
    "scenario=toy_town&changes=3:processes.sorties.per_day=-5": "at least 0",
    "scenario=toy_town&changes=0:processes.nothing.per_day=5": "cannot be set in this scenario",
    "scenario=toy_town&changes=3:processes.nothing.per_day=5": "nothing",
    'scenario=toy_town&changes=0:map="aleppo"': "cannot be changed by a link",
    "scenario=toy_town&changes=0:map.rows=5": "cannot be changed by a link",
    "scenario=toy_town&changes=4:food.home_days=5": "stands on day 0",
    "scenario=toy_town&changes=4:interventions.none.until_day=": "cannot be set in this scenario",
    "scenario=toy_town&set=map=1": "cannot be changed by a link",
    "scenario=toy_town&changes=1:processes.sorties.per_day=" + "[" * 3000: "is no value",
    "scenario=toy_town" + "&changes=1:processes.sorties.per_day=1" * 200: "too many parts",
    "scenario=toy_town&beside=": "it must name one scenario",
    "x" * (MOST_LINK_CHARACTERS + 1): "longer than 8,000 characters",
}


@pytest.mark.parametrize("link", WRONG, ids=[link[:50] for link in WRONG])
def test_a_wrong_link_gives_a_sentence(link):
    with pytest.raises(SessionError, match="this link cannot be opened: ") as raised:
        read_link(link, SERVER)
    assert WRONG[link] in str(raised.value)
    assert len(str(raised.value)) < 1_000


@given(st.text(max_size=80), st.sampled_from(["", "scenario=toy_town&", "scenario=toy_town&changes=", "#scenario="]))
def test_no_text_is_more_than_a_wrong_link(text, before):
    with contextlib.suppress(SessionError):
        read_link(before + text, SERVER)


def test_runs_that_do_not_fit_beside_each_other_are_refused_and_nothing_changes():
    session = Session("toy_town", 1, settings=COARSE)
    before = session.state
    with pytest.raises(SessionError, match="open it alone"):
        session.show(read_link("scenario=toy_town&beside=aleppo_2016", SERVER))
    assert session.state.shown.numbers == before.shown.numbers
