"""Everything that a comparison comes to, found before anything is drawn or written: effects, tables, plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from siege_sim.analysis.comparison.effects import days_of, effects_of, endings_of, first_differing_day, quarters_of
from siege_sim.analysis.comparison.interaction import interactions_of
from siege_sim.analysis.comparison.leading import leading_effects, onsets_of
from siege_sim.analysis.comparison.paired import CONFIDENCE
from siege_sim.analysis.comparison.traces import OF_QUARTERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from siege_sim.analysis.comparison.compared import ComparedQuantity, Target
    from siege_sim.analysis.comparison.comparison import Arm, Comparison, InterimLook
    from siege_sim.analysis.comparison.effects import DailyEffect, Effect, QuarterEffect
    from siege_sim.analysis.comparison.interaction import Interaction, Interactions
    from siege_sim.analysis.comparison.leading import Onset
    from siege_sim.analysis.comparison.paired import Difference
    from siege_sim.analysis.comparison.uncertain import UncertainFindings

DAY_COLUMNS = (
    "what_if", "outcome", "day", "date", "pairs", "baseline", "with_it", "difference", "low", "high", "tenth",
    "ninetieth",
)  # fmt: skip


@dataclass(frozen=True)
class ArmFindings:
    """What a what-if changes.

    Attributes:
        arm: the what-if.
        effects: on every quantity.
        days: on every daily outcome, day by day.
        quarters: in every quarter that was besieged on day 0.
        first_differing_day: the first day on which a run differs from its baseline in a daily outcome; None for never.
        onsets: when daily outcomes begin to differ clearly, the first first.
    """

    arm: Arm
    effects: tuple[Effect, ...]
    days: tuple[DailyEffect, ...] = field(repr=False)
    quarters: tuple[QuarterEffect, ...] = field(repr=False)
    first_differing_day: int | None
    onsets: tuple[Onset, ...] = field(default=(), repr=False)

    @property
    def leading(self) -> list[Effect]:
        """The effects that lead in the answer: what the what-if is about, all deaths, endings, dates."""
        return leading_effects(self.effects, self.arm.about)

    @property
    def leading_first(self) -> list[Effect]:
        """All effects, those that lead before the others."""
        leading = self.leading
        return [*leading, *(effect for effect in self.effects if effect not in leading)]


@dataclass(frozen=True)
class ComparisonFindings:
    """What a comparison says.

    Attributes:
        baseline: what the others are compared with.
        what_ifs: what each of the others changes.
        quantities: what is compared.
        endings: the share of runs of every ending that was seen, by scenario, the baseline first.
        seeds: the same for every scenario.
        start: the date of day 0.
        last_day: the last day on which they are compared.
        until: how narrow an interval was asked for, if any was.
        looks: the looks at that interval.
        narrow_enough: whether it was reached; None when none was asked for.
        settings: what was changed in all scenarios, as ``key=value``.
        stopped_after: after how many days the runs were stopped, if so.
        made: program and versions.
        digests: of the scenarios, by name.
        runs: a row a scenario and seed, with the numbers of the run.
        interactions: what the what-ifs do alone and together, where one scenario has what all others change.
        uncertain: what they change with uncertain parameters, where that was asked for.
    """

    baseline: Arm
    what_ifs: tuple[ArmFindings, ...]
    quantities: tuple[ComparedQuantity, ...]
    endings: Mapping[str, Mapping[str, float]]
    seeds: tuple[int, ...]
    start: date
    last_day: int
    until: Target | None
    looks: tuple[InterimLook, ...]
    narrow_enough: bool | None
    settings: tuple[str, ...]
    stopped_after: int | None
    made: Mapping[str, Any] = field(repr=False)
    digests: Mapping[str, str | None] = field(repr=False)
    runs: pd.DataFrame = field(repr=False)
    interactions: Interactions | None = field(default=None, repr=False)
    uncertain: UncertainFindings | None = field(default=None, repr=False)

    @property
    def pairs(self) -> int:
        """How many runs of each scenario there are."""
        return len(self.seeds)

    @property
    def seeds_text(self) -> str:
        """Which runs these are, in words."""
        if self.pairs == 1:
            return f"1 pair of runs, seed {self.seeds[0]}"
        return f"{self.pairs} pairs of runs, seeds {self.seeds[0]} to {self.seeds[-1]}"

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table by name: effects, days, quarters, runs, and what else was asked for."""
        tables = {"effects": self.effects_table(), "days": self.days_table(), "quarters": self.quarters_table(),
                  "runs": self.runs}  # fmt: skip
        if rows := self._interaction_rows():
            tables["interactions"] = pd.DataFrame(rows)
        if self.uncertain is not None:
            tables |= {"uncertain": self.uncertain.table(), "draws": self.uncertain.draws}
        return tables

    def _interaction_rows(self) -> list[dict[str, Any]]:
        found = self.interactions
        return [] if found is None else [_interaction_row(found.alone, row) for row in found.rows]

    @staticmethod
    def _uncertain_data(found: UncertainFindings) -> dict[str, Any]:
        rows = found.table().astype(object)
        return {
            "drawn_from": found.said,
            "pairs": found.pairs,
            "effects": rows.where(rows.notna(), None).to_dict("records"),
        }

    def effects_table(self) -> pd.DataFrame:
        """Return a row a what-if and outcome."""
        return pd.DataFrame(self._effect_rows())

    def _effect_rows(self) -> list[dict[str, Any]]:
        return [_row(effect) for one in self.what_ifs for effect in one.effects]

    def days_table(self) -> pd.DataFrame:
        """Return a row a what-if, daily outcome and day."""
        parts = [self._days_part(one.arm.name, effect) for one in self.what_ifs for effect in one.days]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(DAY_COLUMNS))

    def _days_part(self, what_if: str, effect: DailyEffect) -> pd.DataFrame:
        days = range(self.last_day + 1)
        dates = [(self.start + timedelta(days=day)).isoformat() for day in days]
        columns = (
            what_if, effect.quantity.name, days, dates, effect.pairs, effect.before, effect.after, effect.middle,
            effect.middle - effect.half, effect.middle + effect.half, effect.tenth, effect.ninetieth,
        )  # fmt: skip
        return pd.DataFrame(dict(zip(DAY_COLUMNS, columns, strict=True)))

    def quarters_table(self) -> pd.DataFrame:
        """Return a row a what-if, quarter and number of a quarter."""
        return pd.DataFrame(
            [
                {"what_if": one.arm.name, "quarter": effect.quarter, "number": name, **_numbers_of(difference)}
                for one in self.what_ifs
                for effect in one.quarters
                for name, difference in zip((*OF_QUARTERS, "lost"), (*effect.differences, effect.lost), strict=True)
            ]
        )

    def data(self) -> dict[str, Any]:
        """Return everything but the single days, quarters and runs as plain data."""
        return {
            "made_by": dict(self.made),
            "baseline": self.baseline.name,
            "what_ifs": [one.arm.name for one in self.what_ifs],
            "digests": dict(self.digests),
            "about": {one.arm.name: list(one.arm.about) for one in self.what_ifs},
            "doubts": {one.arm.name: list(one.arm.doubts) for one in self.what_ifs},
            "changed": {arm.name: list(arm.changed) for arm in (self.baseline, *(one.arm for one in self.what_ifs))},
            "start": self.start.isoformat(),
            "last_day": self.last_day,
            "days": self.stopped_after,
            "settings": list(self.settings),
            "pairs": self.pairs,
            "seeds": list(self.seeds),
            "confidence": CONFIDENCE,
            "until": None if self.until is None else {**asdict(self.until), "reached": self.narrow_enough},
            "looks": [asdict(look) for look in self.looks],
            "endings": {name: dict(shares) for name, shares in self.endings.items()},
            "effects": self._effect_rows(),
            "interactions": self._interaction_rows(),
            "uncertain": None if self.uncertain is None else self._uncertain_data(self.uncertain),
        }


