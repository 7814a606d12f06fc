"""The sessions of a server, under a cap."""

from __future__ import annotations

import pytest

from siege_sim.dashboard.limits import SessionError
from siege_sim.dashboard.server_settings import CLASS_SETTINGS, ServerSettings
from siege_sim.dashboard.sessions import Sessions

SMALL = ServerSettings(
    "toy_town", scenario_settings=("population.persons_per_household=50",), max_sessions=2, idle_minutes=10
)


class Clock:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


def test_a_reader_who_comes_back_finds_the_same_siege():
    sessions = Sessions(SMALL)
    first = sessions.attach("ann")
    first.advance_to(3)
    sessions.detach("ann")
    assert sessions.attach("ann") is first


def test_readers_have_sieges_of_their_own():
    sessions = Sessions(SMALL)
    sessions.attach("ann").advance_to(3)
    assert sessions.attach("ben").runs[0].day == 0


def test_when_all_sessions_are_in_use_a_new_reader_sees_what_to_do():
    sessions = Sessions(SMALL)
    sessions.attach("ann")
    sessions.attach("ben")
    with pytest.raises(SessionError, match="all 2 sessions are in use; close a page"):
        sessions.attach("cat")


def test_the_siege_that_was_left_first_makes_room():
    clock = Clock()
    sessions = Sessions(SMALL, clock)
    first = sessions.attach("ann")
    clock.seconds = 1.0
    second = sessions.attach("ben")
    sessions.detach("ben")
    sessions.detach("ann")
    sessions.attach("cat")
    assert sessions.attach("ben") is second
    sessions.detach("cat")
    assert sessions.attach("ann") is not first


def test_a_page_that_nobody_uses_makes_room_in_the_end():
    clock = Clock()
    sessions = Sessions(SMALL, clock)
    sessions.attach("ann")
    sessions.attach("ben")
    clock.seconds = 9 * 60.0
    sessions.touch("ben")
    clock.seconds = 11 * 60.0
    sessions.attach("cat")
    assert len(sessions) == 2
    with pytest.raises(SessionError):
        sessions.attach("dan")


@pytest.mark.parametrize("settings", [SMALL, CLASS_SETTINGS], ids=["usual", "class"])
def test_the_settings_reach_the_servers_own_process(monkeypatch, settings):
    monkeypatch.setenv("SIEGE_SIM_DASHBOARD", "{}")
    settings.to_environment()
    assert ServerSettings.from_environment() == settings
