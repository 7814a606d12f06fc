"""A run's tables: series, quarters, events, summary and manifest, as results keep them."""

from __future__ import annotations

import platform
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siege_sim._version import __version__
from siege_sim.model.but_for import NOTHING_LEFT_OUT
from siege_sim.model.model import SiegeModel
from siege_sim.model.run_outcomes import first_day, run_outcomes_of, summary_of
from siege_sim.model.version import model_version
from siege_sim.results.run import RunResult
from siege_sim.results.run_folder import WHOLE_OR_MISSING
from siege_sim.runner.versions import installed_version

if TYPE_CHECKING:
    from siege_sim.model.but_for import ButFor
    from siege_sim.model.city.map import CityMap

MANIFEST_PACKAGES = ("mesa", "numpy", "pandas", "matplotlib", "pydantic")


@dataclass(frozen=True)
class RunTables:
    """The numbers of a run, without its events, snapshots and versions: what many runs need, at a fraction of the cost.

    Attributes:
        summary: as in ``RunResult``.
        series: as in ``RunResult``.
        quarters: as in ``RunResult``; None when not asked for.
    """

    summary: dict[str, Any]
    series: pd.DataFrame = field(repr=False)
    quarters: pd.DataFrame | None = field(default=None, repr=False)


def tables_of(model: SiegeModel, with_quarters: bool = False) -> RunTables:
    """Return the numbers of a model as far as it has been run; those of ``result_of`` are the same."""
    if with_quarters:
        model.recorder.keep_last(model)
    series = _series(model)
    return RunTables(summary_of(model), series, _quarters(model) if with_quarters else None)


def result_of(model: SiegeModel, wall_seconds: float = 0.0) -> RunResult:
    """Return the result of a model as far as it has been run."""
    model.recorder.keep_last(model)
    snapshots = {name: np.stack(kept) for name, kept in model.recorder.snapshots.items()}
    return _result(model, wall_seconds, snapshots)


def result_so_far(model: SiegeModel) -> RunResult:
    """Return the result of a model that goes on: without maps, and without any change to what its recorder keeps."""
    return _result(model, 0.0, {})


def _result(model: SiegeModel, wall_seconds: float, snapshots: dict[str, np.ndarray[Any, Any]]) -> RunResult:
    return RunResult(
        summary=summary_of(model),
        manifest=_manifest(model, wall_seconds),
        snapshots=snapshots,
        _series=_series(model),
        _quarters=_quarters(model),
        _events=_events(model),
    )


def _series(model: SiegeModel) -> pd.DataFrame:
    rows = model.recorder.rows
    table = pd.DataFrame(model.recorder.values[:rows], columns=[outcome.name for outcome in model.recorder.outcomes])
    table.insert(0, "date", [model.clock.date_of(day).isoformat() for day in range(rows)])
    table.insert(1, "day", np.arange(rows))
    return table


def _quarters(model: SiegeModel) -> pd.DataFrame:
    city, recorder = model.city, model.recorder
    held = recorder.held[: recorder.rows]
    numbers = [city.map.quarters.index(quarter) for quarter in city.map.counted_quarters]
    per_quarter = {
        name: np.bincount(city.layers.quarter, weights=values, minlength=len(city.map.quarters))
        for name, values in (
            ("civilians_on_day_0", recorder.civilians_on_day_0),
            ("civilians_killed", city.layers.civilians_killed),
            ("civilians_left", city.layers.civilians_left),
        )
    }
    rows = []
    for number in numbers:
        quarter, cells = city.map.quarters[number], held[:, number]
        lost = first_day(cells < cells[0]) if cells[0] else None
        captured = _since(cells == 0) if cells[0] else None
        rows.append(
            {
                "quarter": quarter.name,
                "sector": quarter.sector,
                "holder_on_day_0": quarter.holder,
                "cells": int((city.layers.quarter == number).sum()),
                "garrison_cells_on_day_0": int(cells[0]),
                "garrison_cells_at_end": int(cells[-1]),
                "day_first_loss": lost,
                "day_captured": captured,
                "date_captured": None if captured is None else model.clock.date_of(captured).isoformat(),
                **{name: int(values[number]) for name, values in per_quarter.items()},
                "worst_ipc_phase": int(recorder.worst_ipc[number]) or None,
                "day_worst_ipc": int(recorder.worst_ipc_day[number]) or None,
            }
        )
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0]}
    whole = {name: pd.array(columns[name], dtype="Int64") for name in WHOLE_OR_MISSING}
    return pd.DataFrame(columns | whole)


