"""A brief: the answer to a what-if on two sheets of paper, for somebody who decides and has ten minutes.

Question, answer, one figure, a table of six rows, limits, how it was made; all else is on the page of the comparison.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from siege_sim.analysis.comparison.leading import LEADING
from siege_sim.reports.effects import label_of, scale_of
from siege_sim.reports.found import effect_sentence, found_by_outcome, found_sentences
from siege_sim.reports.interaction import interaction_sentences
from siege_sim.reports.page import page, write_page
from siege_sim.results.calendar import Calendar
from siege_sim.results.changed import title_alone
from siege_sim.results.endings import ENDING
from siege_sim.results.numbers import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from siege_sim.analysis.comparison.comparison_findings import ArmFindings, ComparisonFindings
    from siege_sim.analysis.comparison.effects import Effect
    from siege_sim.plots.picture import Picture

BRIEF_ROWS = 6
"""Rows of the table, and panels of the figure."""

MOST_WHAT_IFS = 3
"""How many what-ifs a brief answers; with more it would not stay on two sheets."""

MOST_SAID = {1: 7, 2: 5, 3: 4}
"""Sentences on each, by how many there are."""

MOST_DOUBTS = 3
"""How many of the doubts of validation are told in full."""

LONGEST_SUMMARY = 180
"""Characters of a scenario's summary."""

LEAD = "A brief. A model, not a record: it says what would have changed in this model."
"""What stands above every brief."""

ALWAYS = ("excess_deaths", ENDING, "end_day")
"""What every brief has a row for."""


def write_brief(brief: BriefContent, folder: Path) -> None:
    """Write a brief as ``brief.html`` into an existing folder."""
    write_page(render_brief(brief), folder / "brief.html")


def render_brief(brief: BriefContent) -> str:
    """Return a brief as a page of its own; every text of the scenarios is escaped."""
    return page("brief.html", brief=brief, lead=LEAD)


@dataclass(frozen=True)
class BriefContent:
    """All that a brief says, in its order, as plain text.

    Attributes:
        title: of the page.
        question: what is asked.
        what_ifs: title and summary of each that is answered.
        answers: for each, and for all together where that was run: a heading and sentences.
        note: how to read the sentences.
        figure: the one figure.
        headings: of the table.
        rows: of the table; each cell has ``text``, ``between`` (its interval) and ``is_clear``.
        limits: what the numbers do not say.
        how: how they were made.
        command: what has to be typed to repeat it.
        made: program and digests, by what each is called.
    """

    title: str
    question: str
    what_ifs: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, list[str]], ...]
    note: str
    figure: Picture = field(repr=False)
    headings: tuple[str, ...] = field(repr=False)
    rows: list[list[dict[str, Any]]] = field(repr=False)
    limits: tuple[str, ...]
    how: str
    command: str
    made: dict[str, str]


def brief_content(findings: ComparisonFindings, command: str) -> BriefContent:
    """Return what a brief says.

    Args:
        findings: the comparison.
        command: what has to be typed to repeat it.
    """
    from siege_sim.plots.brief import brief_sketch

    shown = findings.what_ifs[:MOST_WHAT_IFS]
    rows = brief_rows(shown)
    left_out = len(findings.what_ifs) - len(shown)
    more = f" {left_out} more what-ifs were compared: see comparison.html." if left_out else ""
    together = interaction_sentences(findings)[:2]
    return BriefContent(
        title=f"{title_alone(findings.baseline.title)}: what if?",
        question=" ".join(
            [_shortened(findings.baseline.summary), *findings.baseline.changed, f"What would have changed?{more}"]
        ),
        what_ifs=tuple((_as_sentence(one.arm.title), _shortened(one.arm.summary)) for one in shown),
        answers=(
            *((one.arm.title, _told(one, findings, rows, MOST_SAID[len(shown)])) for one in shown),
            *((("Alone and together", together),) if together else ()),
        ),
        note=f"Means over {findings.seeds_text}; in brackets the 95 % confidence interval. No clear effect: it "
        "includes 0.",
        figure=brief_sketch([one.arm.title for one in shown], rows).picture(),
        headings=("Outcome", "Baseline", *(_heading(one) for one in shown)),
        rows=[_cells(row) for row in rows],
        limits=tuple(_limits(findings, shown)),
        how=f"{findings.seeds_text[:1].upper()}{findings.seeds_text[1:]} for every scenario, with and without each "
        "what-if: chance is the same in both runs of a pair until what is changed makes them differ. To repeat it:",
        command=command,
        made={"Program": _program(findings.made), "Digests": _digests(findings.digests)},
    )


def _as_sentence(title: str) -> str:
    return title if title.endswith(("?", ".")) else f"{title}."


def _limits(findings: ComparisonFindings, shown: Sequence[ArmFindings]) -> Iterator[str]:
    """Yield what the numbers do not say: parameters, what validation doubts, and what a longer siege means."""
    yield (
        "The intervals measure chance: how precise the mean of this model with these parameters is. Most parameters "
        "are uncertain, some mechanisms are assumed, and each what-if assumes that it could have happened."
    )
    if findings.uncertain is None:
        yield "What is uncertain in the parameters is not in these numbers; --uncertain adds it."
    else:
        drawn = "; ".join(_with_drawn_values(one, findings) for one in shown)
        yield f"With uncertain parameters ({findings.uncertain.pairs} pairs: {findings.uncertain.said}): {drawn}"
    doubts = list(dict.fromkeys(doubt for one in shown for doubt in one.arm.doubts))
    yield from doubts[:MOST_DOUBTS]
    if len(doubts) > MOST_DOUBTS:
        yield f"{len(doubts) - MOST_DOUBTS} more doubts of validation stand on the page of the comparison."
    yield "A longer siege has more days on which people are killed and go hungry. Real people suffered what is counted."


