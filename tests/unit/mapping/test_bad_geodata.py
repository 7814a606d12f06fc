"""Geodata that cannot become a map: a sentence with the file and the feature, and nothing is written."""

from __future__ import annotations

import sys

import geopandas
import numpy as np
import pytest
import rasterio
import shapely

from siege_sim.cli import main as cli
from tests.unit.mapping import geodata_for_tests as city

SQUARES = [shapely.box(600000 + 500 * i, 5338000, 600500 + 500 * i, 5339000) for i in range(4)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    layer(["North", "East", "South", "West"], SQUARES)
    return tmp_path


def layer(names, shapes, name="q.gpkg", crs=city.ZONE, **fields):
    geopandas.GeoDataFrame({"name": names, **fields}, geometry=shapes, crs=crs).to_file(name)
    return name


def refused(capsys, *arguments, boundaries="q.gpkg", cell="100"):
    """Run the command; return what it says, after seeing that it ends as a known error and leaves no file."""
    from pathlib import Path

    before = sorted(Path().iterdir())
    options = ["--boundaries", boundaries, "--name-field", "name", "--cell", cell, *arguments]
    code = cli.main(["map", "out.yaml", *options, "--skeleton", "siege.yaml"])
    said = capsys.readouterr().err
    assert code == cli.KNOWN_ERROR, said
    assert sorted(Path().iterdir()) == before
    assert "Traceback" not in said
    return said


def test_quarters_without_a_name(folder, capsys):
    layer(["North", None, "South", ""], SQUARES)
    assert "q.gpkg: feature 2, 4 of 4 has no name in the field 'name'" in refused(capsys)


def test_a_field_that_is_not_there(folder, capsys):
    cli.main(["map", "out.yaml", "--boundaries", "q.gpkg", "--name-field", "naem"])
    assert "has no field 'naem'; did you mean 'name'?" in capsys.readouterr().err
    assert "no field 'sektor'" in refused(capsys, "--sector-field", "sektor")


def test_overlapping_quarters(folder, capsys):
    layer(["North", "Copy"], [SQUARES[0], shapely.box(600100, 5338000, 600700, 5339000)])
    said = refused(capsys)
    assert "q.gpkg: quarters overlap: 'North' and 'Copy' (80% of the smaller)" in said


@pytest.mark.parametrize("nothing", [None, shapely.Polygon(), shapely.GeometryCollection()])
def test_an_empty_quarter(folder, capsys, nothing):
    layer(["North", "Void"], [SQUARES[0], nothing])
    assert "feature 2 ('Void') has no outline" in refused(capsys)


def test_a_quarter_without_area(folder, capsys):
    flat = shapely.Polygon([(600000, 5338000), (600500, 5338000), (600200, 5338000)])
    layer(["North", "Flat"], [SQUARES[0], flat])
    assert "feature 2 ('Flat') has no area" in refused(capsys)


def test_points_for_boundaries(folder, capsys):
    layer(["North"], [shapely.Point(600000, 5338000)])
    assert "feature 1 ('North') is a Point; boundaries are polygons" in refused(capsys)


def test_degrees_said_of_metres(folder, capsys):
    geopandas.GeoDataFrame({"name": list("ab")}, geometry=SQUARES[:2], crs=city.ZONE).set_crs(
        "EPSG:4326", allow_override=True
    ).to_file("wrong.gpkg")
    assert "wrong.gpkg: its coordinates (from 600000" in refused(capsys, boundaries="wrong.gpkg")


def test_no_reference_system(folder, capsys):
    with pytest.warns(UserWarning, match="crs"):
        geopandas.GeoDataFrame({"name": list("ab")}, geometry=SQUARES[:2]).to_file("bare.gpkg")
    assert "bare.gpkg: does not say its reference system; name it with --crs" in refused(capsys, boundaries="bare.gpkg")
    assert "--crs EPSG:99: is no reference system" in refused(capsys, "--crs", "EPSG:99", boundaries="bare.gpkg")


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("kind", ["gpkg", "geojson"])
def test_a_truncated_file(folder, capsys, kind, part):
    whole = layer(
        [f"Q{i}" for i in range(400)],
        [shapely.Point(600000 + 99 * i, 5338000).buffer(40) for i in range(400)],
        f"w.{kind}",
    )
    data = (folder / whole).read_bytes()
    (folder / f"cut.{kind}").write_bytes(data[: int(len(data) * part)])
    said = refused(capsys, boundaries=f"cut.{kind}")
    assert f"cut.{kind}: cannot be read" in said
    assert "is the file whole?" in said


def test_files_that_are_not_there_or_are_something_else(folder, capsys):
    assert "there is no such file; did you mean 'q.gpkg'?" in refused(capsys, boundaries="qq.gpkg")
    (folder / "text.geojson").write_text("hello")
    assert "text.geojson: cannot be read as geodata" in refused(capsys, boundaries="text.geojson")
    (folder / "none.geojson").write_text("")
    assert "none.geojson: the file is empty" in refused(capsys, boundaries="none.geojson")
    (folder / "no.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    assert "no.geojson: holds no features" in refused(capsys, boundaries="no.geojson")


def test_a_file_with_two_layers(folder, capsys):
    frame = geopandas.read_file("q.gpkg")
    frame.to_file("two.gpkg", layer="quarters")
    frame.to_file("two.gpkg", layer="streets")
    assert "holds 2 layers (quarters, streets); name one: --boundaries two.gpkg::quarters" in refused(
        capsys, boundaries="two.gpkg"
    )
    assert (
        cli.main(["map", "o.yaml", "--boundaries", "two.gpkg::streets", "--name-field", "name", "--cell", "100"]) == 0
    )


@pytest.mark.parametrize(("cell", "words"), [("50", "take --cell"), ("3000", "lower --cell")])
def test_cells_that_make_no_map(folder, capsys, cell, words):
    layer(
        ["Wide", "Town"], [shapely.box(600000, 5338000, 612000, 5339000), shapely.box(600000, 5336000, 601000, 5338000)]
    )
    assert words in refused(capsys, cell=cell)


@pytest.mark.parametrize("cell", ["nan", "inf", "0", "-400", "49", "4001"])
def test_cells_of_impossible_size(folder, capsys, cell):
    assert "the side of a cell is 50 to 4000 m" in refused(capsys, cell=cell)


@pytest.mark.parametrize("option", ["--surroundings", "--others"])
def test_a_side_is_named_in_one_word(folder, capsys, option):
    assert f"{option} Big Army: write garrison" in refused(capsys, option, "Big Army")


def test_a_folder_is_no_file(folder, capsys):
    (folder / "shapes").mkdir()
    assert "shapes: is a folder" in refused(capsys, boundaries="shapes")


def raster(values, name="p.tif", west=599000.0, north=5340000.0, crs=city.ZONE, nodata=None, bands=1):
    from affine import Affine

    values = np.asarray(values, dtype="float32")
    with rasterio.open(
        name, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=bands, dtype="float32", crs=crs,
        transform=Affine(100.0, 0.0, west, 0.0, -100.0, north), nodata=nodata,
    ) as opened:  # fmt: skip
        for band in range(bands):
            opened.write(values, band + 1)
    return name


def test_a_population_raster_whose_unit_is_not_said(folder, capsys):
    raster(np.ones((40, 40)))
    said = refused(capsys, "--population", "p.tif")
    assert "does not say whether its numbers are people a cell or a square kilometre" in said
    assert "did you mean 'count'?" in refused(capsys, "--population", "p.tif", "--population-unit", "counts")


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"west": 700000.0}, "p.tif: misses the city: it reaches from"),
        ({"crs": "EPSG:32634"}, "misses the city"),
        ({"crs": None}, "p.tif: does not say its reference system"),
        ({"values": np.zeros((40, 40))}, "nobody lives in any quarter"),
        ({"values": np.full((40, 40), -99999.0)}, "has the value -99999 inside the city"),
        ({"values": np.full((40, 40), -1.0), "nodata": -1.0}, "nobody lives in any quarter"),
        ({"bands": 2}, "has 2 bands"),
    ],
)
def test_a_raster_that_tells_nothing_of_the_city(folder, capsys, made, words):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raster(made.pop("values", np.ones((40, 40))), **made)
    assert words in refused(capsys, "--population", "p.tif", "--population-unit", "count")


