"""Many runs as one table, a row a run: what a sweep has left, or many runs of one scenario."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field

from siege_sim.errors import ResultError
from siege_sim.results.files import refuse_older
from siege_sim.results.run_manifest import check_kept
from siege_sim.results.storage import first_line
from siege_sim.results.store import MANIFEST, OK, SCENARIOS, Store, read_sweep
from siege_sim.results.strict_table import AGAIN, ColumnKind, read_strict_table
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


class _Counted(BaseModel):
    """An outcome of many runs: a cause of death, or what became of people."""

    model_config = ConfigDict(strict=True)

    name: str
    label: str
    unit: str


class _EnsembleManifest(BaseModel):
    """What the manifest of many runs must hold for its readers."""

    model_config = ConfigDict(extra="allow", strict=True)

    scenario: str
    made_by: dict[str, Any]
    deaths: list[_Counted]
    fates: list[_Counted]
    days: Annotated[int, Field(ge=1, le=3650)] | None = None
    start: str | None = None
    last_day: Annotated[int, Field(ge=0, le=3650)] | None = None


def _ensemble(folder: Path, manifest: Mapping[str, Any]) -> RunTable:
    check_kept(folder / MANIFEST, _EnsembleManifest, manifest)
    refuse_older(manifest["made_by"], ("ending",), folder)
    numbers = [*manifest["deaths"], *manifest["fates"]]
    counted: dict[str, ColumnKind] = {one["name"]: "number" for one in numbers}
    try:
        runs = read_strict_table(folder / "runs.csv", {**counted, "seed": "whole", "ending": "text"})
        scenario = yaml.safe_load((folder / "scenario.yaml").read_text("utf-8"))
    except OSError as error:
        raise ResultError(f"{error.filename or folder}: cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise ResultError(f"{folder / 'scenario.yaml'}: is no scenario ({first_line(error)}); {AGAIN}") from None
    if not isinstance(scenario, dict):
        raise ResultError(f"{folder / 'scenario.yaml'}: is no block of keys; {AGAIN}")
    about = {one["name"]: {"label": one["label"], "unit": one["unit"]} for one in numbers}
    facts = {"model": manifest["made_by"].get("version"), **{key: manifest.get(key) for key in IN_AN_ENSEMBLE}}
    scenario.pop(LINEAGE_KEY, None)
    return RunTable("ensemble", manifest["scenario"], facts, {"": scenario}, about, ("seed",), runs)


def _sweep(target: str) -> RunTable:
    sweep = read_sweep(target)
    made = sweep.manifest
    factors = tuple(factor.name for factor in sweep.factors)
    done = sweep.runs[sweep.runs["status"] == OK].merge(sweep.design, on="point", suffixes=("", "_of_design"))
    about = {name: {"label": one["label"], "unit": one["unit"]} for name, one in made["outcomes"].items()}
    facts = {"model": made["model_version"], **made["experiment"]}
    for key in ("name", "title", "summary"):
        facts.pop(key, None)
    scenarios = _scenarios(target)
    kept = done[[*factors, "seed", *(name for name in about if name in done)]]
    return RunTable("sweep", str(made["name"]), facts, scenarios, about, (*factors, "seed"), kept)


def _scenarios(target: str) -> dict[str, Any]:
    """Return the scenarios of a sweep, by policy."""
    try:
        found = json.loads(Store.at(target).storage.read(SCENARIOS))
    except (FileNotFoundError, ValueError, RecursionError) as error:
        raise ResultError(f"{target}/{SCENARIOS}: cannot be read ({first_line(error)}); {AGAIN}") from None
    if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
        raise ResultError(f"{target}/{SCENARIOS}: holds no scenarios; {AGAIN}")
    return found
