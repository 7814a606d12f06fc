"""Straight cuts through connected ground: which cells they cover, what they isolate, which is best."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.kernels import cuts, ground

SHAPE = (7, 9)
ROWS, COLUMNS = SHAPE
CELLS = ROWS * COLUMNS
cells = st.integers(0, CELLS - 1)
masks = st.lists(st.booleans(), min_size=CELLS, max_size=CELLS).map(np.array)


def drawn(*rows: str):
    """Return ground as drawn, ``#`` for ground, and its shape."""
    return np.array([c == "#" for row in rows for c in row]), (len(rows), len(rows[0]))


DUMBBELL = drawn(
    "........",
    ".###.##.",
    ".######.",
    ".###.##.",
    "........",
)
"""Nine cells, a neck of one, six cells."""


def test_a_cut_through_a_neck_isolates_the_smaller_end():
    mask, shape = DUMBBELL
    neck = np.array([2 * 8 + 4])
    assert np.flatnonzero(cuts.isolated_by(mask, neck, *shape)).tolist() == [13, 14, 21, 22, 29, 30]


def test_the_best_cut_for_its_length_is_the_neck():
    mask, shape = DUMBBELL
    rim = np.flatnonzero(cuts.rim(mask, shape))
    a, b, length, _ = cuts.straight_ways(mask, rim, rim, np.ones(mask.size), 6.0, shape[1])
    gain = lambda way, part: float(part.sum() / length[way])  # noqa: E731
    best, part, score = cuts.best_cut(
        mask, rim[a], rim[b], mask.sum() / length, 1.0 / length, (0, mask.sum()), gain, shape
    )
    way = cuts.line_cells(int(rim[a[best]]), int(rim[b[best]]), shape[1])
    assert 2 * 8 + 4 in way
    every = [cuts.line_cells(int(rim[i]), int(rim[j]), shape[1]) for i, j in zip(a, b, strict=True)]
    assert score == max(gain(i, cuts.isolated_by(mask, line, *shape)) for i, line in enumerate(every))
    assert part.sum() < mask.sum() / 2


@given(masks, st.lists(st.floats(0.0, 1.0), min_size=CELLS, max_size=CELLS).map(np.array))
def test_a_closer_bound_finds_the_same_cut_and_looks_at_fewer(mask, worth):
    rim = np.flatnonzero(cuts.rim(mask, SHAPE))
    a, b, length, _ = cuts.straight_ways(mask, rim, rim, np.ones(CELLS), 6.0, COLUMNS)
    seen = []

    def gain(way, part):
        seen.append(way)
        return float(worth[part].sum() / length[way])

    bound, cells, closer = CELLS / length, (0.0, float(CELLS)), worth[mask].max(initial=0.0) / length
    every = [cuts.line_cells(int(rim[i]), int(rim[j]), COLUMNS) for i, j in zip(a, b, strict=True)]
    alone = [gain(i, cuts.isolated_by(mask, line, *SHAPE)) for i, line in enumerate(every)]
    seen.clear()
    plain = cuts.best_cut(mask, rim[a], rim[b], bound, 1.0 / length, cells, gain, SHAPE)
    assert plain[2] == max(alone, default=0.0)
    looked_at = len(seen)
    closely = cuts.best_cut(mask, rim[a], rim[b], bound, closer, cells, gain, SHAPE)
    assert (closely[0], closely[2]) == (plain[0], plain[2])
    assert closely[1] is plain[1] is None or (closely[1] == plain[1]).all()
    assert len(seen) - looked_at <= looked_at


def test_lost_ground_is_counted_beyond_both_ends_of_many_ways():
    gone, shape = drawn("##....##", "........")
    starts, ends = np.array([2, 5, 10]), np.array([5, 2, 13])
    assert cuts.lost_beyond_both(gone, starts, ends, *shape).tolist() == [4.0, 4.0, 0.0]


def test_lost_ground_beyond_the_end_of_a_way_counts_in_its_direction():
    gone, shape = drawn("####....")
    # The way goes from cell 7 to cell 4; beyond its end four cells in a row are lost.
    assert cuts.lost_beyond(gone, 4, 7, *shape) == 4.0
    assert cuts.lost_beyond(gone, 7, 4, *shape) == 0.0


@given(cells, cells)
def test_a_line_joins_its_ends_by_sides(start, end):
    line = cuts.line_cells(start, end, COLUMNS)
    rows, columns = np.divmod(line, COLUMNS)
    assert (line[0], line[-1]) == (start, end)
    assert np.all(np.abs(np.diff(rows)) + np.abs(np.diff(columns)) == 1)


@given(masks, cells, cells)
def test_what_a_cut_isolates_is_ground_that_no_step_joins_to_the_rest(mask, start, end):
    line = cuts.line_cells(start, end, COLUMNS)
    apart = cuts.isolated_by(mask, line, *SHAPE)
    main = ground.components(mask, SHAPE) == 0
    rest = main & ~apart
    rest[line] = False
    assert not (apart & ~main).any()
    assert not apart[line].any()
    assert not (ground.dilate(apart, SHAPE) & rest).any()
    # The rest is the largest part of what the cut leaves.
    assert rest.sum() >= max(np.bincount(ground.components(apart, SHAPE)[apart]), default=0)


@given(masks, st.integers(1, 4))
def test_spaced_cells_keep_their_distance_and_leave_none_far_from_all(mask, steps):
    given_cells = np.flatnonzero(mask)
    chosen = cuts.spaced(given_cells, COLUMNS, steps)
    if given_cells.size == 0:
        assert chosen.size == 0
        return
    apart = ground.king_steps(chosen, chosen, SHAPE)
    assert np.all(apart[~np.eye(chosen.size, dtype=bool)] >= steps)
    assert np.all(ground.king_steps(given_cells, chosen, SHAPE).min(axis=1) < steps)


def test_a_way_costs_what_lies_under_it_and_is_as_long_as_the_crow_flies():
    mask, shape = drawn("####", "####", "####")
    cost = np.full(mask.size, 2.0)
    straight = cuts.straight_ways(mask, np.array([4]), np.array([7]), cost, 10.0, shape[1])
    assert [float(values[0]) for values in straight[2:]] == [4.0, 8.0]
    # From corner to corner of three by three cells: five steps along sides, 1 + 2 x 1.414 cells as the crow flies.
    slanted = cuts.straight_ways(mask, np.array([0]), np.array([10]), cost, 10.0, shape[1])
    assert np.allclose([float(values[0]) for values in slanted[2:]], [1 + 2 * 2**0.5, 2 * (1 + 2 * 2**0.5)])


def test_ways_longer_than_asked_for_are_not_looked_at():
    mask, shape = drawn("########")
    found = cuts.straight_ways(mask, np.array([0]), np.array([2, 5]), np.ones(8), 4.0, shape[1])
    assert found[1].tolist() == [0]


def test_a_rim_is_what_lies_beside_other_ground_and_not_what_lies_at_the_edge_of_the_map():
    mask, shape = drawn("###.", "###.", "####")
    assert np.flatnonzero(cuts.rim(mask, shape)).tolist() == [2, 6, 10, 11]
