"""The tables of a sweep, rows in a fixed order.

What depends on when and where a run was made (its time, its place in a part) is left out, so that the same experiment
gives the same bytes, however many workers there were and however often it was stopped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from siege_sim.exports.columns import (
    DAY,
    QUARTER_COLUMNS,
    RUN_IDENTITY,
    RUN_STATUS,
    ExportTable,
    TableColumn,
    column_by_values,
    outcome_column,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from siege_sim.results.sweep import Sweep

LEFT_OUT = ("seconds",)


def runs_table(sweep: Sweep) -> pd.DataFrame:
    """Return a row a run: its place in the design, the factors' values, how it went, outcomes."""
    runs = sweep.runs.drop(columns=list(LEFT_OUT))
    factors = sweep.design.set_index("point").loc[runs["point"]].reset_index(drop=True)
    identity = ["point", "replication", "seed"]
    rest = [name for name in runs.columns if name not in identity]
    return pd.concat([runs[identity], factors, runs[rest]], axis=1)


def tables_of_sweep(sweep: Sweep) -> dict[str, ExportTable]:
    """Return every table of a sweep that has rows, by name."""
    of_a_run = ("point", "replication")
    found = {
        "design": (sweep.design, "A row a point of the design, with the factors' values.", ("point",)),
        "runs": (runs_table(sweep), "A row a run that was tried, with the values of its outcomes.", of_a_run),
        "series": (sweep.series, "A row a run and day that was kept.", (*of_a_run, "day")),
        "quarters": (sweep.quarters, "A row a run and quarter.", (*of_a_run, "quarter")),
    }
    known = _known_columns(sweep)
    return {
        name: ExportTable(frame, {str(one): _about(frame, str(one), known) for one in frame}, description, key)
        for name, (frame, description, key) in found.items()
        if len(frame)
    }


def _known_columns(sweep: Sweep) -> Mapping[str, TableColumn]:
    outcomes = {name: outcome_column(name, about) for name, about in sweep.manifest["outcomes"].items()}
    return {**outcomes, "day": DAY, **QUARTER_COLUMNS, **RUN_STATUS, **RUN_IDENTITY}


def _about(frame: pd.DataFrame, name: str, known: Mapping[str, TableColumn]) -> TableColumn:
    """Return what a column means; one that is not known is a factor's, or an outcome of a day."""
    return known.get(name) or column_by_values(frame[name], f"{name}.", hxl=f"#indicator+{_attribute(name)}")


def _attribute(name: str) -> str:
    """Return a name as an attribute of HXL: small letters, digits and underscores."""
    return "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in name.lower())
