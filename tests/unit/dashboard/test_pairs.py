"""Pairs of runs on the same seeds: which way they go, and how sure that is."""

from __future__ import annotations

import threading

import numpy as np
import pandas as pd
import pytest

from siege_sim import load_scenario
from siege_sim.dashboard.pairs import Pairs, duration_in_words, pairs_found
from siege_sim.results.run import CompactRun

ROWS = [{"name": "killed", "label": "Killed", "unit": "persons", "outcomes": ["killed"]}]


def course(seed, *killed, ending="pocket_taken"):
    series = pd.DataFrame({"killed": killed})
    return CompactRun(seed, ending, series, pd.DataFrame(), {}, {"end_day": len(killed) - 1})


def found(gaps, before=100.0):
    first = [course(seed, 0.0, before) for seed in range(len(gaps))]
    second = [course(seed, 0.0, before + gap) for seed, gap in enumerate(gaps)]
    return pairs_found(first, second, ROWS)


def test_the_share_of_pairs_that_go_the_same_way_has_an_interval():
    way = found([-10.0] * 17 + [5.0] * 3)["rows"]["killed"]["way"]
    assert way == "lower in 17 of 20 pairs (64 to 94.8 %)"


def test_where_as_many_pairs_go_either_way_neither_is_said_to_be_the_way():
    assert found([-1.0, 1.0, 0.0])["rows"]["killed"]["way"] == "lower in 1 of 3 pairs, higher in as many"


def test_pairs_that_do_not_differ_are_the_same():
    row = found([0.0] * 5)["rows"]["killed"]
    assert row["way"] == "the same in all 5 pairs"
    assert row["difference"] == "0"


def test_bands_are_of_the_differences_and_not_of_the_runs():
    gaps = np.linspace(-20.0, 0.0, 21)
    first = [course(seed, 0.0, 1000.0 * seed) for seed in range(21)]
    second = [course(seed, 0.0, 1000.0 * seed + gap) for seed, gap in enumerate(gaps)]
    row = pairs_found(first, second, ROWS)["rows"]["killed"]
    assert [row[name] for name in ("low", "middle", "high")] == [[0.0, -18.0], [0.0, -10.0], [0.0, -2.0]]
    assert row["difference"] == "-10"


def test_it_is_said_how_the_sieges_of_both_ended():
    first = [course(seed, 0.0) for seed in range(3)]
    second = [course(0, 0.0), course(1, 0.0, ending="evacuated"), course(2, 0.0, ending="evacuated")]
    assert pairs_found(first, second, ROWS)["endings"] == [
        "pocket taken 3",
        "agreed evacuation 2, pocket taken 1",
        "the same ending in 1 of 3 pairs",
    ]


@pytest.fixture(scope="module")
def scenarios():
    base = ["population.persons_per_household=50", "days=21"]
    return load_scenario("toy_town", base), load_scenario("toy_town", [*base, "processes.sorties.per_day=40"])


def test_both_are_played_on_the_same_seeds(scenarios):
    pairs, seen = Pairs(scenarios, 3, 1, threading.Lock()), []
    pairs.run(lambda: seen.append((pairs.done, "rows" in pairs.data())))
    assert seen == [(1, False), (2, False), (3, False), (4, False), (5, False), (6, True), (6, True)]
    first, second = pairs.both
    assert [run.seed for run in first] == [run.seed for run in second] == [1, 2, 3]
    assert [len(lines) for lines in pairs.fans()["sides"]] == [len(pairs.fans()["sides"][0])] * 2
    assert not pairs.running
    assert not pairs.error


def test_whoever_has_seen_enough_can_stop_it_also_while_it_waits(scenarios):
    lock, begun = threading.Lock(), threading.Event()
    pairs = Pairs(scenarios, 3, 1, lock)
    with lock:
        playing = threading.Thread(target=pairs.run, args=(begun.set,))
        playing.start()
        assert pairs.data()["waiting"]
        pairs.stop()
        playing.join(30.0)
    assert not pairs.running
    assert pairs.done == 0


def test_how_long_it_takes_is_known_after_the_first_run(scenarios):
    now = [0.0]
    pairs = Pairs(scenarios, 2, 1, threading.Lock(), lambda: now[0])
    left = []

    def on_progress():
        now[0] += 10.0
        left.append(pairs.seconds_left())

    assert pairs.seconds_left() is None
    pairs.run(on_progress)
    assert left[:4] == [30.0, 20.0, 10.0, 0.0]


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "about 10 seconds"), (44, "about 40 seconds"), (200, "about 3 minutes")]
)
def test_durations_are_said_roughly(seconds, words):
    assert duration_in_words(seconds) == words
