"""Several levers at once: how far the effect of all together differs from the sum of the effects of each alone.

Of every seed there is a run without, one with each lever, and one with all. What all do together, less what each does
alone, is one number a seed; its mean has Student's interval. Where it is 0, the effects add up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.analysis.comparison.effects import Effect, ended_so, endings_seen
from siege_sim.analysis.comparison.paired import Difference, interval_of_mean
from siege_sim.results.endings import ENDING, ending_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from siege_sim.analysis.comparison.comparison import Comparison

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Interaction:
    """What levers do to one outcome, alone and together.

    Attributes:
        effect: ``before`` is the sum of the mean effects of each alone, ``after`` the mean effect of all together; the
            difference between them is the interaction.
        alone: the mean effect of each, in the order of ``Interactions.alone``.
    """

    effect: Effect
    alone: tuple[float, ...]


@dataclass(frozen=True)
class Interactions:
    """What levers do alone and together.

    Attributes:
        together: the name of the scenario with all of them.
        alone: the names of those with each.
        rows: outcome by outcome.
    """

    together: str
    alone: tuple[str, ...]
    rows: tuple[Interaction, ...]


def interactions_of(comparison: Comparison) -> Interactions | None:
    """Return what levers do alone and together, where one of the scenarios has them all; else None."""
    if comparison.together is None:
        return None
    alone = [arm for arm in range(1, len(comparison.arms)) if arm != comparison.together]
    names = tuple(comparison.arms[arm].name for arm in alone)
    order = [0, *alone, comparison.together]
    numbers = [comparison.numbers(arm) for arm in order]
    rows: list[Interaction] = []
    for row, quantity in enumerate(comparison.quantities):
        if quantity.name == ENDING:
            rows += _of_endings(comparison, order)
        else:
            columns = [values[:, row] for values in numbers]
            rows.append(_interaction(quantity.name, quantity.label, quantity.unit, columns))
    return Interactions(comparison.arms[comparison.together].name, names, tuple(rows))


def _of_endings(comparison: Comparison, order: Sequence[int]) -> list[Interaction]:
    return [
        _interaction(
            f"{ENDING}:{ending}", ending_texts(ending).outcome, "share of runs",
            [ended_so(comparison, arm, ending).astype(float) for arm in order], shares=True,
        )
        for ending in endings_seen(comparison)
    ]  # fmt: skip


def _interaction(name: str, label: str, unit: str, columns: Sequence[FloatArray], shares: bool = False) -> Interaction:
    """Return the interaction in one outcome, over the seeds in which all runs have the number.

    Args:
        name: of the outcome.
        label: of it.
        unit: of it.
        columns: the numbers of the baseline's runs, of those with each lever, and of those with all.
        shares: whether they are 0 or 1; then one seed more and one less are added, as in the interval of shares.
    """
    known = np.all([np.isfinite(column) for column in columns], axis=0)
    base, *alone, together = (column[known] for column in columns)
    left_out = int((~known).sum())
    if not known.any():
        return Interaction(Effect("", name, label, unit, Difference(0), left_out), ())
    gaps = [one - base for one in alone]
    difference = _beyond_sum(np.sum(gaps, axis=0), together - base, shares)
    return Interaction(Effect("", name, label, unit, difference, left_out), tuple(float(gap.mean()) for gap in gaps))


def _beyond_sum(added: FloatArray, together: FloatArray, shares: bool) -> Difference:
    beyond = together - added
    drawn = np.concatenate([beyond, [1.0, -1.0]]) if shares else beyond
    low, high = interval_of_mean(drawn) if len(beyond) > 1 else (None, None)
    return Difference(
        len(beyond), float(added.mean()), float(together.mean()), low, high,
        float((beyond < 0.0).mean()), float((beyond > 0.0).mean()),
    )  # fmt: skip
