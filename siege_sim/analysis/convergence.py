"""Were the runs enough? How each estimate settles as runs are added, and how many more it would take."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.analysis.design import kind_of, moving, name_text, neighbours, strata, value_text
from siege_sim.analysis.intervals import RESAMPLING_SEED, mean_of
from siege_sim.analysis.quantities import by_point, by_replication
from siege_sim.analysis.sensitivity import blocks_of, morris_effects, sobol_indices
from siege_sim.analysis.summaries import point_label
from siege_sim.results.numbers import percent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siege_sim.analysis.intervals import Estimate
    from siege_sim.analysis.quantities import Quantity
    from siege_sim.analysis.sensitivity import Indices
    from siege_sim.results.sweep import Sweep

ENOUGH_OF_A_MEAN = 0.1
"""A mean counts as settled when its interval reaches no further than this share of it to either side."""

ENOUGH_OF_AN_INDEX = 0.1
"""A Sobol index counts as settled when its interval reaches no further than this to either side."""

ENOUGH_OF_AN_EFFECT = 0.1
"""Elementary effects count as settled when their intervals reach no further than this share of the largest."""

MOST_CURVES = 6
STEPS = 24
LEAST_FOR_INDICES = 8
LEAST_RUNS = 3


@dataclass(frozen=True)
class RunningEstimate:
    """An estimate as runs are added.

    Attributes:
        label: of what.
        count: after how many.
        value: the estimate.
        low: lower end of its 95 % interval.
        high: upper end.
        enough: how far the interval may reach to either side to count as settled.
    """

    label: str
    count: NDArray[np.int64]
    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    enough: float

    @property
    def reach(self) -> float:
        """How far the last interval reaches to either side, on the average of both."""
        return float(self.high[-1] - self.low[-1]) / 2.0

    @property
    def settled(self) -> bool:
        """Whether the last interval is narrow enough."""
        return self.reach <= self.enough

    @property
    def wanted(self) -> int | None:
        """How many it would take in all, if the interval narrows with the square root; None when that is unknown."""
        if not math.isfinite(self.reach) or self.enough <= 0.0:
            return None
        return max(math.ceil(int(self.count[-1]) * (self.reach / self.enough) ** 2), 2)


@dataclass(frozen=True)
class Convergence:
    """How the estimates of a quantity settle.

    Attributes:
        quantity: which.
        what: what is estimated, in words.
        per: what is counted: runs a point, points, base points or trajectories.
        rule: what counts as settled, in words.
        paths: the estimates.
    """

    quantity: Quantity
    what: str
    per: str
    rule: str
    estimates: tuple[RunningEstimate, ...]

    @property
    def estimates_values(self) -> bool:
        """Whether values of the quantity are estimated, in its unit; indices have none."""
        return self.per in ("runs a point", "points")

    @property
    def unsettled(self) -> tuple[RunningEstimate, ...]:
        """Estimates that are not settled yet."""
        return tuple(estimate for estimate in self.estimates if not estimate.settled)

    @property
    def sentence(self) -> str:
        """What was estimated, whether the runs were enough, and by which rule, in words."""
        return f"{self.what[0].upper()}{self.what[1:]}. {self.verdict} Rule: {self.rule} (dashed)."

    @property
    def verdict(self) -> str:
        """Whether the runs were enough, by the rule, in words."""
        if not self.unsettled:
            shown = (
                "the estimate has" if len(self.estimates) == 1 else f"all {len(self.estimates)} estimates shown have"
            )
            return f"Enough by this rule: {shown} settled."
        wanted = [estimate.wanted for estimate in self.unsettled]
        known = max((number for number in wanted if number is not None), default=None)
        more = "" if known is None else f"; it would take about {_rounded_up(known):,} {self.per} in all"
        few = f" for {len(self.unsettled)} of the {len(self.estimates)} estimates shown" if self.estimates[1:] else ""
        return f"Not enough by this rule{few}{more}."


def _rounded_up(number: int) -> int:
    """Return a number with two figures, not smaller."""
    size = 10 ** max(len(str(number)) - 2, 0)
    return -(-number // size) * size


def convergence_of(sweep: Sweep, quantity: Quantity) -> Convergence | None:
    """Return how the estimates that a design is for settle; None when it holds too little to say.

    Raises:
        ResultError: Sobol or Morris indices cannot be computed.
    """
    kind = kind_of(sweep)
    if kind in ("sobol", "morris"):
        return _of_indices(sweep, quantity, kind)
    if kind == "latin_hypercube":
        return _of_the_design(sweep, quantity)
    if kind == "one_at_a_time" or len(moving(sweep)) == 1:
        return _of_pairs(sweep, quantity)
    return _of_points(sweep, quantity)


def _of_points(sweep: Sweep, quantity: Quantity) -> Convergence | None:
    """Return how the means of points settle."""
    wide = by_replication(sweep, quantity).to_numpy()
    rows = _spread_out(wide, list(range(len(wide))))
    estimates = tuple(
        _running_estimate(point_label(sweep, row), wide[row], _enough(wide[row], quantity), quantity) for row in rows
    )
    rule = "interval within 5 percentage points" if quantity.is_share else _rule("the mean")
    return Convergence(quantity, "means of points", "runs a point", rule, estimates) if estimates else None


def _of_pairs(sweep: Sweep, quantity: Quantity) -> Convergence | None:
    """Return how the mean at the point of reference settles, and the paired differences of others from it."""
    wide = by_replication(sweep, quantity).to_numpy()
    reference, changed = neighbours(sweep)
    usual = wide[reference]
    if np.isfinite(usual).sum() < LEAST_RUNS:
        return None
    enough = _enough(usual, quantity)
    first = _running_estimate(point_label(sweep, reference), usual, enough, quantity)
    others = [
        _running_estimate(_change_label(sweep, row, changed[row]), wide[row] - usual, enough)
        for row in _spread_out(wide - usual, list(changed), MOST_CURVES - 1)
    ]
    rule = "interval within 5 percentage points" if quantity.is_share else _rule("the mean at the point of reference")
    what = "the point of reference, and differences from it"
    return Convergence(quantity, what, "runs a point", rule, (first, *others))


def _rule(of: str) -> str:
    return f"interval within {percent(ENOUGH_OF_A_MEAN)} of {of}"


def _enough(values: NDArray[np.float64], quantity: Quantity) -> float:
    return 0.05 if quantity.is_share else ENOUGH_OF_A_MEAN * abs(mean_of(values).value)


def _change_label(sweep: Sweep, row: int, factor: int) -> str:
    """Return what differs between a point and the point of reference."""
    changed = sweep.factors[factor]
    value = value_text(sweep.design[changed.name].iloc[row])
    return f"change to {value}" if len(moving(sweep)) == 1 else f"{name_text(changed)} to {value}"


def _spread_out(wide: NDArray[np.float64], rows: list[int], most: int = MOST_CURVES) -> list[int]:
    """Return some of the rows, from the lowest to the highest mean."""
    runs = np.isfinite(wide).sum(axis=1)
    able = np.array([row for row in rows if runs[row] >= LEAST_RUNS], dtype=int)
    if not able.size:
        return []
    order = able[np.argsort(np.nanmean(wide[able], axis=1), kind="stable")]
    return [int(row) for row in order[np.unique(np.linspace(0, len(order) - 1, most).round().astype(int))]]


def _of_the_design(sweep: Sweep, quantity: Quantity) -> Convergence | None:
    values = np.asarray(by_point(sweep, quantity), dtype=np.float64)
    estimates = []
    for stratum in strata(sweep)[:MOST_CURVES]:
        known = values[stratum.rows][np.isfinite(values[stratum.rows])]
        if known.size >= LEAST_RUNS:
            shuffled = np.random.default_rng(RESAMPLING_SEED).permutation(known)
            estimates.append(_running_estimate(stratum.label or "all points", shuffled, _enough(known, quantity)))
    rule = "interval within 5 percentage points" if quantity.is_share else _rule("the mean")
    return (
        Convergence(quantity, "means over the uncertain worlds", "points", rule, tuple(estimates))
        if estimates
        else None
    )


def _running_estimate(
    label: str, values: NDArray[np.float64], enough: float, quantity: Quantity | None = None
) -> RunningEstimate:
    """Return the mean of the first 2, 3, ... values; with a quantity that is a share of runs, the share."""
    known = values[np.isfinite(values)]
    counts = _steps(min(2, known.size), known.size)
    made: list[Estimate] = [quantity.estimate(known[:n]) if quantity else mean_of(known[:n]) for n in counts.tolist()]
    return RunningEstimate(
        label, counts, np.array([one.value for one in made]), np.array([one.low for one in made]),
        np.array([one.high for one in made]), enough,
    )  # fmt: skip


def _steps(first: int, last: int, steps: int = STEPS) -> NDArray[np.int64]:
    return np.unique(np.geomspace(first, last, steps).round().astype(np.int64)) if last > first else np.array([last])


def _of_indices(sweep: Sweep, quantity: Quantity, kind: str) -> Convergence | None:
    method, name = (sobol_indices, "ST") if kind == "sobol" else (morris_effects, "mu_star")
    stratum = strata(sweep)[0]
    last = blocks_of(sweep, quantity, stratum)
    counts = [int(n) for n in _steps(min(LEAST_FOR_INDICES, last), last, STEPS // 2)]
    made: list[Indices] = [method(sweep, quantity, stratum, n) for n in counts]
    value = np.array([one.values[name] for one in made])
    reach = np.array([one.reach[name] for one in made])
    largest = float(np.nanmax(value[-1]))
    enough = ENOUGH_OF_AN_INDEX if kind == "sobol" else ENOUGH_OF_AN_EFFECT * largest
    order = np.argsort(-value[-1])[:MOST_CURVES]
    estimates = tuple(
        RunningEstimate(
            name_text(made[-1].factors[i]), np.array(counts), value[:, i], value[:, i] - reach[:, i],
            value[:, i] + reach[:, i], enough,
        )
        for i in order
    )  # fmt: skip
    if kind == "sobol":
        return Convergence(quantity, "total Sobol indices", "base points", "interval within 0.1", estimates)
    rule = f"interval within {percent(ENOUGH_OF_AN_EFFECT)} of the largest effect"
    return Convergence(quantity, "Morris's mean absolute effects", "trajectories", rule, estimates)
