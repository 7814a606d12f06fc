"""Files of every kind with one value replaced: taken and playable, or refused in plain words, never anything else.

`SIEGE_SIM_MUTATIONS=1000` tries that many values in each file in the place of some.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from siege_sim import SiegeModel, load_scenario
from siege_sim.cli.check import check_file
from siege_sim.errors import ScenarioError
from siege_sim.schema.shipped import shipped_experiments_folder, shipped_folder
from tests.blocks import VALUES

MUTATIONS = int(os.environ.get("SIEGE_SIM_MUTATIONS", "25"))
LONGEST_MESSAGE = 20_000

TOWN = "extends: toy_town\nname: tried\n"
FILES = {
    "a scenario": shipped_folder() / "toy_town.yaml",
    "a map": shipped_folder() / "maps" / "eastern_ghouta.yaml",
    "a record": shipped_folder() / "records" / "sarajevo_1992.yaml",
    "an experiment": shipped_experiments_folder() / "air_power_x_food_aid.yaml",
    "a calibration": shipped_experiments_folder() / "calibration_envelopment.yaml",
    "claims": min((shipped_folder() / "claims").glob("*.yaml"), key=lambda file: file.stat().st_size),
}
ODD_VALUES = (*VALUES, "\x1b[31mred", "a\nb", "é" * 50, -(10**25), 1e-310, 1e308, "*", ".", "../x", "map", [[[]]])


def paths_in(data: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the place of every value, blocks and lists among them."""
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        yield (*above, key)
        yield from paths_in(value, (*above, key))


def with_value(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return data with one value replaced."""
    if not path:
        return value
    copied = dict(data) if isinstance(data, dict) else list(data)
    copied[path[0]] = with_value(copied[path[0]], path[1:], value)
    return copied


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("file", FILES.values(), ids=FILES.keys())
def test_a_file_with_another_value_is_playable_or_refused_in_plain_words(file, tmp_path):
    data, luck = yaml.safe_load(file.read_text("utf-8")), random.Random(5)
    places, taken = list(paths_in(data)), 0
    assert len(places) > 10
    mutant = tmp_path / "mutant.yaml"
    for _ in range(MUTATIONS):
        path, value = luck.choice(places), luck.choice(ODD_VALUES)
        mutant.write_text(yaml.safe_dump(plain(with_value(data, path, value)), sort_keys=False), "utf-8")
        said = what_is_said_of(mutant)
        assert "mutant.yaml" in said, (path, value)
        assert len(said.encode()) < LONGEST_MESSAGE, (path, value)
        assert all(sign.isprintable() or sign == "\n" for sign in said), (path, value)
        if ": ok (" in said:
            taken += 1
            play_a_day(mutant, said)
    assert taken < MUTATIONS


def test_a_fault_of_a_map_in_a_file_of_its_own_is_reported_there_with_its_line(tmp_path):
    (tmp_path / "maps").mkdir()
    city, own = tmp_path / "city.yaml", tmp_path / "maps" / "eastern_ghouta.yaml"
    city.write_bytes((shipped_folder() / "ghouta_2018.yaml").read_bytes())
    data, luck, refused = yaml.safe_load(FILES["a map"].read_text("utf-8")), random.Random(6), 0
    places = list(paths_in(data))
    for _ in range(MUTATIONS):
        path, value = luck.choice(places), luck.choice(ODD_VALUES)
        own.write_text(yaml.safe_dump(plain(with_value(data, path, value)), sort_keys=False), "utf-8")
        said = what_is_said_of(city)
        if ": ok (" not in said:
            refused += 1
            assert all(re.match(rf"{re.escape(str(own))}(:\d+)?: ", line) for line in said.splitlines()), (path, said)
    assert refused > MUTATIONS / 3


def what_is_said_of(file: Path) -> str:
    try:
        return "\n".join(check_file(str(file)))
    except ScenarioError as error:
        return str(error)


def play_a_day(file: Path, said: str) -> None:
    """Play the first day of a scenario, unless it is a large one; what is no scenario cannot be played."""
    if "(scenario)" in said:
        scenario = load_scenario(file)
        if scenario.population.besieged < 1_000_000:
            next(iter(SiegeModel(scenario, 1).days()))
