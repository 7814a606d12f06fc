"""`siege-sim report`: from a sweep's folder to a page, and sentences for what cannot be reported."""

from __future__ import annotations

import json
import subprocess
import sys

import pandas as pd
import pytest

from siege_sim.cli.main import EXIT_OK, KNOWN_ERROR, main

EXPERIMENT = """
name: small
title: A small grid
base: toy_town
settings: ["interventions.convoys={kind: aid_convoy, from_day: 10, every_days: 7, trucks: 0}"]
days: 15
uncertainties:
  sorties: {key: processes.sorties.per_day, values: [0, 20, 40]}
levers:
  trucks: {key: interventions.convoys.trucks, values: [0, 10, 20]}
outcomes: [excess_deaths, died_of_hunger]
design: {kind: grid}
replications: 3
"""


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("swept")
    (folder / "small.yaml").write_text(EXPERIMENT, "utf-8")
    assert (
        main(["sweep", str(folder / "small.yaml"), "--out", str(folder / "out"), "--workers", "1", "--quiet"])
        == EXIT_OK
    )
    return folder


def test_a_sweep_s_report_lies_in_its_folder_and_holds_its_figures(swept, capsys):
    pictures = swept / "png"
    assert main(["report", str(swept / "out"), "--outcome", "excess_deaths", "--png", str(pictures)]) == EXIT_OK
    assert "report.html" in capsys.readouterr().out
    html = (swept / "out" / "report.html").read_text("utf-8")
    assert "27 runs (9 points x 3), seeds 1 to 3" in html
    assert html.count("data:image/png") == len(list(pictures.iterdir())) >= 3
    assert (pictures / "heat_map-excess_deaths.png").exists()


def test_a_report_with_indices_lays_their_table_beside_it_and_others_lay_none(swept, tmp_path, capsys):
    pytest.importorskip("SALib")
    file = tmp_path / "sampled.yaml"
    text = EXPERIMENT.replace("{kind: grid}", "{kind: morris, trajectories: 4}").replace("replications: 3", "")
    text = text.replace("values: [0, 20, 40]", "low: 0, high: 40").replace("values: [0, 10, 20]", "low: 0, high: 20")
    file.write_text(text, "utf-8")
    out = tmp_path / "out"
    assert main(["sweep", str(file), "--out", str(out), "--workers", "1", "--quiet"]) == EXIT_OK
    assert main(["report", str(out), "--outcome", "excess_deaths", "--figure", "morris"]) == EXIT_OK
    assert f"Sensitivity indices: {out / 'indices.csv'}" in capsys.readouterr().out
    table = pd.read_csv(out / "indices.csv")
    assert set(table["factor"]) == {"sorties", "trucks"}
    assert (table["outcome"] == "excess_deaths").all()
    assert not (swept / "out" / "indices.csv").exists()


def test_a_report_leaves_the_sweep_as_it_was(swept):
    assert main(["report", str(swept / "out"), "--figure", "survival"]) == EXIT_OK
    assert (
        main(["sweep", str(swept / "small.yaml"), "--out", str(swept / "out"), "--workers", "1", "--quiet"]) == EXIT_OK
    )


def test_a_sweep_that_was_cut_short_is_reported_as_such(swept):
    out = swept / "part"
    command = ["sweep", str(swept / "small.yaml"), "--out", str(out), "--workers", "1", "--quiet", "--limit", "13"]
    assert main(command) == EXIT_OK
    assert main(["report", str(out), "--figure", "heat_map", "--outcome", "died_of_hunger"]) == EXIT_OK
    html = (out / "report.html").read_text("utf-8")
    assert "13 of 27 planned runs are finished; 14 have not been run." in html


def test_reporting_needs_neither_mesa_nor_the_model(swept):
    code = (
        "import sys\n"
        "from siege_sim.cli.main import main\n"
        f"assert main(['report', {str(swept / 'out')!r}, '--figure', 'heat_map']) == 0\n"
        "assert not {'mesa', 'siege_sim.model.model', 'siege_sim.runner.run'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--outcome", "exces_deaths"], "did you mean 'excess_deaths'"),
        (["--figure", "heatmap"], "did you mean 'heat_map'"),
        (["--cases", "deaths are many"], "write one like"),
    ],
)
def test_wishes_that_cannot_be_met_are_refused_and_nothing_is_written(swept, tmp_path, capsys, options, words):
    file = tmp_path / "x.html"
    assert main(["report", str(swept / "out"), "--out", str(file), *options]) == KNOWN_ERROR
    assert words in capsys.readouterr().err
    assert not file.exists()


def test_a_folder_without_a_sweep_is_refused(tmp_path, capsys):
    assert main(["report", str(tmp_path)]) == KNOWN_ERROR
    assert "holds no run and no sweep" in capsys.readouterr().err


def test_a_sweep_of_which_nothing_is_finished_is_refused(swept, tmp_path, capsys):
    for name in ("manifest.json", "design.parquet", "scenarios.json"):
        (tmp_path / name).write_bytes((swept / "out" / name).read_bytes())
    assert main(["report", str(tmp_path)]) == KNOWN_ERROR
    assert "nothing to report" in capsys.readouterr().err


def test_a_figure_that_does_not_exist_is_refused_with_its_line(swept, capsys):
    file = swept / "wrong.yaml"
    file.write_text(EXPERIMENT + "figures: [heatmap]\n", "utf-8")
    assert main(["sweep", str(file), "--dry-run"]) == KNOWN_ERROR
    assert "wrong.yaml:14: figures.0: there is no figure 'heatmap'; did you mean 'heat_map'?" in capsys.readouterr().err


def test_a_report_that_cannot_be_written_is_said_in_a_sentence(swept, tmp_path, capsys):
    assert main(["report", str(swept / "out"), "--figure", "heat_map", "--out", str(tmp_path / "no" / "x.html")]) == 1
    assert "the report was not written" in capsys.readouterr().err


def test_the_manifest_names_what_the_report_needs(swept):
    manifest = json.loads((swept / "out" / "manifest.json").read_text("utf-8"))
    assert {"title", "design", "replications", "outcomes", "figures"} <= set(manifest)


def test_a_run_is_shown_among_runs_of_other_seeds_of_its_own_scenario(tmp_path, capsys):
    folder = tmp_path / "town"
    args = ["run", "toy_town", "--set", "processes.sorties.per_day=9", "--seed", "2", "--days", "20", "--no-plots"]
    assert main([*args, "--out", str(folder), "--quiet"]) == EXIT_OK
    assert main(["report", str(folder), "--among", "3", "--workers", "1", "--figure", "area", "--quiet"]) == EXIT_OK
    assert "This run among 3 others" in (folder / "report.html").read_text("utf-8")


def test_only_a_run_is_shown_among_others(swept, capsys):
    assert main(["report", str(swept / "out"), "--among", "3"]) == KNOWN_ERROR
    assert "--among: is for the report of one run" in capsys.readouterr().err
