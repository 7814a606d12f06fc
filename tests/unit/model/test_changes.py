"""Dated changes: a parameter takes a new value from a day on, and nothing before that day is touched."""

from __future__ import annotations

import pytest

from siege_sim import load_scenario, run
from siege_sim.errors import ScenarioError
from siege_sim.loading.scenario import scenario_of

MORE_SORTIES = "changes.more_sorties={from_day: 20, processes: {sorties: {per_day: 30}}}"


def before(result, day):
    return result.series.query("day < @day").to_csv()


def test_days_before_a_change_are_as_without_it(toy_result):
    changed = run(load_scenario("toy_town", [MORE_SORTIES]), seed=1)
    assert before(changed, 20) == before(toy_result, 20)
    assert changed.series["heavy_impacts"][20:40].sum() > 2 * toy_result.series["heavy_impacts"][20:40].sum()


def test_a_change_to_the_value_that_holds_already_changes_nothing(toy_result):
    same = run(load_scenario("toy_town", [MORE_SORTIES.replace("30", "4")]), seed=1)
    assert same.series_csv() == toy_result.series_csv()


def test_the_later_of_two_changes_holds_whatever_their_order_in_the_file():
    later_first = load_scenario(
        "toy_town",
        ["changes.b={from_day: 30, processes: {sorties: {per_day: 2}}}", MORE_SORTIES],
    )
    per_day = [later_first.mechanisms_on(day).sorties.per_day for day in (0, 19, 20, 29, 30, 90)]
    assert per_day == [4, 4, 30, 30, 2, 2]


def test_changes_of_different_parameters_add_up():
    both = load_scenario(
        "toy_town", [MORE_SORTIES, "changes.b={from_day: 20, processes: {sorties: {dispersion: 0.1}}}"]
    )
    sorties = both.mechanisms_on(25).sorties
    assert (sorties.per_day, sorties.dispersion) == (30, 0.1)


def test_a_change_is_told_in_the_log_and_dated():
    events = run(load_scenario("toy_town", [MORE_SORTIES]), seed=1, days=21).events
    told = events[events["kind"] == "change"]
    assert list(told["day"]) == [20]
    assert told["what"].iloc[0] == "the more sorties came into force: sorties.per_day 30"


def test_a_scenario_with_changes_comes_back_from_its_manifest():
    scenario = load_scenario("toy_town", [MORE_SORTIES])
    assert scenario_of(scenario.model_dump(mode="json", by_alias=True)) == scenario


def test_a_scenario_without_changes_does_not_speak_of_them(toy_town):
    assert "changes" not in toy_town.model_dump(mode="json")


HEAD = "extends: toy_town\nname: mine\nchanges:"
OTHER = "  a: {from_day: 5, processes: {sorties: {per_day: 3}}}"

