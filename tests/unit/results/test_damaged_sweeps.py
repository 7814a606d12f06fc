"""The manifest of a sweep, damaged: named, or read as it stands, by what reads sweeps."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from siege_sim.errors import ResultError
from siege_sim.results.status import status_of, status_text
from siege_sim.results.store import read_sweep
from tests.integration.small_sweeps import SMALL, sweep
from tests.integration.small_sweeps import written as write_experiment
from tests.unit.results.test_damaged_folders import GONE, ODD_VALUES, changed, places_in


@pytest.fixture(scope="module")
def swept(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("sweep")
    sweep(write_experiment(place, SMALL), place / "out", limit=4)
    return place / "out"


def test_a_manifest_with_another_value_or_without_a_key_is_named_or_read_as_it_stands(swept, tmp_path):
    folder = tmp_path / "out"
    shutil.copytree(swept, folder)
    file, luck, refused = folder / "manifest.json", random.Random(6), 0
    whole = json.loads(file.read_text("utf-8"))
    places = [place for place in places_in(whole) if place[0] not in ("experiment", "packages", "seeds")]
    for _ in range(80):
        place, odd = luck.choice(places), luck.choice([*ODD_VALUES, GONE, GONE])
        file.write_text(json.dumps(changed(whole, place, odd)), "utf-8")
        try:
            status_text(status_of(folder))
            read_sweep(folder)
        except ResultError as error:
            said = str(error)
        else:
            said = ""
        assert str(folder) in said or not said, (place, odd)
        refused += bool(said)
    assert refused > 10
