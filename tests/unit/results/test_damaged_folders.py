"""Every file of a run's folder, damaged in every way that files are: named by file and row, or read as it stands."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from siege_sim import RunResult, run
from siege_sim.analysis.run import run_findings
from siege_sim.errors import ResultError
from siege_sim.exports.run_tables import tables_of_run
from siege_sim.results.rounding import rounded
from siege_sim.results.run import explain_folder, read_run

TRIES = int(os.environ.get("SIEGE_SIM_MUTATIONS", "40"))
"""How many damages of each file of tables and of the manifest are tried."""

TABLES = ("series.csv", "quarters.csv", "events.csv")
ODD_CELLS = ("x", "1e400", "-1e19", "nan", "inf", "-7", "2.5", "99999", "", '"', "\x00", "true", "2020-02-31", "a,b")
ODD_VALUES: tuple[Any, ...] = (
    None, True, -3, 0, 2.5, 10**25, 1e308, "", "x", "2020-02-31", [], [1], ["a"], [[]], {}, {"a": 1}, "é" * 3000,
)  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory, stressed_city) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    run(stressed_city, seed=7, days=25).write(folder)
    return folder


@pytest.fixture
def folder(written, tmp_path) -> Path:
    shutil.copytree(written, tmp_path / "run")
    return tmp_path / "run"


def said_of(folder: Path) -> str:
    """Read, explain, report and export a run; return why it is refused, empty when it is not."""
    try:
        result = read_run(folder)
        explain_folder(folder)
        everything_of(result)
    except ResultError as error:
        return str(error)
    return ""


def everything_of(result: RunResult) -> None:
    run_findings(result)
    for table in tables_of_run(result).values():
        assert len(table.frame) >= 0


def damaged_tables(lines: list[str], luck: random.Random) -> Iterator[tuple[str, list[str]]]:
    """Yield a table with one thing wrong, over and over, and what that is."""
    while True:
        row, header = luck.randrange(1, len(lines)), lines[0].split(",")
        column, cells = luck.randrange(len(header)), lines[row].split(",")
        odd = luck.choice(ODD_CELLS)
        yield (
            f"cell {row}, {header[column]}: {odd!r}",
            _replaced(lines, row, _replaced(cells, column % len(cells), odd)),
        )
        yield f"short row {row}", _replaced(lines, row, cells[:-1])
        yield f"long row {row}", _replaced(lines, row, [*cells, "1"])
        yield f"row {row} is gone", [*lines[:row], *lines[row + 1 :]]
        yield f"row {row} is there twice", [*lines[: row + 1], *lines[row:]]
        yield f"column {header[column]} is renamed", _replaced(lines, 0, _replaced(header, column, "renamed"))
        yield f"column {header[column]} is there twice", _replaced(lines, 0, _replaced(header, column, header[0]))
        yield f"column {header[column]} is gone", [_without(line, column) for line in lines]


def _replaced(parts: list[str], place: int, part: str | list[str]) -> list[str]:
    return [*parts[:place], part if isinstance(part, str) else ",".join(part), *parts[place + 1 :]]


def _without(line: str, column: int) -> str:
    cells = line.split(",")
    return ",".join([*cells[:column], *cells[column + 1 :]])


@pytest.mark.parametrize("name", TABLES)
def test_a_damaged_table_is_named_with_its_row_or_read_as_it_stands(folder, name):
    whole = (folder / name).read_text("utf-8-sig")
    damages, refused = damaged_tables(whole.splitlines(), random.Random(name)), 0
    for _ in range(TRIES):
        what, lines = next(damages)
        (folder / name).write_text("\n".join([*lines, ""]), "utf-8")
        said = said_of(folder)
        assert name in said or not said, (what, said)
        assert "Traceback" not in said
        refused += bool(said)
        if what.startswith(("short row", "long row")) and '"' not in whole:
            assert re.search(rf"{name}:\d+: has \d+ cells", said), (what, said)
        if what.startswith("column") and "renamed" in what and "date_captured" not in what:
            assert said, what
    assert refused > TRIES / 3


@pytest.mark.parametrize("name", [*TABLES, "snapshots.npz", "manifest.json"])
def test_a_file_that_was_cut_off_or_has_a_wrong_byte_is_named(folder, name):
    whole, luck = (folder / name).read_bytes(), random.Random(name)
    lengths = [0, 1, len(whole) // 3, len(whole) // 2, len(whole) - 1]
    cut = [whole[:length] for length in lengths]
    wrong = [whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :] for at in luck.sample(range(len(whole)), 12)]
    for content in [*cut, *wrong]:
        (folder / name).write_bytes(content)
        said = said_of(folder)
        assert name in said or not said, said
    for content in cut[:4]:
        (folder / name).write_bytes(content)
        assert name in said_of(folder)
    (folder / name).unlink()
    assert name in said_of(folder)


def places_in(data: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*above, key)
        yield from places_in(value, (*above, key))


GONE = object()


def changed(data: Any, place: tuple[Any, ...], value: Any) -> Any:
    """Return data with another value at a place, or without one."""
    copied = json.loads(json.dumps(data))
    block = copied
    for key in place[:-1]:
        block = block[key]
    if value is GONE:
        block.pop(place[-1])
    else:
        block[place[-1]] = value
    return copied


@pytest.mark.slow
def test_a_manifest_with_another_value_or_without_a_key_is_named_or_read_as_it_stands(folder):
    file, luck, refused = folder / "manifest.json", random.Random(4), 0
    whole = json.loads(file.read_text("utf-8"))
    places = [place for place in places_in(whole) if place[:2] != ("scenario", "processes")]
    for _ in range(TRIES * 3):
        place, odd = luck.choice(places), luck.choice(ODD_VALUES)
        gone = luck.random() < 0.3
        file.write_text(json.dumps(changed(whole, place, GONE if gone else odd)), "utf-8")
        said = said_of(folder)
        assert not said or str(folder) in said, (place, odd, gone)
        assert len(said.encode()) < 20_000
        refused += bool(said)
    assert refused > TRIES / 2


def other_layers(whole: dict[str, np.ndarray]) -> Iterator[tuple[str, dict[str, np.ndarray]]]:
    for name, layer in whole.items():
        yield f"{name} is gone", {key: value for key, value in whole.items() if key != name}
        yield f"{name} is flat", {**whole, name: layer.ravel()[:1]}
        yield f"{name} is negative", {**whole, name: layer * 0 - 1}
        yield f"{name} is text", {**whole, name: layer.astype(str)}
        yield f"{name} is large", {**whole, name: layer * 0 + 10_000}
        if layer.dtype.kind == "f":
            yield f"{name} is no number", {**whole, name: layer * np.nan}


def test_layers_of_another_shape_or_with_other_values_are_named_or_read_as_they_stand(folder):
    with np.load(folder / "snapshots.npz") as stored:
        whole = {name: stored[name] for name in stored.files}
    refused = 0
    for what, layers in other_layers(whole):
        np.savez_compressed(folder / "snapshots.npz", allow_pickle=False, **layers)
        said = said_of(folder)
        assert "snapshots.npz" in said or not said, (what, said)
        refused += bool(said)
    assert refused > 3 * len(whole)


def test_what_is_read_back_is_what_was_written(folder, stressed_city):
    made, back = run(stressed_city, seed=7, days=25), read_run(folder)
    assert back.series_csv() == made.series_csv()
    assert back.events.to_csv() == made.events.to_csv()
    assert back.quarters.to_csv() == made.quarters.to_csv()
    assert {name: layer.tolist() for name, layer in back.snapshots.items()} == {
        name: rounded(layer).tolist() for name, layer in made.snapshots.items()
    }
