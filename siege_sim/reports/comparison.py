"""A comparison in the terminal, as tables, figures, and a page that needs nothing else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from siege_sim.reports.effects import EFFECT_HEADINGS, effect_cells, effects_shown, precision_sentences, stopping
from siege_sim.reports.found import found_sentences
from siege_sim.reports.interaction import (
    INTERACTION_NOTE,
    interaction_cells,
    interaction_headings,
    interaction_sentences,
    leading_interactions,
)
from siege_sim.reports.page import page, write_page
from siege_sim.reports.uncertain import UNCERTAIN_HEADINGS, drawn_from, uncertain_rows, uncertain_sentences
from siege_sim.results.files import csv_bytes, json_text
from siege_sim.results.numbers import is_share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console
    from rich.table import Table

    from siege_sim.analysis.comparison.comparison_findings import ArmFindings, ComparisonFindings
    from siege_sim.analysis.comparison.effects import Effect
    from siege_sim.analysis.comparison.interaction import Interaction
    from siege_sim.plots.picture import Picture

PIPED_COMPARISON_WIDTH = 120
"""Columns of the tables when nobody's terminal sets them."""

WIDE = 112
"""Columns from which on a table has all its columns; below, those after the interval are left to the CSV."""


def write_comparison(findings: ComparisonFindings, folder: Path, command: str) -> str:
    """Write tables, figures and a page into an existing folder; the same runs give the same bytes.

    Args:
        findings: what to write.
        folder: where.
        command: what has to be typed to repeat it.

    Returns:
        A note on letters for which the figures have no font; empty for nothing.
    """
    from siege_sim.plots.effects import effect_sketches
    from siege_sim.plots.fonts import missing_note

    for name, table in findings.tables().items():
        (folder / f"{name}.csv").write_bytes(csv_bytes(table))
    (folder / "comparison.json").write_text(json_text(findings.data()), "utf-8", newline="\n")
    pictures = [sketch.picture() for sketch in effect_sketches(findings)]
    (folder / "figures").mkdir()
    for picture in pictures:
        picture.write(folder / "figures")
    write_page(render_comparison(findings, pictures, command), folder / "comparison.html")
    return missing_note(picture.missing for picture in pictures)


def render_comparison(findings: ComparisonFindings, pictures: Sequence[Picture], command: str) -> str:
    """Return a comparison as a page; every text of the scenarios is escaped."""
    figures = {picture.name: picture for picture in pictures}
    return page(
        "comparison.html",
        baseline=findings.baseline,
        seeds=findings.seeds_text,
        headings=EFFECT_HEADINGS,
        stopping=stopping(findings),
        overview=figures.get("effects"),
        interactions=_interactions(findings),
        drawn_from="" if findings.uncertain is None else drawn_from(findings.uncertain),
        uncertain_headings=UNCERTAIN_HEADINGS,
        parts=[_part(one, findings, figures) for one in findings.what_ifs],
        made=findings.made,
        digests=findings.digests,
        command=command,
    )


def _interactions(findings: ComparisonFindings) -> dict[str, Any] | None:
    found = findings.interactions
    if found is None:
        return None
    rows = [row for row in found.rows if row.alone]
    leading = leading_interactions(findings)
    return {
        "sentences": interaction_sentences(findings),
        "headings": interaction_headings(found),
        "note": INTERACTION_NOTE,
        "rows": [_interaction_row(row) for row in leading],
        "other_rows": [_interaction_row(row) for row in rows if row not in leading],
    }


def _interaction_row(row: Interaction) -> dict[str, Any]:
    return {"unit": "", "cells": interaction_cells(row), "is_clear": row.effect.difference.clear}


def _part(one: ArmFindings, findings: ComparisonFindings, figures: dict[str, Picture]) -> dict[str, Any]:
    rows, empty = effects_shown(one.leading_first)
    leading = sum(effect in one.leading for effect in rows)
    return {
        "arm": one.arm,
        "found": found_sentences(one, findings),
        "precision": precision_sentences(one.leading_first),
        "uncertain": uncertain_sentences(one, findings),
        "uncertain_rows": uncertain_rows(one, findings),
        "rows": [_row(effect) for effect in rows[:leading]],
        "other_rows": [_row(effect) for effect in rows[leading:]],
        "empty": empty,
        "days": figures.get(f"days-{one.arm.name}"),
        "quarters": figures.get(f"quarters-{one.arm.name}"),
    }


