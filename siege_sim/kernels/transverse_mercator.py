"""From degrees to metres of a UTM zone, after Krüger's series, so that a map's corner needs no library."""

from __future__ import annotations

import numpy as np

EQUATOR_M = 6_378_137.0
"""The equatorial radius of WGS84."""

FLATTENING = 1.0 / 298.257223563
"""Of WGS84."""

SCALE, FALSE_EASTING_M, FALSE_NORTHING_M = 0.9996, 500_000.0, 10_000_000.0
"""Of every UTM zone; the false northing is that of the south."""


def utm_zone(latitude: float, longitude: float) -> str:
    """Return the EPSG code of the UTM zone of a place on WGS84, without the exceptions for Norway and Svalbard."""
    zone = int((longitude + 180.0) // 6.0) % 60 + 1
    return f"EPSG:{(32600 if latitude >= 0.0 else 32700) + zone}"


def utm_metres(latitude: float, longitude: float) -> tuple[float, float]:
    """Return easting and northing, in metres, of a place on WGS84 in its own UTM zone.

    Krüger's series of 1912 to the fourth order in the third flattening; exact to less than a millimetre in the zone
    (Karney 2011, Transverse Mercator with an accuracy of a few nanometers).

    Args:
        latitude: degrees north, between -84 and 84.
        longitude: degrees east.
    """
    n = FLATTENING / (2.0 - FLATTENING)
    radius = EQUATOR_M / (1.0 + n) * (1.0 + n**2 / 4.0 + n**4 / 64.0)
    series = (
        n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16 + 41 * n**4 / 180,
        13 * n**2 / 48 - 3 * n**3 / 5 + 557 * n**4 / 1440,
        61 * n**3 / 240 - 103 * n**4 / 140,
        49561 * n**4 / 161280,
    )
    middle = np.floor((longitude + 180.0) / 6.0) * 6.0 - 177.0
    east = np.radians(longitude - middle)
    sine, eccentricity = np.sin(np.radians(latitude)), 2.0 * np.sqrt(n) / (1.0 + n)
    conformal = np.sinh(np.arctanh(sine) - eccentricity * np.arctanh(eccentricity * sine))
    xi, eta = np.arctan2(conformal, np.cos(east)), np.arctanh(np.sin(east) / np.hypot(1.0, conformal))
    terms = list(enumerate(series, start=1))
    x = eta + sum(a * np.cos(2 * j * xi) * np.sinh(2 * j * eta) for j, a in terms)
    y = xi + sum(a * np.sin(2 * j * xi) * np.cosh(2 * j * eta) for j, a in terms)
    easting, northing = float(FALSE_EASTING_M + SCALE * radius * x), float(SCALE * radius * y)
    return easting, northing if latitude >= 0.0 else northing + FALSE_NORTHING_M
