"""Records: the shipped one is sound, and wrong ones are refused with file, line, value and way out."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from siege_sim.errors import ScenarioError
from siege_sim.loading.scenario import load_scenario
from siege_sim.validation.course_kinds import AnyMeasure
from siege_sim.validation.record import load_record, shipped_records

HEAD = (
    "name: mine\ntitle: M\nsummary: S\nstart: 2016-09-22\nuntil: 2016-11-28\n"
    "topics:\n  t:\n    title: T\n    patterns:\n"
)
PATTERN = "      p:\n        title: P\n        unit: u\n        source: s\n        confidence: read\n"
RANGE = "        low: 1\n        high: 2\n"
ON = "        measure: {{kind: value_on, outcomes: [{}], on: {}}}\n"
GOOD = HEAD + PATTERN + RANGE + ON.format("civilians_killed", "2016-10-01")

CASES = {
    "unknown key": (GOOD + "        hihg: 3", 18, "did you mean 'high'?"),
    "no kind": (HEAD + PATTERN + RANGE + "        measure: {on: 2016-10-01}", 17, "the key 'kind' is missing; add it"),
    "unknown kind": (GOOD.replace("value_on", "value_in"), 17, "did you mean 'value_on'?"),
    "unknown outcome": (GOOD.replace("civilians_killed", "civilians_kiled"), 17, "did you mean 'civilians_killed'?"),
    "unknown quarter": (
        HEAD + PATTERN + RANGE + "        measure: {kind: rank_of_capture, quarter: Hananu}",
        17, "did you mean 'Hanano'?",
    ),
    "after the last day": (GOOD.replace("2016-10-01", "2016-12-13"), 17, "nothing later counts"),
    "not a date": (GOOD.replace("2016-10-01", "soon"), 17, "'soon' is not a date"),
    "upside down": (GOOD.replace("low: 1", "low: 3"), 15, "3 is above high, 2; swap them"),
    "no range": (GOOD.replace(RANGE, ""), 11, "give at least one"),
    "neither measured nor not": (HEAD + PATTERN + RANGE, 11, "give either a measure or"),
    "both measured and not": (GOOD + "        not_measured: because", 11, "give either a measure or"),
    "unknown confidence": (GOOD.replace("confidence: read", "confidence: sure"), 14, "'sure' is not known here"),
    "span that goes back": (
        HEAD + PATTERN + RANGE
        + "        measure: {kind: increase, outcomes: [civilians_killed], after: 2016-10-05, until: 2016-10-01}",
        17, "2016-10-01 is not after 2016-10-05",
    ),
    "a change longer than its span": (
        HEAD + PATTERN + RANGE + "        measure: {kind: largest_change, outcomes: [civilians_killed], "
        "after: 2016-10-01, until: 2016-10-05, within_days: 7}",
        17, "7 is more than the 4 days of the span; lower it",
    ),
    "an order of one day": (
        HEAD + PATTERN + RANGE
        + "        measure: {kind: order_of_capture, captured: {Hanano: 2016-11-26, Sakhour: 2016-11-26}}",
        17, "there is no order; give two dates",
    ),
    "an order with an unknown quarter": (
        HEAD + PATTERN + RANGE
        + "        measure: {kind: order_of_capture, captured: {Hananu: 2016-11-26, Sakhour: 2016-11-28}}",
        17, "did you mean 'Hanano'?",
    ),
    "unknown ending": (
        HEAD + PATTERN + RANGE + "        measure: {kind: ended, endings: [evacuation], on: 2016-11-01}",
        17, "no ending is called 'evacuation'; did you mean 'evacuated'?",
    ),
    "any share of runs": (GOOD + "        share_of_runs: {}", 18, "every share would do; give at least one"),
    "a share of runs above one": (GOOD + "        share_of_runs: {low: 95}", 18, "must be at most 1"),
    "a share of runs of nothing": (
        HEAD + PATTERN + RANGE + "        not_measured: because\n        share_of_runs: {low: 0.5}",
        18, "nothing is measured, so there is no share of runs",
    ),
    "no outcomes": (GOOD.replace("[civilians_killed]", "[]"), 17, "is empty; name at least one entry"),
    "a number for text": (GOOD.replace("source: s", "source: 5"), 13, "5 is not text"),
    "a list": ("- a", 1, "a record is a list of 'key: value' lines"),
    "the same name twice": (
        GOOD + "  u:\n    title: U\n    patterns:\n" + PATTERN + RANGE + ON.format("civilians_killed", "2016-10-01"),
        22, "'p' is the name of two entries",
    ),
}  # fmt: skip


def names(scenario: str = "aleppo_2016") -> tuple[set[str], set[str]]:
    siege = load_scenario(scenario)
    return {outcome.name for outcome in siege.outcomes}, {quarter.name for quarter in siege.city_map.quarters}


def test_a_small_record_is_read(tmp_path):
    (tmp_path / "good.yaml").write_text(GOOD)
    (entry,) = load_record(tmp_path / "good.yaml", *names()).patterns.values()
    assert entry.measure.on == date(2016, 10, 1)
    assert entry.holds(1.5)
    assert not entry.holds(float("nan"))


@pytest.mark.parametrize(("text", "line", "said"), CASES.values(), ids=CASES.keys())
def test_wrong_records_are_refused_with_file_line_and_way_out(tmp_path, text, line, said):
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        load_record(file, *names())
    problems = caught.value.problems
    assert any(problem.startswith(f"{file}:{line}:") and said in problem for problem in problems), problems


def test_a_record_that_is_not_there_is_named_with_what_there_is():
    with pytest.raises(ScenarioError, match="no record is called 'aleppo'; did you mean 'aleppo_2016'"):
        load_record("aleppo")


@pytest.mark.parametrize("name", sorted(shipped_records()))
def test_shipped_records_name_what_exists_and_say_who_says_so(name):
    record = load_record(name, *names(name))
    assert record.name == name
    assert record.start == load_scenario(name).start
    assert all(entry.source for entry in record.patterns.values())


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("aleppo_2016", date(2016, 11, 28)),
        ("leningrad_1941", date(1942, 1, 31)),
        ("mosul_2016", date(2017, 2, 18)),
        ("sarajevo_1992", date(1994, 8, 10)),
    ],
)
def test_a_record_ends_where_what_is_held_out_begins(name, last):
    record = load_record(name)
    assert record.until == last
    assert all(entry.measure is None or (entry.measure.last_day or last) <= last for entry in record.patterns.values())


def test_of_the_siege_that_is_held_out_as_a_whole_there_is_no_record():
    assert sorted(shipped_records()) == ["aleppo_2016", "leningrad_1941", "mosul_2016", "sarajevo_1992"]


def test_the_record_of_aleppo_ends_on_28_november_2016():
    record = load_record("aleppo_2016")
    assert record.until == date(2016, 11, 28)
    dates = re.findall(r"\d{4}-\d{2}-\d{2}", shipped_records()["aleppo_2016"].read_text())
    assert max(dates) == "2016-11-28"


def test_the_record_of_aleppo_has_every_topic():
    record = load_record("aleppo_2016")
    topics = "area place shape civilians_killed wounded strikes hospitals fighters leaving food"
    assert list(record.topics) == topics.split()
    assert {name for name, entry in record.patterns.items() if entry.not_measured} == {
        "russian_strikes", "damaged_structures", "allied_militias", "last_rations",
    }  # fmt: skip


def test_the_page_on_files_lists_every_kind_of_measure():
    page = (Path(__file__).parents[3] / "docs" / "files.md").read_text()
    union = get_args(get_args(AnyMeasure)[0])
    kinds = {measure.model_fields["kind"].default for measure in union}
    assert len(kinds) == len(union)
    for measure in union:
        (line,) = re.findall(rf"^\| `{measure.model_fields['kind'].default}` \|.*$", page, re.MULTILINE)
        keys = set(measure.model_fields) - {"kind"}
        assert "as before" in line or all(f"`{key}`" in line for key in keys), line
