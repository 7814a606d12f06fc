"""A comparison in the terminal, as tables, figures, and a page that needs nothing else."""

from __future__ import annotations

import base64
import io
import os
import struct
from typing import TYPE_CHECKING, Any

from siege_sim.analysis.comparison.wording import (
    EFFECT_HEADINGS,
    comparison_sentences,
    effect_cells,
    effects_shown,
    seeds_of,
    stopping,
)
from siege_sim.plots.effects import drawings_of
from siege_sim.plots.style import DPI, settings
from siege_sim.reports.templates import page
from siege_sim.results.files import csv_text, json_text

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console
    from rich.table import Table

    from siege_sim.analysis.comparison.comparison import Comparison, Effect
    from siege_sim.plots.effects import EffectFigure

PIPED_COMPARISON_WIDTH = 120
"""Columns of the tables when nobody's terminal sets them."""

WIDE = 112
"""Columns from which on a table has all its columns; below, those after the interval are left to the CSV."""

TABLES = ("effects", "days", "quarters", "runs")


def write_comparison(comparison: Comparison, folder: Path, command: str) -> None:
    """Write tables, figures and a page into an existing folder; the same runs give the same bytes.

    Args:
        comparison: what to write.
        folder: where.
        command: what has to be typed to repeat it.
    """
    for name in TABLES:
        table = getattr(comparison, f"{name}_table")()
        (folder / f"{name}.csv").write_text(csv_text(table), "utf-8", newline="")
    (folder / "comparison.json").write_text(json_text(comparison.data()), "utf-8")
    pictures = [(picture, _png(picture)) for picture in drawings_of(comparison)]
    (folder / "figures").mkdir()
    for picture, data in pictures:
        (folder / "figures" / f"{picture.name}.png").write_bytes(data)
    (folder / "comparison.html").write_text(_html(comparison, pictures, command), "utf-8", newline="\n")


def _png(picture: EffectFigure) -> bytes:
    file = io.BytesIO()
    with settings():
        picture.draw().savefig(file, dpi=DPI, metadata={"Software": None, "Title": picture.title})
    return file.getvalue()


def _html(comparison: Comparison, pictures: list[tuple[EffectFigure, bytes]], command: str) -> str:
    return page(
        "comparison.html",
        comparison=comparison,
        seeds=seeds_of(comparison),
        headings=EFFECT_HEADINGS,
        stopping=stopping(comparison),
        parts=[
            {
                "arm": arm,
                "sentences": comparison_sentences(comparison, arm.name),
                "rows": [(one, effect_cells(one)) for one in effects_shown(comparison.effects[arm.name])[0]],
                "empty": effects_shown(comparison.effects[arm.name])[1],
                "figures": [_figure(*one) for one in pictures if one[0].what_if == arm.name],
            }
            for arm in comparison.what_ifs
        ],
        overview=[_figure(*one) for one in pictures if one[0].what_if is None],
        made=comparison.data()["made_by"],
        digests=comparison.data()["digests"],
        command=command,
    )


def _figure(picture: EffectFigure, data: bytes) -> dict[str, Any]:
    width, height = struct.unpack(">II", data[16:24])
    source = f"data:image/png;base64,{base64.b64encode(data).decode('ascii')}"
    return {"picture": picture, "source": source, "width": width, "height": height}


def print_comparison(comparison: Comparison, folder: Path) -> None:
    """Print a table and some sentences for every what-if, and where the rest lies."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_COMPARISON_WIDTH
    console.print(f"\nBaseline: {comparison.baseline.title}  ({seeds_of(comparison)})", markup=False)
    for arm in comparison.what_ifs:
        console.print(f"\n{arm.title}  ({arm.name})\n", markup=False, style="bold")
        effects, empty = effects_shown(comparison.effects[arm.name])
        console.print(_table(console, effects))
        if empty:
            console.print(f"0 in every run: {', '.join(empty)}.", markup=False)
        for sentence in comparison_sentences(comparison, arm.name):
            console.print(sentence, markup=False)
    console.print()
    for sentence in stopping(comparison):
        console.print(sentence, markup=False)
    console.print(
        "Difference: with it minus baseline, the mean over the pairs. In bold: the interval leaves out 0; of twenty "
        "intervals that should not, one does so by chance. A model, not a record.",
        markup=False,
    )
    console.print(f"\nComparison: {folder / 'comparison.html'}", soft_wrap=True, markup=False)


def _table(console: Console, effects: list[Effect]) -> Table:
    from rich.table import Table
    from rich.text import Text

    columns = len(EFFECT_HEADINGS) if console.width >= WIDE else EFFECT_HEADINGS.index("Lower")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, heading in enumerate(EFFECT_HEADINGS[:columns]):
        table.add_column(heading, justify="right" if number else "left", no_wrap=bool(number))
    for effect in effects:
        style = "bold" if effect.difference.clear else ""
        table.add_row(
            *(Text(cell, style=style if 3 <= n <= 4 else "") for n, cell in enumerate(effect_cells(effect)[:columns]))
        )
    return table
