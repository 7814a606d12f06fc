"""What a siege starts from: its blocks say what is plausible, and show what is read."""

from __future__ import annotations

import pytest

from siege_sim import load_scenario
from siege_sim.model import setting
from siege_sim.schema.block import Block

BLOCKS = sorted(
    (cls for cls in vars(setting).values() if isinstance(cls, type) and issubclass(cls, Block)),
    key=lambda cls: cls.__name__,
)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda cls: cls.__name__)
def test_a_plausible_range_lies_around_its_default(block):
    for key, field in block.model_fields.items():
        facts = field.json_schema_extra
        if isinstance(facts, dict) and "plausible" in facts and isinstance(field.default, int | float):
            low, high = facts["plausible"]
            assert low <= field.default <= high, f"{key}: {field.default} is not within {low} to {high}"


@pytest.mark.parametrize(("name", "shown"), [("aleppo_2016", True), ("theory_desertion", False), ("toy_town", False)])
def test_a_scenario_shows_its_front_where_a_process_reads_it(name, shown):
    assert ("front" in load_scenario(name).model_dump()) == shown


def test_a_front_that_is_not_the_usual_one_is_always_shown():
    assert load_scenario("toy_town", ["front.works=1.0"]).model_dump()["front"]["works"] == 1.0
