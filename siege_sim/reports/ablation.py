"""What mechanisms, dated actions and what-ifs change, in the terminal, as tables, and as a page."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from siege_sim.analysis.ablation import CLEAR_EFFECT, KIND_HEADINGS
from siege_sim.reports.effects import label_of, scale_of
from siege_sim.reports.page import page, write_page
from siege_sim.results.files import csv_bytes, json_text
from siege_sim.results.numbers import is_share, number

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from siege_sim.analysis.ablation import AblationFindings, CaseAblation, SwitchEffects, SwitchKind
    from siege_sim.analysis.comparison.effects import Effect

ABLATION_HEADINGS = ("Changed", "Outcome", "Case", "With the change", "Difference", "95 % interval", "What it shows")

PIPED_ABLATION_WIDTH = 150
"""Columns of the tables when nobody's terminal sets them."""

ABLATION_NOTE = (
    "Difference: with the change minus the case as it is, the mean over pairs of runs with one seed. A clear effect: "
    "the 95 % confidence interval excludes 0; without any effect, about one in twenty is clear by chance. That an "
    "effect is not clear does not show that there is none. A model, not a record."
)


def write_ablation(findings: AblationFindings, folder: Path, command: str) -> None:
    """Write ``ablation.csv``, ``ablation.json`` and ``ablation.html`` into an existing folder.

    Args:
        findings: what to write; the same runs give the same bytes.
        folder: where.
        command: what has to be typed to repeat it.
    """
    (folder / "ablation.csv").write_bytes(csv_bytes(findings.table()))
    (folder / "ablation.json").write_text(json_text(findings.data()), "utf-8", newline="\n")
    write_page(render_ablation(findings, command), folder / "ablation.html")


def render_ablation(findings: AblationFindings, command: str) -> str:
    """Return the tables as a page; every text of the scenarios is escaped."""
    return page(
        "ablation.html",
        cases=[_case(case) for case in findings.cases],
        headings=ABLATION_HEADINGS,
        settings=findings.settings,
        note=ABLATION_NOTE,
        command=command,
        model_version=findings.cases[0].model_version,
    )


def _case(case: CaseAblation) -> dict[str, Any]:
    parts = [(KIND_HEADINGS[kind], case.of_kind(kind)) for kind in KIND_HEADINGS]
    return {
        "name": case.name,
        "title": case.title,
        "how": how_it_was_run(case),
        "sentences": ablation_sentences(case),
        "parts": [
            {
                "heading": heading,
                "rows": [row for one in switches for row in _rows(one)],
                "not_run": [(one.switch.name, one.switch.not_run) for one in switches if one.switch.not_run],
            }
            for heading, switches in parts
            if switches
        ],
    }


def _rows(one: SwitchEffects) -> list[dict[str, Any]]:
    return [
        {"first": place == 0, "title": one.switch.title, "cells": ablation_cells(one, effect),
         "is_clear": one.verdict(effect) == CLEAR_EFFECT, "unit": "" if is_share(effect.unit) else effect.unit}
        for place, effect in enumerate(one.effects)
    ]  # fmt: skip


def ablation_cells(one: SwitchEffects, effect: Effect) -> tuple[str, ...]:
    """Return an effect's cells under ``ABLATION_HEADINGS``."""
    scale, difference = scale_of(effect), effect.difference
    return (
        one.switch.name, label_of(effect), scale.number(difference.before), scale.number(difference.after),
        scale.gap(difference), scale.between(difference), one.verdict(effect),
    )  # fmt: skip


def how_it_was_run(case: CaseAblation) -> str:
    """Return in words how a case was run: how often, how long, how coarse."""
    seeds = "seed 1" if case.pairs == 1 else f"seeds 1 to {case.pairs}"
    pairs = f"{case.pairs} pair{'s' * (case.pairs != 1)} of runs, {seeds}"
    return f"{pairs}; {case.days} days at the most; {number(case.persons_a_row)} people a household of the model."


def ablation_sentences(case: CaseAblation) -> list[str]:
    """Return in words what has a clear effect on nothing that it is there for."""
    if case.pairs < 2:
        return ["One pair of runs gives no interval: no effect can be called clear; use --runs 20 or more."]
    return [*_count(case, "mechanism", "mechanisms"), *_count(case, "action", "dated actions"),
            *_count(case, "what_if", "what-ifs")]  # fmt: skip


def _count(case: CaseAblation, kind: SwitchKind, words: str) -> list[str]:
    tried = [one for one in case.of_kind(kind) if one.effects]
    if not tried:
        return []
    unclear = [one.switch.name for one in case.without_clear_effect if one.switch.kind == kind]
    clear = len(tried) - len(unclear)
    text = f"{clear} of {len(tried)} {words} have a clear effect on an outcome that they are there for"
    return [f"{text}; no clear effect: {', '.join(unclear)}." if unclear else f"{text}."]


def print_ablation(findings: AblationFindings, folder: Path) -> None:
    """Print a table for every case and kind, and where the rest lies."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_ABLATION_WIDTH
    for case in findings.cases:
        console.print(f"\n{case.title}  ({case.name})", markup=False, style="bold")
        console.print(how_it_was_run(case), markup=False)
        for kind, heading in KIND_HEADINGS.items():
            _print_part(console, heading, case.of_kind(kind))
        console.print()
        for sentence in ablation_sentences(case):
            console.print(sentence, markup=False)
    console.print(f"\n{ABLATION_NOTE}", markup=False)
    console.print(f"\nTable: {folder / 'ablation.html'}", soft_wrap=True, markup=False)


def _print_part(console: Console, heading: str, switches: tuple[SwitchEffects, ...]) -> None:
    from rich.table import Table
    from rich.text import Text

    if not switches:
        return
    console.print(f"\n{heading}\n", markup=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, text in enumerate(ABLATION_HEADINGS):
        table.add_column(text, justify="right" if 2 <= place <= 5 else "left", no_wrap=place > 1)
    for one in switches:
        for place, effect in enumerate(one.effects):
            cells = ablation_cells(one, effect)
            style = "bold" if cells[-1] == CLEAR_EFFECT else ""
            table.add_row(*(Text(cell, style=style) for cell in (cells[0] if place == 0 else "", *cells[1:])))
    console.print(table)
    for one in switches:
        if one.switch.not_run:
            console.print(f"{one.switch.name}: {one.switch.not_run}", markup=False)
