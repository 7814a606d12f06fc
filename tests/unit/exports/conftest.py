"""A small run with a corner, P-codes, several scripts, water and a bridge; one without a corner; a small sweep."""

from __future__ import annotations

import pytest
import yaml

from siege_sim import load_scenario, run
from tests.integration.small_sweeps import SMALL, sweep, written

ARABIC, CYRILLIC = "باب النيرب", "Гончарная слобода"

ROWS = ["nnnnnnnn", "whaabbbe", "whaabbbe", "wcc=aeee", "wcc~aeee", "wsssssse"]


def quarter(name, holder, sector, **further):
    return {"name": name, "holder": holder, "sector": sector, "population": 1, "built_up": 0.4, **further}


LEGEND = {
    "a": quarter(ARABIC, "garrison", "north", p_code="XX0101"),
    "b": quarter(CYRILLIC, "garrison", "east"),
    "c": quarter("Old Town", "garrison", "south"),
    "h": quarter("Hill", "hill_militia", "hill"),
    "n": quarter("North Fields", "besieger", "north"),
    "e": quarter("East Fields", "besieger", "east"),
    "w": quarter("West Fields", "besieger", "west"),
    "s": quarter("South Fields", "besieger", "south"),
    "=": {"name": "Bridge", "ground": "bridge", "holder": "garrison", "sector": "south"},
    "~": {"name": "River", "ground": "water"},
}
WAYS = {
    "crossings": [
        {"quarter": ARABIC, "into": "hill_militia", "name": "Hill gate"},
        {"quarter": ARABIC, "into": "besieger", "name": "South gate"},
    ],
    "roads": [{"quarter": ARABIC, "name": "South road"}],
}
CORNER = {"latitude": -33.9, "longitude": 18.42}


def town(folder, corner):
    drawn = {"name": "المدينة", "cell_size_m": 400, "rows": ROWS, "legend": LEGEND, "facilities": WAYS}
    (folder / "map.yaml").write_text(yaml.safe_dump(drawn | corner, allow_unicode=True), "utf-8")
    scenario = {
        "extends": "toy_town",
        "name": "small_town",
        "title": "حصار المدينة القديمة",
        "map": "map.yaml",
        "days": 30,
        "snapshot_every_days": 12,
        "population": {"persons_per_household": 50},
        "forces": {"garrison": {"town_militia": {"sectors": {"west": None}}}},
    }
    (folder / "town.yaml").write_text(yaml.safe_dump(scenario, allow_unicode=True), "utf-8")
    return load_scenario(str(folder / "town.yaml"))


@pytest.fixture(scope="session")
def placed_run(tmp_path_factory):
    """The result of a run on a map with a corner."""
    return run(town(tmp_path_factory.mktemp("placed"), {"north_west_corner": CORNER}), seed=1)


@pytest.fixture(scope="session")
def targets(tmp_path_factory, placed_run):
    """Folders of results: a run with a corner, a run without, and a sweep."""
    folder = tmp_path_factory.mktemp("targets")
    for name, result in (("placed", placed_run), ("local", run(town(folder, {}), seed=1))):
        (folder / name).mkdir()
        result.write(folder / name)
    smaller = SMALL.replace("replications: 3", "replications: 1").replace("days: 8", "days: 4")
    sweep(written(folder, smaller), folder / "swept")
    return folder
