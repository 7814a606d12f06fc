"""The theatre: places for readers, under a cap."""

from __future__ import annotations

import pytest

from siege_sim.dashboard.limits import SessionError
from siege_sim.dashboard.server_settings import FOR_A_CLASS, Programme
from siege_sim.dashboard.sessions import Theatre

SMALL = Programme("toy_town", settings=("population.persons_per_household=50",), sessions=2, idle_minutes=10)


class Watch:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


def test_a_reader_who_comes_back_finds_the_same_siege():
    theatre = Theatre(SMALL)
    first = theatre.enter("ann")
    first.play_to(3)
    theatre.leave("ann")
    assert theatre.enter("ann") is first


def test_readers_have_sieges_of_their_own():
    theatre = Theatre(SMALL)
    theatre.enter("ann").play_to(3)
    assert theatre.enter("ben").runs[0].day == 0


def test_when_all_places_are_in_use_a_new_reader_is_told_what_to_do():
    theatre = Theatre(SMALL)
    theatre.enter("ann")
    theatre.enter("ben")
    with pytest.raises(SessionError, match="all 2 places are taken; close a page"):
        theatre.enter("cat")


def test_the_siege_that_was_left_first_makes_room():
    watch = Watch()
    theatre = Theatre(SMALL, watch)
    first = theatre.enter("ann")
    watch.seconds = 1.0
    second = theatre.enter("ben")
    theatre.leave("ben")
    theatre.leave("ann")
    theatre.enter("cat")
    assert theatre.enter("ben") is second
    theatre.leave("cat")
    assert theatre.enter("ann") is not first


def test_a_page_that_nobody_uses_makes_room_in_the_end():
    watch = Watch()
    theatre = Theatre(SMALL, watch)
    theatre.enter("ann")
    theatre.enter("ben")
    watch.seconds = 9 * 60.0
    theatre.touch("ben")
    watch.seconds = 11 * 60.0
    theatre.enter("cat")
    assert len(theatre) == 2
    with pytest.raises(SessionError):
        theatre.enter("dan")


@pytest.mark.parametrize("programme", [SMALL, FOR_A_CLASS], ids=["usual", "class"])
def test_the_programme_reaches_the_servers_own_process(monkeypatch, programme):
    monkeypatch.setenv("SIEGE_SIM_DASHBOARD", "{}")
    programme.to_environment()
    assert Programme.from_environment() == programme
