"""``siege-sim diff`` through the command line: scenarios, runs, many runs, sweeps."""

from __future__ import annotations

import json

import pytest

from siege_sim.cli import main as cli
from tests.integration.small_sweeps import SMALL, written

MINE = "extends: toy_town\nname: mine\ntitle: Mine\nprocesses: {sorties: {per_day: 8}}\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(MINE)
    return tmp_path


def diff(capsys, *arguments: str) -> str:
    assert cli.main(["diff", *arguments]) == cli.EXIT_OK, capsys.readouterr().err
    return capsys.readouterr().out


def test_two_scenarios(here, capsys):
    told = diff(capsys, "toy_town", "mine.yaml")
    assert "1 value differs between toy_town and mine." in told
    assert "processes.sorties.per_day: 4 in toy_town, 8 in mine (sorties/day)" in told
    assert "--seed 1" in told
    played = diff(capsys, "toy_town", "mine.yaml", "--seed", "1", "--days", "6", "--quiet")
    assert "part on day 1 (2 Sep 2020)" in played
    assert "siege-sim compare" in played


def test_two_runs_and_a_run_beside_its_scenario(here, capsys):
    for name in ("toy_town", "mine.yaml"):
        assert cli.main(["run", name, "--days", "6", "--no-plots", "--quiet"]) == cli.EXIT_OK
    first, second = "results/toy_town-seed1-days6", "results/mine-seed1-days6"
    told = diff(capsys, first, second)
    assert "1 value differs" in told
    assert "The runs are the same to day 0, and part on day 1" in told
    found = json.loads(diff(capsys, first, second, "--json"))
    assert found["runs"]["parted"] == 1
    assert not found["same"]
    assert "is the same in" in diff(capsys, first, first)
    again = diff(capsys, first, "toy_town", "--seed", "1", "--days", "6", "--quiet")
    assert "No daily outcome differs" in again
    assert "siege-sim compare" not in again


def test_many_runs_and_sweeps(here, capsys):
    for name in ("toy_town", "mine.yaml"):
        assert cli.main(["run", name, "--runs", "3", "--days", "6", "--no-plots", "--quiet"]) == cli.EXIT_OK
    told = diff(capsys, "results/toy_town-runs3-days6", "results/mine-runs3-days6")
    assert "3 runs have a counterpart (the same seed); 3 of them are not the same." in told
    assert "Civilians wounded (persons)" in told
    for name, base in (("small", "toy_town"), ("other", "./mine.yaml")):
        text = SMALL.replace("name: small", f"name: {name}").replace("base: toy_town", f"base: {base}")
        file = written(here, text.replace("days: 8", "days: 3"), f"{name}.yaml")
        assert cli.main(["sweep", str(file), "--quiet", "--workers", "1"]) == cli.EXIT_OK
    told = diff(capsys, "results/small-sweep", "results/other-sweep")
    assert "base: toy_town in small-sweep, ./mine.yaml in other-sweep." in told
    assert "12 runs have a counterpart" in told, "the sweep sets the very value that mine.yaml changes"
    assert cli.main(["diff", "results/small-sweep", "results/mine-runs3-days6"]) == cli.KNOWN_ERROR
    assert "give two of the same kind" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("toy_twn", "toy_town"), "did you mean 'toy_town'?"),
        (("toy_town", "results/nowhere"), "there is no such folder"),
        (("toy_town", "."), "holds no run and no sweep"),
        (("toy_town", "toy_town", "--days", "3"), "give --seed too"),
        (("toy_town",), "Missing argument 'B'"),
    ],
)
def test_what_cannot_be_compared_is_said(here, capsys, arguments, message):
    assert cli.main(["diff", *arguments]) in (cli.KNOWN_ERROR, cli.USAGE)
    assert message in " ".join(capsys.readouterr().err.split())


def test_a_seed_for_two_runs_is_refused(here, capsys):
    assert cli.main(["run", "toy_town", "--days", "3", "--no-plots", "--quiet"]) == cli.EXIT_OK
    folder = "results/toy_town-seed1-days3"
    assert cli.main(["diff", folder, folder, "--seed", "1"]) == cli.KNOWN_ERROR
    assert "are runs already" in capsys.readouterr().err
