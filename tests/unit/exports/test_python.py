"""A run's layers and quarters from Python, of a fresh run and of one read back."""

from __future__ import annotations

import numpy as np
import pytest

from siege_sim.errors import ResultError
from siege_sim.results.cell_grid import CellGrid
from siege_sim.results.run import read_run
from tests.unit.exports.conftest import ARABIC


@pytest.fixture(params=["fresh", "read back"])
def result(request, placed_run, targets):
    return placed_run if request.param == "fresh" else read_run(targets / "placed")


def test_cells_are_a_dataset_in_which_days_and_places_are_looked_up(result):
    pytest.importorskip("xarray")
    cells = result.cells
    assert dict(cells.sizes) == {"time": len(result.snapshots["day"]), "y": 6, "x": 8, "quarter_number": 10}
    held = (cells["holder"] == 1).sum(["y", "x"]).values
    assert held.tolist() == (result.snapshots["holder"] == 1).sum(axis=(1, 2)).tolist()
    assert cells["civilians"].sel(time=result.series["date"].iloc[0]).sum() > 0


def test_changing_the_dataset_leaves_the_result_as_it_was(result):
    pytest.importorskip("xarray")
    before = result.snapshots["civilians"].copy()
    cells = result.cells
    with pytest.raises(ValueError, match=r"read-only|view"):
        cells["civilians"][:] = 0
    np.testing.assert_array_equal(result.snapshots["civilians"], before)


def test_quarters_have_shapes_that_cover_the_map_once_but_for_water_and_bridges(result):
    geopandas = pytest.importorskip("geopandas")
    shapes = result.quarter_shapes
    assert isinstance(shapes, geopandas.GeoDataFrame)
    assert shapes.drop(columns="geometry").columns.tolist() == result.quarters.columns.tolist()
    assert shapes.crs.to_epsg() == 32734
    assert shapes.area.sum() == pytest.approx(46 * 400.0**2)
    assert shapes.union_all().area == pytest.approx(46 * 400.0**2)
    assert shapes.set_index("quarter").loc[ARABIC, "geometry"].geom_type == "MultiPolygon"


def test_the_table_of_quarters_is_the_same_with_and_without_the_extra(result):
    assert type(result.quarters).__name__ == "DataFrame"


def test_without_the_extra_a_sentence_says_what_to_install(result, monkeypatch):
    monkeypatch.setattr("siege_sim.results.extras.find_spec", lambda name: None)
    with pytest.raises(ResultError, match=r'pip install "siege_sim\[geo\]"'):
        _ = result.cells
    with pytest.raises(ResultError, match=r'pip install "siege_sim\[geo\]"'):
        _ = result.quarter_shapes


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (None, (None, 0.0, 1200.0)),
        ({"crs": "EPSG:32637", "north_west_corner": {"easting": 5.0, "northing": 9.0}}, ("EPSG:32637", 5.0, 9.0)),
        ({"crs": None, "north_west_corner": {"latitude": 0.0, "longitude": 3.0}}, ("EPSG:32631", 500_000.0, 0.0)),
        ({"crs": "EPSG:32631", "north_west_corner": {"latitude": 0.0, "longitude": 3.0}}, ("EPSG:32631", 5e5, 0.0)),
    ],
)
def test_a_grid_lies_where_its_corner_is(place, expected):
    grid = CellGrid.of({"shape": (3, 4), "cell_size_m": 400.0, "georeference": place})
    assert (grid.crs, grid.west_m, grid.north_m) == (expected[0], *map(pytest.approx, expected[1:]))
    assert grid.x[0] == pytest.approx(expected[1] + 200)
    assert grid.y[-1] == pytest.approx(expected[2] - 1000)


def test_a_corner_in_degrees_is_brought_into_the_map_s_own_system():
    pytest.importorskip("pyproj")
    place = {"crs": "EPSG:3857", "north_west_corner": {"latitude": 0.0, "longitude": 180.0}}
    grid = CellGrid.of({"shape": (3, 4), "cell_size_m": 400.0, "georeference": place})
    assert (grid.west_m, grid.north_m) == pytest.approx((20_037_508.34, 0.0), abs=0.01)
