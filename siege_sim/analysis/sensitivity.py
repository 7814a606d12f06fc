"""Which factors matter: Sobol indices and Morris's elementary effects, by SALib, with intervals.

The order of the points carries the sample's structure, so it is checked first; a block of the sample (a trajectory)
with a point of which no run is finished is left out whole.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.analysis.design import (
    Stratum,
    coordinates,
    in_a_list,
    kind_of,
    moving,
    name_text,
    sampled,
    strata,
)
from siege_sim.analysis.intervals import LEVEL, RESAMPLING_SEED
from siege_sim.analysis.quantities import by_point, by_replication, known_share
from siege_sim.analysis.ranking import ranking_of
from siege_sim.errors import ResultError
from siege_sim.results.numbers import number, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siege_sim.analysis.quantities import Quantity
    from siege_sim.results.sweep import Factor, Sweep

RESAMPLES = 400
LEAST_BLOCKS = 4
SMALL_INDEX = 0.05
"""A total index below this says that a factor explains next to nothing."""

EVERYWHERE = 0.999
"""Share of runs that must have a value: an index of what happened in some runs only says nothing clear."""


@dataclass(frozen=True)
class Indices:
    """Sensitivity indices of a quantity, factor by factor.

    Attributes:
        quantity: of which.
        factors: which factors, in the order of all arrays.
        values: the arrays by name: ``S1`` and ``ST`` (Sobol), ``mu``, ``mu_star`` and ``sigma`` (Morris).
        reach: half the width of their 95 % intervals, where there is one.
        pairs: second-order indices ``(first, second, index, half width)``, the largest first.
        blocks: how many blocks of the sample they rest on.
        dropped: how many were left out because a point of theirs has no finished run.
        chance: share of one run's variance that is chance; None with one run a point.
        stratum: which values of crossed factors these runs have, in words; empty when none are crossed.
    """

    quantity: Quantity
    factors: tuple[Factor, ...]
    values: dict[str, NDArray[np.float64]]
    reach: dict[str, NDArray[np.float64]]
    pairs: tuple[tuple[str, str, float, float], ...]
    blocks: int
    dropped: int
    chance: float | None
    stratum: str = ""

    @property
    def sentence(self) -> str:
        """Which factors matter and how far that can be trusted, in words."""
        return _sobol_says(self) if "ST" in self.values else _morris_says(self)


def _sobol_says(found: Indices) -> str:
    total, reach = found.values["ST"], found.reach["ST"]
    order = np.argsort(-total)
    clear = [name_text(found.factors[i]) for i in order if total[i] - reach[i] > SMALL_INDEX]
    widest, small = number(float(reach.max())), number(SMALL_INDEX)
    first = _order(found, "ST")
    if not clear:
        return f"{first} With {found.blocks:,} blocks no total index is clear of {small} (widest ± {widest})."
    return f"{first} Clearly above {small} in total: {in_a_list(clear[:5])}. The widest interval is ± {widest}."


def _order(found: Indices, name: str) -> str:
    """Return in words which factors come first, as far as the intervals of an index can tell."""
    names = [name_text(factor) for factor in found.factors]
    return ranking_of(names, found.values[name], found.reach[name]).sentence


def _morris_says(found: Indices) -> str:
    return f"By mean absolute effect: {_order(found, 'mu_star')}"


def sobol_indices(
    sweep: Sweep, quantity: Quantity, stratum: Stratum | None = None, blocks: int | None = None
) -> Indices:
    """Return first-order and total indices, and those of pairs where the sample has them (Saltelli 2002).

    Args:
        sweep: with a Sobol design in SALib's order.
        quantity: of which; means over the replications of a point.
        stratum: which combination of crossed factors; the first by default.
        blocks: use so many of the sample's first blocks; all by default.

    Raises:
        ResultError: the design has not that structure, or too little of it is finished.
    """
    stratum = stratum or strata(sweep)[0]
    factors, inputs = sampled(sweep), _inputs(sweep, stratum)
    second = _sobol_structure(inputs)
    size = 2 * len(factors) + 2 if second else len(factors) + 2
    rows, dropped = _whole_blocks(sweep, quantity, stratum, size, blocks)
    outputs = _outputs(sweep, quantity, stratum)[rows]
    _refuse_constant(outputs, quantity)
    found = _salib("sobol").analyze(
        _problem(factors),
        outputs,
        calc_second_order=second,
        num_resamples=RESAMPLES,
        conf_level=LEVEL,
        seed=RESAMPLING_SEED,
    )
    names = ("S1", "ST")
    return Indices(
        quantity, factors, {name: np.asarray(found[name]) for name in names},
        {name: np.asarray(found[f"{name}_conf"]) for name in names}, _pairs(factors, found) if second else (),
        len(rows) // size, dropped, share_of_chance(sweep, quantity, stratum), stratum.label,
    )  # fmt: skip


def morris_effects(
    sweep: Sweep, quantity: Quantity, stratum: Stratum | None = None, blocks: int | None = None
) -> Indices:
    """Return Morris's elementary effects: change of the quantity over a factor's whole range (Campolongo 2007).

    Args:
        sweep: with a Morris design in SALib's order.
        quantity: of which; means over the replications of a point.
        stratum: which combination of crossed factors; the first by default.
        blocks: use so many of the first trajectories; all by default.

    Raises:
        ResultError: the design has not that structure, or too little of it is finished.
    """
    stratum = stratum or strata(sweep)[0]
    factors, inputs = sampled(sweep), _inputs(sweep, stratum)
    size = len(factors) + 1
    grid_levels = _morris_structure(inputs, size)
    rows, dropped = _whole_blocks(sweep, quantity, stratum, size, blocks)
    outputs = _outputs(sweep, quantity, stratum)[rows]
    _refuse_constant(outputs, quantity)
    found = _salib("morris").analyze(
        _problem(factors), inputs[rows], outputs, num_resamples=RESAMPLES, conf_level=LEVEL, num_levels=grid_levels,
        seed=RESAMPLING_SEED,
    )  # fmt: skip
    values = {name: np.ma.getdata(found[name]).astype(float) for name in ("mu", "mu_star", "sigma")}
    reach = {"mu_star": np.ma.getdata(found["mu_star_conf"]).astype(float)}
    chance = share_of_chance(sweep, quantity, stratum)
    return Indices(quantity, factors, values, reach, (), len(rows) // size, dropped, chance, stratum.label)


def blocks_of(sweep: Sweep, quantity: Quantity, stratum: Stratum | None = None) -> int:
    """Return how many whole blocks of a Sobol or Morris sample are finished."""
    stratum = stratum or strata(sweep)[0]
    size = _block_size(sweep, stratum)
    return len(_whole_blocks(sweep, quantity, stratum, size, None)[0]) // size


def _block_size(sweep: Sweep, stratum: Stratum) -> int:
    count = len(sampled(sweep))
    if kind_of(sweep) == "morris":
        return count + 1
    return 2 * count + 2 if _sobol_structure(_inputs(sweep, stratum)) else count + 2


def _inputs(sweep: Sweep, stratum: Stratum) -> NDArray[np.float64]:
    """Return the sample in the unit cube: as it was drawn where that was kept, else from the factors' values."""
    factors = sampled(sweep)
    if sweep.sample is not None:
        return np.asarray(sweep.sample[[factor.name for factor in factors]], dtype=np.float64)[stratum.rows]
    return coordinates(sweep, factors)[stratum.rows]


