"""Many runs as one table, a row a run: what a sweep has left, or many runs of one scenario."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import yaml

from siege_sim.errors import ResultError
from siege_sim.results.files import refuse_older
from siege_sim.results.store import MANIFEST, OK, SCENARIOS, Store, read_sweep
from siege_sim.schema.lineage import LINEAGE_KEY

HOLDS_ENSEMBLE = "ensemble"

IN_AN_ENSEMBLE = ("days", "start", "last_day")
"""What is said of how many runs of one scenario were made, as their manifest has it."""


@dataclass(frozen=True)
class RunTable:
    """Many runs.

    Attributes:
        holds: what they are of.
        name: of the experiment or scenario.
        facts: how they were made, by name: design, replications, days and the like.
        scenarios: the scenarios that they begin with, as plain data; by the name of the policy in a sweep.
        about: unit and label of outcomes, as far as the folder says them.
        keys: the columns of `runs` that tell one from another; the seed is always among them.
        runs: a row a run that succeeded: the keys, then outcomes.
    """

    holds: Literal["sweep", "ensemble"]
    name: str
    facts: Mapping[str, Any]
    scenarios: Mapping[str, Any]
    about: Mapping[str, Mapping[str, str]]
    keys: tuple[str, ...]
    runs: pd.DataFrame = field(repr=False)


def read_run_table(target: str) -> RunTable:
    """Read many runs of one scenario, or a sweep.

    Args:
        target: the folder that `siege-sim run --runs` wrote; the folder or URL of a sweep.

    Raises:
        ResultError: it holds neither, an older version wrote it, or a part is missing or damaged.
    """
    manifest = Path(target) / MANIFEST
    try:
        data = json.loads(manifest.read_text("utf-8"))
    except (OSError, ValueError):
        data = None
    holds_ensemble = isinstance(data, dict) and data.get("holds") == HOLDS_ENSEMBLE
    return _ensemble(Path(target), data) if holds_ensemble else _sweep(target)


def _ensemble(folder: Path, manifest: Mapping[str, Any]) -> RunTable:
    try:
        runs = pd.read_csv(folder / "runs.csv", dtype={"ending": str})
        scenario = yaml.safe_load((folder / "scenario.yaml").read_text("utf-8"))
        refuse_older(manifest["made_by"], runs.columns, folder)
        numbers = [*manifest["deaths"], *manifest["fates"]]
        about = {one["name"]: {"label": one["label"], "unit": one["unit"]} for one in numbers}
        facts = {"model": manifest["made_by"]["version"], **{key: manifest.get(key) for key in IN_AN_ENSEMBLE}}
        scenario.pop(LINEAGE_KEY, None)
        name = str(manifest["scenario"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise ResultError(f"{folder}: not complete: {error}; give a folder that `siege-sim run --runs` wrote") from None
    return RunTable("ensemble", name, facts, {"": scenario}, about, ("seed",), runs)


def _sweep(target: str) -> RunTable:
    sweep = read_sweep(target)
    made = sweep.manifest
    factors = tuple(factor.name for factor in sweep.factors)
    done = sweep.runs[sweep.runs["status"] == OK].merge(sweep.design, on="point", suffixes=("", "_of_design"))
    about = {name: {"label": one["label"], "unit": one["unit"]} for name, one in made["outcomes"].items()}
    facts = {"model": made["model_version"], **made["experiment"]}
    for key in ("name", "title", "summary"):
        facts.pop(key, None)
    scenarios = json.loads(Store.at(target).storage.read(SCENARIOS))
    kept = done[[*factors, "seed", *(name for name in about if name in done)]]
    return RunTable("sweep", str(made["name"]), facts, scenarios, about, (*factors, "seed"), kept)
