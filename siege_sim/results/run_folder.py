"""The files of a run's folder, read and held against each other: what is damaged is named by file and row."""

from __future__ import annotations

import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siege_sim.errors import ResultError
from siege_sim.results.strict_table import AGAIN, ColumnKind, DamagedTableError, read_strict_table
from siege_sim.results.why import EventsError, causes_of
from siege_sim.schema.sides import Sides

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST_SNAPSHOTS_BYTES = 4_000_000_000

QUARTERS: Mapping[str, ColumnKind] = {
    "quarter": "text", "sector": "text", "holder_on_day_0": "text", "cells": "whole",
    "garrison_cells_on_day_0": "whole", "garrison_cells_at_end": "whole", "day_first_loss": "whole",
    "day_captured": "whole", "civilians_on_day_0": "number", "civilians_killed": "number",
    "civilians_left": "number", "worst_ipc_phase": "whole", "day_worst_ipc": "whole",
}  # fmt: skip
"""Columns that every table of quarters has."""

EVENTS: Mapping[str, ColumnKind] = {
    "day": "whole", "date": "text", "kind": "text", "where": "text", "what": "text", "cause": "text",
    "amount": "number",
}  # fmt: skip
"""Columns that every table of events has; newer ones have ``event``, ``because`` and ``facility`` too."""

WHOLE_OR_MISSING = ("day_first_loss", "day_captured", "worst_ipc_phase", "day_worst_ipc")
"""Columns of ``quarters`` that hold whole numbers or nothing."""

EVENT_TEXTS = ("where", "what", "cause", "facility")
"""Columns of ``events`` that hold text, even when no row has any."""


def read_series(file: Path, manifest: Mapping[str, Any], last_day: int) -> pd.DataFrame:
    """Read the outcomes day by day.

    Raises:
        ResultError: names file and row.
    """
    outcomes = dict.fromkeys(manifest["outcomes"], "number")
    table = read_strict_table(file, {"date": "text", "day": "whole", **outcomes})  # type: ignore[dict-item]
    unknown = [str(name) for name in table if name not in ("date", "day", *outcomes)]
    if unknown:
        raise DamagedTableError(f"{file}: the manifest says nothing of its column '{unknown[0]}'; {AGAIN}")
    start = date.fromisoformat(manifest["scenario"]["start"])
    _check_days(file, table, start)
    if len(table) != last_day + 1:
        raise DamagedTableError(f"{file}: goes to day {len(table) - 1}, but the run to day {last_day}; {AGAIN}")
    return table


def _check_days(file: Path, table: pd.DataFrame, start: date) -> None:
    for number, (day, when) in enumerate(zip(table["day"].tolist(), table["date"].tolist(), strict=True)):
        if day != number or when != (start + timedelta(days=number)).isoformat():
            raise DamagedTableError(
                f"{file}:{number + 2}: day {day} ({when}) stands where day {number} should; {AGAIN}"
            )


def read_quarters(file: Path, manifest: Mapping[str, Any]) -> pd.DataFrame:
    """Read what became of each quarter.

    Raises:
        ResultError: names file and row.
    """
    table = read_strict_table(file, QUARTERS)
    known = set(manifest["city"]["quarters"])
    for number, name in enumerate(table["quarter"].tolist()):
        if name not in known or name in table["quarter"].tolist()[:number]:
            raise DamagedTableError(f"{file}:{number + 2}: '{name}' is not a quarter, or there twice; {AGAIN}")
    needed = [name for name, kind in QUARTERS.items() if kind != "text" and name not in WHOLE_OR_MISSING]
    _refuse_gaps(file, table, needed)
    return table.astype(dict.fromkeys(WHOLE_OR_MISSING, "Int64"))


