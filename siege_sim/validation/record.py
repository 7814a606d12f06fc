"""Records: what is known of a real siege, as dated patterns with ranges and sources. Data, not code.

A pattern says what is measured (one of a small closed set of kinds), between which values the truth lies, and who
says so. How each kind is measured on a run is in ``siege_sim.validation.measures``.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field

from siege_sim.errors import ScenarioError, did_you_mean
from siege_sim.schema.block import AnyNumber, Block, Problem, param
from siege_sim.schema.clock import IsoDate
from siege_sim.schema.messages import read_block
from siege_sim.schema.shipped import find_file
from siege_sim.schema.shipped import shipped_records as shipped_records
from siege_sim.validation.course_kinds import AnyMeasure
from siege_sim.validation.kinds import Measure

Confidence = Literal["read", "indirect", "partisan", "derived", "assumed", "untraced"]
"""How far a range can be relied on: read in the cited text; read in a copy of it; said by a party to the war;
reckoned from cited numbers; the range is this project's reading of words; no public source was found."""


class ShareOfRuns(Block):
    """In how many of many runs a pattern must lie in its range; at least one bound."""

    low: float | None = param(None, unit="share", ge=0.0, le=1.0)
    """The smallest share of the runs."""
    high: float | None = param(None, unit="share", ge=0.0, le=1.0)
    """The largest share of the runs."""

    def problems(self) -> Iterator[Problem]:
        """Yield bounds that are missing or upside down."""
        if self.low is None and self.high is None:
            yield (), "without low and high every share would do; give at least one"
        if self.low is not None and self.high is not None and self.low > self.high:
            yield ("low",), f"{self.low:g} is above high, {self.high:g}; swap them"

    def holds(self, reached: float) -> bool:
        """Return whether a share of runs lies between the bounds."""
        return (self.low is None or self.low <= reached) and (self.high is None or reached <= self.high)


class RecordEntry(Block):
    """Something known, with its range and source."""

    title: str
    """A few words for tables."""
    measure: AnyMeasure | None = None
    """What is measured."""
    low: AnyNumber | None = None
    """The lowest value that the record allows; without it, any."""
    high: AnyNumber | None = None
    """The highest value that the record allows; without it, any."""
    share_of_runs: ShareOfRuns | None = None
    """With it, the pattern holds when this share of the runs lies in the range; without it, when the median does."""
    unit: str
    """Unit of the range; ``%`` for shares, which are written as shares (0.33)."""
    source: str
    """Who says so, and where."""
    confidence: Confidence
    """How far to rely on it."""
    note: str = ""
    """What else to know."""
    not_measured: str = ""
    """Why it cannot be measured on a run; then there is no ``measure``."""

    def problems(self) -> Iterator[Problem]:
        """Yield ranges upside down or missing, and entries that are measured and not measured."""
        if self.low is not None and self.high is not None and self.low > self.high:
            yield ("low",), f"{self.low:g} is above high, {self.high:g}; swap them"
        if (self.measure is None) == (not self.not_measured):
            yield (), "give either a measure or, in not_measured, the reason why there is none"
        if self.measure is not None and self.low is None and self.high is None:
            yield (), "without low and high every value would do; give at least one"
        if self.measure is None and self.share_of_runs is not None:
            yield ("share_of_runs",), "nothing is measured, so there is no share of runs; take it out"

    def holds(self, value: float) -> bool:
        """Return whether a value lies in the range; a value that is not a number never does."""
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        return low <= value <= high

    @property
    def middle(self) -> float | None:
        """The middle of the range; the one bound where there is only one."""
        bounds = [bound for bound in (self.low, self.high) if bound is not None]
        return sum(bounds) / len(bounds) if bounds else None


class Topic(Block):
    """Patterns that belong together, under one heading."""

    title: str
    """The heading."""
    patterns: dict[str, RecordEntry] = Field(min_length=1)
    """Patterns by name. Runs are scored on these."""
    background: dict[str, RecordEntry] = {}
    """Dated points that are not scored: what a scenario takes as given, or what was known before."""


