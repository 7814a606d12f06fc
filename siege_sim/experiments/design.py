"""Designs: which points of the space of factors are run.

Sampled designs are drawn in the unit cube, those of Sobol and Morris by SALib, and then carried over to each factor's
values, so that SALib can analyse the runs. Nothing here knows what the factors mean.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field

from siege_sim.errors import SiegeError
from siege_sim.schema.block import AnyNumber, Block, Problem, param

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

FactorValue = float | int | str | bool
"""A value of a factor: a number, a word, or yes or no."""

MOST_DESIGN_POINTS = 1_000_000

LEAST_SHARE_WITHIN = 1e-3
"""Least share of a distribution that must lie within its range; with less, every point would be near one end."""


class Distribution(Block):
    """How probability is spread over a factor's range; what lies outside the range is cut off."""

    kind: Literal["uniform", "log_uniform", "triangular", "normal", "log_normal"]
    """The family."""
    mode: AnyNumber | None = None
    """The most likely value (triangular)."""
    mean: AnyNumber | None = None
    """The mean (normal)."""
    median: float | None = param(None, unit="of the value", gt=0.0, le=1e18)
    """The median (log-normal)."""
    sd: float | None = param(None, unit="of the value, or of its logarithm", gt=0.0, le=1e18)
    """Standard deviation (normal: of the value; log-normal: of its logarithm)."""

    def problems(self) -> Any:
        """Yield facts that are missing or do not belong to this family."""
        wanted = {"triangular": {"mode"}, "normal": {"mean", "sd"}, "log_normal": {"median", "sd"}}.get(
            self.kind, set()
        )
        for name in ("mode", "mean", "median", "sd"):
            if (getattr(self, name) is None) == (name in wanted):
                word = "needs" if name in wanted else "has no"
                problem: Problem = ((name,), f"a {self.kind} distribution {word} '{name}'")
                yield problem

    def problems_within(self, low: float, high: float) -> Iterator[Problem]:
        """Yield why a range cannot be drawn from: it has no logarithms, or hardly any of the probability."""
        if self.kind in ("log_uniform", "log_normal") and low <= 0.0:
            yield (), "a logarithmic distribution needs low above 0"
        elif self.mode is not None and not low <= self.mode <= high:
            yield ("mode",), f"{self.mode:g} is not between {low:g} and {high:g}"
        elif self.kind in ("normal", "log_normal") and not self._share_within(low, high) >= LEAST_SHARE_WITHIN:
            middle = "mean" if self.kind == "normal" else "median"
            yield (
                (middle,),
                f"less than {LEAST_SHARE_WITHIN:.1%} of this distribution lies between {low:g} and {high:g}, so that "
                f"every point would be near one end; give a {middle} within the range, a greater sd, or another range",
            )

    def _share_within(self, low: float, high: float) -> float:
        below, above = self._family(low, high).cdf([low, high])
        return float(above - below)

    def quantiles(self, shares: FloatArray, low: float, high: float) -> FloatArray:
        """Return the values below which the given shares of the probability lie, within a range."""
        if self.kind == "uniform":
            return low + shares * (high - low)
        if self.kind == "log_uniform":
            return np.exp(np.log(low) + shares * (np.log(high) - np.log(low)))
        family = self._family(low, high)
        below, above = family.cdf([low, high])
        return np.clip(np.asarray(family.ppf(below + shares * (above - below)), float), low, high)

    def _family(self, low: float, high: float) -> Any:
        """Return the distribution of SciPy, before it is cut off."""
        from scipy import stats

        if self.kind == "triangular":
            assert self.mode is not None
            return stats.triang((self.mode - low) / (high - low), low, high - low)
        if self.kind == "normal":
            return stats.norm(self.mean, self.sd)
        return stats.lognorm(self.sd, scale=self.median)


@dataclass(frozen=True)
class DesignFactor:
    """One factor's values, and how they are chosen.

    Attributes:
        name: the factor.
        base: its value where nothing is changed.
        low: the least value of a range.
        high: the greatest value of a range.
        values: the values of a list; None for a range.
        whole: whether a range holds whole numbers only.
        shape: how probability is spread over a range; evenly without it.
        steps: into how many levels a grid divides a range.
        crossed: whether sampled designs are run once for each of its values instead of drawing them.
    """

    name: str
    base: FactorValue
    low: float | None = None
    high: float | None = None
    values: tuple[FactorValue, ...] | None = None
    whole: bool = False
    distribution: Distribution | None = None
    steps: int = 5
    crossed: bool = False

    def at(self, shares: FloatArray) -> list[FactorValue]:
        """Return the values at some shares between 0 and 1 of its range."""
        if self.values is not None:
            places = np.minimum((np.asarray(shares) * len(self.values)).astype(int), len(self.values) - 1)
            return [self.values[place] for place in places]
        assert self.low is not None
        assert self.high is not None
        wider = 0.5 if self.whole else 0.0  # half a step, so that the ends of whole numbers get their share
        spread = self.distribution or Distribution(kind="uniform")
        found = spread.quantiles(np.asarray(shares, float), self.low - wider, self.high + wider)
        return self._numbers(found)

    def levels(self) -> list[FactorValue]:
        """Return the values of a grid."""
        if self.values is not None:
            return list(self.values)
        assert self.low is not None
        assert self.high is not None
        return list(dict.fromkeys(self._numbers(np.linspace(self.low, self.high, self.steps))))

    def ends(self) -> list[FactorValue]:
        """Return the values that are tried when one factor at a time is changed."""
        if self.values is not None:
            return [value for value in self.values if value != self.base]
        assert self.low is not None
        assert self.high is not None
        return self._numbers(np.array([self.low, self.high]))

    def _numbers(self, found: FloatArray) -> list[FactorValue]:
        if not self.whole:
            return [float(value) for value in found]
        assert self.low is not None
        assert self.high is not None
        return [round(min(max(value, self.low), self.high)) for value in found.tolist()]


