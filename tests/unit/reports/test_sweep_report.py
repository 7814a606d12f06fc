"""Figures and page of a sweep: they say what the sweep says, and stand alone."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from siege_sim.analysis.completeness import runs_text
from siege_sim.analysis.figures import FIGURE_NAMES, FIGURES_BY_DESIGN, usual_figures
from siege_sim.analysis.findings import FINDING_KINDS, About, find_figures
from siege_sim.analysis.index_tables import indices_table
from siege_sim.analysis.quantities import chosen_quantities
from siege_sim.analysis.sweep import ReportOptions, sweep_findings
from siege_sim.errors import ResultError
from siege_sim.plots.style import settings
from siege_sim.plots.sweeps import SWEEP_FIGURES, draw_figures, sketches_of
from siege_sim.reports.sweep import command, render_sweep
from siege_sim.results.sweep import Factor
from tests.unit.analysis.test_sweep_analysis import cube, grid, ishigami_sweep, morris_sweep, one_at_a_time, policies
from tests.unit.plots.test_plots import assert_readable
from tests.unit.reports.test_report import Page
from tests.unit.sweeps_for_tests import luck, ranges, sweep_of

WISH = ReportOptions()
EVIL = "<script>alert('x')</script>"


def aid(point, seed):
    deaths = 400 - 90 * (point["aid"] == "weekly") + 30 * luck(seed)
    return {"died_of_hunger": deaths, "end_day": 80 + seed, "ending": "evacuated" if seed % 2 else "pocket_taken"}


def two_policies(**options):
    factors = (Factor("aid", "lever", values=("none", "weekly")),)
    return sweep_of("grid", factors, pd.DataFrame({"aid": ["none", "weekly"]}), aid, 8, **options)


def found_of(sweep, *names, **more):
    quantities = chosen_quantities(sweep, ["died_of_hunger"])
    return {one.figure: one for one in find_figures(sweep, names, quantities, **more)}


def figures_of(sweep, name):
    about = About("A function with a known answer", runs_text(sweep))
    with settings():
        return [(sketch.sentence, sketch.draw()) for sketch in sketches_of(found_of(sweep, name)[name], about)]


def html_of(sweep, options=WISH, target="results/x"):
    findings = sweep_findings(sweep, options)
    return render_sweep(findings, draw_figures(findings), command(target, options))


def text_of(html):
    return re.sub(r"\s+", " ", Page(html).text)


def texts(figure):
    return " ".join(text.get_text() for text in figure.findobj(Text))


def test_every_figure_that_may_be_named_exists_and_no_other():
    assert tuple(figure.name for figure in SWEEP_FIGURES) == tuple(FINDING_KINDS) == FIGURE_NAMES
    assert {name for names in FIGURES_BY_DESIGN.values() for name in names} <= set(FIGURE_NAMES)


def harm_by_need(point, seed):
    saved = {"none": 0.0, "flour": 50 * point["need"], "clinic": 30.0}[point["aid"]]
    return {"died_of_hunger": 100 - saved + luck(seed), "end_day": 90 + seed, "ending": "evacuated"}


SWEEPS = {
    "heat_map": grid,
    "response_surface": grid,
    "points": one_at_a_time,
    "tornado": one_at_a_time,
    "scatter": lambda: ishigami_sweep(count=32),
    "sobol": lambda: ishigami_sweep(count=64),
    "morris": lambda: morris_sweep(lambda point, seed: {"died_of_hunger": point["a"] ** 2 - point["b"]}),
    "regret": lambda: policies(harm_by_need),
    "survival": two_policies,
    "convergence": two_policies,
}


@pytest.mark.parametrize("name", sorted(SWEEPS))
def test_every_figure_says_its_runs_and_seeds(name):
    sweep = SWEEPS[name]()
    sentence, figure = figures_of(sweep, name)[0]
    shown = re.sub(r"\s+", " ", texts(figure))
    assert f"{len(sweep.runs):,} runs" in shown
    assert "seed" in shown
    assert "A model, not a record." in shown
    assert sentence[:40] in shown


@pytest.mark.parametrize("name", ["scatter", "survival", "boxes"])
def test_long_names_and_small_numbers_can_be_read(name):
    hazard, days, fire, area = (
        f"processes.{key}"
        for key in (
            "desertion.hazard_per_round", "besieger_command.prepare_days", "morale.fire_weight",
            "strike_effects.affected_area_m2",
        )
    )  # fmt: skip
    factors = (
        Factor(hazard, "uncertainty", (hazard,), "1/round", 0.0001, 0.001),
        Factor(days, "uncertainty", (days,), "days", 2, 6),
        Factor(fire, "uncertainty", (fire,), "1/day", 0.005, 0.05),
        Factor(area, "uncertainty", (area,), "m2", 250, 700),
    )

    def play(point, seed):
        harm = 3e5 * point[hazard] + point[days] + 40 * point[fire] + point[area] / 200 + luck(seed)
        return {"died_of_hunger": harm, "end_day": 120 - harm / 10, "ending": "evacuated"}

    spread = cube(160, (hazard, days, fire, area))
    design = pd.DataFrame({f.name: f.low + (f.high - f.low) * spread[f.name] for f in factors})
    for _, figure in figures_of(sweep_of("latin_hypercube", factors, design, play), name):
        assert_readable(figure)


def test_a_box_says_its_density_and_coverage_and_how_it_does_elsewhere():
    def play(point, seed):
        return {"died_of_hunger": 900.0 if point["a"] > 0.5 else 0.0}

    sweep = sweep_of("latin_hypercube", ranges("a", "b"), cube(80, ("a", "b")), play)
    sentence, figure = figures_of(sweep, "boxes")[0]
    assert "density" in sentence
    assert "coverage" in sentence
    assert "In other halves" in sentence
    assert "80 runs" in re.sub(r"\s+", " ", texts(figure))


@pytest.mark.parametrize(
    ("method", "sweep", "names"),
    [
        ("sobol", lambda: ishigami_sweep(count=64), {"S1", "ST"}),
        ("sobol", lambda: ishigami_sweep(count=64, second_order=True), {"S1", "ST", "S2"}),
        (
            "morris",
            lambda: morris_sweep(lambda point, seed: {"died_of_hunger": point["a"] - 1}),
            {"mu", "mu_star", "sigma"},
        ),
    ],
)
def test_a_table_has_every_index_that_the_figure_shows_with_its_interval(method, sweep, names):
    sweep = sweep()
    part = found_of(sweep, method)[method]
    table, shown = indices_table([part]), part.findings[0].shows
    assert set(table["index"]) == names
    for name, values in shown.values.items():
        rows = table[table["index"] == name]
        assert rows["factor"].tolist() == [factor.name for factor in shown.factors]
        assert rows["value"].tolist() == values.tolist()
        if name in shown.reach:
            assert (rows["high"] - rows["low"]).tolist() == pytest.approx(2 * shown.reach[name])
        else:
            assert rows["low"].isna().all()
    assert len(table[table["index"] == "S2"]) == len(shown.pairs)
    assert (table["with_factor"] != "").sum() == len(shown.pairs)


def test_the_page_has_the_indices_as_a_table_the_most_important_factor_first():
    html = html_of(ishigami_sweep(count=64), ReportOptions(("died_of_hunger",), ("sobol",)))
    text = text_of(html)
    assert "Sensitivity indices" in text
    assert "In total, with interactions" in text
    assert "indices.csv" in text
    rows = re.findall(r'<th scope="row">(x\d)[^<]*</th><td class="n">([\d.]+) ± ', html)
    values = [float(value) for _, value in rows]
    assert len(rows) == 3
    assert values == sorted(values, reverse=True)


def test_a_page_without_indices_has_no_table_of_them():
    assert "indices" not in html_of(two_policies()).lower().split("<main>")[1].split("made")[0]


def test_a_figure_that_the_design_cannot_give_is_left_out_with_its_reason():
    found = found_of(two_policies(), "heat_map", "sobol", "regret")
    assert found["heat_map"].left_out == ("it takes two factors with a few values each",)
    assert "not a Saltelli sample" in found["sobol"].left_out[0]
    assert "one world only" in found["regret"].left_out[0]
    assert not any(one.findings for one in found.values())


def test_effects_that_may_be_chance_are_hatched():
    def play(point, seed):
        return {"died_of_hunger": 100 * point["fire"] + luck(1000 * int(point["food"]) + seed)}

    design = pd.DataFrame({"fire": [1.0, 2.0, 1.0], "food": [1.0, 1.0, 2.0]})
    factors = (Factor("fire", "uncertainty", low=1, high=2), Factor("food", "lever", low=1, high=2))
    sweep = sweep_of("one_at_a_time", factors, design, play, replications=10)
    sentence, figure = figures_of(sweep, "tornado")[0]
    bars = [patch for patch in figure.axes[0].patches if patch.get_width()]
    assert [bar.get_hatch() or "" for bar in bars] == ["", "////"]
    assert "1 have none" in sentence


def test_a_heat_map_marks_a_square_without_runs():
    sweep = grid(missing=[(0, r) for r in range(4)])
    _, figure = figures_of(sweep, "heat_map")[0]
    assert "no run" in texts(figure)
    assert "44 runs (of 48 planned: 12 points x 4)" in re.sub(r"\s+", " ", texts(figure))


def test_the_page_stands_alone_and_trusts_no_text():
    sweep = two_policies()
    evil = {**sweep.manifest, "title": EVIL, "summary": EVIL, "name": EVIL, "version": EVIL, "packages": {EVIL: EVIL}}
    html = html_of(
        type(sweep)(evil, sweep.factors, sweep.design, sweep.runs, sweep.series, sweep.quarters), target=EVIL
    )
    page = Page(html)
    assert "<script" not in html
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "link", "iframe", "object"}
    sources = [attributes["src"] for tag, attributes in page.tags if tag == "img"]
    assert sources
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    assert all(attributes["alt"] for tag, attributes in page.tags if tag == "img")
    assert "http:" not in html
    assert "https:" not in html


def test_the_page_of_a_sweep_with_holes_opens_with_them():
    text = text_of(html_of(two_policies(failed=[(0, 3)], missing=[(1, 7)])))
    assert "Not complete. 14 of 16 planned runs are finished; 1 failed; 1 have not been run." in text
    assert text.index("Not complete") < text.index("How to read it")


def test_a_whole_sweep_is_not_called_incomplete():
    assert "Not complete" not in html_of(two_policies())


def test_the_same_sweep_gives_the_same_page():
    assert html_of(two_policies()) == html_of(two_policies())


def test_the_table_of_differences_holds_the_paired_effect():
    text = text_of(html_of(two_policies()))
    assert re.search(r"Died of hunger \(persons\) ?aid ?none to weekly ?-90 ± \S+ ?8 ?yes", text)


def test_the_experiment_chooses_the_figures_unless_the_command_does():
    sweep = two_policies(figures=["survival"])
    assert [one.figure for one in sweep_findings(sweep, WISH).figures] == ["survival"]
    assert [one.figure for one in sweep_findings(sweep, ReportOptions(figures=("points",))).figures] == ["points"]
    assert usual_figures(sweep) == ("tornado", "points", "survival", "convergence")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (ReportOptions(outcomes=("died_of_hungr",)), "did you mean 'died_of_hunger'"),
        (ReportOptions(figures=("heatmap",)), "did you mean 'heat_map'"),
        (ReportOptions(by="aids"), "did you mean 'aid'"),
        (ReportOptions(cases=("died_of_hunger=many",)), "write one like"),
    ],
)
def test_names_that_are_not_known_are_refused_with_the_nearest(options, words):
    with pytest.raises(ResultError, match=words):
        sweep_findings(two_policies(), options)


def test_ways_to_end_are_shares_of_runs():
    text = text_of(html_of(two_policies(), ReportOptions(outcomes=("ending",), figures=("points",))))
    assert "Ended: agreed evacuation" in text
    assert "50 ±" in text


def test_an_outcome_that_no_run_has_is_shown_as_unknown():
    def play(point, seed):
        return {"died_of_hunger": 3.0, "days_to_half": np.nan}

    factors = (Factor("aid", "lever", values=("none", "weekly")),)
    sweep = sweep_of("grid", factors, pd.DataFrame({"aid": ["none", "weekly"]}), play, 4)
    findings = sweep_findings(sweep, ReportOptions(outcomes=("days_to_half",)))
    assert "Days to half" in render_sweep(findings, (), "")
    assert not any(one.findings for one in findings.figures if one.figure == "tornado")


@pytest.mark.parametrize(("name", "missing"), [("boxes", "ema_workbench"), ("sobol", "SALib")])
def test_without_an_extra_library_the_rest_is_still_drawn(monkeypatch, name, missing):
    sweep = ishigami_sweep(count=64)
    for module in [module for module in sys.modules if module.split(".")[0] == missing]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, missing, None)
    found = found_of(sweep, name, "scatter")
    assert "pip install 'siege_sim[analysis]'" in found[name].left_out[0]
    assert found["scatter"].findings


def test_survival_is_parted_by_the_factor_that_is_asked_for():
    sweep = grid()
    runs = sweep.runs.assign(end_day=50 + sweep.runs["point"], ending="evacuated")
    sweep = type(sweep)(sweep.manifest, sweep.factors, sweep.design, runs, sweep.series, sweep.quarters)
    sentence = found_of(sweep, "survival", by="convoys")["survival"].findings[0].sentence
    assert sentence.startswith("Half of the sieges had ended: convoys 0: on day 53; convoys 10: on day 54")


def test_what_a_sweep_says_is_found_without_anything_that_draws():
    code = (
        "import sys\n"
        "from tests.unit.analysis.test_sweep_analysis import grid\n"
        "from siege_sim.analysis.sweep import ReportOptions, sweep_findings\n"
        "import siege_sim.reports.sweep\n"
        "found = sweep_findings(grid(), ReportOptions(figures=('heat_map', 'survival', 'convergence', 'regret')))\n"
        "print(*[one.figure for one in found.figures])\n"
        "assert not {'matplotlib', 'mesa', 'siege_sim.model.model'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "heat_map regret survival convergence\n", done.stderr


def test_shares_are_in_per_cent_wherever_they_stand():
    def play(point, seed):
        return {"body": 0.004 * point["fire"], "end_day": 90.0, "ending": "evacuated"}

    factors = (Factor("fire", "uncertainty", values=(1.0, 2.0)),)
    sweep = sweep_of("grid", factors, pd.DataFrame({"fire": [1.0, 2.0]}), play, 4)
    sweep.manifest["outcomes"]["body"] = {"unit": "share", "label": "Body mass lost"}
    text = text_of(html_of(sweep, ReportOptions(outcomes=("body",), figures=("tornado",))))
    assert "Body mass lost%100 %0.4" in text
    assert "Largest effects: fire at 2 (+0.4)" in text
    assert re.search(r"Body mass lost \(%\) ?fire ?1 to 2 ?0.4", text)
