"""What-ifs against their baseline: the effect on each outcome, on each day and in each quarter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siege_sim.analysis.comparison.paired import CONFIDENCE, Difference, half_widths, mean_difference, share_difference
from siege_sim.analysis.comparison.traces import OF_QUARTERS
from siege_sim.results.endings import ENDING, ENDINGS, ending_texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siege_sim.analysis.comparison.compared import ComparedQuantity, Target
    from siege_sim.analysis.comparison.traces import Trace

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Arm:
    """One of the scenarios that are compared."""

    name: str
    title: str
    summary: str


@dataclass(frozen=True)
class InterimLook:
    """A look at the interval while runs were added: at how many pairs, and how wide the widest was."""

    pairs: int
    width: float


@dataclass(frozen=True)
class Effect:
    """What a what-if changes in one number.

    Attributes:
        what_if: its name.
        name: the outcome; ``ending:...`` and ``...:happened`` are shares of runs.
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


@dataclass(frozen=True)
class Comparison:
    """Runs of a baseline and of what-ifs with the same seeds.

    Attributes:
        arms: the scenarios, the baseline first.
        quantities: what is compared.
        start: the date of day 0.
        last_day: the last day on which they are compared.
        until: how narrow an interval was asked for, if any was.
        traces: what is left of the runs of each arm, in the order of the seeds.
        looks: the looks at that interval.
        settings: what was changed in all scenarios, as ``key=value``.
        days: after how many days the runs were stopped, if so.
    """

    arms: tuple[Arm, ...]
    quantities: tuple[ComparedQuantity, ...]
    start: date
    last_day: int
    until: Target | None
    traces: tuple[tuple[Trace, ...], ...] = field(repr=False)
    looks: tuple[InterimLook, ...] = ()
    settings: tuple[str, ...] = ()
    days: int | None = None

    @property
    def pairs(self) -> int:
        """How many runs of each scenario there are."""
        return len(self.traces[0])

    @property
    def baseline(self) -> Arm:
        """What the others are compared with."""
        return self.arms[0]

    @property
    def what_ifs(self) -> tuple[Arm, ...]:
        """The scenarios that are compared with the baseline."""
        return self.arms[1:]

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds, the same for every scenario."""
        return tuple(trace.seed for trace in self.traces[0])

    @property
    def narrow_enough(self) -> bool | None:
        """Whether the interval that was asked for was reached; ``None`` when none was."""
        return None if self.until is None or not self.looks else self.looks[-1].width <= self.until.width

    def with_more(self, traces: Sequence[Sequence[Trace]]) -> Comparison:
        """Return the comparison with more runs of every scenario."""
        return replace(self, traces=tuple((*had, *more) for had, more in zip(self.traces, traces, strict=True)))

    def after_look(self, look: InterimLook) -> Comparison:
        """Return the comparison after one more look at the interval."""
        return replace(self, looks=(*self.looks, look))

    def widest(self, name: str) -> float:
        """Return the width of the widest interval of an outcome, over all what-ifs."""
        row = [quantity.name for quantity in self.quantities].index(name)
        base, *others = (self._numbers(arm)[:, row] for arm in range(len(self.arms)))
        return max(mean_difference(base, other).width for other in others)

    def _numbers(self, arm: int) -> FloatArray:
        return np.stack([trace.numbers for trace in self.traces[arm]])

    def endings(self) -> dict[str, dict[str, float]]:
        """Return the share of runs of every ending that was seen, by scenario."""
        return {
            arm.name: {ending: float(np.mean(self._ended(number, ending))) for ending in self._endings_seen()}
            for number, arm in enumerate(self.arms)
        }

    def _endings_seen(self) -> list[str]:
        seen = {trace.ending for traces in self.traces for trace in traces}
        return [*(ending for ending in ENDINGS if ending in seen), *sorted(seen - set(ENDINGS))]

    def _ended(self, arm: int, ending: str) -> NDArray[np.bool_]:
        return np.array([trace.ending == ending for trace in self.traces[arm]])

    @property
    def first_differing_day(self) -> dict[str, int | None]:
        """The first day on which a run differs from its baseline in a daily outcome, by what-if; ``None`` for never."""
        found: dict[str, int | None] = {}
        for arm, traces in zip(self.what_ifs, self.traces[1:], strict=True):
            pairs = zip(self.traces[0], traces, strict=True)
            differs = [
                (np.nan_to_num(a.curves, nan=-1.0) != np.nan_to_num(b.curves, nan=-1.0)).any(axis=0) for a, b in pairs
            ]
            days = np.flatnonzero(np.any(differs, axis=0))
            found[arm.name] = int(days[0]) if days.size else None
        return found

    @cached_property
    def effects(self) -> dict[str, tuple[Effect, ...]]:
        """The effect on every quantity, by what-if."""
        return {arm.name: tuple(self._effects(number)) for number, arm in enumerate(self.arms) if number}

    def _effects(self, arm: int) -> list[Effect]:
        before, after = self._numbers(0), self._numbers(arm)
        found: list[Effect] = []
        for row, quantity in enumerate(self.quantities):
            if quantity.name == ENDING:
                found += self._effects_on_ending(arm)
            else:
                found += self._effects_on_number(arm, quantity, before[:, row], after[:, row])
        return found

    def _effects_on_ending(self, arm: int) -> list[Effect]:
        return [
            Effect(
                self.arms[arm].name, f"{ENDING}:{ending}", ending_texts(ending).label, "share of runs",
                share_difference(self._ended(0, ending), self._ended(arm, ending)),
            )
            for ending in self._endings_seen()
        ]  # fmt: skip

    def _effects_on_number(
        self, arm: int, quantity: ComparedQuantity, before: FloatArray, after: FloatArray
    ) -> list[Effect]:
        """Compare the pairs that have the number, and, where some have not, the shares of runs that have it."""
        what_if, difference = self.arms[arm].name, mean_difference(before, after)
        effect = Effect(
            what_if, quantity.name, quantity.label, quantity.unit, difference, self.pairs - difference.pairs
        )
        had, has = np.isfinite(before), np.isfinite(after)
        if not quantity.event or (had.all() and has.all()):
            return [effect]
        share = share_difference(had, has)
        return [effect, Effect(what_if, f"{quantity.name}:happened", quantity.event, "share of runs", share)]

    def days_of(self, what_if: str) -> tuple[DailyEffect, ...]:
        """Return the effect of a what-if on every daily outcome."""
        arm = self._index(what_if)
        daily = [quantity for quantity in self.quantities if quantity.daily]
        return tuple(self._daily(arm, row, quantity) for row, quantity in enumerate(daily))

    def _daily(self, arm: int, row: int, quantity: ComparedQuantity) -> DailyEffect:
        before = np.stack([trace.curves[row] for trace in self.traces[0]])
        after = np.stack([trace.curves[row] for trace in self.traces[arm]])
        gaps = after - before
        known = np.isfinite(gaps)
        tenth, ninetieth = _over_known(np.where(known, gaps, np.nan), (10.0, 90.0))
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

    def quarters_of(self, what_if: str) -> tuple[QuarterEffect, ...]:
        """Return the effect of a what-if in every quarter that was besieged on day 0."""
        before = np.stack([trace.quarters for trace in self.traces[0]])
        after = np.stack([trace.quarters for trace in self.traces[self._index(what_if)]])
        day = OF_QUARTERS.index("day_captured")
        return tuple(
            QuarterEffect(
                quarter=place,
                differences=tuple(
                    mean_difference(before[:, row, n], after[:, row, n]) for row in range(len(OF_QUARTERS))
                ),
                lost=share_difference(np.isfinite(before[:, day, n]), np.isfinite(after[:, day, n])),
            )
            for n, place in enumerate(self.traces[0][0].places)
        )

    def _index(self, what_if: str) -> int:
        return [arm.name for arm in self.arms].index(what_if)

    def effects_table(self) -> pd.DataFrame:
        """Return a row a what-if and outcome."""
        rows = [_row(effect) for effects in self.effects.values() for effect in effects]
        return pd.DataFrame(rows)

    def days_table(self) -> pd.DataFrame:
        """Return a row a what-if, daily outcome and day."""
        parts = [self._days_part(arm.name, effect) for arm in self.what_ifs for effect in self.days_of(arm.name)]
        columns = ["what_if", "outcome", "day", "date", "pairs", "baseline", "with_it", "difference", "low", "high",
                   "tenth", "ninetieth"]  # fmt: skip
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)

    def _days_part(self, what_if: str, effect: DailyEffect) -> pd.DataFrame:
        days = range(self.last_day + 1)
        return pd.DataFrame(
            {
                "what_if": what_if,
                "outcome": effect.quantity.name,
                "day": days,
                "date": [(self.start + timedelta(days=day)).isoformat() for day in days],
                "pairs": effect.pairs,
                "baseline": effect.before,
                "with_it": effect.after,
                "difference": effect.middle,
                "low": effect.middle - effect.half,
                "high": effect.middle + effect.half,
                "tenth": effect.tenth,
                "ninetieth": effect.ninetieth,
            }
        )

    def quarters_table(self) -> pd.DataFrame:
        """Return a row a what-if, quarter and number of a quarter."""
        return pd.DataFrame(
            [
                {"what_if": arm.name, "quarter": effect.quarter, "number": name, **_numbers_of(difference)}
                for arm in self.what_ifs
                for effect in self.quarters_of(arm.name)
                for name, difference in zip((*OF_QUARTERS, "lost"), (*effect.differences, effect.lost), strict=True)
            ]
        )

    def runs_table(self) -> pd.DataFrame:
        """Return a row a scenario and seed, with the numbers of the run."""
        names = [quantity.name for quantity in self.quantities if quantity.name != ENDING]
        kept = [row for row, quantity in enumerate(self.quantities) if quantity.name != ENDING]
        return pd.DataFrame(
            [
                {
                    "scenario": arm.name, "seed": trace.seed, ENDING: trace.ending,
                    **dict(zip(names, trace.numbers[kept].tolist(), strict=True)),
                }
                for arm, traces in zip(self.arms, self.traces, strict=True)
                for trace in traces
            ]
        )  # fmt: skip

    def data(self) -> dict[str, Any]:
        """Return everything but the single days, quarters and runs as plain data."""
        made = dict(self.traces[0][0].provenance)
        made.pop("scenario_digest", None)
        return {
            "made_by": made,
            "baseline": self.baseline.name,
            "what_ifs": [arm.name for arm in self.what_ifs],
            "digests": {
                arm.name: traces[0].provenance.get("scenario_digest")
                for arm, traces in zip(self.arms, self.traces, strict=True)
            },
            "start": self.start.isoformat(),
            "last_day": self.last_day,
            "days": self.days,
            "settings": list(self.settings),
            "pairs": self.pairs,
            "seeds": list(self.seeds),
            "confidence": CONFIDENCE,
            "until": None if self.until is None else {**asdict(self.until), "reached": self.narrow_enough},
            "looks": [asdict(look) for look in self.looks],
            "endings": self.endings(),
            "effects": [_row(effect) for effects in self.effects.values() for effect in effects],
        }


def _row(effect: Effect) -> dict[str, Any]:
    about = {"what_if": effect.what_if, "outcome": effect.name, "label": effect.label, "unit": effect.unit}
    return {**about, **_numbers_of(effect.difference), "pairs_left_out": effect.left_out}


def _numbers_of(difference: Difference) -> dict[str, Any]:
    return {
        "pairs": difference.pairs,
        "baseline": difference.before,
        "with_it": difference.after,
        "difference": difference.middle,
        "low": difference.low,
        "high": difference.high,
        "share_of_pairs_lower": difference.lower,
        "share_of_pairs_higher": difference.higher,
        "unpaired_runs_of_each": difference.unpaired,
    }


def _mean(values: FloatArray, known: NDArray[np.bool_]) -> FloatArray:
    """Return the mean of the known values of each column, not a number where there are none."""
    counts = known.sum(axis=0)
    sums = np.where(known, values, 0.0).sum(axis=0)
    result = np.full(values.shape[1], np.nan)
    np.divide(sums, counts, out=result, where=counts > 0)
    return result


def _over_known(values: FloatArray, percentiles: tuple[float, ...]) -> FloatArray:
    result = np.full((len(percentiles), values.shape[1]), np.nan)
    known = np.isfinite(values).any(axis=0)
    result[:, known] = np.nanpercentile(values[:, known], percentiles, axis=0)
    return result
