"""Effects as people read them: numbers with no more figures than they deserve, and sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from siege_sim.analysis.comparison.comparison import Comparison, Effect
    from siege_sim.analysis.comparison.paired import Difference

EFFECT_HEADINGS = ("Outcome", "Baseline", "With it", "Difference", "95 % interval", "Lower", "Higher", "Unpaired runs")


@dataclass(frozen=True)
class Scale:
    """How the numbers of a row are written: what they are multiplied by, how many decimals, and in what."""

    factor: float
    decimals: int
    words: str

    def number(self, value: float | None) -> str:
        """Return a number, or a dash when there is none."""
        return "-" if value is None else f"{value * self.factor:,.{self.decimals}f}"

    def gap(self, difference: Difference) -> str:
        """Return a difference with its sign."""
        return self._signed(difference.middle, difference)

    def between(self, difference: Difference) -> str:
        """Return the interval of a difference."""
        if difference.low is None:
            return "-"
        return f"{self._signed(difference.low, difference)} to {self._signed(difference.high, difference)}"

    def _signed(self, value: float | None, difference: Difference) -> str:
        """Return a number with its sign, and decimals enough for an interval that is narrow beside the numbers."""
        if value is None:
            return "-"
        width = self.factor * difference.width
        decimals = max(self.decimals, (0.0 < width < 10.0) + (0.0 < width < 1.0))
        text = f"{value * self.factor:+,.{decimals}f}"
        return text if text.strip("+-0.,") else text[1:]


def scale_of(effect: Effect) -> Scale:
    """Return how the numbers of an effect are written; shares in per cent, large numbers in millions."""
    if effect.unit.startswith("share"):
        return Scale(100.0, 1, "%")
    size = max(abs(effect.difference.before or 0.0), abs(effect.difference.after or 0.0))
    if size >= 1e9:
        return Scale(1e-9, 2, f"billion {effect.unit}")
    if size >= 1e6:
        return Scale(1e-6, 2, f"million {effect.unit}")
    if effect.unit == "days":
        return Scale(1.0, 1, effect.unit)
    return Scale(1.0, 0 if size >= 100 else 1 if size >= 10 else 2, effect.unit)


def label_of(effect: Effect) -> str:
    """Return an outcome in words, with what its numbers are in where that cannot be guessed."""
    words = scale_of(effect).words
    if words == "%" or words.startswith(("million", "billion")):
        return f"{effect.label}, {words.split()[0]}"
    return effect.label


def effect_cells(effect: Effect) -> tuple[str, ...]:
    """Return an effect's cells under ``HEADINGS``."""
    scale, difference = scale_of(effect), effect.difference
    return (
        label_of(effect),
        scale.number(difference.before),
        scale.number(difference.after),
        scale.gap(difference),
        scale.between(difference),
        _share(difference.lower),
        _share(difference.higher),
        _runs(difference.unpaired),
    )


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def _runs(runs: float | None) -> str:
    return "-" if runs is None else f"{round_runs(runs):,}"


def round_runs(runs: float) -> int:
    """Return a number of runs to two figures: it is an estimate, and no better than that."""
    return int(float(f"{runs:.2g}"))


def effects_shown(effects: tuple[Effect, ...]) -> tuple[list[Effect], list[str]]:
    """Return the effects worth a row, and the labels of those that are 0 in every run."""
    empty = [one for one in effects if one.difference.before == one.difference.after == 0.0]
    return [one for one in effects if one not in empty], [one.label for one in empty]


def seeds_of(comparison: Comparison) -> str:
    """Return which runs these are."""
    seeds = comparison.seeds
    if len(seeds) == 1:
        return f"1 pair of runs, seed {seeds[0]}"
    return f"{len(seeds)} pairs of runs, seeds {seeds[0]} to {seeds[-1]}"


def comparison_sentences(comparison: Comparison, what_if: str) -> list[str]:
    """Return in words what a comparison comes to: the first outcome, the precision, and what was left out."""
    effects = comparison.effects[what_if]
    numbers = [one for one in effects if not one.unit.startswith("share of runs")] or list(effects)
    texts = [_first(numbers[0]), *_gain_from_pairing(comparison, numbers)]
    missing = [one for one in effects if one.left_out]
    if missing:
        rows = ", ".join(f"{one.label} ({one.left_out})" for one in missing)
        texts.append(f"Pairs left out because one run or both have no such number: {rows}; the others are a selection.")
    return texts


def _first(effect: Effect) -> str:
    scale, difference = scale_of(effect), effect.difference
    if not difference.pairs:
        return f"{effect.label}: no pair in which both runs have this number."
    if difference.low is None:
        gap = f"{scale.gap(difference)} {scale.words}"
        return f"{effect.label}: {gap}; one pair tells nothing of how sure that is."
    if difference.lower == difference.higher == 0.0:
        return f"{effect.label}: the same in every pair."
    verdict = "which chance does not explain" if difference.clear else "which does not tell a change from none"
    return (
        f"{effect.label}: {scale.gap(difference)} {scale.words} on average "
        f"(95 % interval {scale.between(difference)}), {verdict}; "
        f"lower in {_share(difference.lower)} of the pairs, higher in {_share(difference.higher)}."
    )


def _gain_from_pairing(comparison: Comparison, numbers: list[Effect]) -> list[str]:
    first = numbers[0]
    if first.difference.unpaired is None:
        return []
    factors = sorted(
        one.difference.unpaired / one.difference.pairs for one in numbers if one.difference.unpaired is not None
    )
    return [
        f"Without pairing, an interval as narrow would take about {_runs(first.difference.unpaired)} runs of each "
        f"scenario in place of {first.difference.pairs}; over all outcomes {factors[0]:.1f} to {factors[-1]:.1f} times "
        f"as many, {factors[len(factors) // 2]:.1f} in the middle."
    ]


def stopping(comparison: Comparison) -> list[str]:
    """Return in words how the number of runs came about, when it was not fixed beforehand."""
    if comparison.until is None:
        return []
    quantity = next(one for one in comparison.quantities if one.name == comparison.until.name)
    looks = ", ".join(f"{look.pairs} ({look.width:,.4g})" for look in comparison.looks)
    reached = (
        f"Runs were added until the 95 % interval of '{quantity.label}' was at most {comparison.until.width:,g} "
        f"{quantity.unit} wide, in every what-if."
        if comparison.narrow_enough
        else f"The 95 % interval of '{quantity.label}' did not become as narrow as {comparison.until.width:,g} "
        f"{quantity.unit} with the runs that were allowed."
    )
    return [
        f"{reached} Pairs at each look, and the widest interval: {looks}.",
        "When to stop was decided by the width alone, never by the effect, and not before "
        f"{min(comparison.looks[0].pairs, comparison.pairs)} pairs; still, an interval that stopped the adding is a "
        "little too narrow on average, more so where few runs differ widely. For a number to be quoted, fix --runs.",
    ]
