"""The report of a run: one HTML file that needs nothing else, put into words from what was found in the run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from siege_sim.analysis.run import NEED_KCAL, run_findings
from siege_sim.reports.among import among_others, beside_the_record
from siege_sim.reports.page import page, write_page, written_or_refused
from siege_sim.results.calendar import in_words
from siege_sim.results.changed import change_sentences
from siege_sim.results.endings import HOLDING, ending_texts
from siege_sim.results.numbers import number, percent, unit_text
from siege_sim.results.why import EXPLANATION_NOTE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from siege_sim.analysis.run import FoodFindings, Happening, KeyNumber, People, QuarterFate, RunFindings
    from siege_sim.plots.picture import Picture
    from siege_sim.results.calendar import Calendar
    from siege_sim.results.run import CompactRun, RunResult

TOGETHER = {
    "quarter_lost": "Lost: {places}",
    "unit_surrendered": "{amount} fighters laid down arms ({places})",
    "hospital_lost": "Hospitals put out of service in {places}",
}
"""What is said of a day's events of a kind that belong together."""

FATES = {
    "evacuated": "were evacuated",
    "evacuated_for_treatment": "were brought out for treatment",
    "came_under_new_holder": "came under a new holder where they were",
    "civilians_in_pocket": "were still in the pocket on the last day",
}
"""Where those who lived were in the end: outcomes, and words; others are called by their labels."""


@dataclass(frozen=True)
class Beside:
    """What a run's report shows it beside.

    Attributes:
        others: other runs of its scenario, if any.
        folder: the folder of the run; None for a page in it.
    """

    others: Sequence[CompactRun] = field(default=(), repr=False)
    folder: Path | None = None


ALONE = Beside()
"""A report in the folder of its run, with no other runs."""


def write_report(result: RunResult, pictures: Sequence[Picture], file: Path, beside: Beside = ALONE) -> None:
    """Write a run's report as one HTML file, with the figures inside it.

    Args:
        result: the run.
        pictures: its figures, as ``plots.pictures_of`` returns them.
        file: what to write.
        beside: other runs, and the folder of the run where the file lies elsewhere.

    Raises:
        ResultError: when the file cannot be written.
    """
    shown = [*pictures, *beside_the_record(result, beside.others)]
    among = among_others(result, beside.others)
    html = render_run(run_findings(result), shown, among, _way(beside.folder, file))
    with written_or_refused(file):
        write_page(html, file)


def _way(folder: Path | None, file: Path) -> str:
    """Return the start of links to the files of a run, from the page."""
    if folder is None or folder.resolve() == file.resolve().parent:
        return ""
    return f"{folder.resolve().as_uri()}/"


def render_run(
    findings: RunFindings, pictures: Sequence[Picture], among: Mapping[str, Any] | None = None, way: str = ""
) -> str:
    """Return a run's report as HTML; every text of the scenario is escaped.

    Args:
        findings: of the run.
        pictures: its figures.
        among: what `reports.among` says of it, if it lies beside others.
        way: the start of links to the run's files; empty for a page in its folder.
    """
    days = findings.days
    return page(
        "run.html",
        title=findings.title,
        changed=change_sentences(findings.lineage),
        scenario=findings.manifest["scenario"],
        manifest=findings.manifest,
        first=days.full(0),
        last=days.full(days.last),
        last_day=days.last,
        story=story(findings),
        notes=findings.manifest.get("notes", ()),
        outcomes=[_number_row(one) for one in findings.numbers],
        figures=pictures,
        among=among or {},
        way=way,
        why=findings.why,
        events=[_event_row(event, days) for event in findings.events],
        events_total=findings.events_in_all,
        chain_note=EXPLANATION_NOTE,
        quarters=[_quarter_row(quarter, days) for quarter in findings.quarters],
        command=_command(findings),
    )


def story(findings: RunFindings) -> list[str]:
    """Return the run in a few sentences."""
    return [_ending(findings), _ground(findings), *_people(findings.people), _food(findings.food)]