def _program(made: Mapping[str, Any]) -> str:
    commit = f", commit {made['git_commit'][:12]}" if made.get("git_commit") else ""
    return f"{made.get('program') or 'siege_sim'} {made['version']}{commit}"


def _digests(digests: Mapping[str, str | None]) -> str:
    return ", ".join(f"{name} {digest[:12] if digest else NOTHING}" for name, digest in digests.items())


def brief_rows(what_ifs: Sequence[ArmFindings]) -> list[list[Effect | None]]:
    """Return for each of six outcomes its effect in every what-if: deaths before other things they are about."""
    names = _row_names(what_ifs)
    return [
        [next((effect for effect in one.effects if effect.name == name), None) for one in what_ifs] for name in names
    ]


def _row_names(what_ifs: Sequence[ArmFindings]) -> list[str]:
    """Return the outcomes of the rows: those of every brief, and before them what the what-ifs are about."""
    effects = [effect for one in what_ifs for effect in one.effects]
    known = list(dict.fromkeys(effect.name for effect in effects if not effect.name.endswith(":happened")))
    ending = max(
        (effect for effect in effects if effect.name.startswith(f"{ENDING}:")),
        key=lambda effect: abs(effect.difference.middle or 0.0),
        default=None,
    )
    always = [ending.name if name == ENDING and ending is not None else name for name in ALWAYS]
    always = [name for name in always if name in known]
    units = {effect.name: effect.unit for effect in effects}
    about = [name for one in what_ifs for name in one.arm.about if name in known and name not in always]
    about = sorted(dict.fromkeys(about), key=lambda name: units[name] != "persons")
    others = [name for name in (*LEADING, *known) if name in known and name not in (*always, *about)]
    others = [name for name in others if not name.startswith(f"{ENDING}:")]
    chosen = [*about, *others][: BRIEF_ROWS - len(always)]
    return [*chosen, *always]


def _told(
    one: ArmFindings, findings: ComparisonFindings, rows: Sequence[Sequence[Effect | None]], most: int
) -> list[str]:
    """Return the sentences of an answer: what it is about, all deaths, endings, and what else is clear in the table.

    Where there are too many, what is clear goes before what is not, and people before other things.
    """
    if findings.pairs < 2:
        return found_sentences(one, findings)
    calendar = Calendar(findings.start, findings.last_day)
    said = dict(found_by_outcome(one, calendar))
    clear = {effect.name for effect in one.effects if effect.difference.clear}
    in_table = [effect for effects in rows for effect in effects if effect in one.effects and effect is not None]
    beside = {effect.name: effect_sentence(effect, calendar) for effect in in_table
              if effect.name in clear and not effect.name.startswith(f"{ENDING}:")}  # fmt: skip
    said = {**said, **{name: sentence for name, sentence in beside.items() if name not in said}}
    always = [name for name in ALWAYS[: most - 2] if name in said]
    units = {effect.name: effect.unit for effect in one.effects}
    others = [name for name in said if name not in always]
    others.sort(key=lambda name: (name not in clear, name in ALWAYS, units.get(name) != "persons"))
    chosen = {*others[: most - len(always)], *always}
    return [sentence for name, sentence in said.items() if name in chosen]


def _with_drawn_values(one: ArmFindings, findings: ComparisonFindings) -> str:
    """Return what is found of all deaths with drawn parameters; of what leads where deaths are not compared."""
    assert findings.uncertain is not None
    calendar = Calendar(findings.start, findings.last_day)
    names = ["excess_deaths", *(effect.name for effect in one.leading)]
    drawn = next((found for name in names if (found := findings.uncertain.of(one.arm.name, name)) is not None), None)
    said = "" if drawn is None else effect_sentence(drawn.effect, calendar).rstrip(".")
    return f"{one.arm.name}: {said[:1].lower()}{said[1:]}"


def _shortened(text: str) -> str:
    return textwrap.shorten(text, LONGEST_SUMMARY, placeholder=" ...")


def _heading(one: ArmFindings) -> str:
    return textwrap.shorten(one.arm.title, 44, placeholder=" ...")


def _cells(effects: Sequence[Effect | None]) -> list[dict[str, Any]]:
    """Return the cells of a row: outcome, baseline, then the difference with its interval for each what-if."""
    first = next(effect for effect in effects if effect is not None)
    return [
        _cell(label_of(first)),
        _cell(scale_of(first).number(first.difference.before)),
        *(_cell(NOTHING) if effect is None else _difference_cell(effect) for effect in effects),
    ]


def _difference_cell(effect: Effect) -> dict[str, Any]:
    scale, gap = scale_of(effect), effect.difference
    return _cell(scale.gap(gap), scale.between(gap), gap.clear)


def _cell(text: str, between: str = "", is_clear: bool = False) -> dict[str, Any]:
    return {"text": text, "between": between, "is_clear": is_clear}
