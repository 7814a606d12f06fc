"""A run that was written without figures is drawn and reported later, as if it had been drawn at once."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from siege_sim.cli.main import EXIT_OK, KNOWN_ERROR, main
from siege_sim.plots import RUN_FIGURES

SETTINGS = ("--days", "3", "--set", "population.persons_per_household=50", "--quiet")


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain") / "run"
    assert main(["run", "toy_town", *SETTINGS, "--no-plots", "--out", str(folder)]) == EXIT_OK
    return folder


def test_figures_and_report_are_those_that_the_run_would_have_had(plain, tmp_path, capsys):
    at_once = tmp_path / "at_once"
    assert main(["run", "toy_town", *SETTINGS, "--out", str(at_once)]) == EXIT_OK
    assert main(["plot", str(plain)]) == EXIT_OK
    assert main(["report", str(plain), "--png", str(tmp_path / "png")]) == EXIT_OK
    assert "Report: " in capsys.readouterr().out
    for figure in RUN_FIGURES:
        file = f"{figure.name}.png"
        expected = (at_once / "figures" / file).read_bytes()
        assert (plain / "figures" / file).read_bytes() == expected
        assert (tmp_path / "png" / file).read_bytes() == expected
    assert (plain / "report.html").read_text("utf-8").count("data:image/png") == len(RUN_FIGURES)


def test_one_figure_goes_where_it_is_asked_for_and_replaces_nothing_unasked(plain, tmp_path, capsys):
    command = ["plot", str(plain), "--out", str(tmp_path / "here"), "--figure", "food"]
    assert main(command) == EXIT_OK
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["food.png"]
    assert main(command) == KNOWN_ERROR
    assert "is there already" in capsys.readouterr().err
    assert main([*command, "--force"]) == EXIT_OK


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["plot", "PLAIN", "--figure", "mapp"], "did you mean 'map'"),
        (["report", "PLAIN", "--figure", "mapp"], "did you mean 'map'"),
        (["report", "PLAIN", "--outcome", "civilians_killed"], "--outcome: is for reports of sweeps"),
        (["report", "PLAIN", "--by", "trucks"], "--by: is for reports of sweeps"),
        (["plot", "EMPTY"], "not a complete run"),
        (["report", "EMPTY"], "holds no run and no sweep"),
        (["report", "PLAIN", "--out", "EMPTY"], "is a folder; name a file with --out"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_a_sentence(plain, tmp_path, capsys, command, words):
    places = {"PLAIN": str(plain), "EMPTY": str(tmp_path)}
    assert main([places.get(word, word) for word in command]) == KNOWN_ERROR
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1
    assert not any(tmp_path.iterdir())


def test_quiet_is_quiet_where_there_is_no_home_and_no_place_for_caches(tmp_path):
    nowhere = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR"), "/proc/nowhere")
    done = subprocess.run(
        [sys.executable, "-m", "siege_sim.cli", "run", "toy_town", *SETTINGS, "--out", str(tmp_path / "run")],
        env={**os.environ, **nowhere}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
