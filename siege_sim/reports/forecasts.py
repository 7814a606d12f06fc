"""How runs do as a forecast, in rows and sentences: beside naive forecasts, and with what is known on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siege_sim.results.numbers import amount, number, percent
from siege_sim.validation.pattern_scores import against, covered, mean_crps, patterns_held

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siege_sim.validation.known_so_far import Conditioned
    from siege_sim.validation.pattern_scores import PatternScore

NAIVE_TEXTS = {
    "stays": ("It stays", "that the last known value persists"),
    "line": ("Straight line", "a straight line through earlier values"),
    "resampled": ("Resampled history", "that an earlier pace comes again"),
}
"""Naive forecasts by name: a heading, and words for a sentence."""

NAIVE_HEADINGS = (
    "Naive forecast", "Patterns", "Runs: in range", "It: in range", "Runs: CRPS", "It: CRPS",
)  # fmt: skip

MOST_MISSES = 3
"""How many of the patterns that are missed a sentence tells."""

KNOWN_HEADINGS = (
    "Pattern", "Record", "All runs", "10-90 %", "CRPS", "Weighted runs", "10-90 %", "CRPS",
)  # fmt: skip


def naive_rows(lines: Sequence[PatternScore]) -> list[tuple[str, ...]]:
    """Return the cells under ``NAIVE_HEADINGS``: a row for each naive forecast that can be made of a pattern."""
    rows = []
    for name, (heading, _) in NAIVE_TEXTS.items():
        score = against(lines, name)
        if score.patterns:
            counts = (score.patterns, score.runs, score.forecast)
            scores = (number(score.runs_crps), number(score.forecast_crps))
            rows.append((heading, *map(str, counts), *scores))
    return rows


def forecast_sentences(lines: Sequence[PatternScore]) -> list[str]:
    """Return in words how the runs do by themselves and beside naive forecasts."""
    (held, of), (met, could) = patterns_held(lines), covered(lines)
    texts = [f"The median of the runs lies in the record's range for {held} of {of} patterns that were measured."]
    if could:
        texts.append(
            f"The middle 80 % of the runs meets the range for {met} of {could}; the mean score (CRPS, in widths of the "
            f"ranges; smaller is better) is {number(mean_crps(lines))}."
        )
    for name, (_, words) in NAIVE_TEXTS.items():
        score = against(lines, name)
        if score.patterns:
            texts.append(
                f"Naive forecast ({words}): in the record's range for {score.forecast} of "
                f"{count_text(score.patterns)}, with a mean score of {number(score.forecast_crps)}; the median of the "
                f"runs for {score.runs} of them, with {number(score.runs_crps)}."
            )
    return texts


def miss_sentences(lines: Sequence[PatternScore]) -> list[str]:
    """Return in a sentence which patterns the runs miss by most; none where they miss none."""
    missed = [line for line in lines if line.median is not None and line.share_of_runs is None and not line.holds]
    if not missed:
        return []
    worst = sorted(missed, key=lambda line: -(line.crps or 0.0))[:MOST_MISSES]
    told = "; ".join(
        f"{line.topic}: {line.title[0].lower()}{line.title[1:]} (median {amount(line.median, line.unit)}, record "
        f"{range_text(line.low, line.high, line.unit)})"
        for line in worst
    )
    return [f"Furthest from the record: {told}."]


def count_text(count: int) -> str:
    """Return a number of patterns in words."""
    return "1 pattern" if count == 1 else f"{count} patterns"


def known_sentences(known: Conditioned) -> list[str]:
    """Return in words what conditioning on the record so far rests on and what it comes to."""
    entries = "1 entry" if known.used == 1 else f"{known.used} entries"
    (plain, of), (held, _) = patterns_held(known.plain), patterns_held(known.lines)
    texts = [
        f"Runs weighted by how near they are to the record until {known.until} ({entries} of the record): effective "
        f"sample size {number(known.effective_runs)} of {len(known.weights)} runs, with a kernel "
        f"{number(known.kernel_width)} widths of the ranges wide.",
        f"Of {count_text(of)} that are not known by then, the median lies in the range for {held} with the weights and "
        f"for {plain} without; the mean score (CRPS) is {number(mean_crps(known.lines))} with and "
        f"{number(mean_crps(known.plain))} without.",
    ]
    for name, (_, words) in NAIVE_TEXTS.items():
        score = against(known.lines, name)
        if score.patterns:
            texts.append(
                f"Naive forecast made on that day ({words}): in range for {score.forecast} of "
                f"{count_text(score.patterns)}, score {number(score.forecast_crps)}; the weighted runs {score.runs}, "
                f"score {number(score.runs_crps)}."
            )
    return texts


def known_rows(known: Conditioned) -> list[tuple[str, ...]]:
    """Return the cells under ``KNOWN_HEADINGS``: a row for each pattern that is not known yet."""
    rows: list[tuple[str, ...]] = []
    for plain, line in zip(known.plain, known.lines, strict=True):
        rows.append((f"{line.topic}: {line.title}", wanted_text(line), *_spread(plain), *_spread(line)))
    return rows


def _spread(line: PatternScore) -> tuple[str, str, str]:
    if line.share_of_runs is not None:
        return percent(line.share_inside), "-", "-"
    return number(line.median, line.unit), interval_text(line), number(line.crps)


def interval_text(line: PatternScore) -> str:
    """Return the middle 80 % of the runs; a dash where they say nothing."""
    if line.tenth is None or line.ninetieth is None:
        return "-"
    return f"{number(line.tenth, line.unit)} to {number(line.ninetieth, line.unit)}"


def wanted_text(line: PatternScore) -> str:
    """Return what the record wants of the runs: a range, and in which share of them where that is said."""
    text = range_text(line.low, line.high, line.unit)
    if line.share_of_runs is None:
        return text
    return f"{text} in {range_text(line.share_of_runs.low, line.share_of_runs.high, '%')} of runs"


def range_text(low: float | None, high: float | None, unit: str) -> str:
    """Return a range in short: ``15 to 27``, ``0 to 5 %``, ``at most 3``."""
    if low is None and high is None:
        return "-"
    if low is None or high is None:
        word, bound = ("at most", high) if low is None else ("at least", low)
        return f"{word} {amount(bound, unit)}"
    if low == high:
        return amount(low, unit)
    return f"{number(low, unit)} to {amount(high, unit)}"
