"""Small experiments that tests sweep on one process, on several and on a cluster, and what they compare."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pandas as pd

from siege_sim.experiments.plan import Plan, load_plan
from siege_sim.exports.formats import export_results
from siege_sim.results.store import Store
from siege_sim.runner.sweep import Driver, SweepProgress
from tests.commands import wait_until

SMALL = """
name: small
title: A small experiment
base: toy_town
settings: [population.persons_per_household=50]
days: 8
uncertainties: {processes.sorties.per_day: {low: 2, high: 8, steps: 2}}
levers: {trucks: {key: interventions.aid_convoys.trucks, values: [0, 2]}}
design: {kind: grid}
replications: 3
series: {every_days: 4}
quarters: true
"""
LARGER = SMALL.replace("replications: 3", "replications: 12").replace("days: 8", "days: 30")


def written(folder: Path, text: str, name: str = "small.yaml") -> Path:
    file = folder / name
    file.write_text(text)
    return file


def sweep(plan: Plan | Path, folder: Path, workers: int = 1, **options) -> SweepProgress:
    plan = plan if isinstance(plan, Plan) else load_plan(plan)
    return Driver(plan, Store.at(folder), workers, **options).sweep()


def rows_of(part: Path) -> pd.DataFrame:
    return pd.read_parquet(part)


def exported(folder: Path) -> dict[str, bytes]:
    """Return every exported table as bytes."""
    out = folder.with_name(f"{folder.name}-export-{time.monotonic_ns()}")
    export_results(str(folder), "parquet", out)
    return {file.name: file.read_bytes() for file in sorted(out.iterdir())}


def wait_for_parts(folder: Path, count: int, process: subprocess.Popen[str]) -> None:
    wait_until(lambda: len(list(folder.glob("runs/*.parquet"))) >= count, process)
