"""How scorecards and fits begin: what agrees, what is furthest off, and parameters by their whole names."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from siege_sim.reports.forecasts import miss_sentences
from siege_sim.runner.fit import constrained_sentences
from siege_sim.validation.pattern_scores import PatternScore

LINE = PatternScore(
    name="working", topic="Hospitals", title="Working on day 13", unit="hospitals", low=6.0, high=9.0, values=(),
    measured=4, median=3.5, tenth=1.0, ninetieth=6.0, share_inside=0.2, stays=None, line=None, source="a report",
    confidence="high", note="", not_measured="", crps=1.0,
)  # fmt: skip


def test_the_patterns_furthest_from_the_record_are_told_with_both_numbers():
    lines = [LINE, *(replace(LINE, title=f"Number {n}", crps=n / 10.0) for n in range(1, 6))]
    (said,) = miss_sentences(lines)
    assert said.startswith(
        "Furthest from the record: Hospitals: working on day 13 (median 3.5, record 6 to 9); Hospitals: number 5 ("
    )
    assert "number 3" not in said


def test_nothing_is_told_where_nothing_is_missed():
    assert miss_sentences([replace(LINE, median=7.0), replace(LINE, median=None)]) == []


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ((True, False), "The record constrains 1 of 2 parameters by themselves: processes.desertion.hazard_per_round."),
        ((False, False), "The record constrains none of the 2 parameters by itself."),
        ((None, None), "Too few parameter sets are left to say which parameters the record constrains."),
    ],
)
def test_parameters_that_a_record_constrains_are_named_whole(verdicts, said):
    names = ["processes.desertion.hazard_per_round", "processes.morale.fire_weight"]
    assert constrained_sentences(pd.DataFrame({"parameter": names, "constrained": verdicts})) == [said]
