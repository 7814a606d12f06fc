"""Streams: one for each seed, name and day, and nothing else."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from siege_sim.model.rng import Later, branch, stream


def test_a_stream_is_the_same_whenever_it_is_asked_for():
    first = stream(1, "sorties", 5).random(4)
    stream(1, "other", 5).random(1000)
    assert (stream(1, "sorties", 5).random(4) == first).all()


def test_seed_name_and_day_each_make_another_stream():
    draws = {
        stream(*key).random()
        for key in ((1, "a", 1), (2, "a", 1), (1, "b", 1), (1, "a", 2), (1, "a1", 1), (11, "a", 1))
    }
    assert len(draws) == 6


def test_streams_are_even_and_unrelated():
    draws = np.array([stream(1, "x", day).random(50) for day in range(400)])
    assert abs(draws.mean() - 0.5) < 0.01
    assert abs(np.corrcoef(draws[:-1].ravel(), draws[1:].ravel())[0, 1]) < 0.03


def test_first_numbers_are_pinned():
    assert stream(1, "processes.sorties", 1).random(3).round(12).tolist() == PINNED


def test_streams_do_not_depend_on_the_hash_seed():
    code = "from siege_sim.model.rng import stream; print(stream(7, 'fear', 3).random())"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": s},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for s in ("0", "1", "random")
    }
    assert len(outputs) == 1


def test_a_branch_leaves_what_comes_after_it_the_same_however_much_it_draws():
    after = []
    for draws in (0, 1, 100):
        rng = stream(1, "strikes", 3)
        branch(rng).random(draws)
        after.append(rng.random())
    assert len(set(after)) == 1


def test_a_generator_for_later_draws_what_the_stream_draws():
    assert Later(stream, 1, "sorties", 5).random(4).tolist() == stream(1, "sorties", 5).random(4).tolist()


PINNED = [0.822790616305, 0.286814224578, 0.446324126567]
