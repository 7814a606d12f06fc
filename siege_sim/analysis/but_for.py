"""Whether a result still came about without something: a run beside the same run without it, and over further seeds.

The cause that a run's log names and the counterfactual answer different questions. Something may have brought a result
about that would have come about without it, a day later or in another way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from siege_sim.analysis.comparison.paired import share_difference
from siege_sim.results.endings import HOLDING, ending_texts
from siege_sim.results.numbers import amount, number, percent, signed
from siege_sim.results.why import ENDS, FINAL_ENDS

if TYPE_CHECKING:
    from siege_sim.analysis.comparison.paired import Difference
    from siege_sim.results.run import RunResult

TOLD_BESIDE = ("days_to_half", "day_pocket_split", "excess_deaths", "end_day")
"""Numbers of a run that are told beside the answer."""

ONE_SEED_NOTE = (
    "This is one pair of runs with one seed of a model. Both have the same luck until something differs; from then on "
    "a small difference can grow, so that a few days or deaths more or less may be chance. With --runs 20 the same is "
    "asked of twenty seeds."
)


@dataclass(frozen=True)
class AskedResult:
    """The result of a run that is asked about.

    Attributes:
        kind: the ending, the loss of a quarter, or a place's end.
        name: of the quarter or place; for the ending, how the run ended.
    """

    kind: Literal["ending", "quarter", "facility"]
    name: str

    def of_run(self, result: RunResult) -> Answer:
        """Return whether and when it came about in a run."""
        return _READERS[self.kind](self.name, result)

    @property
    def words(self) -> str:
        """What it is, as a clause."""
        if self.kind == "ending":
            texts = ending_texts(self.name)
            return "the pocket was still held when the run ended" if self.name == HOLDING else _lower(texts.sentence)
        return f"all of {self.name} was lost" if self.kind == "quarter" else f"{self.name} was out of service or empty"


@dataclass(frozen=True)
class Answer:
    """Whether a result came about in a run, and since which day; for an ending, how the run ended instead."""

    came_about: bool
    day: int | None = None
    ending: str = ""


def _ending(name: str, result: RunResult) -> Answer:
    ending = str(result.summary["ending"])
    return Answer(ending == name, int(result.summary["end_day"]), ending)


def _quarter(name: str, result: RunResult) -> Answer:
    row = result.quarters.set_index("quarter").to_dict("index")[name]
    lost = row["garrison_cells_on_day_0"] > 0 and row["garrison_cells_at_end"] == 0
    return Answer(bool(lost), int(row["day_captured"]) if lost else None)


def _facility(name: str, result: RunResult) -> Answer:
    events = result.events
    ends = events[(events["facility"] == name) & events["kind"].str.endswith(ENDS)]
    final = ends[ends["kind"].str.endswith(FINAL_ENDS)]
    if ends.empty:
        return Answer(False)
    return Answer(True, int((final if len(final) else ends)["day"].iloc[-1]))


_READERS: dict[str, Callable[[str, RunResult], Answer]] = {
    "ending": _ending, "quarter": _quarter, "facility": _facility,
}  # fmt: skip


@dataclass(frozen=True)
class ButForPair:
    """A run with something and without it, with one seed.

    Attributes:
        seed: of both.
        with_it: whether the result came about in the run as it was.
        without_it: likewise without it.
        numbers: further numbers of both, by name.
        parts_on_day: the first day on which the runs differ in a daily outcome; None for never.
    """

    seed: int
    with_it: Answer
    without_it: Answer
    numbers: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    parts_on_day: int | None = None


def pair_of(asked: AskedResult, with_it: RunResult, without_it: RunResult) -> ButForPair:
    """Return what two runs with one seed say about a result."""
    numbers = {name: (_number(with_it, name), _number(without_it, name)) for name in TOLD_BESIDE}
    seed = int(with_it.manifest["seed"])
    parts_on_day = _parting(with_it, without_it)
    return ButForPair(seed, asked.of_run(with_it), asked.of_run(without_it), numbers, parts_on_day)


def _number(result: RunResult, name: str) -> float | None:
    value = result.summary[name]
    return None if value is None else float(value)


def _parting(with_it: RunResult, without_it: RunResult) -> int | None:
    """Return the first day on which two runs differ, in any outcome or in their length."""
    first, second = (run.series.drop(columns="date").to_numpy(dtype=float) for run in (with_it, without_it))
    days = min(len(first), len(second))
    differs = (np.nan_to_num(first[:days], nan=-1.0) != np.nan_to_num(second[:days], nan=-1.0)).any(axis=1)
    if differs.any():
        return int(np.argmax(differs))
    return None if len(first) == len(second) else days


@dataclass(frozen=True)
class ButForFindings:
    """Whether a result still came about without something.

    Attributes:
        asked: the result.
        left_out: what does not happen, as a clause.
        event: the number of the event that was named, if one was.
        pair: the run and the same run without it.
        others: the same for further seeds in which it happened; empty when only the run was asked about.
        tried: how many further seeds were tried.
        labels: of the numbers that are told beside, by name, each with its unit.
    """

    asked: AskedResult
    left_out: str
    event: int | None
    pair: ButForPair
    others: tuple[ButForPair, ...] = ()
    tried: int = 0
    labels: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def sentences(self) -> list[str]:
        """The answer in words."""
        texts = [f"Left out: {self.left_out}.", self._parting_text(), self._verdict(), *self._beside()]
        return [*texts, *(self._over_seeds() if self.tried else [ONE_SEED_NOTE])]

    def _parting_text(self) -> str:
        day = self.pair.parts_on_day
        return (
            "No day of the two runs differs." if day is None else f"The two runs are the same before day {day}."
        )  # fmt: skip

    def _verdict(self) -> str:
        with_it, without_it, what = self.pair.with_it, self.pair.without_it, self.asked.words
        if with_it.came_about and without_it.came_about:
            return f"Still so without it: {what}, {_when(with_it.day, without_it.day)}."
        if with_it.came_about:
            return f"Not so without it: with it {what} (day {with_it.day}); without it {self._instead(without_it)}."
        if without_it.came_about:
            return f"Only so without it: {what} on day {without_it.day}."
        return f"Neither with it nor without it: {what}."

    def _instead(self, answer: Answer) -> str:
        if self.asked.kind != "ending":
            return "that did not come about before the run ended"
        return f"{AskedResult('ending', answer.ending).words} (day {answer.day})"

    def _beside(self) -> list[str]:
        texts = []
        for name, (with_it, without_it) in self.pair.numbers.items():
            label, unit = self.labels.get(name, (name, ""))
            if (with_it, without_it) != (None, None):
                texts.append(f"{label}: {_or_never(with_it, unit)} with it, {_or_never(without_it, unit)} without it.")
        return texts

    def _over_seeds(self) -> list[str]:
        pairs = self.others
        told = f"Of {self.tried} seeds, it happened in {len(pairs)}."
        if not pairs:
            return [told]
        with_it, without_it = (np.array(column) for column in self._columns())
        both, only_with = int((with_it & without_it).sum()), int((with_it & ~without_it).sum())
        only_without, neither = int((~with_it & without_it).sum()), int((~with_it & ~without_it).sum())
        texts = [
            f"{told} In these, {self.asked.words}: with and without it in {both}, only with it in {only_with}, only "
            f"without it in {only_without}, in neither in {neither}."
        ]
        gap = self.difference
        if gap is not None and gap.low is not None:
            between = f"{signed(gap.low, 'share')} to {signed(gap.high, 'share')}"
            verdict = "a clear effect" if gap.clear else "no clear effect"
            texts.append(
                f"Share of these seeds: {percent(gap.before)} with it, {percent(gap.after)} without it; difference in "
                f"points, 95 % confidence interval: {between}: {verdict}."
            )
        return [*texts, *self._shift()]

    def _columns(self) -> tuple[list[bool], list[bool]]:
        return [one.with_it.came_about for one in self.others], [one.without_it.came_about for one in self.others]

    @property
    def difference(self) -> Difference | None:
        """The difference of the shares of seeds in which the result came about, without it minus with it."""
        return share_difference(*map(np.array, self._columns())) if self.others else None

    def _shift(self) -> list[str]:
        """Return in words by how many days the result moved where it came about in both runs."""
        moved = [one.without_it.day - one.with_it.day for one in self.others
                 if one.with_it.came_about and one.without_it.came_about
                 and one.with_it.day is not None and one.without_it.day is not None]  # fmt: skip
        if not moved:
            return []
        low, middle, high = np.percentile(moved, (10, 50, 90))
        return [
            f"Where it came about in both, its day without it minus its day with it: median {signed(middle)}, in 80 % "
            f"of the seeds {signed(low)} to {signed(high)}."
        ]

    def data(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        return {
            "asked": asdict(self.asked),
            "left_out": self.left_out,
            "event": self.event,
            "run": asdict(self.pair),
            "seeds_tried": self.tried,
            "other_seeds": [asdict(one) for one in self.others],
            "sentences": self.sentences,
        }


def _or_never(value: float | None, unit: str) -> str:
    return "never" if value is None else amount(value, unit)


def _when(before: int | None, after: int | None) -> str:
    if before == after or before is None or after is None:
        return f"on the same day ({before})"
    gap = abs(after - before)
    return (
        f"on day {after} instead of day {before}, {number(gap)} day{'s' * (gap != 1)} "
        f"{'later' if after > before else 'earlier'}"
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
