"""The commands about sweeps: what they print and write, and how they refuse."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from siege_sim.cli import main as cli
from siege_sim.exports.formats import export_results
from siege_sim.results.store import read_sweep
from tests.integration.small_sweeps import SMALL, sweep, written


@pytest.fixture
def small(tmp_path) -> Path:
    return written(tmp_path, SMALL)


def test_a_dry_run_counts_and_estimates_and_writes_nothing(small, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["sweep", str(small), "--dry-run", "--workers", "2"]) == 0
    printed = capsys.readouterr().out
    assert "4 points x 3 replications = 12 runs" in printed
    assert re.search(r"one run took [0-9.]+ s here: about .* if 2 workers", printed)
    assert {file.name for file in tmp_path.iterdir()} == {"small.yaml"}


def test_sweep_status_and_export_on_the_command_line(small, tmp_path, capsys):
    out = str(tmp_path / "out")
    assert cli.main(["sweep", str(small), "--workers", "1", "--out", out, "--limit", "4"]) == 0
    assert "8 more are in the design" in capsys.readouterr().out
    assert cli.main(["status", out]) == 0
    assert "4 of 12 runs done, 0 failed, 8 left" in capsys.readouterr().out
    assert cli.main(["status", out, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["left"] == 8
    assert cli.main(["export", out, "--out", str(tmp_path / "tables")]) == 0
    header, *rows = (tmp_path / "tables" / "runs.csv").read_text("utf-8-sig").splitlines()
    assert header.startswith("point,replication,seed,processes.sorties.per_day,trucks,status,error,ending,end_day")
    assert len(rows) == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sweep", "no_such"], "no experiment is called 'no_such'"),
        (["status", "."], "holds no sweep"),
        (["status", "/no/such/folder"], "holds no sweep"),
        (["export", ".", "--out", "x"], "holds no run and no sweep"),
        (["sweep", "SMALL", "--scheduler", "tcp://127.0.0.1:9", "--out", "OUT"], "no scheduler answers"),
        (["sweep", "SMALL", "--out", "nosuch://bucket/x"], "not a place to write to|needs fsspec"),
        (["sweep", "SMALL", "--out", "memory://bucket/x"], "is temporary and lost when the program ends"),
    ],
)
def test_bad_calls_are_known_errors(small, tmp_path, capsys, monkeypatch, arguments, said):
    monkeypatch.setattr("siege_sim.runner.cluster.SECONDS_TO_CONNECT", 1.0)
    given = [str(small) if a == "SMALL" else str(tmp_path / "out") if a == "OUT" else a for a in arguments]
    assert cli.main(given) == 1
    assert re.search(said, capsys.readouterr().err)


def test_an_unknown_format_is_refused_with_a_suggestion(small, tmp_path, capsys):
    sweep(small, tmp_path / "out", limit=1)
    assert cli.main(["export", str(tmp_path / "out"), "--format", "parket", "--out", str(tmp_path / "x")]) == 1
    assert "did you mean 'parquet'" in capsys.readouterr().err


def test_an_archive_for_the_ema_workbench_holds_what_its_reader_looks_for(small, tmp_path):
    """The reader's own steps (ema_workbench 2.5, ``load_results``), without its forty dependencies."""
    import tarfile

    import pandas as pd

    sweep(small, tmp_path / "out")
    out = tmp_path / "small.tar.gz"
    export_results(str(tmp_path / "out"), "ema", out)
    with tarfile.open(out, "r:gz") as archive:
        about = json.loads(archive.extractfile("metadata.json").read())
        experiments = pd.read_csv(archive.extractfile("experiments.csv"))
        outcomes = {
            name: pd.read_csv(archive.extractfile(file), index_col=False, header=None).to_numpy().ravel()
            for kind, name, file in about["outcomes"]
            if kind == "ScalarOutcome"
        }
    assert set(about["experiments"]) == set(experiments.columns) >= {"trucks", "scenario", "policy", "model"}
    runs = read_sweep(tmp_path / "out").runs
    assert outcomes["civilians_killed"].tolist() == runs["civilians_killed"].tolist()
    assert {len(values) for values in outcomes.values()} == {len(experiments)} == {12}
