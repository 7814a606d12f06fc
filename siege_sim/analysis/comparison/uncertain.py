"""What a what-if changes when parameters are uncertain too: every pair of runs has parameters of its own.

Their mean difference is the effect averaged over what the parameters may be; how far single pairs lie apart comes of
chance and of the parameters together. The two are not taken apart: with other parameters a siege takes another course,
and chance has another part in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siege_sim.analysis.comparison.effects import effects_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siege_sim.analysis.comparison.comparison import Comparison
    from siege_sim.analysis.comparison.effects import Effect

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class UncertainEffect:
    """An effect over pairs that each have parameters of their own.

    Attributes:
        effect: the mean over these pairs, with its interval.
        low: below this is the difference of one pair in ten; None for shares of runs, and with fewer than two pairs.
        high: above this is that of one in ten.
    """

    effect: Effect
    low: float | None
    high: float | None


@dataclass(frozen=True)
class UncertainFindings:
    """What what-ifs change with uncertain parameters.

    Attributes:
        said: what the parameters were drawn from.
        pairs: how many sets there are, each with a run of every scenario.
        effects: by what-if.
        draws: a row a pair: its seed, and its parameters.
    """

    said: str
    pairs: int
    effects: dict[str, tuple[UncertainEffect, ...]]
    draws: pd.DataFrame

    def of(self, what_if: str, name: str) -> UncertainEffect | None:
        """Return the effect of a what-if on an outcome, if there is one."""
        return next((one for one in self.effects.get(what_if, ()) if one.effect.name == name), None)

    def table(self) -> pd.DataFrame:
        """Return a row a what-if and outcome."""
        return pd.DataFrame([_row(one) for effects in self.effects.values() for one in effects])


def uncertain_findings(drawn: Comparison, said: str, draws: pd.DataFrame) -> UncertainFindings:
    """Return what what-ifs change with uncertain parameters.

    Args:
        drawn: pairs that each have values of their own.
        said: what these were drawn from.
        draws: the values.
    """
    arms = range(1, len(drawn.arms))
    effects = {drawn.arms[arm].name: tuple(_of_arm(drawn, arm)) for arm in arms}
    return UncertainFindings(said, drawn.pairs, effects, draws)


def _of_arm(drawn: Comparison, arm: int) -> list[UncertainEffect]:
    return [_spread(effect, _gaps(drawn, arm, effect.name)) for effect in effects_of(drawn, arm)]


def _spread(effect: Effect, gaps: FloatArray) -> UncertainEffect:
    if len(gaps) < 2:
        return UncertainEffect(effect, None, None)
    low, high = np.percentile(gaps, (10.0, 90.0))
    return UncertainEffect(effect, float(low), float(high))


def _gaps(comparison: Comparison, arm: int, name: str) -> FloatArray:
    """Return the difference of each pair in an outcome, without pairs that lack it; none for shares of runs."""
    names = [one.name for one in comparison.quantities]
    if name not in names:
        return np.empty(0)
    row = names.index(name)
    gaps = comparison.numbers(arm)[:, row] - comparison.numbers(0)[:, row]
    return gaps[np.isfinite(gaps)]


def _row(one: UncertainEffect) -> dict[str, Any]:
    effect, gap = one.effect, one.effect.difference
    return {
        "what_if": effect.what_if, "outcome": effect.name, "label": effect.label, "unit": effect.unit,
        "pairs": gap.pairs, "baseline": gap.before, "with_it": gap.after, "difference": gap.middle, "low": gap.low,
        "high": gap.high, "one_pair_in_ten_below": one.low, "one_pair_in_ten_above": one.high,
        "share_of_pairs_lower": gap.lower, "share_of_pairs_higher": gap.higher,
    }  # fmt: skip
