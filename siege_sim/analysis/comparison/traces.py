"""What is kept of a run while many are compared: some numbers, some curves, three numbers a quarter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from siege_sim.analysis.comparison.compared import ComparedQuantity
    from siege_sim.results.run import CompactRun

    FloatArray = NDArray[np.float64]

OF_QUARTERS = ("civilians_killed", "civilians_left", "day_captured")
"""What is kept of every besieged quarter."""


@dataclass(frozen=True)
class Trace:
    """The trace that a run leaves: some kilobytes, so that thousands fit in memory.

    Attributes:
        seed: the run's seed.
        ending: how it ended.
        numbers: one value a quantity, in the order of the quantities; not a number where there is none.
        curves: shape ``(daily quantities, days + 1)``, as from ``curve``.
        quarters: shape ``(3, besieged quarters)``, in the order of ``OF_QUARTERS``.
        places: names of the quarters besieged on day 0.
        provenance: versions and digest, as in ``CompactRun``.
    """

    seed: int
    ending: str
    numbers: FloatArray = field(repr=False)
    curves: FloatArray = field(repr=False)
    quarters: FloatArray = field(repr=False)
    places: tuple[str, ...] = field(repr=False)
    provenance: dict[str, Any] = field(repr=False)


def trace_of(run: CompactRun, quantities: Sequence[ComparedQuantity], days: int) -> Trace:
    """Keep what is compared of a run.

    Args:
        run: the run.
        quantities: what is compared.
        days: the last day of the curves.
    """
    inhabited = run.series["civilians_in_pocket"].to_numpy(dtype=float) > 0.0
    besieged = run.quarters[run.quarters["garrison_cells_on_day_0"] > 0]
    curves = [curve(run.series, quantity, inhabited, days) for quantity in quantities if quantity.daily]
    return Trace(
        seed=run.seed,
        ending=run.ending,
        numbers=np.array([_number(run, quantity, inhabited, days) for quantity in quantities]),
        curves=np.stack(curves) if curves else np.empty((0, days + 1)),
        quarters=np.stack([besieged[name].to_numpy(dtype=float, na_value=np.nan) for name in OF_QUARTERS]),
        places=tuple(besieged["quarter"]),
        provenance=run.provenance,
    )


def _number(run: CompactRun, quantity: ComparedQuantity, inhabited: NDArray[np.bool_], days: int) -> float:
    if quantity.reading == "ending":
        return np.nan
    if quantity.reading == "whole":
        value = run.summary[quantity.name]
        return np.nan if value is None else float(value)
    values = curve(run.series, quantity, inhabited, days)
    if quantity.reading == "count":
        return float(values[-1])
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else np.nan


def curve(series: pd.DataFrame, quantity: ComparedQuantity, inhabited: NDArray[np.bool_], days: int) -> FloatArray:
    """Return a quantity's value on every day up to ``days``.

    A state is missing when nobody is in the pocket any more; the others stay as they are once a siege has ended.
    """
    values = series[quantity.name].to_numpy(dtype=float)
    if quantity.reading == "state":
        values = np.where(inhabited, values, np.nan)
    beyond = np.nan if quantity.reading == "state" else values[-1]
    return np.concatenate([values, np.full(max(days + 1 - values.size, 0), beyond)])[: days + 1]
