"""Series: each value holds from its day on, however the series is written."""

from __future__ import annotations

import copy
import pickle
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from siege_sim.schema.block import Block
from siege_sim.schema.clock import Clock
from siege_sim.schema.dated import DatedNumber, dated, dated_word
from siege_sim.schema.series import Series, is_series_data, mean_over, problems_of_series, scaled_data, value_on

CLOCK = Clock(date(2001, 3, 1), 60)
numbers = st.floats(0.0, 1000.0)
day_numbers = st.dictionaries(st.integers(-30, 90), numbers, min_size=1, max_size=12)


class Inputs(Block):
    """A block with every kind of input by date."""

    rate: DatedNumber = dated(3.0, unit="1/day", ge=0.0, le=1000.0)
    """A rate."""
    limit: DatedNumber | None = dated(None, unit="t", gt=0.0)
    """A limit, or none."""
    order: str | Series[str] = dated_word("go", ("go", "halt"))
    """An order."""


def as_written(steps: dict[int, float], as_date: list[bool]) -> dict[str, float]:
    """Return steps as a file has them, some days as dates and some as numbers."""
    days = zip(steps, as_date, strict=False)
    keys = {day: str(CLOCK.start + timedelta(days=day)) if dated else str(day) for day, dated in days}
    return {keys[day]: value for day, value in steps.items()}


def value_of_steps(steps: dict[int, float], day: int) -> float:
    """Return what holds on a day, by looking at every step."""
    past = [first for first in steps if first <= day]
    return steps[max(past)] if past else steps[min(steps)]


@given(day_numbers, st.lists(st.booleans(), min_size=12, max_size=12))
def test_a_series_has_the_value_of_the_last_step_that_has_come(steps, as_date):
    series = Inputs.model_validate({"rate": as_written(steps, as_date)}).rate
    for day in range(CLOCK.days + 1):
        assert series.on(day, CLOCK) == value_of_steps(steps, day)


@given(day_numbers, numbers)
def test_before_the_first_date_the_word_before_says_what_holds(steps, before):
    series = Inputs.model_validate({"rate": {"before": before, **as_written(steps, [True] * 12)}}).rate
    for day in range(CLOCK.days + 1):
        assert series.on(day, CLOCK) == (value_of_steps(steps, day) if day >= min(steps) else before)


@given(day_numbers, st.randoms(use_true_random=False))
def test_the_order_in_which_dates_are_written_does_not_matter(steps, random):
    shuffled = list(steps.items())
    random.shuffle(shuffled)
    first, second = (Inputs(rate=as_written(given, [True] * 12)) for given in (steps, dict(shuffled)))
    assert first == second
    assert list(first.model_dump(mode="json")["rate"]) == list(second.model_dump(mode="json")["rate"])


@given(day_numbers, st.floats(0.0, 10.0))
def test_multiplying_and_reading_commute(steps, factor):
    plain = as_written(steps, [True] * 12)
    scaled = Series({CLOCK.date_of(day): value for day, value in steps.items()})
    by_hand = Inputs.model_construct(rate=Series({CLOCK.date_of(d): v * factor for d, v in steps.items()})).rate
    read = {date.fromisoformat(key): value for key, value in scaled_data(plain, factor).items()}
    for day in range(CLOCK.days + 1):
        assert Series(read).on(day, CLOCK) == by_hand.on(day, CLOCK) == scaled.on(day, CLOCK) * factor


@given(day_numbers)
def test_what_is_written_reads_back_the_same(steps):
    block = Inputs(rate=as_written(steps, [True] * 12), order={"5": "halt"})
    for mode in ("json", "python"):
        assert Inputs.model_validate(block.model_dump(mode=mode)) == block
    for twin in (copy.deepcopy(block), pickle.loads(pickle.dumps(block))):
        assert [twin.rate.on(day, CLOCK) for day in range(61)] == [block.rate.on(day, CLOCK) for day in range(61)]


