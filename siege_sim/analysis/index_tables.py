"""Sensitivity indices as one table: a row an index, with the interval, for other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from siege_sim.analysis.findings import FigureFindings
    from siege_sim.analysis.sensitivity import Indices

INDEX_COLUMNS = (
    "method", "outcome", "label", "unit", "stratum", "factor", "with_factor", "index", "value", "low", "high", "blocks",
)  # fmt: skip
"""The columns of ``indices.csv``; ``low`` and ``high`` are the ends of the 95 % interval, if there is one."""


def indices_of(figures: Sequence[FigureFindings]) -> list[tuple[str, Indices]]:
    """Return what a report shows of global sensitivity: the method, and the indices of one quantity each."""
    return [(part.figure, one.shows) for part in figures if part.figure in ("sobol", "morris") for one in part.findings]


def indices_table(figures: Sequence[FigureFindings]) -> pd.DataFrame:
    """Return every index that a report shows, a row each: those of pairs name the second factor too."""
    rows = [row for method, found in indices_of(figures) for row in _rows(method, found)]
    return pd.DataFrame(rows, columns=list(INDEX_COLUMNS))


def _rows(method: str, found: Indices) -> Iterator[tuple[Any, ...]]:
    quantity = found.quantity
    about = (method, quantity.name, quantity.label, quantity.unit if method == "morris" else "share", found.stratum)
    for name, values in found.values.items():
        reach = found.reach.get(name, np.full(len(values), np.nan))
        for factor, value, half in zip(found.factors, values.tolist(), reach.tolist(), strict=True):
            yield *about, factor.name, "", name, value, value - half, value + half, found.blocks
    for first, second, value, half in found.pairs:
        yield *about, first, second, "S2", value, value - half, value + half, found.blocks