def _ending(findings: RunFindings) -> str:
    when = _on(findings.days, findings.days.last)
    if findings.ending != HOLDING:
        return f"{ending_texts(findings.ending).sentence} on {when}."
    if findings.stopped:
        return f"The run was stopped on {when}, before its end; {findings.sides.garrison.the} held the pocket then."
    the = findings.sides.garrison.the
    return f"{the[0].upper()}{the[1:]} still held the pocket when the run ended, on {when}."


def _ground(findings: RunFindings) -> str:
    ground, days = findings.ground, findings.days
    if ground.half_day is not None:
        text = f"Half of the ground was lost by {_on(days, ground.half_day)}."
    elif ground.least_before_end >= 1.0:
        text = "No ground was lost before the last day."
    else:
        text = f"Before the last day at least {percent(ground.least_before_end)} of the ground was held."
    if ground.split_day is None:
        return text
    return f"{text} The pocket was cut apart on {_on(days, ground.split_day)}."


def _people(people: People) -> list[str]:
    causes = [("were killed by violence", people.killed)]
    causes += [(_lower(people.labels[name]), count) for name, count in people.other_deaths.items()]
    counts = " and ".join(f"{number(count) if count else 'none'} {words}" for words, count in causes)
    dead = f"Of {number(people.besieged)} besieged civilians {counts}."
    fates = [(FATES.get(name) or _lower(people.labels[name]), count) for name, count in people.fates.items()]
    parts = [f"{number(count)} {words}" for words, count in fates if count]
    if not parts:
        return [dead]
    return [dead, f"Of the others {', '.join(parts[:-1])}{' and ' if len(parts) > 1 else ''}{parts[-1]}."]


def _lower(label: str) -> str:
    return label[0].lower() + label[1:]


def _food(food: FoodFindings) -> str:
    text = f"On day 0 there was food for {number(food.days_on_day_0)} days."
    if food.first_kcal is None:
        return text
    return (
        f"{text} People in the pocket ate {number(food.first_kcal)} kcal each on the first day and "
        f"{number(food.last_kcal)} on their last day there; the need is about {number(NEED_KCAL)}."
    )


def _on(days: Calendar, day: int) -> str:
    return f"{days.full(day)} (day\u00a0{day})"


def _number_row(one: KeyNumber) -> dict[str, Any]:
    texts = [number(value, one.unit) for value in one.values]
    return {"label": one.label, "name": one.name, "unit": unit_text(one.unit), "texts": texts}


def _event_row(event: Happening, days: Calendar) -> dict[str, Any]:
    return {
        "date": days.full(event.day),
        "day": event.day,
        "text": event_text(event),
        "cause": ", ".join(event.causes),
    }


def event_text(event: Happening) -> str:
    """Return what happened as a line of the list of events."""
    if event.kind not in TOGETHER:
        return event.what[:1].upper() + event.what[1:]
    places = ", ".join(f"{place} ({count})" if count > 1 else place for place, count in event.places)
    return TOGETHER[event.kind].format(places=places, amount=number(event.amount))


def _quarter_row(quarter: QuarterFate, days: Calendar) -> dict[str, str]:
    return {
        "name": quarter.name,
        "sector": in_words(quarter.sector),
        "people": number(quarter.people),
        "first": _short(days, quarter.first_loss, "none"),
        "captured": _short(days, quarter.captured, "held"),
        "killed": number(quarter.killed),
        "left": number(quarter.left),
    }


def _short(days: Calendar, day: int | None, otherwise: str) -> str:
    return otherwise if day is None else f"{days.short(day)} (day\u00a0{day})"


def _command(findings: RunFindings) -> str:
    words = ["siege-sim", "run", "./scenario.yaml", "--seed", str(findings.manifest["seed"])]
    return " ".join([*words, "--days", str(findings.days.last)] if findings.stopped else words)
