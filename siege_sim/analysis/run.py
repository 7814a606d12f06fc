"""What a single run says, as numbers and names: pages, figures and the terminal put it into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.results.calendar import Calendar
from siege_sim.results.why import Explanation, explain

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from siege_sim.results.run import RunResult
    from siege_sim.schema.lineage import Lineage
    from siege_sim.schema.sides import Sides

NEED_KCAL = 2100.0
"""The planning figure of humanitarian agencies for a person and day."""

PER_PERSON = ("food_days_left", "kcal_eaten_per_person", "mean_body_mass_loss", "ipc_phase")
"""Outcomes that say something only while there are people in the pocket."""

ROUTINE = (
    "ground_lost", "cell_retaken", "units_withdrew", "assault_prepared", "assault_renewed", "assault_stopped",
    "bakery_lost", "market_lost", "school_lost", "warehouse_lost",
)  # fmt: skip
"""Kinds of event that are many and small: left out, with all kinds that end as in `ROUTINE_ENDS`."""

ROUTINE_ENDS = ("_reopened", "_hit", "_fell", "_destroyed")

GROUPED = {"quarter_lost": 0, "unit_surrendered": 1, "hospital_lost": 2}
"""Kinds of which a day's events belong together, and how far from important they are."""

MOST_EVENTS = 60


@dataclass(frozen=True)
class GroundFindings:
    """What became of the ground.

    Attributes:
        half_day: the day by which half of it was lost; None when it was not.
        split_day: the day on which the pocket was first cut apart; None when it was not.
        least_before_end: the smallest share held on any day before the last.
    """

    half_day: int | None
    split_day: int | None
    least_before_end: float


@dataclass(frozen=True)
class People:
    """What became of the civilians.

    Attributes:
        besieged: how many were besieged on day 0.
        killed: how many were killed by violence.
        other_deaths: how many died otherwise, by outcome.
        fates: where those who lived were in the end, by the outcome that counts them.
        labels: what these outcomes are called.
    """

    besieged: float
    killed: float
    other_deaths: Mapping[str, float]
    fates: Mapping[str, float]
    labels: Mapping[str, str]


@dataclass(frozen=True)
class FoodFindings:
    """Food for so many days on day 0, and kcal eaten a person on the first and the last day with people there."""

    days_on_day_0: float
    first_kcal: float | None
    last_kcal: float | None


@dataclass(frozen=True)
class KeyNumber:
    """An outcome on day 0, at its lowest and highest, and on the last day; not a number where there is none."""

    label: str
    name: str
    unit: str
    values: tuple[float, float, float, float]


@dataclass(frozen=True)
class Happening:
    """An event, or a day's events of one kind that belong together.

    Attributes:
        day: on which.
        kind: what happened.
        what: in the words of the run; empty for several together.
        causes: why, each cause once.
        places: for several together: where, and how often there.
        amount: for several together: the sum of their amounts.
        rank: how far from important, from 0.
    """

    day: int
    kind: str
    what: str
    causes: tuple[str, ...]
    places: tuple[tuple[str, int], ...] = ()
    amount: float = 0.0
    rank: int = 0


@dataclass(frozen=True)
class QuarterFate:
    """A besieged quarter: people on day 0, days of its first and its last loss of ground, and what its people met."""

    name: str
    sector: str
    people: float
    first_loss: int | None
    captured: int | None
    killed: float
    left: float


@dataclass(frozen=True)
class RunFindings:
    """Everything that the report of a run says, before it is put into words.

    Attributes:
        title: of the scenario, with what was changed in it where its name does not say so.
        sides: who held ground.
        manifest: how the run was made: scenario, seed, versions.
        days: its dates.
        ending: how it ended, by name.
        ground: what became of the ground.
        people: what became of the civilians.
        food: what there was to eat.
        numbers: every outcome.
        events: the most important events, in order of time.
        events_in_all: how many events there were.
        quarters: the besieged quarters, in the order in which they were lost.
        why: the chain that led to the end.
        stopped: whether the run was stopped before the scenario's last day, with the siege going on.
        lineage: how the scenario came about.
    """

    title: str
    sides: Sides
    manifest: Mapping[str, Any]
    days: Calendar
    ending: str
    ground: GroundFindings
    people: People
    food: FoodFindings
    numbers: tuple[KeyNumber, ...]
    events: tuple[Happening, ...]
    events_in_all: int
    quarters: tuple[QuarterFate, ...]
    why: Explanation
    stopped: bool
    lineage: tuple[Lineage, ...] = ()