def read_run_events(file: Path, last_day: int) -> pd.DataFrame:
    """Read what happened.

    Raises:
        ResultError: names file and row.
    """
    further = _further_columns(file)
    table = read_strict_table(file, {**EVENTS, **further})
    _refuse_gaps(file, table, ["day", "date", "kind", "amount", *({"event"} & set(further))])
    days = table["day"].tolist()
    for number, day in enumerate(days):
        if not (days[number - 1] if number else 0) <= day <= last_day:
            raise DamagedTableError(f"{file}:{number + 2}: day {day} is not in its place; {AGAIN}")
    texts = [name for name in EVENT_TEXTS if name in table]
    table = table.astype({name: object for name in texts if table[name].isna().all()})
    table = table.fillna(dict.fromkeys(texts, "")).astype({"amount": float, **dict.fromkeys(texts, str)})
    if "because" in table:
        table = table.astype({"because": "Int64"})
    if {"event", "because", "facility"} <= set(table):
        _check_causes(file, table)
    return table


def _further_columns(file: Path) -> dict[str, ColumnKind]:
    """Return those columns of a table of events that older versions did not write."""
    with file.open(encoding="utf-8-sig", errors="replace") as opened:
        header = opened.readline(10_000).strip().split(",")
    newer: dict[str, ColumnKind] = {"event": "whole", "because": "whole", "facility": "text"}
    return {name: kind for name, kind in newer.items() if name in header}


def _check_causes(file: Path, table: pd.DataFrame) -> None:
    try:
        causes_of(table)
    except EventsError as error:
        raise DamagedTableError(f"{file}: {error}") from None


def _refuse_gaps(file: Path, table: pd.DataFrame, names: list[str]) -> None:
    for name in names:
        gaps = np.flatnonzero(table[name].isna().to_numpy())
        if gaps.size:
            raise DamagedTableError(f"{file}:{gaps[0] + 2}: {name}: nothing stands there; {AGAIN}")


def read_snapshots(file: Path, manifest: Mapping[str, Any], last_day: int) -> dict[str, NDArray[Any]]:
    """Read the layers that were kept.

    Raises:
        ResultError: says which layer is damaged.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
            if size > LARGEST_SNAPSHOTS_BYTES:
                raise ResultError(f"{file}: would take {size:,} bytes; {AGAIN}")
            if (damaged := packed.testzip()) is not None:
                raise ResultError(f"{file}: {damaged} is damaged; {AGAIN}")
        with np.load(file, allow_pickle=False) as stored:
            layers = {name: stored[name] for name in stored.files}
    except (ValueError, KeyError, EOFError, NotImplementedError, RuntimeError, MemoryError) as error:
        raise ResultError(f"{file}: is damaged ({error}); {AGAIN}") from None
    except (zipfile.BadZipFile, zlib.error, SyntaxError, TypeError, tokenize.TokenError) as error:
        raise ResultError(f"{file}: is damaged ({error}); {AGAIN}") from None
    _check_layers(file, layers, manifest, last_day)
    return layers


def _check_layers(file: Path, layers: Mapping[str, NDArray[Any]], manifest: Mapping[str, Any], last_day: int) -> None:
    """Check that every layer has its shape, and that codes stand for something."""
    missing = [name for name in ("day", "holder", "quarter", *manifest.get("layers", {})) if name not in layers]
    if missing:
        raise ResultError(f"{file}: has no layer '{missing[0]}'; {AGAIN}")
    days = layers["day"]
    if days.ndim != 1 or days.dtype.kind not in "iu" or not days.size:
        raise ResultError(f"{file}: day: is no list of days; {AGAIN}")
    if days.min() < 0 or days.max() > last_day or (np.diff(days) <= 0).any():
        raise ResultError(f"{file}: day: holds days that are not in the run, or not in their order; {AGAIN}")
    shape = (days.size, *manifest["city"]["shape"])
    for name, layer in layers.items():
        if name != "day" and (layer.shape != shape or layer.dtype.kind not in "iuf" or not np.isfinite(layer).all()):
            raise ResultError(f"{file}: {name}: has not the shape of the map, or holds what is no number; {AGAIN}")
    sides = 1 + len(Sides.model_validate(manifest["scenario"].get("sides", {})).by_name)
    for name, count in (("holder", sides), ("quarter", len(manifest["city"]["quarters"]))):
        if layers[name].dtype.kind not in "iu" or layers[name].min() < 0 or layers[name].max() >= count:
            raise ResultError(f"{file}: {name}: holds numbers that stand for nothing; {AGAIN}")
