"""Regret of humanitarian policies: how much worse than the best known policy each does, world by world.

Regret is for choosing aid and protection. It is refused for outcomes that are no harm to civilians, so that nothing
here ranks what armed actors might do for their own ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.analysis.design import moving, value_text
from siege_sim.analysis.intervals import LEVEL, Estimate, bootstrap
from siege_sim.analysis.quantities import by_replication
from siege_sim.errors import ResultError
from siege_sim.results.numbers import number, percent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siege_sim.analysis.quantities import Quantity
    from siege_sim.results.sweep import Sweep

HARMS = (
    "excess_deaths", "civilians_killed", "killed_by_air", "killed_by_shelling", "killed_in_crossfire", "died_of_wounds",
    "died_of_hunger", "civilians_wounded", "besieger_civilians_killed", "person_days_of_hunger", "mean_body_mass_loss",
)  # fmt: skip
"""Outcomes of which less is better for the people; regret is defined for these, and for deaths of any other cause."""

LEAST_WORLDS = 2


@dataclass(frozen=True)
class PolicyRegret:
    """How a policy does across the worlds.

    Attributes:
        policy: which, in words.
        outcome: mean of the harm over the worlds.
        mean: mean regret over the worlds.
        worst: greatest regret in any world.
        best_in: share of worlds in which no policy does better.
        by_world: regret in every world.
    """

    policy: str
    outcome: Estimate
    mean: Estimate
    worst: float
    best_in: float
    by_world: NDArray[np.float64]


@dataclass(frozen=True)
class Regret:
    """Regret of all policies, the least mean regret first.

    Attributes:
        quantity: the harm.
        policies: what was compared.
        worlds: how many worlds hold a value for every policy.
        left_out: worlds that were left out because one policy has no finished run there.
        seeds: runs of each policy in each world, at the least.
        by: names of the levers that make a policy.
    """

    quantity: Quantity
    policies: tuple[PolicyRegret, ...]
    worlds: int
    left_out: int
    seeds: int
    by: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Which policy has the least regret, and whether that is clear, in words."""
        first, *others = self.policies
        near = [policy.policy for policy in others if policy.mean.low <= first.mean.high]
        clear = f"not clearly apart from {', '.join(near[:3])}" if near else "clearly less than any other"
        left = f" {self.left_out:,} worlds without runs of every policy are left out." if self.left_out else ""
        return (
            f"Least mean regret: {first.policy} ({number(first.mean.value, self.quantity.unit)}), {clear}; it is the "
            f"best in {percent(first.best_in)} of the worlds.{left}"
        )


def no_regret(sweep: Sweep) -> str | None:
    """Return why a sweep has no regret to speak of, or None when it has."""
    roles = {factor.role for factor in moving(sweep)}
    if "lever" not in roles:
        return "no lever differs between its points"
    if "uncertainty" not in roles:
        return "no uncertainty differs between its points, so there is one world only"
    table = _table(sweep)
    return None if (table >= 0).all(axis=1).sum() >= LEAST_WORLDS else "the policies were not run in the same worlds"


def _parts(sweep: Sweep) -> tuple[list[str], list[str]]:
    names = {role: [f.name for f in moving(sweep) if f.role == role] for role in ("lever", "uncertainty")}
    return names["lever"], names["uncertainty"]


def _table(sweep: Sweep) -> NDArray[np.int64]:
    """Return the row of the design of every world and policy, shape ``(worlds, policies)``; -1 where there is none."""
    levers, worlds = _parts(sweep)
    design = sweep.design.reset_index(drop=True)
    policy = design.groupby(levers, sort=False, dropna=False).ngroup().to_numpy()
    world = design.groupby(worlds, sort=False, dropna=False).ngroup().to_numpy()
    table = np.full((world.max() + 1, policy.max() + 1), -1, dtype=np.int64)
    table[world, policy] = np.arange(len(design))
    return table


def is_harm(sweep: Sweep, quantity: Quantity) -> bool:
    """Return whether less of a quantity is better for the people."""
    return quantity.name in HARMS or "death" in sweep.manifest["outcomes"].get(quantity.name, {})


def regret_of(sweep: Sweep, quantity: Quantity) -> Regret:
    """Return the regret of every policy; a world is one combination of the uncertainties' values.

    Within a world each policy's value is the mean over the seeds that all policies have there. The best policy of a
    world is picked from noisy means, so with few seeds regret comes out too large for all.

    Raises:
        ResultError: the outcome is no harm to civilians, or the sweep has no policies in common worlds.
    """
    if not is_harm(sweep, quantity):
        raise ResultError(
            f"regret is for harm to civilians ({', '.join(HARMS)}), which serves the choice of aid; "
            f"'{quantity.name}' is not one of them"
        )
    why = no_regret(sweep)
    if why is not None:
        raise ResultError(f"no regret to compute: {why}")
    table = _table(sweep)
    values, seeds = _common_means(sweep, quantity, table)
    whole = np.isfinite(values).all(axis=1)
    if whole.sum() < LEAST_WORLDS:
        raise ResultError(f"{int(whole.sum())} worlds have runs of every policy; regret needs at least {LEAST_WORLDS}")
    values = values[whole]
    labels = _labels(sweep, table)
    return Regret(
        quantity, _policies(labels, values), len(values), int((~whole).sum()), int(seeds[whole].min()),
        tuple(_parts(sweep)[0]),
    )  # fmt: skip


def _common_means(
    sweep: Sweep, quantity: Quantity, table: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return means over the seeds that all policies of a world have, shape ``(worlds, policies)``, and how many."""
    wide = by_replication(sweep, quantity).to_numpy()
    runs = np.where((table >= 0)[..., None], wide[table], np.nan)
    common = np.isfinite(runs).all(axis=1, keepdims=True)
    count = common.sum(axis=2)[:, 0]
    total = np.where(common, np.nan_to_num(runs), 0.0).sum(axis=2)
    return np.where(count[:, None] > 0, total / np.maximum(count, 1)[:, None], np.nan), count


def _labels(sweep: Sweep, table: NDArray[np.int64]) -> list[str]:
    levers, _ = _parts(sweep)
    design = sweep.design.reset_index(drop=True)
    rows = [int(column[column >= 0][0]) for column in table.T]
    if len(levers) == 1:
        return [value_text(design[levers[0]].iloc[row]) for row in rows]
    return [", ".join(f"{name} {value_text(design[name].iloc[row])}" for name in levers) for row in rows]


def _policies(labels: list[str], values: NDArray[np.float64]) -> tuple[PolicyRegret, ...]:
    regret = values - values.min(axis=1, keepdims=True)
    tail = (1 - LEVEL) / 2
    ends = {
        name: np.quantile(bootstrap(table), (tail, 1 - tail), axis=0)
        for name, table in (("mean", regret), ("outcome", values))
    }
    found = [
        PolicyRegret(
            label,
            _resampled(values[:, i], ends["outcome"][:, i]),
            _resampled(regret[:, i], ends["mean"][:, i]),
            float(regret[:, i].max()),
            float((regret[:, i] <= 1e-9).mean()),
            regret[:, i],
        )
        for i, label in enumerate(labels)
    ]
    return tuple(sorted(found, key=lambda policy: policy.mean.value))


def _resampled(by_world: NDArray[np.float64], ends: NDArray[np.float64]) -> Estimate:
    return Estimate(float(by_world.mean()), float(ends[0]), float(ends[1]), len(by_world))
