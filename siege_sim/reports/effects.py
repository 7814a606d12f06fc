"""Effects as people read them: cells of tables, and sentences on how precise they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siege_sim.results.numbers import NOTHING, is_share, number, percent, signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siege_sim.analysis.comparison.comparison_findings import ComparisonFindings
    from siege_sim.analysis.comparison.effects import Effect
    from siege_sim.analysis.comparison.paired import Difference

EFFECT_HEADINGS = ("Outcome", "Baseline", "With it", "Difference", "95 % interval", "Lower", "Higher", "Unpaired runs")


@dataclass(frozen=True)
class Scale:
    """In what the numbers of a row are written: in the unit, or in millions or billions of it."""

    unit: str
    size: float
    words: str

    def number(self, value: float | None) -> str:
        """Return a number, or a dash when there is none."""
        return number(None if value is None else value / self.size, self.unit)

    def gap(self, difference: Difference) -> str:
        """Return a difference with its sign."""
        return self.signed(difference.middle)

    def between(self, difference: Difference) -> str:
        """Return the interval of a difference."""
        if difference.low is None:
            return NOTHING
        return f"{self.signed(difference.low)} to {self.signed(difference.high)}"

    @property
    def gap_unit(self) -> str:
        """What follows a difference in a sentence: a space and the unit; points for shares."""
        return " points" if is_share(self.unit) else f" {self.words}".rstrip()

    def signed(self, value: float | None) -> str:
        """Return a number with its sign."""
        return signed(None if value is None else value / self.size, self.unit)


SIZES = ((1e9, "billion"), (1e6, "million"))


def scale_of(effect: Effect) -> Scale:
    """Return in what the numbers of an effect are written; shares in per cent, large numbers in millions."""
    if is_share(effect.unit):
        return Scale(effect.unit, 1.0, "%")
    largest = max(abs(effect.difference.before or 0.0), abs(effect.difference.after or 0.0))
    size, word = next((one for one in SIZES if largest >= one[0]), (1.0, ""))
    return Scale(effect.unit, size, f"{word} {effect.unit}".lstrip())


def label_of(effect: Effect) -> str:
    """Return an outcome in words, with what its numbers are in where that cannot be guessed."""
    words = scale_of(effect).words
    if words == "%" or words.startswith(("million", "billion")):
        return f"{effect.label}, {words.split()[0]}"
    return effect.label


def effect_cells(effect: Effect) -> tuple[str, ...]:
    """Return an effect's cells under ``EFFECT_HEADINGS``."""
    scale, difference = scale_of(effect), effect.difference
    return (
        label_of(effect),
        scale.number(difference.before),
        scale.number(difference.after),
        scale.gap(difference),
        scale.between(difference),
        percent(difference.lower),
        percent(difference.higher),
        _runs(difference.unpaired),
    )


def _runs(runs: float | None) -> str:
    return number(None if runs is None else round_runs(runs))


def round_runs(runs: float) -> int:
    """Return a number of runs to two figures: it is an estimate, and no better than that."""
    return int(float(f"{runs:.2g}"))


def effects_shown(effects: Sequence[Effect]) -> tuple[list[Effect], list[str]]:
    """Return the effects worth a row, and the labels of those that are 0 in every run."""
    empty = [one for one in effects if one.difference.before == one.difference.after == 0.0]
    return [one for one in effects if one not in empty], [one.label for one in empty]


def precision_sentences(effects: Sequence[Effect]) -> list[str]:
    """Return in words what pairing is worth, and which pairs were left out.

    Args:
        effects: of a what-if; the first that is no share of runs is the one of which numbers of runs are told.
    """
    numbers = [one for one in effects if not one.unit.startswith("share of runs")] or list(effects)
    texts = _gain_from_pairing(numbers)
    missing = [one for one in effects if one.left_out]
    if missing:
        rows = ", ".join(f"{one.label} ({one.left_out})" for one in missing)
        texts.append(
            f"Pairs left out because one run or both have no such number: {rows}; the other pairs may not be "
            "representative."
        )
    return texts


def _gain_from_pairing(numbers: list[Effect]) -> list[str]:
    first = numbers[0]
    if first.difference.unpaired is None:
        return []
    factors = sorted(
        one.difference.unpaired / one.difference.pairs for one in numbers if one.difference.unpaired is not None
    )
    least, middle, most = (number(factors[place]) for place in (0, len(factors) // 2, -1))
    return [
        f"{first.label}: without pairing, the same precision would take about {_runs(first.difference.unpaired)} runs "
        f"of each scenario instead of {first.difference.pairs}; over all outcomes {least} to {most} times "
        f"as many (median {middle})."
    ]


def stopping(comparison: ComparisonFindings) -> list[str]:
    """Return in words how the number of runs came about, when it was not fixed beforehand."""
    if comparison.until is None:
        return []
    quantity = next(one for one in comparison.quantities if one.name == comparison.until.name)
    looks = ", ".join(f"{look.pairs} ({number(look.width)})" for look in comparison.looks)
    reached = (
        f"Runs were added until the 95 % interval of '{quantity.label}' was at most {number(comparison.until.width)} "
        f"{quantity.unit} wide, in every what-if."
        if comparison.narrow_enough
        else f"The 95 % interval of '{quantity.label}' did not become as narrow as {number(comparison.until.width)} "
        f"{quantity.unit} with the number of runs that was allowed."
    )
    return [
        f"{reached} Pairs at each look, and the widest interval: {looks}.",
        "The width alone decided when to stop, not the effect, and not before "
        f"{min(comparison.looks[0].pairs, comparison.pairs)} pairs. Stopping by width makes the "
        "interval slightly too narrow on average, more so if a few pairs differ very much. To quote a number, use a "
        "fixed --runs.",
    ]
