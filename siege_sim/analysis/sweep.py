"""Everything that the report of a sweep says, found from its tables before anything is drawn or written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.analysis.completeness import completeness, require_runs, runs_text
from siege_sim.analysis.design import is_numeric, kind_of, levels
from siege_sim.analysis.discovery import question_of
from siege_sim.analysis.figures import FIGURE_NAMES, usual_figures
from siege_sim.analysis.findings import About, find_figures
from siege_sim.analysis.quantities import by_point, chosen_quantities, known_share
from siege_sim.analysis.summaries import point_estimates
from siege_sim.errors import ResultError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from siege_sim.analysis.completeness import Completeness
    from siege_sim.analysis.findings import FigureFindings
    from siege_sim.analysis.quantities import Quantity
    from siege_sim.analysis.summaries import FactorEffects, PointEstimates
    from siege_sim.results.sweep import Factor, Sweep

MOST_TABLE_ROWS = 60
"""A table of points with more rows than this would not be read."""

QUANTILE_SHARES = (0.0, 0.1, 0.5, 0.9, 1.0)
"""The quantiles over the points that are told of every quantity."""


@dataclass(frozen=True)
class ReportOptions:
    """What a report shall show.

    Attributes:
        outcomes: names of outcomes; the usual ones when none is named.
        figures: names of figures; those of the experiment, or those that suit the design, when none is named.
        cases: conditions that make a point a case in scenario discovery.
        by: the factor by which survival curves are parted; by default one is chosen.
    """

    outcomes: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    by: str | None = None


@dataclass(frozen=True)
class FactorRange:
    """A factor and what it is set to: the ends of a range, or else every value."""

    factor: Factor
    is_range: bool
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Spread:
    """How a quantity differs between the points.

    Attributes:
        quantity: which.
        known: share of the finished runs in which it has a value.
        quantiles: of the points' means, at `QUANTILE_SHARES`; None when no point has one.
    """

    quantity: Quantity
    known: float
    quantiles: tuple[float, ...] | None


@dataclass(frozen=True)
class PointsTable:
    """Every point of the design.

    Attributes:
        factors: the columns of its values.
        values: of the factors, a row a point.
        runs: how many finished runs each point has.
        columns: the quantities at every point.
    """

    factors: tuple[Factor, ...]
    values: tuple[tuple[Any, ...], ...]
    runs: tuple[int, ...]
    columns: tuple[PointEstimates, ...]


@dataclass(frozen=True)
class SweepFindings:
    """What the report of a sweep says, before it is put into words.

    Attributes:
        about: title, runs and seeds.
        manifest: how the sweep was made.
        kind: of its design.
        replications: of every point.
        completeness: how much of it is there.
        figures: what the figures show.
        factors: what differs between the points.
        spreads: how the quantities differ between them.
        points: every point; None when there are too many to be read.
        effects: differences from the point of reference, when they are among the figures.
    """

    about: About
    manifest: Mapping[str, Any] = field(repr=False)
    kind: str
    replications: int
    completeness: Completeness
    figures: tuple[FigureFindings, ...]
    factors: tuple[FactorRange, ...]
    spreads: tuple[Spread, ...]
    points: PointsTable | None
    effects: tuple[FactorEffects, ...]


def sweep_findings(sweep: Sweep, options: ReportOptions) -> SweepFindings:
    """Find out everything that the report of a sweep says.

    Raises:
        ResultError: no finished run, or a name in the options that is not known.
    """
    require_runs(sweep)
    quantities = chosen_quantities(sweep, options.outcomes)
    questions = [question_of(sweep, text) for text in options.cases]
    names = _figure_names(sweep, options.figures)
    _check_factor(sweep, options.by)
    figures = find_figures(sweep, names, quantities, questions, options.by)
    return SweepFindings(
        about=About(str(sweep.manifest.get("title") or sweep.manifest["name"]), runs_text(sweep)),
        manifest=sweep.manifest,
        kind=kind_of(sweep),
        replications=int(sweep.manifest["replications"]),
        completeness=completeness(sweep),
        figures=figures,
        factors=tuple(_range_of(sweep, factor) for factor in sweep.factors),
        spreads=tuple(_spread_of(sweep, quantity) for quantity in quantities),
        points=_points_table(sweep, quantities),
        effects=tuple(one.shows for part in figures if part.figure == "tornado" for one in part.findings),
    )


def _figure_names(sweep: Sweep, names: Sequence[str]) -> tuple[str, ...]:
    """Return the figures that are wanted.

    Raises:
        ResultError: a name that no figure has.
    """
    for place, given in (("--figure", names), ("the experiment's figures", sweep.manifest.get("figures") or ())):
        for name in given:
            if name not in FIGURE_NAMES:
                raise ResultError(f"{place}: there is no figure '{name}'{did_you_mean(name, FIGURE_NAMES)}")
        if given:
            return tuple(given)
    return usual_figures(sweep)


def _check_factor(sweep: Sweep, name: str | None) -> None:
    names = [factor.name for factor in sweep.factors]
    if name is not None and name not in names:
        raise ResultError(f"--by: there is no factor '{name}'{did_you_mean(name, names)}")


def _range_of(sweep: Sweep, factor: Factor) -> FactorRange:
    if is_numeric(sweep, factor) and factor.values is None:
        return FactorRange(factor, True, (factor.low, factor.high))
    return FactorRange(factor, False, tuple(levels(sweep, factor)))


def _spread_of(sweep: Sweep, quantity: Quantity) -> Spread:
    values = by_point(sweep, quantity).dropna().to_numpy(dtype=float)
    ends = tuple(float(value) for value in np.quantile(values, QUANTILE_SHARES)) if values.size else None
    return Spread(quantity, known_share(sweep, quantity), ends)


def _points_table(sweep: Sweep, quantities: Sequence[Quantity]) -> PointsTable | None:
    if len(sweep.design) > MOST_TABLE_ROWS:
        return None
    columns = tuple(point_estimates(sweep, quantity) for quantity in quantities)
    values = tuple(sweep.design[[factor.name for factor in sweep.factors]].itertuples(index=False, name=None))
    runs = tuple(estimate.runs for estimate in columns[0].estimates) if columns else (0,) * len(values)
    return PointsTable(sweep.factors, values, runs, columns)
