"""Kinds of measures: what a pattern of a record can be about. Data, not code.

How each kind is measured on a run is in ``siege_sim.validation.measures``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from siege_sim.schema.block import Block, Problem, param
from siege_sim.schema.clock import IsoDate

Names = Annotated[tuple[str, ...], Field(min_length=1)]
"""Names of outcomes or quarters. Several outcomes are added up."""


class Measure(Block):
    """Something that can be measured on a run."""

    @property
    def first_day(self) -> date | None:
        """The first day that the measured number speaks of, if it is tied to dates."""
        return None

    @property
    def last_day(self) -> date | None:
        """The last such day."""
        return None

    @property
    def outcomes_used(self) -> tuple[str, ...]:
        """The outcomes that are read."""
        return ()

    @property
    def quarters_used(self) -> tuple[str, ...]:
        """The quarters that are read."""
        return ()

    @property
    def quantity(self) -> tuple[object, ...] | None:
        """What is measured but for its dates: equal for the same quantity at two times; ``None`` if it has no time."""
        return None


class Moment(Measure):
    """A measure on one day."""

    on: IsoDate
    """The day, at whose end is measured."""

    @property
    def first_day(self) -> date:
        """The day itself."""
        return self.on

    @property
    def last_day(self) -> date:
        """The day itself."""
        return self.on


class Span(Measure):
    """A measure over some days."""

    after: IsoDate
    """The day before the first; day 0 of the siege for "from the beginning"."""
    until: IsoDate
    """The last day."""

    @property
    def first_day(self) -> date:
        """The day after ``after``."""
        return self.after + timedelta(days=1)

    @property
    def last_day(self) -> date:
        """The last day."""
        return self.until

    @property
    def days(self) -> int:
        """How many days it covers."""
        return (self.until - self.after).days

    def problems(self) -> Iterator[Problem]:
        """Yield a span that ends before it begins."""
        if self.until <= self.after:
            yield ("until",), f"{self.until} is not after {self.after}; move one of them"


class OutcomesOn(Moment):
    """Outcomes on a day."""

    outcomes: Names
    """Outcomes by name; several are added up."""

    @property
    def outcomes_used(self) -> tuple[str, ...]:
        """The outcomes."""
        return self.outcomes

    @property
    def quantity(self) -> tuple[object, ...]:
        """Kind and outcomes."""
        return (type(self).__name__, *sorted(self.outcomes))


class OutcomesBetween(Span):
    """Outcomes over some days."""

    outcomes: Names
    """Outcomes by name; several are added up."""

    @property
    def outcomes_used(self) -> tuple[str, ...]:
        """The outcomes."""
        return self.outcomes


class ValueOn(OutcomesOn):
    """The value of outcomes on a day."""

    kind: Literal["value_on"] = "value_on"


class FallOn(OutcomesOn):
    """How far outcomes have fallen below their value on day 0."""

    kind: Literal["fall_on"] = "fall_on"


class Increase(OutcomesBetween):
    """By how much cumulative outcomes grew."""

    kind: Literal["increase"] = "increase"


class Rate(OutcomesBetween):
    """An outcome's mean a day."""

    @property
    def quantity(self) -> tuple[object, ...]:
        """Kind and outcomes."""
        return (type(self).__name__, *sorted(self.outcomes))


class IncreasePerDay(Rate):
    """By how much cumulative outcomes grew in a day, on average."""

    kind: Literal["increase_per_day"] = "increase_per_day"


class MeanPerDay(Rate):
    """The mean of outcomes that are counted anew every day."""

    kind: Literal["mean_per_day"] = "mean_per_day"


class Ratio(Span):
    """The growth of some cumulative outcomes over that of others."""

    kind: Literal["ratio"] = "ratio"
    over: Names
    """The outcomes above the line."""
    under: Names
    """The outcomes below it."""

    @property
    def outcomes_used(self) -> tuple[str, ...]:
        """The outcomes above and below the line."""
        return (*self.over, *self.under)


class OfQuarters(Moment):
    """Something about some quarters, up to a day."""

    quarters: Names
    """The quarters."""

    @property
    def quarters_used(self) -> tuple[str, ...]:
        """The quarters."""
        return self.quarters


class QuartersByDay(OfQuarters):
    """Something about some quarters that has a course in time."""

    @property
    def quantity(self) -> tuple[object, ...]:
        """Kind and quarters."""
        return (type(self).__name__, *sorted(self.quarters))


class CapturedBy(QuartersByDay):
    """How many of some quarters had been captured by a day (and were not taken back later)."""

    kind: Literal["captured_by"] = "captured_by"


