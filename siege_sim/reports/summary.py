"""The summary of a run in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from siege_sim.results.changed import change_sentences
from siege_sim.results.endings import ending_texts
from siege_sim.results.numbers import amount

if TYPE_CHECKING:
    from siege_sim.results.run import RunResult


def shown(result: RunResult) -> list[tuple[str, list[str]]]:
    """Return the outcomes that are shown, heading by heading."""
    summary = result.summary
    went = [name for name in result.departures() if name not in RARE or summary[name]]
    return [
        ("Ground", ["garrison_area_share", "day_pocket_split", "days_to_half"]),
        ("Civilians", ["civilians_killed", *result.other_deaths(), "civilians_wounded", "besieger_civilians_killed"]),
        ("Where people are", ["civilians_in_pocket", "displaced_inside", *went]),
        ("Food", ["food_days_left", "kcal_eaten_per_person", "mean_body_mass_loss", "person_days_of_hunger"]),
        ("Forces", ["garrison_killed", "garrison_surrendered", "besieger_killed"]),
        ("Set free for other fronts", ["besieger_fighters_free", "garrison_fighters_free", "sorties_a_day_free"]),
    ]


RARE = ("left_by_road", "evacuated_for_treatment")
"""Ways to leave that most sieges do not have: shown only where people took them."""


def print_summary(result: RunResult) -> None:
    """Print how a run ended, and its main numbers."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    summary = result.summary
    console.print(f"\n[bold]{escape(result.title)}[/bold]  (seed {result.manifest['seed']})", markup=True)
    for sentence in change_sentences(result.lineage):
        console.print(sentence, markup=False)
    ending = ending_texts(summary["ending"]).sentence
    console.print(f"{ending}. Last day: {summary['end_date']}, day {summary['end_day']}.\n")
    inhabited = result.series.query("civilians_in_pocket > 0")
    with_people: Mapping[str, float] = dict(inhabited.iloc[-1]) if len(inhabited) else {}
    table = Table(box=None, pad_edge=False, show_header=False)
    for heading, names in shown(result):
        table.add_row(f"[bold]{heading}[/bold]", "")
        for name in names:
            about = result.manifest["outcomes"].get(name) or result.manifest["run_outcomes"][name]
            last = with_people.get(name) if heading == "Food" else None
            value = summary[name] if last is None else float(last)
            table.add_row(f"  {about['label']}", amount(value, about["unit"]))
    console.print(table)
    console.print("\nOne run of many possible; another seed gives other numbers. A model, not a record.")
