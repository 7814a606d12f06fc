"""Degrees and metres: our series against PROJ, everywhere on the globe where UTM is used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.kernels.transverse_mercator import utm_metres, utm_zone


@given(st.floats(-80.0, 84.0), st.floats(-180.0, 179.999999))
def test_metres_are_those_of_proj_to_the_millimetre(latitude, longitude):
    pyproj = pytest.importorskip("pyproj")
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", utm_zone(latitude, longitude), always_xy=True)
    assert utm_metres(latitude, longitude) == pytest.approx(to_metres.transform(longitude, latitude), abs=1e-3)


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone"),
    [(36.2, 37.15, "EPSG:32637"), (-33.9, 18.4, "EPSG:32734"), (0.0, 0.0, "EPSG:32631"), (1.0, 180.0, "EPSG:32601")],
)
def test_a_zone_is_six_degrees_wide_and_has_a_code_for_each_half_of_the_globe(latitude, longitude, zone):
    assert utm_zone(latitude, longitude) == zone
