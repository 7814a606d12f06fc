"""Scenario discovery: in which part of the uncertain world does something happen? By PRIM (Friedman and Fisher 1999).

The Patient Rule Induction Method looks for limits on few factors between which most points are cases of interest; it is
that of EMAworkbench (Kwakkel 2017; measures after Bryant and Lempert 2010). A method that looks for boxes finds one in
noise as well, so each box is looked for again in random halves of the points and measured in the other half.
"""

from __future__ import annotations

import logging
import operator
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siege_sim.analysis.design import coordinates, in_a_list, is_numeric, levels, moving, name_text, value_text
from siege_sim.analysis.intervals import RESAMPLING_SEED
from siege_sim.analysis.quantities import by_point, chosen_quantities
from siege_sim.errors import ResultError
from siege_sim.results.numbers import number, percent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from siege_sim.analysis.quantities import Quantity
    from siege_sim.results.sweep import Factor, Sweep

LEAST_POINTS = 40
LEAST_CASES = 8
HALVES = 6
QUASI_P = 0.05
WORST_SHARE = 0.25

ANY_CASE = 1e-9
"""The library's threshold: it counts values from here on as cases, and takes a box of any density above it."""

SIGNS: dict[str, Callable[[Any, float], Any]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip
QUESTION = re.compile(r"\s*(?P<name>[a-z_]+(?:=[a-z_]+)?)\s*(?P<sign>>=|<=|>|<)\s*(?P<limit>[-+0-9.eE_]+)\s*")
ENDING_QUESTION = re.compile(r"\s*(?P<name>ending=[a-z_]+)\s*")


@dataclass(frozen=True)
class Question:
    """What makes a point a case of interest: its mean over the replications lies on one side of a limit."""

    quantity: Quantity
    sign: str
    limit: float

    @property
    def words(self) -> str:
        """The question as a condition in words."""
        signs = {">=": "at least", "<=": "at most", ">": "above", "<": "below"}
        if self.quantity.is_share:
            return f"{self.quantity.label}: {signs[self.sign]} {percent(self.limit)} of the runs of a point"
        limit, unit = number(self.limit, self.quantity.unit), self.quantity.shown_unit
        amount = f"{unit} {limit}" if unit == "day" else f"{limit} {unit}".rstrip()
        return f"{self.quantity.label}: {signs[self.sign]} {amount}"

    def cases(self, sweep: Sweep) -> NDArray[np.float64]:
        """Return 1 for points that are cases, 0 for others, and not a number where nothing was measured."""
        values = by_point(sweep, self.quantity).to_numpy(dtype=float)
        found = SIGNS[self.sign](values, self.limit).astype(float)
        found[~np.isfinite(values)] = np.nan
        return found


@dataclass(frozen=True)
class Limit:
    """A limit that a box sets to a factor.

    Attributes:
        factor: to which.
        low: from here on; None for a list of values.
        high: up to here.
        values: those of a list that are inside; None for a range.
        quasi_p: how likely as many cases or more would be, were the limit without meaning; below 0.05 it counts.
        found_again: share of random halves of the points in which a box limits this factor too.
        ends: where ``low`` and ``high`` lie in the factor's range, from 0 to 1; 0 and 1 for a list.
        known: all values of a list; empty for a range.
    """

    factor: Factor
    low: float | None
    high: float | None
    values: tuple[Any, ...] | None
    quasi_p: float
    found_again: float
    ends: tuple[float, float]
    known: tuple[Any, ...]

    @property
    def words(self) -> str:
        """The limit in words."""
        if self.values is not None:
            return " or ".join(value_text(value) for value in self.values)
        return f"{value_text(self.low)} to {value_text(self.high)}"

    @property
    def unit(self) -> str:
        """The unit of the limit; empty for words."""
        return "" if self.values is not None or self.factor.unit in ("-", "1") else self.factor.unit


@dataclass(frozen=True)
class Plane:
    """The points over two factors, the clearest of a box.

    Attributes:
        factors: along x and along y.
        limits: that the box sets to each; None where it sets none.
        places: of the points within both ranges, from 0 to 1, shape ``(points, 2)``.
        marks: values to be marked at even distances along each.
    """

    factors: tuple[Factor, Factor]
    limits: tuple[Limit | None, Limit | None]
    places: NDArray[np.float64]
    marks: tuple[tuple[Any, ...], tuple[Any, ...]]


@dataclass(frozen=True)
class Box:
    """A part of the factors' ranges in which cases of interest are dense.

    Attributes:
        question: what makes a case.
        limits: the factors that it limits, the clearest first.
        coverage: share of all cases that lie inside.
        density: share of the points inside that are cases.
        mass: share of all points that lie inside.
        base: share of all points that are cases, which is what a box without meaning would hold.
        coverage_elsewhere: mean coverage of boxes found in one half of the points, measured in the other.
        density_elsewhere: mean density of the same.
        points: points that were looked at.
        plane: these points over two factors; None where there is one factor only.
        inside: for each of them, whether it lies in the box.
        cases: for each of them, whether it is a case.
        trajectory: coverage, density and number of limits of every box on the way.
    """

    question: Question
    limits: tuple[Limit, ...]
    coverage: float
    density: float
    mass: float
    base: float
    coverage_elsewhere: float
    density_elsewhere: float
    points: NDArray[np.int64]
    plane: Plane | None
    inside: NDArray[np.bool_]
    cases: NDArray[np.bool_]
    trajectory: pd.DataFrame

    @property
    def sentence(self) -> str:
        """What the box holds and how it does where it was not fitted, in words."""
        return (
            f"{percent(self.base)} of {len(self.cases):,} points are cases; in the box {percent(self.density)} "
            f"(density), with {percent(self.coverage)} of all cases (coverage). In other halves: density "
            f"{percent(self.density_elsewhere)}, coverage {percent(self.coverage_elsewhere)}."
        )

    @property
    def in_short(self) -> str:
        """In which part of the ranges cases are dense, with the factors that limit it, for who sees no figure."""
        limits = in_a_list([f"{name_text(one.factor)} is {one.words} {one.unit}".rstrip() for one in self.limits])
        return (
            f"Mostly where {limits}: {percent(self.density)} of the points there are cases ({percent(self.base)} of "
            f"all {len(self.cases):,} points), and {percent(self.coverage)} of all cases are there. Of points that it "
            f"was not fitted to: {percent(self.density_elsewhere)} and {percent(self.coverage_elsewhere)}."
        )


def question_of(sweep: Sweep, text: str) -> Question:
    """Return a question such as ``died_of_hunger>500`` or ``ending=evacuated`` (in half the runs or more).

    Raises:
        ResultError: the text is no question, or asks for an outcome that was not kept.
    """
    found = QUESTION.fullmatch(text) or ENDING_QUESTION.fullmatch(text)
    if found is None:
        raise ResultError(f"--cases: '{text}' is no condition; write one like 'died_of_hunger>500' or 'end_day<=90'")
    parts = found.groupdict()
    try:
        limit = float(parts.get("limit") or 0.5)
    except ValueError:
        raise ResultError(f"--cases: '{parts['limit']}' is not a number") from None
    return Question(chosen_quantities(sweep, [parts["name"]])[0], parts.get("sign") or ">=", limit)


def worst_quarter(sweep: Sweep, quantity: Quantity) -> Question:
    """Return the question which points are among the quarter with the highest values of a quantity."""
    values = by_point(sweep, quantity).dropna()
    limit = 0.5 if quantity.is_share else _rounded(float(values.quantile(1 - WORST_SHARE)))
    return Question(quantity, ">=", limit)


def _rounded(value: float) -> float:
    """Return a limit that is easy to read: three figures."""
    return float(f"{value:.3g}")


def find_box(sweep: Sweep, question: Question) -> Box:
    """Return the box with the largest coverage times what its density is above that of all points.

    Raises:
        ResultError: too few points or cases, no limit tells cases from others, or PRIM is not installed.
    """
    cases = question.cases(sweep)
    points = np.flatnonzero(np.isfinite(cases))
    y = cases[points] > 0.5
    _refuse_few(y, question)
    x = _inputs(sweep, points)
    found, trajectory = _best_box(x, y)
    if not found:
        raise ResultError(
            f"{percent(y.mean())} of {len(y):,} points are cases ({question.words}), and no limit separates them"
        )
    again, coverage_elsewhere, density_elsewhere = _elsewhere(x, y)
    inside = _within(x, found)
    limits = tuple(_as_limits(sweep, found, again, x))
    return Box(
        question, limits, _coverage(y, inside), _density(y, inside), float(inside.mean()), float(y.mean()),
        coverage_elsewhere, density_elsewhere, points, _plane(sweep, limits, points), inside, y, trajectory,
    )  # fmt: skip


def _plane(sweep: Sweep, limits: tuple[Limit, ...], points: NDArray[np.int64]) -> Plane | None:
    pair = [limit.factor for limit in limits[:2]]
    if len(pair) == 1:
        pair += [factor for factor in sweep.factors if factor.name != pair[0].name][:1]
    if len(pair) < 2:
        return None
    across, up = sorted(pair, key=lambda factor: factor.values is not None)  # words need the room of the other axis
    by_name = {limit.factor.name: limit for limit in limits}
    return Plane(
        (across, up), (by_name.get(across.name), by_name.get(up.name)), coordinates(sweep, [across, up])[points],
        (_marks(sweep, across), _marks(sweep, up)),
    )  # fmt: skip


def _marks(sweep: Sweep, factor: Factor) -> tuple[Any, ...]:
    column = sweep.design[factor.name]
    return (column.min(), column.max()) if factor.values is None else tuple(levels(sweep, factor))


def _refuse_few(cases: NDArray[np.bool_], question: Question) -> None:
    if len(cases) < LEAST_POINTS or not LEAST_CASES <= cases.sum() <= len(cases) - LEAST_CASES:
        raise ResultError(
            f"{int(cases.sum())} of {len(cases)} points are cases ({question.words}); looking for a box takes at least "
            f"{LEAST_POINTS} points, of which at least {LEAST_CASES} are cases and {LEAST_CASES} are not"
        )


def _inputs(sweep: Sweep, points: NDArray[np.int64]) -> pd.DataFrame:
    """Return the factors of the points as numbers, and as words where they are none."""
    design = sweep.design.reset_index(drop=True).iloc[points]
    columns = {
        # numbers as floats, because the library's steps between whole numbers fail with pandas 3
        factor.name: design[factor.name].astype(float)
        if is_numeric(sweep, factor)
        else pd.Series([value_text(value) for value in design[factor.name]], index=design.index, dtype=object)
        for factor in moving(sweep)
    }
    return pd.DataFrame(columns).reset_index(drop=True)


def _library() -> Any:
    """Return EMAworkbench's module for PRIM.

    Raises:
        ResultError: it is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of optional libraries that it does without here
            from ema_workbench.analysis import prim
    except ImportError:
        raise ResultError(
            "looking for boxes needs the library EMAworkbench: pip install 'siege_sim[analysis]'"
        ) from None
    logging.getLogger("EMA").setLevel(logging.WARNING)
    return prim


def _search(x: pd.DataFrame, y: NDArray[np.bool_]) -> Any:
    library = _library()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # ways of calling pandas and SciPy that will go, inside the library
        return library.Prim(x.copy(), y, threshold=ANY_CASE).find_box()


BoxLimits = dict[str, tuple[Any, float]]
"""A box: for each factor that it limits, ``(low, high)`` or a set of words, with the quasi-p-value."""


def _best_box(x: pd.DataFrame, y: NDArray[np.bool_]) -> tuple[BoxLimits, pd.DataFrame]:
    """Return the limits of the best box, without those that chance explains, and the trajectory."""
    box = _search(x, y)
    path = box.peeling_trajectory
    score = path["coverage"] * (path["density"] - float(y.mean()))
    best = int(np.argmax(score.to_numpy(dtype=float)))
    limits: BoxLimits = {}
    for name, (below, above) in box.qp[best].items():
        counts = [0.0 <= quasi_p <= QUASI_P for quasi_p in (below, above)]
        if any(counts):
            quasi_p = max(float(value) for value, clear in zip((below, above), counts, strict=True) if clear)
            limits[name] = (_span(box.box_lims[best][name], counts), quasi_p)
    return limits, path[["coverage", "density", "res_dim"]].rename(columns={"res_dim": "limits"}).reset_index(drop=True)


def _span(ends: pd.Series[Any], counts: Sequence[bool]) -> Any:
    """Return a factor's limits, open to a side on which chance explains the limit; for words, those inside."""
    if isinstance(ends.iloc[0], set):
        return frozenset(ends.iloc[0])
    low, high = float(ends.iloc[0]), float(ends.iloc[1])
    return (low if counts[0] else -np.inf, high if counts[1] else np.inf)


def _within(x: pd.DataFrame, limits: BoxLimits) -> NDArray[np.bool_]:
    inside = np.ones(len(x), dtype=bool)
    for name, (span, _) in limits.items():
        column = x[name]
        inside &= column.isin(span).to_numpy() if isinstance(span, frozenset) else column.between(*span).to_numpy()
    return inside


def _elsewhere(x: pd.DataFrame, y: NDArray[np.bool_]) -> tuple[dict[str, float], float, float]:
    """Return how often random halves limit each factor, and coverage and density in the half that was not used."""
    rng = np.random.default_rng(RESAMPLING_SEED)
    again, measured = dict.fromkeys(x.columns, 0.0), []
    for _ in range(HALVES):
        order = rng.permutation(len(x))
        used, other = order[: len(x) // 2], order[len(x) // 2 :]
        limits, _ = _best_box(x.iloc[used].reset_index(drop=True), y[used])
        for name in limits:
            again[name] += 1 / HALVES
        inside = _within(x.iloc[other], limits)
        measured.append((_coverage(y[other], inside), _density(y[other], inside)))
    coverage, density = np.nanmean(np.array(measured), axis=0)
    return again, float(coverage), float(density)


def _coverage(cases: NDArray[np.bool_], inside: NDArray[np.bool_]) -> float:
    return float((cases & inside).sum() / cases.sum()) if cases.any() else float("nan")


def _density(cases: NDArray[np.bool_], inside: NDArray[np.bool_]) -> float:
    return float((cases & inside).sum() / inside.sum()) if inside.any() else 0.0


def _as_limits(sweep: Sweep, found: BoxLimits, again: dict[str, float], x: pd.DataFrame) -> Iterator[Limit]:
    factors = {factor.name: factor for factor in sweep.factors}
    for name, (span, quasi_p) in sorted(found.items(), key=lambda item: item[1][1]):
        factor = factors[name]
        if isinstance(span, frozenset):
            known = tuple(levels(sweep, factor))
            inside = tuple(value for value in known if value_text(value) in span)
            yield Limit(factor, None, None, inside, quasi_p, again[name], (0.0, 1.0), known)
        else:
            low, high = max(span[0], float(x[name].min())), min(span[1], float(x[name].max()))
            yield Limit(factor, low, high, None, quasi_p, again[name], _ends(sweep, factor, low, high), ())


def _ends(sweep: Sweep, factor: Factor, low: float, high: float) -> tuple[float, float]:
    column = sweep.design[factor.name]
    least, most = float(column.min()), float(column.max())
    return (low - least) / (most - least), (high - least) / (most - least)
