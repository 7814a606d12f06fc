"""The design of a sweep as analysis needs it: its kind, its factors as numbers, and which points are neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.results.numbers import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siege_sim.results.sweep import Factor, Sweep

MOST_LEVELS = 12
"""A numeric factor with more different values than these is treated as a range."""


def kind_of(sweep: Sweep) -> str:
    """Return the kind of the design: grid, one_at_a_time, latin_hypercube, sobol, morris or table."""
    design = sweep.manifest.get("design", "table")
    return str(design.get("kind", "table") if isinstance(design, dict) else design)


def moving(sweep: Sweep) -> tuple[Factor, ...]:
    """Return the factors that have more than one value in the design."""
    return tuple(factor for factor in sweep.factors if sweep.design[factor.name].nunique(dropna=False) > 1)


def sampled(sweep: Sweep) -> tuple[Factor, ...]:
    """Return the factors that a sampled design draws; the others are crossed with them."""
    if sweep.sample is None:
        return sweep.factors
    return tuple(factor for factor in sweep.factors if factor.name in sweep.sample.columns)


@dataclass(frozen=True)
class Stratum:
    """The points that share one combination of the crossed factors' values.

    Attributes:
        label: the combination in words; empty when nothing is crossed.
        rows: the rows of the design, in their order.
    """

    label: str
    rows: NDArray[np.int64]


def strata(sweep: Sweep) -> tuple[Stratum, ...]:
    """Return the strata of a sampled design: one that holds all points when nothing is crossed."""
    drawn = {factor.name for factor in sampled(sweep)}
    crossed = [factor.name for factor in sweep.factors if factor.name not in drawn]
    if not crossed:
        return (Stratum("", np.arange(len(sweep.design))),)
    table = sweep.design[crossed].reset_index(drop=True)
    groups = table.groupby(crossed, sort=False, dropna=False)
    return tuple(
        Stratum(", ".join(value_text(table[name].iloc[rows[0]]) for name in crossed), np.asarray(rows))
        for rows in groups.indices.values()
    )


def is_numeric(sweep: Sweep, factor: Factor) -> bool:
    """Return whether a factor's values are numbers (and not words, dates, or true and false)."""
    import pandas as pd

    column = sweep.design[factor.name]
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def levels(sweep: Sweep, factor: Factor) -> list[Any]:
    """Return the different values of a factor: in the order of its list, or else sorted."""
    present = list(sweep.design[factor.name].dropna().unique())
    if factor.values is not None:
        listed = [value for value in factor.values if value in present]
        if len(listed) == len(present):
            return listed
    return sorted(present, key=lambda value: (isinstance(value, str), value))


def few_levels(sweep: Sweep, factor: Factor) -> bool:
    """Return whether a factor takes few enough values to be told apart one by one."""
    return 2 <= len(levels(sweep, factor)) <= MOST_LEVELS


def coordinates(sweep: Sweep, factors: Sequence[Factor]) -> NDArray[np.float64]:
    """Return where every point lies within each factor's range, from 0 to 1, shape ``(points, factors)``.

    The values of a list lie at even distances, in their order.
    """
    return np.column_stack([_coordinate(sweep, factor) for factor in factors])


def _coordinate(sweep: Sweep, factor: Factor) -> NDArray[np.float64]:
    column = sweep.design[factor.name]
    if is_numeric(sweep, factor) and factor.values is None:
        values = column.to_numpy(dtype=float)
        low = float(np.nanmin(values)) if factor.low is None else factor.low
        high = float(np.nanmax(values)) if factor.high is None else factor.high
        return (values - low) / (high - low if high > low else 1.0)
    order = {value: place for place, value in enumerate(levels(sweep, factor))}
    return np.array([order.get(value, np.nan) for value in column], dtype=float) / max(len(order) - 1, 1)


def codes(sweep: Sweep) -> NDArray[np.int64]:
    """Return every factor's value as the number of a level, equal for equal values, missing ones included."""
    import pandas as pd

    columns = [pd.factorize(sweep.design[factor.name], use_na_sentinel=False)[0] for factor in sweep.factors]
    return np.column_stack(columns) if columns else np.zeros((len(sweep.design), 0), dtype=np.int64)


def neighbours(sweep: Sweep) -> tuple[int, dict[int, int]]:
    """Return the row that most others differ from in one factor only, and for each of these rows that factor.

    Returns:
        The row of the reference (the first of them if there are several), and ``{row: number of the factor}``.
    """
    table = codes(sweep)
    counts = [int(((table != row).sum(axis=1) == 1).sum()) for row in table[: min(len(table), 2000)]]
    reference = int(np.argmax(counts))
    different = table != table[reference]
    rows = np.flatnonzero(different.sum(axis=1) == 1)
    return reference, {int(row): int(np.argmax(different[row])) for row in rows}


def value_text(value: Any) -> str:
    """Return a factor's value as a label."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return "as it was"
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (int, float, np.number)):
        return number(float(value))
    return str(value).replace("_", " ")


def name_text(factor: Factor) -> str:
    """Return a factor's name as figures show it: a given name in words, a scenario's key without its first part."""
    if "." in factor.name:
        return factor.name.removeprefix("processes.").removeprefix("interventions.")
    return factor.name.replace("_", " ")


def in_a_list(words: Sequence[str]) -> str:
    """Return words as a list in a sentence."""
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else "none"


def with_unit(factor: Factor) -> str:
    """Return a factor's name with its unit."""
    return f"{name_text(factor)} ({factor.unit})" if factor.unit not in ("", "-", "1") else name_text(factor)


def value_with_unit(factor: Factor, value: Any) -> str:
    """Return a factor's value so that it can stand alone: a word, or a number with its unit or the factor's name."""
    if isinstance(value, (str, bool, np.bool_)):
        return value_text(value) if isinstance(value, str) else f"{name_text(factor)}: {value_text(value)}"
    if factor.unit in ("", "-", "1"):
        return f"{name_text(factor)} {value_text(value)}"
    return f"{value_text(value)} {factor.unit}"
