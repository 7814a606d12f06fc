"""The score command: what it writes and prints, the same for any number of workers, and how it fails."""

from __future__ import annotations

import csv
import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from siege_sim.cli import main as cli
from tests.commands import siege_sim, wait_for_runs

PROGRAM = [sys.executable, "-m", "siege_sim.cli"]
COARSE = ("--days", "68", "--set", "population.persons_per_household=50")
FILES = {"scorecard.csv", "scorecard.json", "scorecard.html"}


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("score") / "out"
    done = siege_sim("score", "aleppo_2016", "--runs", "3", "--workers", "2", *COARSE, "--out", str(folder))
    assert done.returncode == 0, done.stderr
    assert "aleppo_2016: run 3 of 3" in done.stderr
    return folder, done.stdout


def test_it_writes_three_files_and_leaves_nothing_else(written):
    folder, _ = written
    assert {path.name for path in folder.iterdir()} == FILES
    assert [path.name for path in folder.parent.iterdir()] == ["out"]


def test_the_terminal_shows_every_pattern_and_what_it_comes_to(written):
    _, printed = written
    for words in ("Lost by 28 Nov", "33 to 44 %", "not measured", "It stays", "Straight line", "scorecard.html"):
        assert words in printed
    assert "The median of the runs lies in the record's range for" in printed


def test_json_and_csv_hold_every_pattern_and_every_run(written):
    folder, _ = written
    data = json.loads((folder / "scorecard.json").read_text())
    with (folder / "scorecard.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == [pattern["name"] for pattern in data["patterns"]]
    assert data["seeds"] == [1, 2, 3]
    killed = next(pattern for pattern in data["patterns"] if pattern["name"] == "killed_to_18_oct")
    assert len(killed["values"]) == killed["measured"] == 3
    assert sorted(killed["values"])[1] == pytest.approx(killed["median"])
    assert killed["stays"] == {"value": 3.5, "inside": False, "crps": pytest.approx(11.5 / 12)}


def test_the_page_stands_alone_and_says_who_says_so(written):
    folder, _ = written
    page = (folder / "scorecard.html").read_text()
    assert page.count("<img") == page.count('src="data:image/png;base64,') == 1
    assert "<script" not in page
    assert "https://www.hrw.org" in page
    assert "--set population.persons_per_household=50" in page


def test_one_worker_or_two_write_the_same_bytes(written, tmp_path):
    folder, _ = written
    out = tmp_path / "one"
    wanted = ["score", "aleppo_2016", "--runs", "3", "--workers", "1", *COARSE, "--quiet", "--out", str(out)]
    assert cli.main(wanted) == cli.EXIT_OK
    for name in FILES:
        assert (out / name).read_bytes() == (folder / name).read_bytes(), name


def test_runs_that_are_stopped_early_are_not_scored_on_later_days(tmp_path, capsys):
    wanted = ["score", "aleppo_2016", "--runs", "1", *COARSE, "--days", "30", "--json", "--out", str(tmp_path / "o")]
    assert cli.main(wanted) == cli.EXIT_OK
    patterns = {pattern["name"]: pattern for pattern in json.loads(capsys.readouterr().out)["patterns"]}
    assert patterns["killed_to_18_oct"]["share_inside"] is not None
    assert patterns["area_lost_by_28_nov"]["share_inside"] is None


def test_an_existing_folder_is_replaced_with_force_only(written, tmp_path, capsys):
    out = tmp_path / "o"
    wanted = ["score", "aleppo_2016", "--runs", "1", *COARSE, "--days", "2", "--quiet", "--out", str(out)]
    assert [cli.main(wanted), cli.main(wanted), cli.main([*wanted, "--force"])] == [
        cli.EXIT_OK,
        cli.KNOWN_ERROR,
        cli.EXIT_OK,
    ]
    assert "is there already" in capsys.readouterr().err
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    assert cli.main([*wanted[:-1], str(tmp_path / "thesis"), "--force"]) == cli.KNOWN_ERROR


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["toy_town"], "no record is called 'toy_town'; known here: aleppo_2016"),
        (
            ["aleppo_2016", "--record", "none.yaml"],
            "no such file; give a YAML file or a name from `siege-sim list records`",
        ),
        (["toy_town", "--record", "aleppo_2016"], "no quarter is called 'Hanano'"),
    ],
)
def test_a_record_that_does_not_fit_is_refused_before_anything_is_played(arguments, said, capsys, tmp_path):
    assert cli.main(["score", *arguments, "--out", str(tmp_path / "o")]) == cli.KNOWN_ERROR
    out, err = capsys.readouterr()
    assert said in err
    assert out == ""
    assert list(tmp_path.iterdir()) == []


