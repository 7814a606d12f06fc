"""What a what-if changes when parameters are uncertain too, as people read it: sentences, and a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siege_sim.reports.effects import label_of, scale_of
from siege_sim.reports.found import effect_sentence
from siege_sim.results.calendar import Calendar
from siege_sim.results.endings import ENDING
from siege_sim.results.numbers import NOTHING

if TYPE_CHECKING:
    from siege_sim.analysis.comparison.comparison_findings import ArmFindings, ComparisonFindings
    from siege_sim.analysis.comparison.effects import Effect
    from siege_sim.analysis.comparison.uncertain import UncertainEffect, UncertainFindings

UNCERTAIN_HEADINGS = (
    "Outcome", "Scenario's values", "95 % interval", "Drawn values", "95 % interval", "8 in 10 pairs",
)  # fmt: skip

MOST_UNCERTAIN_TOLD = 4
"""How many outcomes are told in sentences; the table has all that lead."""


def drawn_from(found: UncertainFindings) -> str:
    """Return how the pairs with uncertain parameters came about."""
    return (
        f"{found.pairs} more pairs of runs, each with parameters of its own: {found.said}. Dated actions, and what a "
        "what-if sets, stay as they are."
    )


def uncertain_sentences(one: ArmFindings, findings: ComparisonFindings) -> list[str]:
    """Return in words which effects of a what-if hold when parameters are uncertain too."""
    found = findings.uncertain
    if found is None:
        return []
    calendar = Calendar(findings.start, findings.last_day)
    numbers = [effect for effect in one.leading if not effect.name.startswith(f"{ENDING}:")]
    told = []
    for effect in numbers[:MOST_UNCERTAIN_TOLD]:
        drawn = found.of(one.arm.name, effect.name)
        if drawn is not None:
            told.append(f"{effect_sentence(drawn.effect, calendar)} {_verdict(effect, drawn)}".rstrip())
    return told


def _verdict(effect: Effect, drawn: UncertainEffect) -> str:
    """Return whether an effect holds as it does with the scenario's values, and how far pairs lie apart."""
    before, after = effect.difference, drawn.effect.difference
    differs = drawn.low is not None and (drawn.low, drawn.high) != (0.0, 0.0)
    apart = f"In eight of ten of these pairs the difference is from {_between(drawn)}." if differs else ""
    if before.clear and not after.clear:
        return f"With drawn values the effect is no longer clear. {apart}"
    if not (before.clear and after.clear):
        return apart
    same = (before.middle or 0.0) * (after.middle or 0.0) > 0.0
    way = "the same way as" if same else "the other way round than"
    return f"This is {way} with the scenario's own values. {apart}"


def _between(drawn: UncertainEffect) -> str:
    return f"{_bounds(drawn)}{scale_of(drawn.effect).gap_unit}"


def _bounds(drawn: UncertainEffect) -> str:
    if drawn.low is None or drawn.high is None:
        return NOTHING
    scale = scale_of(drawn.effect)
    return f"{scale.signed(drawn.low)} to {scale.signed(drawn.high)}"


def uncertain_rows(one: ArmFindings, findings: ComparisonFindings) -> list[tuple[str, ...]]:
    """Return the cells of a table under ``UNCERTAIN_HEADINGS``: a row for each outcome that leads."""
    found = findings.uncertain
    if found is None:
        return []
    pairs = [(effect, found.of(one.arm.name, effect.name)) for effect in one.leading]
    return [_cells(effect, drawn) for effect, drawn in pairs if drawn is not None]


def _cells(effect: Effect, drawn: UncertainEffect) -> tuple[str, ...]:
    before, after = scale_of(effect), scale_of(drawn.effect)
    return (
        label_of(effect), before.gap(effect.difference), before.between(effect.difference),
        after.gap(drawn.effect.difference), after.between(drawn.effect.difference), _bounds(drawn),
    )  # fmt: skip
