"""Playing a bundle of a sweep's runs, wherever the worker is, and writing them down as one part."""

from __future__ import annotations

import hashlib
import json
import os
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from siege_sim.errors import SiegeError
from siege_sim.loading.keys import with_values
from siege_sim.loading.scenario import scenario_of
from siege_sim.model.model import SiegeModel
from siege_sim.model.scenario import Scenario
from siege_sim.model.version import model_version
from siege_sim.results.store import FAILED, OK, Store
from siege_sim.runner.run import memory_given_back
from siege_sim.runner.tables import Tables, tables_of


@dataclass(frozen=True)
class Recipe:
    """What all runs of a sweep have in common.

    Attributes:
        target: folder or URL of the store.
        model_version: the model that must play them.
        days: after how many days a run stops, if not before.
        outcomes: what is kept of a run.
        daily: which outcomes of the day are kept.
        every_days: on how many days; none when 0.
        quarters: whether a table of quarters is kept.
        stop_file: a file that asks the worker to stop after the run in hand, once it is there.
    """

    target: str
    model_version: str
    days: int | None
    outcomes: tuple[str, ...]
    daily: tuple[str, ...]
    every_days: int
    quarters: bool
    stop_file: str | None = None


@dataclass(frozen=True)
class Task:
    """One run: where it stands in the design, its seed, and what differs from the policy's scenario."""

    point: int
    replication: int
    seed: int
    policy: str
    values: Mapping[str, Any]
    attempt: int = 1


@dataclass(frozen=True)
class Bundle:
    """Runs that one worker plays one after the other; small enough to travel."""

    recipe: Recipe
    bases: Mapping[str, Mapping[str, Any]] = field(repr=False)
    tasks: tuple[Task, ...] = field(repr=False)


@dataclass(frozen=True)
class Receipt:
    """What a worker says of a bundle that is written down.

    Attributes:
        worker: which worker, as host and process.
        part: the name of the part.
        done: runs that were finished.
        failed: runs that failed.
        seconds: time of the runs.
        example: the last failure, in a line; empty when there was none.
    """

    worker: str
    part: str
    done: int
    failed: int
    seconds: float
    example: str = ""


def play_bundle(bundle: Bundle) -> Receipt:
    """Play the runs of a bundle and write them down as a part.

    A run that raises is written down with its traceback and does not stop the others. What is played is written down
    even when the worker is asked to stop before the bundle's end.

    Raises:
        SiegeError: this worker has another version of the model.
        ResultError: the part cannot be written.
    """
    recipe = bundle.recipe
    if model_version() != recipe.model_version:
        raise SiegeError(
            f"a worker has model {model_version()}, but the sweep is played with {recipe.model_version}; install the "
            "same version on every machine"
        )
    rows: list[dict[str, Any]] = []
    kept: list[Tables] = []
    scenarios: dict[int, tuple[Scenario, str]] = {}
    for task in bundle.tasks:
        with memory_given_back():
            row, tables = _played(task, bundle, scenarios)
        rows.append(row)
        if tables is not None:
            kept.append(tables)
        if recipe.stop_file and Path(recipe.stop_file).exists():
            break
    series = [tables.series for tables in kept if recipe.every_days]
    quarters = [tables.quarters for tables in kept if tables.quarters is not None]
    part = Store.at(recipe.target).write_part(recipe.outcomes, rows, series, quarters)
    failed = [row["error"] for row in rows if row["status"] == FAILED]
    seconds = sum(float(row["seconds"]) for row in rows)
    worker = f"{os.uname().nodename}:{os.getpid()}"
    return Receipt(worker, part, len(rows) - len(failed), len(failed), seconds, failed[-1] if failed else "")


def _played(
    task: Task, bundle: Bundle, scenarios: dict[int, tuple[Scenario, str]]
) -> tuple[dict[str, Any], Tables | None]:
    """Return a run's row and its tables, cut down to what is kept; no tables when it failed."""
    recipe, began = bundle.recipe, time.perf_counter()
    row = _identity(task)
    try:
        if task.point not in scenarios:
            scenarios.clear()  # one is enough: runs of a point stand together where there are several in a bundle
            made = scenario_of(with_values(bundle.bases[task.policy], task.values))
            scenarios[task.point] = made, made.digest
        scenario, digest = scenarios[task.point]
        row["key"] = run_key(digest, task.seed, recipe)
        tables = _cut(play(scenario, task.seed, recipe.days, recipe.quarters), task, recipe)
    except Exception as error:
        row |= {
            "status": FAILED, "error": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc(),
            "values": _in_json(task),
        }  # fmt: skip
        return row | {"seconds": time.perf_counter() - began}, None
    row |= {name: _plain(tables.summary.get(name)) for name in recipe.outcomes}
    return row | {"seconds": time.perf_counter() - began}, tables


def _identity(task: Task) -> dict[str, Any]:
    names = ("point", "replication", "seed", "attempt")
    return {**{name: getattr(task, name) for name in names}, "status": OK, "key": ""}


def _in_json(task: Task) -> str:
    return json.dumps({"policy": task.policy, **task.values})


def write_as_failed(bundle: Bundle, error: str) -> Receipt:
    """Write the runs of a bundle down as failed, without playing them."""
    rows = [
        _identity(task) | {"status": FAILED, "error": error, "traceback": "", "values": _in_json(task), "seconds": 0.0}
        for task in bundle.tasks
    ]
    part = Store.at(bundle.recipe.target).write_part(bundle.recipe.outcomes, rows, [], [])
    return Receipt("none", part, 0, len(rows), 0.0, error)


def play(scenario: Scenario, seed: int, days: int | None = None, with_quarters: bool = False) -> Tables:
    """Play a scenario and return its numbers."""
    model = SiegeModel(scenario, seed)
    for day in model.days():
        if days is not None and day >= days:
            break
    return tables_of(model, with_quarters)


def run_key(scenario_digest: str, seed: int, recipe: Recipe) -> str:
    """Return a hash of everything that decides on a run's numbers."""
    text = f"{scenario_digest} {seed} {recipe.days} {recipe.model_version}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _cut(tables: Tables, task: Task, recipe: Recipe) -> Tables:
    series = tables.series
    if recipe.every_days:
        wanted = (series["day"] % recipe.every_days == 0) | (series.index == series.index[-1])
        series = _marked(series.loc[wanted].reindex(columns=["day", *recipe.daily]), task)
    quarters = None if tables.quarters is None else _marked(tables.quarters, task)
    return Tables(tables.summary, series, quarters)


def _marked(table: pd.DataFrame, task: Task) -> pd.DataFrame:
    """Return a table with the run's place in the design in front; texts stay texts where no row has any."""
    marked = table.reset_index(drop=True)
    for place, name in enumerate(("point", "replication", "seed")):
        marked.insert(place, name, np.int64(getattr(task, name)))
    return marked.astype(dict.fromkeys((name for name in marked if marked[name].dtype == object), "string"))


def _plain(value: Any) -> float | str | None:
    return value if value is None or isinstance(value, str) else float(value)