def comparison_findings(comparison: Comparison) -> ComparisonFindings:
    """Find out everything that a comparison says."""
    made = dict(comparison.traces[0][0].provenance)
    made.pop("scenario_digest", None)
    arms = comparison.arms
    return ComparisonFindings(
        baseline=comparison.baseline,
        what_ifs=tuple(_arm_findings(comparison, arm) for arm in range(1, len(arms))),
        quantities=comparison.quantities,
        endings={arm.name: endings_of(comparison, place) for place, arm in enumerate(arms)},
        seeds=comparison.seeds,
        start=comparison.start,
        last_day=comparison.last_day,
        until=comparison.until,
        looks=comparison.looks,
        narrow_enough=comparison.narrow_enough,
        settings=comparison.settings,
        stopped_after=comparison.days,
        made=made,
        digests={
            arm.name: traces[0].provenance.get("scenario_digest")
            for arm, traces in zip(arms, comparison.traces, strict=True)
        },
        runs=comparison.runs_table(),
        interactions=interactions_of(comparison),
    )


def _arm_findings(comparison: Comparison, arm: int) -> ArmFindings:
    days = days_of(comparison, arm)
    return ArmFindings(
        comparison.arms[arm], effects_of(comparison, arm), days, quarters_of(comparison, arm),
        first_differing_day(comparison, arm), onsets_of(days, comparison.pairs),
    )  # fmt: skip


def _row(effect: Effect) -> dict[str, Any]:
    about = {"what_if": effect.what_if, "outcome": effect.name, "label": effect.label, "unit": effect.unit}
    return {**about, **_numbers_of(effect.difference), "pairs_left_out": effect.left_out}


def _interaction_row(alone: Sequence[str], row: Interaction) -> dict[str, Any]:
    effect, gap = row.effect, row.effect.difference
    each = dict(zip((f"alone_{name}" for name in alone), row.alone or (None,) * len(alone), strict=True))
    return {
        "outcome": effect.name, "label": effect.label, "unit": effect.unit, "pairs": gap.pairs, **each,
        "sum_of_each_alone": gap.before, "together": gap.after, "together_minus_sum": gap.middle, "low": gap.low,
        "high": gap.high, "pairs_left_out": effect.left_out,
    }  # fmt: skip


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
