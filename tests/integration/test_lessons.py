"""The lessons: each has its parts and names what exists. What they say of the model are claims (``test_claims``)."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import yaml

from siege_sim import load_scenario, run

LESSONS = Path(__file__).parents[2] / "docs" / "lessons"
FILES = sorted(file for file in LESSONS.glob("*.md") if file.name != "README.md")
PARTS = ["The question", "Try", "What to look for", "What it shows", "For teachers"]
SEEDS = range(1, 4)


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
    """What its claims cannot say: food comes in on the days of a convoy only."""
    for seed in SEEDS:
        series = run(load_scenario("toy_town"), seed=seed).series
        stores = series["food_stock_kcal"].to_numpy()
        assert np.flatnonzero(np.diff(stores) > 0.0).size <= 2, "food came in on more days than those of a convoy"
