"""Files as large as they may be, wrong in as many places as they can be: a short answer, made of little."""

from __future__ import annotations

import tracemalloc

import pytest

from siege_sim import load_scenario
from siege_sim.cli.check import check_file
from siege_sim.errors import MOST_PROBLEMS_NAMED, ScenarioError, printable
from siege_sim.schema.block import MOST_ENTRIES
from siege_sim.schema.values import LONGEST_SHOWN, as_written
from siege_sim.schema.yaml_file import LARGEST_FILE_BYTES

TOWN = "extends: toy_town\nname: mine\n"
EXPERIMENT = "name: t\ntitle: T\nbase: toy_town\ndays: 3\n"
LONG = "k" * 900
WIDE = ", ".join(f"{LONG}{number}: 1" for number in range(25))
QUARTERS = (
    "  legend:\n    a: {name: A, holder: garrison, sector: n, population: 1, built_up: 0.5}\n"
    "    b: {name: B, holder: besieger, sector: n, population: 1, built_up: 0.5}\n"
)


def many(line: str, count: int) -> str:
    return "".join(line.format(number) for number in range(count))


FILES = {
    "one block repeated by aliases": TOWN + f"forces: &a {{{WIDE}}}\nprocesses:\n" + many("  p{}: *a\n", 3000),
    "unknown keys": TOWN + many("key{}: 1\n", 20_000),
    "unknown processes": TOWN + "processes:\n" + many("  sorty{}: {{}}\n", 20_000),
    "long keys": TOWN + "processes:\n" + many("  " + LONG + "{}: {{}}\n", 900),
    "wrong values": TOWN + "air_wings:\n" + many("  wing{}: {{weight: x, " + LONG + ": 1}}\n", 990),
    "too many entries": TOWN + "interventions:\n" + many("  i{}: {{kind: corridor, from_day: 3}}\n", 10_000),
    "entries that fit nothing": TOWN + "interventions:\n" + many("  i{}: {{kind: corridor, from_day: 900}}\n", 900),
    "nothing but entries": "- \n" * 600_000,
    "one long list": "a: [" + "1," * 900_000 + "1]",
    "a long word": TOWN + "processes: {rationing: {policy: " + "a" * 1_900_000 + "}}\n",
    "a long name": "extends: toy_town\nname: " + "a" * 1_900_000 + "\n",
    "a series of words": TOWN + "processes:\n  sorties:\n    per_day:\n" + many("      {}: x\n", 15_000),
    "rows of a map": TOWN + "map:\n  name: m\n  cell_size_m: 400\n  rows:\n" + many("    - aab{}\n", 200) + QUARTERS,
    "factors": EXPERIMENT + "levers:\n" + many("  f{}: {{key: nothing}}\n", 9_000),
    "values of a factor": EXPERIMENT + "levers: {a: {key: days, values: [" + many("{},", 9_000) + "]}}\n",
    "outcomes": EXPERIMENT + "outcomes: [" + many("o{},", 900) + "]\nlevers: {days: {}}\ndesign: {kind: grid}\n",
    "claims": "name: t\ntitle: T\nbaseline: toy_town\nclaims:\n"
    + many("  c{}: {{says: x, check: 'mean(o) > 3'}}\n", 400),
    "parameters of a fit": "name: c\nscenario: toy_town\ndays: 5\nparameters:\n" + many("  k{}: {{}}\n", 9_000),
}  # fmt: skip


@pytest.mark.parametrize("text", FILES.values(), ids=FILES.keys())
def test_a_file_that_is_wrong_everywhere_is_answered_in_a_few_lines_and_with_little_memory(text, tmp_path):
    file = tmp_path / "large.yaml"
    file.write_text(text)
    assert file.stat().st_size <= LARGEST_FILE_BYTES
    load_scenario("toy_town")
    tracemalloc.start()
    try:
        with pytest.raises(ScenarioError) as caught:
            check_file(str(file))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(str(caught.value).encode()) <= 20_000
    assert len(caught.value.problems) <= MOST_PROBLEMS_NAMED + 1
    assert all("large.yaml" in line for line in caught.value.problems[:MOST_PROBLEMS_NAMED])
    assert most < 150e6


def test_of_many_problems_the_first_are_named_and_the_others_counted():
    error = ScenarioError(f"a.yaml:{number}: wrong" for number in range(90))
    assert error.problems[-1] == "and at least 70 more problems"
    assert len(error.problems) == MOST_PROBLEMS_NAMED + 1
    assert ScenarioError(error.problems).problems == error.problems


def test_what_is_shown_of_a_value_does_not_depend_on_its_size():
    value = {LONG + str(number): [["x" * 100_000] * 1000] * 1000 for number in range(1000)}
    assert len(as_written(value)) == LONGEST_SHOWN


def test_a_message_holds_nothing_that_steers_a_terminal_or_turns_a_text_round():
    for sign in ("\x1b", "\x00", "\x9b", "\u202e", "\u2028"):
        assert printable(f"a{sign}b") == f"a<U+{ord(sign):04X}>b"
    assert printable("نص\u200cی 字 é\nb") == "نص\u200cی 字 é\nb"


@pytest.mark.parametrize(("written", "line"), [("a\n\x1b[31mb: 1", 4), ('title: "\\x1b[31m"', 3), ('"\\u202e": 1', 3)])
def test_a_control_character_in_a_file_is_refused_with_its_line(written, line, tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(TOWN + written, "utf-8")
    with pytest.raises(ScenarioError, match=rf"bad\.yaml:{line}: holds the control character U\+.*remove it"):
        load_scenario(file)


def test_a_list_may_have_as_many_entries_as_anybody_needs(tmp_path):
    file = tmp_path / "many.yaml"
    file.write_text(TOWN + "processes: {sorties: {per_day: {" + many("{}: 1,", MOST_ENTRIES * 2) + "}}}\n")
    assert dict(load_scenario(file).processes.on())["sorties"].per_day.steps