WRONG = {
    "a list": (
        "\n  - from_day: 5\n    processes: {sorties: {per_day: 3}}",
        4,
        "[{from_day: 5, processes: {sorties: {per_day: 3}}}] has no names; write each entry below a name of your choosing",
    ),
    "one without a name": (
        "\n  from_day: 5\n  processes: {sorties: {per_day: 3}}",
        4,
        "has no names; write each entry below a name of your choosing",
    ),
    "a number": (" 3", 3, "3 is not a block of keys"),
    "not a block": ("\n  x: 3", 4, "changes.x: 3 is not a block of keys"),
    "no day": ("\n  x:\n    processes: {sorties: {per_day: 3}}", 5, "changes.x.from_day: this key is missing; add it"),
    "no mechanisms": ("\n  x: {from_day: 5}", 4, "changes.x.processes: this key is missing; add it"),
    "nothing changed": ("\n  x: {from_day: 5, processes: {}}", 4, "is empty; name at least one entry"),
    "no parameter": (
        "\n  x: {from_day: 5, processes: {sorties: {}}}",
        4,
        "no parameter is named; name at least one with its new value",
    ),
    "mechanisms as a list": (
        "\n  x: {from_day: 5, processes: [sorties]}",
        4,
        "[sorties] is not a block of keys; write 'key: value' lines, without dashes",
    ),
    "a value for a mechanism": (
        "\n  x:\n    from_day: 5\n    processes:\n      sorties: 30",
        7,
        "changes.x.processes.sorties: 30 is not a block of keys",
    ),
    "a mechanism beside the day": (
        "\n  x:\n    from_day: 5\n    sorties: {per_day: 30}",
        6,
        "unknown key 'sorties'; write it under processes: {sorties: ...}",
    ),
    "an end": (
        "\n  x:\n    from_day: 5\n    until_day: 9\n    processes: {sorties: {per_day: 3}}",
        6,
        "unknown key 'until_day'; a change holds until another one sets the parameter anew",
    ),
    "an action": (
        "\n  x:\n    from_day: 5\n    interventions: {c: {trucks: 3}}",
        6,
        "dated actions have days of their own, under interventions",
    ),
    "a kind": ("\n  x: {from_day: 5, kind: ceasefire}", 4, "a change has no kind"),
    "the kind of a mechanism": (
        "\n  x: {from_day: 5, processes: {sorties: {kind: market}}}",
        4,
        "'kind' is not a parameter",
    ),
    "day 0": ("\n  x: {from_day: 0, processes: {sorties: {per_day: 3}}}", 4, "on days 1 to 90"),
    "after the end": ("\n  x:\n    from_day: 91\n    processes: {sorties: {per_day: 3}}", 5, "on days 1 to 90"),
    "a date before the start": (
        "\n  x:\n    from_day: 2001-01-01\n    processes: {sorties: {per_day: 3}}",
        5,
        "starts on 2001-01-01 (day -",
    ),
    "a date of another country": (
        "\n  x:\n    from_day: 13/01/2020\n    processes: {sorties: {per_day: 3}}",
        5,
        "write the year first: 2020-01-13",
    ),
    "half a day": (
        "\n  x:\n    from_day: 5.5\n    processes: {sorties: {per_day: 3}}",
        5,
        "5.5 is not a whole number or a date such as 2016-09-22",
    ),
    "a wrong value": (
        "\n  x:\n    from_day: 5\n    processes:\n      sorties:\n        per_day: lots",
        8,
        "changes.x.processes.sorties.per_day: 'lots' is not a number",
    ),
    "a value out of range": (
        "\n  x: {from_day: 5, processes: {sorties: {per_day: -3}}}",
        4,
        "-3 is out of range; it must be at least 0",
    ),
    "a list of values": ("\n  x: {from_day: 5, processes: {sorties: {per_day: [3, 4]}}}", 4, "[3, 4] is not a number"),
    "an unknown word": (
        "\n  x: {from_day: 5, processes: {rationing: {policy: equl}}}",
        4,
        "'equl' is not known here; did you mean 'equal'?",
    ),
    "an unknown parameter": ("\n  x: {from_day: 5, processes: {sorties: {per_dey: 3}}}", 4, "did you mean 'per_day'?"),
    "an unknown mechanism": (
        "\n  x:\n    from_day: 5\n    processes:\n      sortie: {per_day: 3}",
        7,
        "there is no mechanism 'sortie'; did you mean 'sorties'?",
    ),
    "a mechanism that is off": (
        "\n  x:\n    from_day: 5\n    processes:\n      loss_threshold: {hazard: 3}",
        7,
        "the mechanism 'loss_threshold' is off, and a change cannot switch it on; switch it on from the start",
    ),
    "two values for one day": (
        f"\n{OTHER}\n  b:\n    from_day: 2020-09-06\n    processes: {{sorties: {{per_day: 4}}}}",
        7,
        "'a' sets it on the same day; keep one, or move a from_day",
    ),
    "one name twice": (f"\n{OTHER}\n{OTHER}", 5, "the key 'a' is used here and on line 4"),
}


@pytest.mark.parametrize(("written", "line", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_change_that_cannot_be_made_is_refused_with_line_value_and_way_out(tmp_path, written, line, said):
    file = tmp_path / "mine.yaml"
    file.write_text(HEAD + written, "utf-8")
    with pytest.raises(ScenarioError) as error:
        load_scenario(file)
    assert any(problem.startswith(f"{file}:{line}:") and said in problem for problem in error.value.problems), (
        error.value
    )


def test_a_change_on_the_command_line_is_refused_likewise():
    with pytest.raises(
        ScenarioError, match=r"--set changes.x=.*: changes.x.processes.sorties.per_day: -3 is out of range"
    ):
        load_scenario("toy_town", ["changes.x={from_day: 5, processes: {sorties: {per_day: -3}}}"])