def test_a_raster_that_is_cut_off_or_no_raster(folder, capsys):
    whole = raster(np.random.default_rng(1).random((40, 40)))
    (folder / "cut.tif").write_bytes((folder / whole).read_bytes()[:3000])
    assert "cut.tif: cannot be read" in refused(capsys, "--population", "cut.tif", "--population-unit", "count")
    (folder / "text.tif").write_text("hello")
    assert "text.tif: cannot be read as a raster" in refused(
        capsys, "--population", "text.tif", "--population-unit", "count"
    )


def test_people_on_water(folder, capsys):
    raster(np.ones((40, 40)))
    layer(["Lake"], [shapely.box(600450, 5337000, 601100, 5340000)], "lake.gpkg")
    said = refused(capsys, "--population", "p.tif", "--population-unit", "count", "--water", "lake.gpkg")
    assert "lake.gpkg: covers quarters with people: 'East' (50 people)" in said


def test_water_that_is_lines(folder, capsys):
    layer(["River"], [shapely.LineString([(600000, 5338000), (602000, 5339000)])], "river.gpkg")
    assert "river.gpkg: holds no polygons" in refused(capsys, "--water", "river.gpkg")


def test_points_of_another_place(folder, capsys):
    layer(["a"], [shapely.Point(10.0, 10.0)], "far.geojson", "EPSG:4326", kind=["school"])
    said = refused(capsys, "--damage", "far.geojson")
    assert "far.geojson: misses the city: it reaches from 10.0000 N, 10.0000 E" in said
    assert "misses the city" in refused(capsys, "--facilities", "far.geojson", "--kind-field", "kind")