def test_a_plain_number_stays_a_plain_number():
    block = Inputs.model_validate({"rate": 4})
    assert type(block.rate) is float
    assert block.model_dump(mode="json") == {"rate": 4.0, "limit": None, "order": "go"}
    assert value_on(block.rate, 7, CLOCK) == 4.0
    assert mean_over(block.rate, CLOCK) == 4.0


def test_a_series_serves_runs_with_different_calendars():
    series = Series({date(2001, 3, 11): 1.0, date(2001, 3, 21): 2.0})
    later = Clock(date(2001, 3, 15), 10)
    assert [series.on(10, CLOCK), series.on(10, later), series.on(10, CLOCK)] == [1.0, 2.0, 1.0]


WRONG = {
    "a value out of range, with its date": (
        {"rate": {"2001-03-02": 1, "2001-03-09": 2000}},
        ("2001-03-09",),
        "at most",
    ),
    "a number out of range": ({"rate": -1}, (), "-1 is out of range; it must be at least 0"),
    "a bound that must be exceeded": ({"limit": {"3": 0}}, ("3",), "it must be above 0"),
    "what holds before": ({"rate": {"before": -1, "3": 0}}, ("before",), "at least 0"),
    "a word for a number": ({"rate": {"3": "many"}}, ("3",), "'many' is not a number"),
    "no number": ({"rate": {"3": float("nan")}}, ("3",), "nan is not a finite number"),
    "yes for a number": ({"rate": True}, (), "true is not a number"),
    "nothing for a number": ({"rate": None}, (), "nothing is not a number"),
    "a day that is none": ({"rate": {"2001-02-30": 1}}, ("2001-02-30",), "is no day; write a date such as"),
    "a day twice": ({"rate": {"7": 1, "07": 2}}, ("07",), "day 7 is there twice"),
    "no dates": ({"rate": {}}, (), "at least one line"),
    "only what holds before": ({"rate": {"before": 1}}, (), "at least one line"),
    "a word outside the set": ({"order": {"3": "hlat"}}, ("3",), "is not one of go, halt; did you mean 'halt'?"),
    "a number for a word": ({"order": 3}, (), "3 is not one of go, halt"),
    "a table, too late": ({"rate": {"csv": "a.csv"}}, ("csv",), "tables are read when a scenario file is loaded"),
    "a misspelt column": ({"rate": {"csv": "a.csv", "valu": "x"}}, ("valu",), "unknown key 'valu' beside csv"),
}


@pytest.mark.parametrize(("data", "place", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_with_its_day(data, place, words):
    with pytest.raises(ValidationError) as caught:
        Inputs.model_validate(data)
    (item,) = caught.value.errors()
    ((found, message),) = item["ctx"]["problems"]
    assert (item["loc"], found) == ((next(iter(data)),), place)
    assert words in message


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        ({"2001-09-01": 1}, (), "none of its dates is in the run"),
        ({"2000-09-01": 1}, (), "none of its dates is in the run"),
        ({"9": 1, "2001-03-10": 2}, ("2001-03-10",), "is the same day as day 9"),
    ],
)
def test_dates_that_do_not_fit_the_run_are_refused(data, place, words):
    ((found, message),) = problems_of_series({"a": {"b": Inputs(rate=data)}}, CLOCK)
    assert found == ("a", "b", "rate", *place)
    assert words in message


def test_dates_before_and_after_the_run_may_stand_beside_one_within():
    given_data = {"1999-01-01": 1, "2001-03-10": 2, "2005-01-01": 3}
    assert not list(problems_of_series(Inputs(rate=given_data), CLOCK))
    assert Inputs(rate=given_data).rate.on(0, CLOCK) == 1.0


def test_only_blocks_of_days_are_taken_for_series():
    assert is_series_data({"2001-03-01": 1, "before": 2})
    assert is_series_data({"csv": "a.csv", "value": "x"})
    for other in ({}, {"north": 1.0}, {"1": {"a": 1}}, {"csv": "a.csv", "other": 1}, {"3": None}, 4, "3"):
        assert not is_series_data(other), other
