"""A class: each reader's siege in a process of its own, under caps; nobody feels what another one does."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from dataclasses import replace

import pytest

from siege_sim.dashboard.branching import SetParameter
from siege_sim.dashboard.limits import AsleepError, Limits, SessionError
from siege_sim.dashboard.server_settings import FOR_A_CLASS, Programme, programme_of
from siege_sim.dashboard.session import Session
from siege_sim.dashboard.sessions import Theatre
from siege_sim.errors import ScenarioError, SiegeError
from siege_sim.loading.scenario import load_scenario, shipped_scenarios

pytestmark = pytest.mark.skipif(
    "forkserver" not in multiprocessing.get_all_start_methods(), reason="no process can be copied on this system"
)

COARSE = ("population.persons_per_household=50",)
CLASS = replace(FOR_A_CLASS, scenario="toy_town", settings=COARSE, sessions=3, idle_minutes=10.0)


class Watch:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def theatre_of():
    """Open theatres that leave no process behind."""
    theatres = []

    def opened(programme=CLASS, clock=None):
        theatres.append(Theatre(programme, *([clock] if clock else [])))
        return theatres[-1]

    yield opened
    for theatre in theatres:
        theatre.close()


def process_of(session):
    return session._child.process.pid


def kill(session):
    os.kill(process_of(session), signal.SIGKILL)


def test_a_session_apart_does_what_a_session_does(theatre_of):
    here, apart = Session("toy_town", settings=COARSE), theatre_of().enter("ann")
    assert apart.next(1, []) == here.next(1, [])
    for session in (here, apart):
        for day in range(2, 21):
            session.next(day, [(1, day)])
        session.pull([SetParameter("sorties", "per_day", 30.0)], day=12)
    assert apart.next(20, []) == here.next(20, [])
    assert apart.export() == here.export()
    assert process_of(apart) != os.getpid()


def test_what_is_wrong_is_said_as_ever_and_changes_nothing(theatre_of):
    session = theatre_of().enter("ann")
    with pytest.raises(ScenarioError, match=r"per_day: -1.0 is out of range"):
        session.pull([SetParameter("sorties", "per_day", -1.0)], day=0)
    with pytest.raises(ScenarioError, match="did you mean 'toy_town'"):
        session.open("toy_twon")
    assert [run.name for run in session.runs] == ["A small besieged town"]
    assert session.awake


def test_no_student_plays_more_days_or_people_than_the_class_may(theatre_of):
    limits = Limits(days=50, households=100)
    with pytest.raises(SessionError, match="90 days are more than a session here may have"):
        theatre_of(replace(CLASS, limits=limits)).enter("ann")
    theatre = theatre_of(replace(CLASS, limits=replace(limits, days=400, households=1_000)))
    with pytest.raises(SessionError, match="households are more than a session here may have"):
        theatre.enter("ann").open("aleppo_2016")
    assert len(theatre) == 1


def test_a_siege_that_cannot_begin_takes_no_place(theatre_of):
    theatre = theatre_of(replace(CLASS, limits=Limits(days=5)))
    with pytest.raises(SessionError, match="lower days"):
        theatre.enter("ann")
    assert len(theatre) == 0


def test_whoever_wants_too_much_memory_is_told_and_can_go_on(theatre_of):
    theatre = theatre_of(replace(CLASS, memory_mb=30, limits=Limits()))
    session = theatre.enter("ann")
    session.next(1, [])
    with pytest.raises(AsleepError, match=r"more memory than a session here may have \(30 MB\); raise population"):
        session.open(load_scenario("aleppo_2016", ["population.persons_per_household=1"]))
    assert not session.awake
    assert theatre.wake("ann")
    (news,) = session.next(2, [])
    assert [frame["day"] for frame in news["frames"]] == [0, 1, 2]
    assert news["head"]["scenario"] == "toy_town"


def test_a_siege_so_heavy_that_it_never_answers_does_not_keep_another_from_being_played(theatre_of):
    theatre = theatre_of()
    light, heavy = theatre.enter("ann"), theatre.enter("ben")
    os.kill(process_of(heavy), signal.SIGSTOP)
    told = []

    def ask():
        try:
            heavy.next(1, [])
        except SiegeError as error:
            told.append(str(error))

    waiting = threading.Thread(target=ask)
    waiting.start()
    for day in range(1, 41):
        light.next(day, [(1, day)])
    assert light.day == 40
    assert waiting.is_alive()
    theatre.enter("cat").next(1, [])
    heavy.put_away("it was too heavy")
    waiting.join()
    assert told == ["it was too heavy"]


def test_others_can_enter_while_a_heavy_siege_begins(theatre_of):
    theatre = theatre_of()
    begins, may_begin = threading.Event(), threading.Event()
    first = theatre.enter("ann")
    settle = type(first).settle

    def slow(session):
        if threading.current_thread() is not threading.main_thread():
            begins.set()
            may_begin.wait()
        settle(session)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(first), "settle", slow)
        late = threading.Thread(target=theatre.enter, args=("ben",))
        late.start()
        begins.wait()
        assert theatre.enter("cat").next(1, [])
        may_begin.set()
        late.join()
    assert len(theatre) == 3


def test_a_process_that_is_killed_is_a_plain_message_and_the_siege_goes_on_where_it_was(theatre_of):
    theatre = theatre_of()
    session, other = theatre.enter("ann"), theatre.enter("ben")
    for day in range(1, 16):
        session.next(day, [])
    session.pull([SetParameter("sorties", "per_day", 30.0)], day=8)
    before = session.next(15, [])
    kill(session)
    with pytest.raises(AsleepError, match="ended unexpectedly"):
        session.next(16, [])
    assert other.next(1, [])
    theatre.wake("ann")
    assert session.next(15, []) == before
    _, branch = session.next(16, [(run["run"], 16) for run in before])
    assert [frame["day"] for frame in branch["frames"]] == [16]


def test_a_death_is_noticed_while_nobody_asks_for_anything(theatre_of):
    theatre = theatre_of()
    session = theatre.enter("ann")
    kill(session)
    session._child.process.join()
    theatre.tidy()
    assert session.wait_until_asleep().startswith("the process that played this siege ended unexpectedly")


def test_a_siege_that_nobody_uses_is_put_away_and_can_go_on(theatre_of):
    watch = Watch()
    theatre = theatre_of(clock=watch)
    session = theatre.enter("ann")
    session.next(1, [])
    watch.seconds = 9 * 60.0
    theatre.tidy()
    assert session.awake
    theatre.touch("ann")
    watch.seconds = 18 * 60.0
    theatre.tidy()
    assert session.awake
    watch.seconds = 20 * 60.0
    theatre.tidy()
    assert len(theatre) == 0
    with pytest.raises(AsleepError, match="nobody used this siege for 10 minutes"):
        session.next(2, [])
    assert theatre.enter("ann") is session, "a page that is loaded again goes on by itself"
    assert session.next(2, [(1, 2)])[0]["frames"][0]["day"] == 2


def test_what_was_put_away_goes_on_with_another_scenario_under_a_number_no_page_has_seen(theatre_of):
    theatre = theatre_of()
    session = theatre.enter("ann")
    session.put_away("for now")
    theatre.wake("ann")
    session.open("toy_town", seed=7)
    assert (session.runs[0].number, session.seed) == (2, 7)
    assert session.next(0, [(1, 5)])[0]["head"] is not None


def test_those_who_were_put_away_need_a_place_to_go_on(theatre_of):
    watch = Watch()
    theatre = theatre_of(replace(CLASS, sessions=1), watch)
    ann = theatre.enter("ann")
    watch.seconds = 11 * 60.0
    ben = theatre.enter("ben")
    assert (ann.awake, ben.awake) == (False, True)
    with pytest.raises(SessionError, match="all 1 places are taken"):
        theatre.wake("ann")
    theatre.leave("ben")
    assert theatre.wake("ann")
    assert (ann.awake, ben.awake) == (True, False)


def test_only_so_many_are_remembered_who_were_put_away(theatre_of):
    watch = Watch()
    theatre = theatre_of(replace(CLASS, sessions=1), watch)
    first = theatre.enter("reader 0")
    for number in range(1, 7):
        watch.seconds += 1.0
        theatre.leave(f"reader {number - 1}")
        theatre.enter(f"reader {number}")
        theatre.tidy()
    theatre.leave("reader 6")
    assert theatre.enter("reader 0") is not first


def test_a_fault_of_the_program_ends_nobodys_session(theatre_of, caplog):
    session = theatre_of().enter("ann")
    with pytest.raises(SessionError, match=r"the program failed at this \(IndexError\)"):
        session.keep(5)
    assert "in a session's process" in caplog.text
    assert session.next(1, [])


def test_no_process_stays_behind_when_the_server_stops(theatre_of):
    theatre = theatre_of()
    sessions = [theatre.enter(name) for name in ("ann", "ben")]
    processes = [session._child.process for session in sessions]
    theatre.close()
    for process in processes:
        process.join()
    assert len(theatre) == 0


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_shipped_scenario_may_be_played_in_a_class(name):
    FOR_A_CLASS.limits.check(load_scenario(name))


def test_a_class_has_caps_of_its_own_and_what_is_given_is_taken():
    usual = programme_of("toy_town", 1, (), for_a_class=False)
    assert usual == Programme()
    given = programme_of(
        "toy_town", 2, COARSE, for_a_class=True, sessions=5, idle_minutes=3.0, most_days=90, memory_mb=77
    )
    assert (given.apart, given.sessions, given.idle_minutes, given.memory_mb) == (True, 5, 3.0, 77)
    assert given.limits == replace(FOR_A_CLASS.limits, days=90)
    with pytest.raises(SiegeError, match="only --class"):
        programme_of("toy_town", 1, (), for_a_class=False, memory_mb=100)


def test_a_system_that_cannot_copy_processes_is_told_what_to_do(monkeypatch):
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    with pytest.raises(SiegeError, match="leave --class away"):
        Theatre(CLASS)
