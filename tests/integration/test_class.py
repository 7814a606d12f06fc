"""A class: each reader's siege in a process of its own, under caps; nobody feels what another one does."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from dataclasses import replace

import pytest

from siege_sim.dashboard.branching import SetParameter
from siege_sim.dashboard.limits import Limits, SessionError, SessionSuspendedError
from siege_sim.dashboard.server_settings import CLASS_SETTINGS, ServerSettings, server_settings
from siege_sim.dashboard.session import Session
from siege_sim.dashboard.sessions import Remembered, Sessions
from siege_sim.errors import ScenarioError, SiegeError
from siege_sim.loading.scenario import load_scenario, shipped_scenarios

pytestmark = pytest.mark.skipif(
    "forkserver" not in multiprocessing.get_all_start_methods(), reason="no process can be copied on this system"
)

COARSE = ("population.persons_per_household=50",)
CLASS = replace(CLASS_SETTINGS, scenario="toy_town", scenario_settings=COARSE, max_sessions=3, idle_minutes=10.0)


class Clock:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def sessions_of():
    """Make sessions of servers that leave no process behind."""
    servers = []

    def opened(settings=CLASS, clock=None):
        servers.append(Sessions(settings, *([clock] if clock else [])))
        return servers[-1]

    yield opened
    for server in servers:
        server.close()


def process_of(session):
    return session._child.process.pid


def kill(session):
    os.kill(process_of(session), signal.SIGKILL)


def test_a_remote_session_does_what_a_session_does(sessions_of):
    here, remote = Session("toy_town", settings=COARSE), sessions_of().attach("ann")
    assert remote.advance(1, []) == here.advance(1, [])
    for session in (here, remote):
        for day in range(2, 21):
            session.advance(day, [(1, day)])
        session.branch([SetParameter("sorties", "per_day", 30.0)], day=12)
    assert remote.advance(20, []) == here.advance(20, [])
    assert remote.export() == here.export()
    assert process_of(remote) != os.getpid()


def test_errors_are_the_same_as_ever_and_change_nothing(sessions_of):
    session = sessions_of().attach("ann")
    with pytest.raises(ScenarioError, match=r"per_day: -1.0 is out of range"):
        session.branch([SetParameter("sorties", "per_day", -1.0)], day=0)
    with pytest.raises(ScenarioError, match="did you mean 'toy_town'"):
        session.open("toy_twon")
    assert [run.name for run in session.runs] == ["A small besieged town"]
    assert session.active


def test_no_student_runs_more_days_or_people_than_the_class_may(sessions_of):
    limits = Limits(days=50, households=100)
    with pytest.raises(SessionError, match="90 days are more than a session here may have"):
        sessions_of(replace(CLASS, limits=limits)).attach("ann")
    server = sessions_of(replace(CLASS, limits=replace(limits, days=400, households=1_000)))
    with pytest.raises(SessionError, match="households are more than a session here may have"):
        server.attach("ann").open("aleppo_2016")
    assert len(server) == 1


def test_a_session_that_cannot_begin_takes_no_room(sessions_of):
    server = sessions_of(replace(CLASS, limits=Limits(days=5)))
    with pytest.raises(SessionError, match="lower days"):
        server.attach("ann")
    assert len(server) == 0


def test_whoever_wants_too_much_memory_sees_why_and_can_continue(sessions_of):
    server = sessions_of(replace(CLASS, memory_mb=30, limits=Limits()))
    session = server.attach("ann")
    session.advance(1, [])
    with pytest.raises(
        SessionSuspendedError, match=r"more memory than a session here may have \(30 MB\); raise population"
    ):
        session.open(load_scenario("aleppo_2016", ["population.persons_per_household=1"]))
    assert not session.active
    assert server.resume("ann")
    (update,) = session.advance(2, [])
    assert [frame["day"] for frame in update["frames"]] == [0, 1, 2]
    assert update["head"]["scenario"] == "toy_town"


def test_a_session_so_heavy_that_it_never_answers_does_not_hold_up_another(sessions_of):
    server = sessions_of()
    light, heavy = server.attach("ann"), server.attach("ben")
    os.kill(process_of(heavy), signal.SIGSTOP)
    errors = []

    def ask():
        try:
            heavy.advance(1, [])
        except SiegeError as error:
            errors.append(str(error))

    waiting = threading.Thread(target=ask)
    waiting.start()
    for day in range(1, 41):
        light.advance(day, [(1, day)])
    assert light.day == 40
    assert waiting.is_alive()
    server.attach("cat").advance(1, [])
    heavy.suspend("it was too heavy")
    waiting.join()
    assert errors == ["it was too heavy"]


def test_others_can_attach_while_a_heavy_session_begins(sessions_of):
    server = sessions_of()
    begins, may_begin = threading.Event(), threading.Event()
    first = server.attach("ann")
    wait_until_ready = type(first).wait_until_ready

    def slow(session):
        if threading.current_thread() is not threading.main_thread():
            begins.set()
            may_begin.wait()
        wait_until_ready(session)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(first), "wait_until_ready", slow)
        late = threading.Thread(target=server.attach, args=("ben",))
        late.start()
        begins.wait()
        assert server.attach("cat").advance(1, [])
        may_begin.set()
        late.join()
    assert len(server) == 3


def test_a_process_that_is_killed_is_a_plain_message_and_the_session_continues_where_it_was(sessions_of):
    server = sessions_of()
    session, other = server.attach("ann"), server.attach("ben")
    for day in range(1, 16):
        session.advance(day, [])
    session.branch([SetParameter("sorties", "per_day", 30.0)], day=8)
    before = session.advance(15, [])
    kill(session)
    with pytest.raises(SessionSuspendedError, match="ended unexpectedly"):
        session.advance(16, [])
    assert other.advance(1, [])
    server.resume("ann")
    assert session.advance(15, []) == before
    _, branch = session.advance(16, [(run["id"], 16) for run in before])
    assert [frame["day"] for frame in branch["frames"]] == [16]


def test_a_death_is_noticed_while_nobody_requests_anything(sessions_of):
    server = sessions_of()
    session = server.attach("ann")
    kill(session)
    session._child.process.join()
    server.suspend_idle()
    assert session.wait_until_suspended().startswith("the process of this session ended unexpectedly")


def test_a_session_that_nobody_uses_is_suspended_and_can_continue(sessions_of):
    clock = Clock()
    server = sessions_of(clock=clock)
    session = server.attach("ann")
    session.advance(1, [])
    clock.seconds = 9 * 60.0
    server.suspend_idle()
    assert session.active
    server.touch("ann")
    clock.seconds = 18 * 60.0
    server.suspend_idle()
    assert session.active
    clock.seconds = 20 * 60.0
    server.suspend_idle()
    assert len(server) == 0
    with pytest.raises(SessionSuspendedError, match="this session was not used for 10 minutes"):
        session.advance(2, [])
    assert server.attach("ann") is session, "a page that is loaded again continues by itself"
    assert session.advance(2, [(1, 2)])[0]["frames"][0]["day"] == 2


def test_what_was_suspended_continues_with_another_scenario_under_a_number_no_page_has_seen(sessions_of):
    server = sessions_of()
    session = server.attach("ann")
    session.suspend("for now")
    server.resume("ann")
    session.open("toy_town", seed=7)
    assert (session.runs[0].number, session.seed) == (2, 7)
    assert session.advance(0, [(1, 5)])[0]["head"] is not None


def test_suspended_sessions_need_room_to_continue(sessions_of):
    clock = Clock()
    server = sessions_of(replace(CLASS, max_sessions=1), clock)
    ann = server.attach("ann")
    clock.seconds = 11 * 60.0
    ben = server.attach("ben")
    assert (ann.active, ben.active) == (False, True)
    with pytest.raises(SessionError, match="all 1 sessions are in use"):
        server.resume("ann")
    server.detach("ben")
    assert server.resume("ann")
    assert (ann.active, ben.active) == (True, False)


def test_only_so_many_suspended_sessions_are_remembered(sessions_of):
    clock = Clock()
    server = sessions_of(replace(CLASS, max_sessions=1), clock)
    first = server.attach("reader 0")
    for number in range(1, 7):
        clock.seconds += 1.0
        server.detach(f"reader {number - 1}")
        server.attach(f"reader {number}")
        server.suspend_idle()
    server.detach("reader 6")
    assert server.attach("reader 0") is not first


def test_a_fault_of_the_program_ends_nobodys_session(sessions_of, caplog):
    session = sessions_of().attach("ann")
    with pytest.raises(SessionError, match=r"the program failed at this \(AttributeError\)"):
        session.branch([None], day=0)
    assert "in a session's process" in caplog.text
    assert session.advance(1, [])


def test_no_process_stays_behind_when_the_server_stops(sessions_of):
    server = sessions_of()
    sessions = [server.attach(name) for name in ("ann", "ben")]
    processes = [session._child.process for session in sessions]
    server.close()
    for process in processes:
        process.join()
    assert len(server) == 0


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_shipped_scenario_may_be_run_in_a_class(name):
    CLASS_SETTINGS.limits.check(load_scenario(name))


def test_a_class_has_caps_of_its_own_and_what_is_given_is_taken():
    usual = server_settings("toy_town", 1, (), for_a_class=False)
    assert usual == ServerSettings()
    given = server_settings(
        "toy_town", 2, COARSE, for_a_class=True, max_sessions=5, idle_minutes=3.0, max_days=90, memory_mb=77
    )
    assert (given.process_per_session, given.max_sessions, given.idle_minutes, given.memory_mb) == (True, 5, 3.0, 77)
    assert given.limits == replace(CLASS_SETTINGS.limits, days=90)
    with pytest.raises(SiegeError, match="only --class"):
        server_settings("toy_town", 1, (), for_a_class=False, memory_mb=100)


@pytest.mark.slow
def test_where_processes_cannot_be_copied_each_reader_has_a_fresh_one(sessions_of, monkeypatch):
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    server = sessions_of()
    server.preload()
    session = server.attach("ann")
    assert session.advance(2, []) == Session("toy_town", settings=COARSE).advance(2, [])
    assert process_of(session) != os.getpid()


def test_what_a_student_sends_is_read_in_the_student_s_own_process(sessions_of, monkeypatch):
    def read_here(*given):
        raise AssertionError("it was read in the server's process")

    server = sessions_of()
    session = server.attach("ann")
    session.advance(3, [])
    text = server.save("ann")
    for module in ("session", "saved_session"):
        monkeypatch.setattr(f"siege_sim.dashboard.{module}.load_scenario_text", read_here)
    name, scenario = session.export()
    session.open_text(name, scenario)
    assert session.runs[0].scenario.name == "toy_town"
    with pytest.raises(SiegeError, match=r"mine\.yaml: a file here is at most"):
        session.open_text("mine.yaml", "x" * 200_001)
    with pytest.raises(SiegeError, match=r"mine\.yaml"):
        session.open_text("mine.yaml", "[" * 20_000)
    again = server.attach("ben", Remembered(text=text, day=5))
    assert (again.day, again.runs[0].scenario.name) == (5, "toy_town")
    assert server.attach("cat", Remembered(text='{"format": 1, "runs": 7}')).day == 0


def test_a_lesson_is_found_again_with_the_session_that_was_kept(sessions_of):
    server = sessions_of()
    server.attach("ann").advance(1, [])
    server.set_lesson("ann", "the_line")
    text = server.save("ann")
    server.attach("ben", Remembered(text=text))
    assert server.lesson_of("ben") == "the_line"
