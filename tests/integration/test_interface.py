"""What siege_sim exports does what the command line does."""

from __future__ import annotations

import json

import siege_sim
from siege_sim.cli.main import main

SETTINGS = ("population.persons_per_household=50", "days=20")
AS_WORDS = [word for setting in SETTINGS for word in ("--set", setting)]


def test_a_comparison_is_the_command_s(tmp_path, capsys):
    (tmp_path / "fed.yaml").write_text("extends: toy_town\nname: fed\nfood: {home_days: 40}\n")
    what_if = str(tmp_path / "fed.yaml")
    made = siege_sim.compare("toy_town", what_if, runs=4, settings=SETTINGS, workers=1)
    command = ["compare", "toy_town", what_if, "--runs", "4", *AS_WORDS, "--json", "--out", str(tmp_path / "out")]
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out)["effects"] == json.loads(json.dumps(made.data()["effects"]))


def test_a_scorecard_is_the_command_s(tmp_path, capsys):
    settings = ("population.persons_per_household=100",)
    card = siege_sim.score("aleppo_2016", runs=2, days=20, settings=settings, workers=1)
    words = ["--runs", "2", "--days", "20", "--set", *settings, "--json", "--out", str(tmp_path / "out")]
    assert main(["score", "aleppo_2016", *words]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(card.data()))


def test_an_experiment_is_run_and_goes_on_where_it_was(tmp_path):
    file = tmp_path / "small.yaml"
    file.write_text(
        "name: small\ntitle: t\nbase: toy_town\nsettings: [population.persons_per_household=50, days=25]\n"
        "levers: {food.home_days: {values: [5, 10, 15]}}\ndesign: {kind: grid}\n"
    )
    assert len(siege_sim.sweep(file, tmp_path / "out", workers=1, limit=1).runs) == 1
    whole = siege_sim.sweep(file, tmp_path / "out", workers=1)
    assert whole.runs["status"].tolist() == ["ok"] * 3
    assert siege_sim.read_sweep(tmp_path / "out").runs.equals(whole.runs)
