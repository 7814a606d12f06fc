"""Two runs, and two sets of runs, side by side."""

from __future__ import annotations

import pandas as pd
import pytest

from siege_sim import load_scenario, run
from siege_sim.analysis.run_difference import run_difference
from siege_sim.analysis.table_difference import table_difference
from siege_sim.results.run_table import RunTable

NAMES = ("A", "B")


@pytest.mark.parametrize("day", [5, 17])
def test_runs_are_the_same_until_what_was_changed_begins(toy_result, day):
    changed = load_scenario("toy_town", [f"changes.more={{from_day: {day}, processes: {{sorties: {{per_day: 40}}}}}}"])
    found = run_difference(toy_result, run(changed, seed=1), NAMES)
    assert found.parted == day
    assert f"The runs are the same to day {day - 1}, and part on day {day} (" in found.sentences[0]
    assert found.events[0][1].startswith(f"day {day}, ")


def test_the_same_run_from_disk_and_from_memory_is_the_same_run(toy_result, tmp_path):
    from siege_sim.results.run import read_run

    toy_result.write(tmp_path)
    found = run_difference(read_run(tmp_path), toy_result, NAMES)
    assert found.parted is None
    assert not found.numbers
    assert not found.quarters
    assert not found.events


def test_which_run_comes_first_decides_only_which_value_is_said_first(toy_result, toy_town):
    other = run(toy_town, seed=2)
    there, back = run_difference(toy_result, other, NAMES), run_difference(other, toy_result, NAMES)
    assert there.parted == back.parted
    assert {one.name: (one.first, one.second) for one in there.numbers} == {
        one.name: (one.second, one.first) for one in back.numbers
    }
    assert there.sentences[0].startswith("The runs have different seeds (1 and 2)")
    assert {(3 - number, event) for number, event in there.events} == set(back.events)


def test_numbers_that_read_the_same_are_not_said_to_differ(toy_result, toy_town):
    found = run_difference(toy_result, run(toy_town, seed=2), NAMES)
    for one in found.parting:
        text = f"{one.words[0]} and {one.words[1]}"
        assert (text in " ".join(found.sentences)) == (one.words[0] != one.words[1])


def table(runs: pd.DataFrame, keys=("seed",), **facts) -> RunTable:
    return RunTable("ensemble", "x", facts, {}, {"killed": {"label": "Killed", "unit": "persons"}}, keys, runs)


def test_many_runs_are_paired_by_seed():
    first = pd.DataFrame({"seed": [1, 2, 3, 4], "ending": ["a", "a", "b", "b"], "killed": [10.0, 20.0, 30.0, 40.0]})
    second = pd.DataFrame({"seed": [2, 3, 4, 5], "ending": ["a", "b", "a", "b"], "killed": [22.0, 33.0, 44.0, 1.0]})
    found = table_difference(table(first, days=9), table(second, days=8), NAMES)
    assert (found.pairs, found.differing) == (3, 3)
    assert found.facts == {"days": ("9", "8")}
    (killed,) = found.means
    assert (killed.first, killed.second, killed.difference.value) == (30.0, 33.0, 3.0)
    assert found.endings["a"] == (1 / 3, 2 / 3)
    assert table_difference(table(first), table(first), NAMES).differing == 0


def test_without_a_seed_in_common_nothing_is_said_of_single_runs():
    first, second = (pd.DataFrame({"seed": [seed], "killed": [1.0]}) for seed in (1, 2))
    found = table_difference(table(first), table(second), NAMES)
    assert found.pairs == 0
    assert "no run of one has a counterpart" in found.sentences[-1].lower()
    other = pd.DataFrame({"seed": [1], "sorties": [3.0], "killed": [1.0]})
    assert table_difference(table(first), table(other, keys=("sorties", "seed")), NAMES).pairs == 0
