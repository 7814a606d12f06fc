"""What an ablation says of a mechanism: a clear effect, none that is clear, or that no run differs."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from siege_sim.analysis.ablation import (
    ALWAYS_ZERO,
    CLEAR_EFFECT,
    NO_CLEAR_EFFECT,
    NO_RUN_DIFFERS,
    TOO_FEW,
    AblationFindings,
    CaseAblation,
    Switch,
    switch_effects,
)
from siege_sim.analysis.comparison.compared import daily_quantity, whole_run_quantity
from siege_sim.analysis.comparison.comparison import Arm, Comparison
from siege_sim.analysis.comparison.traces import Trace

QUANTITIES = (
    whole_run_quantity("ending", "How the siege ended", "share of runs", ""),
    whole_run_quantity("end_day", "Days", "days", ""),
    daily_quantity("died_of_hunger", "Died of hunger", "persons", "count"),
)
BEFORE = np.array([10.0, 30.0, 20.0, 40.0])


def traces(ends, *, ending="pocket_taken", dead=0.0, day_two=0.0) -> tuple[Trace, ...]:
    return tuple(
        Trace(seed, ending, np.array([np.nan, end, dead]), np.array([[0.0, day_two, dead]]), np.empty((3, 0)), (), {})
        for seed, end in enumerate(ends, 1)
    )


def compared(*arms: tuple[Trace, ...]) -> Comparison:
    names = [Arm(f"arm {number}", "", "") for number in range(len(arms))]
    return Comparison(tuple(names), QUANTITIES, date(2020, 1, 1), 2, None, arms)


def found(changed: tuple[Trace, ...], about=("end_day",), base: tuple[Trace, ...] | None = None):
    (one,) = switch_effects([Switch("mechanism", "m", "It does.", about)], compared(base or traces(BEFORE), changed))
    return one, [one.verdict(effect) for effect in one.effects]


def test_what_changes_nothing_has_no_clear_effect_and_no_run_differs():
    one, verdicts = found(traces(BEFORE))
    assert verdicts == [NO_RUN_DIFFERS]
    assert verdicts[0].startswith(NO_CLEAR_EFFECT)
    assert not one.is_clear


@pytest.mark.parametrize("changed", [
    traces(BEFORE, day_two=1.0), traces(BEFORE, ending="evacuated"), traces(BEFORE + np.array([0, 0, 0, 1e-9])),
])  # fmt: skip
def test_one_other_day_or_ending_or_number_is_a_difference(changed):
    one, _ = found(changed)
    assert not one.alike


def test_what_moves_every_run_alike_has_a_clear_effect():
    one, verdicts = found(traces(BEFORE + np.array([5, 6, 5, 6])))
    assert verdicts == [CLEAR_EFFECT]
    assert one.is_clear


def test_what_moves_runs_one_way_and_the_other_has_none_that_is_clear():
    one, verdicts = found(traces(BEFORE + np.array([9, -9, 8, -8])))
    assert verdicts == [NO_CLEAR_EFFECT]
    assert not one.alike


def test_one_pair_says_nothing():
    _, verdicts = found(traces([5.0]), base=traces([4.0]))
    assert verdicts == [TOO_FEW]


def test_an_outcome_that_never_occurs_is_told_apart():
    _, verdicts = found(traces(BEFORE + 1), about=("died_of_hunger",))
    assert verdicts == [ALWAYS_ZERO]


def test_an_ending_is_judged_by_the_share_of_runs_of_each_ending():
    one, _ = found(traces(BEFORE, ending="evacuated"), about=("ending",))
    assert {effect.name for effect in one.effects} == {"ending:pocket_taken", "ending:evacuated"}


def test_who_is_about_nothing_that_the_case_has_is_judged_by_what_every_case_has():
    one, _ = found(traces(BEFORE), about=("delivered_kcal",))
    assert {effect.name.split(":")[0] for effect in one.effects} == {"end_day", "ending"}


def test_what_was_not_run_takes_no_runs_of_others_and_says_why():
    switches = [
        Switch("mechanism", "off", "Off.", ("end_day",), "does nothing in this case as it is"),
        Switch("mechanism", "on", "On.", ("end_day",)),
    ]
    off, on = switch_effects(switches, compared(traces(BEFORE), traces(BEFORE + np.array([5, 6, 5, 6]))))
    assert off.effects == ()
    assert on.is_clear
    findings = AblationFindings((CaseAblation("town", "Town", 4, 2, 50.0, (off, on), "1"),))
    table = findings.table()
    assert table["verdict"].tolist() == ["does nothing in this case as it is", CLEAR_EFFECT]
    assert findings.cases[0].without_clear_effect == ()
    assert [row["difference"] for row in findings.data()["rows"]] == [None, 5.5]
