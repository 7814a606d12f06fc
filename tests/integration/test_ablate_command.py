"""The ablate command: what it writes and prints, what it refuses, and that it goes on where it was stopped."""

from __future__ import annotations

import csv
import json
import signal

import pytest

from siege_sim.analysis.ablation import ABLATION_COLUMNS
from siege_sim.cli import main as cli
from tests.commands import wait_for_runs
from tests.integration.test_score import PROGRAM

WHAT_IF = """# Question: what if <b>more</b> came?
# About: heavy_impacts, killed_by_air
extends: case.yaml
name: more
title: What if there had been <b>more</b> strikes?
processes: {sorties: {per_day: 60}}
"""
SHORT = ("--runs", "3", "--days", "6", "--only", "what-if", "--only", "action")


@pytest.fixture
def case(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "case.yaml").write_text("extends: toy_town\nname: case\ntitle: A <b>case</b>\n")
    (folder / "more.yaml").write_text(WHAT_IF)
    return str(folder / "case.yaml")


def test_it_writes_table_and_page_and_prints_the_verdicts(case, tmp_path, capsys):
    out = tmp_path / "o"
    assert cli.main(["ablate", case, *SHORT, "--workers", "1", "--out", str(out)]) == cli.EXIT_OK
    printed, errors = capsys.readouterr()
    assert "case: run 9 of 9" in errors
    for words in ("clear effect", "no clear effect", "50 people a household", "seeds 1 to 3", "ablation.html"):
        assert words in printed
    assert sorted(path.name for path in out.iterdir()) == ["ablation.csv", "ablation.html", "ablation.json"]
    with (out / "ablation.csv").open(encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    assert tuple(rows[0]) == ABLATION_COLUMNS
    assert {row["name"] for row in rows} == {"aid_convoys", "more"}
    page = (out / "ablation.html").read_text("utf-8")
    assert "What if there had been &lt;b&gt;more" in page
    assert "<b>" not in page
    assert "siege-sim ablate" in page


def test_json_is_json_and_quiet_is_quiet(case, tmp_path, capsys):
    wanted = ["ablate", case, *SHORT, "--workers", "1"]
    assert cli.main([*wanted, "--json", "--out", str(tmp_path / "a")]) == cli.EXIT_OK
    out, err = capsys.readouterr()
    assert {row["kind"] for row in json.loads(out)["rows"]} == {"action", "what_if"}
    assert err == ""
    assert cli.main([*wanted, "--quiet", "--out", str(tmp_path / "b")]) == cli.EXIT_OK
    assert capsys.readouterr() == ("", "")
    assert (tmp_path / "a" / "ablation.csv").read_bytes() == (tmp_path / "b" / "ablation.csv").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["toy_twon"], "did you mean 'toy_town'?"),
        (["toy_town", "--only", "levers"], "--only"),
        (["toy_town", "--runs", "0"], "--runs"),
        (["toy_town", "--set", "processes.sortie.per_day=1"], "did you mean 'sorties'?"),
        (["no/such/file.yaml"], "there is no such file"),
    ],
)
def test_what_cannot_be_tried_is_refused_before_anything_is_run(arguments, said, tmp_path, capsys):
    code = cli.main(["ablate", *arguments, "--out", str(tmp_path / "o")])
    assert code in (cli.KNOWN_ERROR, cli.USAGE)
    out, err = capsys.readouterr()
    assert said in " ".join(err.replace("│", " ").split())
    assert out == ""
    assert list(tmp_path.iterdir()) == []


def test_what_was_stopped_goes_on_where_it_was(case, start, tmp_path):
    wanted = ["ablate", case, "--runs", "12", "--only", "what-if", "--workers", "1", "--out", str(tmp_path / "o")]
    running = start(*PROGRAM, *wanted)
    wait_for_runs(tmp_path / "o", 2, running)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=120)
    assert running.returncode == 130, errors
    assert errors.rstrip().endswith("the same command continues")
    kept = sorted(path.name for path in (tmp_path / "o.unfinished").iterdir())
    assert 0 < len(kept) < 24
    assert cli.main([*wanted, "--quiet"]) == cli.EXIT_OK
    assert sorted(path.name for path in tmp_path.iterdir()) == ["files", "o"]
