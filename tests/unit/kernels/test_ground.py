"""Geometry of the grid, on maps small enough to check by eye."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from siege_sim.kernels import ground
from siege_sim.kernels.frontage import destinations, neediest, spread_over_front


def mask(*rows: str):
    return np.array([c == "#" for row in rows for c in row]), (len(rows), len(rows[0]))


def picture(values, shape) -> list[str]:
    return ["".join(str(int(v)) if v >= 0 else "." for v in row) for row in values.reshape(shape)]


masks = st.integers(1, 9).flatmap(
    lambda rows: st.integers(1, 9).flatmap(lambda columns: arrays(np.bool_, (rows, columns)))
)


def test_neighbours_of_a_corner_and_of_the_middle():
    table = ground.neighbour_table((3, 3))
    assert sorted(table[0].tolist()) == [0, 1, 3, 4, 9, 9, 9, 9, 9]
    assert sorted(table[4].tolist()) == list(range(9))
    assert (table[:, 0] == np.arange(9)).all()


@given(masks)
def test_neighbour_sum_counts_what_the_table_names(grid):
    table = ground.neighbour_table(grid.shape)
    padded = np.append(grid.ravel(), False)
    assert ground.neighbour_sum(grid.ravel(), grid.shape).tolist() == padded[table[:, 1:]].sum(axis=1).tolist()


@given(masks)
def test_dilation_adds_exactly_the_neighbours(grid):
    around = ground.neighbour_sum(grid.ravel(), grid.shape) > 0
    assert (ground.dilate(grid.ravel(), grid.shape) == (grid.ravel() | around)).all()


def test_a_square_of_three_and_a_half_cells_counts_a_quarter_of_the_outermost_ring():
    ones = np.ones(25)
    # Side 3 holds 9 cells, side 5 holds 25; a side of 3.5 lies a quarter of the way.
    assert ground.square_sum(ones, (5, 5), 3.0)[12] == 9
    assert ground.square_sum(ones, (5, 5), 5.0)[12] == 25
    assert ground.square_sum(ones, (5, 5), 3.5)[12] == 9 + 0.25 * (25 - 9)


def test_a_square_smaller_than_a_cell_is_the_cell():
    values = np.arange(9.0)
    assert ground.square_sum(values, (3, 3), 0.2).tolist() == values.tolist()


@given(masks, st.floats(0.1, 8.0), st.floats(0.1, 8.0))
def test_a_larger_square_holds_at_least_as_much_and_never_more_than_there_is(grid, one, other):
    small, large = (ground.square_sum(grid.ravel(), grid.shape, side) for side in sorted((one, other)))
    assert (small <= large + 1e-9).all()
    assert (grid.ravel() <= small + 1e-9).all()
    assert (large <= grid.sum() + 1e-9).all()


def test_a_box_begins_with_the_cell_itself_and_marks_what_is_off_the_grid():
    table = ground.box_table((3, 4), 2)
    assert table.shape == (12, 25)
    assert table[:, 0].tolist() == list(range(12))
    # Cell 5 stands in row 1, column 1: rows 0-2 and columns 0-3 are within two steps; the other 13 places are off.
    assert sorted(table[5].tolist()) == [*range(12), *[12] * 13]
    assert ground.box_table((3, 4), 0).tolist() == [[cell] for cell in range(12)]


@given(masks, st.integers(0, 3))
def test_a_box_holds_what_the_sum_over_it_counts(grid, reach):
    padded = np.append(grid.ravel(), False)
    counted = padded[ground.box_table(grid.shape, reach)].sum(axis=1)
    assert ground.box_sum(grid.ravel(), grid.shape, reach).tolist() == counted.tolist()


def test_components_are_joined_over_corners_and_ordered_by_size():
    cells, shape = mask("#..##", ".#.##", ".....", "#####")
    assert picture(ground.components(cells, shape), shape) == ["2..11", ".2.11", ".....", "00000"]


@given(masks)
def test_components_of_one_size_are_ordered_by_their_first_cells(grid):
    labels = ground.components(grid.ravel(), grid.shape)
    of_each = [np.flatnonzero(labels == label) for label in range(labels.max() + 1)]
    assert of_each == sorted(of_each, key=lambda cells: (-cells.size, cells[0]))


@given(masks)
def test_components_cover_the_mask_and_never_touch(grid):
    labels = ground.components(grid.ravel(), grid.shape)
    assert ((labels >= 0) == grid.ravel()).all()
    sizes = np.bincount(labels[labels >= 0]) if grid.any() else np.array([])
    assert (np.diff(sizes) <= 0).all()
    for label in range(sizes.size):
        touched = ground.dilate(labels == label, grid.shape) & grid.ravel()
        assert (labels[touched] == label).all()


def test_steps_go_round_what_is_in_the_way():
    passable, shape = mask("###", "..#", "###")
    source = np.zeros(9, dtype=bool)
    source[0] = True
    steps = ground.steps_from(source, passable, shape)
    assert steps[passable].tolist() == [0, 1, 2, 2, 4, 3, 3]
    assert steps[3] == ground.UNREACHED
    assert (ground.steps_from(source, passable, shape, farthest=1) <= 1).sum() == 2


def test_exit_width_sees_the_narrow_way():
    cells, shape = mask(
        ".........",
        ".#####...",
        ".#####.#.",
        ".########",
        ".#####.#.",
        ".#####...",
        ".........",
    )
    width = ground.exit_width(cells, shape).reshape(shape)
    assert width[3, 3] == 3
    assert width[3, 1] >= 2  # the rim of a broad body
    assert width[3, 8] == 1  # beyond a way of one cell
    assert width[0, 0] == 0


def test_exit_width_is_zero_when_cut_off():
    cells, shape = mask("###.#", "###..", "###..")
    width = ground.exit_width(cells, shape)
    assert width[4] == 0
    assert (width[cells][:3] > 0).all()


def test_geometry_does_not_prefer_a_side():
    rng = np.random.default_rng(3)
    grid = rng.random((8, 8)) < 0.6
    straight = ground.exit_width(grid.ravel(), grid.shape).reshape(8, 8)
    for turn in (np.flipud, np.fliplr, np.transpose):
        turned = ground.exit_width(np.ascontiguousarray(turn(grid)).ravel(), (8, 8)).reshape(8, 8)
        if np.unique(np.bincount(ground.components(grid.ravel(), (8, 8))[grid.ravel()])).size > 1:
            assert (turned == turn(straight)).all()


def test_king_steps_are_the_larger_of_rows_and_columns():
    assert ground.king_steps(np.array([0]), np.array([0, 5, 14]), (3, 5)).tolist() == [[0, 1, 4]]


def test_units_spread_over_the_front_in_reach_and_even_it_out():
    around = ground.neighbour_table((1, 6))
    front = np.array([0.0, 1.0, 1.0, 1.0, 1.0, 0.0])
    men = np.array([100.0, 100.0])
    evenness = []
    for rounds in (0, 2, 20):
        shares = spread_over_front(around[[1, 3]], front, men, rounds)
        assert shares.sum(axis=1) == pytest.approx([1.0, 1.0])
        present = np.bincount(around[[1, 3]].ravel(), (shares * men[:, None]).ravel(), 7)[:6]
        assert present[front == 0].tolist() == [0.0, 0.0]
        evenness.append(present[front > 0].min() / present[front > 0].max())
    assert evenness[0] < evenness[1] < evenness[2]


def test_a_unit_without_front_in_reach_stays_where_it_is():
    around = ground.neighbour_table((3, 3))
    shares = spread_over_front(around[[0]], np.zeros(9), np.array([50.0]))
    assert shares[0].tolist() == [1.0, 0, 0, 0, 0, 0, 0, 0, 0]


def test_nearest_is_by_king_s_moves_and_the_first_among_equals():
    assert ground.nearest(0, np.array([24, 12, 6]), (5, 5)) == (6, 1)
    assert ground.nearest(12, np.array([0, 24]), (5, 5)) == (0, 2)


@given(masks, st.integers(0, 4))
def test_a_box_sum_counts_the_cells_that_so_many_dilations_reach(grid, reach):
    cells = range(grid.size)
    alone = (ground.dilate(np.arange(grid.size) == cell, grid.shape, reach) for cell in cells)
    expected = [np.count_nonzero(box & grid.ravel()) for box in alone]
    assert ground.box_sum(grid.ravel(), grid.shape, reach).tolist() == expected


@given(arrays(np.bool_, (5, 6)), st.integers(1, 4))
def test_dilation_by_some_steps_reaches_every_cell_within_as_many_king_s_moves(grid, reach):
    cells = np.arange(grid.size)
    near = ground.king_steps(cells, np.flatnonzero(grid), grid.shape).min(axis=1, initial=99) <= reach
    assert (ground.dilate(grid.ravel(), grid.shape, reach) == near).all()


def test_a_line_is_passable_in_part_and_more_so_near_a_breach():
    line, steps = np.array([True, True, False]), np.array([2.0, np.inf, 0.0])
    assert ground.passable(line, steps, 2, 0.5, 0.1).tolist() == [0.5, 0.1, 0.0]
    assert ground.passable(line, steps, 1, 0.5, 0.1).tolist() == [0.1, 0.1, 0.0]
    assert ground.passable(line, steps, 2, 0.05, 0.1).tolist() == [0.1, 0.1, 0.0]


def test_the_easiest_way_out_weighs_a_wide_gate_far_away_against_a_narrow_one_close_by():
    gates = np.array([0.2, 0.0, 0.0, 0.0, 1.0])
    by_steps = np.array([1.0, 0.5, 0.25, 0.125, 0.0625])
    ways = ground.easiest_ways(np.arange(5), gates, by_steps, np.zeros(5, dtype=np.int64), (1, 5))
    assert ways.tolist() == [0.2, 0.125, 0.25, 0.5, 1.0]


@given(st.data())
def test_ways_out_that_are_walked_together_are_those_walked_one_by_one(data):
    side = 12
    cells = side * side
    gates, parts = (
        np.array(data.draw(st.lists(st.sampled_from(values), min_size=cells, max_size=cells)))
        for values in ((0.0, 0.0, 0.1, 0.35, 1.0), (-1, 0, 0, 0, 1))
    )
    by_steps, homes = np.exp(-np.arange(side) / 3.0), np.arange(cells)
    alone = [ground.easiest_ways(homes[[cell]], gates, by_steps, parts, (side, side))[0] for cell in homes]
    assert np.count_nonzero(gates) <= ground.WAYS_ONE_BY_ONE * cells, "one cell's ways are walked one by one"
    together = ground.easiest_ways(homes, gates, by_steps, parts, (side, side))
    assert together.tolist() == alone


def test_a_way_out_leads_over_one_s_own_ground_only():
    gates, parts = np.array([1.0, 0.0, 0.0, 0.0, 0.0]), np.array([0, 0, -1, 1, 1])
    ways = ground.easiest_ways(np.array([1, 3, 1]), gates, np.full(5, 0.5), parts, (1, 5))
    assert ways.tolist() == [0.5, 0.0, 0.5]


def test_defenders_are_sent_to_the_neediest_cell_in_reach_of_their_own_pocket():
    lacking = np.array([9.0, 1.0, 5.0, 5.0, 7.0, 8.0])
    front, pockets = np.array([True, True, True, True, False, True]), np.array([0, 0, 0, 0, 0, 1])
    steps = np.abs(np.arange(6) - 3)
    assert neediest(lacking, front, pockets, 3, steps, 2) == 2, (
        "the first among equals, not too far, not behind the front"
    )
    assert neediest(lacking, front, pockets, 3, steps, 3) == 0
    assert neediest(lacking, front, np.array([1, 1, 1, 1, 0, 1]), 4, steps, 5) == -1


def test_units_go_one_after_the_other_to_where_more_are_lacking_than_where_they_are():
    line, shape = np.ones(9, dtype=bool), (1, 9)
    lacking = np.array([-150.0, 0.0, 0.0, 0.0, 0.0, 0.0, 90.0, 0.0, 0.0])
    pockets, table = np.zeros(9, dtype=np.int64), ground.neighbour_table(shape)
    where, men = np.array([0, 0, 0]), np.array([100, 100, 100])
    goals = destinations(np.array([2, 0, 1]), where, men, lacking, line, pockets, line, table, 8, 9)
    assert goals.tolist() == [6, -1, -1], "the second finds no want as large as what it would leave"
    assert lacking.sum() == pytest.approx(-60.0), "who goes is missed as much as he is gained"
    assert lacking[5:8].sum() == pytest.approx(-10.0)
