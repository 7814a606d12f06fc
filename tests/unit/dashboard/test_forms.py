"""Forms of levers: what was typed, what it means, and where it is wrong."""

from __future__ import annotations

import pytest

pytest.importorskip("solara", reason="forms need the extra `dashboard`")

from siege_sim import load_scenario
from siege_sim.dashboard.branching import SetParameter, SetStartValue, _difference, branch_scenario
from siege_sim.dashboard.forms import (
    FormState,
    errors_by_field,
    field_text,
    parse_number,
    parse_series,
    parse_value,
    parse_weights,
    window_levers,
)
from siege_sim.dashboard.levers import Lever, mechanism_panels, start_panels

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
    assert parse_number(text, whole) == number


def test_a_field_that_cannot_be_understood_says_so_until_it_can():
    form = FormState().with_typed(PER_DAY, "many")
    assert form.errors == {"per_day": "'many' is not a number"}
    assert not form.ready
    form = form.with_typed(PER_DAY, "7")
    assert form.ready
    assert form.values((PER_DAY, TRUCKS)) == {"per_day": 7.0}


def test_names_are_taken_apart_at_commas():
    assert parse_value(NAMES, "south, east,") == (["south", "east"], "")


@pytest.mark.parametrize(
    ("text", "weights"),
    [("north 1, east 0.5", {"north": 1.0, "east": 0.5}), ("old town: 2", {"old town": 2.0}), ("north", None),
     ("1", None), ("north one", None), ("", None)],
)  # fmt: skip
def test_weights_are_numbers_by_name(text, weights):
    assert parse_weights(text) == weights
    value, problem = parse_value(Lever("sectors", "weights", "Where they stand."), text)
    assert (value, bool(problem)) == (weights, weights is None)


@pytest.mark.parametrize(
    ("text", "day"), [("12", 12), ("2016-10-04", "2016-10-04"), ("", None), ("soon", "soon"), ("-1", "-1")]
)
def test_a_day_is_a_number_or_what_may_be_a_date(text, day):
    assert parse_value(Lever("from_day", "day", "First day."), text) == (day, "")


def test_values_stand_in_fields_as_they_can_be_typed_again():
    for lever, value in (
        (Lever("council_kcal", "number", ""), 3e8),
        (Lever("sectors", "weights", ""), {"north": 1.0, "east": 0.25}),
        (Lever("against", "list", ""), ["south", "east"]),
        (PER_DAY, 0.35),
    ):
        assert parse_value(lever, field_text(value)) == (value, "")


def test_what_stands_on_day_0_can_be_sent_as_it_is_shown():
    scenario = load_scenario("aleppo_2016")
    edits = []
    for panel in start_panels(scenario):
        for lever in panel.levers:
            value, problem = parse_value(lever, field_text(lever.value) or "")
            assert not problem, (panel.name, lever.key)
            edits.append(SetStartValue(panel.block, lever.key, value))
    assert branch_scenario(scenario, edits, -1).digest == scenario.digest


def test_a_number_that_may_be_left_out_is_left_out_by_an_empty_field():
    axis = Lever("axis", "whole", "Its axis of attack.", low=0, high=11, optional=True)
    assert [parse_value(axis, typed)[0] for typed in ("", " ", "2")] == [None, None, 2]
    assert parse_value(axis, "two")[1]
    assert parse_value(PER_DAY, "")[1], "a number that stands there cannot be left out"


def test_what_a_kilometre_of_front_means_is_a_lever_only_where_assaults_clear_ground():
    blocks = [
        {panel.block for panel in start_panels(load_scenario(name))} for name in ("aleppo_2016", "theory_desertion")
    ]
    assert [("front",) in known for known in blocks] == [True, False]


def test_values_by_date_for_several_names_are_no_lever():
    town = load_scenario("toy_town", ["map.river=true", "processes.bridges={open: {Old Bridge: {5: 0}}}"])
    bridges = next(panel for panel in mechanism_panels(town, 0) if panel.name == "bridges")
    assert not bridges.levers


def test_problems_go_to_their_fields_and_the_rest_below_the_form():
    problem = (
        "lever: changes.from_day_6.processes.sorties.per_day: -1 is out of range; it must be at least 0\n"
        "lever: forces.garrison.militia.trucks.north: -1 is out of range\n"
        "lever: interventions.x.until_day: day 99 is after the run's end\n"
        "the run is over on day 5"
    )
    levers = (PER_DAY, TRUCKS, *window_levers(5))
    assert errors_by_field(problem, levers) == {
        "per_day": "-1 is out of range; it must be at least 0",
        "trucks": "-1 is out of range",
        "for_days": "day 99 is after the run's end",
        "": "the run is over on day 5",
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2020-10-01 40, 2020-11-01 60", {"2020-10-01": 40.0, "2020-11-01": 60.0}),
        ("before: 1, 30: 2", {"before": 1.0, "30": 2.0}),
        ("0 hold, 2020-10-01 assault", {"0": "hold", "2020-10-01": "assault"}),
        ("12", 12.0),
        ("hold", "hold"),
        (" ", None),
    ],
)
def test_a_series_is_typed_as_one_value_or_as_dates_with_values(text, value):
    assert parse_series(text) == (value, "")


def test_a_series_that_cannot_be_understood_says_how_to_write_it():
    value, problem = parse_series("40, 2020-11-01 60")
    assert value is None
    assert "2016-10-01 40" in problem


def test_a_series_of_a_mechanism_is_a_lever_that_can_be_sent_as_it_is_shown():
    settings = ["processes.sorties.per_day={before: 1, 30: 4}", "processes.besieger_command.posture={20: hold}"]
    scenario = load_scenario("toy_town", settings)
    panels = {panel.name: panel for panel in mechanism_panels(scenario, 1)}
    edits = []
    for panel, key in (("sorties", "per_day"), ("besieger_command", "posture"), ("season", "temperature_c")):
        lever = next(lever for lever in panels[panel].levers if lever.key == key)
        assert lever.kind == "series"
        edits.append(SetParameter(panel, key, parse_value(lever, field_text(lever.value) or "")[0]))
    assert branch_scenario(scenario, edits, -1).digest == scenario.digest


def test_one_value_of_an_input_by_date_has_a_slider_or_a_list_as_before():
    panels = {panel.name: panel for panel in mechanism_panels(load_scenario("toy_town"), 1)}
    (per_day,) = (lever for lever in panels["sorties"].levers if lever.key == "per_day")
    (posture,) = (lever for lever in panels["besieger_command"].levers if lever.key == "posture")
    assert (per_day.kind, per_day.low) == ("number", 0.0)
    assert (posture.kind, posture.choices) == ("choice", ("assault", "squeeze", "hold"))


def test_a_saved_branch_holds_its_series_whole():
    scenario = load_scenario("toy_town", ["processes.sorties.per_day={5: 1, 9: 2}"])
    parent = load_scenario("toy_town").model_dump(mode="json", by_alias=True)
    below = {**parent, "processes": {**parent["processes"], "sorties": {"per_day": {"5": 1.0, "20": 3.0}}}}
    found = _difference(below, scenario.model_dump(mode="json", by_alias=True))
    assert found["processes"]["sorties"]["per_day"] == {"5": 1.0, "9": 2.0}