@dataclass(frozen=True)
class Points:
    """The points of a design.

    Attributes:
        table: a row a point: ``point``, then a column a factor.
        sample: the same rows in the unit cube, a column a sampled factor, in the order in which they were drawn, once
            for each combination of the crossed factors; None for designs that are not sampled.
    """

    table: pd.DataFrame
    sample: pd.DataFrame | None = None

    def __len__(self) -> int:
        return len(self.table)


class GridDesign(Block):
    """Every combination of every factor's values."""

    kind: Literal["grid"] = "grid"

    def points(self, factors: Sequence[DesignFactor]) -> Points:
        """Return the points; the last factor changes fastest."""
        levels = [factor.levels() for factor in factors]
        if math.prod(map(len, levels)) > MOST_DESIGN_POINTS:
            raise SiegeError(
                f"design: the grid has more than {MOST_DESIGN_POINTS:,} points; take fewer values or a sample"
            )
        return _points(factors, list(itertools.product(*levels)))


class OneAtATime(Block):
    """A base point, then each factor's values with all others as they are in the base scenario."""

    kind: Literal["one_at_a_time"] = "one_at_a_time"

    def points(self, factors: Sequence[DesignFactor]) -> Points:
        """Return the base point and the points that differ from it in one factor."""
        base = tuple(factor.base for factor in factors)
        rows = [base]
        for place, factor in enumerate(factors):
            rows += [(*base[:place], value, *base[place + 1 :]) for value in factor.ends()]
        return _points(factors, rows)


class Sampled(Block):
    """A design that is drawn in the unit cube of the factors that are not crossed."""

    seed: int = param(1, unit="", ge=0, le=2**32 - 1)
    """The seed of the draw; it has nothing to do with the seeds of the runs."""

    def points(self, factors: Sequence[DesignFactor]) -> Points:
        """Return the sample, once for each combination of the crossed factors."""
        import pandas as pd

        drawn = [factor for factor in factors if not factor.crossed]
        crossed = [factor for factor in factors if factor.crossed]
        if not drawn:
            raise SiegeError("design: nothing to draw: all factors are lists of levers; use the design 'grid'")
        levels = [factor.levels() for factor in crossed]
        if self.size(len(drawn)) * math.prod(map(len, levels)) > MOST_DESIGN_POINTS:
            raise SiegeError(f"design: more than {MOST_DESIGN_POINTS:,} points; take a smaller sample")
        sample = self.sample(len(drawn))
        combinations = list(itertools.product(*levels))
        columns = {factor.name: factor.at(sample[:, place]) for place, factor in enumerate(drawn)}
        rows = [
            tuple(
                columns[factor.name][i] if not factor.crossed else chosen[crossed.index(factor)] for factor in factors
            )
            for chosen in combinations
            for i in range(len(sample))
        ]
        unit = pd.DataFrame(np.tile(sample, (len(combinations), 1)), columns=[factor.name for factor in drawn])
        return Points(_points(factors, rows).table, unit)

    def size(self, dimensions: int) -> int:
        """Return how many points the sample has."""
        raise NotImplementedError

    def sample(self, dimensions: int) -> FloatArray:
        """Return points of the unit cube, a row each."""
        raise NotImplementedError


class LatinHypercube(Sampled):
    """A Latin hypercube: each factor's range is cut into as many parts as there are points, and each part met once."""

    kind: Literal["latin_hypercube"] = "latin_hypercube"
    samples: int = param(unit="points", ge=2, le=10_000_000)
    """How many points."""

    def size(self, dimensions: int) -> int:
        """Return how many points the sample has."""
        return self.samples

    def sample(self, dimensions: int) -> FloatArray:
        """Return the sample; the same seed gives the points that SALib draws, which is not needed for it."""
        rng = np.random.default_rng(self.seed)
        below = np.arange(self.samples)[:, None] * (1.0 / self.samples)
        above = np.arange(1, self.samples + 1)[:, None] * (1.0 / self.samples)
        points = rng.uniform(below, above, size=(self.samples, dimensions))
        for column in range(dimensions):
            rng.shuffle(points[:, column])
        return points


