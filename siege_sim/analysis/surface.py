"""A response surface: a quantity as a smooth function of two numeric factors, and how well that function predicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.analysis.design import coordinates, is_numeric, moving
from siege_sim.analysis.quantities import by_point
from siege_sim.analysis.sensitivity import most_important
from siege_sim.errors import ResultError
from siege_sim.results.numbers import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siege_sim.analysis.quantities import Quantity
    from siege_sim.results.sweep import Factor, Sweep

FINE = 41
MORE_POINTS_THAN_TERMS = 1.5
LEAST_PREDICTED = 0.5


@dataclass(frozen=True)
class Surface:
    """A quadratic surface over two factors, other numeric factors held in the middle of their ranges.

    Attributes:
        quantity: of which.
        across: the factor along x.
        up: the factor along y.
        x: where along x, in the factor's unit.
        y: where along y.
        height: the surface there, shape ``(len(y), len(x))``.
        points_x: the factors' values at the points it was fitted to.
        points_y: likewise.
        predicted: share of the variance between points that the surface predicts for points left out one by one.
        held: names of factors that enter as straight lines and are held in the middle.
        points: how many points it was fitted to.
    """

    quantity: Quantity
    across: Factor
    up: Factor
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    height: NDArray[np.float64]
    points_x: NDArray[np.float64]
    points_y: NDArray[np.float64]
    predicted: float
    held: tuple[str, ...]
    points: int

    @property
    def sentence(self) -> str:
        """How well it predicts, in words."""
        return (
            f"A quadratic fitted to {self.points:,} points (dots) predicts {percent(self.predicted)} of the variance "
            "of points left out one by one."
        )


def no_surface(sweep: Sweep) -> str | None:
    """Return why there is no response surface, or None when there can be one."""
    numeric = [factor for factor in moving(sweep) if _smooth(sweep, factor)]
    return None if len(numeric) >= 2 else "it takes two numeric factors with three values or more"


def _smooth(sweep: Sweep, factor: Factor) -> bool:
    return is_numeric(sweep, factor) and sweep.design[factor.name].nunique() >= 3


def surface_of(sweep: Sweep, quantity: Quantity) -> Surface:
    """Fit a surface by least squares over the two factors that go furthest with the quantity.

    Raises:
        ResultError: too few points are known for it, or it predicts too little.
    """
    ranked = [factor for factor in most_important(sweep, quantity, len(moving(sweep))) if _smooth(sweep, factor)]
    pair, others = ranked[:2], ranked[2:]
    values = np.asarray(by_point(sweep, quantity), dtype=np.float64)
    known = np.isfinite(values)
    inputs = coordinates(sweep, [*pair, *others])[known]
    terms = _terms(inputs)
    if len(terms) < MORE_POINTS_THAN_TERMS * terms.shape[1]:
        raise ResultError(f"{len(terms)} points are too few for a surface with {terms.shape[1]} terms")
    fit = np.asarray(np.linalg.lstsq(terms, values[known], rcond=None)[0], dtype=np.float64)
    predicted = _predicted(terms, values[known], fit)
    if not predicted >= LEAST_PREDICTED:
        raise ResultError(
            f"a surface of '{quantity.name}' predicts {percent(max(predicted, 0.0))} of the variance of points left "
            "out one by one, too little to show a shape"
        )
    axis = np.linspace(inputs[:, :2].min(axis=0), inputs[:, :2].max(axis=0), FINE)
    a, b = np.meshgrid(axis[:, 0], axis[:, 1])
    grid = np.column_stack([a.ravel(), b.ravel(), *(np.full(a.size, 0.5) for _ in others)])
    real = sweep.design[[factor.name for factor in pair]].to_numpy(dtype=float)[known]
    return Surface(
        quantity, pair[0], pair[1], _scaled(axis[:, 0], real[:, 0]), _scaled(axis[:, 1], real[:, 1]),
        (_terms(grid) @ fit).reshape(a.shape), real[:, 0], real[:, 1], predicted,
        tuple(factor.name for factor in others), int(known.sum()),
    )  # fmt: skip


def _scaled(places: NDArray[np.float64], real: NDArray[np.float64]) -> NDArray[np.float64]:
    share = (places - places[0]) / (places[-1] - places[0])
    return real.min() + share * (real.max() - real.min())


def _terms(inputs: NDArray[np.float64]) -> NDArray[np.float64]:
    a, b = inputs[:, 0] - 0.5, inputs[:, 1] - 0.5
    rest: Sequence[NDArray[np.float64]] = [column - 0.5 for column in inputs[:, 2:].T]
    return np.column_stack([np.ones(len(a)), a, b, a * a, b * b, a * b, *rest])


def _predicted(terms: NDArray[np.float64], values: NDArray[np.float64], fit: NDArray[np.float64]) -> float:
    """Return one less the squared error of points left out one by one, by the hat matrix, over their variance."""
    hat = np.einsum("ij,ji->i", terms, np.linalg.pinv(terms))
    errors = (values - terms @ fit) / np.clip(1.0 - hat, 1e-9, None)
    spread = float(((values - values.mean()) ** 2).sum())
    return 1.0 - float((errors**2).sum()) / spread if spread > 0.0 else float("nan")
