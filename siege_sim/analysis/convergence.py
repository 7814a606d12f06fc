"""Were the runs enough? How each estimate settles as runs are added, and how many more it would take."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.analysis.design import kind_of, strata
from siege_sim.analysis.intervals import mean_of
from siege_sim.analysis.quantities import by_point, by_replication
from siege_sim.analysis.sensitivity import blocks_of, morris_effects, sobol_indices
from siege_sim.analysis.summaries import point_label

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siege_sim.analysis.intervals import Estimate
    from siege_sim.analysis.quantities import Quantity
    from siege_sim.analysis.sensitivity import Indices
    from siege_sim.sweeps import Sweep

ENOUGH_OF_A_MEAN = 0.1
"""A mean counts as settled when its interval reaches no further than this share of it to either side."""

ENOUGH_OF_AN_INDEX = 0.1
"""A Sobol index counts as settled when its interval reaches no further than this to either side."""

ENOUGH_OF_AN_EFFECT = 0.1
"""Elementary effects count as settled when their intervals reach no further than this share of the largest."""

MOST_CURVES = 6
STEPS = 24
LEAST_FOR_INDICES = 8


@dataclass(frozen=True)
class Path:
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
    paths: tuple[Path, ...]

    @property
    def unsettled(self) -> tuple[Path, ...]:
        """Estimates that are not settled yet."""
        return tuple(path for path in self.paths if not path.settled)

    @property
    def verdict(self) -> str:
        """Say whether the runs were enough, by the rule."""
        if not self.unsettled:
            return f"Enough by this rule: all {len(self.paths)} estimates shown have settled."
        wanted = [path.wanted for path in self.unsettled]
        known = max((number for number in wanted if number is not None), default=None)
        more = "" if known is None else f"; it would take about {_rounded_up(known):,} {self.per} in all"
        return f"Not enough by this rule for {len(self.unsettled)} of the {len(self.paths)} estimates shown{more}."


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
    return _of_points(sweep, quantity)


def _of_points(sweep: Sweep, quantity: Quantity) -> Convergence | None:
    wide = by_replication(sweep, quantity).to_numpy()
    runs = np.isfinite(wide).sum(axis=1)
    rows = [int(row) for row in _spread_out(wide, runs)]
    paths = [_path(point_label(sweep, row), wide[row][np.isfinite(wide[row])], quantity) for row in rows]
    rule = (
        "interval within 5 percentage points"
        if quantity.is_share
        else f"interval within {ENOUGH_OF_A_MEAN:.0%} of the mean"
    )
    if not paths:
        return None
    return Convergence(quantity, "the mean of each point", "runs a point", rule, tuple(paths))


def _spread_out(wide: NDArray[np.float64], runs: NDArray[np.int64]) -> list[int]:
    """Return the first point, and others from the lowest to the highest mean."""
    able = np.flatnonzero(runs >= 3)
    if not able.size:
        return []
    order = able[np.argsort(np.nanmean(wide[able], axis=1), kind="stable")]
    picked = order[np.unique(np.linspace(0, len(order) - 1, MOST_CURVES - 1).round().astype(int))]
    return list(dict.fromkeys([int(able[0]), *(int(row) for row in picked)]))[:MOST_CURVES]


def _of_the_design(sweep: Sweep, quantity: Quantity) -> Convergence | None:
    values = by_point(sweep, quantity).to_numpy(dtype=float)
    paths = []
    for stratum in strata(sweep)[:MOST_CURVES]:
        known = values[stratum.rows][np.isfinite(values[stratum.rows])]
        if known.size >= 3:
            shuffled = np.random.default_rng(1).permutation(known)
            paths.append(_path(stratum.label or "all points", shuffled, quantity, share=False))
    rule = f"interval within {ENOUGH_OF_A_MEAN:.0%} of the mean"
    if not paths:
        return None
    return Convergence(quantity, "the mean over the uncertain world", "points", rule, tuple(paths))


def _path(label: str, values: NDArray[np.float64], quantity: Quantity, share: bool = True) -> Path:
    counts = _steps(2, len(values))
    made: list[Estimate] = [quantity.estimate(values[:n]) if share else mean_of(values[:n]) for n in counts.tolist()]
    enough = 0.05 if quantity.is_share else ENOUGH_OF_A_MEAN * abs(made[-1].value)
    return Path(
        label, counts, np.array([one.value for one in made]), np.array([one.low for one in made]),
        np.array([one.high for one in made]), enough,
    )  # fmt: skip


def _steps(first: int, last: int) -> NDArray[np.int64]:
    return np.unique(np.geomspace(first, last, STEPS).round().astype(np.int64)) if last > first else np.array([last])


def _of_indices(sweep: Sweep, quantity: Quantity, kind: str) -> Convergence | None:
    method, name = (sobol_indices, "ST") if kind == "sobol" else (morris_effects, "mu_star")
    stratum = strata(sweep)[0]
    last = blocks_of(sweep, quantity, stratum)
    counts = [int(n) for n in _steps(min(LEAST_FOR_INDICES, last), last)][-12:]
    made: list[Indices] = [method(sweep, quantity, stratum, n) for n in counts]
    value = np.array([one.values[name] for one in made])
    reach = np.array([one.reach[name] for one in made])
    largest = float(np.nanmax(value[-1]))
    enough = ENOUGH_OF_AN_INDEX if kind == "sobol" else ENOUGH_OF_AN_EFFECT * largest
    order = np.argsort(-value[-1])[:MOST_CURVES]
    paths = tuple(
        Path(
            made[-1].factors[i].name, np.array(counts), value[:, i], value[:, i] - reach[:, i],
            value[:, i] + reach[:, i], enough,
        )
        for i in order
    )  # fmt: skip
    if kind == "sobol":
        return Convergence(quantity, "total Sobol indices", "base points", "interval within 0.1", paths)
    rule = f"interval within {ENOUGH_OF_AN_EFFECT:.0%} of the largest effect"
    return Convergence(quantity, "Morris's mean absolute effects", "trajectories", rule, paths)
