"""Where one run lies among other runs of the same scenario, which differ from it by chance alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.results.endings import HOLDING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from siege_sim.results.run import CompactRun, RunResult

EXTREME = 0.1
"""A run that has at most this share of the others beyond it is far out."""

DAYS_SHOWN = {"end_day": "Day on which the siege ends", "days_to_half": "Day by which half of the ground is lost"}


@dataclass(frozen=True)
class Standing:
    """A quantity of a run, among the same of other runs.

    Attributes:
        name: of the outcome.
        label: in words.
        unit: of the values.
        value: of the run; infinite for a day that did not come.
        others: of the other runs, in rising order, likewise.
    """

    name: str
    label: str
    unit: str
    value: float
    others: NDArray[np.float64] = field(repr=False)

    @property
    def below(self) -> int:
        """In how many of the others it is lower, or came earlier."""
        return int(np.count_nonzero(self.others < self.value))

    @property
    def above(self) -> int:
        """In how many of the others it is higher, or came later or not at all."""
        return int(np.count_nonzero(self.others > self.value))

    @property
    def far_out(self) -> int:
        """1 where hardly another run has as much, -1 where hardly one has as little, else 0."""
        few = EXTREME * self.others.size
        if self.above <= few and self.below > self.others.size / 2:
            return 1
        return -1 if self.below <= few and self.above > self.others.size / 2 else 0

    def middle(self) -> tuple[float, float, float]:
        """Return the 10th, 50th and 90th percentile of the others, each the value of a run."""
        low, median, high = np.percentile(self.others, (10, 50, 90), method="nearest").tolist()
        return low, median, high


@dataclass(frozen=True)
class Among:
    """A run among others.

    Attributes:
        seed: of the run.
        ending: how it ended.
        endings: how often the others ended in each way, the most frequent first.
        standings: by quantity.
        others: how many others there are.
    """

    seed: int
    ending: str
    endings: tuple[tuple[str, int], ...]
    standings: tuple[Standing, ...]
    others: int


def among(result: RunResult, others: Sequence[CompactRun]) -> Among:
    """Find out where a run lies among others.

    Args:
        result: the run.
        others: at least one; of the same scenario, stopped on the same day.
    """
    endings = Counter(run.ending for run in others).most_common()
    own = dict(result.summary)
    standings = tuple(_standings(result, own, [dict(run.summary) for run in others]))
    return Among(int(result.manifest["seed"]), str(own["ending"]), tuple(endings), standings, len(others))


def _standings(result: RunResult, own: dict[str, object], others: Sequence[dict[str, object]]) -> Iterator[Standing]:
    for name, (label, unit) in _quantities(result).items():
        values = np.sort([_value(summary, name) for summary in others])
        one = Standing(name, label, unit, _value(own, name), values)
        if np.unique([one.value, *values]).size > 1:
            yield one


def _quantities(result: RunResult) -> dict[str, tuple[str, str]]:
    """Return name, label and unit of what is compared: days, deaths, people who left, fighters killed."""
    outcomes = result.manifest["outcomes"]
    names = ["civilians_killed", *result.other_deaths(), *result.departures(), "garrison_killed", "besieger_killed"]
    return {
        **{name: (label, "day") for name, label in DAYS_SHOWN.items()},
        "excess_deaths": ("Civilians who died, of all causes", "persons"),
        **{name: (str(outcomes[name]["label"]), str(outcomes[name]["unit"])) for name in names if name in outcomes},
    }


def _value(summary: dict[str, object], name: str) -> float:
    value = summary.get(name)
    never = value is None or (name == "end_day" and summary["ending"] == HOLDING)
    return np.inf if never else float(value)  # type: ignore[arg-type]
