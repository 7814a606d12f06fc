"""Dates, days and windows."""

from __future__ import annotations

from datetime import date

import pytest

from siege_sim.schema.clock import Clock, Window

CLOCK = Clock(date(2016, 9, 22), 131)


def test_day_zero_is_the_start_and_the_last_day_the_end():
    assert CLOCK.date_of(0) == date(2016, 9, 22)
    assert CLOCK.end == date(2017, 1, 31)
    assert CLOCK.day_of(date(2016, 11, 28)) == 67
    assert CLOCK.day_of(5) == 5


def test_a_window_covers_both_its_ends():
    window = Window(from_day=date(2016, 10, 20), until_day=date(2016, 10, 22))
    assert [day for day in range(40) if window.covers(day, CLOCK)] == [28, 29, 30]


def test_a_window_may_come_round_every_few_days_and_stay_open():
    weekly = Window(from_day=3, every_days=7)
    assert [day for day in range(20) if weekly.covers(day, CLOCK)] == [3, 10, 17]
    assert weekly.covers(3 + 7 * 18, CLOCK)


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (Window(from_day=140), "day 140, but the run goes from"),
        (Window(from_day=date(2015, 1, 1)), "2015-01-01"),
        (Window(from_day=20, until_day=10), "is before from_day"),
        (Window(from_day=20, until_day=200), "is after the run's end"),
    ],
)
def test_a_window_off_the_calendar_is_a_problem(window, said):
    assert any(said in message for _, message in window.problems_on(CLOCK))


def test_a_window_on_the_calendar_is_none():
    assert not list(Window(from_day=0, until_day=131).problems_on(CLOCK))
