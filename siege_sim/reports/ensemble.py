"""Many runs of one scenario: in words, in the terminal, as tables, figures, and a page that needs nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siege_sim.analysis.ensemble_tables import ensemble_data, ensemble_tables
from siege_sim.reports.page import page, write_page
from siege_sim.results.changed import change_sentences
from siege_sim.results.endings import HOLDING, ending_texts
from siege_sim.results.files import csv_text, json_text
from siege_sim.results.numbers import NOTHING, amount, number, percent
from siege_sim.results.run import scenario_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from siege_sim.analysis.ensemble import Amount, Chance, EnsembleFindings, MiddleRange, QuarterChance
    from siege_sim.plots.picture import Picture
    from siege_sim.results.calendar import Calendar

ENSEMBLE_WIDTH = 110
"""Columns of sentences in the terminal."""

QUARTER_HEADINGS = (
    "Quarter",
    "Sector",
    "People on day 0",
    "Lost in",
    "Between",
    "Median day",
    "80 % of these",
    "Killed",
)


def write_ensemble(findings: EnsembleFindings, folder: Path, command: str, with_page: bool = True) -> None:
    """Write tables, figures and a page into an existing folder; the same runs give the same bytes.

    Args:
        findings: what the runs say.
        folder: where.
        command: what has to be typed to repeat it.
        with_page: whether figures and the page are made too.
    """
    runs = findings.runs
    manifest = json_text({**ensemble_data(findings), "command": command})
    scenario = scenario_text(runs.scenario, runs.lineage, runs.digest)
    for name, text in (("manifest.json", manifest), ("scenario.yaml", scenario)):
        (folder / name).write_text(text, "utf-8", newline="\n")
    for name, table in ensemble_tables(findings).items():
        (folder / f"{name}.csv").write_text(csv_text(table), "utf-8", newline="")
    if not with_page:
        return
    from siege_sim.plots.ensemble import ensemble_sketches

    pictures = [sketch.picture() for sketch in ensemble_sketches(findings)]
    (folder / "figures").mkdir()
    for picture in pictures:
        picture.write(folder / "figures")
    write_page(render_ensemble(findings, pictures, command), folder / "report.html")


def print_ensemble(findings: EnsembleFindings, folder: Path, with_page: bool) -> None:
    """Print what the runs say in sentences, and where the rest lies."""
    import textwrap

    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    runs = findings.runs
    console.print(f"\n{runs.title}  ({runs.seeds_text})", markup=False, style="bold")
    for sentence in change_sentences(runs.lineage):
        console.print(sentence, markup=False)
    width = min(console.width, ENSEMBLE_WIDTH) if console.is_terminal else ENSEMBLE_WIDTH
    for heading, sentences in answers(findings):
        console.print(f"\n{heading}", markup=False, style="bold")
        for sentence in sentences:
            whole = textwrap.fill(sentence.replace(" %", "\u00a0%"), width)
            console.print(whole.replace("\u00a0", " "), markup=False)
    console.print(f"\n{textwrap.fill(f'{spread_sentence(findings)} A model, not a record.', width)}", markup=False)
    console.print(f"\nResults: {folder}", markup=False)
    if with_page:
        console.print(f"Report:  {folder / 'report.html'}", markup=False)


def spread_sentence(findings: EnsembleFindings) -> str:
    """Return what the spread of the runs includes, and what it does not."""
    if not findings.runs.drawn_from:
        return (
            "The runs differ by chance alone: the spread does not include what is uncertain in the scenario's numbers."
        )
    return (
        f"The runs differ by chance and in parameters: {findings.runs.drawn_from}. The spread includes what is "
        "uncertain in these; what is uncertain in other numbers, in inputs and in the mechanisms is not in it."
    )


def answers(findings: EnsembleFindings) -> list[tuple[str, list[str]]]:
    """Return what the runs say, heading by heading, in sentences."""
    return [
        ("How it ends", [ending_sentence(one, findings) for one in findings.endings]),
        ("How many die, and of what", death_sentences(findings)),
        ("Where people are at the end", fate_sentences(findings)),
        ("How much ground is lost", ground_sentences(findings)),
    ]


def ending_sentence(one: Chance, findings: EnsembleFindings) -> str:
    """Return how often the siege ended in one way, and when."""
    texts = ending_texts(one.name)
    label = texts.label[0].upper() + texts.label[1:]
    often = f"{label}: {_often(one, findings.count)}"
    return f"{often}." if one.name == HOLDING else f"{often}, {_when(one.days, findings.days)}."


def _often(one: Chance, runs: int) -> str:
    share = one.share
    between = f" (95 % interval {number(share.low, 'share')} to {percent(share.high)})" if runs > 1 else ""
    return f"in {one.days.runs:,} of {runs:,} runs, {percent(share.value)}{between}"


def _when(days: MiddleRange, calendar: Calendar) -> str:
    middle = round(days.median)
    text = f"on {calendar.full(middle)} (day\u00a0{middle})"
    if days.runs < 2:
        return text
    low, high = round(days.low), round(days.high)
    if low == high:
        return f"{text} at the median, and on that day in at least 80 % of these runs"
    between = f"{calendar.short(low)} to {calendar.short(high)} (days {low} to {high})"
    return f"{text} at the median; 80 % of these runs: {between}"


def death_sentences(findings: EnsembleFindings) -> list[str]:
    """Return how many civilians died in all, and by each cause."""
    all_causes, killed, *causes = findings.deaths
    first = f"Of {number(findings.besieged)} besieged civilians {_of_runs(all_causes)} died, of all causes."
    outcomes = findings.runs.outcomes
    violent = [one for one in causes if outcomes[one.name]["death"] == "violent"]
    others = [one for one in causes if one not in violent]
    parts = [f"killed by violence: {_of_runs(killed)}", *(f"{_lower(one.label)}: {_of_runs(one)}" for one in others)]
    named = [f"{_lower(one.label)}: {_of_runs(one)}" for one in violent if one.values.high > 0]
    text = f"By cause: {'; '.join(parts)}."
    return [first, text, *([f"Of those killed: {'; '.join(named)}."] if len(named) > 1 else [])]


def fate_sentences(findings: EnsembleFindings) -> list[str]:
    """Return where those who lived are at the end."""
    shown = [one for one in findings.fates if one.values.high > 0]
    nobody = [_lower(one.label) for one in findings.fates if one not in shown]
    texts = [f"{one.label}: {_of_runs(one)}." for one in shown]
    return [*texts, *([f"None in 90 % of the runs or more: {', '.join(nobody)}."] if nobody else [])]


def ground_sentences(findings: EnsembleFindings) -> list[str]:
    """Return how much ground is held on some days, and how often half of it is lost and the pocket is cut apart."""
    held = [f"{findings.days.short(one.day)} (day {one.day}) {_range_text(one.held, 'share')}" for one in findings.lost]
    half, split = findings.ground
    texts = [f"Still held, of the ground of day 0: {'; '.join(held)}."]
    for one, words in ((half, "Half of the ground is lost"), (split, "The pocket is cut apart")):
        if one.days.runs:
            texts.append(f"{words} {_often(one, findings.count)}, first {_when(one.days, findings.days)}.")
        else:
            texts.append(f"{words} in no run.")
    return texts


def _of_runs(one: Amount) -> str:
    return _range_text(one.values, one.unit)


def _range_text(values: MiddleRange, unit: str) -> str:
    """Return a median with the range of 80 % of the runs."""
    middle = amount(values.median, unit)
    low, high = number(values.low, unit), amount(values.high, unit)
    return middle if values.runs < 2 or low == number(values.high, unit) else f"{middle} ({low} to {high})"


def _lower(label: str) -> str:
    return label[0].lower() + label[1:]


def render_ensemble(findings: EnsembleFindings, pictures: Sequence[Picture], command: str) -> str:
    """Return the page of many runs; every text of the scenario is escaped."""
    runs = findings.runs
    return page(
        "ensemble.html",
        title=runs.title,
        summary=runs.summary,
        seeds=runs.seeds_text,
        spread=spread_sentence(findings),
        count=findings.count,
        changed=change_sentences(runs.lineage),
        answers=answers(findings),
        figures=pictures,
        headings=QUARTER_HEADINGS,
        quarters=[quarter_cells(one, findings.days) for one in findings.quarters],
        numbers=[_number_cells(one) for one in (*findings.deaths, *findings.fates)],
        made=runs.runs[0].provenance,
        scenario=runs.name,
        command=command,
    )


def quarter_cells(one: QuarterChance, days: Calendar) -> tuple[str, ...]:
    """Return a quarter's cells under ``QUARTER_HEADINGS``, as texts."""
    lost, when = one.lost.share, one.lost.days
    between = f"{number(lost.low, 'share')} to {percent(lost.high)}" if lost.runs > 1 else NOTHING
    middle = f"{days.short(round(when.median))} (day\u00a0{round(when.median)})" if when.runs else NOTHING
    range_ = f"{days.short(round(when.low))} to {days.short(round(when.high))}" if when.runs > 1 else NOTHING
    return (one.name, one.sector, number(one.people), percent(lost.value), between, middle, range_,
            _range_text(one.killed, "persons"))  # fmt: skip


def _number_cells(one: Amount) -> dict[str, Any]:
    values = one.values
    texts = [number(value, one.unit) for value in (values.low, values.median, values.high)]
    return {"label": one.label, "unit": one.unit, "texts": texts}
