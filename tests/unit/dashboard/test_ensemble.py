"""Ensembles: the spread of many runs, for the charts."""

from __future__ import annotations

import os
import threading

import pandas as pd
import pytest

from siege_sim import load_scenario
from siege_sim.dashboard.ensemble import Ensemble, fans_of, seeds_in_words
from siege_sim.model import outcomes
from siege_sim.results.run import CompactRun
from siege_sim.schema.sides import Sides
from siege_sim.viewer.charts import charts

AREA = "garrison_area_share"
KNOWN = outcomes.outcomes_of(Sides(), ())
DRAWN = charts([{"name": outcome.name, **outcome.about()} for outcome in KNOWN], Sides())


def fans(compact_runs):
    return fans_of(compact_runs, DRAWN)


def course(seed, area, ending="pocket_taken"):
    columns = {name.name: [0.0] * len(area) for name in KNOWN}
    return CompactRun(seed, ending, pd.DataFrame({**columns, AREA: area}), pd.DataFrame(), {})


def test_a_fan_holds_the_middle_of_the_runs_on_each_day():
    drawn = fans([course(seed, [1.0, level]) for seed, level in enumerate([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], 1)])
    assert drawn["lines"][AREA]["middle"] == [1.0, 0.5]
    assert drawn["lines"][AREA]["low"] == [1.0, 0.1]
    assert drawn["lines"][AREA]["high"] == [1.0, 0.9]
    assert (drawn["runs"], drawn["seeds"], drawn["days"]) == (6, "1 to 6", 1)


def test_a_siege_that_has_ended_counts_with_its_last_day_and_one_that_was_stopped_no_longer():
    ended, stopped = course(1, [1.0, 0.0]), course(2, [1.0, 0.8], ending="holding")
    longer = course(3, [1.0, 0.9, 0.6])
    assert fans([ended, longer])["lines"][AREA]["middle"][2] == pytest.approx(0.3)
    assert fans([stopped, longer])["lines"][AREA]["middle"][2] == pytest.approx(0.6)


def test_seeds_are_named_one_by_one_where_some_are_missing():
    assert seeds_in_words([3, 1, 2]) == "1 to 3"
    assert seeds_in_words([1, 4]) == "1, 4"


def small():
    return load_scenario("toy_town", ["population.persons_per_household=50", "days=21"])


def test_runs_are_made_and_counted_as_they_finish():
    ensemble, seen, niceness = Ensemble(small(), 4, 1, threading.Lock()), [], priority()
    ensemble.run(lambda: seen.append((len(ensemble.runs), ensemble.fans() is not None)))
    assert seen == [(1, False), (2, False), (3, True), (4, True), (4, True)]
    assert not ensemble.running
    assert priority() == niceness, "a server that plays them itself still answers its readers first"


def priority():
    return os.getpriority(os.PRIO_PROCESS, 0) if hasattr(os, "getpriority") else 0


def test_it_can_be_stopped_and_keeps_what_it_has():
    ensemble = Ensemble(small(), 40, 1, threading.Lock())
    ensemble.run(ensemble.stop)
    assert len(ensemble.runs) == 1
    assert not ensemble.error


def test_what_goes_wrong_is_shown_to_the_reader(monkeypatch):
    monkeypatch.setattr("siege_sim.runner.run.run_job", lambda job: 1 / 0)
    ensemble = Ensemble(small(), 3, 1, threading.Lock())
    ensemble.run(lambda: None)
    assert "division" in ensemble.error
    assert not ensemble.running
