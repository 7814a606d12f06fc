"""A brief: what stands on it, in which order, and that it stays short whatever is compared."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from siege_sim.analysis.comparison.comparison import Arm, Comparison
from siege_sim.analysis.comparison.comparison_findings import ComparisonFindings, comparison_findings
from siege_sim.analysis.comparison.traces import trace_of
from siege_sim.analysis.comparison.uncertain import uncertain_findings
from siege_sim.reports.brief import BRIEF_ROWS, MOST_WHAT_IFS, brief_content, brief_rows, render_brief
from tests.unit.analysis.comparison.test_comparison import KNOWN, LAST, MADE, START, course

OUTCOMES = ("civilians_killed", "ending", "kcal_eaten_per_person", "garrison_area_share", "left_by_road",
            "day_pocket_split", "end_day")  # fmt: skip
LONG = "What if a very long question had been asked of everybody in every quarter of the town at the same time of day?"


def findings(what_ifs: int, pairs: int = 4, uncertain: bool = False, together: bool = False) -> ComparisonFindings:
    """Return what is found of a baseline and some what-ifs with long texts, each of which kills more."""
    quantities = tuple(KNOWN[name] for name in OUTCOMES)
    arms = [
        Arm(
            f"arm_{n}",
            f"{LONG} ({n})",
            f"{LONG} {LONG} {LONG}",
            about=OUTCOMES[:4],
            doubts=(f"{n}: {LONG} {LONG}",) * 2,
        )
        for n in range(what_ifs + 1)
    ]
    traces = tuple(
        tuple(trace_of(course(seed, 10 * seed + 9 * n * seed, ending="evacuated" if (n + seed) % 2 else "pocket_taken"),
                       quantities, LAST) for seed in range(1, pairs + 1))
        for n in range(what_ifs + 1)
    )  # fmt: skip
    place = what_ifs if together else None
    compared = Comparison(tuple(arms), quantities, START, LAST, None, traces, together=place)
    found = replace(comparison_findings(compared), made=MADE)
    return (
        replace(found, uncertain=uncertain_findings(compared, f"9 parameters {LONG}", found.runs))
        if uncertain
        else found
    )


def test_it_has_question_answer_figure_table_limits_and_how_it_was_made_in_this_order():
    html = render_brief(brief_content(findings(2), "siege-sim compare base aid"))
    places = [
        html.index(text) for text in (">Question<", ">Answer<", "<figure", "<table", ">Limits<", ">How it was made<")
    ]
    assert places == sorted(places)
    assert html.count("<figure") == html.count("<table") == 1
    assert "siege-sim compare base aid" in html
    assert "<script" not in html


@pytest.mark.parametrize("what_ifs", [1, 2, 3, 5])
def test_the_table_has_at_most_six_rows_with_a_column_for_each_of_three_what_ifs(what_ifs):
    html = render_brief(brief_content(findings(what_ifs), "x"))
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", html, flags=re.DOTALL)
    assert len(rows) == BRIEF_ROWS
    assert all(row.count("<td") == 1 + min(what_ifs, MOST_WHAT_IFS) for row in rows)
    assert (f"{what_ifs - MOST_WHAT_IFS} more what-ifs were compared" in html) == (what_ifs > MOST_WHAT_IFS)


def test_deaths_come_first_and_an_ending_and_the_date_are_always_there():
    names = [row[0].name for row in brief_rows(findings(1).what_ifs)]
    assert names[0] == "civilians_killed"
    assert names[-1] == "end_day"
    assert any(name.startswith("ending:") for name in names)


def test_one_pair_has_no_claim_and_still_a_brief():
    html = render_brief(brief_content(findings(1, pairs=1), "x"))
    assert "no effect can be called clear" in html


def test_texts_of_scenarios_are_not_trusted():
    found = findings(1)
    evil = replace(found, baseline=replace(found.baseline, title="<script>alert(1)</script>"))
    assert "<script" not in render_brief(brief_content(evil, "x"))


def test_drawn_parameters_and_doubts_stand_among_the_limits():
    html = render_brief(brief_content(findings(2, uncertain=True), "x"))
    limits = html[html.index(">Limits<") :]
    assert "With uncertain parameters (4 pairs: 9 parameters" in limits
    assert "1: What if a very long question" in limits
    assert "--uncertain</code> adds it" not in limits


def test_what_was_set_stands_in_the_question_and_not_as_a_key_in_the_title():
    found = findings(1)
    title, changed = "A siege (changed: population.persons_per_household 50 (5.4))", ("Changed in a_siege: rows.",)
    content = brief_content(replace(found, baseline=replace(found.baseline, title=title, changed=changed)), "x")
    assert content.title == "A siege: what if?"
    assert "Changed in a_siege: rows." in content.question


@pytest.mark.parametrize("what_ifs", [1, 3])
def test_what_is_clear_in_the_table_is_said_before_what_is_not(what_ifs):
    """A what-if that is about other things, and kills more: the answer must not leave it out for want of room."""
    found = findings(what_ifs, pairs=8)
    arms = tuple(replace(one, arm=replace(one.arm, about=("kcal_eaten_per_person",))) for one in found.what_ifs)
    content = brief_content(replace(found, what_ifs=arms), "x")
    killed = [row for row in content.rows if "killed" in row[0]["text"]]
    assert killed
    assert all(cell["is_clear"] for cell in killed[0][2:])
    for _, sentences in content.answers[:what_ifs]:
        assert any("killed by violence" in sentence for sentence in sentences)
