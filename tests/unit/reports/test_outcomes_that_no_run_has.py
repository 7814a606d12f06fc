"""Outcomes that no run has, or hardly any: a line on the page in every kind of design and figure, never an error."""

from __future__ import annotations

import numpy as np
import pytest

from siege_sim.analysis.figures import FIGURE_NAMES
from siege_sim.analysis.survival import survival
from siege_sim.analysis.sweep import ReportOptions, sweep_findings
from siege_sim.experiments.design import DesignFactor, GridDesign, LatinHypercube, Morris, OneAtATime, Sobol
from siege_sim.plots.sweeps import draw_figures
from siege_sim.reports.sweep import render_sweep
from siege_sim.results.sweep import Factor
from tests.unit.sweeps_for_tests import luck, sweep_of

DESIGNS = {
    "grid": GridDesign(),
    "one_at_a_time": OneAtATime(),
    "latin_hypercube": LatinHypercube(samples=8),
    "sobol": Sobol(samples=4),
    "morris": Morris(trajectories=4),
}
HAD = {
    "never": lambda point, seed: np.nan,
    "in one run": lambda point, seed: 5.0 if (point["point"], seed) == (1, 1) else np.nan,
    "in half of the points": lambda point, seed: 10 * point["fire"] + luck(seed) if point["fire"] > 0.5 else np.nan,
    "with one seed": lambda point, seed: 10 * point["fire"] if seed == 2 else np.nan,
    "always 0": lambda point, seed: 0.0,
}


QUICK = tuple(name for name in FIGURE_NAMES if name != "boxes")
"""All figures but the one whose search takes seconds, which has a test of its own."""


def played(kind: str, had: str, replications: int = 2):
    factors = [DesignFactor(name, 0.5, 0.0, 1.0, steps=3) for name in ("fire", "food")]
    points = DESIGNS[kind].points(factors)
    known = [Factor(one.name, "uncertainty", (one.name,), "", 0.0, 1.0) for one in factors]

    def play(point, seed):
        return {"died_of_hunger": HAD[had](point, seed), "civilians_killed": 100 * point["fire"] + luck(seed),
                "end_day": 5.0, "ending": "evacuated"}  # fmt: skip

    return sweep_of(kind, known, points.table.drop(columns="point"), play, replications, sample=points.sample)


@pytest.mark.parametrize("had", HAD)
@pytest.mark.parametrize("kind", DESIGNS)
def test_every_design_finds_something_or_says_why_not(kind, had):
    found = sweep_findings(played(kind, had), ReportOptions(("died_of_hunger", "civilians_killed"), QUICK))
    shown = [one for part in found.figures for one in part.findings]
    assert any("civilians_killed" in one.name for one in shown), "the other outcome is shown as ever"
    if had == "never":
        assert not any("died_of_hunger" in one.name for one in shown)
        reasons = [reason for part in found.figures for reason in part.left_out]
        assert "no finished run has a value of 'died_of_hunger' (Died of hunger)" in reasons


@pytest.mark.parametrize("kind", DESIGNS)
def test_a_page_of_such_an_outcome_alone_has_the_line(kind):
    options = ReportOptions(("died_of_hunger",))
    found = sweep_findings(played(kind, "never"), options)
    assert "no finished run has a value of" in render_sweep(found, draw_figures(found), "x")


@pytest.mark.parametrize("kind", DESIGNS)
def test_a_question_that_no_run_can_answer_is_a_line_too(kind):
    options = ReportOptions(("civilians_killed",), ("boxes",), ("died_of_hunger>3",))
    found = sweep_findings(played(kind, "never"), options)
    assert [part.left_out for part in found.figures if part.figure == "boxes" and not part.findings]


def test_an_outcome_that_never_moves_has_no_strongest_factor():
    found = sweep_findings(played("latin_hypercube", "always 0"), ReportOptions(("died_of_hunger",), ("scatter",)))
    assert found.figures[0].findings[0].sentence.endswith("No factor goes with it.")


def test_thirds_of_a_range_are_told_with_the_name_of_their_factor():
    factors = (Factor("sorties", "uncertainty", ("sorties",), "sorties/day", 0.0, 1.0),)
    design = LatinHypercube(samples=12).points([DesignFactor("sorties", 0.5, 0.0, 1.0)])

    def play(point, seed):
        return {"end_day": 10.0 + round(20 * point["sorties"]), "ending": "evacuated"}

    sweep = sweep_of("latin_hypercube", factors, design.table.drop(columns="point"), play, 2)
    assert survival(sweep).sentence.startswith("Half of the sieges had ended, by sorties: ")
