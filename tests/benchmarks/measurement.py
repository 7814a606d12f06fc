"""The record of what was measured."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass
class Measurement:
    """What one case took.

    Attributes:
        label: what was measured, in words.
        rows: rows or agents on day 0.
        persons: people on day 0.
        days: days played in a run (the mean where a repeat is several runs).
        runs: runs in a repeat.
        loop_seconds: the day loops of each repeat.
        build_seconds: building day 0, the fastest.
        import_seconds: imports in a fresh process, the fastest.
        base_mb: peak memory after imports (and after reading the start, where there is one).
        peak_mb: peak memory after the first run.
        whole_seconds: everything from day 0 to the result, each repeat, where that was measured.
        notes: further numbers, by name.
    """

    label: str
    rows: int
    persons: int
    days: float
    runs: int
    loop_seconds: list[float]
    build_seconds: float
    import_seconds: float
    base_mb: float
    peak_mb: float
    whole_seconds: list[float] = field(default_factory=list)
    notes: dict[str, float] = field(default_factory=dict)

    @property
    def best(self) -> float:
        """The day loop of a run in seconds, in the fastest repeat."""
        return min(self.loop_seconds) / self.runs

    @property
    def spread(self) -> float:
        """How much slower the slowest repeat was than the fastest, as a share."""
        return max(self.loop_seconds) / min(self.loop_seconds) - 1.0

    @property
    def row_days_per_second(self) -> float:
        """Rows times days in a second; rows of people who are gone count as well."""
        return self.rows * self.days / self.best

    @property
    def person_days_per_second(self) -> float:
        """Persons of day 0 times days in a second."""
        return self.persons * self.days / self.best

    @property
    def ns_per_row_day(self) -> float:
        """Nanoseconds for a row and day."""
        return 1e9 / self.row_days_per_second

    @property
    def runs_per_second(self) -> float:
        """Whole runs in a second, in the fastest repeat."""
        return self.runs / min(self.whole_seconds)

    def joined(self, later: Measurement) -> Measurement:
        """Return this measurement with the repeats of a later one of the same thing."""
        return replace(
            self,
            loop_seconds=self.loop_seconds + later.loop_seconds,
            whole_seconds=self.whole_seconds + later.whole_seconds,
            build_seconds=min(self.build_seconds, later.build_seconds),
            import_seconds=min(self.import_seconds, later.import_seconds),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)
