"""A map from geodata: cells by largest overlap, people by exact sums, names as they are."""

from __future__ import annotations

import dataclasses

import geopandas
import numpy as np
import pytest
import rasterio
import shapely

from siege_sim import SiegeModel
from siege_sim.loading.scenario import load_scenario
from siege_sim.mapping.geodata import town_from_geodata
from siege_sim.mapping.make_map import MapFiles, make_map
from siege_sim.mapping.sources import GeoSources
from tests.unit.mapping import geodata_for_tests as city


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city")
    city.write_quarters(folder)
    city.write_people(folder)
    city.write_holders(folder)
    city.write_river(folder)
    return folder


def sources(folder, **more):
    usual = {"holders": str(folder / "holders.csv"), "sides": ("guilds=garrison", "league=besieger")}
    return GeoSources(str(folder / "quarters.geojson"), "name", 200.0, **{**usual, **more})


def with_people(folder, **more):
    return sources(folder, population=str(folder / "people.tif"), population_unit="count", **more)


def cells_of(town, name):
    """Return which cells belong to a quarter, or to open ground in any direction."""
    legend = town.city_map.legend.items()
    signs = {sign for sign, q in legend if name == q.name or (q.name.startswith(name) and name == "Open ground")}
    return np.array([[one in signs for one in row] for row in town.city_map.rows])


def raster_total(path, shape):
    """Return the people of a raster in a shape, by areas that shapely works out: another way than the program's."""
    with rasterio.open(path) as raster:
        values, box = raster.read(1).astype(float), raster.transform
    rows, columns = np.indices(values.shape)
    west, north = box.c + columns.ravel() * box.a, box.f + rows.ravel() * box.e
    squares = shapely.box(west, north + box.e, west + box.a, north)
    part = shapely.area(shapely.intersection(squares, shape)) / shapely.area(squares)
    return float((values.ravel() * part).sum())


def test_each_cell_goes_to_the_quarter_that_covers_most_of_it(folder):
    town = town_from_geodata(sources(folder))
    corner = town.city_map.north_west_corner
    shapes = city.quarters()
    size = town.city_map.cell_size_m
    for row in range(0, town.city_map.shape[0], 3):
        for column in range(0, town.city_map.shape[1], 3):
            west, north = corner.easting + column * size, corner.northing - row * size
            square = shapely.box(west, north - size, west + size, north)
            areas = shapely.area(shapely.intersection(shapes.geometry.to_numpy(), square))
            quarter = town.city_map.legend[town.city_map.rows[row][column]]
            if areas.sum() < 0.5 * size**2:
                assert quarter.ground == "outside"
            else:
                found = quarter.name.split(" (")[0]
                assert areas[[name == found for name in city.NAMES]].max() == pytest.approx(areas.max(), abs=1.0)


def test_people_add_up_to_the_raster_to_a_thousandth_and_each_quarter_has_its_own(folder):
    town = town_from_geodata(with_people(folder))
    shapes = city.quarters()
    assert sum(town.people.values()) == pytest.approx(
        raster_total(folder / "people.tif", shapely.union_all(shapes.geometry)), rel=1e-3
    )
    station = shapes.geometry[city.NAMES.index("Station")]
    assert town.people["Station"] == pytest.approx(raster_total(folder / "people.tif", station), rel=1e-3)


def test_a_scenario_with_the_total_has_the_people_of_each_quarter(folder, tmp_path):
    files = MapFiles(tmp_path / "city.yaml", tmp_path / "siege.yaml")
    town = make_map(files, lambda: town_from_geodata(with_people(folder, surroundings="besieger")), [])
    scenario = load_scenario(tmp_path / "siege.yaml", ["population.persons_per_household=1"])
    held = {q.name for q in scenario.city_map.quarters if q.holder == "garrison"}
    assert scenario.population.besieged == pytest.approx(sum(town.people.get(name, 0) for name in held), abs=1)
    model = SiegeModel(scenario, 1)
    quarter = model.city.layers.quarter[model.households.cell_index]
    settled = np.bincount(quarter, model.households.persons, minlength=len(scenario.city_map.quarters))
    cells = np.bincount(model.city.layers.quarter)
    for index, one in enumerate(scenario.city_map.quarters):
        if one.holder == "garrison":
            assert settled[index] == pytest.approx(town.people[one.name], abs=int(cells[index]) + 1)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:32634"])
