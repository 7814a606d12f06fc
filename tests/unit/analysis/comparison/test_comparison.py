"""Comparing runs: what is kept of them, effects by outcome, day and quarter on compact_runs made by hand, and words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fnmatch import fnmatch

import numpy as np
import pandas as pd
import pytest

from siege_sim import load_scenario
from siege_sim.analysis.comparison.compared import (
    DEFAULT_COMPARED,
    compared_quantities,
    target_of,
)
from siege_sim.analysis.comparison.comparison import Arm, Comparison, InterimLook
from siege_sim.analysis.comparison.comparison_findings import ComparisonFindings, comparison_findings
from siege_sim.analysis.comparison.traces import trace_of
from siege_sim.errors import ResultError
from siege_sim.plots.effects import effect_sketches
from siege_sim.plots.style import settings
from siege_sim.reports.comparison import render_comparison
from siege_sim.reports.effects import effect_cells, effects_shown, precision_sentences, stopping
from siege_sim.results.run import CompactRun
from siege_sim.runner.compare import known_quantities

START = date(2016, 9, 22)
LAST = 6
KNOWN = known_quantities([load_scenario("toy_town")])
WANTED = (
    "civilians_killed",
    "kcal_eaten_per_person",
    "garrison_area_share",
    "day_pocket_split",
    "ending",
    "left_by_road",
)


def course(seed: int, killed: float, split: int | None = 3, ending: str = "evacuated", days: int = 4, captured=(2, 4)):
    """A siege of some days, with nobody in the pocket on the last one."""
    last = days == LAST and ending == "holding"
    rows = range(days + 1)
    series = pd.DataFrame(
        {
            "date": [(START + timedelta(days=day)).isoformat() for day in rows],
            "civilians_in_pocket": [100.0] * days + [100.0 if last else 0.0],
            "civilians_killed": [killed * day / days for day in rows],
            "kcal_eaten_per_person": [np.nan] + [1000.0 + 10 * seed] * (days - 1) + [np.nan],
            "garrison_area_share": [1.0] * days + [0.0],
            "left_by_road": [0.0] * (days + 1),
        }
    )
    quarters = pd.DataFrame(
        {
            "quarter": ["A", "B", "West"],
            "garrison_cells_on_day_0": [3, 4, 0],
            "civilians_killed": [killed, 0.0, 0.0],
            "civilians_left": [seed, 2 * seed, 0],
            "day_captured": pd.array([*captured, None], "Int64"),
        }
    )
    return CompactRun(
        seed, ending, series, quarters, {"program": "siege_sim"}, {"day_pocket_split": split, "end_day": days}
    )


def comparison(*arms: list[CompactRun], outcomes: tuple[str, ...] = WANTED, **more) -> ComparisonFindings:
    quantities = tuple(KNOWN[name] for name in outcomes)
    traces = tuple(tuple(trace_of(one, quantities, LAST) for one in compact_runs) for compact_runs in arms)
    names = tuple(Arm(name, f"What if {name}?", "Summary.") for name in ("base", "aid", "road")[: len(arms)])
    return comparison_findings(Comparison(names, quantities, START, LAST, more.pop("until", None), traces, **more))


def base() -> list[CompactRun]:
    return [course(1, 10), course(2, 30), course(3, 20), course(4, 40)]


def what_if(of: ComparisonFindings, name: str = "aid"):
    return next(one for one in of.what_ifs if one.arm.name == name)


def effect(of: ComparisonFindings, name: str, arm: str = "aid"):
    return next(one for one in what_if(of, arm).effects if one.name == name)


@pytest.mark.parametrize("result", ["toy_result", "stressed_result"])
def test_what_is_read_as_a_count_never_falls(result, request):
    series = request.getfixturevalue(result).series
    for quantity in KNOWN.values():
        if quantity.reading == "count":
            assert (np.diff(series[quantity.name]) >= -1e-9).all(), f"{quantity.name} is a state"


def test_all_names_are_those_of_a_run(toy_result):
    assert set(KNOWN) == set(toy_result.summary) - {"end_date"}
    assert all(any(fnmatch(name, usual) for name in KNOWN) for usual in DEFAULT_COMPARED)


def test_a_count_is_kept_after_the_end_and_a_state_is_not():
    quantities = tuple(KNOWN[name] for name in ("civilians_killed", "kcal_eaten_per_person", "garrison_area_share"))
    killed, eaten, area = trace_of(course(1, 8.0), quantities, LAST).curves
    assert killed.tolist() == [0, 2, 4, 6, 8, 8, 8]
    assert np.isnan(eaten[[0, 4, 5, 6]]).all()
    assert eaten[2] == 1010
    assert area.tolist() == [1, 1, 1, 1, 0, 0, 0]


def test_the_numbers_of_a_run_are_ends_means_and_what_happened():
    quantities = compared_quantities(WANTED, KNOWN)
    killed, eaten, area, split, ending, _ = trace_of(course(1, 8.0, split=None), quantities, LAST).numbers
    assert (killed, eaten, area) == pytest.approx((8.0, 1010.0, 4 / 7))
    assert np.isnan([split, ending]).all()


def test_only_quarters_besieged_on_day_0_are_kept():
    trace = trace_of(course(3, 8.0, captured=(2, None)), (), LAST)
    assert trace.places == ("A", "B")
    assert trace.quarters[:, 0].tolist() == [8, 3, 2]
    assert np.isnan(trace.quarters[2, 1])


def test_the_effect_is_the_mean_difference_of_pairs_with_one_seed():
    with_it = [course(1, 12), course(2, 28), course(3, 26), course(4, 46)]
    found = effect(comparison(base(), with_it), "civilians_killed").difference
    assert (found.before, found.after, found.middle) == (25, 28, 3)
    assert (found.lower, found.higher) == (0.25, 0.75)
    assert found.low < 3 < found.high
    assert found.unpaired > 4, "the pairs go together"


def test_what_never_happened_in_some_runs_is_a_share_and_a_mean_of_the_others():
    with_it = [course(1, 10, split=5), course(2, 30, split=None), course(3, 20, split=None), course(4, 40, split=6)]
    of = comparison(base(), with_it)
    day, share = effect(of, "day_pocket_split"), effect(of, "day_pocket_split:happened")
    assert (day.difference.pairs, day.difference.middle, day.left_out) == (2, 2.5, 2)
    assert (share.difference.before, share.difference.after, share.difference.pairs) == (1.0, 0.5, 4)
    assert "Pairs left out" in " ".join(precision_sentences(what_if(of).effects))


def test_what_happened_in_every_run_needs_no_share():
    assert [one.name for one in what_if(comparison(base(), base())).effects].count("day_pocket_split:happened") == 0


def test_how_sieges_ended_is_compared_as_shares_of_runs():
    with_it = [course(n, 10, ending="pocket_taken" if n < 4 else "evacuated") for n in range(1, 5)]
    of = comparison(base(), with_it)
    assert of.endings == {
        "base": {"pocket_taken": 0.0, "evacuated": 1.0},
        "aid": {"pocket_taken": 0.75, "evacuated": 0.25},
    }
    assert effect(of, "ending:pocket_taken").difference.middle == 0.75


def test_what_ifs_share_the_runs_of_the_baseline():
    of = comparison(base(), base(), [course(n, 50) for n in range(1, 5)])
    assert effect(of, "civilians_killed").difference.middle == 0
    assert effect(of, "civilians_killed", "road").difference.middle == 25
    assert (what_if(of).first_differing_day, what_if(of, "road").first_differing_day) == (None, 1)


def test_days_are_compared_over_the_pairs_that_have_a_number_on_them():
    with_it = [course(1, 20, days=4), course(2, 60, days=6), course(3, 40, days=6), course(4, 80, days=6)]
    killed, eaten, area = what_if(comparison(base(), with_it)).days[:3]
    assert killed.middle[-1] == pytest.approx(25)
    assert killed.pairs.tolist() == [4] * 7
    assert eaten.pairs.tolist() == [0, 4, 4, 4, 0, 0, 0]
    assert np.isnan(eaten.middle[[0, 5]]).all()
    assert area.middle[4] == pytest.approx(0.75), "three of four still hold all of it"


def test_quarters_are_compared_in_deaths_departures_and_when_they_were_lost():
    with_it = [course(n, 10 * n, captured=(4, None if n == 1 else 5)) for n in range(1, 5)]
    first, second = what_if(comparison(base(), with_it)).quarters
    assert first.quarter == "A"
    assert [one.middle for one in first.differences] == [0, 0, 2]
    assert second.differences[2].pairs == 3
    assert (second.lost.before, second.lost.after) == (1.0, 0.75)


def test_tables_have_a_row_for_all_there_is():
    of = comparison(base(), base(), base())
    assert len(of.days_table()) == 2 * 4 * (LAST + 1)
    assert len(of.quarters_table()) == 2 * 2 * 4
    assert of.runs["scenario"].tolist() == ["base"] * 4 + ["aid"] * 4 + ["road"] * 4
    assert set(of.effects_table()["what_if"]) == {"aid", "road"}


def test_the_cells_of_a_row_are_written_by_the_rule_for_numbers():
    with_it = [course(1, 12), course(2, 28), course(3, 26), course(4, 46)]
    of = comparison(base(), with_it)
    label, before, after, gap, between, lower, higher, _ = effect_cells(effect(of, "civilians_killed"))
    assert (label, before, after, gap, lower, higher) == (
        "Civilians killed (all violence)", "25", "28", "+3", "25 %", "75 %",
    )  # fmt: skip
    assert between == "-3.09 to +9.09"  # 3.182 x 3.83 / 2 to either side
    assert effect_cells(effect(of, "garrison_area_share"))[:4] == (
        "Area held by the town militia (mean), %",
        "57.1",
        "57.1",
        "0",
    )


def test_what_is_0_in_every_run_is_named_and_needs_no_row():
    rows, empty = effects_shown(what_if(comparison(base(), base())).effects)
    assert empty == ["Left by an open road"]
    assert "left_by_road" not in [row.name for row in rows]


def test_it_says_when_an_interval_stopped_the_adding_and_when_it_did_not():
    until = target_of("5", compared_quantities(WANTED, KNOWN))
    reached, not_reached = (
        comparison(base(), base(), until=until, looks=(InterimLook(4, width),)) for width in (4.0, 6.0)
    )
    assert "Runs were added until" in stopping(reached)[0]
    assert "did not become as narrow" in stopping(not_reached)[0]
    assert stopping(comparison(base(), base())) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("wide", "'wide' is not a width above 0; write for example --until civilians_killed=200, in persons"),
        ("-3", "is not a width above 0"),
        ("nan", "is not a width above 0"),
        ("civilians_kild=3", "did you mean 'civilians_killed'?"),
        ("ending=3", "'ending' is not one of the compared numbers"),
        ("end_day=3", "'end_day' is not one of the compared numbers"),
    ],
)
def test_a_width_that_is_none_is_refused(text, said):
    with pytest.raises(ResultError) as refused:
        target_of(text, compared_quantities(WANTED, KNOWN))
    assert said in str(refused.value)


def test_a_width_belongs_to_the_first_number_or_to_the_one_that_is_named():
    chosen = compared_quantities(("ending", "end_day", "evacuated"), KNOWN)
    assert target_of("2000", chosen).name == "end_day"
    assert target_of("evacuated=2000", chosen).name == "evacuated"


@pytest.mark.parametrize(
    "arms",
    [
        pytest.param(
            (base(), [course(n, 50, split=None, captured=(None, None)) for n in range(1, 5)]), id="one what-if"
        ),
        pytest.param((base(), base(), [course(n, 500) for n in range(1, 5)]), id="two, one of which changes nothing"),
        pytest.param((base()[:1], base()[:1]), id="one pair"),
    ],
)
def test_every_figure_can_be_drawn_and_says_how_many_runs(arms):
    of = comparison(*arms)
    sketches = effect_sketches(of)
    assert sketches[0].name == "effects"
    for sketch in sketches:
        with settings():
            figure = sketch.draw()
            figure.canvas.draw()
        words = " ".join(text.get_text() for text in figure.texts).replace("\n", " ")
        assert ("1 pair of runs, seed 1" if len(arms[0]) == 1 else "4 pairs of runs, seeds 1 to 4") in words


MADE = {"program": "siege_sim", "version": "1", "git_commit": None, "python": "3", "packages": {}}


def test_a_page_is_written_from_findings_alone_and_trusts_no_text():
    of = comparison(base(), [course(n, 50) for n in range(1, 5)])
    evil = replace(of, baseline=Arm("base", "<script>alert('x')</script>", "Summary."), made=MADE)
    html = render_comparison(evil, [], "siege-sim compare base aid")
    assert "<script" not in html
    assert "4 pairs of runs, seeds 1 to 4" in html
    assert effect_cells(effect(of, "civilians_killed"))[4] in html


@pytest.mark.parametrize(("more", "bold"), [(1000, 2), (0, 0)])
def test_a_page_marks_the_differences_that_are_clear_of_0_and_no_others(more, bold):
    with_it = [course(n, killed + more) for n, killed in enumerate((12, 28, 26, 46), start=1)]
    of = replace(comparison(base(), with_it, outcomes=("civilians_killed",)), made=MADE)
    assert render_comparison(of, [], "x").count('class="n clear"') == bold
