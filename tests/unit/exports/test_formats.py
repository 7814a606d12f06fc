"""Every format of every kind of result is written, and opens in the tools it is for, or is refused in a sentence."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from siege_sim.cli import main as cli
from siege_sim.errors import ResultError
from siege_sim.exports.formats import EXPORT_FORMATS, export_results
from siege_sim.results.run import read_run
from siege_sim.results.store import read_sweep
from tests.unit.exports.conftest import ARABIC, CORNER, CYRILLIC

ENDINGS = {"gpkg": ".gpkg", "netcdf": ".nc", "ema": ".tar.gz"}
REFUSED = {
    ("swept", "gpkg"), ("swept", "geojson"), ("swept", "netcdf"), ("placed", "ema"), ("local", "ema"),
    ("local", "geojson"),
}  # fmt: skip
CORE_HASHTAGS = {
    "#adm1", "#affected", "#cause", "#date", "#event", "#group", "#indicator", "#loc", "#meta", "#population",
    "#region", "#severity", "#status",
}  # fmt: skip


def export(targets: Path, name: str, form: str, folder: Path, force: bool = False) -> Path:
    out = folder / f"{name}-{form}{ENDINGS.get(form, '')}"
    export_results(str(targets / name), form, out, force)
    return out


@pytest.mark.parametrize("form", EXPORT_FORMATS)
@pytest.mark.parametrize("name", ["placed", "local", "swept"])
def test_every_format_is_written_or_refused_in_one_sentence(targets, tmp_path, capsys, name, form):
    out = tmp_path / f"x{ENDINGS.get(form, '')}"
    code = cli.main(["export", str(targets / name), "--format", form, "--out", str(out)])
    printed, error = capsys.readouterr()
    if (name, form) in REFUSED:
        assert (code, printed, out.exists()) == (cli.KNOWN_ERROR, "", False)
        assert error.startswith("error: ")
        assert error.count("\n") == 1
        assert "choose" in error
    else:
        assert (code, error) == (cli.EXIT_OK, "")
        assert printed.startswith(f"{out}: ")
        assert ("local" in printed) == (name == "local" and form not in ("hxl",))
    assert [path.name for path in tmp_path.iterdir()] == ([] if (name, form) in REFUSED else [out.name])


@pytest.mark.parametrize(("name", "form"), [("placed", form) for form in EXPORT_FORMATS if form != "ema"])
def test_the_same_run_gives_the_same_bytes(targets, tmp_path, name, form):
    (tmp_path / "again").mkdir()
    one, other = export(targets, name, form, tmp_path), export(targets, name, form, tmp_path / "again")
    for first, second in zip(files_of(one), files_of(other), strict=True):
        assert first.read_bytes() == second.read_bytes(), first.name


def files_of(path: Path) -> list[Path]:
    return sorted(path.iterdir()) if path.is_dir() else [path]


@pytest.mark.parametrize("form", ["csv", "gpkg", "ema"])
def test_what_is_there_is_kept_without_force_and_replaced_with_it(targets, tmp_path, form):
    name = "swept" if form == "ema" else "placed"
    out = export(targets, name, form, tmp_path)
    before = [path.read_bytes() for path in files_of(out)]
    with pytest.raises(ResultError, match="is there already; choose another --out, or replace it with --force"):
        export(targets, name, form, tmp_path)
    export(targets, name, form, tmp_path, force=True)
    assert [path.read_bytes() for path in files_of(out)] == before


@pytest.mark.parametrize("form", EXPORT_FORMATS)
def test_a_place_that_cannot_be_written_to_is_said_in_a_sentence(targets, tmp_path, capsys, form):
    (tmp_path / "file").write_text("no folder")
    name = "swept" if form == "ema" else "placed"
    out = tmp_path / "file" / f"x{ENDINGS.get(form, '')}"
    assert cli.main(["export", str(targets / name), "--format", form, "--out", str(out)]) == cli.KNOWN_ERROR
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / "manifest.json").write_text("[]"), "holds no run and no sweep"),
        (lambda folder: (folder / "snapshots.npz").write_bytes(b"PK"), "snapshots.npz: is damaged"),
        (lambda folder: (folder / "quarters.csv").unlink(), "not a complete run"),
    ],
)
def test_a_damaged_run_is_refused(targets, placed_run, tmp_path, damage, words):
    placed_run.write(tmp_path)
    damage(tmp_path)
    with pytest.raises(ResultError, match=words):
        export_results(str(tmp_path), "csv", tmp_path / "out")


def test_a_geopackage_is_named_as_one(targets, tmp_path):
    with pytest.raises(ResultError, match=r"ends in \.gpkg; write .*town\.gpkg"):
        export_results(str(targets / "placed"), "gpkg", tmp_path / "town")


def test_a_geopackage_has_quarters_and_cells_in_the_map_s_own_metres(targets, placed_run, tmp_path):
    geopandas = pytest.importorskip("geopandas")
    out = export(targets, "placed", "gpkg", tmp_path)
    layers = {name: geopandas.read_file(out, layer=name) for name in geopandas.list_layers(out)["name"]}
    days, (rows, columns) = placed_run.snapshots["day"].tolist(), placed_run.manifest["city"]["shape"]
    assert {name: len(layer) for name, layer in layers.items()} == {
        "quarters": 8, "cells": rows * columns, "quarters_by_day": 8 * len(days),
        "cells_by_day": rows * columns * len(days),
    }  # fmt: skip
    for layer in layers.values():
        assert layer.crs.to_epsg() == 32734
        assert layer.geometry.is_valid.all()
    quarters = layers["quarters"].set_index("quarter")
    assert quarters.area.to_dict() == pytest.approx({name: n * 400.0**2 for name, n in quarters["cells"].items()})
    assert set(quarters["civilians_killed"]) == set(placed_run.quarters["civilians_killed"])
    assert quarters.loc[ARABIC, "p_code"] == "XX0101"
    assert layers["quarters_by_day"]["date"].dt.strftime("%Y-%m-%d").nunique() == len(days)
    last = layers["cells"]
    assert last["civilians"].sum() == pytest.approx(placed_run.snapshots["civilians"][-1].sum())


def test_cells_lie_where_the_map_has_them(targets, tmp_path):
    """The north-west corner of the north-westernmost cell is the corner of the map, in degrees."""
    geopandas = pytest.importorskip("geopandas")
    cells = geopandas.read_file(export(targets, "placed", "gpkg", tmp_path), layer="cells")
    first = cells[(cells["row"] == 0) & (cells["column"] == 0)]
    west, _, _, north = first.total_bounds
    corner = geopandas.GeoSeries.from_xy([west], [north], crs=cells.crs).to_crs("EPSG:4326").iloc[0]
    assert (corner.y, corner.x) == pytest.approx((CORNER["latitude"], CORNER["longitude"]), abs=1e-7)
    assert cells.loc[cells["row"] == 5, "geometry"].centroid.y.max() < first.centroid.y.iloc[0]


def test_geojson_is_in_degrees_by_its_standard(targets, tmp_path):
    geopandas = pytest.importorskip("geopandas")
    out = export(targets, "placed", "geojson", tmp_path)
    for name in ("quarters", "cells", "quarters_by_day"):
        layer = geopandas.read_file(out / f"{name}.geojson")
        assert layer.crs.to_epsg() == 4326
        west, south, east, north = layer.total_bounds
        assert (west, north) == pytest.approx((CORNER["longitude"], CORNER["latitude"]), abs=0.002)
        assert west < east < west + 0.1
        assert north - 0.1 < south < north
    assert "not a record" in json.loads((out / "quarters.geojson").read_text("utf-8"))["description"]


@pytest.mark.parametrize("name", ["placed", "local"])
def test_netcdf_opens_in_xarray_with_time_y_and_x(targets, tmp_path, name):
    xarray = pytest.importorskip("xarray")
    result = read_run(targets / name)
    with xarray.open_dataset(export(targets, name, "netcdf", tmp_path), engine="scipy") as cells:
        assert cells["holder"].dims == ("time", "y", "x")
        assert cells.attrs["Conventions"].startswith("CF-1.")
        assert [str(day)[:10] for day in cells["time"].values] == [
            result.series["date"].iloc[day] for day in result.snapshots["day"]
        ]
        assert set(result.snapshots) - {"day"} <= set(cells.data_vars)
        for layer in set(result.snapshots) - {"day", "quarter"}:
            np.testing.assert_allclose(cells[layer].values, result.snapshots[layer], rtol=1e-6)
        assert cells["holder"].attrs["flag_meanings"] == "nobody garrison besieger hill_militia"
        assert cells["quarter_name"].values[int(cells["quarter"][2, 2])] == ARABIC
        assert (np.diff(cells["y"]) == -400).all()
        assert (np.diff(cells["x"]) == 400).all()
        assert ("crs" in cells) == (name == "placed")
        assert name == "placed" or "local" in cells.attrs["comment"]


def test_netcdf_names_a_reference_system_that_proj_understands(targets, tmp_path):
    xarray, pyproj = pytest.importorskip("xarray"), pytest.importorskip("pyproj")
    with xarray.open_dataset(export(targets, "placed", "netcdf", tmp_path), engine="scipy") as cells:
        assert cells["rubble"].attrs["grid_mapping"] == "crs"
        assert pyproj.CRS.from_cf(cells["crs"].attrs).to_epsg() == 32734
        assert cells["civilians"].attrs["units"] == "1"
        assert cells["days_held"].attrs["units"] == "day"
        assert "units" not in cells["holder"].attrs


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("name", ["placed", "swept"])
def test_duckdb_and_pandas_read_the_tables_with_their_first_column(targets, tmp_path, name, form):
    duckdb = pytest.importorskip("duckdb")
    out = export(targets, name, form, tmp_path)
    for file in out.glob(f"*.{form}"):
        rows = duckdb.sql(f"SELECT * FROM '{file}'")
        table = pd.read_csv(file) if form == "csv" else pd.read_parquet(file)
        assert rows.columns == table.columns.tolist()
        assert rows.columns[0].isidentifier()
        assert len(rows) == len(table) > 0
    if name == "placed":
        names = duckdb.sql(f"SELECT DISTINCT quarter FROM '{out}/quarters_by_day.{form}'").fetchall()
        assert {(ARABIC,), (CYRILLIC,)} <= set(names)


def test_a_csv_begins_with_the_mark_by_which_spreadsheets_know_utf_8(targets, tmp_path):
    out = export(targets, "placed", "csv", tmp_path)
    for file in (*out.glob("*.csv"), *(targets / "placed").glob("*.csv")):
        assert file.read_bytes().startswith(b"\xef\xbb\xbf"), file.name


def test_the_ground_of_a_quarter_by_day_is_what_its_cells_say(placed_run, targets, tmp_path):
    out = export(targets, "placed", "csv", tmp_path)
    quarters, cells = (pd.read_csv(out / f"{name}_by_day.csv") for name in ("quarters", "cells"))
    counted = cells.groupby(["day", "quarter"])["holder"].value_counts().unstack(fill_value=0)
    for side in ("garrison", "besieger", "hill_militia"):
        expected = quarters.set_index(["day", "quarter"])[f"cells_{side}"]
        assert (counted.reindex(expected.index)[side] == expected).all()
    assert (quarters.filter(like="cells_").sum(axis=1) == quarters["cells"]).all()
    people = quarters.groupby("day")["civilians"].sum()
    assert people.loc[0] == pytest.approx(placed_run.snapshots["civilians"][0].sum())


@pytest.mark.parametrize("name", ["placed", "local", "swept"])
def test_a_data_package_validates_with_all_its_tables(targets, tmp_path, name):
    frictionless = pytest.importorskip("frictionless")
    out = export(targets, name, "datapackage", tmp_path)
    report = frictionless.validate(str(out / "datapackage.json"))
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "type", "note"])[:5]
    package = json.loads((out / "datapackage.json").read_text("utf-8"))
    assert {f"{resource['name']}.csv" for resource in package["resources"]} == {path.name for path in out.glob("*.csv")}
    fields = [field for resource in package["resources"] for field in resource["schema"]["fields"]]
    assert all(field["description"] for field in fields)
    assert {field["name"]: field.get("unit") for field in fields}["civilians_killed"] == "persons"
    assert "not a record" in package["description"]


@pytest.mark.parametrize("name", ["placed", "swept"])
def test_an_ro_crate_describes_every_file_and_what_made_it(targets, tmp_path, name):
    out = export(targets, name, "ro-crate", tmp_path)
    crate = json.loads((out / "ro-crate-metadata.json").read_text("utf-8"))
    entities = {entity["@id"]: entity for entity in crate["@graph"]}
    assert len(entities) == len(crate["@graph"])
    named = [one["@id"] for entity in entities.values() for one in references(entity)]
    assert set(named) - {crate["@context"].removesuffix("/context")} <= set(entities)
    root = entities[entities["ro-crate-metadata.json"]["about"]["@id"]]
    described = {part["@id"] for part in root["hasPart"]} | {"ro-crate-metadata.json"}
    assert described == {path.name for path in out.iterdir()}
    assert "not a record" in root["description"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", root["datePublished"])
    assert (
        entities["#siege_sim"]["softwareVersion"] == json.loads((out / "manifest.json").read_text("utf-8"))["version"]
    )


def references(entity: dict) -> list[dict]:
    """Return what an entity of linked data points at."""
    values = [one for value in entity.values() for one in (value if isinstance(value, list) else [value])]
    return [value for value in values if isinstance(value, dict)]


@pytest.mark.parametrize("name", ["placed", "swept"])
def test_hxl_tables_have_a_row_of_hashtags_by_the_standard(targets, tmp_path, name):
    out = export(targets, name, "hxl", tmp_path)
    for file in out.glob("*.csv"):
        headings, tags, *rows = csv.reader(file.read_text("utf-8-sig").splitlines())
        assert len(headings) == len(tags) == len(set(tags))
        assert all(re.fullmatch(r"#[a-z][a-z0-9_]*(\+[a-z][a-z0-9_]*)*", tag) for tag in tags), tags
        assert {tag.partition("+")[0] for tag in tags} <= CORE_HASHTAGS
        assert all("not a record" in row[-1] for row in rows)
        assert len(rows) > 0
    if name == "placed":
        headings, tags, *rows = csv.reader((out / "quarters_by_day.csv").read_text("utf-8-sig").splitlines())
        code = [row[tags.index("#loc+code+v_pcode")] for row in rows if row[tags.index("#loc+name")] == ARABIC]
        assert set(code) == {"XX0101"}


def test_a_sweep_s_tables_hold_what_the_sweep_holds(targets, tmp_path):
    out, swept = export(targets, "swept", "csv", tmp_path), read_sweep(targets / "swept")
    runs = pd.read_csv(out / "runs.csv")
    assert runs["civilians_killed"].tolist() == swept.runs["civilians_killed"].tolist()
    assert len(pd.read_csv(out / "quarters.csv")) == len(swept.quarters)


def test_a_reader_without_the_extra_is_told_what_to_install(targets, tmp_path, monkeypatch):
    monkeypatch.setattr("siege_sim.results.extras.find_spec", lambda name: None)
    for form in ("gpkg", "geojson", "netcdf"):
        with pytest.raises(ResultError, match=r'pip install "siege_sim\[geo\]"'):
            export(targets, "placed", form, tmp_path)
    with pytest.raises(ResultError, match=r'pip install "siege_sim\[experiments\]"'):
        export(targets, "placed", "parquet", tmp_path)
    for form in ("csv", "hxl", "datapackage", "ro-crate"):
        export(targets, "placed", form, tmp_path)
