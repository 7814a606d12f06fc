"""Running a batch of a sweep, wherever the worker is, and writing its runs down as one part."""

from __future__ import annotations

import hashlib
import json
import os
import platform
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
from siege_sim.runner.tables import RunTables, tables_of


@dataclass(frozen=True)
class SweepSpec:
    """What all runs of a sweep have in common.

    Attributes:
        target: folder or URL of the store.
        model_version: the model with which they must be run.
        days: after how many days a run stops, if not before.
        outcomes: what is kept of a run.
        daily: which outcomes of the day are kept.
        every_days: on how many days; none when 0.
        quarters: whether a table of quarters is kept.
        stop_file: a file that asks the worker to stop after the current run, once it is there.
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
class RunSpec:
    """One run: where it stands in the design, its seed, and what differs from the policy's scenario."""

    point: int
    replication: int
    seed: int
    policy: str
    values: Mapping[str, Any]
    attempt: int = 1


@dataclass(frozen=True)
class Batch:
    """Runs that one worker does one after the other; small enough to travel."""

    spec: SweepSpec
    bases: Mapping[str, Mapping[str, Any]] = field(repr=False)
    runs: tuple[RunSpec, ...] = field(repr=False)


@dataclass(frozen=True)
class BatchResult:
    """What a worker reports of a batch that is written down.

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


def run_batch(batch: Batch) -> BatchResult:
    """Do the runs of a batch and write them down as a part.

    A run that raises is written down with its traceback and does not stop the others. What is done is written down
    even when the worker is asked to stop before the batch's end.

    Raises:
        SiegeError: this worker has another version of the model.
        ResultError: the part cannot be written.
    """
    spec = batch.spec
    if model_version() != spec.model_version:
        raise SiegeError(
            f"a worker has model {model_version()}, but the sweep is run with {spec.model_version}; install the "
            "same version on every machine"
        )
    rows: list[dict[str, Any]] = []
    kept: list[RunTables] = []
    scenarios: dict[int, tuple[Scenario, str]] = {}
    for run in batch.runs:
        with memory_given_back():
            row, tables = _run_one(run, batch, scenarios)
        rows.append(row)
        if tables is not None:
            kept.append(tables)
        if spec.stop_file and Path(spec.stop_file).exists():
            break
    series = [tables.series for tables in kept if spec.every_days]
    quarters = [tables.quarters for tables in kept if tables.quarters is not None]
    part = Store.at(spec.target).write_part(spec.outcomes, rows, series, quarters)
    failed = [row["error"] for row in rows if row["status"] == FAILED]
    seconds = sum(float(row["seconds"]) for row in rows)
    worker = f"{platform.node()}:{os.getpid()}"
    return BatchResult(worker, part, len(rows) - len(failed), len(failed), seconds, failed[-1] if failed else "")


def _run_one(
    run: RunSpec, batch: Batch, scenarios: dict[int, tuple[Scenario, str]]
) -> tuple[dict[str, Any], RunTables | None]:
    """Return a run's row and its tables, cut down to what is kept; no tables when it failed."""
    spec, began = batch.spec, time.perf_counter()
    row = _identity(run)
    try:
        if run.point not in scenarios:
            scenarios.clear()  # one is enough: runs of a point stand together where there are several in a batch
            made = scenario_of(with_values(batch.bases[run.policy], run.values))
            scenarios[run.point] = made, made.digest
        scenario, digest = scenarios[run.point]
        row["key"] = run_key(digest, run.seed, spec)
        tables = _cut(run_tables(scenario, run.seed, spec.days, spec.quarters), run, spec)
    except Exception as error:
        row |= {
            "status": FAILED, "error": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc(),
            "values": _in_json(run),
        }  # fmt: skip
        return row | {"seconds": time.perf_counter() - began}, None
    row |= {name: _plain(tables.summary.get(name)) for name in spec.outcomes}
    return row | {"seconds": time.perf_counter() - began}, tables


def _identity(run: RunSpec) -> dict[str, Any]:
    names = ("point", "replication", "seed", "attempt")
    return {**{name: getattr(run, name) for name in names}, "status": OK, "key": ""}


def _in_json(run: RunSpec) -> str:
    return json.dumps({"policy": run.policy, **run.values})


def write_as_failed(batch: Batch, error: str) -> BatchResult:
    """Write the runs of a batch down as failed, without doing them."""
    rows = [
        _identity(run) | {"status": FAILED, "error": error, "traceback": "", "values": _in_json(run), "seconds": 0.0}
        for run in batch.runs
    ]
    part = Store.at(batch.spec.target).write_part(batch.spec.outcomes, rows, [], [])
    return BatchResult("none", part, 0, len(rows), 0.0, error)


def run_tables(scenario: Scenario, seed: int, days: int | None = None, with_quarters: bool = False) -> RunTables:
    """Run a scenario and return its numbers."""
    model = SiegeModel(scenario, seed)
    for day in model.days():
        if days is not None and day >= days:
            break
    return tables_of(model, with_quarters)


def run_key(scenario_digest: str, seed: int, spec: SweepSpec) -> str:
    """Return a hash of everything that decides on a run's numbers."""
    text = f"{scenario_digest} {seed} {spec.days} {spec.model_version}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _cut(tables: RunTables, run: RunSpec, spec: SweepSpec) -> RunTables:
    series = tables.series
    if spec.every_days:
        wanted = (series["day"] % spec.every_days == 0) | (series.index == series.index[-1])
        series = _marked(series.loc[wanted].reindex(columns=["day", *spec.daily]), run)
    quarters = None if tables.quarters is None else _marked(tables.quarters, run)
    return RunTables(tables.summary, series, quarters)


def _marked(table: pd.DataFrame, run: RunSpec) -> pd.DataFrame:
    """Return a table with the run's place in the design in front; texts stay texts where no row has any."""
    marked = table.reset_index(drop=True)
    for place, name in enumerate(("point", "replication", "seed")):
        marked.insert(place, name, np.int64(getattr(run, name)))
    return marked.astype(dict.fromkeys((name for name in marked if marked[name].dtype == object), "string"))


def _plain(value: Any) -> float | str | None:
    return value if value is None or isinstance(value, str) else float(value)