class Sobol(Sampled):
    """Saltelli's sample for Sobol indices: ``samples * (factors + 2)`` points."""

    kind: Literal["sobol"] = "sobol"
    samples: int = param(unit="base points", ge=2, le=2**23)
    """Size of the base sample, a power of two."""
    second_order: bool = False
    """Whether pairs of factors are to be analysed too: ``samples * (2 * factors + 2)`` points."""

    def problems(self) -> Any:
        """Yield a sample that is no power of two."""
        if self.samples & (self.samples - 1):
            near = 2 ** round(np.log2(self.samples))
            yield ("samples",), f"{self.samples} is not a power of two, which Sobol's sequence needs; take {near}"

    def size(self, dimensions: int) -> int:
        """Return how many points the sample has."""
        return self.samples * ((2 * dimensions if self.second_order else dimensions) + 2)

    def sample(self, dimensions: int) -> FloatArray:
        """Return the sample in the order that SALib's analysis expects."""
        from SALib.sample import sobol

        drawn = sobol.sample(
            _unit_problem(dimensions), self.samples, calc_second_order=self.second_order, seed=self.seed
        )
        return np.asarray(drawn, float)


class Morris(Sampled):
    """Morris's trajectories: ``trajectories * (factors + 1)`` points, each step changing one factor."""

    kind: Literal["morris"] = "morris"
    trajectories: int = param(unit="trajectories", ge=2, le=1_000_000)
    """How many trajectories."""
    levels: int = param(4, unit="levels", ge=2, le=64)
    """Into how many levels each factor is divided; an even number."""

    def problems(self) -> Any:
        """Yield an odd number of levels."""
        if self.levels % 2:
            yield ("levels",), f"{self.levels} is odd, but Morris's steps need an even number; take {self.levels + 1}"

    def size(self, dimensions: int) -> int:
        """Return how many points the sample has."""
        return self.trajectories * (dimensions + 1)

    def sample(self, dimensions: int) -> FloatArray:
        """Return the sample in the order that SALib's analysis expects."""
        from SALib.sample import morris

        drawn = morris.sample(_unit_problem(dimensions), self.trajectories, num_levels=self.levels, seed=self.seed)
        return np.asarray(drawn, float)


class TableDesign(Block):
    """Points from a CSV file: a column a factor, a row a point."""

    kind: Literal["table"] = "table"
    file: str
    """The file, beside the experiment file or below."""


Design = Annotated[GridDesign | OneAtATime | LatinHypercube | Sobol | Morris | TableDesign, Field(discriminator="kind")]


def table_points(factors: Sequence[DesignFactor], given: pd.DataFrame, shown_as: str) -> Points:
    """Return the points of a table whose columns are the factors.

    Raises:
        SiegeError: columns that are missing or too many, cells that are empty or hold what the factor cannot be.
    """
    names = [factor.name for factor in factors]
    if sorted(given.columns) != sorted(names):
        raise SiegeError(f"{shown_as}: its columns are {', '.join(given.columns)}; the factors are {', '.join(names)}")
    if given.empty:
        raise SiegeError(f"{shown_as}: no points; write a row for each")
    columns = [
        [_cell(factor, text, f"{shown_as}:{line}") for line, text in _lines(given[factor.name])] for factor in factors
    ]
    return _points(factors, list(zip(*columns, strict=True)))


def _lines(column: pd.Series[Any]) -> Any:
    return enumerate(column.tolist(), start=2)


def _cell(factor: DesignFactor, text: Any, place: str) -> FactorValue:
    """Return the value of a cell as the factor's kind of value."""
    written = str(text).strip()
    if factor.values is not None and isinstance(factor.values[0], str | bool):
        known = {str(value).lower() if isinstance(value, bool) else str(value): value for value in factor.values}
        if written not in known:
            raise SiegeError(f"{place}: {factor.name}: '{written}' is not one of {', '.join(known)}")
        return known[written]
    try:
        number = float(written)
    except ValueError:
        number = float("nan")
    if not np.isfinite(number) or (factor.whole and number != round(number)):
        kind = "whole number" if factor.whole else "number"
        raise SiegeError(f"{place}: {factor.name}: '{written}' is not a {kind}")
    return round(number) if factor.whole else number


def _points(factors: Sequence[DesignFactor], rows: Sequence[tuple[FactorValue, ...]]) -> Points:
    import pandas as pd

    columns = {factor.name: _column([row[place] for row in rows]) for place, factor in enumerate(factors)}
    return Points(pd.DataFrame({"point": np.arange(len(rows)), **columns}))


def _column(values: list[Any]) -> pd.Series[Any]:
    """Return values as a column; where one is missing all stay as they are, or whole numbers would get a point."""
    import pandas as pd

    return pd.Series(values, dtype=object if None in values else None)


def _unit_problem(dimensions: int) -> dict[str, Any]:
    names = [f"x{place}" for place in range(dimensions)]
    return {"num_vars": dimensions, "names": names, "bounds": [[0.0, 1.0]] * dimensions}
