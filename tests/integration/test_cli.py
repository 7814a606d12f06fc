"""The command line through its entry point: what it prints, writes, and how it ends."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from siege_sim.cli import main as cli
from siege_sim.errors import ResultError
from siege_sim.loading.scenario import load_scenario, parent_of, shipped_scenarios
from siege_sim.results.files import check_target, new_folder
from siege_sim.results.run import read_run
from siege_sim.runner.signals import STOP_SIGNALS
from tests.commands import siege_sim

PROGRAM = [sys.executable, "-m", "siege_sim.cli"]


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "out"
    done = siege_sim("run", "toy_town", "--seed", "3", "--days", "12", "--out", str(folder))
    assert done.returncode == 0, done.stderr
    return folder


def test_run_writes_everything_it_promises(written):
    names = {path.name for path in written.iterdir()}
    assert names == {
        "manifest.json",
        "scenario.yaml",
        "series.csv",
        "quarters.csv",
        "events.csv",
        "snapshots.npz",
        "figures",
        "report.html",
    }
    assert len(list((written / "figures").glob("*.png"))) >= 5
    assert not list(written.parent.glob(".*")), "a temporary folder was left behind"


def test_series_has_a_row_a_day_with_date_and_day_first(written):
    series = pd.read_csv(written / "series.csv")
    assert list(series)[:2] == ["date", "day"]
    assert list(series)[2:] == [outcome.name for outcome in load_scenario("toy_town").outcomes]
    assert series["day"].tolist() == list(range(13))
    assert series["date"].iloc[[0, -1]].tolist() == ["2020-09-01", "2020-09-13"]


def test_manifest_says_what_was_run(written):
    manifest = json.loads((written / "manifest.json").read_text())
    assert manifest["seed"] == 3
    assert manifest["scenario"]["name"] == "toy_town"
    assert manifest["packages"]["mesa"]
    assert manifest["wall_seconds"] > 0
    assert manifest["scenario_digest"] == load_scenario("toy_town").digest


def test_a_run_reads_back_as_it_was(written):
    from siege_sim import run

    result = read_run(written)
    fresh = run(load_scenario("toy_town"), seed=3, days=12)
    assert result.series_csv() == fresh.series_csv()
    assert result.events.equals(fresh.events)
    assert result.summary["ending"] == fresh.summary["ending"]


def test_a_run_of_an_older_version_is_refused_with_the_way_out(written, tmp_path):
    old = shutil.copytree(written, tmp_path / "old")
    manifest = json.loads((old / "manifest.json").read_text("utf-8"))
    manifest["summary"]["outcome"] = manifest["summary"].pop("ending")
    (old / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(ResultError, match=r"old: written by an older version of siege_sim .*; run the scenario again"):
        read_run(old)


def test_an_existing_folder_is_not_overwritten_without_force(written):
    before = (written / "series.csv").read_text()
    again = siege_sim("run", "toy_town", "--days", "2", "--no-plots", "--out", str(written))
    assert again.returncode == 1
    assert "is there already" in again.stderr
    assert (written / "series.csv").read_text() == before


def test_force_replaces_a_run_but_nothing_else(tmp_path):
    precious = tmp_path / "thesis"
    precious.mkdir()
    (precious / "chapter.txt").write_text("years of work")
    refused = siege_sim("run", "toy_town", "--days", "1", "--no-plots", "--out", str(precious), "--force")
    assert refused.returncode == 1
    assert (precious / "chapter.txt").read_text() == "years of work"
    out = str(tmp_path / "run")
    assert siege_sim("run", "toy_town", "--days", "1", "--no-plots", "--out", out).returncode == 0
    assert siege_sim("run", "toy_town", "--days", "2", "--no-plots", "--out", out, "--force").returncode == 0
    assert len(pd.read_csv(tmp_path / "run" / "series.csv")) == 3


def test_a_folder_whose_replacement_is_interrupted_is_still_there(tmp_path, monkeypatch):
    out, rename = tmp_path / "run", Path.rename
    out.mkdir()
    (out / "manifest.json").write_text('{"program": "siege_sim"}')

    def interrupted(self: Path, target: Path) -> Path:
        if target == out and not self.name.endswith("-old"):
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt), new_folder(out, force=True) as folder:
        (folder / "manifest.json").write_text("new")
    assert (out / "manifest.json").read_text() == '{"program": "siege_sim"}'
    assert list(tmp_path.iterdir()) == [out]


def test_the_root_of_all_folders_is_no_place_for_results():
    with pytest.raises(ResultError, match="not a results folder"):
        check_target(Path("/"), force=True)


def folders_of(tmp_path: Path, *further: tuple[str, ...]) -> list[str]:
    """Run a toy town for two days, each time with further arguments; return the folders that are there then."""
    for arguments in further:
        done = siege_sim("run", "toy_town", "--days", "2", "--no-plots", *arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    return sorted(path.name for path in (tmp_path / "results").iterdir())


def test_a_run_that_is_there_already_is_shown_and_not_made_again(tmp_path):
    assert folders_of(tmp_path, ()) == ["toy_town-seed1-days2"]
    manifest = tmp_path / "results" / "toy_town-seed1-days2" / "manifest.json"
    before = manifest.stat().st_mtime_ns
    done = siege_sim("run", "toy_town", "--days", "2", cwd=tmp_path)
    assert "holds this very run" in done.stderr
    assert "Last day: 2020-09-03, day 2." in done.stdout
    assert manifest.stat().st_mtime_ns == before
    assert (manifest.parent / "report.html").is_file(), "figures that are asked for now are added"
    assert folders_of(tmp_path, ("--force",)) == ["toy_town-seed1-days2"]
    assert manifest.stat().st_mtime_ns != before


def test_a_folder_s_name_tells_what_was_changed(tmp_path):
    named = folders_of(
        tmp_path, (), ("--set", "interventions.aid_convoys=null"), ("--set", "processes.sorties.per_day=7")
    )
    assert named == [
        "toy_town+no-aid_convoys-seed1-days2",
        "toy_town+sorties.per_day-7-seed1-days2",
        "toy_town-seed1-days2",
    ]


def test_another_run_of_the_same_name_goes_to_a_folder_of_its_own_and_says_so(tmp_path):
    file = tmp_path / "mine.yaml"
    for per_day in (5, 6):
        text = f"extends: toy_town\nname: mine\nprocesses: {{sorties: {{per_day: {per_day}}}}}\n"
        file.write_text(text, "utf-8")
        done = siege_sim("run", "mine.yaml", "--days", "2", "--no-plots", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert "holds another run of that name; this one goes to results/mine-seed1-days2-2" in done.stderr
    assert len(list((tmp_path / "results").iterdir())) == 2


def test_json_is_json_and_nothing_else(tmp_path):
    done = siege_sim("run", "toy_town", "--days", "2", "--no-plots", "--json", "--out", str(tmp_path / "o"))
    summary = json.loads(done.stdout)
    assert summary["end_day"] == 2
    assert {outcome.name for outcome in load_scenario("toy_town").outcomes} < set(summary)
    assert done.stderr == ""


def test_quiet_is_quiet(tmp_path):
    done = siege_sim("run", "toy_town", "--days", "2", "--no-plots", "--quiet", "--out", str(tmp_path / "o"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_piped_run_reports_in_plain_lines(tmp_path):
    done = siege_sim("run", "toy_town", "--days", "10", "--no-plots", "--out", str(tmp_path / "o"))
    assert "toy_town: day 10 of 10" in done.stderr
    assert "\x1b" not in done.stderr + done.stdout
    assert str(tmp_path / "o") in done.stdout.replace("\n", "")


@pytest.mark.parametrize("number", STOP_SIGNALS)
@pytest.mark.parametrize("moment", ["aleppo_2016: day", "drawing figures"])
def test_interrupting_leaves_nothing_behind(start, tmp_path, number, moment):
    running = start(*PROGRAM, "run", "aleppo_2016", "--out", str(tmp_path / "o"))
    assert any(moment in line for line in running.stderr), "it was over before"
    running.send_signal(number)
    _, errors = running.communicate(timeout=120)
    assert running.returncode == 130, errors
    assert "interrupted" in errors
    assert list(tmp_path.iterdir()) == []


AT_THE_END = """
import atexit, os, sys
from siege_sim.cli.main import entry
atexit.register(os.kill, os.getpid(), {number})
sys.argv = ["siege-sim", "list", "records"]
entry()
"""


@pytest.mark.parametrize("number", [int(number) for number in STOP_SIGNALS])
def test_a_signal_that_comes_when_all_is_done_is_not_heard(start, number):
    ending = start(sys.executable, "-c", AT_THE_END.format(number=number))
    told, errors = ending.communicate(timeout=120)
    assert (ending.returncode, errors) == (0, "")
    assert "aleppo_2016" in told


def test_a_run_that_shall_outlive_its_terminal_does(start, tmp_path):
    running = start("nohup", *PROGRAM, "run", "toy_town", "--no-plots", "--out", str(tmp_path / "o"))
    assert any("toy_town: day" in line for line in running.stderr), "it was over before"
    running.send_signal(signal.SIGHUP)
    _, errors = running.communicate(timeout=120)
    assert running.returncode == 0, errors
    assert (tmp_path / "o" / "manifest.json").is_file()


def test_ctrl_c_that_meets_compiled_code_is_ctrl_c_all_the_same(monkeypatch, capsys):
    def met() -> None:
        try:
            raise SystemError("returned a result with an exception set") from KeyboardInterrupt()
        except SystemError as error:
            raise SystemError("again, further out") from error

    monkeypatch.setattr("siege_sim.cli.listings.scenario_list", met)
    assert cli.main(["list", "scenarios"]) == cli.INTERRUPTED
    assert "interrupted" in capsys.readouterr().err


def test_a_bug_is_written_to_a_log_and_says_where(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("siege_sim.cli.listings.scenario_list", lambda: 1 / 0)
    assert cli.main(["list", "scenarios"]) == cli.BUG
    said = capsys.readouterr().err
    log = Path(said.rsplit(" ", 1)[1].strip())
    assert "ZeroDivisionError" in log.read_text()
    assert "Traceback" not in said


BASELINES = sorted(name for name in shipped_scenarios() if parent_of(name) is None)


@pytest.mark.parametrize("name", BASELINES)
def test_a_shipped_scenario_runs_from_any_folder(name, tmp_path):
    done = siege_sim("run", name, "--days", "4", "--no-plots", "--json", "--out", "o", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["scenario"] == name


@pytest.mark.parametrize("name", BASELINES)
def test_the_map_of_a_shipped_scenario_names_every_quarter_and_whose_it_is(name, capsys):
    assert cli.main(["show", name, "--map"]) == 0
    shown = capsys.readouterr().out.splitlines()
    for quarter in load_scenario(name).city_map.quarters:
        assert any(quarter.name in line and (quarter.holder or "nobody") in line for line in shown)


def test_the_list_of_records_names_them(capsys):
    assert cli.main(["list", "records"]) == 0
    assert capsys.readouterr().out.startswith("aleppo_2016 ")


def test_set_changes_a_value(capsys):
    assert cli.main(["show", "toy_town", "--resolved", "--set", "processes.sorties.per_day=20"]) == 0
    assert "per_day: 20" in capsys.readouterr().out


@pytest.mark.parametrize("what", ["scenarios", "calibrations", "processes", "interventions", "outcomes"])
def test_lists_have_something_on_every_line(what, capsys):
    assert cli.main(["list", what]) == 0
    said = capsys.readouterr().out
    assert len(said.splitlines()) >= 2
    assert "None" not in said


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("--schedule", "processes.clearing"),
        ("--map", "Sakhour"),
        ("--resolved", "odds_to_assault"),
        (None, "until 2017-01-31"),
    ],
)
def test_show_shows(view, expected, capsys):
    assert cli.main(["show", "aleppo_2016", *([view] if view else [])]) == 0
    assert expected in capsys.readouterr().out


def test_schema_describes_every_process(capsys):
    assert cli.main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert "envelopment" in schema["$defs"]["Processes"]["properties"]
    per_day, nothing = schema["$defs"]["Sorties"]["properties"]["per_day"]["anyOf"]
    assert per_day["unit"] == "sorties/day"
    assert nothing == {"type": "null"}
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("kind", ["scenario", "map", "record", "experiment", "calibration"])
def test_there_is_a_schema_for_every_kind_of_file(kind, capsys, tmp_path):
    assert cli.main(["schema", kind]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert cli.main(["schema", "all", "--out", str(tmp_path / "new" / "schemas")]) == 0
    assert json.loads((tmp_path / "new" / "schemas" / f"{kind}.schema.json").read_text("utf-8")) == printed


def test_a_schema_of_no_kind_or_of_all_on_the_screen_is_refused(capsys):
    for kind, said in {"maps": "did you mean 'map'?", "all": "--out FOLDER"}.items():
        assert cli.main(["schema", kind]) == cli.KNOWN_ERROR
        assert said in capsys.readouterr().err


def test_schemas_are_not_written_where_they_cannot_be(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    for place in ("file", "file/below"):
        assert cli.main(["schema", "map", "--out", str(tmp_path / place)]) == cli.KNOWN_ERROR
        assert "map.schema.json: cannot be written" in capsys.readouterr().err


def test_a_new_scenario_names_a_schema_that_is_there_wherever_the_two_are_moved(tmp_path, capsys):
    assert cli.main(["new", str(tmp_path / "mine.yaml")]) == 0
    moved = tmp_path.rename(tmp_path.with_name("elsewhere"))
    text = (moved / "mine.yaml").read_text("utf-8")
    schema = moved / re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)[1]
    assert schema.resolve().parent == moved.resolve()
    assert "sorties" in json.loads(schema.read_text("utf-8"))["$defs"]["Processes"]["properties"]


def test_new_replaces_an_older_schema_but_no_file_of_somebody_else(tmp_path, capsys):
    schema = tmp_path / "scenario.schema.json"
    schema.write_text('{"$id": "urn:siege-sim:schema:scenario:0.1.0"}')
    assert cli.main(["new", str(tmp_path / "a.yaml")]) == 0
    assert "$defs" in schema.read_text()
    schema.write_text('{"mine": 1}')
    assert cli.main(["new", str(tmp_path / "b.yaml")]) == cli.KNOWN_ERROR
    assert "is no schema of siege_sim; move it, or use another folder" in capsys.readouterr().err
    assert cli.main(["schema", "all", "--out", str(tmp_path)]) == cli.KNOWN_ERROR
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.yaml", "scenario.schema.json"]
    assert schema.read_text() == '{"mine": 1}'


def test_new_writes_a_scenario_that_is_valid_and_runs(tmp_path):
    file = tmp_path / "My Siege.yaml"
    assert siege_sim("new", str(file)).returncode == 0
    assert siege_sim("validate", str(file)).returncode == 0
    assert siege_sim("run", str(file), "--days", "3", "--no-plots", "--out", str(tmp_path / "o")).returncode == 0
    assert siege_sim("new", str(file)).returncode == 1


def test_a_file_in_a_folder_that_is_not_there_is_not_begun(tmp_path):
    done = siege_sim("new", str(tmp_path / "nowhere" / "mine.yaml"))
    assert done.returncode == 1
    assert f"there is no folder {tmp_path / 'nowhere'}" in done.stderr


def test_help_is_quick_and_complete():
    done = siege_sim("--help")
    for command in ("run", "score", "calibrate", "why", "validate", "show", "list", "schema", "new", "map", "events"):
        assert f"\n  {command}" in done.stdout
    assert not re.search(r"\.\.\.$", done.stdout.partition("Commands:")[2], re.MULTILINE), "a line is cut off"
    assert "mesa" not in subprocess.run(
        [sys.executable, "-c", "import sys, siege_sim.cli.main; print(sorted(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.replace("siege_sim", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["bogus"],
        ["run"],
        ["run", "toy_town", "--seed", "-1"],
        ["list", "moods"],
        ["show", "toy_town", "--map", "--schedule"],
    ],
)
def test_wrong_usage_ends_with_two(arguments, capsys):
    assert cli.main(arguments) == cli.USAGE
    assert capsys.readouterr().err


def test_output_that_nobody_reads_is_no_error():
    piped = subprocess.run(
        f"{' '.join(PROGRAM)} list processes | head -1; echo ${{PIPESTATUS[0]}}",
        shell=True, executable="/bin/bash", capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert piped.stdout.strip().splitlines()[-1] in {"0", "141"}  # 141: ended by the closed pipe, like other tools
    assert piped.stderr == ""


def test_a_folder_that_cannot_be_written_is_a_known_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = siege_sim("run", "toy_town", "--days", "1", "--no-plots", "--out", str(tmp_path / "file" / "o"))
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert os.listdir(tmp_path) == ["file"]