class Record(Block):
    """What is known of a siege up to a day."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=80)
    """Short name: lower-case letters, digits, dashes and underscores."""
    title: str
    """One line for headings."""
    summary: str
    """A paragraph: what it holds and what it does not."""
    start: IsoDate
    """Day 0 of the siege."""
    until: IsoDate
    """The last day of which it knows; what a model says of later days is a forecast."""
    topics: dict[str, Topic] = Field(min_length=1)
    """Patterns by topic."""

    def problems(self) -> Iterator[Problem]:
        """Yield names that are used twice and dates after the record's last day."""
        seen: set[str] = set()
        for topic, part, name, entry in self._all():
            where = ("topics", topic, part, name)
            if name in seen:
                yield where, f"'{name}' is the name of two entries; rename one"
            seen.add(name)
            last = entry.measure.last_day if entry.measure else None
            if last is not None and last > self.until:
                yield (*where, "measure"), f"{last} is after the record's last day, {self.until}; nothing later counts"

    def _all(self) -> Iterator[tuple[str, str, str, RecordEntry]]:
        for topic, block in self.topics.items():
            for name, entry in block.patterns.items():
                yield topic, "patterns", name, entry
            for name, entry in block.background.items():
                yield topic, "background", name, entry

    @cached_property
    def patterns(self) -> dict[str, RecordEntry]:
        """All patterns by name, in the order of the file."""
        return {name: entry for _, part, name, entry in self._all() if part == "patterns"}

    def known_before(self, entry: RecordEntry, until: date | None = None) -> list[RecordEntry]:
        """Return what the record says of the same quantity at earlier times, in order of time.

        An entry is known before another when its last day lies before the other's first day, and, with ``until``, no
        later than that day.
        """
        measure = entry.measure
        if measure is None or measure.quantity is None or measure.first_day is None:
            return []
        same = [earlier for earlier in self.same_quantity(measure) if last_day_of(earlier) < measure.first_day]
        return [earlier for earlier in same if until is None or last_day_of(earlier) <= until]

    @property
    def entries(self) -> list[RecordEntry]:
        """Everything it knows, patterns and background alike, in the order of the file."""
        return [entry for *_, entry in self._all()]

    def same_quantity(self, measure: Measure) -> list[RecordEntry]:
        """Return all that the record says of a quantity, in order of time."""
        same = [
            entry
            for *_, entry in self._all()
            if entry.measure is not None and entry.measure.quantity == measure.quantity
        ]
        return sorted(same, key=last_day_of)

    def unknown_names(
        self, outcomes: Collection[str] | None = None, quarters: Collection[str] | None = None
    ) -> Iterator[Problem]:
        """Yield outcomes and quarters that are read but do not exist; ``None`` when it is not known which do."""
        for topic, part, name, entry in self._all():
            if entry.measure is None:
                continue
            for word, used, known in (
                ("outcome", entry.measure.outcomes_used, outcomes),
                ("quarter", entry.measure.quarters_used, quarters),
            ):
                for one in used:
                    if known is not None and one not in known:
                        where = ("topics", topic, part, name, "measure")
                        yield where, f"no {word} is called '{one}'{did_you_mean(one, known)}"


def last_day_of(entry: RecordEntry) -> date:
    """Return the last day that a measured entry speaks of; it must be tied to dates."""
    assert entry.measure is not None
    last = entry.measure.last_day
    assert last is not None
    return last


def record_of(name: str) -> Record | None:
    """Return the shipped record that goes by a scenario's name, if there is one."""
    return load_record(name) if name in shipped_records() else None


def load_record(
    name_or_path: str | Path, outcomes: Collection[str] | None = None, quarters: Collection[str] | None = None
) -> Record:
    """Load a record.

    Args:
        name_or_path: the name of a shipped record (``"aleppo_2016"``), or the path of a YAML file.
        outcomes: the names of outcomes that the record may read, if they are to be checked.
        quarters: the names of quarters that it may read, likewise.

    Raises:
        ScenarioError: names file, line, value and way out for everything that is wrong.
    """
    record, document = read_block(Record, find_file(name_or_path, shipped_records(), "record"), "a record")
    unknown = [
        f"{document.mark(path)}: {'.'.join(map(str, path))}: {message}"
        for path, message in record.unknown_names(outcomes, quarters)
    ]
    if unknown:
        raise ScenarioError(unknown)
    return record