class GroundCaptured(QuartersByDay):
    """Which share of the ground of some quarters had been captured by a day.

    Of a quarter the days of its first and its last loss are known; between them it is taken at an even pace.
    """

    kind: Literal["ground_captured"] = "ground_captured"


class LargestGroundCaptured(OfQuarters):
    """The largest share of the ground of some quarters that was captured within some days, up to a day."""

    kind: Literal["largest_ground_captured"] = "largest_ground_captured"
    days: int = param(unit="days", ge=1, le=1000)
    """How many days."""


class TwoPeriods(Span):
    """Outcomes in one period, over the same in an earlier one."""

    outcomes: Names
    """Outcomes by name; several are added up."""
    earlier_after: IsoDate
    """The day before the first of the earlier period."""
    earlier_until: IsoDate
    """The last day of the earlier period."""

    @property
    def outcomes_used(self) -> tuple[str, ...]:
        """The outcomes."""
        return self.outcomes

    @property
    def first_day(self) -> date:
        """The first day of the earlier period."""
        return self.earlier_after + timedelta(days=1)

    def problems(self) -> Iterator[Problem]:
        """Yield periods that end before they begin, or the earlier one after the later."""
        yield from super().problems()
        if self.earlier_until <= self.earlier_after:
            yield ("earlier_until",), f"{self.earlier_until} is not after {self.earlier_after}; move one of them"
        if self.earlier_until > self.after:
            yield ("earlier_until",), f"{self.earlier_until} is after {self.after}, where the later period begins"


class RatioOfPeriods(TwoPeriods):
    """By how much outcomes changed in a day of one period, over the same in an earlier period."""

    kind: Literal["ratio_of_periods"] = "ratio_of_periods"


class RankOfCapture(Measure):
    """Which place a quarter has in the order of capture; 1 is the first, alone or with others of the same day."""

    kind: Literal["rank_of_capture"] = "rank_of_capture"
    quarter: str
    """The quarter."""

    @property
    def quarters_used(self) -> tuple[str, ...]:
        """The quarter."""
        return (self.quarter,)


class ShareOfFirstCaptured(Measure):
    """Which share of the quarters that were captured first are among those named."""

    kind: Literal["share_of_first_captured"] = "share_of_first_captured"
    first: int = param(unit="quarters", ge=1, le=1000)
    """How many quarters count as first; those of the same day as the last of them count too."""
    quarters: Names
    """The quarters."""

    @property
    def quarters_used(self) -> tuple[str, ...]:
        """The quarters."""
        return self.quarters


class ShareOfFirst(Measure):
    """The share that one outcome has in a sum of outcomes, on the first day on which the sum reaches a count."""

    kind: Literal["share_of_first"] = "share_of_first"
    part: Names
    """The outcomes of which the share is wanted."""
    whole: Names
    """The outcomes that make up the sum."""
    count: float = param(unit="as the outcomes", ge=1e-6, le=1e12)
    """What the sum must reach."""

    @property
    def outcomes_used(self) -> tuple[str, ...]:
        """All outcomes named."""
        return (*self.part, *self.whole)


class OwnBreak(Measure):
    """A measure on a run's own calendar: its clock is the ground it has lost, not the date.

    A run that breaks three weeks early but as suddenly as the record has the record's shape.
    """

    level: float = param(unit="share of day 0", ge=0.001, le=1.0)
    """The share of the ground of day 0 whose loss marks the run's own break."""

    @property
    def outcomes_used(self) -> tuple[str, ...]:
        """The ground held."""
        return (GROUND_HELD,)


GROUND_HELD = "garrison_area_share"


class LargestLoss(OwnBreak):
    """The largest loss of ground within some days, as a share of all loss up to the run's own break."""

    kind: Literal["largest_loss"] = "largest_loss"
    days: int = param(unit="days", ge=1, le=1000)
    """How many days."""


class DaysOfBreaking(OwnBreak):
    """How many days lie between the first loss of one share of the ground and that of a larger one."""

    kind: Literal["days_of_breaking"] = "days_of_breaking"
    from_level: float = param(unit="share of day 0", ge=0.001, le=1.0)
    """The smaller share."""

    def problems(self) -> Iterator[Problem]:
        """Yield levels in the wrong order."""
        if self.from_level >= self.level:
            yield ("from_level",), f"{self.from_level:g} is not below level, {self.level:g}; lower it"


class DateOfBreak(OwnBreak):
    """When the run's own break came, in days after a date (before it: negative)."""

    kind: Literal["date_of_break"] = "date_of_break"
    after: IsoDate
    """The date from which is counted."""

    @property
    def last_day(self) -> date:
        """The date from which is counted."""
        return self.after
