"""The charts beside the map: which outcomes they show, and what a record knows of them. Knows nothing of the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from siege_sim.validation import kinds
from siege_sim.viewer.frames import Json

if TYPE_CHECKING:
    from siege_sim.schema.sides import Sides
    from siege_sim.validation.record import Record, RecordEntry


@dataclass(frozen=True)
class ChartLine:
    """A line of a chart: outcomes added up, and its label; without one the chart's title is its label."""

    outcomes: tuple[str, ...]
    label: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart over the days.

    Attributes:
        name: its key.
        title: its heading.
        unit: of all its lines.
        lines: what it shows.
        percent: whether shares are drawn in per cent.
        description: a sentence on what it is.
    """

    name: str
    title: str
    unit: str
    lines: tuple[ChartLine, ...]
    percent: bool = False
    description: str = ""


def charts(outcomes: Sequence[Mapping[str, Any]], sides: Sides) -> tuple[Chart, ...]:
    """Return every chart, in the order of the page.

    Args:
        outcomes: name, label and, where it is one, death or departure of each outcome of a day.
        sides: who holds ground.
    """
    left = tuple(str(outcome["name"]) for outcome in outcomes if outcome.get("departure"))
    others = tuple(outcome for outcome in outcomes if outcome.get("death") == "other")
    return (
        Chart(
            "area", "Ground held", "% of day 0", (ChartLine(("garrison_area_share",)),), percent=True,
            description=sides.fill("Ground held by {garrison}, as a share of what they held on day 0."),
        ),
        Chart(
            "fates", "Civilians by fate", "persons",
            (
                ChartLine(("civilians_in_pocket",), "in the pocket"),
                ChartLine(tuple(name for name in left if name not in NOT_LEFT), "left"),
                ChartLine(("came_under_new_holder",), "under a new holder"),
                ChartLine(("evacuated", "evacuated_for_treatment"), "evacuated"),
            ),
            description="Where the besieged civilians are; the dead have a chart of their own.",
        ),
        Chart(
            "dead", "Civilians dead since day 0", "persons",
            (ChartLine(("civilians_killed",), "by violence"), *(_death(outcome) for outcome in others)),
            description="Besieged civilians killed by violence, and those who died of other causes.",
        ),
        Chart(
            "eaten", "Eaten a person and day", "kcal", (ChartLine(("kcal_eaten_per_person",)),),
            description="The humanitarian planning figure is 2,100 kcal a person and day.",
        ),
        Chart(
            "food", "Food left", "days", (ChartLine(("food_days_left",)),),
            description="Days for which stores and homes would feed everybody at 2,100 kcal.",
        ),
        Chart(
            "forces", "Fighters fit for duty", "fighters",
            (ChartLine(("garrison_fit",), sides.garrison.label), ChartLine(("besieger_fit",), sides.besieger.label)),
            description="Fighters of both sides fit for duty around the pocket.",
        ),
        Chart(
            "condemnation", "Condemnation", "points", (ChartLine(("condemnation",)),),
            description=sides.fill("Pressure of world opinion on {besieger}, in points of the model."),
        ),
        Chart(
            "impacts", "Heavy impacts a day", "impacts", (ChartLine(("heavy_impacts",)),),
            description="Heavy bombs and missiles that fell on the pocket that day.",
        ),
    )  # fmt: skip


NOT_LEFT = ("came_under_new_holder", "evacuated", "evacuated_for_treatment")
"""Departures that have lines of their own."""


def _death(outcome: Mapping[str, Any]) -> ChartLine:
    """Return the line of a cause of death: ``Died of hunger`` as ``of hunger``."""
    label = str(outcome["label"])
    return ChartLine(
        (str(outcome["name"]),), label.removeprefix("Died ") if label.startswith("Died ") else label.lower()
    )


def charts_of(outcomes: Sequence[Mapping[str, Any]], sides: Sides, record: Record | None, start: date) -> list[Json]:
    """Return the charts as the head of a run names them, with what a record knows of each line."""
    return [
        {
            "name": chart.name,
            "title": chart.title,
            "unit": chart.unit,
            "percent": chart.percent,
            "description": chart.description,
            "lines": [
                {
                    "outcomes": list(line.outcomes),
                    "label": line.label,
                    "known": [] if record is None else list(_known(record, line, start)),
                    "between": [] if record is None else _between(record, line, start),
                }
                for line in chart.lines
            ],
        }
        for chart in charts(outcomes, sides)
    ]


def _about(record: Record, line: ChartLine, kind: type[kinds.Measure]) -> Iterator[tuple[RecordEntry, Any]]:
    """Yield what the record holds on a line by one kind of measure, in order of time."""
    for entries in (topic.patterns | topic.background for topic in record.topics.values()):
        for entry in entries.values():
            measure = entry.measure
            if isinstance(measure, kind) and set(measure.outcomes_used) == set(line.outcomes):
                yield entry, measure


def _known(record: Record, line: ChartLine, start: date) -> Iterator[Json]:
    """Yield the ranges that the record gives for single days; a fall is given as what is left of a share."""
    for entry, measure in _about(record, line, kinds.ValueOn):
        yield {"day": (measure.on - start).days, "low": entry.low, "high": entry.high, "title": entry.title}
    if line.outcomes == (kinds.GROUND_HELD,):
        for entry, measure in _about(record, line, kinds.FallOn):
            low, high = (None if bound is None else 1.0 - bound for bound in (entry.high, entry.low))
            yield {"day": (measure.on - start).days, "low": low, "high": high, "title": entry.title}


def _between(record: Record, line: ChartLine, start: date) -> list[list[float]]:
    """Return what means a day add up to at the least and at the most: rows of day, low, high; none without any."""
    rows = [[0.0, 0.0, 0.0]]
    for entry, measure in sorted(_about(record, line, kinds.IncreasePerDay), key=lambda pair: pair[1].until):
        first, last = (measure.after - start).days, (measure.until - start).days
        _, low, high = rows[-1]
        if entry.low is None or first < rows[-1][0] or last <= first:
            continue
        more = entry.low if entry.high is None else entry.high
        rows.append([float(first), low, high])
        rows.append([float(last), low + entry.low * (last - first), high + more * (last - first)])
    return rows if len(rows) > 1 else []
