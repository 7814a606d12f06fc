"""The tables of a run: its own, and its quarters and cells on every day with a stored map."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siege_sim.exports.columns import (
    DATE,
    DAY,
    EVENT_TABLE_COLUMNS,
    HOLDER,
    P_CODE,
    QUARTER,
    QUARTER_COLUMNS,
    SECTOR,
    ExportTable,
    TableColumn,
    column_by_values,
    outcome_column,
)
from siege_sim.results.cell_grid import CellGrid
from siege_sim.results.layers import side_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siege_sim.results.run import RunResult

SUMS = {
    "civilians": TableColumn("number", "Besieged civilians that morning.", "persons", "#population+civilians+besieged"),
    "defenders": TableColumn("number", "Fighters of the holder who manned it.", "fighters", "#indicator+defenders+num"),
    "impacts_so_far": TableColumn(
        "integer", "Heavy impacts since day 0.", "impacts", "#indicator+heavy_impacts+cumulative+num"
    ),
}
"""Layers of which a quarter has the sum over its cells."""

MEANS = {
    "rubble": TableColumn("number", "Share of the floor area that lies in ruins.", "share", "#indicator+rubble+share"),
    "danger": TableColumn("number", "Recent fire, from 0 to 1; fades with time.", "0-1", "#indicator+danger"),
}
"""Layers of which a quarter has the mean over its cells."""


def tables_of_run(result: RunResult) -> dict[str, ExportTable]:
    """Return every table of a run by name."""
    return {
        "series": series_table(result),
        "quarters": quarters_table(result),
        "quarters_by_day": quarters_by_day(result),
        "cells_by_day": cells_by_day(result),
        "events": ExportTable(result.events, EVENT_TABLE_COLUMNS, "A row an event.", ("event",)),
    }


def series_table(result: RunResult) -> ExportTable:
    """Return the outcomes day by day."""
    outcomes = {name: outcome_column(name, about) for name, about in result.manifest["outcomes"].items()}
    return ExportTable(result.series, {"date": DATE, "day": DAY, **outcomes}, "A row a day, from day 0.", ("day",))


def quarters_table(result: RunResult) -> ExportTable:
    """Return what became of each quarter, with its P-code where the map gives any."""
    frame, codes = result.quarters, result.manifest["city"].get("p_codes") or {}
    if codes:
        frame.insert(1, "p_code", [codes.get(name, "") for name in frame["quarter"]])
    known = {name: QUARTER_COLUMNS[name] for name in map(str, frame) if name in QUARTER_COLUMNS}
    return ExportTable(frame[list(known)], known, "A row a quarter, for the whole run.", ("quarter",))


def quarters_by_day(result: RunResult) -> ExportTable:
    """Return the quarters on every day with a stored map: who held how many cells, people, damage."""
    frame = pd.concat([_quarters_on(result, index) for index in range(len(result.snapshots["day"]))], ignore_index=True)
    return ExportTable(frame, _about_quarters_by_day(frame), _on_stored_days("quarter"), ("day", "quarter"))


def _quarters_on(result: RunResult, index: int) -> pd.DataFrame:
    """Return a row a quarter for one stored map; water and bridges are no quarters."""
    shots, city = result.snapshots, result.manifest["city"]
    quarter, day = shots["quarter"][0].ravel(), int(shots["day"][index])
    sectors = result.quarters.set_index("quarter")["sector"]
    numbers = np.array([number for number in np.unique(quarter) if city["quarters"][number] in sectors.index])
    cells = np.bincount(quarter)[numbers]
    names, codes = [str(city["quarters"][number]) for number in numbers], city.get("p_codes") or {}
    columns: dict[str, Any] = {"date": str(result.series["date"].iloc[day]), "day": day, "quarter": names}
    columns |= {"p_code": [codes.get(name, "") for name in names]} if codes else {}
    columns |= {"sector": sectors.loc[names].fillna("").to_numpy(), "cells": cells}

    def total(values: Any) -> Any:
        return np.bincount(quarter, weights=values.ravel())[numbers]

    holder = shots["holder"][index]
    for code, side in enumerate(side_names(result.sides)):
        columns[f"cells_{side}"] = total(holder == code).astype(np.int64)
    for name in SUMS:
        columns[name] = total(shots[name][index]).astype(shots[name].dtype)
    for name in MEANS:
        columns[name] = total(shots[name][index]) / cells
    return pd.DataFrame(columns)


def _on_stored_days(what: str) -> str:
    return f"A row a {what} and day, on the days whose map is stored (snapshot_every_days, and the last day)."


def _about_quarters_by_day(frame: pd.DataFrame) -> Mapping[str, TableColumn]:
    sides = [name.removeprefix("cells_") for name in map(str, frame) if name.startswith("cells_")]
    held = {
        f"cells_{side}": TableColumn("integer", f"Cells held by {side}.", "cells", f"#indicator+cells+{side}+num")
        for side in sides
    }
    about = {"date": DATE, "day": DAY, "quarter": QUARTER, "p_code": P_CODE, "sector": SECTOR, **held, **SUMS, **MEANS}
    about["cells"] = QUARTER_COLUMNS["cells"]
    return {name: about[name] for name in map(str, frame)}


def cells_by_day(result: RunResult) -> ExportTable:
    """Return the cells on every day with a stored map: where each lies, who held it, and the other layers."""
    shots, grid = result.snapshots, CellGrid.of(result.manifest["city"])
    days, names = shots["day"], np.array(result.manifest["city"]["quarters"], dtype=object)
    count = grid.rows * grid.columns
    place = cell_places(grid)
    frame = pd.DataFrame(
        {
            "date": np.repeat(result.series["date"].iloc[days].astype(str).to_numpy(), count),
            "day": np.repeat(days, count),
            **{name: np.tile(values, len(days)) for name, values in place.items()},
            "quarter": names[shots["quarter"].ravel()],
            "holder": np.array(side_names(result.sides), dtype=object)[shots["holder"].ravel()],
        }
    )
    layers = result.manifest.get("layers", {})
    further = [name for name in shots if name not in ("day", "quarter", "holder")]
    columns = {"date": DATE, "day": DAY, **CELL_COLUMNS, "quarter": QUARTER, "holder": HOLDER}
    for name in further:
        frame[name] = shots[name].ravel()
        about = layers.get(name, {})
        columns[name] = column_by_values(frame[name], str(about.get("doc", name)), str(about.get("unit", "")))
    if grid.crs is not None:
        columns |= {f"{axis}_m": replace(columns[f"{axis}_m"], unit=f"m ({grid.crs})") for axis in "xy"}
    return ExportTable(frame, columns, _on_stored_days("cell"), ("day", "cell"))


CELL_COLUMNS = {
    "cell": TableColumn("integer", "The cell's number, row by row from the north-west, from 0."),
    "row": TableColumn("integer", "Its row, from 0 in the north."),
    "column": TableColumn("integer", "Its column, from 0 in the west."),
    "x_m": TableColumn("number", "Where its middle lies: metres east.", "m (local)"),
    "y_m": TableColumn("number", "Where its middle lies: metres north.", "m (local)"),
}
"""Where a cell lies."""


def cell_places(grid: CellGrid) -> dict[str, Any]:
    """Return where the cells lie, by the names of `CELL_COLUMNS`; row by row from the north-west."""
    x, y = (axis.ravel() for axis in np.meshgrid(grid.x, grid.y))
    cell = np.arange(grid.rows * grid.columns)
    return {"cell": cell, "row": cell // grid.columns, "column": cell % grid.columns, "x_m": x, "y_m": y}
