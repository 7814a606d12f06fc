"""The scenario to start from says what the shipped ones say, and what its names say."""

from __future__ import annotations

import pytest

from siege_sim import load_scenario
from siege_sim.loading.scenario import build_scenario, shipped_scenarios
from siege_sim.loading.starter import starter_text
from siege_sim.results.calendar import MONTHS
from siege_sim.schema.yaml_file import parse_yaml

SEASONS = {"winter": (12, 1, 2), "spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11)}
MONTHS_OF = SEASONS | {month.lower(): (number,) for number, month in enumerate(MONTHS, 1)}
THEORIES = {"clearing", "desertion", "envelopment", "loss_threshold"}


def starter():
    return build_scenario(parse_yaml(starter_text("mine"), "mine.yaml"))


def test_a_line_breaks_in_it_as_in_aleppo():
    theories = [
        THEORIES & {name for name, _ in one.processes.on()} for one in (starter(), load_scenario("aleppo_2016"))
    ]
    assert theories[0] == theories[1]
    assert len(theories[0]) == 1


@pytest.mark.parametrize("scenario", [None, *shipped_scenarios()])
def test_an_action_that_is_named_after_a_time_of_the_year_happens_then(scenario):
    siege = starter() if scenario is None else load_scenario(scenario)
    clock = siege.clock
    for name, action in siege.interventions.items():
        for word in MONTHS_OF.keys() & set(name.split("_")):
            first, last = clock.day_of(action.from_day), clock.day_of(action.until_day or clock.end)
            months = {clock.date_of(day).month for day in range(first, last + 1)}
            assert months & set(MONTHS_OF[word]), f"{name} is from {action.from_day} to {action.until_day}"
