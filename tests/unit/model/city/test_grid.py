"""What follows from who holds the ground is worked out anew when a cell changes hands, and only then."""

from __future__ import annotations

import numpy as np
import pytest
from mesa.discrete_space import OrthogonalMooreGrid
from pydantic import ValidationError

from siege_sim import SiegeModel, load_scenario
from siege_sim.model.agents.facility import FoodStock, Market
from siege_sim.model.city.grid import FOLLOWS_FROM_GROUND
from siege_sim.model.city.map import LARGEST_SIDE
from siege_sim.model.city.synthetic import SyntheticTown
from siege_sim.schema.sides import BESIEGER


@pytest.fixture
def model() -> SiegeModel:
    return SiegeModel(load_scenario("toy_town"), seed=1)


def cut_in_two(model: SiegeModel) -> None:
    """Let the besieger take the column of cells in the middle of the pocket."""
    columns = model.city.pocket_cells % model.city.shape[1]
    model.city.capture(model.city.pocket_cells[columns == int(np.median(columns))], BESIEGER)


def test_a_cut_through_the_pocket_is_seen_by_whoever_asks(model):
    city = model.city
    before = {name: np.copy(getattr(city, name)) for name in FOLLOWS_FROM_GROUND}
    cut_in_two(model)
    changed = {name for name in before if not np.array_equal(before[name], getattr(city, name))}
    assert changed >= {"pocket_ground", "pocket_cells", "pockets", "pocket_count", "large_pockets", "front"}
    assert city.large_pockets == 2


def test_facilities_are_sorted_by_the_pocket_they_stand_in(model):
    for _ in range(2):
        known = model.facilities_of(FoodStock)
        assert model.facilities_in_pocket(FoodStock) == [stock for stock in known if stock.in_pocket]
        assert model.facilities_on_lost_ground(FoodStock) == [stock for stock in known if not stock.in_pocket]
        by_pocket = model.facilities_by_pocket(FoodStock)
        assert len(by_pocket) == model.city.pocket_count
        for pocket, stocks in enumerate(by_pocket):
            assert all(model.city.pockets[stock.cell_index] == pocket for stock in stocks)
        assert sum(map(len, by_pocket)) == len(model.facilities_in_pocket(FoodStock))
        cut_in_two(model)
    assert len(model.facilities_by_pocket(Market)) == 2


def test_pressure_is_seen_from_when_it_begins_until_it_is_lifted(model):
    assert not model.city.pressed.any()
    model.city.press(model.city.pocket_cells[:3], axis=0, odds=np.ones(3))
    assert np.flatnonzero(model.city.pressed).tolist() == model.city.pocket_cells[:3].tolist()
    model.city.lift_pressure()
    assert not model.city.pressed.any()


def test_the_grid_s_cells_are_connected_as_mesa_connects_them(model):
    ours, mesa_s = model.grid, OrthogonalMooreGrid(model.city.shape, torus=False, random=model.random)
    for cell in mesa_s.all_cells:
        expected = [(step, near.coordinate) for step, near in cell.connections.items()]
        assert [(step, near.coordinate) for step, near in ours[cell.coordinate].connections.items()] == expected


def test_a_synthetic_town_may_be_as_large_as_a_drawn_map():
    large = SyntheticTown(synthetic="a large town", side=LARGEST_SIDE, ring=10).drawn()
    assert large.shape == (LARGEST_SIDE, LARGEST_SIDE)
    with pytest.raises(ValidationError, match="less than or equal to"):
        SyntheticTown(synthetic="too large", side=LARGEST_SIDE + 1)
