"""Scorecards: runs held against a record, pattern by pattern, beside naive forecasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from siege_sim.results.run import CompactRun
from siege_sim.validation.pattern_scores import (
    ForecastScore,
    PatternScore,
    against,
    covered,
    flat_row,
    mean_crps,
    patterns_held,
    score_patterns,
)

if TYPE_CHECKING:
    from siege_sim.validation.known_so_far import Conditioned
    from siege_sim.validation.record import Record


@dataclass(frozen=True)
class Scorecard:
    """How runs of a scenario compare with a record.

    Attributes:
        changed: what was changed in the scenario, in sentences.
        known: what the runs say with weights by the record so far, if that was asked for.
        drawn_from: where each run has its parameters from, as a clause; empty where all have those of the scenario.
        command: what makes the card, where it is not ``siege-sim score``.
    """

    scenario: str
    title: str
    record: str
    record_title: str
    record_summary: str
    until: date
    seeds: tuple[int, ...]
    days: int | None
    settings: tuple[str, ...]
    made: Mapping[str, Any]
    lines: tuple[PatternScore, ...]
    changed: tuple[str, ...] = ()
    known: Conditioned | None = None
    drawn_from: str = ""
    command: str = ""

    @property
    def spread(self) -> str:
        """What the spread of the runs holds, in a sentence."""
        if self.drawn_from:
            return f"The runs differ by chance and in their parameters, {self.drawn_from}."
        return "The runs differ by chance alone; the spread does not include uncertainty in the parameters."

    @property
    def medians_inside(self) -> tuple[int, int]:
        """How many patterns the runs have (medians in the range), of how many measured patterns."""
        return patterns_held(self.lines)

    def against(self, forecast: str) -> ForecastScore:
        """Compare the runs with a naive forecast (one of ``NAIVE``) where it can be made."""
        return against(self.lines, forecast)

    def table(self) -> pd.DataFrame:
        """Return a row a pattern."""
        return pd.DataFrame([flat_row(line) for line in self.lines])

    def data(self) -> dict[str, Any]:
        """Return everything as plain data; the same runs and record give the same data."""
        (inside, of), (met, could) = self.medians_inside, covered(self.lines)
        conditioned = {} if self.known is None else {"known_so_far": self.known.data()}
        return {
            "scenario": self.scenario,
            "record": self.record,
            "record_until": self.until.isoformat(),
            "seeds": list(self.seeds),
            "days": self.days,
            "settings": list(self.settings),
            "changed": list(self.changed),
            "made_by": dict(self.made),
            "medians_inside": inside,
            "patterns_measured": of,
            "mean_crps_in_widths": mean_crps(self.lines),
            "intervals_of_80_percent": {"patterns": could, "meet_the_range": met},
            "against_it_stays": asdict(self.against("stays")),
            "against_straight_line": asdict(self.against("line")),
            "against_resampled_history": asdict(self.against("resampled")),
            **conditioned,
            "patterns": [line.data() for line in self.lines],
        }


def scorecard(
    record: Record,
    runs: Sequence[CompactRun],
    scenario: str,
    title: str,
    days: int | None = None,
    settings: Sequence[str] = (),
    record_from: str | None = None,
    changed: Sequence[str] = (),
) -> Scorecard:
    """Score runs of a scenario.

    Args:
        record: what they are scored against.
        runs: at least one, all of one scenario.
        scenario: name or path of the scenario.
        title: its title.
        days: after how many days the runs were stopped, if so.
        settings: what was changed in the scenario, as ``key=value``.
        record_from: name or path of the record, if it is not its name.
        changed: what was changed in the scenario, in sentences.
    """
    return Scorecard(
        scenario=scenario,
        title=title,
        record=record_from or record.name,
        record_title=record.title,
        record_summary=record.summary,
        until=record.until,
        seeds=tuple(run.seed for run in runs),
        days=days,
        settings=tuple(settings),
        made=runs[0].provenance,
        lines=score_patterns(record, runs),
        changed=tuple(changed),
    )
