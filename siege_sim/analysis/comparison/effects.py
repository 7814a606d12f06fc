"""What a what-if changes: the effect on each outcome, on each day and in each quarter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.analysis.comparison.paired import half_widths, mean_difference, share_difference
from siege_sim.analysis.comparison.traces import OF_QUARTERS
from siege_sim.results.curves import daily_percentiles
from siege_sim.results.endings import ENDING, ENDINGS, ending_texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siege_sim.analysis.comparison.compared import ComparedQuantity
    from siege_sim.analysis.comparison.comparison import Comparison
    from siege_sim.analysis.comparison.paired import Difference

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Effect:
    """What a what-if changes in one number.

    Attributes:
        what_if: its name.
        name: the outcome; ``outcome:...`` and ``...:happened`` are shares of runs.
        label: in words.
        unit: of the numbers; shares are from 0 to 1.
        difference: the numbers.
        left_out: pairs in which one run or both have no such number.
    """

    what_if: str
    name: str
    label: str
    unit: str
    difference: Difference
    left_out: int = 0


@dataclass(frozen=True)
class DailyEffect:
    """What a what-if changes in an outcome day by day, over the pairs in which both runs have it on that day.

    Attributes:
        quantity: the outcome.
        pairs: how many pairs there are on each day.
        before: mean without, of these pairs.
        after: mean with.
        middle: mean difference.
        half: half the width of its 95 % interval.
        tenth: of the pairs' differences, as is ``ninetieth`` (percentiles): how widely single pairs differ.
    """

    quantity: ComparedQuantity
    pairs: NDArray[np.int64]
    before: FloatArray
    after: FloatArray
    middle: FloatArray
    half: FloatArray
    tenth: FloatArray
    ninetieth: FloatArray


@dataclass(frozen=True)
class QuarterEffect:
    """What a what-if changes in a quarter: in each of ``OF_QUARTERS``, and in the share of runs that lost it.

    ``day_captured`` is the day on which the last ground there changed hands, by force or by agreement.
    """

    quarter: str
    differences: tuple[Difference, ...]
    lost: Difference


def endings_of(comparison: Comparison, arm: int) -> dict[str, float]:
    """Return the share of a scenario's runs of every ending that any run had."""
    return {ending: float(np.mean(ended_so(comparison, arm, ending))) for ending in endings_seen(comparison)}


def endings_seen(comparison: Comparison) -> list[str]:
    """Return every ending that a run of any scenario had, in the order in which endings are listed."""
    seen = {trace.ending for traces in comparison.traces for trace in traces}
    return [*(ending for ending in ENDINGS if ending in seen), *sorted(seen - set(ENDINGS))]


def ended_so(comparison: Comparison, arm: int, ending: str) -> NDArray[np.bool_]:
    """Return for each run of a scenario whether it ended in a way."""
    return np.array([trace.ending == ending for trace in comparison.traces[arm]])


def first_differing_day(comparison: Comparison, arm: int) -> int | None:
    """Return the first day on which a run differs from its baseline in a daily outcome; None for never."""
    pairs = zip(comparison.traces[0], comparison.traces[arm], strict=True)
    differs = [(np.nan_to_num(a.curves, nan=-1.0) != np.nan_to_num(b.curves, nan=-1.0)).any(axis=0) for a, b in pairs]
    days = np.flatnonzero(np.any(differs, axis=0))
    return int(days[0]) if days.size else None


def effects_of(comparison: Comparison, arm: int) -> tuple[Effect, ...]:
    """Return the effect of a scenario on every quantity, against the baseline."""
    before, after = comparison.numbers(0), comparison.numbers(arm)
    found: list[Effect] = []
    for row, quantity in enumerate(comparison.quantities):
        if quantity.name == ENDING:
            found += _on_ending(comparison, arm)
        else:
            found += _on_number(comparison.arms[arm].name, quantity, before[:, row], after[:, row])
    return tuple(found)


def _on_ending(comparison: Comparison, arm: int) -> list[Effect]:
    return [
        Effect(
            comparison.arms[arm].name, f"{ENDING}:{ending}", ending_texts(ending).outcome, "share of runs",
            share_difference(ended_so(comparison, 0, ending), ended_so(comparison, arm, ending)),
        )
        for ending in endings_seen(comparison)
    ]  # fmt: skip


def _on_number(what_if: str, quantity: ComparedQuantity, before: FloatArray, after: FloatArray) -> list[Effect]:
    """Compare the pairs that have the number, and, where some have not, the shares of runs that have it."""
    difference = mean_difference(before, after)
    left_out = len(before) - difference.pairs
    effect = Effect(what_if, quantity.name, quantity.label, quantity.unit, difference, left_out)
    had, has = np.isfinite(before), np.isfinite(after)
    if not quantity.event or (had.all() and has.all()):
        return [effect]
    share = share_difference(had, has)
    return [effect, Effect(what_if, f"{quantity.name}:happened", quantity.event, "share of runs", share)]


def days_of(comparison: Comparison, arm: int) -> tuple[DailyEffect, ...]:
    """Return the effect of a scenario on every daily outcome."""
    daily = [quantity for quantity in comparison.quantities if quantity.daily]
    return tuple(_daily(comparison, arm, row, quantity) for row, quantity in enumerate(daily))


def _daily(comparison: Comparison, arm: int, row: int, quantity: ComparedQuantity) -> DailyEffect:
    before = np.stack([trace.curves[row] for trace in comparison.traces[0]])
    after = np.stack([trace.curves[row] for trace in comparison.traces[arm]])
    gaps = after - before
    known = np.isfinite(gaps)
    tenth, ninetieth = daily_percentiles(gaps, (10.0, 90.0))
    return DailyEffect(
        quantity=quantity,
        pairs=known.sum(axis=0),
        before=_mean(before, known),
        after=_mean(after, known),
        middle=_mean(gaps, known),
        half=half_widths(gaps),
        tenth=tenth,
        ninetieth=ninetieth,
    )


def quarters_of(comparison: Comparison, arm: int) -> tuple[QuarterEffect, ...]:
    """Return the effect of a scenario in every quarter that was besieged on day 0."""
    before, after = (np.stack([trace.quarters for trace in comparison.traces[which]]) for which in (0, arm))
    day = OF_QUARTERS.index("day_captured")
    return tuple(
        QuarterEffect(
            quarter=place,
            differences=tuple(mean_difference(before[:, row, n], after[:, row, n]) for row in range(len(OF_QUARTERS))),
            lost=share_difference(np.isfinite(before[:, day, n]), np.isfinite(after[:, day, n])),
        )
        for n, place in enumerate(comparison.traces[0][0].places)
    )


def _mean(values: FloatArray, known: NDArray[np.bool_]) -> FloatArray:
    """Return the mean of the known values of each column, not a number where there are none."""
    counts = known.sum(axis=0)
    sums = np.where(known, values, 0.0).sum(axis=0)
    result = np.full(values.shape[1], np.nan)
    np.divide(sums, counts, out=result, where=counts > 0)
    return result
