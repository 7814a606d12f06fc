"""Forecasts conditioned on what is known on a day: runs count the more, the nearer they are to the record so far.

Each run has a weight by a Gaussian kernel of its distances from the record's ranges (see ``validation.scores``), on all
that the record says, patterns and background alike, up to the day. Entries of one topic measure nearly the same thing,
so their squared distances are averaged; those of topics are added up. The kernel's width is one width of the ranges,
and is doubled as long as the effective sample size is below what a forecast needs. Only what is tied to dates counts:
a shape on a run's own calendar may speak of days that nobody knows yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.errors import SiegeError
from siege_sim.validation.course_kinds import DateOfEvent, OrderOfCapture
from siege_sim.validation.kinds import OwnBreak
from siege_sim.validation.measures import measured
from siege_sim.validation.pattern_scores import PatternScore, covered, mean_crps, patterns_held, score_patterns
from siege_sim.validation.scores import LARGEST_DISTANCE, distances, effective_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siege_sim.results.run import CompactRun
    from siege_sim.validation.record import Record, RecordEntry

    FloatArray = NDArray[np.float64]

KERNEL_WIDTH = 1.0
"""The kernel's standard deviation, in widths of the record's ranges, before it is widened."""

WIDEST_KERNEL = 64.0
"""With a kernel this wide all runs count alike."""

LEAST_EFFECTIVE_RUNS = 20.0
"""The kernel is widened until the runs are worth so many equal ones, or half of all runs where there are fewer."""


@dataclass(frozen=True)
class Conditioned:
    """What runs say of the days after one on which something was known.

    Attributes:
        until: the last day of which something is known.
        used: how many entries of the record the weights rest on.
        weights: of the runs, in their order; they sum to 1.
        kernel_width: in widths of the record's ranges.
        effective_runs: the effective sample size of the weights.
        plain: the later patterns, with all runs counted alike.
        lines: the same, with the weights.
    """

    until: date
    used: int
    weights: tuple[float, ...]
    kernel_width: float
    effective_runs: float
    plain: tuple[PatternScore, ...]
    lines: tuple[PatternScore, ...]

    def data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "until": self.until.isoformat(),
            "entries_used": self.used,
            "kernel_width_in_widths": self.kernel_width,
            "effective_sample_size": self.effective_runs,
            "weights": list(self.weights),
            "unconditioned": _in_numbers(self.plain),
            "conditioned": _in_numbers(self.lines),
            "patterns": [line.data() for line in self.lines],
        }


def conditioned(record: Record, runs: Sequence[CompactRun], until: date) -> Conditioned:
    """Weight runs by the record up to a day, and score what they say of the days after it.

    Args:
        record: what is known.
        runs: at least one.
        until: the last day of which something is known.

    Raises:
        SiegeError: nothing is known by that day, or nothing is left to be forecast.
    """
    known, later = check_known(record, until)
    weights, width = kernel_weights(_squares(record, runs, until))
    return Conditioned(
        until,
        len(known),
        tuple(weights.tolist()),
        width,
        effective_size(weights),
        score_patterns(record, runs, None, until, later),
        score_patterns(record, runs, weights, until, later),
    )


def check_known(record: Record, until: date) -> tuple[list[RecordEntry], list[str]]:
    """Return what is known by a day, and the names of the patterns that are not.

    Raises:
        SiegeError: either is empty.
    """
    known = [entry for entry in record.entries if _tells_runs_apart(record, entry, until)]
    later = [name for name, entry in record.patterns.items() if entry.measure and not _is_known(entry, until)]
    if not known or not later:
        missing = "nothing that can be measured before" if not known else "no pattern after"
        raise SiegeError(
            f"known until {until}: the record '{record.name}' has {missing} that day; "
            f"it goes from {record.start} to {record.until}"
        )
    return known, later


def kernel_weights(squares: FloatArray) -> tuple[FloatArray, float]:
    """Return weights that sum to 1, and the width of the kernel that gave them.

    Args:
        squares: the sum of squared distances of each run, in squared widths.
    """
    wanted, width = min(LEAST_EFFECTIVE_RUNS, squares.size / 2.0), KERNEL_WIDTH
    while True:
        weights = np.exp(-0.5 * (squares - squares.min()) / width**2)
        if effective_size(weights) >= wanted or width >= WIDEST_KERNEL:
            return weights / weights.sum(), width
        width *= 2.0


def _is_known(entry: RecordEntry, until: date) -> bool:
    measure = entry.measure
    if measure is None or measure.last_day is None or isinstance(measure, OwnBreak | DateOfEvent | OrderOfCapture):
        return False
    return measure.last_day <= until


def _tells_runs_apart(record: Record, entry: RecordEntry, until: date) -> bool:
    """Return whether an entry is known and speaks of days of the siege after day 0."""
    measure = entry.measure
    if measure is None or measure.last_day is None or not _is_known(entry, until):
        return False
    return measure.last_day > record.start and (measure.first_day or record.start) >= record.start


def _squares(record: Record, runs: Sequence[CompactRun], until: date) -> FloatArray:
    """Return for each run the squared distances from what is known, averaged by topic and added up."""
    total = np.zeros(len(runs))
    for topic in record.topics.values():
        entries = (*topic.background.values(), *topic.patterns.values())
        known = [entry for entry in entries if _tells_runs_apart(record, entry, until)]
        if known:
            total += np.mean([_squared(entry, runs) for entry in known], axis=0)
    return total


def _squared(entry: RecordEntry, runs: Sequence[CompactRun]) -> FloatArray:
    """Return for each run the squared distance; none where the entry lies outside the days of the run."""
    assert entry.measure is not None
    found = [measured(entry.measure, run) for run in runs]
    far = distances(entry, [0.0 if value is None else value for value in found])
    squares: FloatArray = np.where([value is None for value in found], 0.0, far**2)
    assert squares.max(initial=0.0) <= LARGEST_DISTANCE**2
    return squares


def _in_numbers(lines: Sequence[PatternScore]) -> dict[str, Any]:
    (held, of), (met, could) = patterns_held(lines), covered(lines)
    return {
        "patterns": of, "medians_inside": held, "mean_crps_in_widths": mean_crps(lines),
        "intervals_of_80_percent": {"patterns": could, "meet_the_range": met},
    }  # fmt: skip
