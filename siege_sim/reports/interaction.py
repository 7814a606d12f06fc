"""Levers alone and together, as people read it: a table, and for each outcome that leads a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siege_sim.analysis.comparison.leading import leading_effects
from siege_sim.reports.effects import label_of, scale_of
from siege_sim.results.numbers import is_share

if TYPE_CHECKING:
    from siege_sim.analysis.comparison.comparison_findings import ComparisonFindings
    from siege_sim.analysis.comparison.effects import Effect
    from siege_sim.analysis.comparison.interaction import Interaction, Interactions

MOST_ADDING = 4
"""How many outcomes the sentence on effects that add up names."""

INTERACTION_NOTE = (
    "Alone and together: mean differences from the baseline, over the seeds that all these runs share. Where together "
    "and the sum of each alone do not clearly differ, the effects add up as far as these runs can tell."
)


def interaction_headings(found: Interactions) -> tuple[str, ...]:
    """Return the headings of the table: each what-if alone, the sum, all together, and what is beyond the sum."""
    return ("Outcome", *found.alone, "Sum", "Together", "Beyond the sum", "95 % interval")


def interaction_cells(row: Interaction) -> tuple[str, ...]:
    """Return the cells of a row under ``interaction_headings``."""
    scale, gap = scale_of(row.effect), row.effect.difference
    numbers = (*row.alone, gap.before, gap.after)
    texts = [scale.signed(value) for value in numbers]
    return (label_of(row.effect), *texts, scale.gap(gap), scale.between(gap))


def leading_interactions(findings: ComparisonFindings) -> list[Interaction]:
    """Return the interactions in the outcomes that lead, in their order."""
    found = findings.interactions
    if found is None:
        return []
    about = next(one.arm.about for one in findings.what_ifs if one.arm.name == found.together)
    rows = {row.effect.name: row for row in found.rows if row.alone}
    return [rows[effect.name] for effect in leading_effects([row.effect for row in rows.values()], about)]


def interaction_sentences(findings: ComparisonFindings) -> list[str]:
    """Return in words where the effects of what-ifs add up, and where they do not."""
    rows = leading_interactions(findings)
    if not rows or findings.pairs < 2:
        return []
    clear = [row for row in rows if row.effect.difference.clear]
    adding = [row.effect for row in rows if row not in clear and not _nothing(row.effect)]
    sentences = [_beyond(row) for row in clear]
    if adding:
        told = ", ".join(f"{_bounds(one)} ({_as_told(one.label)})" for one in adding[:MOST_ADDING])
        more = f", and {len(adding) - MOST_ADDING} more outcomes" if len(adding) > MOST_ADDING else ""
        on = "For all other outcomes, as" if clear else "As"
        sentences.append(
            f"{on} far as these runs can tell, the effects add up; together can still differ from the sum of each "
            f"alone by {told}{more}."
        )
    return sentences


def _as_told(label: str) -> str:
    plain = label.removesuffix(" (mean)")
    return f"{plain[0].lower()}{plain[1:]}"


def _nothing(effect: Effect) -> bool:
    gap = effect.difference
    return gap.before == gap.after == 0.0


def _beyond(row: Interaction) -> str:
    """Return a sentence on an outcome in which all together clearly differ from the sum."""
    effect, gap = row.effect, row.effect.difference
    scale = scale_of(effect)
    together, added = gap.after or 0.0, gap.before or 0.0
    size = "more than" if abs(together) > abs(added) else "less than"
    if together * added < 0.0:
        size = "the other way round than"
    texts = [scale.signed(value) for value in (together, added)]
    return (
        f"{effect.label}: together {texts[0]}{scale.gap_unit}, {size} the sum of each alone, {texts[1]}; "
        f"the difference is {scale.gap(gap)} ({scale.between(gap)})."
    )


def _bounds(effect: Effect) -> str:
    unit = " points" if is_share(effect.unit) else ""
    return f"{scale_of(effect).between(effect.difference)}{unit}"
