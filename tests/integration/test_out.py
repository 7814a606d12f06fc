"""Every command that writes somewhere refuses a place that cannot be written to before it plays, reads or draws."""

from __future__ import annotations

from pathlib import Path

import pytest

from siege_sim.cli.main import main
from siege_sim.model.model import SiegeModel
from tests.integration.small_sweeps import SMALL, written

COMMANDS = {
    "run": ["run", "toy_town", "--out"],
    "run --runs": ["run", "toy_town", "--runs", "2", "--out"],
    "score": ["score", "aleppo_2016", "--runs", "2", "--out"],
    "compare": ["compare", "toy_town", "toy_town", "--set", "days=9", "--out"],
    "ablate": ["ablate", "toy_town", "--out"],
    "calibrate": ["calibrate", "hunger", "--out"],
    "calibrate --leave-one-out": ["calibrate", "hunger", "--leave-one-out", "--out"],
    "sweep": ["sweep", "SMALL", "--workers", "1", "--out"],
    "check": ["check", "readme", "--keep"],
    "report": ["report", "RUN", "--out"],
    "report --among": ["report", "RUN", "--among", "2", "--workers", "1", "--out"],
    "report --png": ["report", "RUN", "--among", "2", "--workers", "1", "--png"],
    "replay": ["replay", "RUN", "--out"],
    "plot": ["plot", "RUN", "--out"],
    "export": ["export", "RUN", "--format", "csv", "--out"],
}


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory, toy_result) -> Path:
    folder = tmp_path_factory.mktemp("run")
    toy_result.write(folder)
    return folder


@pytest.mark.parametrize("place", ["below a file", "an address", "no path", "a file for a folder"])
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
def test_a_place_that_takes_nothing_is_refused_before_any_work(
    command, place, run_folder, tmp_path, capsys, monkeypatch
):
    def work(*given, **named):
        raise AssertionError("it began to work")

    (tmp_path / "file.txt").write_text("mine", "utf-8")
    out = {
        "below a file": str(tmp_path / "file.txt" / "x"),
        "an address": "sftp3://bucket/x" if command[0] == "sweep" else "s3://bucket/x",
        "no path": str(tmp_path / ("x" * 300)),
        "a file for a folder": str(tmp_path / "file.txt"),
    }[place]
    if place == "a file for a folder" and command[-1] == "--out" and command[0] in ("report", "replay"):
        pytest.skip("these write a file, and a report takes the place of an earlier one")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(SiegeModel, "__init__", work)
    monkeypatch.setattr("siege_sim.results.run.read_series", work)
    given = {"RUN": str(run_folder), "SMALL": str(written(tmp_path, SMALL))}
    assert main([given.get(word, word) for word in command] + [out]) == 1
    said = capsys.readouterr().err
    assert said.count("error:") == 1
    assert (tmp_path / "file.txt").read_text("utf-8") == "mine"
    assert not (tmp_path / "s3:").exists()
