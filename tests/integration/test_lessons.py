"""The lessons: each has its parts, names what exists, and claims of the model what the model does."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml

from siege_sim import RunResult, load_scenario, run

LESSONS = Path(__file__).parents[2] / "docs" / "lessons"
FILES = sorted(file for file in LESSONS.glob("*.md") if file.name != "README.md")
PARTS = ["The question", "Try", "What to look for", "What it shows", "For teachers"]
COARSE = "population.persons_per_household=50"
SEEDS = range(1, 7)


@cache
def played(scenario: str, seed: int, *settings: str) -> RunResult:
    return run(load_scenario(scenario, list(settings)), seed=seed)


def half_lost(result: RunResult) -> float:
    found = result.summary["days_to_half"]
    return float("inf") if found is None else float(found)


def third_lost(result: RunResult) -> float:
    lost = (result.series["garrison_area_share"] < 2 / 3).to_numpy()
    return float(lost.argmax()) if lost.any() else float("inf")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_lesson_has_its_parts_in_order_and_opens_a_shipped_scenario(file):
    _, head, text = file.read_text("utf-8").split("---\n", 2)
    facts = yaml.safe_load(head)
    assert set(facts) == {"title", "scenario", "minutes"}
    assert load_scenario(facts["scenario"]).name == facts["scenario"]
    assert re.findall(r"^## (.+)$", text, flags=re.M) == PARTS
    assert f"]({file.name})" in (LESSONS / "README.md").read_text("utf-8")


def test_there_are_at_least_four_lessons():
    assert len(FILES) >= 4


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_settings_that_a_lesson_names_can_be_set(file):
    for setting in re.findall(r"--set (\S+=\S+?)[`\s]", file.read_text("utf-8")):
        name = "no_food_stocks" if "hunger_weight" in setting else "aleppo_2016"
        load_scenario(name, [setting])


def test_what_a_siege_is():
    for seed in SEEDS:
        result = played("toy_town", seed)
        series = result.series
        stores, food = series["food_stock_kcal"].to_numpy(), series["food_days_left"].to_numpy()
        assert np.flatnonzero(np.diff(stores) > 0.0).size <= 2, "food came in on more days than those of a convoy"
        assert result.summary["died_of_hunger"] <= 3
        assert result.summary["civilians_wounded"] > result.summary["civilians_killed"] > 0
        assert food[int(half_lost(result))] > 0, "the stores were empty before the line broke"
    still = [played("toy_town", seed).series["garrison_area_share"].iloc[21] for seed in SEEDS]
    assert np.median(still) > 0.9


@pytest.mark.slow
def test_hunger_or_manoeuvre():
    for seed in (1, 2, 3):
        as_it_is = played("aleppo_2016", seed, COARSE)
        unattacked = played("aleppo_2016", seed, COARSE, "processes.main_effort.posture=hold")
        unfed = played("no_food_stocks", seed, COARSE)
        assert unattacked.summary["ending"] == "holding"
        assert unattacked.summary["garrison_area_share"] > 0.95
        assert unattacked.summary["died_of_hunger"] > 10_000
        assert abs(third_lost(unfed) - third_lost(as_it_is)) <= 10
        assert third_lost(as_it_is) < third_lost(unattacked)
        assert unfed.summary["died_of_hunger"] > max(2_000, 3 * as_it_is.summary["died_of_hunger"])
        weakened = played("no_food_stocks", seed, COARSE, "processes.resolve.hunger_weight=1.0")
        assert third_lost(unfed) - 14 <= third_lost(weakened) <= third_lost(unfed)
        causes = unfed.events["cause"][unfed.events["kind"] == "ground_lost"].value_counts()
        assert causes["cleared by an assault"] < causes.sum() / 2


@pytest.mark.slow
def test_what_a_convoy_can_do():
    pairs = [(played("aleppo_2016", seed, COARSE), played("aid_convoys", seed, COARSE)) for seed in SEEDS]
    assert all(fed.summary["died_of_hunger"] < without.summary["died_of_hunger"] for without, fed in pairs)
    eaten = [
        fed.series["kcal_eaten_per_person"].mean() - base.series["kcal_eaten_per_person"].mean() for base, fed in pairs
    ]
    assert np.mean(eaten) > 50
    for outcome in ("civilians_killed", "days_to_half"):
        gaps = np.array([fed.summary[outcome] - base.summary[outcome] for base, fed in pairs], dtype=float)
        half = 2.57 * gaps.std(ddof=1) / len(gaps) ** 0.5  # Student's t, 5 degrees of freedom
        assert abs(gaps.mean()) <= half, f"{outcome} differs clearly now; the lesson says that nothing can be said"


@pytest.mark.slow
def test_one_run_is_not_a_forecast():
    results = [played("aleppo_2016", seed, COARSE) for seed in range(1, 13)]
    wounded = np.array([r.summary["civilians_wounded"] / r.summary["civilians_killed"] for r in results])
    assert wounded.std() / wounded.mean() < 0.1
    broken = [third_lost(r) for r in results]
    assert max(broken) - min(broken) >= 4
    ends = [r.summary["end_day"] for r in results]
    assert max(ends) - min(ends) >= 10
    assert {r.summary["ending"] for r in results} == {"evacuated", "pocket_taken"}
