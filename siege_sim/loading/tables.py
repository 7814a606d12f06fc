"""Series that a scenario file takes from tables: ``{csv: FILE, date: COLUMN, value: COLUMN}``.

The values take the table's place in the scenario's data, so a scenario, its digest and its results need no table.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from siege_sim.errors import ScenarioError, did_you_mean
from siege_sim.schema.block import KeyPath
from siege_sim.schema.series import BEFORE, CSV_KEYS, MOST_STEPS, day_of_key, not_a_day
from siege_sim.schema.yaml_file import LARGEST_FILE_BYTES, Mark

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?")


def tables_in(data: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Yield where in a scenario's data a series is to be read from a table."""
    if not isinstance(data, Mapping):
        return
    if isinstance(data.get("csv"), str) and set(data) <= CSV_KEYS:
        yield path
        return
    for key, value in data.items():
        yield from tables_in(value, (*path, key))


def read_table(file: Path, asked: Mapping[str, Any], shown: str) -> tuple[dict[str, Any], dict[str, Mark]]:
    """Read a series from a CSV file.

    Args:
        file: the file.
        asked: what the scenario says: ``date`` and ``value`` name its columns (those are their names by default), and
            ``before`` what holds before the first date.
        shown: how messages call the file.

    Returns:
        Values by day as a scenario file would have them, and the line of each.

    Raises:
        ScenarioError: names file, line, value and way out.
    """
    rows = csv.reader(io.StringIO(_text(file, shown), newline=""), strict=True)
    values: dict[str, Any] = {BEFORE: asked[BEFORE]} if BEFORE in asked else {}
    marks: dict[str, Mark] = {}
    try:
        heading = [name.strip() for name in next(rows, [])]
        places = [_column(heading, asked.get(name, name), shown) for name in ("date", "value")]
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            place = f"{shown}:{rows.line_num}"
            day, value = (_cell(row, column, heading, place) for column in places)
            if day in values or day_of_key(day) is None:
                raise ScenarioError([f"{place}: {_problem_of_day(day, marks)}"])
            values[day] = float(value) if _NUMBER.fullmatch(value) else value
            marks[day] = Mark(shown, rows.line_num)
            if len(marks) > MOST_STEPS:
                raise ScenarioError([f"{place}: a series has at most {MOST_STEPS:,} dates; leave some out"])
    except csv.Error as error:
        raise ScenarioError([f"{shown}:{rows.line_num}: not a CSV file: {error}"]) from None
    if not marks:
        raise ScenarioError([f"{shown}: has no rows below its heading; write a row 'date,value' for each change"])
    return values, marks


def _text(file: Path, shown: str) -> str:
    try:
        if (size := file.stat().st_size) > LARGEST_FILE_BYTES:
            raise ScenarioError([f"{shown}: {size:,} bytes; a table is at most {LARGEST_FILE_BYTES:,}"])
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError([f"{shown}: not a text file in UTF-8 (byte {error.start}); save it as UTF-8"]) from None
    except OSError as error:
        raise ScenarioError([f"{shown}: cannot be read: {error.strerror}"]) from None


def _column(heading: list[str], name: Any, shown: str) -> int:
    """Return the place of a column."""
    if heading.count(str(name)) == 1:
        return heading.index(str(name))
    if heading.count(str(name)) > 1:
        raise ScenarioError([f"{shown}:1: two columns are called '{name}'; rename one"])
    if len(heading) == 1 and ";" in heading[0]:
        raise ScenarioError([f"{shown}:1: its columns are separated by semicolons; save it with commas"])
    hint = did_you_mean(str(name), heading)
    raise ScenarioError([f"{shown}:1: has no column '{name}'{hint}; its columns are {', '.join(heading) or 'none'}"])


def _cell(row: list[str], column: int, heading: list[str], place: str) -> str:
    text = row[column].strip() if column < len(row) else ""
    if not text:
        raise ScenarioError([f"{place}: '{heading[column]}' is empty; fill it in, or leave the row out"])
    return text


def _problem_of_day(day: str, marks: Mapping[str, Mark]) -> str:
    if day in marks:
        return f"{day} is here and on line {marks[day].line}; keep one"
    return not_a_day(day)
