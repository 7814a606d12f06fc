"""Which factor comes first: no order that the intervals do not bear out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.analysis.ranking import ranking_of


@pytest.mark.parametrize(
    ("sizes", "reach", "said"),
    [
        ((0.2, 0.9, 0.1), (0.15, 0.1, 0.1), "First b; the order of the rest is undecided with these runs: a, c."),
        ((0.2, 0.9, 0.5), (0.01, 0.1, 0.1), "First b; second c; third a."),
        ((0.5, 0.6, 0.1), (0.2, 0.2, 0.2), "Which factor comes first is undecided with these runs; by size: b, a, c."),
        ((0.5,), (0.9,), "First a."),
    ],
)
def test_places_are_told_as_far_as_intervals_lie_apart(sizes, reach, said):
    assert ranking_of("abc"[: len(sizes)], np.array(sizes), np.array(reach)).sentence == said


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=9))
def test_every_name_is_told_once_and_a_settled_one_lies_above_all_that_follow(rows):
    sizes, reach = (np.array(column) for column in zip(*rows, strict=True))
    names = [f"f{n}" for n in range(len(rows))]
    found = ranking_of(names, sizes, reach)
    assert sorted((*found.settled, *found.undecided)) == sorted(names)
    order = [*found.settled, *found.undecided]
    for place, name in enumerate(found.settled):
        at = names.index(name)
        for other in (names.index(later) for later in order[place + 1 :]):
            assert sizes[at] - reach[at] > sizes[other] + reach[other]


def test_without_intervals_nothing_is_settled():
    assert ranking_of("ab", np.array([0.9, 0.1]), np.array([np.nan, np.nan])).settled == ()
