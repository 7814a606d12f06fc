"""Forms of levers: what was typed, what it means, and where it is wrong."""

from __future__ import annotations

import pytest

pytest.importorskip("solara", reason="forms need the extra `dashboard`")

from siege_sim.dashboard.forms import Filled, by_field, number_of, understood, window_levers
from siege_sim.dashboard.levers import Lever

PER_DAY = Lever("per_day", "number", "Sorties a day.")
TRUCKS = Lever("trucks", "whole", "Trucks.")
NAMES = Lever("against", "list", "Sectors.")


@pytest.mark.parametrize(
    ("text", "whole", "number"),
    [("4", True, 4), (" 2.5 ", False, 2.5), ("1e3", False, 1000.0), ("1,200", True, 1200), ("2.5", True, None),
     ("nan", False, None), ("inf", False, None), ("", False, None), ("__import__('os')", False, None),
     ("9" * 50, False, None)],
)  # fmt: skip
def test_a_number_is_a_number_and_nothing_else_is(text, whole, number):
    assert number_of(text, whole) == number


def test_a_field_that_cannot_be_understood_says_so_until_it_can():
    form = Filled().typing(PER_DAY, "many")
    assert form.errors == {"per_day": "'many' is not a number"}
    assert not form.ready
    form = form.typing(PER_DAY, "7")
    assert form.ready
    assert form.values((PER_DAY, TRUCKS)) == {"per_day": 7.0}


def test_names_are_taken_apart_at_commas():
    assert understood(NAMES, "south, east,") == (["south", "east"], "")


def test_problems_go_to_their_fields_and_the_rest_below_the_form():
    problem = (
        "lever: changes.from_day_6.processes.sorties.per_day: -1 is out of range; it must be at least 0\n"
        "lever: interventions.x.until_day: day 99 is after the run's end\n"
        "the run is over on day 5"
    )
    levers = (PER_DAY, *window_levers(5))
    assert by_field(problem, levers) == {
        "per_day": "-1 is out of range; it must be at least 0",
        "for_days": "day 99 is after the run's end",
        "": "the run is over on day 5",
    }
