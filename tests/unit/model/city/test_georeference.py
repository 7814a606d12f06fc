"""A map knows where it lies, by arithmetic alone."""

from __future__ import annotations

import pytest

from siege_sim.kernels.transverse_mercator import utm_zone
from siege_sim.model.city.georeference import problem_of_crs

PLACES = {
    "Aleppo": (36.2, 37.16, "EPSG:32637"),
    "Sarajevo": (43.85, 18.38, "EPSG:32634"),
    "Leningrad": (59.93, 30.31, "EPSG:32636"),
    "Buenos Aires": (-34.6, -58.4, "EPSG:32721"),
    "the western end of the world": (10.0, -180.0, "EPSG:32601"),
    "the eastern end of the world": (10.0, 180.0, "EPSG:32601"),
    "a zone's western edge": (0.0, 36.0, "EPSG:32637"),
}


@pytest.mark.parametrize(("latitude", "longitude", "crs"), PLACES.values(), ids=PLACES.keys())
def test_a_place_lies_in_its_utm_zone(latitude, longitude, crs):
    assert utm_zone(latitude, longitude) == crs


@pytest.mark.parametrize("crs", ["EPSG:32637", "EPSG:3857", "EPSG:25832", "EPSG:4647", "EPSG:2154", "EPSG:5641"])
def test_projected_systems_are_accepted(crs):
    assert problem_of_crs(crs) is None


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4258", "EPSG:4269", "EPSG:4979"])
def test_systems_in_degrees_are_refused(crs):
    assert "in degrees" in problem_of_crs(crs)


@pytest.mark.parametrize("crs", ["32637", "epsg:32637", "EPSG:", "EPSG:0", "UTM 37N", "EPSG:32637 ", ""])
def test_what_is_no_reference_system_is_refused_with_an_example(crs):
    assert "EPSG:32637" in problem_of_crs(crs)


def test_numbers_that_count_as_degrees_are_those_of_no_projected_system():
    database = pytest.importorskip("pyproj.database")
    projected = database.query_crs_info(auth_name="EPSG", pj_types=["PROJECTED_CRS"], allow_deprecated=True)
    assert len(projected) > 4000
    assert [info.code for info in projected if len(info.code) < 7 and problem_of_crs(f"EPSG:{info.code}")] == []
