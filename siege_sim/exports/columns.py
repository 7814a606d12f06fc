"""What the columns of exported tables mean: type, unit and a sentence, for data packages and HXL rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

ColumnType = Literal["date", "integer", "number", "string", "boolean"]


@dataclass(frozen=True)
class TableColumn:
    """A column of an exported table.

    Attributes:
        type: as Table Schema calls it.
        description: what it holds, in a sentence.
        unit: of its values; empty when there is none.
        hxl: its HXL hashtag with attributes; empty for one that HXL tables leave out.
    """

    type: ColumnType
    description: str
    unit: str = ""
    hxl: str = ""


@dataclass(frozen=True)
class ExportTable:
    """A table to export, with what its columns mean.

    Attributes:
        frame: the rows.
        columns: what each column means, by name, in their order.
        description: what a row is, in a sentence.
        key: the columns whose values tell rows apart.
    """

    frame: pd.DataFrame
    columns: Mapping[str, TableColumn]
    description: str
    key: tuple[str, ...]


DATE = TableColumn("date", "The date.", hxl="#date")
DAY = TableColumn("integer", "Days since the siege's day 0.", "days", "#meta+day")
QUARTER = TableColumn("string", "The quarter.", hxl="#loc+name")
P_CODE = TableColumn("string", "The quarter's place code (P-code).", hxl="#loc+code+v_pcode")
SECTOR = TableColumn("string", "The sector that the quarter belongs to.", hxl="#region+sector+name")
HOLDER = TableColumn("string", "Which side held it.", hxl="#group+holder+name")

QUARTER_COLUMNS = {
    "quarter": QUARTER,
    "p_code": P_CODE,
    "sector": SECTOR,
    "holder_on_day_0": TableColumn("string", "Which side held it on day 0.", hxl="#group+holder+name+start"),
    "cells": TableColumn("integer", "Cells of the map.", "cells", "#indicator+cells+num"),
    "garrison_cells_on_day_0": TableColumn(
        "integer", "Cells that the garrison held on day 0.", "cells", "#indicator+cells+garrison+start+num"
    ),
    "garrison_cells_at_end": TableColumn(
        "integer", "Cells that the garrison held on the last day.", "cells", "#indicator+cells+garrison+end+num"
    ),
    "day_first_loss": TableColumn(
        "integer", "Day of the first loss of ground; missing when none was lost.", "days", "#meta+day+first_loss"
    ),
    "day_captured": TableColumn(
        "integer", "Day since which the garrison held none of it; missing when it held some to the end.", "days",
        "#meta+day+captured",
    ),
    "date_captured": TableColumn("date", "The date of that day.", hxl="#date+captured"),
    "civilians_on_day_0": TableColumn(
        "integer", "Besieged civilians on day 0.", "persons", "#population+civilians+besieged+start"
    ),
    "civilians_killed": TableColumn(
        "integer", "Civilians killed by violence since day 0.", "persons", "#affected+civilians+killed"
    ),
    "civilians_left": TableColumn(
        "integer", "Civilians who left from it since day 0.", "persons", "#affected+civilians+displaced"
    ),
    "worst_ipc_phase": TableColumn(
        "integer", "Worst phase of acute food insecurity (IPC) on the days with a stored map.", "phase",
        "#severity+ipc+max",
    ),
    "day_worst_ipc": TableColumn("integer", "The first of those days.", "days", "#meta+day+ipc+max"),
}  # fmt: skip
"""The columns of ``quarters``, in their order."""

EVENT_TABLE_COLUMNS = {
    "event": TableColumn("integer", "The event's number, from 0.", hxl="#meta+id+event"),
    "day": DAY,
    "date": DATE,
    "kind": TableColumn("string", "What kind of event it was.", hxl="#event+type"),
    "where": TableColumn("string", "In which quarter; empty for the whole city.", hxl="#loc+name"),
    "what": TableColumn("string", "What happened, in words.", hxl="#event+description"),
    "cause": TableColumn("string", "Why, in words.", hxl="#cause+description"),
    "amount": TableColumn("number", "How much or how many, in the unit of the kind.", hxl="#event+amount"),
    "because": TableColumn(
        "integer", "The number of the earlier event that brought it about; missing where none did.", hxl="#cause+id"
    ),
    "facility": TableColumn("string", "The place that it was about; empty for none.", hxl="#loc+facility+name"),
}
"""The columns of ``events``, in their order."""

RUN_IDENTITY = {
    "point": TableColumn("integer", "The point of the design, from 0.", hxl="#meta+id+point"),
    "replication": TableColumn("integer", "Which run of the point, from 0.", hxl="#meta+id+replication"),
    "seed": TableColumn("integer", "The run's seed.", hxl="#meta+id+seed"),
}
"""What tells the runs of a sweep apart."""

RUN_STATUS = {
    "status": TableColumn("string", "ok or failed.", hxl="#status"),
    "error": TableColumn("string", "Why it failed; empty when it did not.", hxl="#meta+error"),
    "ending": TableColumn("string", "How the run ended; holding when it stopped before the end.", hxl="#event+ending"),
}
"""How a run of a sweep went."""


TAGS_OF_OUTCOMES = {
    "civilians_in_pocket": "#population+civilians+besieged",
    "civilians_killed": "#affected+civilians+killed",
    "civilians_wounded": "#affected+civilians+injured",
    "displaced_inside": "#affected+civilians+displaced+inside",
    "ipc_phase": "#severity+ipc",
    "excess_deaths": "#affected+civilians+killed+excess",
}
"""Hashtags of outcomes for which humanitarian data have words; those of others follow from their declarations."""


def outcome_column(name: str, about: Mapping[str, Any]) -> TableColumn:
    """Return what the column of an outcome means, as the run or sweep declares it.

    Args:
        name: the outcome's name.
        about: its unit and label; and whether it counts deaths or departures of civilians.
    """
    attribute = name.lower()
    if name in TAGS_OF_OUTCOMES:
        tag = TAGS_OF_OUTCOMES[name]
    elif about.get("death"):
        tag = f"#affected+civilians+killed+{attribute}"
    elif about.get("departure"):
        tag = f"#affected+civilians+displaced+{attribute}"
    else:
        tag = f"#indicator+{attribute}"
    return TableColumn("number", f"{about['label']}.", str(about["unit"]), tag)


def column_by_values(values: pd.Series[Any], description: str, unit: str = "", hxl: str = "") -> TableColumn:
    """Return what a column means whose type follows from its values."""
    types: tuple[tuple[Any, ColumnType], ...] = (
        (pd.api.types.is_bool_dtype, "boolean"),
        (pd.api.types.is_integer_dtype, "integer"),
        (pd.api.types.is_numeric_dtype, "number"),
    )
    found: ColumnType = next((name for is_it, name in types if is_it(values)), "string")
    return TableColumn(found, description, unit, hxl)