TOWN_RECORD = """
name: {name}
title: An invented record
summary: Invented.
start: 2020-09-01
until: 2020-10-10
topics:
  people:
    title: The people
    background:
      killed_early:
        title: Killed by 8 Sep
        measure: {{kind: value_on, outcomes: [civilians_killed], on: 2020-09-08}}
        low: 0
        high: 40
        unit: persons
        source: invented
        confidence: assumed
    patterns:
      killed_later:
        title: Killed by 20 Sep
        measure: {{kind: value_on, outcomes: [civilians_killed], on: 2020-09-20}}
        low: 10
        high: 60
        unit: persons
        source: invented
        confidence: assumed
      no_agreement:
        title: Agreements by 20 Sep
        measure: {{kind: count_of_events, events: [agreement], on: 2020-09-20}}
        low: 0
        high: 0
        unit: agreements
        source: invented
        confidence: assumed
      still_held:
        title: Still held on 20 Sep
        measure: {{kind: ended, endings: [holding], on: 2020-09-20}}
        low: 1
        high: 1
        share_of_runs: {{low: 0.95}}
        unit: yes or no
        source: invented
        confidence: assumed
"""


@pytest.fixture(scope="module")
def towns(tmp_path_factory) -> tuple[str, str]:
    """Two scenarios with records beside them."""
    folder = tmp_path_factory.mktemp("towns")
    (folder / "records").mkdir()
    for name, people in (("small_town", 2000), ("larger_town", 4000)):
        (folder / f"{name}.yaml").write_text(
            f"extends: toy_town\nname: {name}\ntitle: {name}\npopulation: {{besieged: {people}}}\n"
        )
        (folder / "records" / f"{name}.yaml").write_text(TOWN_RECORD.format(name=name))
    return str(folder / "small_town.yaml"), str(folder / "larger_town.yaml")


def test_two_sieges_stand_side_by_side(towns, tmp_path, capsys):
    out = tmp_path / "o"
    assert (
        cli.main(["score", *towns, "--runs", "2", "--days", "30", "--workers", "1", "--out", str(out)]) == cli.EXIT_OK
    )
    printed = capsys.readouterr().out
    heading, runs, *_ = printed.splitlines()
    assert heading.split() == ["small_town", "larger_town"]
    assert runs.split() == ["Runs", "2", "2"]
    assert {path.name for path in out.iterdir()} == {
        "small_town", "larger_town", "scorecards.csv", "scorecards.json", "scorecards.html",
    }  # fmt: skip
    assert {path.name for path in (out / "small_town").iterdir()} == FILES
    data = json.loads((out / "scorecards.json").read_text())["scorecards"]
    assert data["small_town"] == json.loads((out / "small_town" / "scorecard.json").read_text())
    held = {pattern["name"]: pattern for pattern in data["small_town"]["patterns"]}["still_held"]
    assert (held["share_inside"], held["share_of_runs"]) == (1.0, {"low": 0.95, "high": None})
    page = (out / "scorecards.html").read_text()
    assert 'href="larger_town/scorecard.html"' in page
    assert "small_town.yaml" in page


def test_runs_are_weighted_by_what_was_known_and_the_page_says_so(towns, tmp_path):
    out = tmp_path / "o"
    wanted = ["score", towns[0], "--runs", "4", "--days", "30", "--known-until", "2020-09-10", "--out", str(out)]
    assert cli.main([*wanted, "--quiet", "--workers", "1"]) == cli.EXIT_OK
    known = json.loads((out / "scorecard.json").read_text())["known_so_far"]
    assert known["entries_used"] == 1
    assert len(known["weights"]) == 4
    assert 1 <= known["effective_sample_size"] <= 4
    assert [pattern["name"] for pattern in known["patterns"]] == ["killed_later", "no_agreement", "still_held"]
    page = (out / "scorecard.html").read_text()
    assert "effective sample size" in page
    assert "--known-until 2020-09-10" in page


@pytest.mark.parametrize(
    ("further", "said"),
    [
        (["--known-until", "soon"], "'soon' is not a date such as 2016-11-01"),
        (["--known-until", "2020-09-02"], "nothing that can be measured before"),
        (["--known-until", "2020-10-09"], "no pattern after"),
        (["toy_town", "--known-until", "2020-09-10"], "--known-until is about one siege"),
        (["toy_town", "--record", "aleppo_2016"], "--record is about one siege"),
    ],
)
def test_what_cannot_be_weighted_or_shared_is_refused(towns, further, said, tmp_path, capsys):
    assert cli.main(["score", towns[0], *further, "--out", str(tmp_path / "o")]) == cli.KNOWN_ERROR
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_siege_named_twice_is_refused(towns, tmp_path, capsys):
    assert cli.main(["score", towns[0], towns[0], "--out", str(tmp_path / "o")]) == cli.KNOWN_ERROR
    assert "'small_town' is named twice" in capsys.readouterr().err


def test_interrupting_ends_the_workers_and_keeps_the_runs_that_were_finished(start, tmp_path):
    running = start(
        *PROGRAM, "score", "aleppo_2016", "--runs", "40", *COARSE, "--workers", "2", "--out", tmp_path / "o"
    )
    wait_for_runs(tmp_path / "o", 1, running)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=120)
    assert running.returncode == 130, errors
    assert "kept in" in errors
    assert errors.rstrip().endswith("the same command continues")
    assert "Traceback" not in errors
    assert [path.name for path in tmp_path.iterdir()] == ["o.unfinished"]
    assert gone(running.pid), "a worker is still there"


def gone(group: int) -> bool:
    """Return whether all processes of a group end within some seconds."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