def run_findings(result: RunResult) -> RunFindings:
    """Find out everything that the report of a run says."""
    series, events = result.series, result.events
    return RunFindings(
        title=result.title,
        sides=result.sides,
        manifest=result.manifest,
        days=Calendar.of(result),
        ending=str(result.summary["ending"]),
        ground=_ground(series, result.summary),
        people=_people(result),
        food=_food(series),
        numbers=key_numbers(series, result.manifest["outcomes"]),
        events=main_events(events),
        events_in_all=len(events),
        quarters=_quarters(result.quarters),
        why=explain(result),
        stopped=result.stopped,
        lineage=result.lineage,
    )


def while_inhabited(series: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers of a series, without those per person for days on which nobody was in the pocket."""
    table = series.drop(columns="date")
    table.loc[table["civilians_in_pocket"] <= 0, list(PER_PERSON)] = np.nan
    return table


def besieged_in_order(quarters: pd.DataFrame) -> pd.DataFrame:
    """Return the quarters besieged on day 0 by day of capture, then of first loss; those still held last."""
    table = quarters[quarters["garrison_cells_on_day_0"] > 0].copy()
    table["captured"] = table["day_captured"].to_numpy(dtype=float, na_value=np.nan)
    table["first"] = table["day_first_loss"].to_numpy(dtype=float, na_value=np.nan)
    return table.sort_values(["captured", "first", "quarter"], na_position="last", kind="stable").reset_index(drop=True)


def _ground(series: pd.DataFrame, summary: Mapping[str, Any]) -> GroundFindings:
    half, split = (summary.get(name) for name in ("days_to_half", "day_pocket_split"))
    return GroundFindings(_day(half), _day(split), float(series["garrison_area_share"].iloc[:-1].min()))


def _day(value: float | None) -> int | None:
    return None if value is None or not np.isfinite(value) else int(value)


def _people(result: RunResult) -> People:
    series = result.series
    last = series.iloc[-1]
    deaths = {name: float(last[name]) for name in result.other_deaths()}
    fates = {name: float(last[name]) for name in (*result.departures(), "civilians_in_pocket")}
    labels = {name: result.label(name) for name in (*deaths, *fates)}
    return People(float(series["civilians_in_pocket"].iloc[0]), float(last["civilians_killed"]), deaths, fates, labels)


def _food(series: pd.DataFrame) -> FoodFindings:
    eaten = while_inhabited(series)["kcal_eaten_per_person"].dropna()
    ends = (None, None) if eaten.empty else (float(eaten.iloc[0]), float(eaten.iloc[-1]))
    return FoodFindings(float(series["food_days_left"].iloc[0]), *ends)


def key_numbers(series: pd.DataFrame, outcomes: Mapping[str, Any]) -> tuple[KeyNumber, ...]:
    """Return all outcomes; those per person leave out days with nobody in the pocket."""
    table, found = while_inhabited(series), []
    for name, about in outcomes.items():
        values = table[name].to_numpy(dtype=float)
        known = values[np.isfinite(values)]
        ends = (values[0], known.min(), known.max(), known[-1]) if known.size else (np.nan,) * 4
        day_0, lowest, highest, last = (float(value) for value in ends)
        found.append(KeyNumber(str(about["label"]), name, str(about["unit"]), (day_0, lowest, highest, last)))
    return tuple(found)


def main_events(events: pd.DataFrame) -> tuple[Happening, ...]:
    """Return the most important events in order of time."""
    table = events.fillna({"cause": "", "what": ""})
    routine = table["kind"].isin(ROUTINE) | table["kind"].str.endswith(ROUTINE_ENDS)
    found: list[Happening] = []
    for _, group in table[~routine].groupby(["day", "kind"], sort=False):
        found += [_together(group)] if group["kind"].iloc[0] in GROUPED else _one_by_one(group)
    kept = sorted(found, key=lambda event: (event.rank, event.day))[:MOST_EVENTS]
    return tuple(sorted(kept, key=lambda event: (event.day, event.rank)))


def _together(group: pd.DataFrame) -> Happening:
    day, kind = int(group["day"].iloc[0]), str(group["kind"].iloc[0])
    places = tuple((str(place), int(count)) for place, count in group.groupby("where", sort=False).size().items())
    causes = tuple(dict.fromkeys(str(cause) for cause in group["cause"]))
    return Happening(day, kind, "", causes, places, float(group["amount"].sum()), GROUPED[kind])


def _one_by_one(group: pd.DataFrame) -> list[Happening]:
    rows = zip(group["day"], group["kind"], group["what"], group["cause"], strict=True)
    return [Happening(int(day), str(kind), str(what), (str(cause),)) for day, kind, what, cause in rows]


def _quarters(quarters: pd.DataFrame) -> tuple[QuarterFate, ...]:
    return tuple(
        QuarterFate(
            str(row["quarter"]), str(row["sector"]), float(row["civilians_on_day_0"]), _day(row["first"]),
            _day(row["captured"]), float(row["civilians_killed"]), float(row["civilians_left"]),
        )
        for _, row in besieged_in_order(quarters).iterrows()
    )  # fmt: skip