def _since(mask: np.ndarray[Any, Any]) -> int | None:
    """Return the day since which ``mask`` has held without a break to the end, if it holds there."""
    if not mask[-1]:
        return None
    breaks = np.flatnonzero(~mask)
    return int(breaks[-1]) + 1 if breaks.size else 0


def _events(model: SiegeModel) -> pd.DataFrame:
    columns = ["event", "day", "date", "kind", "where", "what", "cause", "amount", "because", "facility"]
    date = model.clock.date_of
    rows = [
        (i, e.day, date(e.day).isoformat(), e.kind, e.where, e.what, e.cause, float(e.amount), e.because, e.facility)
        for i, e in enumerate(model.log.events)
    ]
    return pd.DataFrame(rows, columns=columns).astype({"because": "Int64"})


def _manifest(model: SiegeModel, wall_seconds: float) -> dict[str, Any]:
    city = model.city.map
    left_out = {} if model.but_for == NOTHING_LEFT_OUT else {"but_for": _but_for_data(model.but_for)}
    return {
        "program": "siege_sim",
        "version": __version__,
        "git_commit": _git_commit(),
        "seed": model.seed,
        **left_out,
        "scenario_digest": model.scenario.digest,
        "model_version": model_version(),
        "python": platform.python_version(),
        "packages": {name: installed_version(name) for name in MANIFEST_PACKAGES},
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "wall_seconds": round(wall_seconds, 3),
        "days_played": model.day,
        "city": {
            "name": city.name,
            "shape": list(city.shape),
            "cell_size_m": city.cell_size_m,
            "georeference": _georeference(city),
            "quarters": [quarter.name for quarter in city.quarters],
            "ground": [quarter.kind for quarter in city.quarters],
            "p_codes": {quarter.name: quarter.p_code for quarter in city.quarters if quarter.p_code},
            "besieged_quarters": [q.name for q in city.counted_quarters if q.holder == "garrison"],
            "facilities": [{"name": f.name, "kind": f.kind, "quarter": f.quarter} for f in model.facilities],
            "fighters_on_day_0": int(model.ledger.stocks["garrison"].opening),
        },
        "layers": {spec.name: {"unit": spec.unit, "doc": spec.doc} for spec in model.city.layers.specs if spec.kept},
        "outcomes": {outcome.name: outcome.about() for outcome in model.recorder.outcomes},
        "run_outcomes": {outcome.name: outcome.about() for outcome in run_outcomes_of(model.setting.sides)},
        "notes": model.scenario.notes(),
        "lineage": [step.data() for step in model.scenario.lineage],
        "scenario": model.scenario.model_dump(mode="json", by_alias=True),
    }


def _but_for_data(but_for: ButFor) -> dict[str, Any]:
    """Return what a run leaves out as plain data: without it nobody could repeat the run."""
    return {**asdict(but_for), "cells": sorted(but_for.cells)}


def _georeference(city: CityMap) -> dict[str, Any] | None:
    """Return where the map lies, as it says itself; None for a map without a corner."""
    if city.north_west_corner is None:
        return None
    return {"crs": city.reference_system, "north_west_corner": city.north_west_corner.model_dump(exclude_none=True)}


@cache
def _git_commit() -> str | None:
    """Return the commit of the source tree that runs, if it is one; asked for once, as what runs was loaded once."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None
    try:
        asked = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return asked.stdout.strip() or None
