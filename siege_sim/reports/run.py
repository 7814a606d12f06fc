"""The report of a run: one HTML file that needs nothing else, made from the result and its figures."""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.errors import ResultError
from siege_sim.plots import figure_named
from siege_sim.plots.days import Calendar, in_words
from siege_sim.plots.food import NEED_KCAL, while_inhabited
from siege_sim.plots.quarters import besieged_in_order
from siege_sim.reports.templates import page
from siege_sim.results.endings import ending_texts
from siege_sim.results.why import EXPLANATION_NOTE, explain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from siege_sim.results.run import RunResult

ROUTINE = (
    "ground_lost", "cell_retaken", "units_withdrew", "assault_prepared", "assault_renewed", "assault_stopped",
    "bakery_lost", "market_lost", "school_lost", "warehouse_lost",
)  # fmt: skip
"""Kinds of event that are many and small: left out, with all kinds that end as in `ROUTINE_ENDS`."""

ROUTINE_ENDS = ("_reopened", "_hit", "_fell", "_destroyed")

GROUPED = {
    "quarter_lost": (0, "Lost: {places}"),
    "unit_surrendered": (1, "{amount:,.0f} fighters laid down arms ({places})"),
    "hospital_lost": (2, "Hospitals put out of service in {places}"),
}
"""Kinds of which a day's events become one line: how far from important they are, and the line."""

MOST_EVENTS = 60


def write_report(result: RunResult, figures: Sequence[Path], file: Path) -> None:
    """Write a run's report as one HTML file, with the figures inside it.

    Args:
        result: the run.
        figures: PNG files as ``plots.draw_all`` returns them.
        file: what to write.

    Raises:
        ResultError: when the file cannot be written or a figure cannot be read.
    """
    try:
        file.write_text(report_html(result, figures), "utf-8", newline="\n")
    except OSError as error:
        raise ResultError(f"{error.filename or file}: {error.strerror}; the report was not written") from None


def report_html(result: RunResult, figures: Sequence[Path]) -> str:
    """Return a run's report as HTML; every text of the scenario is escaped."""
    days = Calendar.of(result)
    shown, total = main_events(result)
    return page(
        "report.html",
        title=result.title,
        scenario=result.manifest["scenario"],
        manifest=result.manifest,
        first=days.full(0),
        last=days.full(days.last),
        last_day=days.last,
        story=story(result),
        notes=result.manifest.get("notes", ()),
        outcomes=key_numbers(result),
        figures=[_picture(path, result) for path in figures],
        why=explain(result),
        events=shown,
        events_total=total,
        chain_note=EXPLANATION_NOTE,
        quarters=_quarter_rows(result),
        command=_command(result),
    )


def story(result: RunResult) -> list[str]:
    """Return the run in a few sentences."""
    days, table = Calendar.of(result), result.series
    return [_ending(result, days), _ground(result, days), *_people(result), _food(table)]


WHERE = {
    "evacuated": "were evacuated",
    "evacuated_for_treatment": "were brought out for treatment",
    "came_under_new_holder": "came under a new holder where they were",
    "civilians_in_pocket": "were still in the pocket on the last day",
}
"""Where those who lived were in the end: outcomes, and words; others are told by their labels."""


def _people(result: RunResult) -> list[str]:
    table, violent = result.series, result.deaths(violent_only=True)
    besieged, last = int(table["civilians_in_pocket"].iloc[0]), table.iloc[-1]
    causes = [("were killed by violence", "civilians_killed")]
    causes += [(_lower(result.label(name)), name) for name in result.deaths() if name not in violent]
    counts = [f"{last[name]:,.0f} {words}" if last[name] else f"none {words}" for words, name in causes]
    dead = f"Of {besieged:,} besieged civilians {' and '.join(counts)}."
    names = [*result.departures(), "civilians_in_pocket"]
    parts = [f"{last[name]:,.0f} {WHERE.get(name) or _lower(result.label(name))}" for name in names if last[name]]
    if not parts:
        return [dead]
    return [dead, f"Of the others {', '.join(parts[:-1])}{' and ' if len(parts) > 1 else ''}{parts[-1]}."]


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _lower(label: str) -> str:
    return label[0].lower() + label[1:]


def _food(table: pd.DataFrame) -> str:
    text = f"On day 0 there was food for {table['food_days_left'].iloc[0]:,.0f} days."
    eaten = while_inhabited(table)["kcal_eaten_per_person"].dropna()
    if eaten.empty:
        return text
    return (
        f"{text} People in the pocket ate {eaten.iloc[0]:,.0f} kcal each on the first day and "
        f"{eaten.iloc[-1]:,.0f} on their last day there; the need is about {NEED_KCAL:,.0f}."
    )


def _ending(result: RunResult, days: Calendar) -> str:
    when = f"{days.full(days.last)} (day\u00a0{days.last})"
    ending = str(result.summary["ending"])
    if ending != "holding":
        return f"{ending_texts(ending).sentence} on {when}."
    if days.last < int(result.manifest["scenario"]["days"]):
        return f"The run was stopped on {when}, before its end; {result.sides.garrison.the} held the pocket then."
    return f"{_upper(result.sides.garrison.the)} still held the pocket when the run ended, on {when}."


