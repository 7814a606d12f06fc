"""Quantities: what can be measured on each run of a sweep, as numbers with label and unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from siege_sim.errors import ResultError, did_you_mean
from siege_sim.results.endings import ENDING, ending_texts
from siege_sim.results.numbers import is_share, unit_text

if TYPE_CHECKING:
    from siege_sim.analysis.intervals import Estimate
    from siege_sim.results.sweep import Sweep

BOOKKEEPING = ("point", "replication", "seed", "status", "error", "seconds")
"""Columns of ``Sweep.runs`` that are no outcomes."""

DEFAULT_QUANTITIES = (
    "end_day",
    "excess_deaths",
    "civilians_killed",
    "died_of_hunger",
    "person_days_of_hunger",
    "days_to_half",
)
"""What a report shows by default, in this order, as far as it was kept."""

MOST_BY_DEFAULT = 3


@dataclass(frozen=True)
class Quantity:
    """A number of every run.

    Attributes:
        name: how it is asked for.
        label: what it is, in words.
        unit: of its values.
        column: the column of ``Sweep.runs`` it is read from.
        ending: for a share of runs, the word in that column that counts.
    """

    name: str
    label: str
    unit: str
    column: str
    ending: str | None = None

    @property
    def is_share(self) -> bool:
        """Whether it is 1 in some runs and 0 in the others, so that its mean is a share of runs."""
        return self.ending is not None

    @property
    def shown_unit(self) -> str:
        """The unit in which pages and figures show it: shares are in per cent."""
        return unit_text(self.unit)

    @property
    def difference_unit(self) -> str:
        """The unit of a difference: two days of the calendar are some days apart."""
        return "percentage points" if is_share(self.unit) else "days" if self.unit == "day" else self.unit

    @property
    def scale(self) -> float:
        """What a value is multiplied by to be drawn."""
        return 100.0 if is_share(self.unit) else 1.0

    @property
    def heading(self) -> str:
        """Label with unit."""
        return f"{self.label} ({self.shown_unit})" if self.unit else self.label

    def of(self, runs: pd.DataFrame) -> pd.Series[float]:
        """Return the quantity for every row of a table of runs."""
        if self.ending is None:
            return runs[self.column].astype(float)
        return (runs[self.column].astype(str) == self.ending).astype(float)

    def estimate(self, values: object) -> Estimate:
        """Return the mean or share of values of this quantity, with its interval."""
        from siege_sim.analysis.intervals import mean_of, share_of

        return share_of(values) if self.is_share else mean_of(values)  # type: ignore[arg-type]


def quantities(sweep: Sweep) -> dict[str, Quantity]:
    """Return what can be measured on the runs of a sweep, by name."""
    known: dict[str, Quantity] = {}
    for column in (str(name) for name in sweep.runs.columns):
        if column == ENDING:
            words = sorted(finished_runs(sweep)[ENDING].dropna().astype(str).unique())
            for word in words:
                name = f"{ENDING}={word}"
                known[name] = Quantity(name, ending_texts(word).outcome, "share of runs", ENDING, word)
        elif column not in BOOKKEEPING and pd.api.types.is_numeric_dtype(sweep.runs[column]):
            known[column] = Quantity(column, *_about(sweep, column), column)
    return known


def _about(sweep: Sweep, name: str) -> tuple[str, str]:
    about = sweep.manifest["outcomes"].get(name, {})
    return str(about.get("label") or name.replace("_", " ").capitalize()), str(about.get("unit") or "")


def chosen_quantities(sweep: Sweep, names: Sequence[str] = ()) -> tuple[Quantity, ...]:
    """Return the quantities of some names, or the usual ones; ``ending`` stands for all ways to end.

    Raises:
        ResultError: a name that the sweep did not keep.
    """
    known = quantities(sweep)
    if not names:
        usual = [name for name in DEFAULT_QUANTITIES if name in known] or list(known)
        return tuple(known[name] for name in _without_twins(sweep, usual)[:MOST_BY_DEFAULT])
    found: list[Quantity] = []
    for name in names:
        if name == ENDING:
            found += [quantity for quantity in known.values() if quantity.column == ENDING]
        elif name in known:
            found.append(known[name])
        else:
            raise ResultError(f"--outcome: the sweep kept no outcome '{name}'{did_you_mean(name, [*known, ENDING])}")
    return tuple(dict.fromkeys(found))


def _without_twins(sweep: Sweep, names: Sequence[str]) -> list[str]:
    """Return names of outcomes without those that have the value of an earlier one in every run."""
    runs, found = finished_runs(sweep), list[str]()
    for name in names:
        values = runs[name].astype(float)
        if not (len(runs) and any(values.equals(runs[other].astype(float)) for other in found)):
            found.append(name)
    return found


def finished_runs(sweep: Sweep) -> pd.DataFrame:
    """Return the runs that came to their end."""
    return sweep.runs[sweep.runs["status"] == "ok"]


def by_replication(sweep: Sweep, quantity: Quantity) -> pd.DataFrame:
    """Return a quantity with a row a point of the design and a column a replication, missing where no run is.

    All points of one column share a seed.
    """
    runs = finished_runs(sweep)
    values = quantity.of(runs).to_numpy(dtype=float)
    table = pd.DataFrame({"point": runs["point"], "replication": runs["replication"], "value": values})
    wide = table.pivot_table(index="point", columns="replication", values="value", aggfunc="first", dropna=False)
    return wide.reindex(index=sweep.design["point"], columns=range(int(sweep.manifest["replications"]))).astype(float)


def by_point(sweep: Sweep, quantity: Quantity) -> pd.Series[float]:
    """Return the mean of a quantity over the replications of every point, missing where none is known."""
    return by_replication(sweep, quantity).mean(axis=1)


def known_share(sweep: Sweep, quantity: Quantity) -> float:
    """Return the share of finished runs in which a quantity has a value."""
    values = quantity.of(finished_runs(sweep)).to_numpy(dtype=float)
    return float(np.isfinite(values).mean()) if values.size else 0.0
