"""A small invented city as geodata: irregular quarters that leave no gap, people, damage, places, a river.

The city lies on the border of two UTM zones' usual places: its own zone is worked out by the program.
"""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import rasterio
import shapely
from rasterio.transform import from_origin

ZONE = "EPSG:32633"
WEST, NORTH = 600_000.0, 5_340_000.0
SIDE_M = 4000.0
NAMES = (
    "Old Town", "Mill Side", "Station", "حي النهر", "Harbour", "Gardens",
    "Tanneries", "Cathedral", "Bishop's Hill", "Mill Side", "Potters", "East Gate",
)  # fmt: skip
"""Twelve names; one stands twice, one is written from right to left, one has an apostrophe."""

HELD = ("Old Town", "Mill Side (1)", "Station", "Harbour", "Cathedral", "Tanneries", "حي النهر")


def quarters(seed: int = 7) -> geopandas.GeoDataFrame:
    """Return twelve irregular polygons that fill a square of 4 km, in metres."""
    chance = np.random.default_rng(seed)
    middles = chance.uniform(0.08, 0.92, (12, 2)) * SIDE_M + (WEST, NORTH - SIDE_M)
    square = shapely.box(WEST, NORTH - SIDE_M, WEST + SIDE_M, NORTH)
    cells = shapely.voronoi_polygons(shapely.multipoints(middles), extend_to=square)
    shapes = [shapely.intersection(cell, square) for cell in cells.geoms]
    return geopandas.GeoDataFrame({"name": NAMES}, geometry=shapes, crs=ZONE)


def write_quarters(folder: Path, crs: str = "EPSG:4326", name: str = "quarters.geojson") -> Path:
    quarters().to_crs(crs).to_file(folder / name)
    return folder / name


def write_people(
    folder: Path,
    crs: str = ZONE,
    cell: float = 100.0,
    nodata: float | None = -1.0,
    seed: int = 3,
    name: str = "people.tif",
) -> Path:
    """Write people a cell that is about 100 m wide, over the city and a margin around it."""
    margin = 1200.0
    box = shapely.box(WEST - margin, NORTH - SIDE_M - margin, WEST + SIDE_M + margin, NORTH + margin)
    west, south, east, north = geopandas.GeoSeries([box], crs=ZONE).to_crs(crs).total_bounds
    rows, columns = round((north - south) / cell), round((east - west) / cell)
    values = np.random.default_rng(3).gamma(1.5, 20.0, (rows, columns)).astype("float32")
    with rasterio.open(
        folder / name, "w", driver="GTiff", height=rows, width=columns, count=1, dtype="float32", crs=crs,
        transform=from_origin(west, north, cell, cell), nodata=nodata,
    ) as raster:  # fmt: skip
        raster.write(values, 1)
    return folder / name


def write_points(folder: Path, name: str, fields: dict[str, list[object]], places: list[tuple[float, float]]) -> Path:
    """Write points; places are shares of the city's side from the west and from the north."""
    points = [shapely.Point(WEST + x * SIDE_M, NORTH - y * SIDE_M) for x, y in places]
    geopandas.GeoDataFrame(fields, geometry=points, crs=ZONE).to_crs("EPSG:4326").to_file(folder / name)
    return folder / name


def write_river(folder: Path, across: float = 0.5, width_m: float = 350.0) -> Path:
    """Write a river that runs aslant through the city from north to south."""
    line = shapely.LineString(
        [(WEST + (across - 0.1) * SIDE_M, NORTH + 900), (WEST + (across + 0.1) * SIDE_M, NORTH - SIDE_M - 900)]
    )
    geopandas.GeoDataFrame({"kind": ["river"]}, geometry=[line.buffer(width_m / 2)], crs=ZONE).to_crs(
        "EPSG:4326"
    ).to_file(folder / "river.geojson")
    return folder / "river.geojson"


def write_holders(folder: Path) -> Path:
    told = [*dict.fromkeys(name for name in NAMES if name != "Mill Side"), "Mill Side (1)", "Mill Side (2)"]
    rows = [f'"{name}",{"guilds" if name in HELD else "league"}' for name in told]
    (folder / "holders.csv").write_text("name,holder\n" + "\n".join(rows) + "\n", "utf-8")
    return folder / "holders.csv"