def _ground(result: RunResult, days: Calendar) -> str:
    share = result.series["garrison_area_share"]
    half, split = result.summary.get("days_to_half"), result.summary.get("day_pocket_split")
    text = "No ground was lost before the last day." if share.iloc[:-1].min() >= 1.0 else ""
    if half is not None:
        text = f"Half of the ground was lost by {days.full(int(half))} (day\u00a0{int(half)})."
    elif not text:
        text = f"Before the last day at least {share.iloc[:-1].min():.0%} of the ground was held."
    cut = "" if split is None else f" The pocket was cut apart on {days.full(int(split))} (day\u00a0{int(split)})."
    return text + cut


@dataclass(frozen=True)
class KeyNumber:
    """An outcome as the table shows it: on day 0, at its lowest and highest, and on the last day."""

    label: str
    name: str
    unit: str
    values: tuple[str, str, str, str]


def key_numbers(result: RunResult) -> list[KeyNumber]:
    """Return all outcomes with units; those per person leave out days with nobody in the pocket."""
    table, rows = while_inhabited(result.series), []
    for name, about in result.manifest["outcomes"].items():
        values = table[name].to_numpy(dtype=float)
        known = values[np.isfinite(values)]
        four = (values[0], known.min(), known.max(), known[-1]) if known.size else (np.nan,) * 4
        unit = "%" if about["unit"].startswith("share") else str(about["unit"])
        if about["unit"] == "share of day 0":
            unit = "% of day 0"
        texts = tuple(number(float(value), str(about["unit"])) for value in four)
        rows.append(KeyNumber(str(about["label"]), name, unit, texts))  # type: ignore[arg-type]
    return rows


def number(value: float, unit: str) -> str:
    """Return a number as people read it: shares in per cent, very large ones in words."""
    if not np.isfinite(value):
        return "-"
    if unit.startswith("share"):
        return f"{100.0 * value:.1f}"
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if abs(value) >= size:
            return f"{value / size:,.2f} {word}"
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 1000 else f"{value:,.1f}"


@dataclass(frozen=True)
class Happening:
    """A line of the list of events."""

    day: int
    date: str
    text: str
    cause: str
    rank: int


def main_events(result: RunResult) -> tuple[list[Happening], int]:
    """Return the most important events in order of time, and how many events there were in all."""
    events, days = result.events.fillna({"cause": "", "what": ""}), Calendar.of(result)
    routine = events["kind"].isin(ROUTINE) | events["kind"].str.endswith(ROUTINE_ENDS)
    lines: list[Happening] = []
    for _, group in events[~routine].groupby(["day", "kind"], sort=False):
        lines += _grouped(group, days) if group["kind"].iloc[0] in GROUPED else _single(group, days)
    lines = sorted(lines, key=lambda line: (line.rank, line.day))[:MOST_EVENTS]
    return sorted(lines, key=lambda line: (line.day, line.rank)), len(events)


def _grouped(group: pd.DataFrame, days: Calendar) -> list[Happening]:
    """Return one line for all of a day's events of one kind."""
    day, (rank, words) = int(group["day"].iloc[0]), GROUPED[str(group["kind"].iloc[0])]
    counts = group.groupby("where", sort=False).size().items()
    places = ", ".join(f"{place} ({count})" if count > 1 else str(place) for place, count in counts)
    causes = ", ".join(dict.fromkeys(str(cause) for cause in group["cause"]))
    text = words.format(places=places, amount=float(group["amount"].sum()))
    return [Happening(day, days.full(day), text, causes, rank)]


def _single(group: pd.DataFrame, days: Calendar) -> list[Happening]:
    day = int(group["day"].iloc[0])
    told = zip(group["what"], group["cause"], strict=True)
    return [Happening(day, days.full(day), _sentence(str(what)), str(cause), 0) for what, cause in told]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _quarter_rows(result: RunResult) -> list[dict[str, str]]:
    days = Calendar.of(result)
    return [
        {
            "name": str(row["quarter"]),
            "sector": in_words(str(row["sector"])),
            "people": f"{row['civilians_on_day_0']:,.0f}",
            "first": _on(days, row["first"], "none"),
            "captured": _on(days, row["captured"], "held"),
            "killed": f"{row['civilians_killed']:,.0f}",
            "left": f"{row['civilians_left']:,.0f}",
        }
        for _, row in besieged_in_order(result.quarters).iterrows()
    ]


def _on(days: Calendar, day: float, otherwise: str) -> str:
    return f"{days.short(int(day))} (day\u00a0{int(day)})" if np.isfinite(day) else otherwise


def _picture(path: Path, result: RunResult) -> dict[str, Any]:
    data = path.read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    drawing = figure_named(path.stem)
    return {
        "id": f"figure-{path.stem}",
        "title": drawing.title if drawing else in_words(path.stem),
        "caption": drawing.caption if drawing else "",
        "says": drawing.finding(result) if drawing else "",
        "source": f"data:image/png;base64,{base64.b64encode(data).decode('ascii')}",
        "width": width,
        "height": height,
    }


def _command(result: RunResult) -> str:
    scenario, days = result.manifest["scenario"], Calendar.of(result)
    stopped = result.summary["ending"] == "holding" and days.last < int(scenario["days"])
    words = ["siege-sim", "run", "./scenario.yaml", "--seed", str(result.manifest["seed"])]
    return " ".join([*words, "--days", str(days.last)] if stopped else words)
