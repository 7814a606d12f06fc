"""The scorecard: in the terminal, as tables, and as a page that needs nothing else."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siege_sim.reports.page import page, write_page
from siege_sim.results.files import csv_bytes, json_text
from siege_sim.results.numbers import amount, number, percent

if TYPE_CHECKING:
    from siege_sim.plots.picture import Picture
    from siege_sim.validation.fan import Fan
    from siege_sim.validation.scorecard import Forecast, PatternScore, Scorecard

SCORECARD_HEADINGS = ("Pattern", "Record", "Median", "10-90 %", "Inside", "It stays", "Straight line")

FORECASTS = (
    ("stays", "that the last known value persists"),
    ("line", "a straight line through earlier values"),
)

PIPED_SCORECARD_WIDTH = 130
"""Columns of the table when nobody's terminal sets them."""


def write_scorecard(card: Scorecard, fan: Fan, folder: Path) -> str:
    """Write ``scorecard.csv``, ``scorecard.json`` and ``scorecard.html`` into an existing folder.

    Args:
        card: how the runs compare with the record.
        fan: their curves beside it.
        folder: where.

    Returns:
        A note on letters for which the figure has no font; empty for nothing.
    """
    from siege_sim.plots.fan import fan_picture
    from siege_sim.plots.fonts import missing_note

    (folder / "scorecard.csv").write_bytes(csv_bytes(card.table()))
    (folder / "scorecard.json").write_text(json_text(card.data()), "utf-8")
    picture = fan_picture(fan, card.title) if fan.panels else None
    write_page(render_scorecard(card, picture), folder / "scorecard.html")
    return missing_note([picture.missing] if picture else [])


def print_scorecard(card: Scorecard, folder: Path) -> None:
    """Print the scorecard, what it comes to, and where the rest lies."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, PIPED_SCORECARD_WIDTH)
    console.print(f"\n{card.title}  ({_seeds(card)})", markup=False, style="bold")
    for sentence in card.changed:
        console.print(sentence, markup=False)
    console.print(f"against: {card.record_title}\n", markup=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, heading in enumerate(SCORECARD_HEADINGS):
        table.add_column(heading, justify="right" if place else "left", no_wrap=place not in (0, 3))
    topic = ""
    for line in card.lines:
        if line.topic != topic:
            table.add_row(Text(line.topic, style="bold"))
            topic = line.topic
        cells = pattern_cells(line)
        table.add_row(Text(f"  {cells[0]}"), *cells[1:])
    console.print(table)
    console.print()
    for sentence in scorecard_sentences(card):
        console.print(sentence, markup=False)
    console.print(f"\nScorecard: {folder / 'scorecard.html'}", soft_wrap=True, markup=False)


def pattern_cells(line: PatternScore) -> tuple[str, ...]:
    """Return a pattern's cells under ``SCORECARD_HEADINGS``, as texts."""
    if line.not_measured:
        return (line.title, "not measured", *("-",) * 5)
    between = "-"
    if line.tenth is not None and line.ninetieth is not None:
        between = f"{number(line.tenth, line.unit)} to {number(line.ninetieth, line.unit)}"
    return (
        line.title,
        range_text(line.low, line.high, line.unit),
        number(line.median, line.unit),
        between,
        percent(line.share_inside),
        _forecast(line.stays, line.unit),
        _forecast(line.line, line.unit),
    )


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


def _forecast(made: Forecast | None, unit: str) -> str:
    return "-" if made is None else f"{number(made.value, unit)} {'in' if made.inside else 'out'}"


def _seeds(card: Scorecard) -> str:
    if len(card.seeds) == 1:
        return f"1 run, seed {card.seeds[0]}"
    return f"{len(card.seeds)} runs, seeds {min(card.seeds)} to {max(card.seeds)}"


def scorecard_sentences(card: Scorecard) -> list[str]:
    """Return in words what the scorecard comes to."""
    inside, of = card.medians_inside
    texts = [f"The median of the runs lies in the record's range for {inside} of {of} patterns that were measured."]
    for name, words in FORECASTS:
        score = card.against(name)
        if score.patterns:
            texts.append(
                f"Naive forecast ({words}): in the record's range for {score.forecast} of {_patterns(score.patterns)}; "
                f"the median of the runs for {score.runs} of them."
            )
    return texts


def _patterns(count: int) -> str:
    return "1 pattern" if count == 1 else f"{count} patterns"


def render_scorecard(card: Scorecard, picture: Picture | None) -> str:
    """Return the scorecard as a page; all text of record and scenario is escaped."""
    return page(
        "scorecard.html",
        card=card,
        headings=SCORECARD_HEADINGS,
        seeds=_seeds(card),
        sentences=scorecard_sentences(card),
        topics=_topics(card),
        figure=picture,
        command=_command(card),
    )


def _topics(card: Scorecard) -> list[dict[str, Any]]:
    topics: dict[str, list[dict[str, Any]]] = {}
    for line in card.lines:
        inside = {None: "", True: "in", False: "out"}[None if line.not_measured else line.median_inside]
        topics.setdefault(line.topic, []).append({"line": line, "cells": pattern_cells(line), "inside": inside})
    return [{"title": title, "rows": rows} for title, rows in topics.items()]


def _command(card: Scorecard) -> str:
    words = ["siege-sim", "score", shlex.quote(card.scenario), "--record", shlex.quote(card.record)]
    words += ["--runs", str(len(card.seeds))]
    words += [word for setting in card.settings for word in ("--set", shlex.quote(setting))]
    return " ".join(words if card.days is None else [*words, "--days", str(card.days)])
