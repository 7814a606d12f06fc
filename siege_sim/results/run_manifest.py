"""What the manifest of a run or sweep must hold for its readers: checked before anything else is read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from siege_sim.errors import ResultError, ScenarioError
from siege_sim.results.strict_table import AGAIN
from siege_sim.schema.lineage import lineage_of_data
from siege_sim.schema.messages import problem_lines
from siege_sim.schema.sides import Sides
from siege_sim.schema.yaml_file import Document, Mark

LARGEST_MANIFEST_BYTES = 50_000_000

_Count = Annotated[int, Field(ge=0, le=10**9)]
_Number = Annotated[float, Field(ge=-1e18, le=1e18)]


class _Kept(BaseModel):
    """A part of a manifest: what readers need of it, beside what else is there."""

    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False, frozen=True, protected_namespaces=())


class _About(_Kept):
    unit: str
    label: str
    death: Literal["violent", "other"] | None = None
    departure: bool = False


class _Layer(_Kept):
    unit: str
    doc: str


class _Facility(_Kept):
    name: str
    kind: str
    quarter: str


class _City(_Kept):
    name: str
    shape: Annotated[list[Annotated[int, Field(ge=1, le=10_000)]], Field(min_length=2, max_length=2)]
    cell_size_m: Annotated[float, Field(ge=0.1, le=1e6)]
    quarters: list[str]
    facilities: list[_Facility] = []
    p_codes: dict[str, str] | None = None
    besieged_quarters: list[str] = []
    ground: list[str] = []
    fighters_on_day_0: _Number = 0.0
    georeference: dict[str, Any] | None = None


class _Scenario(_Kept):
    name: str
    title: str
    summary: str = ""
    start: str
    days: Annotated[int, Field(ge=1, le=3650)]


class _RunManifest(_Kept):
    version: str
    seed: Annotated[int, Field(ge=0)]
    scenario_digest: str
    model_version: str = ""
    wall_seconds: _Number = 0.0
    city: _City
    outcomes: dict[str, _About]
    run_outcomes: dict[str, _About] = {}
    layers: dict[str, _Layer] = {}
    notes: list[str] = []
    packages: dict[str, str] = {}
    scenario: _Scenario


class _Summary(_Kept):
    ending: str
    end_day: _Count
    end_date: str = ""


class _Factor(_Kept):
    name: str
    role: Literal["uncertainty", "lever"]
    keys: list[str]
    unit: str
    low: _Number | None
    high: _Number | None
    values: list[float | int | str | bool] | None


class _Design(_Kept):
    kind: str
    points: Annotated[int, Field(ge=1, le=10**9)]
    sampled: bool = False
    crossed: list[str] = []


class SweepManifest(_Kept):
    """What the manifest of a sweep must hold for its readers."""

    version: str
    model_version: str
    name: str
    title: str
    outcomes: dict[str, dict[str, Any]]
    design: _Design
    replications: Annotated[int, Field(ge=1, le=10**9)]
    factors: list[_Factor]
    policy_factor: str | None
    fingerprint: dict[str, str]


def read_manifest(file: Path) -> dict[str, Any]:
    """Read a manifest of any kind as plain data.

    Raises:
        ResultError: it is no JSON block.
        OSError: it cannot be read.
    """
    if file.stat().st_size > LARGEST_MANIFEST_BYTES:
        raise ResultError(f"{file}: has more than {LARGEST_MANIFEST_BYTES:,} bytes; {AGAIN}")
    try:
        data = json.loads(file.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ResultError(f"{file}: is no JSON ({error}); {AGAIN}") from None
    if not isinstance(data, dict):
        raise ResultError(f"{file}: is no block of keys; {AGAIN}")
    return data


def check_run_manifest(file: Path, manifest: Mapping[str, Any], summary: Mapping[str, Any]) -> None:
    """Check a run's manifest and its summary.

    Raises:
        ResultError: names the key of everything that is wrong.
    """
    check_kept(file, _RunManifest, manifest)
    check_kept(file, _Summary, summary)
    for name in manifest["outcomes"]:
        value = summary.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ResultError(f"{file}: summary.{name}: is not a number; {AGAIN}")
    try:
        date.fromisoformat(manifest["scenario"]["start"])
        lineage_of_data(manifest.get("lineage"))
        Sides.model_validate(manifest["scenario"].get("sides", {}))
    except ValueError as error:
        reason = "sides of its scenario" if isinstance(error, ValidationError) else str(error)
        raise ResultError(f"{file}: cannot be read: {reason}; {AGAIN}") from None


def check_kept(file: Path | str, kind: type[BaseModel], data: Any) -> None:
    """Check plain data against what must be in it.

    Raises:
        ResultError: names file and key of everything that is wrong.
    """
    try:
        kind.model_validate(data)
    except ValidationError as error:
        lines = problem_lines(error, Document(data, {(): Mark(str(file))}))
        raise ResultError("\n".join(ScenarioError(f"{line}; {AGAIN}" for line in lines).problems)) from None
