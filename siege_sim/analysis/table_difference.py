"""Two sets of many runs side by side: how they were made, and how the runs differ that have the same seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siege_sim.analysis.comparison.compared import usual_place
from siege_sim.analysis.intervals import Estimate, mean_of, paired_difference
from siege_sim.analysis.run_difference import same_numbers
from siege_sim.results.endings import ENDING, ending_texts
from siege_sim.results.numbers import NOTHING, number, percent, unit_text

if TYPE_CHECKING:
    from siege_sim.results.run_table import RunTable

LONGEST_FACT = 60
"""Characters of how something was made, in words."""


@dataclass(frozen=True)
class DifferingMean:
    """An outcome that is not the same in all pairs of runs.

    Attributes:
        name: its name.
        label: what tables call it; its name where the folders do not say.
        unit: its unit, if they say it.
        first: its mean in the first set, over the pairs.
        second: likewise in the second.
        difference: the mean difference of the pairs, second less first.
    """

    name: str
    label: str
    unit: str
    first: float
    second: float
    difference: Estimate


@dataclass(frozen=True)
class TableDifference:
    """What two sets of runs do not have in common.

    Attributes:
        names: what they are called.
        counts: how many runs each has.
        facts: how they were made, by name, where it is not the same: in words.
        keys: by what runs are paired.
        pairs: how many runs have a counterpart; none where what differs between runs is not the same in both.
        differing: how many pairs differ in anything.
        endings: share of the pairs by ending, in the first and the second set.
        means: outcomes that differ, what is usually compared first.
    """

    names: tuple[str, str]
    counts: tuple[int, int]
    facts: Mapping[str, tuple[str, str]]
    keys: tuple[str, ...]
    pairs: int
    differing: int
    endings: Mapping[str, tuple[float, float]]
    means: tuple[DifferingMean, ...]

    @property
    def sentences(self) -> list[str]:
        """It in words."""
        return [*self._made(), *self._paired()]

    def _made(self) -> Iterator[str]:
        yield f"{self.names[0]} has {self.counts[0]:,} runs, {self.names[1]} {self.counts[1]:,}."
        for name, (first, second) in self.facts.items():
            yield f"{name}: {first} in {self.names[0]}, {second} in {self.names[1]}."

    def _paired(self) -> Iterator[str]:
        by = " and ".join(self.keys)
        if not self.pairs:
            yield f"No run of one has a counterpart in the other (the same {by}), so nothing is said of single runs."
            return
        if not self.differing:
            yield f"{self.pairs:,} runs have a counterpart (the same {by}), and are the same in both."
            return
        yield f"{self.pairs:,} runs have a counterpart (the same {by}); {self.differing:,} of them are not the same."
        for name, (first, second) in self.endings.items():
            if first != second:
                yield f"{ending_texts(name).outcome}: {percent(first)} and {percent(second)} of these runs."

    def data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def mean_line(one: DifferingMean) -> tuple[str, str, str, str]:
    """Return an outcome as cells of a table: label with unit, both means, and the difference with its interval."""
    unit = f" ({unit_text(one.unit)})" if one.unit else ""
    said = one.difference.text(one.unit)
    clear = "" if said == NOTHING or one.difference.clear_of_zero else " (not clear)"
    return f"{one.label}{unit}", number(one.first, one.unit), number(one.second, one.unit), f"{said}{clear}"


def table_difference(first: RunTable, second: RunTable, names: tuple[str, str]) -> TableDifference:
    """Compare two sets of runs, pair by pair where runs have the same seed and the same point.

    Args:
        first: a set.
        second: another one, of the same kind.
        names: what they are called.
    """
    same_keys = set(first.keys) == set(second.keys)
    paired = _paired(first, second) if same_keys else pd.DataFrame()
    shared = [str(name) for name in first.runs if name in second.runs and name not in first.keys]
    unlike = {name: _unlike(paired, name) for name in shared} if len(paired) else {}
    differing = int(np.any(list(unlike.values()), axis=0).sum()) if unlike else 0
    return TableDifference(
        names=names,
        counts=(len(first.runs), len(second.runs)),
        facts=dict(_facts(first.facts, second.facts)),
        keys=first.keys,
        pairs=len(paired),
        differing=differing,
        endings=_endings(paired) if ENDING in unlike else {},
        means=tuple(_means(first, paired, [name for name, rows in unlike.items() if rows.any()])),
    )


def _paired(first: RunTable, second: RunTable) -> pd.DataFrame:
    """Return a row a pair; columns of the second set end in ``_2``."""
    keys = list(first.keys)
    return first.runs.merge(second.runs, on=keys, suffixes=("_1", "_2")).drop_duplicates(keys)


def _unlike(paired: pd.DataFrame, name: str) -> Any:
    one, other = paired[f"{name}_1"], paired[f"{name}_2"]
    if _is_number(one) and _is_number(other):
        return ~same_numbers(one.astype(float), other.astype(float))
    return (one.fillna("").astype(str) != other.fillna("").astype(str)).to_numpy()


def _is_number(column: pd.Series[Any]) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column))


def _facts(first: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    for name in dict.fromkeys((*first, *second)):
        values = first.get(name), second.get(name)
        if values[0] != values[1]:
            yield name.replace("_", " "), (_fact(values[0]), _fact(values[1]))


def _fact(value: Any) -> str:
    """Return how something was made, in words."""
    if value in (None, "", [], {}):
        return "none"
    if isinstance(value, Mapping):
        value = ", ".join(f"{key}: {_fact(item)}" for key, item in value.items() if item is not None)
    elif isinstance(value, list | tuple):
        value = ", ".join(map(_fact, value))
    text = str(value)
    return text if len(text) <= LONGEST_FACT else f"{text[: LONGEST_FACT - 4]} ..."


def _endings(paired: pd.DataFrame) -> dict[str, tuple[float, float]]:
    one, other = paired[f"{ENDING}_1"], paired[f"{ENDING}_2"]
    return {
        str(name): (float((one == name).mean()), float((other == name).mean()))
        for name in sorted({*one.dropna(), *other.dropna()})
    }


def _means(first: RunTable, paired: pd.DataFrame, names: list[str]) -> Iterator[DifferingMean]:
    for name in sorted(names, key=usual_place):
        one, other = paired[f"{name}_1"], paired[f"{name}_2"]
        if not (_is_number(one) and _is_number(other)):
            continue
        values = one.to_numpy(dtype=float), other.to_numpy(dtype=float)
        about = first.about.get(name, {})
        yield DifferingMean(
            name,
            about.get("label", name),
            about.get("unit", ""),
            mean_of(values[0]).value,
            mean_of(values[1]).value,
            paired_difference(values[1], values[0]),
        )
