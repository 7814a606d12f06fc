"""Sweeps: runs a second, what the store costs a run, memory of driver and workers, resuming, and mesa.batch_run.

The driver and the store are the project's own. Where only they are measured, workers play no siege: they write runs
that were made up, and say that each took a fifth of a second, so that the driver divides the work as it would.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from tests.benchmarks.measure import Stopwatch, import_seconds, peak_mb

if TYPE_CHECKING:
    import pandas as pd

    from siege_sim.experiments.plan import Plan
    from siege_sim.results.store import Store
    from siege_sim.runner.sweep import SweepProgress
    from siege_sim.runner.worker import Batch, BatchResult

Numbers = dict[str, float]
"""What a case has found, by name."""

ALEPPO = """
name: aleppo
title: Aleppo over how many sorties are flown
base: aleppo_2016
settings: [population.persons_per_household=50]
uncertainties: {{processes.sorties.per_day: {{}}}}
design: {{kind: latin_hypercube, samples: {runs}}}
series: {{every_days: 7}}
quarters: true
"""
MADE_UP = """
name: made_up
title: Runs that nobody plays
base: toy_town
uncertainties: {{processes.sorties.per_day: {{}}, food.home_days: {{}}}}
design: {{kind: latin_hypercube, samples: {runs}}}
outcomes: [end_day, days_to_half, excess_deaths, civilians_killed, died_of_hunger, left_to_besieger, evacuated]
"""

SECONDS_OF_A_MADE_UP_RUN = 0.2


def aleppo_sweep(label: str, folder: str, runs: int, workers: int) -> Numbers:
    """Sweep Aleppo; with one worker, where all happens in this process, take apart what a run costs as well."""
    from siege_sim.results.store import Store
    from siege_sim.runner import sweep as sweeping
    from siege_sim.runner import worker

    plan, target = _plan(ALEPPO, runs, Path(folder)), Store.at(Path(folder) / f"by {workers}")
    if workers > 1:
        return _swept(plan, target, workers)
    sweeping.seconds_a_run(plan)  # loads libraries and compiled code; workers of their own do so with their first run
    batch_watch, run_watch, write_watch = map(Stopwatch, (sweeping.run_batch, worker.run_tables, Store.write_part))
    with (
        mock.patch.object(sweeping, "run_batch", batch_watch),
        mock.patch.object(worker, "run_tables", run_watch),
        mock.patch.object(Store, "write_part", lambda *part: write_watch(*part)),
    ):
        found = _swept(plan, target, workers)
    costs = {"play": run_watch.seconds, "store": write_watch.seconds}
    costs["other"] = batch_watch.seconds - sum(costs.values())
    return found | {f"{name}_ms": 1000.0 * seconds / runs for name, seconds in costs.items()}


def _swept(plan: Plan, target: Store, workers: int) -> Numbers:
    """Sweep a plan and return how fast that went, and how large driver and workers were."""
    from siege_sim.runner.sweep import Driver

    found: Numbers = {"worker_mb": 0.0}

    def look(progress: SweepProgress) -> None:
        """Note the rate so far, and the memory of the workers while they are there."""
        found["runs_per_second"] = progress.runs_a_second
        sizes = [_peak_mb_of(int(worker.rpartition(":")[2])) for worker in progress.workers]
        found["worker_mb"] = max(found["worker_mb"], *sizes)

    began = time.perf_counter()
    progress = Driver(plan, target, workers, tell=look).sweep()
    wall = time.perf_counter() - began
    return found | {"runs": progress.done, "wall_seconds": wall, "driver_mb": peak_mb()}


def store(label: str, folder: str, runs_a_part: int, parts: int) -> Numbers:
    """Write a run of Aleppo to a store again and again, as a worker does with the runs of a batch."""
    from siege_sim.results.store import Store
    from siege_sim.runner.sweep import batch_of, sweep_spec
    from siege_sim.runner.worker import run_batch

    plan = _plan(ALEPPO, 2, Path(folder))
    with mock.patch.object(Store, "write_part", return_value="not written") as write_part:
        run_batch(batch_of(plan, sweep_spec(plan, folder), [0]))
    outcomes, (row,), (series,), (quarters,) = write_part.call_args.args
    target, seconds = Store.at(Path(folder) / f"parts of {runs_a_part}"), []
    for number in range(parts + 1):
        rows = [{**row, "point": number * runs_a_part + place} for place in range(runs_a_part)]
        days = [_varied(series, row["point"]) for row in rows]
        began = time.perf_counter()
        target.write_part(outcomes, rows, days, [quarters] * runs_a_part)
        seconds.append(time.perf_counter() - began)
    size = sum(file.stat().st_size for file in Path(target.where).rglob("*.parquet")) / (parts + 1)
    mean = sum(seconds[1:]) / parts  # the first part loads libraries
    return {
        "runs_a_part": runs_a_part,
        "ms_a_run": 1000.0 * mean / runs_a_part,
        "kb_a_run": size / runs_a_part / 1000.0,
    }


def _varied(series: pd.DataFrame, number: int) -> pd.DataFrame:
    """Return a table with other numbers, which a file cannot hold in less room than those of another run."""
    return series.assign(**{name: series[name] * (1.0 + 1e-4 * number) for name in series.select_dtypes("float")})


def _peak_mb_of(process: int) -> float:
    """Return the peak resident memory of a process in MB (Linux; 0 elsewhere).

    What ``getrusage`` says of a child counts the memory of its parent, from the moment in which both were one.
    """
    status = Path(f"/proc/{process}/status")
    lines = status.read_text().splitlines() if status.is_file() else []
    return next((int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM")), 0.0)


def driver(label: str, folder: str, runs: int) -> Numbers:
    """Drive a sweep of runs that are made up."""
    imports = import_seconds("siege_sim.runner.sweep")
    from siege_sim.results.store import Store
    from siege_sim.runner.sweep import Driver

    plan = _plan(MADE_UP, runs, Path(folder))
    base, began = peak_mb(), time.perf_counter()
    progress = Driver(plan, Store.at(Path(folder) / f"{runs} runs"), 2, engine=_making_up).sweep()
    wall = time.perf_counter() - began
    parts = len(list((Path(folder) / f"{runs} runs" / "runs").iterdir()))
    found = {"runs": progress.done, "parts": parts, "wall_seconds": wall, "import_seconds": imports}
    return {**found, "base_mb": base, "driver_mb": peak_mb()}


def _making_up(
    batches: Iterable[Batch],
    function: Callable[[Batch], BatchResult],
    workers: int | None,
    stopped: Callable[[], bool],
) -> Generator[tuple[int, BatchResult], None, None]:
    """Be the engine of a driver: workers make runs up instead of running them."""
    from siege_sim.runner.pool import as_completed

    yield from as_completed(batches, made_up, workers, stopped)


def made_up(batch: Batch) -> BatchResult:
    """Write the runs of a batch down without running them."""
    from siege_sim.results.store import OK, Store
    from siege_sim.runner.worker import BatchResult

    seconds, outcomes = SECONDS_OF_A_MADE_UP_RUN, batch.spec.outcomes
    rows = [
        {"key": f"{run.point:016x}{run.seed:016x}", "point": run.point, "replication": run.replication,
         "seed": run.seed, "attempt": run.attempt, "status": OK, "seconds": seconds,
         **{name: "holding" if name == "ending" else float(run.point) for name in outcomes}}
        for run in batch.runs
    ]  # fmt: skip
    part = Store.at(batch.spec.target).write_part(outcomes, rows, [], [])
    return BatchResult(f"worker:{os.getpid()}", part, len(rows), 0, seconds * len(rows))


def resume(label: str, folder: str, runs: int) -> Numbers:
    """Start a sweep again of which nothing is left to do."""
    from siege_sim.results.store import Store
    from siege_sim.runner.sweep import Driver

    plan, store = _plan(MADE_UP, runs, Path(folder)), Store.at(Path(folder) / f"{runs} runs")
    base, began = peak_mb(), time.perf_counter()
    scan = store.scan(len(plan.points), plan.runs)
    scanned = time.perf_counter() - began
    progress = Driver(plan, store, 2).sweep()
    assert scan.done.all()
    assert progress.done == progress.left == 0
    again = time.perf_counter() - began - scanned
    return {"runs": plan.runs, "scan_seconds": scanned, "again_seconds": again, "mb": peak_mb() - base}


def _plan(text: str, runs: int, folder: Path) -> Plan:
    from siege_sim.experiments.plan import load_plan

    file = folder / f"{runs} runs.yaml"
    file.write_text(text.format(runs=runs))
    return load_plan(file)


def batch(label: str, start_file: str, days: int, runs: int, processes: int) -> Numbers:
    """Play the plain-Mesa twin as often through ``mesa.batch_run``, each time with another seed."""
    import mesa

    from tests.benchmarks.twin_in_batch import TwinInBatch

    parameters: dict[str, Any] = {"start_file": start_file, "number": list(range(1, runs + 1))}
    began = time.perf_counter()
    rows = mesa.batch_run(
        TwinInBatch, parameters, number_processes=processes, max_steps=days - 1, display_progress=False
    )
    wall = time.perf_counter() - began
    assert len({row["people"] for row in rows}) > 1 or runs == 1, "all runs were one"
    return {"runs": len(rows), "wall_seconds": wall, "driver_mb": peak_mb()}
