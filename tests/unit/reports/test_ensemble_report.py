"""Many runs in words, in figures and on a page."""

from __future__ import annotations

from siege_sim.analysis.ensemble import ensemble_findings
from siege_sim.plots.ensemble import ensemble_sketches, fan_of_runs
from siege_sim.reports.ensemble import answers, render_ensemble, write_ensemble
from siege_sim.schema.lineage import Lineage, ValueChange
from tests.unit.ensembles_for_tests import course, runs_of

TAKEN = {"ending": "pocket_taken", "lost": (2, 3, 5, 0)}
STEP = Lineage("town", "A town", "set", (ValueChange("interventions.truce", "removed"),))


def some(**more):
    return ensemble_findings(runs_of(course(1, 5, **TAKEN), course(2, 6, **TAKEN), course(3, 8, dead=40), **more))


def test_the_first_answer_is_how_likely_each_ending_is_and_when():
    heading, sentences = answers(some())[0]
    assert heading == "How it ends"
    assert sentences[0].replace("\u00a0", " ") == (
        "Pocket taken: in 2 of 3 runs, 66.7 % (95 % interval 20.8 to 93.9 %), on 6 March 2020 (day 5) at the median; "
        "80 % of these runs: 6 Mar to 7 Mar (days 5 to 6)."
    )
    assert sentences[1] == "Still held when the run ended: in 1 of 3 runs, 33.3 % (95 % interval 6.15 to 79.2 %)."


def test_deaths_and_people_are_told_with_the_range_of_eight_in_ten_runs():
    told = dict(answers(some()))
    assert told["How many die, and of what"][0] == "Of 1,000 besieged civilians 10 (10 to 40) died, of all causes."
    assert "died of hunger: 5 (5 to 20)" in told["How many die, and of what"][1]
    assert told["Where people are at the end"][-1] == "None in 90 % of the runs or more: civilians evacuated."
    assert told["How much ground is lost"][-1] == "The pocket is cut apart in no run."


def test_one_run_is_told_without_intervals():
    told = " ".join(
        sentence for _, part in answers(ensemble_findings(runs_of(course(1, 5, **TAKEN)))) for sentence in part
    )
    assert "interval" not in told
    assert "nan" not in told


def test_of_what_never_happens_no_fan_is_drawn():
    assert [panel.title for panel in fan_of_runs(some()).panels] == [
        "Area held", "Civilians in the pocket", "Civilians killed (all violence)", "Died of hunger",
    ]  # fmt: skip


def test_the_figures_say_nothing_of_a_record():
    fan, lost = (sketch.picture() for sketch in ensemble_sketches(some()))
    assert "record" not in fan.sentence
    assert lost.sentence.startswith("Lost in half of the runs or more: ")
    assert min(fan.size + lost.size) > 500


def test_a_page_names_what_was_changed_and_escapes_every_text():
    html = render_ensemble(some(lineage=(STEP,), title="A <b>town</b>"), [], "siege-sim run town --runs 3")
    assert "Changed in town: interventions.truce removed." in html
    assert "A &lt;b&gt;town&lt;/b&gt;" in html
    assert "<b>" not in html


def test_the_same_runs_give_the_same_bytes(tmp_path):
    written = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_ensemble(some(), tmp_path / name, "siege-sim run town --runs 3")
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        written.append({path.relative_to(tmp_path / name): path.read_bytes() for path in files})
    assert written[0] == written[1]
    assert {path.name for path in written[0]} == {
        "manifest.json", "scenario.yaml", "report.html", "runs.csv", "endings.csv", "numbers.csv", "days.csv",
        "quarters.csv", "cells.csv", "fan.png", "lost.png",
    }  # fmt: skip
