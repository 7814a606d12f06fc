"""The scorecard: in the terminal, as tables, and as a page that needs nothing else."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siege_sim.reports.forecasts import (
    KNOWN_HEADINGS,
    NAIVE_HEADINGS,
    forecast_sentences,
    interval_text,
    known_rows,
    known_sentences,
    miss_sentences,
    naive_rows,
    wanted_text,
)
from siege_sim.reports.page import page, write_page
from siege_sim.results.files import csv_bytes, json_text
from siege_sim.results.numbers import number, percent

if TYPE_CHECKING:
    from rich.console import Console

    from siege_sim.plots.picture import Picture
    from siege_sim.validation.fan import Fan
    from siege_sim.validation.known_so_far import Conditioned
    from siege_sim.validation.pattern_scores import Forecast, PatternScore
    from siege_sim.validation.scorecard import Scorecard

SCORECARD_HEADINGS = (
    "Pattern",
    "Record",
    "Median",
    "10-90 %",
    "Inside",
    "CRPS",
    "It stays",
    "Straight line",
    "Resampled",
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
    (folder / "scorecard.json").write_text(json_text(card.data()), "utf-8", newline="\n")
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
    console.print(f"\n{card.title}  ({card_seeds(card)})", markup=False, style="bold")
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
    if card.known is not None:
        _print_known(card.known, console)
    console.print(f"\nScorecard: {folder / 'scorecard.html'}", soft_wrap=True, markup=False)


def _print_known(known: Conditioned, console: Console) -> None:
    from rich.table import Table

    console.print(f"\nKnown until {known.until}\n", markup=False, style="bold")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, heading in enumerate(KNOWN_HEADINGS):
        table.add_column(heading, justify="right" if place else "left", no_wrap=place > 1)
    for cells in known_rows(known):
        table.add_row(*cells)
    console.print(table)
    console.print()
    for sentence in known_sentences(known):
        console.print(sentence, markup=False)


def pattern_cells(line: PatternScore) -> tuple[str, ...]:
    """Return a pattern's cells under ``SCORECARD_HEADINGS``, as texts."""
    if line.not_measured:
        return (line.title, "not measured", *("-",) * 7)
    return (
        line.title,
        wanted_text(line),
        "-" if line.share_of_runs else number(line.median, line.unit),
        "-" if line.share_of_runs else interval_text(line),
        percent(line.share_inside),
        number(line.crps),
        _forecast(line.stays, line.unit),
        _forecast(line.line, line.unit),
        _forecast(line.resampled, line.unit),
    )


def _forecast(made: Forecast | None, unit: str) -> str:
    return "-" if made is None else f"{number(made.value, unit)} {'in' if made.inside else 'out'}"


def card_seeds(card: Scorecard) -> str:
    """Return how many runs a card is of, and their seeds."""
    if len(card.seeds) == 1:
        return f"1 run, seed {card.seeds[0]}"
    return f"{len(card.seeds)} runs, seeds {min(card.seeds)} to {max(card.seeds)}"


def scorecard_sentences(card: Scorecard) -> list[str]:
    """Return in words what the scorecard comes to."""
    first, *others = forecast_sentences(card.lines)
    return [first, *miss_sentences(card.lines), *others]


def render_scorecard(card: Scorecard, picture: Picture | None) -> str:
    """Return the scorecard as a page; all text of record and scenario is escaped."""
    return page(
        "scorecard.html",
        card=card,
        headings=SCORECARD_HEADINGS,
        seeds=card_seeds(card),
        sentences=scorecard_sentences(card),
        naive_headings=NAIVE_HEADINGS,
        naive=naive_rows(card.lines),
        known_headings=KNOWN_HEADINGS,
        known_sentences=known_sentences(card.known) if card.known else [],
        known=known_rows(card.known) if card.known else [],
        topics=_topics(card),
        figure=picture,
        command=_command(card),
    )


def _topics(card: Scorecard) -> list[dict[str, Any]]:
    topics: dict[str, list[dict[str, Any]]] = {}
    for line in card.lines:
        says_nothing = line.not_measured or line.share_inside is None
        inside = "" if says_nothing else "in" if line.holds else "out"
        topics.setdefault(line.topic, []).append({"line": line, "cells": pattern_cells(line), "inside": inside})
    return [{"title": title, "rows": rows} for title, rows in topics.items()]


def _command(card: Scorecard) -> str:
    if card.command:
        return card.command
    words = ["siege-sim", "score", shlex.quote(card.scenario), "--record", shlex.quote(card.record)]
    words += ["--runs", str(len(card.seeds))]
    words += [word for setting in card.settings for word in ("--set", shlex.quote(setting))]
    words += [] if card.days is None else ["--days", str(card.days)]
    return " ".join(words if card.known is None else [*words, "--known-until", str(card.known.until)])