def test_density_means_the_same_in_any_reference_system(folder, tmp_path, crs):
    cell = 0.001 if crs == "EPSG:4326" else 150.0
    raster = city.write_people(tmp_path, crs, cell)
    with rasterio.open(raster, "r+") as opened:
        opened.write(np.full((opened.height, opened.width), 5000.0, dtype="float32"), 1)
    town = town_from_geodata(sources(folder, population=str(raster), population_unit="density"))
    assert sum(town.people.values()) == pytest.approx(5000 * 16, rel=2e-3)


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:32634", "EPSG:2154"])
def test_boundaries_may_come_in_any_reference_system(folder, tmp_path, crs):
    moved = city.write_quarters(tmp_path, crs, "moved.gpkg")
    usual = town_from_geodata(sources(folder)).city_map
    town = town_from_geodata(dataclasses.replace(sources(folder), boundaries=str(moved))).city_map
    assert (town.crs, usual.crs) == (city.ZONE, city.ZONE)
    same = np.mean(
        [a == b for one, other in zip(town.rows, usual.rows, strict=False) for a, b in zip(one, other, strict=False)]
    )
    assert same > 0.99


def test_quarters_of_one_name_are_told_apart_and_names_are_kept_as_they_are(folder):
    names = {quarter.name for quarter in town_from_geodata(sources(folder)).city_map.quarters}
    assert {"Mill Side (1)", "Mill Side (2)", "حي النهر", "Bishop's Hill"} <= names
    assert "Mill Side" not in names


def test_a_quarter_in_two_parts_is_one_quarter_and_a_hole_is_none_of_it(tmp_path):
    ring = shapely.box(600000, 5338000, 602000, 5340000).difference(shapely.box(600600, 5338600, 601400, 5339400))
    two = shapely.multipolygons(
        [shapely.box(602000, 5338000, 602600, 5340000), shapely.box(603400, 5338000, 604000, 5340000)]
    )
    geopandas.GeoDataFrame(
        {"name": ["Ring", "Twins", "Hill"]},
        geometry=[ring, two, shapely.box(602600, 5338000, 603400, 5340000)],
        crs=city.ZONE,
    ).to_file(tmp_path / "q.gpkg")
    town = town_from_geodata(GeoSources(str(tmp_path / "q.gpkg"), "name", 200.0, surroundings="besieger", margin=0))
    assert cells_of(town, "Twins").sum() == 2 * 3 * 10
    assert cells_of(town, "Ring").sum() == 100 - 16
    assert cells_of(town, "Open ground").sum() == 16, "a blank of sixteen cells is no gap to be filled"


def test_small_gaps_between_quarters_are_filled_and_said(tmp_path):
    around = shapely.box(600000, 5338000, 602000, 5340000).difference(shapely.box(600800, 5338800, 601200, 5339200))
    geopandas.GeoDataFrame({"name": ["Ring"]}, geometry=[around], crs=city.ZONE).to_file(tmp_path / "q.gpkg")
    town = town_from_geodata(GeoSources(str(tmp_path / "q.gpkg"), "name", 200.0))
    assert cells_of(town, "Ring").sum() == 100
    assert "4 cells in small gaps between quarters went to the nearest one" in town.notes


def test_what_lives_in_a_quarter_too_small_for_a_cell_goes_to_the_one_around_it(tmp_path):
    small = shapely.box(600850, 5338850, 600900, 5338900)
    large = shapely.box(600000, 5338000, 602000, 5340000).difference(small)
    geopandas.GeoDataFrame(
        {"name": ["Large", "Tiny"], "people": [1000, 70]}, geometry=[large, small], crs=city.ZONE
    ).to_file(tmp_path / "q.gpkg")
    town = town_from_geodata(
        GeoSources(str(tmp_path / "q.gpkg"), "name", 200.0, population="people", population_unit="count")
    )
    assert town.people == {"Large": pytest.approx(1070.0)}
    assert any("too small for a cell" in note and "Tiny" in note and "70 people" in note for note in town.notes)


def test_damage_is_counted_a_cell(folder, tmp_path):
    chance = np.random.default_rng(2)
    places = [(float(x), float(y)) for x, y in chance.uniform(-0.1, 1.1, (400, 2))]
    points = city.write_points(tmp_path, "damage.geojson", {"n": list(range(400))}, places)
    town = town_from_geodata(sources(folder, damage=str(points)))
    inside = sum(0 <= x <= 1 and 0 <= y <= 1 for x, y in places)
    total = sum(q.damaged_structures * cells_of(town, q.name).sum() for q in town.city_map.quarters)
    assert total == pytest.approx(inside, rel=0.01)
    assert f"{inside} of 400 points of damage.geojson lie in the quarters" in town.notes


def test_places_stand_in_the_quarter_where_their_point_lies_and_unknown_kinds_are_named(folder, tmp_path):
    shapes = city.quarters().geometry
    middle = shapes[city.NAMES.index("Station")].representative_point()
    place = ((middle.x - city.WEST) / city.SIDE_M, (city.NORTH - middle.y) / city.SIDE_M)
    kinds = ["Hospital", "clinic", "bakery", "school", "warehouse", "car park", "car park"]
    owners = ["", "", "", "", "WFP agency", "", ""]
    points = city.write_points(tmp_path, "p.geojson", {"kind": kinds, "owner": owners}, [place] * 7)
    town = town_from_geodata(sources(folder, facilities=str(points), kind_field="kind"))
    places = town.city_map.facilities
    assert [(p.quarter, p.count) for p in places.hospitals] == [("Station", 2)]
    assert [(p.quarter, p.owner) for p in places.warehouses] == [("Station", "aid_agency")]
    assert "places of unknown kinds were left out: car park (2)" in town.notes


