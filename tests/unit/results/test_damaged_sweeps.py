"""The folders of sweeps and of many runs, damaged: named, or read as they stand, by what reads them."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from siege_sim.cli.main import main
from siege_sim.errors import ResultError
from siege_sim.results.run_table import read_run_table
from siege_sim.results.status import status_of, status_text
from siege_sim.results.store import failures, read_sweep
from tests.integration.small_sweeps import SMALL, sweep
from tests.integration.small_sweeps import written as write_experiment
from tests.unit.results.test_damaged_folders import GONE, ODD_VALUES, TRIES, changed, damaged_tables, places_in


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


def altered(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Yield a table that is whole and holds something else: each column gone, renamed, of other kinds, or empty."""
    rows = table.num_rows
    for place, name in enumerate(table.column_names):
        yield f"{name} is gone", table.drop_columns([name])
        yield f"{name} is renamed", table.rename_columns({name: f"{name}_then"})
        yield f"{name} is there twice", table.append_column(name, table[name])
        for odd in (pa.array(["x"] * rows), pa.array([0.5] * rows), pa.array([None] * rows, pa.int64()),
                    pa.array([True] * rows), pa.array([[1]] * rows), pa.array([b"x"] * rows)):  # fmt: skip
            yield f"{name} is {odd.type}", table.set_column(place, name, odd)
    yield "no rows", table.slice(0, 0)
    yield "other columns", pa.table({"a": [1]})


def said_of_sweep(folder: Path) -> str:
    try:
        status_text(status_of(folder))
        failures(folder)
        read_sweep(folder)
        read_run_table(str(folder))
    except ResultError as error:
        return str(error)
    return ""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["runs", "series", "quarters", "design.parquet"])
def test_a_parquet_file_that_is_whole_and_holds_something_else_is_named_or_read_as_it_stands(swept, tmp_path, kind):
    folder, tried, refused = tmp_path / "out", 0, 0
    shutil.copytree(swept, folder)
    file = folder / kind if "." in kind else next((folder / kind).glob("*.parquet"))
    whole, needed = pq.read_table(file), ("point", "replication", "seed", "status", "attempt", "kept", "day", "quarter")
    damages = list(altered(whole))
    for what, table in random.Random(kind).sample(damages, min(TRIES * 2, len(damages))):
        pq.write_table(table, file)
        said = said_of_sweep(folder)
        assert file.name in said or f"{kind}: its parts do not fit" in said or not said, (what, said)
        tried, refused = tried + 1, refused + bool(said)
        name, _, how = what.partition(" is ")
        if name in needed and name in whole.column_names and how in ("gone", "renamed"):
            assert said, what
    assert refused > tried / 3


@pytest.mark.parametrize("text", ["", "[1]", '{"base": 3}', "{", "[" * 100_000])
def test_scenarios_of_a_sweep_that_are_none_are_named(swept, tmp_path, text):
    folder = tmp_path / "out"
    shutil.copytree(swept, folder)
    (folder / "scenarios.json").write_text(text, "utf-8")
    assert "scenarios.json" in said_of_sweep(folder)


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("many") / "out"
    command = ["run", "toy_town", "--runs", "3", "--days", "4", "--workers", "1", "--no-plots", "--quiet"]
    assert main([*command, "--set", "population.persons_per_household=50", "--out", str(folder)]) == 0
    return folder


def said_of_many(folder: Path) -> str:
    try:
        assert len(read_run_table(str(folder)).runs) >= 0
    except ResultError as error:
        return str(error)
    return ""


@pytest.fixture
def many_copied(many, tmp_path) -> Path:
    shutil.copytree(many, tmp_path / "out")
    return tmp_path / "out"


def test_a_table_of_many_runs_that_is_damaged_is_named_with_its_row_or_read_as_it_stands(many_copied):
    file = many_copied / "runs.csv"
    damages, refused = damaged_tables(file.read_text("utf-8-sig").splitlines(), random.Random(2)), 0
    for _ in range(TRIES * 3):
        what, lines = next(damages)
        file.write_text("\n".join([*lines, ""]), "utf-8")
        said = said_of_many(many_copied)
        assert "runs.csv" in said or not said, (what, said)
        refused += bool(said)
    assert refused > TRIES


@pytest.mark.slow
def test_a_manifest_of_many_runs_with_another_value_or_without_a_key_is_named_or_read_as_it_stands(many_copied):
    file, luck, refused = many_copied / "manifest.json", random.Random(3), 0
    whole = json.loads(file.read_text("utf-8"))
    places = [
        place for place in places_in(whole) if place[0] in ("scenario", "made_by", "deaths", "fates", "days", "holds")
    ]
    for _ in range(TRIES * 3):
        place, odd = luck.choice(places), luck.choice([*ODD_VALUES, GONE, GONE])
        file.write_text(json.dumps(changed(whole, place, odd)), "utf-8")
        said = said_of_many(many_copied)
        assert str(many_copied) in said or not said, (place, odd)
        refused += bool(said)
    assert refused > TRIES / 2


@pytest.mark.parametrize("text", ["", "[1", "- a", "3", "\x00", "{" * 5_000])
def test_a_scenario_of_many_runs_that_is_none_is_named(many_copied, text):
    (many_copied / "scenario.yaml").write_text(text, "utf-8")
    assert "scenario.yaml" in said_of_many(many_copied)


@pytest.mark.parametrize("name", ["runs.csv", "scenario.yaml", "manifest.json"])
def test_a_file_of_many_runs_that_was_cut_off_is_named(many_copied, name):
    whole = (many_copied / name).read_bytes()
    for length in (0, 1, len(whole) // 3, len(whole) // 2):
        (many_copied / name).write_bytes(whole[:length])
        said = said_of_many(many_copied)
        assert str(many_copied) in said or not said
    (many_copied / name).unlink()
    assert said_of_many(many_copied)
