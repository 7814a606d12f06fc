"""`run --runs`: one question, many runs."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import pandas as pd
import pytest

from siege_sim import Phase, Process, load_scenario, run_ensemble
from siege_sim.cli import main as cli
from siege_sim.errors import SiegeError
from siege_sim.results.run import scenario_text
from tests.commands import siege_sim, wait_for_runs

PROGRAM = [sys.executable, "-m", "siege_sim.cli"]
COARSE = ("--days", "20", "--set", "population.persons_per_household=50")


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("many")
    done = siege_sim("run", "toy_town", "--runs", "4", "--workers", "2", *COARSE, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "toy_town: run 4 of 4" in done.stderr
    (out,) = (folder / "results").iterdir()
    return out, done.stdout


def test_the_folder_is_called_by_what_was_run_and_holds_everything(written):
    folder, _ = written
    assert folder.name == "toy_town+population.persons_per_household-50-runs4-days20"
    assert {path.name for path in folder.iterdir()} == {
        "manifest.json", "scenario.yaml", "report.html", "figures", "runs.csv", "endings.csv", "numbers.csv",
        "days.csv", "quarters.csv", "cells.csv",
    }  # fmt: skip


def test_the_terminal_and_the_page_answer_in_words_first(written):
    folder, printed = written
    page = (folder / "report.html").read_text("utf-8")
    changed = "Changed in toy_town: population.persons_per_household 50 ("
    assert changed in printed
    assert changed in page
    for heading in (
        "How it ends",
        "How many die, and of what",
        "Where people are at the end",
        "How much ground is lost",
    ):
        assert heading in printed
        assert heading in page
    assert "Still held when the run ended: in 4 of 4 runs" in printed
    assert printed.index("How it ends") < printed.index("Results:")


def test_every_run_is_the_run_of_its_seed(written, tmp_path):
    folder, _ = written
    one = siege_sim("run", "toy_town", "--seed", "3", *COARSE, "--no-plots", "--json", "--out", str(tmp_path / "o"))
    summary = json.loads(one.stdout)
    row = pd.read_csv(folder / "runs.csv").set_index("seed").loc[3]
    for name in ("ending", "end_day", "civilians_killed", "garrison_area_share"):
        assert row[name] == pytest.approx(summary[name]) if name != "ending" else row[name] == summary[name]


def test_any_number_of_workers_gives_the_same_bytes(written, tmp_path):
    folder, _ = written
    arguments = ["run", "toy_town", "--runs", "4", "--workers", "1", *COARSE, "--quiet", "--out", str(tmp_path / "o")]
    assert cli.main(arguments) == cli.EXIT_OK
    for path in folder.rglob("*"):
        if path.is_file():
            assert (tmp_path / "o" / path.relative_to(folder)).read_bytes() == path.read_bytes(), path.name
    assert [path.name for path in tmp_path.iterdir()] == ["o"]


def test_the_scenario_beside_it_runs_again_and_remembers_its_change(written):
    folder, _ = written
    again = load_scenario(folder / "scenario.yaml")
    assert again == load_scenario("toy_town", ["population.persons_per_household=50"])
    assert again.lineage[0].parent == "toy_town"
    assert scenario_text(again.model_dump(mode="json"), again.lineage, again.digest)


def test_json_is_json_and_quiet_is_quiet(tmp_path, capsys):
    wanted = ["run", "toy_town", "--runs", "2", "--days", "2", "--no-plots"]
    assert cli.main([*wanted, "--json", "--out", str(tmp_path / "a")]) == cli.EXIT_OK
    out, err = capsys.readouterr()
    assert json.loads(out)["endings"][0]["name"] == "holding"
    assert err == ""
    assert cli.main([*wanted, "--quiet", "--out", str(tmp_path / "b")]) == cli.EXIT_OK
    assert capsys.readouterr() == ("", "")
    assert not (tmp_path / "b" / "report.html").exists()


def test_dates_can_be_asked_for(tmp_path):
    arguments = ["run", "toy_town", "--runs", "1", "--days", "9", "--by", "2020-09-05", "--by", "7", "--no-plots"]
    assert cli.main([*arguments, "--quiet", "--out", str(tmp_path / "o")]) == cli.EXIT_OK
    columns = list(pd.read_csv(tmp_path / "o" / "cells.csv"))
    assert columns[3:-1] == ["share_lost_by_2020-09-05", "share_lost_by_2020-09-08"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--runs", "2", "--by", "soon"], "--by soon: neither a date such as"),
        (["--runs", "2", "--by", "2031-01-01"], "the runs go from 2020-09-01"),
        (["--runs", "2", "--days", "5", "--by", "6"], "the runs go from 2020-09-01 to 2020-09-06"),
        (["--workers", "2"], "belong to --runs"),
        (["--by", "2020-09-05"], "belong to --runs"),
        (["--runs", "0"], "--runs"),
        (["--runs", "2", "--set", "populatoin.besieged=3"], "did you mean 'population'?"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_run(arguments, said, tmp_path, capsys):
    code = cli.main(["run", "toy_town", *arguments, "--out", str(tmp_path / "o")])
    assert code in (cli.KNOWN_ERROR, cli.USAGE)
    out, err = capsys.readouterr()
    assert said in " ".join(err.replace("│", " ").split())
    assert out == ""
    assert list(tmp_path.iterdir()) == []


def test_what_was_stopped_goes_on_where_it_was(start, tmp_path):
    wanted = ["run", "toy_town", "--runs", "30", "--workers", "2", *COARSE, "--out", str(tmp_path / "o")]
    running = start(*PROGRAM, *wanted)
    wait_for_runs(tmp_path / "o", 6, running)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=120)
    assert running.returncode == 130, errors
    assert errors.rstrip().endswith("the same command continues")
    kept = len(list((tmp_path / "o.unfinished").iterdir()))
    assert kept >= 6
    assert cli.main([*wanted, "--quiet", "--no-plots"]) == cli.EXIT_OK
    assert [path.name for path in tmp_path.iterdir()] == ["o"]
    assert list(pd.read_csv(tmp_path / "o" / "runs.csv")["seed"]) == list(range(1, 31))


def test_a_notebook_has_the_same_findings(written):
    folder, _ = written
    settings = ["population.persons_per_household=50"]
    found = run_ensemble("toy_town", 4, days=20, settings=settings, workers=1)
    said = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert [one.values.median for one in found.deaths] == [one["median"] for one in said["deaths"]]


def test_a_scenario_that_was_made_in_python_is_run_as_it_is():
    town = load_scenario("toy_town", ["population.persons_per_household=50"])
    found = run_ensemble(town, 2, days=2, workers=1)
    assert [run.seed for run in found.runs.runs] == [1, 2]
    with pytest.raises(SiegeError, match="give them to load_scenario"):
        run_ensemble(town, 2, days=2, settings=["days=3"])


def test_a_process_that_this_program_alone_knows_is_refused_with_the_way_out():
    class Wells(Process):
        """Water."""

        kind: Literal["wells"] = "wells"
        phase: ClassVar[Phase] = Phase.MOVEMENT
        about: ClassVar[tuple[str, ...]] = ("civilians_in_pocket",)
        neutral: ClassVar[Mapping[str, Any]] = {}

        def step(self, model, rng):
            """Nothing."""

    town = load_scenario("toy_town").with_process(Wells())
    with pytest.raises(SiegeError, match=r"'wells'.*play a process of your own with run\(scenario, seed\)"):
        run_ensemble(town, 2, days=2, workers=1)