def test_a_river_is_water_from_edge_to_edge_with_no_corner_open(folder):
    from siege_sim.kernels.ground import corner_leaks

    town = town_from_geodata(sources(folder, water=str(folder / "river.geojson")))
    water = cells_of(town, "Water")
    assert water.any(axis=1).all(), "the river runs from north to south"
    assert corner_leaks(water.ravel(), water.shape).size == 0
    assert next(q for q in town.city_map.quarters if q.name == "Water").holder is None


def test_a_bridge_is_drawn_across_the_whole_river(folder, tmp_path):
    points = city.write_points(tmp_path, "p.geojson", {"kind": ["bridge"]}, [(0.5, 0.5)])
    town = town_from_geodata(
        sources(folder, water=str(folder / "river.geojson"), facilities=str(points), kind_field="kind")
    )
    bridge, water = cells_of(town, "Bridges"), cells_of(town, "Water")
    row = np.flatnonzero(bridge.any(axis=1))
    assert row.size == 1
    assert not water[row[0]].any(), "nothing of the river is left in the row of the bridge"
    assert bridge[row[0]].any()


@pytest.mark.parametrize(("unit", "factor"), [("share", 1.0), ("percent", 100.0)])
def test_built_ground_is_the_mean_of_a_raster(folder, tmp_path, unit, factor):
    raster = city.write_people(tmp_path, name="built.tif")
    with rasterio.open(raster, "r+") as opened:
        opened.write(np.full((opened.height, opened.width), 0.4 * factor, dtype="float32"), 1)
    town = town_from_geodata(sources(folder, built_up=str(raster), built_up_unit=unit))
    assert {q.built_up for q in town.city_map.quarters if q.holder} == {0.4}


def test_an_extent_cuts_the_map_to_its_box(folder):
    from pyproj import Transformer

    from siege_sim.mapping.frame import box_in_metres

    to_degrees = Transformer.from_crs(city.ZONE, "EPSG:4326", always_xy=True)
    west, south = to_degrees.transform(city.WEST + 1000, city.NORTH - 3000)
    east, north = to_degrees.transform(city.WEST + 3000, city.NORTH - 1000)
    town = town_from_geodata(with_people(folder, extent=f"{west},{south},{east},{north}"))
    box = box_in_metres((west, south, east, north), city.ZONE)
    assert town.city_map.shape == (round((box[3] - box[1]) / 200), pytest.approx((box[2] - box[0]) / 200, abs=1))
    assert sum(town.people.values()) == pytest.approx(raster_total(folder / "people.tif", shapely.box(*box)), rel=1e-3)


def test_the_same_files_give_the_same_map_to_the_byte(folder, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        make_map(MapFiles(tmp_path / name / "city.yaml"), lambda: town_from_geodata(with_people(folder)), ["x"])
    for name in ("city.yaml", "city.png"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_large_raster_is_read_in_pieces(folder, tmp_path):
    """The file claims 50,000 x 50,000 cells (2.5 GB); only those of the city may come into memory."""
    import resource

    with rasterio.open(
        tmp_path / "large.tif", "w", driver="GTiff", height=50_000, width=50_000, count=1, dtype="uint8", crs=city.ZONE,
        transform=rasterio.transform.from_origin(city.WEST - 100_000, city.NORTH + 100_000, 4.0, 4.0),
        tiled=True, SPARSE_OK=True, compress="deflate",
    ) as raster:  # fmt: skip
        window = rasterio.windows.Window(25_000, 25_000, 1000, 1000)
        raster.write(np.ones((1, 1000, 1000), dtype="uint8"), window=window)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    town = town_from_geodata(sources(folder, population=str(tmp_path / "large.tif"), population_unit="count"))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(town.people.values()) == pytest.approx(1_000_000, rel=1e-3)
    assert after - before < 400_000, "kilobytes"


def test_the_ground_around_has_a_sector_for_each_direction_so_that_forces_can_stand_there(folder):
    town = town_from_geodata(dataclasses.replace(sources(folder), surroundings="besieger"))
    around = {q.sector: cells_of(town, q.name) for q in town.city_map.quarters if q.name.startswith("Open ground")}
    assert len(around) == 8
    rows, columns = np.indices(town.city_map.shape)
    assert rows[around["north"]].mean() < rows[around["south"]].mean()
    assert columns[around["west"]].mean() < columns[around["east"]].mean()
    assert np.sum(list(around.values()), axis=0).max() == 1
