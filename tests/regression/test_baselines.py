"""Small files of readable numbers: when a change moves them, the changelog says so under "Model".

``UPDATE_BASELINES=1 pytest tests/regression`` writes them anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from siege_sim import RunResult, load_scenario, run
from tests.conftest import STRESS

FOLDER = Path(__file__).parent / "baselines"
OUTCOMES = (
    "garrison_area_share", "civilians_in_pocket", "civilians_killed", "died_of_hunger", "civilians_wounded",
    "displaced_inside", "left_to_besieger", "garrison_fit", "garrison_killed", "besieger_killed",
    "heavy_impacts", "hospitals_working", "food_days_left", "kcal_eaten_per_person", "mean_body_mass_loss",
)  # fmt: skip
CASES = {
    "toy_town": ("toy_town", (), 1),
    "stressed_town": ("toy_town", STRESS, 5),
    "aleppo_2016_coarse": ("aleppo_2016", ("population.persons_per_household=25",), 1),
}


def digest(result: RunResult) -> dict:
    """Return what a baseline keeps of a run: how it ended, and a few outcomes on a few days."""
    series = result.series.set_index("day")
    names = [*OUTCOMES, *(f"left_to_{name}" for name in result.sides.third_parties)]
    days = sorted({0, *range(10, len(series), 20), len(series) - 1})
    return {
        "ended": {key: result.summary[key] for key in ("ending", "end_day", "day_pocket_split", "days_to_half")},
        "events": result.events["kind"].value_counts().sort_index().to_dict(),
        "days": {
            str(day): {name: round(float(series.loc[day, name]), 6) for name in names if series.loc[day, name] >= 0}
            for day in days
        },
    }


@pytest.mark.parametrize("name", CASES)
def test_the_run_gives_the_numbers_of_its_baseline(name):
    scenario, settings, seed = CASES[name]
    now = json.loads(json.dumps(digest(run(load_scenario(scenario, settings), seed=seed))))
    file = FOLDER / f"{name}.json"
    if os.environ.get("UPDATE_BASELINES"):
        FOLDER.mkdir(exist_ok=True)
        file.write_text(json.dumps(now, indent=1) + "\n", "utf-8")
    kept = json.loads(file.read_text("utf-8"))
    assert now["ended"] == kept["ended"]
    assert now["events"] == kept["events"]
    for day, numbers in kept["days"].items():
        assert now["days"][day] == pytest.approx(numbers, rel=1e-6), f"day {day}"
