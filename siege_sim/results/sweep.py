"""What a sweep leaves behind, as tables: read from its folder without the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd


@dataclass(frozen=True)
class Factor:
    """Something that differs between the points of a design.

    Attributes:
        name: the column of the factor in ``Sweep.design``.
        role: an uncertainty of the world, or a lever that somebody could pull.
        keys: the scenario's keys that it sets; none for a choice among whole scenarios (policies).
        unit: of its values; empty when there is none.
        low: the least value of a range; None for a list.
        high: the greatest value of a range.
        values: the values of a list, in their order; None for a range.
    """

    name: str
    role: Literal["uncertainty", "lever"]
    keys: tuple[str, ...] = ()
    unit: str = ""
    low: float | None = None
    high: float | None = None
    values: tuple[Any, ...] | None = None


@dataclass(frozen=True)
class Sweep:
    """A sweep as far as it has come.

    Attributes:
        manifest: name, title, design, versions, derivation of the seeds, outcomes with unit and label.
        factors: what differs between the points.
        design: a row a point: ``point`` (from 0), then a column a factor.
        runs: a row a run that was tried, in the order of point and replication: ``point``, ``replication``, ``seed``,
            ``status`` (``ok`` or ``failed``), ``error``, ``seconds``, then the outcomes that were kept (those of
            ``RunResult.summary``; ``ending`` is text, the others are numbers, missing where a run has none).
        series: a row a run and day that was kept: ``point``, ``replication``, ``seed``, ``day``, then daily outcomes.
        quarters: a row a run and quarter: ``point``, ``replication``, ``seed``, then the columns of
            ``RunResult.quarters``; empty when not wanted.
        sample: for sampled designs, the points in the unit cube as SALib drew them, a column a sampled factor, rows as
            in ``design``; the whole sample stands there once for each combination of the factors that are crossed.
    """

    manifest: Mapping[str, Any]
    factors: tuple[Factor, ...]
    design: pd.DataFrame = field(repr=False)
    runs: pd.DataFrame = field(repr=False)
    series: pd.DataFrame = field(repr=False)
    quarters: pd.DataFrame = field(repr=False)
    sample: pd.DataFrame | None = field(default=None, repr=False)

    @property
    def planned(self) -> int:
        """How many runs the design has."""
        return len(self.design) * int(self.manifest["replications"])
