"""Ground that nobody can cross holds back whoever walks, also where it is drawn as a diagonal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from siege_sim.kernels import ground

grids = arrays(np.bool_, st.tuples(st.integers(2, 9), st.integers(2, 9)))


def drawn(*rows: str) -> tuple[np.ndarray, ground.Shape]:
    return np.array([character == "~" for row in rows for character in row]), (len(rows), len(rows[0]))


@pytest.mark.parametrize(
    ("rows", "leaks"),
    [
        (("~..", ".~.", "..~"), [[1, 3], [5, 7]]),
        ((".~", "~."), [[0, 3]]),
        (("~..", "~~.", ".~~"), []),
        (("...", ".~.", "..."), []),
        (("~~~~", ".~~~", "~..."), [[4, 9]]),
    ],
)
def test_a_diagonal_row_of_single_cells_has_a_gap_at_every_corner(rows, leaks):
    barrier, shape = drawn(*rows)
    found = ground.corner_leaks(barrier, shape)
    assert sorted(sorted(pair) for pair in found.tolist()) == leaks


@given(grids)
def test_filled_corners_leave_no_gap_and_take_nothing_away(grid):
    filled = ground.corners_filled(grid.ravel(), grid.shape)
    assert ground.corner_leaks(filled, grid.shape).size == 0
    assert (filled | grid.ravel() == filled).all()
    if not ground.corner_leaks(grid.ravel(), grid.shape).size:
        assert (filled == grid.ravel()).all()


@given(grids)
def test_without_gaps_a_walk_by_sides_alone_reaches_all_that_a_walk_over_corners_does(grid):
    open_ground = ~ground.corners_filled(grid.ravel(), grid.shape)
    with_corners = ground.components(open_ground, grid.shape)
    for part in range(with_corners.max(initial=-1) + 1):
        cells = np.flatnonzero(with_corners == part).tolist()
        assert _reached_by_sides(cells, grid.shape[1]) == set(cells)


def _reached_by_sides(cells: list[int], columns: int) -> set[int]:
    """Return those of some cells that a walk from the first of them by steps over sides alone reaches."""
    reached, queue, inside = {cells[0]}, [cells[0]], set(cells)
    while queue:
        row, column = divmod(queue.pop(), columns)
        steps = [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
        near = {r * columns + c for r, c in steps if 0 <= c < columns} & inside - reached
        reached |= near
        queue += near
    return reached


@given(grids, st.integers(0, 1000))
def test_on_open_ground_the_way_on_foot_is_the_way_as_the_crow_flies(grid, seed):
    rng = np.random.default_rng(seed)
    ease = np.where(grid.ravel(), rng.choice([0.1, 0.5, 0.7], grid.size), 0.0)
    part = rng.integers(0, 2, grid.size)
    cells, by_steps = np.arange(grid.size), np.exp(-np.arange(grid.size) / 3.0)
    everywhere = np.ones(grid.size, dtype=np.bool_)
    on_foot = ground.easiest_ways_on_foot(cells, ease, by_steps, part, everywhere, grid.shape)
    assert on_foot.tolist() == ground.easiest_ways(cells, ease, by_steps, part, grid.shape).tolist()


def test_a_way_out_across_a_river_is_as_long_as_the_walk_over_the_bridge():
    # The gate is in the east, the only bridge at the southern end.
    water, shape = drawn(".~.", ".~.", ".~.", "...")
    ease = np.zeros(12)
    ease[2] = 1.0
    by_steps, part = 0.5 ** np.arange(12), np.zeros(12, dtype=np.int64)
    ways = ground.easiest_ways_on_foot(np.array([0, 2, 9]), ease, by_steps, part, ~water, shape)
    assert ways.tolist() == [0.5**6, 1.0, 0.5**4]
