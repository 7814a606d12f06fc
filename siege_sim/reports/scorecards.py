"""Scorecards of several sieges side by side: in the terminal, as tables, and as a page."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from siege_sim.reports.forecasts import NAIVE_TEXTS, forecast_sentences
from siege_sim.reports.page import page, write_page
from siege_sim.reports.scorecard import PIPED_SCORECARD_WIDTH, card_seeds
from siege_sim.results.files import csv_bytes, json_text
from siege_sim.results.numbers import number
from siege_sim.validation.pattern_scores import against, covered, mean_crps, patterns_held

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from siege_sim.validation.scorecard import Scorecard

MEASURES_OF_A_CARD = ("Runs", "Patterns in range", "80 % interval meets the range", "CRPS")
"""The first rows of the table; two for each naive forecast follow them."""


def side_by_side_rows(cards: Sequence[Scorecard]) -> list[tuple[str, ...]]:
    """Return a row for each measure: what it is, and its value for each siege."""
    naive = [f"{heading}, {part}" for heading, _ in NAIVE_TEXTS.values() for part in ("in range", "CRPS")]
    return list(zip((*MEASURES_OF_A_CARD, *naive), *(_cells(card) for card in cards), strict=True))


def _cells(card: Scorecard) -> tuple[str, ...]:
    """Return a siege's values: of the runs, and of each naive forecast beside the runs on the same patterns."""
    (held, of), (met, could) = patterns_held(card.lines), covered(card.lines)
    cells = [str(len(card.seeds)), f"{held} of {of}", f"{met} of {could}", number(mean_crps(card.lines))]
    for name in NAIVE_TEXTS:
        score = against(card.lines, name)
        if not score.patterns:
            cells += ["-", "-"]
            continue
        cells.append(f"{score.forecast} (runs {score.runs}) of {score.patterns}")
        cells.append(f"{number(score.forecast_crps)} (runs {number(score.runs_crps)})")
    return tuple(cells)


def side_by_side_table(cards: Mapping[str, Scorecard]) -> pd.DataFrame:
    """Return a row a siege, in numbers."""
    rows = []
    for name, card in cards.items():
        (held, of), (met, could) = patterns_held(card.lines), covered(card.lines)
        row: dict[str, Any] = {
            "scenario": name, "record": card.record, "runs": len(card.seeds), "patterns": of, "medians_inside": held,
            "intervals": could, "intervals_meet_the_range": met, "mean_crps_in_widths": mean_crps(card.lines),
        }  # fmt: skip
        for forecast in NAIVE_TEXTS:
            score = against(card.lines, forecast)
            row |= {
                f"{forecast}_patterns": score.patterns, f"{forecast}_inside": score.forecast,
                f"{forecast}_crps": score.forecast_crps, f"runs_inside_beside_{forecast}": score.runs,
                f"runs_crps_beside_{forecast}": score.runs_crps,
            }  # fmt: skip
        rows.append(row)
    return pd.DataFrame(rows)


def write_scorecards(cards: Mapping[str, Scorecard], folder: Path) -> None:
    """Write ``scorecards.csv``, ``scorecards.json`` and ``scorecards.html`` into an existing folder.

    Args:
        cards: scorecards by the name of their folder beside the page.
        folder: where.
    """
    (folder / "scorecards.csv").write_bytes(csv_bytes(side_by_side_table(cards)))
    (folder / "scorecards.json").write_text(json_text(scorecards_data(cards)), "utf-8", newline="\n")
    write_page(render_scorecards(cards), folder / "scorecards.html")


def scorecards_data(cards: Mapping[str, Scorecard]) -> dict[str, Any]:
    """Return all cards as plain data, by name."""
    return {"scorecards": {name: card.data() for name, card in cards.items()}}


def render_scorecards(cards: Mapping[str, Scorecard]) -> str:
    """Return the page."""
    parts = [
        {"name": name, "card": card, "seeds": card_seeds(card), "sentences": forecast_sentences(card.lines)}
        for name, card in cards.items()
    ]
    return page(
        "scorecards.html",
        parts=parts,
        headings=("", *(card.title for card in cards.values())),
        rows=side_by_side_rows(list(cards.values())),
        spread=next(iter(cards.values())).spread if len({card.spread for card in cards.values()}) == 1 else "",
        made=next(iter(cards.values())).made,
        command=_command(list(cards.values())),
    )


def _command(cards: Sequence[Scorecard]) -> str:
    first = cards[0]
    if first.command:
        return first.command
    words = ["siege-sim", "score", *(shlex.quote(card.scenario) for card in cards), "--runs", str(len(first.seeds))]
    words += [word for setting in first.settings for word in ("--set", shlex.quote(setting))]
    return " ".join(words if first.days is None else [*words, "--days", str(first.days)])


def print_scorecards(cards: Sequence[Scorecard], folder: Path) -> None:
    """Print the sieges side by side, and where the rest lies."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, PIPED_SCORECARD_WIDTH)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("", *(card.title for card in cards)):
        table.add_column(heading, justify="right" if heading else "left")
    for row in side_by_side_rows(cards):
        table.add_row(*row)
    console.print(table)
    for sentence in dict.fromkeys(card.spread for card in cards):
        console.print(f"\n{sentence}", markup=False)
    console.print(f"\nScorecards: {folder / 'scorecards.html'}", soft_wrap=True, markup=False)
