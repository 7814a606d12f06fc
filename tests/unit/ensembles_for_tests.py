"""Many runs made by hand: a town of two quarters, lost or not as a test wants it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from siege_sim.results.ensemble import RunSet, Town
from siege_sim.results.run import CompactRun
from siege_sim.schema.lineage import Lineage
from siege_sim.schema.sides import Sides

START = date(2020, 3, 1)
MADE = {
    "program": "siege_sim", "version": "1", "git_commit": None, "python": "3", "packages": {}, "scenario_digest": "d",
}  # fmt: skip
OUTCOMES: dict[str, dict[str, Any]] = {
    "garrison_area_share": {"label": "Area held", "unit": "share of day 0"},
    "civilians_in_pocket": {"label": "Civilians in the pocket", "unit": "persons"},
    "civilians_killed": {"label": "Civilians killed (all violence)", "unit": "persons"},
    "killed_by_shelling": {"label": "Killed by shelling", "unit": "persons", "death": "violent"},
    "died_of_hunger": {"label": "Died of hunger", "unit": "persons", "death": "other"},
    "civilians_evacuated": {"label": "Civilians evacuated", "unit": "persons", "departure": True},
}
TOWN = Town("Town", 400.0, ("Old", "New", "Field"), np.array([[0, 0], [1, 2]]), np.array([[1, 1], [1, 2]]))


def course(
    seed: int,
    days: int = 8,
    ending: str = "holding",
    dead: float = 10.0,
    lost: Sequence[int] = (-1, -1, -1, 0),
) -> CompactRun:
    """Return a run in which ``dead`` people die evenly, half of them of hunger, and cells are lost on given days."""
    day = np.arange(days + 1)
    held = np.array([sum(when < 0 or when > d for when in lost[:3]) / 3 for d in day])
    series = pd.DataFrame(
        {
            "date": [date.fromordinal(START.toordinal() + int(d)).isoformat() for d in day],
            "day": day,
            "garrison_area_share": held,
            "civilians_in_pocket": 1000.0 - dead * day / days,
            "civilians_killed": dead / 2 * day / days,
            "killed_by_shelling": dead / 2 * day / days,
            "died_of_hunger": dead / 2 * day / days,
            "civilians_evacuated": 0.0,
        }
    )
    old, new = lost[:2], lost[2]
    captured = [max(old) if min(old) >= 0 else None, new if new >= 0 else None, None]
    quarters = pd.DataFrame(
        {
            "quarter": ["Old", "New", "Field"],
            "sector": ["north", "north", "south"],
            "garrison_cells_on_day_0": [2, 1, 0],
            "civilians_on_day_0": [700, 300, 0],
            "civilians_killed": [int(dead / 2), 0, 0],
            "day_captured": pd.array(captured, dtype="Int64"),
        }
    )
    half = np.flatnonzero(held < 0.5)
    summary: dict[str, Any] = {
        "ending": ending,
        "end_day": days,
        "days_to_half": int(half[0]) if half.size else None,
        "day_pocket_split": None,
        "excess_deaths": dead,
        **{name: float(series[name].iloc[-1]) for name in OUTCOMES},
    }
    return CompactRun(seed, ending, series, quarters, MADE, summary, np.array(lost, dtype=np.int16))


def runs_of(
    *courses: CompactRun,
    lineage: tuple[Lineage, ...] = (),
    outcomes: Mapping[str, Mapping[str, Any]] = OUTCOMES,
    title: str = "A town",
) -> RunSet:
    """Return runs as one set."""
    return RunSet("town", title, "", lineage, {}, Sides(), START, None, outcomes, TOWN, courses)