def _outputs(sweep: Sweep, quantity: Quantity, stratum: Stratum) -> NDArray[np.float64]:
    return np.asarray(by_point(sweep, quantity), dtype=np.float64)[stratum.rows]


def share_of_chance(sweep: Sweep, quantity: Quantity, stratum: Stratum | None = None) -> float | None:
    """Return the share of one run's variance that differs by seed within a point, or None with one run a point."""
    rows = slice(None) if stratum is None else stratum.rows
    wide = by_replication(sweep, quantity).to_numpy()[rows]
    complete = wide[np.isfinite(wide).sum(axis=1) >= 2]
    if len(complete) < 2:
        return None
    within = float(np.nanmean(np.nanvar(complete, axis=1, ddof=1)))
    runs = np.isfinite(complete).sum(axis=1).mean()
    between = max(float(np.nanvar(np.nanmean(complete, axis=1), ddof=1)) - within / runs, 0.0)
    return within / (within + between) if within + between > 0.0 else None


def _salib(method: str) -> Any:
    """Return SALib's module for a method of analysis.

    Raises:
        ResultError: it is not installed.
    """
    try:
        return importlib.import_module(f"SALib.analyze.{method}")
    except ImportError:
        raise ResultError("sensitivity indices need the library SALib: pip install 'siege_sim[analysis]'") from None


def _problem(factors: Sequence[Factor]) -> dict[str, Any]:
    return {
        "num_vars": len(factors),
        "names": [factor.name for factor in factors],
        "bounds": [[0.0, 1.0]] * len(factors),
    }