def test_places_of_kinds_that_maps_do_not_know(folder, capsys):
    layer(["a"], [shapely.Point(600100, 5338100)], "p.gpkg", kind=["zoo"])
    said = refused(capsys, "--facilities", "p.gpkg", "--kind-field", "kind")
    assert "holds no kind that maps know (zoo (1)); known: hospitals" in said
    assert "--facilities needs --kind-field" in refused(capsys, "--facilities", "p.gpkg")


HOLDERS = {
    "no column": ("name,side\nNorth,garrison\n", "h.csv:1: has no column 'holder'"),
    "a quarter missing": ("name,holder\nNorth,garrison\nEast,besieger\n", "nothing of 2 of 4 quarters: "
        "'South', 'West'"),
    "two holders": ("name,holder\nNorth,garrison\nNorth,army\n", "h.csv:3: 'North' has another holder here "
        "than on line 2"),
    "nobody besieged": (
        "name,holder\nNorth,army\nEast,army\nSouth,league\nWest,league\n",
        "no quarter is held by the garrison (holders: army, league); say who is besieged, for example --side 'army=gar",
    ),
    "a figure": ("name,holder\nNorth,1\nEast,2\nSouth,1\nWest,2\n", "the holder '1' makes no name"),
    "no rows": ("name,holder\n", "holds no rows"),
    "too many cells": ("name,holder\nNorth,garrison,x,y\n", "h.csv:2: 4 cells under 2 columns"),
    "unknown ground": ("name,holder,ground\nNorth,garrison,swamp\n", "h.csv:2: no ground is called 'swamp'"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOLDERS)
def test_a_table_of_holders_that_does_not_say_who_holds_what(folder, capsys, case):
    text, words = HOLDERS[case]
    (folder / "h.csv").write_text(text)
    assert words in refused(capsys, "--holders", "h.csv")


def test_holders_that_are_no_file_and_no_field(folder, capsys):
    assert "is neither a file nor a field of q.gpkg" in refused(capsys, "--holders", "holderz")
    assert "write WORD=SIDE" in refused(capsys, "--side", "army")


@pytest.mark.parametrize("extent", ["1,2,3", "a,b,c,d", "10,50,9,51", "0,0,1,1"])
def test_an_extent_that_is_no_box_of_the_city(folder, capsys, extent):
    assert f"--extent {extent}" in refused(capsys, "--extent", extent)


def test_built_ground_without_a_unit_or_with_the_wrong_one(folder, capsys):
    raster(np.full((40, 40), 40.0), "b.tif")
    assert "add --built-up-unit share (0 to 1) or percent" in refused(capsys, "--built-up", "b.tif")
    said = refused(capsys, "--built-up", "b.tif", "--built-up-unit", "share")
    assert "a mean of 40 in 'North' is more than all ground" in said


def test_people_of_a_field_that_are_no_numbers(folder, capsys):
    layer(["North", "East"], SQUARES[:2], people=["10", "many"])
    said = refused(capsys, "--population", "people", "--population-unit", "count")
    assert "q.gpkg: 'East' has 'many' in the field 'people'" in said


def test_files_that_are_there_stay_as_they_are(folder, capsys):
    (folder / "out.yaml").write_text("mine")
    assert "out.yaml: is there already" in refused(capsys)
    assert (folder / "out.yaml").read_text() == "mine"
    (folder / "out.yaml").unlink()
    (folder / "siege.yaml").write_text("mine")
    assert "siege.yaml: is there already" in refused(capsys)


def test_without_the_libraries_one_sentence_says_how_to_get_them(folder, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "rasterio", None)
    assert "pip install 'siege_sim[geo]'" in refused(capsys)


def test_a_skeleton_lies_beside_its_map(folder, capsys):
    (folder / "elsewhere").mkdir()
    code = cli.main(
        ["map", "out.yaml", "--boundaries", "q.gpkg", "--name-field", "name", "--skeleton", "elsewhere/siege.yaml"]
    )
    assert code == cli.KNOWN_ERROR
    assert "write the scenario beside it" in capsys.readouterr().err
