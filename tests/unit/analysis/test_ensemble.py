"""What many runs of one scenario say."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.analysis.ensemble import chosen_days, ensemble_findings, middle_range
from siege_sim.analysis.ensemble_tables import ensemble_data, ensemble_tables
from siege_sim.results.calendar import Calendar
from tests.unit.ensembles_for_tests import START, course, runs_of

TAKEN = {"ending": "pocket_taken", "lost": (2, 3, 5, 0)}


def test_every_ending_has_its_share_with_an_interval_and_its_days():
    runs = [course(1, 5, **TAKEN), course(2, 6, **TAKEN), course(3, 7, **TAKEN), course(4, 8)]
    taken, holding = ensemble_findings(runs_of(*runs)).endings
    assert (taken.name, taken.share.value, taken.days.median) == ("pocket_taken", 0.75, 6.0)
    assert 0.0 < taken.share.low < 0.75 < taken.share.high < 1.0
    assert (holding.name, holding.share.value) == ("holding", 0.25)


@given(st.lists(st.sampled_from(["holding", "pocket_taken", "evacuated", "of_a_plug_in"]), min_size=1, max_size=12))
def test_the_shares_of_all_endings_come_to_one(endings):
    found = ensemble_findings(runs_of(*(course(seed, 4, ending) for seed, ending in enumerate(endings))))
    assert sum(one.share.value for one in found.endings) == pytest.approx(1.0)
    assert {one.name for one in found.endings} == set(endings)
    assert found.end.share.value == pytest.approx(sum(name != "holding" for name in endings) / len(endings))


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40))
def test_medians_and_ranges_are_values_of_runs_in_their_order(values):
    found = middle_range(values)
    assert found.low <= found.median <= found.high
    assert {found.low, found.median, found.high} <= set(values)
    assert found.runs == len(values)


def test_deaths_are_counted_by_the_flows_that_a_siege_declares():
    found = ensemble_findings(runs_of(course(1, dead=10), course(2, dead=30), course(3, dead=20)))
    medians = {one.name: one.values.median for one in found.deaths}
    assert medians == {
        "excess_deaths": 20.0,
        "civilians_killed": 10.0,
        "killed_by_shelling": 10.0,
        "died_of_hunger": 10.0,
    }
    assert [one.name for one in found.fates] == ["civilians_in_pocket", "civilians_evacuated"]


def test_a_cell_is_lost_by_a_day_in_the_share_of_the_runs_in_which_it_is():
    runs = runs_of(course(1, lost=(2, -1, -1, 0)), course(2, lost=(4, 4, -1, 0)), course(3), course(4))
    early, late = ensemble_findings(runs, [date(2020, 3, 4), date(2020, 3, 5)]).lost
    assert (early.day, late.day) == (3, 4)
    np.testing.assert_array_equal(early.share, [[0.25, 0.0], [0.0, np.nan]])
    np.testing.assert_array_equal(late.share, [[0.5, 0.25], [0.0, np.nan]])


def test_a_siege_that_is_over_keeps_its_ground_and_a_run_that_was_stopped_says_nothing_of_later_days():
    over, stopped, whole = course(1, 4, **(TAKEN | {"lost": (2, 3, 4, 0)})), course(2, 4), course(3, 8)
    (late,) = ensemble_findings(runs_of(over, stopped, whole), [date(2020, 3, 8)]).lost
    assert late.runs == 2
    np.testing.assert_array_equal(late.share, [[0.5, 0.5], [0.5, np.nan]])


def test_days_are_quarters_of_the_time_unless_dates_are_given():
    days = Calendar(START, 8)
    assert chosen_days(days) == (2, 4, 6, 8)
    assert chosen_days(Calendar(START, 1)) == (0, 1)
    assert chosen_days(days, [date(2020, 3, 6), date(2020, 3, 3), date(2019, 1, 1)]) == (2, 5)


def test_quarters_stand_in_the_order_in_which_they_are_lost_most_often_and_earliest():
    runs = runs_of(course(1, lost=(6, 7, 3, 0)), course(2, lost=(6, 7, 5, 0)), course(3, lost=(-1, -1, 4, 0)))
    new, old = ensemble_findings(runs).quarters
    assert (new.name, new.lost.share.value, new.lost.days.median) == ("New", 1.0, 4.0)
    assert (old.name, old.lost.days.runs, old.people) == ("Old", 2, 700.0)


def test_one_run_has_no_spread_and_no_trouble():
    found = ensemble_findings(runs_of(course(7)))
    assert found.count == 1
    assert found.deaths[0].values.low == found.deaths[0].values.high == 10.0
    assert set(ensemble_tables(found)) == {"runs", "endings", "numbers", "days", "quarters", "cells"}


def test_tables_hold_every_run_day_quarter_and_cell():
    found = ensemble_findings(runs_of(course(1, 5, **TAKEN), course(2, 8), course(3, 8)))
    tables = ensemble_tables(found)
    assert list(tables["runs"]["seed"]) == [1, 2, 3]
    assert len(tables["days"]) == 9 * len(found.curves)
    held = tables["days"].query("outcome == 'garrison_area_share' and day == 6").iloc[0]
    assert (held["runs"], held["median"]) == (3, 1.0)
    assert len(tables["cells"]) == 4
    assert tables["cells"]["share_lost_by_2020-03-09"].tolist()[:3] == pytest.approx([1 / 3] * 3)
    data = ensemble_data(found)
    assert (data["runs"], data["seeds"], data["besieged"]) == (3, [1, 2, 3], 1000.0)
