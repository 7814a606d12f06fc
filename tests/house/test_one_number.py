"""One value reads the same on every page and in the terminal."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from siege_sim.analysis.comparison.effects import Effect
from siege_sim.analysis.comparison.paired import Difference
from siege_sim.analysis.run import KeyNumber
from siege_sim.analysis.sweep import ReportOptions
from siege_sim.reports.comparison import print_comparison, render_comparison
from siege_sim.reports.run import render_run
from siege_sim.reports.scorecard import print_scorecard, render_scorecard
from siege_sim.reports.summary import print_summary
from siege_sim.results.numbers import number
from siege_sim.results.sweep import Factor
from siege_sim.validation.scorecard import scorecard
from tests.unit.analysis.comparison import test_comparison
from tests.unit.reports.test_report import found, retold
from tests.unit.reports.test_sweep_report import html_of
from tests.unit.sweeps_for_tests import sweep_of
from tests.unit.validation import test_scorecard as test_scoring

PERSONS = (0.4, 0.04, 3.0, 5.225, 52.23, 122.5, 1487.4, 250_000.0)
SHARES = (0.004, 0.0004, 0.225, 0.9996, 1.0)
VALUES = [*((value, "persons") for value in PERSONS), *((value, "share") for value in SHARES)]
MADE = {
    "program": "siege_sim", "version": "1", "git_commit": None, "python": "3", "packages": {}, "scenario_digest": "d",
}  # fmt: skip


def on_the_page_of_a_run(value, unit):
    return render_run(found(numbers=(KeyNumber("What is counted", "counted", unit, (value,) * 4),)), [])


def compared(value, unit):
    difference = Difference(4, before=value, after=value, low=0.0, high=0.0, lower=0.0, higher=0.0)
    of = test_comparison.comparison(test_comparison.base(), test_comparison.base())
    one = replace(of.what_ifs[0], effects=(Effect("aid", "counted", "What is counted", unit, difference),))
    return replace(of, what_ifs=(one,), made=MADE)


def scored(value, unit):
    pattern = {"title": "What is counted", "unit": {"share": "%"}.get(unit, unit), "low": 0.0, "high": 1.0}
    of = test_scoring.course(killed=[value] * 9)
    measure = {"kind": "value_on", "outcomes": ("killed",), "on": test_scoring.day(4)}
    card = scorecard(test_scoring.record({**pattern, "measure": measure}), [of], "x", "X")
    return replace(card, made=MADE)


def on_the_page_of_a_sweep(value, unit):
    factors = (Factor("fire", "uncertainty", values=(1.0, 2.0)),)
    design = pd.DataFrame({"fire": [1.0, 2.0]})
    sweep = sweep_of("grid", factors, design, lambda point, seed: {"counted": value}, 2)
    sweep.manifest["outcomes"]["counted"] = {"unit": unit, "label": "What is counted"}
    return html_of(sweep, ReportOptions(outcomes=("counted",), figures=("heat_map",)))


@pytest.mark.parametrize(("value", "unit"), VALUES)
def test_a_value_reads_the_same_on_every_page(value, unit):
    pages = (
        on_the_page_of_a_run(value, unit),
        on_the_page_of_a_sweep(value, unit),
        render_comparison(compared(value, unit), [], "x"),
        render_scorecard(scored(value, unit), None),
    )
    for html in pages:
        cells = re.findall(r'<td class="n[^"]*">([^<]*)</td>', html)
        assert number(value, unit) in cells


@pytest.mark.parametrize(("value", "unit"), VALUES)
def test_a_value_reads_the_same_in_the_terminal(value, unit, toy_result, tmp_path, capsys):
    name = {"persons": "civilians_killed", "share": "garrison_area_share"}[unit]
    print_summary(retold(toy_result, summary={name: value}))
    print_comparison(compared(value, unit), tmp_path)
    print_scorecard(scored(value, unit), tmp_path)
    said = capsys.readouterr().out
    label = {"persons": "Civilians killed (all violence)", "share": "Area held by the town militia"}[unit]
    for words in (label, "What is counted"):
        rows = [row for row in said.splitlines() if row.lstrip().startswith(words) and f"{words}:" not in row]
        assert len(rows) == (1 if words == label else 2)
        for row in rows:
            assert f" {number(value, unit)} " in f"{row} "


def test_0_4_is_never_0():
    for value in np.geomspace(1e-6, 0.49, 50):
        for unit in ("persons", "share"):
            assert number(value, unit) not in ("0", "-0", "0.0")
