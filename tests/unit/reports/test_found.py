"""What a what-if changes, in words: what leads, that words claim no more than the interval, and the order in time."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.analysis.comparison.compared import daily_quantity
from siege_sim.analysis.comparison.effects import DailyEffect, Effect
from siege_sim.analysis.comparison.leading import leading_effects, onsets_of
from siege_sim.analysis.comparison.paired import Difference, mean_difference, share_difference
from siege_sim.analysis.comparison.uncertain import UncertainEffect
from siege_sim.reports.found import cause_sentences, effect_sentence, ending_change, order_sentences
from siege_sim.reports.uncertain import _verdict
from siege_sim.results.calendar import Calendar

CALENDAR = Calendar(date(2020, 1, 1), 60)


def effect(name: str, label: str, unit: str, before, after) -> Effect:
    return Effect("aid", name, label, unit, mean_difference(np.array(before, float), np.array(after, float)))


def share(ending: str, before, after) -> Effect:
    found = share_difference(np.array(before, bool), np.array(after, bool))
    return Effect("aid", f"ending:{ending}", ending, "share of runs", found)


HUNGRY = [400.0, 420.0, 440.0, 460.0]


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (
            effect("died_of_hunger", "Died of hunger", "persons", HUNGRY, [200.0, 219.0, 241.0, 260.0]),
            "Fewer people die of hunger: 200 fewer (199 to 201), 230 instead of 430.",
        ),
        (
            effect("excess_deaths", "Civilians who died", "persons", HUNGRY, [601.0, 620.0, 639.0, 660.0]),
            "More civilians die, of all causes: 200 more (199 to 201), 630 instead of 430.",
        ),
        (
            effect("end_day", "Days until the siege ended", "days", [10, 11, 12, 13], [14, 16, 16, 18]),
            "The siege ends 4.5 days later (3.58 to 5.42), 17 Jan (day 16) instead of 13 Jan (day 12).",
        ),
        (
            effect("mean_body_mass_loss", "Body mass lost (mean)", "share", [0.1, 0.12, 0.11], [0.08, 0.1, 0.09]),
            "Body mass that people have lost: 2 percentage points lower (2 to 2), 9 % instead of 11 %.",
        ),
        (
            effect("hospitals_working", "Hospitals working (mean)", "hospitals", [1, 2, 2], [4, 5, 6]),
            "Hospitals working: 3.33 more (1.9 to 4.77), 5 instead of 1.67.",
        ),
        (
            effect("person_days_of_hunger", "Person-days of hunger", "person-days", [16e6, 17e6], [10e6, 11e6]),
            "Days that people go hungry: 6 million person-days lower (6 to 6), 10.5 million instead of 16.5 million.",
        ),
    ],
)
def test_a_clear_effect_is_told_with_its_way_its_size_and_what_it_was(one, said):
    assert effect_sentence(one, CALENDAR) == said


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=2, max_size=12))
def test_words_claim_an_effect_exactly_where_the_interval_leaves_out_0(pairs):
    before, after = zip(*pairs, strict=True)
    one = effect("died_of_hunger", "Died of hunger", "persons", before, after)
    said = effect_sentence(one, CALENDAR)
    if before == after:
        assert "the same in every pair" in said
    elif not one.difference.clear:
        assert said.startswith("No clear effect on how many people die of hunger: between ")
    else:
        assert said.startswith("Fewer people" if one.difference.middle < 0 else "More people")


def test_without_an_interval_nothing_is_claimed():
    one = Effect("aid", "days_to_half", "Day half the ground was lost", "days", Difference(0))
    assert effect_sentence(one, CALENDAR) == "No pair of runs has a number for when half of the ground is lost."


def test_what_leads_is_what_it_is_about_then_all_deaths_endings_and_dates():
    names = (
        "civilians_killed",
        "end_day",
        "ending:evacuated",
        "ending:pocket_taken",
        "excess_deaths",
        "died_of_wounds",
    )
    effects = [Effect("aid", name, name, "persons", Difference(0)) for name in names]
    led = [one.name for one in leading_effects(effects, ("died_of_wounds",))]
    assert led == ["died_of_wounds", "excess_deaths", "ending:evacuated", "ending:pocket_taken", "end_day"]
    assert [one.name for one in leading_effects(effects[:1], ())] == ["civilians_killed"], "something always leads"


def test_endings_are_told_in_one_sentence():
    yes, no = [True] * 30, [False] * 30
    changed = [share("evacuated", yes, no), share("pocket_taken", no, yes)]
    assert "in another way more often: agreed evacuation in 0 % of the runs" in ending_change(changed)
    same = [share("evacuated", yes, yes)]
    assert ending_change(same) == "Every run ends in the same way: agreed evacuation."
    mixed = [share("evacuated", [True, False], [False, True]), share("pocket_taken", [False, True], [True, False])]
    assert ending_change(mixed).startswith("No clear effect on how the siege ends: agreed evacuation in 50 %")


def test_a_rule_of_the_model_is_told_only_where_cause_and_ending_clearly_go_the_same_way():
    ending = share("evacuated", [True] * 30, [False] * 30)
    falls = effect("condemnation", "Condemnation (mean)", "points", [6, 7, 6, 7], [1, 2, 1, 2])
    rises = effect("condemnation", "Condemnation (mean)", "points", [1, 2, 1, 2], [6, 7, 6, 7])
    assert "1.5 points instead of 6.5" in cause_sentences([ending], [falls])[0]
    assert cause_sentences([ending], [rises]) == []
    assert cause_sentences([share("evacuated", [True], [True])], [falls]) == []


def daily(name: str, middle: list[float]) -> DailyEffect:
    values = np.array(middle)
    return DailyEffect(daily_quantity(name, name, "persons", "count"), np.full(values.size, 10), values, values, values,
                       np.full(values.size, 0.5), values, values)  # fmt: skip


def test_outcomes_are_told_in_the_order_in_which_they_begin_to_differ():
    late, early = daily("late", [0.0] * 10 + [-3.0] * 10), daily("early", [0.0] * 3 + [1.0] * 17)
    by_chance = daily("by_chance", [0.0] * 5 + [2.0] * 2 + [0.0] * 13)
    onsets = onsets_of([late, by_chance, early], pairs=10)
    assert [(one.quantity.name, one.day, one.higher) for one in onsets] == [("early", 3, True), ("late", 10, False)]
    said = order_sentences(onsets, CALENDAR)
    assert said == [
        "In the order in which it shows in the pairs of runs: early higher from 4 Jan; late lower from 11 Jan."
    ]
    assert order_sentences(onsets[:1], CALENDAR) == []


def uncertain(before: list[float], after: list[float], drawn: list[float]):
    """Return what is said with uncertain parameters of an effect that is known with the scenario's own values."""
    own = effect("died_of_hunger", "Died of hunger", "persons", before, after)
    with_others = effect("died_of_hunger", "Died of hunger", "persons", before, drawn)
    return _verdict(own, UncertainEffect(with_others, -30.0, 12.0))


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        ([300.0, 321.0, 339.0, 361.0], "This is the same way as with the scenario's own values."),
        ([500.0, 521.0, 539.0, 561.0], "This is the other way round than with the scenario's own values."),
        ([100.0, 700.0, 340.0, 560.0], "With drawn values the effect is no longer clear."),
    ],
)
def test_it_says_whether_an_effect_holds_with_other_parameters(drawn, said):
    words = uncertain(HUNGRY, [200.0, 219.0, 241.0, 260.0], drawn)
    assert said in words
    assert words.endswith("In eight of ten of these pairs the difference is from -30 to +12 persons.")


def test_an_effect_that_is_not_clear_by_itself_gets_no_verdict():
    assert "scenario's own values" not in uncertain(HUNGRY, [300.0, 500.0, 440.0, 470.0], HUNGRY[::-1])
