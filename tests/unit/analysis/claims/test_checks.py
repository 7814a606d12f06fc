"""The language of claims: what is read, what is refused, and what a check says of runs whose numbers are known."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.analysis.claims.checks import COMPARISONS, Call, Number, Operation, OutcomeName, names_in, parse_check
from siege_sim.analysis.claims.evaluation import ANYWHERE, OF_DAYS, OF_RUNS, PlayedRuns, checked, text_of_part
from siege_sim.errors import ResultError

NEVER = float("inf")


def played(killed, half=(5.0, 6.0, NEVER), ended=("taken", "taken", "holding"), start=date(2020, 9, 1)) -> PlayedRuns:
    ground = np.array([[1.0, 0.8, 0.4], [1.0, 0.9, 0.6], [1.0, 1.0, 1.0]])
    whole = {"killed": np.array(killed), "half": np.array(half), "ending": np.array(ended, dtype=object)}
    return PlayedRuns(start, 2, (11, 12, 13), whole | {"ground": ground[:, -1]}, {"ground": ground})


RUNS = {"baseline": played([10.0, 20.0, 30.0]), "fed": played([5.0, 25.0, 12.0], half=(8.0, 9.0, 2.0))}


def holds(check: str, scenario: str = "fed") -> bool:
    return checked(parse_check(check), scenario, RUNS).holds


@pytest.mark.parametrize(
    "check",
    [
        "median(killed) == 12",
        "median(killed) - baseline == -8",
        "median(half) - baseline == 2",
        "mean(killed) / baseline between 0.69 and 0.71",
        "mean(killed) < 75 % * baseline",
        "mean(killed - baseline.killed) == -6",
        "mean(killed - baseline) == -6",
        "share(killed < baseline) == 2 / 3",
        "share(killed < baseline.killed) between 0.5 and 0.8 and min(killed) > 4",
        "every(killed > 0) and not every(killed > 5)",
        "max(baseline.half) > 1_000",
        "share(ending == holding) == 1/3",
        "every(ending != evacuated)",
        "every(ending == baseline.ending)",
        "median(first_day(ground < 0.9)) == 2",
        "max(first_day(ground < 0.9)) > 1000",
        "mean(days_with(ground < 0.95)) == 4 / 3",
        "min(ground@1) == 0.8",
        "min(ground@2020-09-03) == 0.4",
        "share(baseline.ground@half > 0) == 2 / 3",
        "max(min_of_days(ground)) == 1",
        "percentile(killed, 0) == 5",
        "abs(median(killed) - baseline) == 8",
        "not clear(killed - baseline.killed)",
        "clear(killed) or median(killed) > 0",
        "median(killed) - -8 == 20",
        "mean(killed) > 2 + 2 * 3 and mean(killed) < (2 + 2) * 4",
    ],
)
def test_what_is_so_holds_and_its_opposite_does_not(check):
    assert holds(check)
    assert not holds(f"not ({check})")


def test_a_day_that_never_came_is_later_than_any_other():
    assert holds("share(half > 100000) == 1/3", "baseline")
    assert holds("median(half) == 6", "baseline")
    assert holds("max(half) > min(half)", "baseline")


def test_what_is_found_is_told_with_the_seeds_in_which_it_is_not_so():
    found = checked(parse_check("every(killed > 10) or mean(killed) - baseline > 0"), "fed", RUNS)
    assert not found.holds
    assert [(one.text, one.value, one.failing) for one in found.statistics] == [
        ("every(killed > 10)", 0.0, (11,)),
        ("mean(killed)", 14.0, ()),
        ("mean(killed) in the baseline", 20.0, ()),
    ]


def test_no_seed_is_named_where_it_is_so_in_every_run_as_compared_with_the_baseline():
    """`baseline` within `every(...)` is the outcome there, also where another statistic comes first in the check."""
    found = checked(parse_check("median(half) > -1 and every(killed < baseline + 6)"), "fed", RUNS)
    assert found.holds
    assert [one.failing for one in found.statistics if one.text.startswith("every")] == [()]


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ("", "the end stands where a number, an outcome or a function is expected"),
        ("median(killed", "the end stands where ')' is expected"),
        ("median(killed) = 3", "write == for the same"),
        ("median('killed') > 3", "write words without quotes"),
        ("median(killed) > 3 4", "'4' stands where and, or, or the end is expected"),
        ("median(killed) between 3", "the end stands where 'and' is expected"),
        ("median(killed@) > 3", "')' stands where a date"),
        ("median(ground@2020-02-31) > 3", "2020-02-31 is no day of the calendar"),
        ("and > 3", "'and' stands where a number"),
        ("median(fed.) > 3", "the outcome of 'fed' is expected"),
        ("median(killed)", "it gives a number; compare it with another"),
        ("killed > 3", "killed has a value in every run; say which one is meant, as in median(killed)"),
        ("median(kiled) > 3", "there is no outcome 'kiled'; did you mean 'killed'?"),
        ("medain(killed) > 3", "there is no function 'medain'; did you mean 'median'?"),
        ("median(fedd.killed) > 3", "there is no scenario 'fedd' in this file; did you mean 'fed'?"),
        ("median(killed > 3) > 3", "median(...) is of a number, as in median(civilians_killed)"),
        ("share(killed) > 3", "share(...) is of a comparison, as in share(ending == evacuated)"),
        ("median(3) > 3", "median(3): there is no outcome in it"),
        ("median(first_day(killed > 3)) > 3", "killed is one number for a run and has none for a day"),
        ("first_day(ground < 1) > 3", "write it within median(...)"),
        ("median(mean(killed)) > 3", "mean is of all runs; it cannot stand within another function"),
        ("median(ground@9) > 3", "the runs go from day 0 (2020-09-01) to day 2"),
        ("median(killed@1) > 3", "killed is one number for a run and has none for a day"),
        ("ending == taken", "each run has an ending of its own"),
        ("share(ending == evacuatd) > 0", "no siege ends as 'evacuatd'; did you mean 'evacuated'?"),
        ("share(ending > 3) > 0", "ending is a word"),
        ("mean(ending) > 3", "ending is a word"),
        ("median(killed) and median(half) > 3", "'and' is for what is true or false"),
        ("every(killed > 3) > 3", "'>' is for numbers, and here is a comparison"),
        ("percentile(killed) > 3", "percentile is of 2 things, not 1"),
        ("baseline > 3", "there is nothing it could be"),
        ("median(baseline) > 3", "there is nothing it could be"),
        ("-" * 300 + "1 > 0", "more than 200 words and signs"),
        ("(" * 60 + "median(killed)" + ")" * 60 + " > 3", "brackets in one another"),
    ],
)
def test_what_means_nothing_is_refused_in_words(check, message):
    with pytest.raises(ResultError) as error:
        holds(check)
    assert message in str(error.value)


names = st.builds(
    OutcomeName, st.sampled_from(["killed", "half", "ground"]), st.sampled_from([None, "fed", "baseline"])
)
dates = st.dates(date(1900, 1, 1), date(2100, 1, 1))
days = st.one_of(st.integers(0, 99), dates, names.map(lambda one: OutcomeName(one.name)))
atoms = st.one_of(
    st.integers(0, 9999).map(lambda whole: Number(float(whole))),
    names,
    st.builds(lambda name, day: OutcomeName(name.name, name.scenario, day), names, days),
)


def larger(parts):
    calls = st.sampled_from([*OF_RUNS, *OF_DAYS, *ANYWHERE])
    signs = st.sampled_from([*COMPARISONS, *"+-*/", "and", "or"])
    return st.one_of(
        st.builds(lambda function, part: Call(function, (part,)), calls, parts),
        st.builds(lambda sign, *two: Operation(sign, two), signs, parts, parts),
        st.builds(lambda *three: Operation("between", three), parts, parts, parts),
        parts.map(lambda part: Operation("not", (part,))),
    )


@given(st.recursive(atoms, larger, max_leaves=8))
def test_a_check_that_is_written_down_reads_back_as_the_same_check(tree):
    assert parse_check(text_of_part(tree)) == tree
    assert [one.name for one in names_in(parse_check(text_of_part(tree)))] == [one.name for one in names_in(tree)]


@given(st.text(alphabet="median(killed) <>=.,@%0123456789+-*/ between and or not baseline every", max_size=60))
def test_whatever_is_written_is_read_or_refused_in_a_sentence(text):
    with suppress(ResultError):
        checked(parse_check(text), "fed", RUNS)
