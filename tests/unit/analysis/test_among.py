"""Where a run lies among others: counted, not estimated, and a day that did not come is later than any."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim import load_scenario, run
from siege_sim.analysis.among import Standing, among
from siege_sim.results.run import CompactRun

VALUES = st.one_of(st.integers(0, 9).map(float), st.just(np.inf))


def standing(value: float, others: list[float]) -> Standing:
    return Standing("killed", "Killed", "persons", value, np.sort(others))


@given(VALUES, st.lists(VALUES, min_size=1, max_size=30))
def test_every_other_run_is_lower_higher_or_alike(value, others):
    one = standing(value, others)
    assert one.below + one.above + sum(other == value for other in others) == len(others)
    assert set(one.middle()) <= set(others)
    assert one.far_out == -standing(-value, [-other for other in others]).far_out


def test_a_run_is_far_out_when_hardly_another_is_beyond_it():
    others = [float(number) for number in range(20)]
    assert [standing(value, others).far_out for value in (-1.0, 2.0, 2.5, 9.0, 16.5, 17.0, 99.0)] == [
        -1, -1, 0, 0, 0, 1, 1,
    ]  # fmt: skip
    assert standing(np.inf, others).far_out == 1, "a day that did not come"
    assert standing(5.0, [5.0] * 20).far_out == 0


@pytest.fixture(scope="module")
def runs():
    town = load_scenario("toy_town", ["days=25"])
    return [run(town, seed) for seed in range(1, 7)]


def test_a_run_is_counted_among_the_runs_that_there_are(runs):
    own, others = runs[0], [CompactRun.of(one) for one in runs[1:]]
    found = among(own, others)
    killed = [float(one.summary["civilians_killed"]) for one in runs]
    shown = {one.name: one for one in found.standings}["civilians_killed"]
    assert shown.value == killed[0]
    assert (shown.below, shown.above) == (
        sum(one < killed[0] for one in killed[1:]),
        sum(one > killed[0] for one in killed[1:]),
    )
    assert sum(count for _, count in found.endings) == found.others == 5


def test_what_is_the_same_in_all_runs_is_not_shown(runs):
    found = among(runs[0], [CompactRun.of(one) for one in runs[1:]])
    assert "end_day" not in {one.name for one in found.standings}, "no run of 25 days has ended"
    assert among(runs[0], [CompactRun.of(runs[0])]).standings == ()