def _pairs(factors: Sequence[Factor], found: Any) -> tuple[tuple[str, str, float, float], ...]:
    count = len(factors)
    pairs = [
        (factors[i].name, factors[j].name, float(found["S2"][i, j]), float(found["S2_conf"][i, j]))
        for i in range(count)
        for j in range(i + 1, count)
    ]
    return tuple(sorted(pairs, key=lambda pair: -pair[2]))


def _sobol_structure(inputs: NDArray[np.float64]) -> bool:
    """Return whether the sample holds second-order blocks.

    Raises:
        ResultError: when it is no Saltelli sample at all.
    """
    count = inputs.shape[1]
    for second in (True, False):
        size = 2 * count + 2 if second else count + 2
        if len(inputs) >= size and _is_saltelli(inputs[: len(inputs) // size * size].reshape(-1, size, count), second):
            return second
    raise ResultError(
        "the points are not a Saltelli sample in SALib's order, so Sobol indices cannot be computed; "
        "use the design 'sobol'"
    )


def _is_saltelli(blocks: NDArray[np.float64], second: bool) -> bool:
    """Return whether every block is A, then A with one column of B each, (B with one of A each,) then B."""
    count, first, last = blocks.shape[2], blocks[:, 0], blocks[:, -1]
    for k in range(count):
        mixed = first.copy()
        mixed[:, k] = last[:, k]
        if not np.array_equal(blocks[:, 1 + k], mixed, equal_nan=True):
            return False
        other = last.copy()
        other[:, k] = first[:, k]
        if second and not np.array_equal(blocks[:, 1 + count + k], other, equal_nan=True):
            return False
    return True


def _morris_structure(inputs: NDArray[np.float64], size: int) -> int:
    """Return the number of levels of a Morris sample.

    Raises:
        ResultError: when it is none, or rounding has swallowed a step.
    """
    whole = inputs[: len(inputs) // size * size].reshape(-1, size, size - 1)
    steps = np.abs(np.diff(whole, axis=1))
    moved = steps > 1e-9
    if not len(whole) or not (moved.sum(axis=2) == 1).all() or not (moved.sum(axis=1) == 1).all():
        raise ResultError(
            "the points are not Morris trajectories in SALib's order, each step moving one factor, so elementary "
            "effects cannot be computed; a factor of whole numbers needs a range wide enough for the design's levels"
        )
    step = float(np.median(steps[moved]))
    return max(2, round(2 * step / (2 * step - 1))) if step > 0.5 else 2


def _whole_blocks(
    sweep: Sweep, quantity: Quantity, stratum: Stratum, size: int, most: int | None
) -> tuple[NDArray[np.int64], int]:
    """Return the rows of the stratum whose blocks have no hole, and how many blocks were left out."""
    share = known_share(sweep, quantity)
    if share < EVERYWHERE:
        raise ResultError(
            f"'{quantity.name}' has a value in {percent(share)} of the runs only, so its indices would compare "
            "different sets of runs; choose an outcome that every run has"
        )
    values = _outputs(sweep, quantity, stratum)
    blocks = np.arange(len(values) // size * size).reshape(-1, size)
    whole = blocks[np.isfinite(values[blocks]).all(axis=1)]
    if len(whole) < LEAST_BLOCKS:
        raise ResultError(
            f"{len(whole)} of {len(blocks)} blocks of the sample are finished; indices need at least {LEAST_BLOCKS}"
        )
    return whole[:most].ravel(), len(blocks) - len(whole)


def _refuse_constant(outputs: NDArray[np.float64], quantity: Quantity) -> None:
    if np.ptp(outputs) <= 0.0:
        raise ResultError(f"'{quantity.name}' is the same at every point, so nothing explains its variance")


def most_important(sweep: Sweep, quantity: Quantity, count: int) -> tuple[Factor, ...]:
    """Return the factors that go furthest with a quantity, by rank correlation over the points."""
    from scipy import stats

    values = by_point(sweep, quantity).to_numpy(dtype=float)
    factors = moving(sweep)
    table = coordinates(sweep, factors)
    strength = {}
    for column, factor in enumerate(factors):
        known = np.isfinite(values) & np.isfinite(table[:, column])
        varied = known.sum() > 2 and np.ptp(values[known]) > 0 and np.ptp(table[known, column]) > 0
        strength[factor.name] = abs(stats.spearmanr(table[known, column], values[known])[0]) if varied else 0.0
    return tuple(sorted(factors, key=lambda factor: -strength[factor.name])[:count])
