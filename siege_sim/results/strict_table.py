"""CSV tables of results, read so that damage is named by file, row and column instead of being carried on.

A table is read once by its rows, which must be whole, and once as columns, which must hold what they are to hold.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from siege_sim.errors import ResultError, cut_name
from siege_sim.schema.values import as_written

ColumnKind = Literal["text", "number", "whole"]
"""What a column holds: text; numbers, where there are any; whole numbers, likewise."""

LARGEST_TABLE_BYTES = 200_000_000
LARGEST_NUMBER = 1e18
"""No run writes a number beyond it."""

AGAIN = "the file was changed or is damaged; run the scenario again"
"""The way out for whoever reads it."""


class DamagedTableError(ResultError):
    """A table that does not hold what a run or sweep writes; the message names file, row and column."""


def read_strict_table(file: Path, columns: Mapping[str, ColumnKind]) -> pd.DataFrame:
    """Read a CSV table.

    Args:
        file: the table.
        columns: those that must be there, and what they hold; others are taken as they come.

    Raises:
        DamagedTableError: names file, row and column of the first thing that is wrong.
        OSError: the file cannot be read.
    """
    text = _text_of(file)
    lines = _lines_of_rows(file, text)
    texts = {name: str for name, kind in columns.items() if kind == "text"}
    table = pd.read_csv(io.StringIO(text), keep_default_na=True, dtype=texts)
    missing = [name for name in columns if name not in table]
    if missing:
        raise DamagedTableError(f"{file}: has no column '{missing[0]}'; {AGAIN}")
    for name, kind in columns.items():
        if kind != "text":
            _check_numbers(file, table[name], kind, lines)
    return table


def _text_of(file: Path) -> str:
    if file.stat().st_size > LARGEST_TABLE_BYTES:
        raise DamagedTableError(f"{file}: has more than {LARGEST_TABLE_BYTES:,} bytes; {AGAIN}")
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DamagedTableError(f"{file}: is no text in UTF-8 (byte {error.start}); {AGAIN}") from None


def _lines_of_rows(file: Path, text: str) -> list[int]:
    """Return the line at which each row ends, and check that every row has a cell for each column."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[int] = []
    try:
        header = next(reader, [])
        twice = [name for place, name in enumerate(header) if name in header[:place]]
        if not header or twice:
            problem = f"two columns are called '{cut_name(twice[0])}'" if twice else "the file is empty"
            raise DamagedTableError(f"{file}: {problem}; {AGAIN}")
        for row in reader:
            if len(row) != len(header):
                cells = f"has {len(row)} cells, the header has {len(header)}"
                raise DamagedTableError(f"{file}:{reader.line_num}: {cells}; {AGAIN}")
            lines.append(reader.line_num)
    except csv.Error as error:
        raise DamagedTableError(f"{file}:{reader.line_num}: is no row of a table ({error}); {AGAIN}") from None
    return lines


def _check_numbers(file: Path, column: pd.Series[Any], kind: ColumnKind, lines: list[int]) -> None:
    """Check that a column holds numbers, whole ones if they are to be, or nothing."""
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    there = column.notna().to_numpy()
    wrong = there & ~(np.abs(numbers) <= LARGEST_NUMBER)
    if column.dtype == bool:
        wrong = there
    if kind == "whole":
        with np.errstate(invalid="ignore"):
            wrong |= there & (numbers != np.floor(numbers))
    for row in itertools.islice(np.flatnonzero(wrong), 1):
        what = "a whole number" if kind == "whole" else "a number"
        value = as_written(column.iloc[row])
        raise DamagedTableError(f"{file}:{lines[row]}: {column.name}: {value} is not {what}; {AGAIN}")
