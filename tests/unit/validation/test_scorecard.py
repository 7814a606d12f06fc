"""Scoring: each kind of measure on a series made by hand, gathering over runs, and the naive forecasts."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.errors import ResultError
from siege_sim.plots.fan import draw_fan
from siege_sim.plots.style import settings
from siege_sim.results.run import CompactRun
from siege_sim.validation.fan import fan_of
from siege_sim.validation.measures import kendalls_tau, measured
from siege_sim.validation.pattern_scores import score_patterns
from siege_sim.validation.record import Record
from siege_sim.validation.scorecard import scorecard

START = date(2016, 9, 22)
AREA = (1.0, 1.0, 0.98, 0.95, 0.85, 0.60, 0.50, 0.50, 0.0)
EVENTS = pd.DataFrame(
    [("agreement", 3, "north"), ("cell_lost", 4, "A"), ("agreement", 6, "south"), ("agreement", 8, "north")],
    columns=["kind", "day", "where"],
)
CAPTURED = {"A": 4, "B": 5, "C": 5, "D": 8, "E": None}
CELLS = [4, 3, 2, 1, 2]


def course(ending: str = "evacuated", days: int = 8, **changed) -> CompactRun:
    """A siege of eight days: the line breaks on days 4 to 5, and the rest is handed over on day 8."""
    columns = {
        "garrison_area_share": AREA,
        "killed": (0, 2, 4, 6, 10, 20, 30, 30, 30),
        "wounded": (0, 4, 8, 12, 20, 60, 90, 90, 90),
        "impacts": (9, 1, 2, 3, 4, 5, 6, 0, 0),
        "north": (0, 0, 1, 3, 6, 60, 100, 100, 100),
        "west": (0, 0, 1, 1, 2, 40, 100, 100, 100),
        **changed,
    }
    series = pd.DataFrame({name: [float(value) for value in values[: days + 1]] for name, values in columns.items()})
    series.insert(0, "date", [(START + timedelta(days=day)).isoformat() for day in range(len(series))])
    quarters = pd.DataFrame(
        {
            "quarter": list(CAPTURED),
            "garrison_cells_on_day_0": CELLS,
            "garrison_cells_at_end": [n * (day is None) for day, n in zip(CAPTURED.values(), CELLS, strict=True)],
            "day_first_loss": pd.array(list(CAPTURED.values()), "Int64"),
            "civilians_on_day_0": [100, 200, 300, 400, 500],
            "day_captured": pd.array(list(CAPTURED.values()), "Int64"),
        }
    )
    return CompactRun(1, ending, series, quarters, {"program": "siege_sim"}, events=EVENTS)


def record(*patterns: dict, background: tuple[dict, ...] = ()) -> Record:
    """A record of one topic; each pattern is a measure with the range 0 to 1, unless it says otherwise."""

    def entries(measures, letter):
        common = {"title": "t", "unit": "u", "source": "s", "confidence": "read"}
        bounds = [{"low": 0.0, "high": 1.0, "measure": one} if "kind" in one else one for one in measures]
        return {f"{letter}{number}": {**common, **one} for number, one in enumerate(bounds)}

    topic = {"title": "T", "patterns": entries(patterns, "p"), "background": entries(background, "b")}
    common = {"name": "r", "title": "R", "summary": "S", "start": START, "until": date(2016, 9, 30)}
    return Record.model_validate({**common, "topics": {"t": topic}})


def value(measure: dict, of: CompactRun | None = None) -> float | None:
    (entry,) = record(measure).patterns.values()
    return measured(entry.measure, of or course())


def day(number: int) -> date:
    return START + timedelta(days=number)


MEASURES = {
    "value_on": ({"outcomes": ("killed",), "on": day(4)}, 10),
    "sum of values": ({"kind": "value_on", "outcomes": ("north", "west"), "on": day(5)}, 100),
    "fall_on": ({"outcomes": ("garrison_area_share",), "on": day(5)}, 0.4),
    "increase": ({"outcomes": ("killed",), "after": day(2), "until": day(5)}, 16),
    "increase_per_day": ({"outcomes": ("killed",), "after": day(2), "until": day(6)}, 6.5),
    "mean_per_day": ({"outcomes": ("impacts",), "after": day(0), "until": day(4)}, 2.5),
    "ratio": ({"over": ("wounded",), "under": ("killed",), "after": day(0), "until": day(6)}, 3),
    "captured_by": ({"quarters": ("A", "B", "D", "E"), "on": day(6)}, 2),
    "ground_captured": ({"quarters": ("A", "B", "D", "E"), "on": day(6)}, 0.7),
    "largest_ground_captured": ({"quarters": ("A", "B", "D", "E"), "on": day(8), "days": 1}, 0.4),
    "ratio_of_periods": (
        {"outcomes": ("killed",), "after": day(3), "until": day(5), "earlier_after": day(0), "earlier_until": day(2)},
        3.5,
    ),
    "ratio_of_means": (
        {"outcomes": ("impacts",), "after": day(4), "until": day(6), "earlier_after": day(0), "earlier_until": day(4)},
        2.2,
    ),
    "ratio_on": ({"over": ("wounded",), "under": ("killed", "impacts"), "on": day(4)}, 20 / 14),
    "largest_change": ({"outcomes": ("impacts",), "after": day(0), "until": day(8), "within_days": 1}, 8),
    "largest rise": (
        {
            "kind": "largest_change",
            "outcomes": ("killed",),
            "after": day(1),
            "until": day(8),
            "within_days": 2,
            "direction": "rise",
        },
        20,
    ),
    "no fall": (
        {
            "kind": "largest_change",
            "outcomes": ("killed",),
            "after": day(1),
            "until": day(8),
            "within_days": 2,
            "direction": "fall",
        },
        0,
    ),
    "people_of_captured": ({"quarters": ("A", "B", "D", "E"), "on": day(6)}, 300),
    "order_of_capture": ({"captured": {"A": day(1), "B": day(2), "E": day(4)}}, 1),
    "the other way round": ({"kind": "order_of_capture", "captured": {"A": day(4), "B": day(2), "E": day(1)}}, -1),
    "not lost at all is last": (
        {"kind": "order_of_capture", "captured": {"A": day(1), "E": day(2), "D": day(3)}},
        math.sqrt(2 / 3),
    ),
    "ended": ({"endings": ("evacuated", "pocket_taken"), "on": day(8)}, 1),
    "not ended before": ({"kind": "ended", "endings": ("evacuated",), "on": day(7)}, 0),
    "going on": ({"kind": "ended", "endings": ("holding",), "on": day(7)}, 1),
    "count_of_events": ({"events": ("agreement",), "on": day(6)}, 2),
    "events at a place": ({"kind": "count_of_events", "events": ("agreement",), "where": ("north",), "on": day(8)}, 2),
    "date_of_event": ({"events": ("agreement",), "where": ("south",), "after": day(4)}, 2),
    "rank_of_capture": ({"quarter": "B"}, 2),
    "share_of_first_captured": ({"first": 2, "quarters": ("B", "C")}, 2 / 3),
    "share_of_first": ({"part": ("north",), "whole": ("north", "west"), "count": 50.0}, 0.6),
    "largest_loss": ({"days": 2, "level": 0.3}, 0.35 / 0.4),
    "days_of_breaking": ({"from_level": 0.05, "level": 0.3}, 2),
    "date_of_break": ({"level": 0.3, "after": day(7)}, -2),
}


@pytest.mark.parametrize(("name", "measure", "expected"), [(n, *case) for n, case in MEASURES.items()])
def test_each_kind_of_measure(name, measure, expected):
    assert value({"kind": name, **measure}) == pytest.approx(expected)


def test_a_break_far_later_but_as_sudden_has_the_same_shape():
    late = course(garrison_area_share=(1.0, 1.0, 1.0, 1.0, 0.98, 0.95, 0.85, 0.60, 0.0))
    for kind in ("largest_loss", "days_of_breaking"):
        measure = {"kind": kind, **MEASURES[kind][0]}
        assert value(measure, late) == pytest.approx(value(measure))
    assert value({"kind": "date_of_break", "level": 0.3, "after": day(7)}, late) == 0


def test_kendalls_tau_is_that_of_a_textbook():
    """Kendall and Gibbons 1990: ten boys by mathematics and by music, 33 pairs in order and 12 not."""
    mathematics, music = np.arange(1.0, 11.0), np.array([2.0, 5, 4, 1, 3, 8, 9, 6, 7, 10])
    pairs = [(i, j) for i in range(10) for j in range(i)]
    agree = sum(np.sign(music[i] - music[j]) for i, j in pairs)
    assert kendalls_tau(mathematics, music) == pytest.approx(agree / 45)
    assert kendalls_tau(np.array([1.0, 2, 2, 3]), np.array([1.0, 2, 3, 3])) == pytest.approx(0.8)
    assert math.isnan(kendalls_tau(np.ones(3), np.arange(3.0)))


@given(st.lists(st.integers(0, 5), min_size=2, max_size=12), st.randoms())
def test_kendalls_tau_is_between_minus_one_and_one_and_turns_with_the_order(places, chance):
    other = places.copy()
    chance.shuffle(other)
    one, two = np.array(places, dtype=float), np.array(other, dtype=float)
    tau = kendalls_tau(one, two)
    if math.isnan(tau):
        assert len(set(places)) == 1
    else:
        assert -1 - 1e-12 <= tau <= 1 + 1e-12
        assert kendalls_tau(one, -two) == pytest.approx(-tau)
        assert kendalls_tau(one, one) == pytest.approx(1)


def test_events_that_were_not_kept_are_not_counted_as_none():
    forgotten = replace(course(), events=None)
    with pytest.raises(ResultError, match="run them again"):
        value({"kind": "count_of_events", "events": ("agreement",), "on": day(6)}, forgotten)


def test_an_ending_is_not_known_of_a_run_that_was_stopped_before():
    ended = {"kind": "ended", "endings": ("evacuated",), "on": day(7)}
    assert value(ended, course("holding", days=5)) is None
    assert value(ended, course("evacuated", days=5)) == 1
    assert value({**ended, "endings": ("holding",)}, course("holding", days=7)) == 1


def test_a_share_of_runs_counts_runs_and_not_their_median():
    runs = [course("evacuated")] * 3 + [course("pocket_taken")]
    ended = {"low": 1.0, "high": 1.0, "measure": {"kind": "ended", "endings": ("evacuated",), "on": day(8)}}
    most, all_of_them = score_patterns(
        record({**ended, "share_of_runs": {"low": 0.7}}, {**ended, "share_of_runs": {"low": 0.95}}), runs
    )
    assert (most.share_inside, most.holds, all_of_them.holds) == (0.75, True, False)
    assert most.crps is None, "a share of runs is no quantity of the siege"


def test_a_creep_has_not_the_shape_of_a_break():
    creep = course(garrison_area_share=[1.0 - 0.05 * day for day in range(9)])
    assert value({"kind": "largest_loss", "days": 2, "level": 0.3}, creep) == pytest.approx(1 / 3)


def test_ground_handed_over_by_agreement_is_no_break_and_no_capture():
    handed_over = {"kind": "largest_loss", "days": 2, "level": 0.7}
    assert math.isnan(value(handed_over))
    assert value(handed_over, course("pocket_taken")) == pytest.approx(0.5)
    assert math.isnan(value({"kind": "rank_of_capture", "quarter": "D"}))
    assert value({"kind": "rank_of_capture", "quarter": "D"}, course("pocket_taken")) == 4


def test_ground_that_is_taken_at_an_even_pace_has_no_day_with_more_than_its_share():
    measure = {"kind": "largest_ground_captured", "quarters": ("A", "B"), "on": day(8)}
    assert value({**measure, "days": 1}) < value({**measure, "days": 2}) == pytest.approx(1.0)
    assert value({**measure, "days": 8, "on": day(3)}) == 0.0


def test_a_ratio_of_periods_in_the_first_of_which_nothing_changed_is_no_number():
    periods = {"after": day(3), "until": day(5), "earlier_after": day(0), "earlier_until": day(1)}
    assert math.isnan(value({"kind": "ratio_of_periods", "outcomes": ("north",), **periods}))
    with pytest.raises(ValueError, match="where the later period begins"):
        record({"kind": "ratio_of_periods", "outcomes": ("north",), **periods, "earlier_until": day(4)})


def test_what_never_happened_is_no_number_and_lies_outside():
    (line,) = score_patterns(record({"kind": "rank_of_capture", "quarter": "E"}), [course()])
    assert (line.values, line.measured, line.median, line.share_inside) == ((None,), 0, None, 0.0)
    assert line.median_inside is None


def test_a_day_after_the_run_was_stopped_is_left_out_but_an_ended_siege_stays_as_it_is():
    measure = {"kind": "value_on", "outcomes": ("killed",), "on": day(8)}
    assert value(measure, course("holding", days=5)) is None
    assert value(measure, course("pocket_taken", days=5)) == 20
    (line,) = score_patterns(record(measure), [course("holding", days=5)])
    assert line.share_inside is None


def test_runs_are_measured_one_by_one_and_then_gathered():
    runs = [course(killed=[0] * 4 + [10 * k] * 5) for k in range(11)]
    pattern = {"low": 35.0, "high": 65.0, "measure": {"kind": "value_on", "outcomes": ("killed",), "on": day(4)}}
    (line,) = score_patterns(record(pattern), runs)
    assert (line.tenth, line.median, line.ninetieth) == (10, 50, 90)
    assert line.share_inside == pytest.approx(3 / 11)
    assert line.median_inside


def killed_on(number: int, low: float, high: float) -> dict:
    return {"low": low, "high": high, "measure": {"kind": "value_on", "outcomes": ("killed",), "on": day(number)}}


def test_the_naive_forecasts_see_what_was_known_before_and_nothing_else():
    lines = score_patterns(
        record(killed_on(4, 8, 12), killed_on(6, 25, 35), killed_on(8, 0, 99), background=(killed_on(2, 4, 4),)),
        [course()],
    )
    assert [line.stays.value for line in lines] == [4, 10, 30]
    assert lines[0].line is None, "one value makes no line"
    assert lines[1].line.value == pytest.approx(16)
    assert not lines[1].line.inside
    assert lines[2].line.value == pytest.approx(44 / 3 + 4 * 6.5)


def test_a_straight_line_never_falls_below_nothing():
    _, line = score_patterns(
        record(killed_on(4, 2, 2), killed_on(8, 0, 1), background=(killed_on(2, 9, 9),)), [course()]
    )
    assert line.line.value == 0
    assert line.line.inside


def test_means_a_day_are_forecast_too_but_not_while_they_overlap():
    def rate(after: int, until: int, at: float) -> dict:
        measure = {"kind": "increase_per_day", "outcomes": ("killed",), "after": day(after), "until": day(until)}
        return {"low": at, "high": at, "measure": measure}

    first, second, overlapping = score_patterns(record(rate(0, 2, 3.0), rate(2, 4, 7.0), rate(3, 6, 9.0)), [course()])
    assert first.stays is None
    assert second.stays.value == 3
    assert overlapping.stays.value == 3


@pytest.mark.parametrize("kind", ["ratio", "increase", "rank_of_capture", "share_of_first", "largest_loss"])
def test_what_has_no_time_or_is_tied_to_its_span_is_not_forecast(kind):
    measure = {"kind": kind, **MEASURES[kind][0]}
    _, later = score_patterns(record(measure, measure), [course()])
    assert (later.stays, later.line) == (None, None)


def test_the_card_counts_what_can_be_compared():
    unmeasured = {"not_measured": "no such outcome"}
    card = scorecard(record(killed_on(4, 8, 12), killed_on(6, 0, 1), unmeasured), [course()], "x", "X")
    assert card.medians_inside == (1, 2)
    score = card.against("stays")
    assert (score.patterns, score.runs, score.forecast) == (1, 0, 0)
    assert list(card.table()["name"]) == ["p0", "p1", "p2"]
    assert card.data()["patterns"][2]["not_measured"] == "no such outcome"


def drawn(*compact_runs: CompactRun, pattern_days: tuple[int, ...] = (4, 6)):
    with settings():
        known = record(*(killed_on(number, 5, 25) for number in pattern_days))
        return draw_fan(fan_of(known, compact_runs), "A siege")


def test_the_figure_has_a_panel_for_what_is_known_at_two_times_and_a_line_for_each_run():
    (panel,) = drawn(course(), course("pocket_taken", days=5), course("holding", days=6)).axes
    runs_median_and_last_day = 3 + 1
    assert sum(len(line.get_xdata()) == 9 for line in panel.lines) == runs_median_and_last_day
    assert len(panel.containers) == 2, "a range for each pattern"
    assert panel.get_title(loc="left") == "T"


def test_the_figure_can_be_drawn_of_one_run_that_was_stopped_before_anything_is_known():
    figure = drawn(course("holding", days=2))
    assert "One run" in " ".join(text.get_text() for text in figure.texts)


def test_what_is_known_at_one_time_is_not_drawn():
    assert drawn(course(), pattern_days=(4,)).axes == []
