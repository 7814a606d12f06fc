"""What the columns of a sweep's Parquet files must hold: a file that is whole may still hold something else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from siege_sim.errors import cut_name

if TYPE_CHECKING:
    import pyarrow as pa

PLACE = ("point", "replication", "seed")

WHOLE_COLUMNS = {
    "runs": (*PLACE, "attempt"),
    "series": (*PLACE, "day"),
    "quarters": PLACE,
    "design.parquet": ("point",),
    "sample.parquet": (),
}
"""Columns of whole numbers that each file has, by folder or name."""

TEXT_COLUMNS = {
    "runs": ("key", "status", "error", "traceback", "values", "kept", "ending"),
    "quarters": ("quarter",),
}
"""Columns of texts that each file may have; in a row they may be empty."""

NEEDED_TEXTS = {"runs": ("key", "status", "error", "kept"), "quarters": ("quarter",)}
"""Those of them that each file has."""

NUMBERS_ALONE = ("runs", "series", "sample.parquet")
"""Files whose other columns hold numbers."""


def problems_of_columns(kind: str, table: pa.Table, columns: Sequence[str] | None) -> Iterator[str]:
    """Yield what is wrong with the columns of a file.

    Args:
        kind: its folder, or its name.
        table: what was read of it.
        columns: which columns were asked for; all when None.
    """
    import pyarrow.types as types

    whole, texts = WHOLE_COLUMNS.get(kind, ()), TEXT_COLUMNS.get(kind, ())
    for name in columns or (*whole, *NEEDED_TEXTS.get(kind, ())):
        if name not in table.column_names:
            yield f"has no column '{name}'"
    if kind == "runs" and table.num_rows == 0:
        yield "has no rows"
    if len(set(table.column_names)) < table.num_columns:
        yield "has two columns of one name"
        return
    for name in table.column_names:
        column = table[name]
        if name in whole:
            if not types.is_integer(column.type) or column.null_count:
                yield f"column '{name}' holds no whole numbers"
        elif name in texts:
            if not any(is_so(column.type) for is_so in (types.is_string, types.is_large_string, types.is_null)):
                yield f"column '{name}' holds no texts"
        elif kind in NUMBERS_ALONE and not _numbers(column.type):
            yield f"column '{cut_name(name)}' holds no numbers"


def _numbers(kind: pa.DataType) -> bool:
    import pyarrow.types as types

    return bool(types.is_integer(kind) or types.is_floating(kind))
