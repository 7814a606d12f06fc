"""The summary of a run in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from siege_sim.results.endings import ending_of
from siege_sim.results.numbers import amount

if TYPE_CHECKING:
    from siege_sim.results.run import RunResult

SHOWN = (
    ("Ground", ("rebel_area_share", "day_pocket_split", "days_to_half")),
    ("Civilians", ("civilians_killed", "died_of_hunger", "civilians_wounded", "west_civilians_killed")),
    ("Where people are", ("civilians_in_pocket", "displaced_inside", "left_to_kurdish", "left_to_government",
                          "came_under_new_holder", "evacuated")),
    ("Food", ("food_days_left", "kcal_eaten_per_person", "mean_body_mass_loss", "person_days_of_hunger")),
    ("Forces", ("rebels_killed", "rebels_surrendered", "regime_killed")),
    ("Set free for other fronts", ("government_fighters_free", "rebels_free", "sorties_a_day_free")),
)  # fmt: skip

LABELS = {
    "day_pocket_split": "Pocket cut in two on day",
    "days_to_half": "Half the ground lost on day",
    "person_days_of_hunger": "Person-days of hunger",
    "government_fighters_free": "Government side fit",
    "rebels_free": "Rebels evacuated",
    "sorties_a_day_free": "Sorties a day that struck the pocket",
}


def print_summary(result: RunResult, folder: Path, with_report: bool) -> None:
    """Print how a run ended, its main numbers, and where the rest lies."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    summary = result.summary
    console.print(f"\n[bold]{escape(result.title)}[/bold]  (seed {result.manifest['seed']})", markup=True)
    ending = ending_of(summary["outcome"]).sentence
    console.print(f"{ending}. Last day: {summary['end_date']}, day {summary['end_day']}.\n")
    inhabited = result.series.query("civilians_in_pocket > 0")
    with_people: Mapping[str, float] = dict(inhabited.iloc[-1]) if len(inhabited) else {}
    table = Table(box=None, pad_edge=False, show_header=False)
    for heading, names in SHOWN:
        table.add_row(f"[bold]{heading}[/bold]", "")
        for name in names:
            about = result.manifest["outcomes"].get(name, {"unit": "", "label": ""})
            last = with_people.get(name) if heading == "Food" else None
            value = summary[name] if last is None else float(last)
            table.add_row(f"  {LABELS.get(name) or about['label']}", amount(value, about["unit"]))
    console.print(table)
    console.print("\nOne run of many possible; another seed tells another story. A model, not a record.")
    console.print(f"Results: {folder}", soft_wrap=True, markup=False)
    if with_report:
        console.print(f"Report:  {folder / 'report.html'}", soft_wrap=True, markup=False)
