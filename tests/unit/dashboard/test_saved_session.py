"""Sessions as text: they come back as they were, or not at all."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest

from siege_sim import load_scenario
from siege_sim.dashboard.branching import AddIntervention, SetParameter
from siege_sim.dashboard.limits import Limits
from siege_sim.dashboard.runs import RunDefinition, SessionState, ShownRuns
from siege_sim.dashboard.saved_session import MOST_DAYS, MOST_SAVED, SavedSessions, SessionWriter, read_session
from siege_sim.dashboard.server_settings import ServerSettings
from siege_sim.dashboard.session import Session
from siege_sim.dashboard.sessions import Remembered, Sessions
from siege_sim.errors import SiegeError
from siege_sim.loading.scenario import shipped_scenarios

COARSE = ("population.persons_per_household=50",)


@pytest.fixture
def session():
    made = Session("toy_town", settings=COARSE)
    made.advance_to(12)
    made.branch([SetParameter("sorties", "per_day", 30.0)], day=5)
    made.branch([AddIntervention("halt", "ceasefire", {"until_day": 11})], day=8)
    return made


def test_a_session_comes_back_from_its_text_with_the_same_runs_and_numbers(session):
    text = SessionWriter().text(session.state, "what_a_siege_is")
    state, lesson = read_session(text, Limits())
    assert lesson == "what_a_siege_is"
    assert state == session.state
    again = Session.restored(state, Limits())
    for one, other in zip(again.runs, session.runs, strict=True):
        assert np.array_equal(one.values(12), other.values(12), equal_nan=True)
    assert again.export()[1] == session.export()[1]


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_scenario_is_the_same_after_it_was_kept(name):
    scenario = load_scenario(name, COARSE)
    for parent in (name, None):
        state = SessionState(ShownRuns((RunDefinition(1, scenario, 3, scenario.title, parent),)), next_number=2)
        again, _ = read_session(SessionWriter().text(state, ""), Limits(days=10_000))
        assert again.shown.runs[0].scenario.digest == scenario.digest


def damaged(text, **changes):
    return json.dumps(json.loads(text) | changes)


def test_a_text_that_was_changed_is_refused_and_opens_no_file(session):
    text = SessionWriter().text(session.state, "")
    runs = json.loads(text)["runs"]
    for wrong in (
        "",
        "[]",
        text[:-9],
        damaged(text, format=0),
        damaged(text, runs=[]),
        damaged(text, shown={"runs": [], "day": 3}),
        damaged(text, shown={"runs": [99], "day": 3}),
        damaged(text, runs=[one | {"scenario": "extends: /etc/passwd\n"} for one in runs]),
        damaged(text, runs=[one | {"seed": -1} for one in runs]),
        damaged(text, former=7),
    ):
        with pytest.raises(SiegeError):
            read_session(wrong, Limits())
    with pytest.raises(SiegeError, match="more than a session here may have"):
        read_session(text, Limits(days=10))


def test_texts_on_disk_are_bounded_and_old_ones_go(tmp_path):
    saved = SavedSessions(tmp_path)
    for number in range(MOST_SAVED + 5):
        saved.save(f"reader {number}", "text")
        os.utime(saved._file(f"reader {number}"), (2e9 + number, 2e9 + number))
    saved.clean()
    assert len(list(tmp_path.iterdir())) == MOST_SAVED
    assert (saved.load("reader 4"), saved.load("reader 5")) == ("", "text")
    os.utime(saved._file("reader 9"), (1e9, 1e9))
    saved.clean()
    assert saved.load("reader 9") == "", f"older than {MOST_DAYS} days"
    assert saved.load("../reader 8") == ""
    (tmp_path / "file").write_text("")
    SavedSessions(tmp_path / "file" / "below").save("reader", "text")  # cannot be written: nothing is kept


@pytest.fixture
def server(tmp_path):
    settings = ServerSettings("toy_town", scenario_settings=COARSE, max_sessions=3, folder=str(tmp_path))
    return lambda **changes: Sessions(ServerSettings(**{**vars(settings), **changes}))


def work(sessions, key):
    session = sessions.attach(key)
    session.advance_to(9)
    session.branch([SetParameter("sorties", "per_day", 30.0)], day=5)
    sessions.set_lesson(key, "what_a_siege_is")
    return session.state


def test_a_session_survives_the_server_on_disk_and_in_the_page(server):
    first = server()
    state = work(first, "ann")
    text = first.save("ann")
    assert server().attach("ann").state == state
    assert server().lesson_of("ann") == ""
    elsewhere = server(folder="")
    assert elsewhere.attach("ann", Remembered(text=text, day=11)).day == 11
    assert elsewhere.attach("ann").state.shown.runs == state.shown.runs
    assert elsewhere.lesson_of("ann") == "what_a_siege_is"
    assert server(folder="").attach("ben", Remembered(text="nonsense")).runs[0].day == 0


def test_a_new_tab_takes_over_a_closed_one_and_copies_an_open_one(server):
    sessions = server()
    state = work(sessions, "first tab")
    copy = sessions.attach("second tab", Remembered(last="first tab"))
    assert copy.state == state
    copy.undo()
    assert sessions.attach("first tab").state == state
    for _ in range(2):
        sessions.detach("first tab")
    assert sessions.attach("third tab", Remembered(last="first tab")).state == state
    assert len(sessions) == 2
