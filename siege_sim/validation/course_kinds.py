"""Further kinds of measures: of a run's whole course, of its events, and of how it ended. Data, not code.

All kinds together are ``AnyMeasure``. How each is measured on a run is in ``siege_sim.validation.measures``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from siege_sim.errors import did_you_mean
from siege_sim.results.endings import ENDINGS
from siege_sim.schema.block import Problem, param
from siege_sim.schema.clock import IsoDate
from siege_sim.validation import kinds
from siege_sim.validation.kinds import Measure, Moment, Names, OutcomesBetween, QuartersByDay


class OrderOfCapture(Measure):
    """How well the order in which quarters were captured agrees with the record's: Kendall's tau-b.

    1 when every pair of quarters fell in the record's order, 0 when as many pairs fell the other way round, -1 when
    all did. Pairs that fell on the same day, in the record or in the run, count for neither. Quarters that a run does
    not lose count as lost after all others, on the same day.
    """

    kind: Literal["order_of_capture"] = "order_of_capture"
    captured: dict[str, IsoDate] = Field(min_length=2)
    """When each quarter was captured, as the record has it."""

    @property
    def last_day(self) -> date:
        """The record's last capture."""
        return max(self.captured.values())

    @property
    def quarters_used(self) -> tuple[str, ...]:
        """The quarters."""
        return tuple(self.captured)

    def problems(self) -> Iterator[Problem]:
        """Yield quarters that all fell on one day: they have no order."""
        if len(set(self.captured.values())) < 2:
            yield ("captured",), "all quarters have the same date, so there is no order; give two dates or more"


class PeopleOfCaptured(QuartersByDay):
    """How many people lived, on day 0, in those of some quarters that had been captured by a day."""

    kind: Literal["people_of_captured"] = "people_of_captured"


class RatioOn(Moment):
    """The value of some outcomes on a day over that of others."""

    kind: Literal["ratio_on"] = "ratio_on"
    over: Names
    """The outcomes above the line; several are added up."""
    under: Names
    """The outcomes below it."""

    @property
    def outcomes_used(self) -> tuple[str, ...]:
        """The outcomes above and below the line."""
        return (*self.over, *self.under)

    @property
    def quantity(self) -> tuple[object, ...]:
        """Kind and outcomes."""
        return (type(self).__name__, tuple(sorted(self.over)), tuple(sorted(self.under)))


class RatioOfMeans(kinds.TwoPeriods):
    """The mean of outcomes that are counted anew every day in one period, over the same in an earlier period."""

    kind: Literal["ratio_of_means"] = "ratio_of_means"


class LargestChange(OutcomesBetween):
    """The largest change of outcomes from one day to another that is some days later, within a span."""

    kind: Literal["largest_change"] = "largest_change"
    within_days: int = param(unit="days", ge=1, le=1000)
    """How many days lie between the two."""
    direction: Literal["rise", "fall", "either"] = "either"
    """Which changes count. The value is positive; 0 where there was none."""

    def problems(self) -> Iterator[Problem]:
        """Yield a span that is shorter than the days of a change."""
        yield from super().problems()
        if self.until > self.after and self.days < self.within_days:
            yield ("within_days",), f"{self.within_days} is more than the {self.days} days of the span; lower it"


class Ended(Moment):
    """Whether the siege had ended in one of some ways by a day: 1 or 0.

    The ending ``holding`` stands for a siege that goes on after that day. Made for entries with ``share_of_runs``.
    """

    kind: Literal["ended"] = "ended"
    endings: Names
    """The endings by name."""

    def problems(self) -> Iterator[Problem]:
        """Yield endings that no siege can have."""
        for place, name in enumerate(self.endings):
            if name not in ENDINGS:
                yield ("endings", place), f"no ending is called '{name}'{did_you_mean(name, ENDINGS)}"


class OfEvents(Measure):
    """A measure of a run's events, as ``events.csv`` has them."""

    events: Names
    """Kinds of events by name, such as ``agreement`` or ``armed_group_leaves``."""
    where: tuple[str, ...] = ()
    """Only events at these places, as the column ``where`` has them; anywhere without it."""

    @property
    def quantity(self) -> tuple[object, ...] | None:
        """Kind, events and places."""
        return (type(self).__name__, tuple(sorted(self.events)), tuple(sorted(self.where)))


class CountOfEvents(OfEvents, Moment):
    """How many events of some kinds there had been by a day, such as separate agreements."""

    kind: Literal["count_of_events"] = "count_of_events"


class DateOfEvent(OfEvents):
    """When the first event of some kinds came, in days after a date (before it: negative)."""

    kind: Literal["date_of_event"] = "date_of_event"
    after: IsoDate
    """The date from which is counted."""

    @property
    def quantity(self) -> None:
        """None: the date of one thing has no course in time."""
        return

    @property
    def last_day(self) -> date:
        """The date from which is counted."""
        return self.after


AnyMeasure = Annotated[
    kinds.ValueOn
    | kinds.FallOn
    | kinds.Increase
    | kinds.IncreasePerDay
    | kinds.MeanPerDay
    | kinds.Ratio
    | RatioOn
    | kinds.RatioOfPeriods
    | RatioOfMeans
    | LargestChange
    | kinds.CapturedBy
    | kinds.GroundCaptured
    | kinds.LargestGroundCaptured
    | PeopleOfCaptured
    | kinds.RankOfCapture
    | kinds.ShareOfFirstCaptured
    | OrderOfCapture
    | kinds.ShareOfFirst
    | kinds.LargestLoss
    | kinds.DaysOfBreaking
    | kinds.DateOfBreak
    | Ended
    | CountOfEvents
    | DateOfEvent,
    Field(discriminator="kind"),
]
"""Everything that a pattern can be about, told apart by ``kind``."""