def _row(effect: Effect) -> dict[str, Any]:
    unit = "" if is_share(effect.unit) else effect.unit
    return {"unit": unit, "cells": effect_cells(effect), "is_clear": effect.difference.clear}


def print_comparison(findings: ComparisonFindings, folder: Path) -> None:
    """Print a table and some sentences for every what-if, and where the rest lies."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_COMPARISON_WIDTH
    console.print(f"\nBaseline: {findings.baseline.title}  ({findings.seeds_text})", markup=False)
    for sentence in findings.baseline.changed:
        console.print(sentence, markup=False)
    for one in findings.what_ifs:
        _print_what_if(console, one, findings)
    _print_interactions(console, findings)
    console.print()
    for sentence in stopping(findings):
        console.print(sentence, markup=False)
    console.print(
        "Difference: with it minus baseline, the mean over the pairs. Bold: a clear effect (the 95 % "
        "confidence interval excludes 0). Without any effect, about one in twenty is bold by chance. A model, not a "
        "record.",
        markup=False,
    )
    console.print(f"\nComparison: {folder / 'comparison.html'}", soft_wrap=True, markup=False)


def _print_what_if(console: Console, one: ArmFindings, findings: ComparisonFindings) -> None:
    console.print(f"\n{one.arm.title}  ({one.arm.name})", markup=False, style="bold")
    for sentence in one.arm.changed:
        console.print(sentence, markup=False)
    console.print()
    for sentence in found_sentences(one, findings):
        console.print(f"- {sentence}", markup=False)
    if one.arm.doubts:
        console.print("\nWhat docs/validation.md doubts about it:", markup=False)
    for doubt in one.arm.doubts:
        console.print(f"- {doubt}", markup=False)
    _print_uncertain(console, one, findings)
    effects, empty = effects_shown(one.leading_first)
    console.print()
    console.print(_table(console, effects))
    if empty:
        console.print(f"0 in every run: {', '.join(empty)}.", markup=False)
    for sentence in precision_sentences(one.leading_first):
        console.print(sentence, markup=False)


def _print_uncertain(console: Console, one: ArmFindings, findings: ComparisonFindings) -> None:
    if findings.uncertain is None:
        return
    console.print(f"\nWith uncertain parameters: {drawn_from(findings.uncertain)}", markup=False)
    for sentence in uncertain_sentences(one, findings):
        console.print(f"- {sentence}", markup=False)
    table = _plain_table(UNCERTAIN_HEADINGS)
    for cells in uncertain_rows(one, findings):
        table.add_row(*cells)
    console.print()
    console.print(table)


def _print_interactions(console: Console, findings: ComparisonFindings) -> None:
    if findings.interactions is None:
        return
    console.print("\nAlone and together", markup=False, style="bold")
    console.print()
    for sentence in interaction_sentences(findings):
        console.print(f"- {sentence}", markup=False)
    console.print()
    headings = interaction_headings(findings.interactions)
    rows = [(interaction_cells(row), row.effect.difference.clear) for row in leading_interactions(findings)]
    table = _plain_table(headings)
    for cells, clear in rows:
        table.add_row(*cells, style="bold" if clear else "")
    console.print(table)


def _plain_table(headings: Sequence[str]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left", overflow="fold")
    return table


def _table(console: Console, effects: list[Effect]) -> Table:
    from rich.table import Table
    from rich.text import Text

    columns = len(EFFECT_HEADINGS) if console.width >= WIDE else EFFECT_HEADINGS.index("Lower")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, heading in enumerate(EFFECT_HEADINGS[:columns]):
        table.add_column(heading, justify="right" if place else "left", no_wrap=bool(place))
    for effect in effects:
        style = "bold" if effect.difference.clear else ""
        table.add_row(
            *(Text(cell, style=style if 3 <= n <= 4 else "") for n, cell in enumerate(effect_cells(effect)[:columns]))
        )
    return table
