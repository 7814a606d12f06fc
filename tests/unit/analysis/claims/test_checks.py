"""The language of claims: what is read, what is refused, and what a check says of runs whose numbers are known."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.analysis.claims.checks import COMPARISONS, Call, Number, Operation, OutcomeName, names_in, parse_check
from siege_sim.analysis.claims.evaluation import checked, text_of_part
from siege_sim.analysis.claims.functions import ANYWHERE, OF_DAYS, OF_RUNS
from siege_sim.analysis.claims.played import PlayedRuns
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
        "mean(killed where killed > 10) == 18.5",
        "mean(killed where ending == holding) == 12 and share(half > 3 where killed > 5) == 1/2",
        "every(killed > 20 where half == 9) and not every(killed > 99 where killed > 99)",
        "percentile(killed, 100 where killed > 10) == 25",
        "mean(killed where baseline.killed > 10) == 18.5",
        "correlation(killed, baseline.killed) == 1/2",
        "correlation(killed, half) == 1/2 and correlation(killed, 0 - half) == -1/2",
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
        ("mean(killed where half) > 0", "'where' is followed by what is true of a run or not: where ending == "),
        ("mean(killed where 3 > 2) > 0", "'where' is followed by what is true of a run or not"),
        ("median(first_day(ground < 0.9 where killed > 3)) > 3", "first_day is not of several runs"),
        ("correlation(killed) > 0", "correlation is of 2 things, not 1"),
        ("correlation(killed, 2) > 0", "there is no outcome in it"),
        ("correlation(killed, half > 2) > 0", "correlation(...) is of a number"),
        ("where > 3", "'where' stands where a number"),
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


def swept(trucks, policy, killed, points=(0, 1, 2, 3), partners=None) -> PlayedRuns:
    ended = np.full(len(killed), "holding", dtype=object)
    policies, ground = np.array(policy, dtype=object), np.array([[1.0, np.nan, 0.5]] * len(killed))
    whole = {"trucks": np.array(trucks, float), "policy": policies, "killed": np.array(killed, float), "ending": ended}
    return PlayedRuns(
        start=date(2020, 9, 1),
        last_day=2,
        seeds=(1,) * len(killed),
        whole=whole | {"ground": ground[:, 2]},
        daily={"ground": ground},
        points=points,
        factors={"trucks": (), "policy": ("none", "all_in")},
        partners=partners or points,
        every_days=2,
    )


SWEEP = {
    "all": swept([0, 5, 0, 5], ["none", "none", "all_in", "all_in"], [10, 8, 6, 4]),
    "few": swept([0, 0], ["none", "all_in"], [10, 6], (0, 2), (("none",), ("all_in",))),
    "many": swept([5, 5], ["none", "all_in"], [8, 4], (1, 3), (("none",), ("all_in",))),
    "other": swept([5, 5], ["none", "all_in"], [8, 4], (1, 3), (("none", 3), ("all_in", 3))),
}


@pytest.mark.parametrize(
    "check",
    [
        "mean(killed where policy == none) == 9 and mean(killed where policy != none) == 5",
        "mean(killed where trucks > 3 and policy == all_in) == 4",
        "every(many.killed == few.killed - 2) and not clear(many.killed - 6)",
        "every(few.policy == many.policy)",
        "correlation(trucks, killed) < -0.4 and correlation(trucks, killed where policy == none) == -1",
        "mean(ground@2) == 0.5 and median(first_day(ground < 0.7)) == 2",
    ],
)
def test_runs_of_a_sweep_are_chosen_and_paired_by_their_factors(check):
    assert checked(parse_check(check), "all", SWEEP).holds


def test_runs_of_a_sweep_that_fail_are_named_by_point_and_seed():
    found = checked(parse_check("every(killed > 5)"), "all", SWEEP)
    assert [(one.failing, one.runs) for one in found.statistics] == [(("point 3 with seed 1",), 4)]


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ("mean(killed where policy == al_in) > 0", "policy is never 'al_in'; did you mean 'all_in'?"),
        ("mean(killed where policy == zebra) > 0", "policy is never 'zebra'; it is none or all_in"),
        ("mean(policy) > 0", "policy is a word; compare it with one, as in policy == none"),
        ("policy == none", "each run has a policy of its own; write share(policy == ...)"),
        ("mean(killed where trucks > 7) > 0", "no point of the sweep is so: trucks > 7"),
        ("mean(killed where trucks) > 0", "where trucks > 2.5"),
        ("mean(many.killed - killed) > 0", "do not come in pairs"),
        ("mean(many.killed - other.killed) > 0", "the runs of 'many' and 'other' do not come in pairs"),
        ("mean(ground@1) > 0", "only one day in 2 is kept"),
        (
            "mean(days_with(ground < 1)) > 0",
            "days_with needs every day, and one in 2 is kept; see 'series'",
        ),
        ("mean(ground@killed) > 0", "needs every day"),
    ],
)
def test_what_a_sweep_cannot_say_is_refused(check, message):
    with pytest.raises(ResultError) as told:
        checked(parse_check(check), "all", SWEEP)
    assert message in str(told.value)


def test_factors_called_like_keys_have_points_in_their_names():
    used = [*names_in(parse_check("correlation(processes.sorties.per_day, many.a.b) > 0"))]
    assert used == [OutcomeName("sorties.per_day", "processes"), OutcomeName("a.b", "many")]
