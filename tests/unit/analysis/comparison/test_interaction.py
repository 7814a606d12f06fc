"""Levers alone and together: sums that add up, sums that do not, and words that claim no more than the interval."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.analysis.comparison.comparison import Arm, Comparison
from siege_sim.analysis.comparison.comparison_findings import comparison_findings
from siege_sim.analysis.comparison.interaction import interactions_of
from siege_sim.analysis.comparison.traces import trace_of
from siege_sim.reports.interaction import interaction_cells, interaction_sentences
from tests.unit.analysis.comparison.test_comparison import KNOWN, LAST, START, course

OUTCOMES = ("civilians_killed", "ending", "day_pocket_split")


def played(*killed: list[float], split=(3, 3, 3, 3)) -> Comparison:
    """Return a comparison of four scenarios by how many were killed in each run; the last has what the others have."""
    quantities = tuple(KNOWN[name] for name in OUTCOMES)
    traces = tuple(
        tuple(trace_of(course(n, value, split=split[arm]), quantities, LAST) for n, value in enumerate(values, 1))
        for arm, values in enumerate(killed)
    )
    arms = tuple(Arm(name, name, "", about=("civilians_killed",)) for name in ("base", "fed", "calm", "both"))
    return Comparison(arms, quantities, START, LAST, None, traces, together=3)


@given(st.lists(st.tuples(*[st.integers(-50, 50)] * 3), min_size=3, max_size=8))
def test_what_is_beyond_the_sum_is_together_less_each_alone_seed_by_seed(rows):
    base, first, second = (np.array(column, float) + 100.0 for column in zip(*rows, strict=True))
    both = first + second - base + 5.0
    found = interactions_of(played(*(column.tolist() for column in (base, first, second, both))))
    row = next(one for one in found.rows if one.effect.name == "civilians_killed")
    assert row.alone == pytest.approx(((first - base).mean(), (second - base).mean()))
    assert row.effect.difference.middle == pytest.approx(5.0)
    assert row.effect.difference.clear


def test_levers_that_add_up_show_no_clear_difference():
    base = [100.0, 110.0, 120.0, 130.0]
    found = interactions_of(played(base, [90, 101, 109, 121], [80, 89, 101, 110], [70, 80, 91, 100]))
    row = next(one for one in found.rows if one.effect.name == "civilians_killed")
    assert not row.effect.difference.clear


def test_seeds_without_the_number_in_any_of_the_runs_are_left_out():
    found = interactions_of(played(*[[100.0, 110.0]] * 4, split=(3, 3, None, 3)))
    row = next(one for one in found.rows if one.effect.name == "day_pocket_split")
    assert (row.effect.difference.pairs, row.effect.left_out, row.alone) == (0, 2, ())


def test_endings_that_never_differ_still_have_an_interval():
    found = interactions_of(played(*[[100.0, 110.0, 120.0]] * 4))
    row = next(one for one in found.rows if one.effect.name == "ending:evacuated")
    assert row.effect.difference.low < 0.0 < row.effect.difference.high


def test_words_say_more_less_or_the_other_way_round_only_where_it_is_clear():
    base = [100.0, 110.0, 120.0, 130.0]
    less = [value - 10.0 for value in base]
    wanted = {-50.0: "together -50 persons, more than the sum of each alone, -20",
              -5.0: "together -5 persons, less than the sum of each alone, -20",
              30.0: "together +30 persons, the other way round than the sum of each alone, -20"}  # fmt: skip
    for gap, said in wanted.items():
        both = [value + gap for value in base]
        assert said in interaction_sentences(comparison_findings(played(base, less, less, both)))[0]
    both = [value - 20 + luck for value, luck in zip(base, (3, -4, 2, -1), strict=True)]
    adding = interaction_sentences(comparison_findings(played(base, less, less, both)))
    assert "the effects add up" in adding[0]


def test_every_table_has_the_interactions_and_a_comparison_without_them_has_none():
    base = [100.0, 110.0, 120.0, 130.0]
    found = comparison_findings(played(base, base, base, base))
    table = found.tables()["interactions"]
    assert {"alone_fed", "alone_calm", "sum_of_each_alone", "together", "together_minus_sum", "low"} <= set(table)
    assert len(interaction_cells(found.interactions.rows[0])) == 7
    assert interactions_of(replace(played(base, base, base, base), together=None)) is None
