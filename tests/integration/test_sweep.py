"""Sweeps: whatever is killed, full, damaged, locked, changed or failing, no finished run is lost, repeated or mixed."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from siege_sim import cli
from siege_sim.errors import ResultError, StoppedError, WorkerError
from siege_sim.experiments import Plan, load_plan
from siege_sim.exporting import export_sweep
from siege_sim.locking import lock_holder, only_driver
from siege_sim.results import csv_text
from siege_sim.statuses import status_of
from siege_sim.storage import Folder
from siege_sim.store import Store, failures, read_sweep
from siege_sim.sweeping import Driver, Tally
from tests.integration.small_sweeps import LARGER, SMALL, exported, wait_for_parts, written

FAILING = """
name: failing
title: An experiment in which one point of four cannot be played
base: toy_town
settings: [population.persons_per_household=50]
days: 3
levers:
  first: {key: interventions.aid_convoys.from_day, values: [1, 50]}
  last: {key: interventions.aid_convoys.until_day, values: [30, 60]}
design: {kind: grid}
replications: 2
"""


@pytest.fixture
def small(tmp_path) -> Path:
    return written(tmp_path, SMALL)


def sweep(plan: Plan | Path, folder: Path, workers: int = 1, **wishes) -> Tally:
    plan = plan if isinstance(plan, Plan) else load_plan(plan)
    return Driver(plan, Store.at(folder), workers, **wishes).sweep()


def parts(folder: Path) -> dict[str, int]:
    """Return every file of every part with the time of its last change."""
    return {str(file.relative_to(folder)): file.stat().st_mtime_ns for file in folder.glob("*/*.parquet")}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    sweep(written(folder, SMALL), folder / "out")
    return exported(folder / "out")


@pytest.fixture(scope="module")
def larger_undisturbed(tmp_path_factory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("larger")
    sweep(written(folder, LARGER), folder / "out")
    return exported(folder / "out")


def test_every_run_of_the_design_is_kept_once_with_its_series_and_quarters(small, tmp_path):
    tally = sweep(small, tmp_path / "out")
    found = read_sweep(tmp_path / "out")
    assert (tally.done, tally.failed, tally.left) == (12, 0, 0)
    assert found.planned == len(found.runs) == 12
    assert list(zip(found.runs["point"], found.runs["replication"], strict=True)) == [
        (point, replication) for point in range(4) for replication in range(3)
    ]
    assert (found.runs["seed"] == found.runs["replication"] + 1).all()
    assert found.runs["end_day"].eq(8).all()
    assert all(rows["day"].tolist() == [0, 4, 8] for _, rows in found.series.groupby(["point", "replication"]))
    assert set(found.quarters.groupby(["point", "replication"]).size()) == {found.quarters["quarter"].nunique()}


def test_a_run_of_a_sweep_is_the_run_that_one_gets_by_itself(small, tmp_path):
    from siege_sim import load_scenario, run

    sweep(small, tmp_path / "out", limit=2)
    found = read_sweep(tmp_path / "out")
    settings = ["population.persons_per_household=50", "processes.sorties.per_day=2.0"]
    for point, trucks in ((0, 0), (1, 2)):
        alone = run(load_scenario("toy_town", [*settings, f"interventions.aid_convoys.trucks={trucks}"]), 1, days=8)
        row = found.runs.set_index("point").loc[point]
        for name in found.manifest["outcomes"]:
            expected = alone.summary[name]
            assert row[name] == expected or (row[name] != row[name] and (expected is None or expected != expected)), (
                name
            )
        mine = found.quarters[found.quarters["point"] == point].drop(columns=["point", "replication", "seed"])
        assert csv_text(mine) == csv_text(alone.quarters)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [2, 4])
def test_the_tables_are_the_same_bytes_for_any_number_of_workers(small, tmp_path, undisturbed, workers):
    sweep(small, tmp_path / "out", workers)
    assert exported(tmp_path / "out") == undisturbed


def test_a_limit_plays_the_first_runs_and_without_it_the_rest_follows(small, tmp_path, undisturbed):
    assert sweep(small, tmp_path / "out", limit=5).done == 5
    before = parts(tmp_path / "out")
    assert sweep(small, tmp_path / "out").done == 7
    assert {name: parts(tmp_path / "out")[name] for name in before} == before, "a finished part was touched"
    assert exported(tmp_path / "out") == undisturbed
    assert sweep(small, tmp_path / "out").done == 0


def test_a_full_disk_is_said_in_plain_words_and_loses_nothing(small, tmp_path, undisturbed, monkeypatch):
    sync, calls = os.fsync, []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) > 20:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ResultError, match="No space left on device; put that right and give the same command again"):
        sweep(small, tmp_path / "out")
    monkeypatch.undo()
    kept = parts(tmp_path / "out")
    assert kept, "the disk was full before anything was kept, so this shows nothing"
    assert not list((tmp_path / "out").rglob(".*")), "half a file was left"
    sweep(small, tmp_path / "out")
    assert {name: parts(tmp_path / "out")[name] for name in kept} == kept
    assert exported(tmp_path / "out") == undisturbed


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def flip_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[40] ^= 1
    file.write_bytes(content)


def empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("harm", [truncate, flip_a_bit, empty, Path.unlink], ids=lambda harm: harm.__name__)
@pytest.mark.parametrize("table", ["runs", "series", "quarters"])
def test_a_damaged_part_is_played_again_and_nothing_else(small, tmp_path, undisturbed, table, harm):
    sweep(small, tmp_path / "out")
    victim = sorted((tmp_path / "out" / table).glob("*.parquet"))[0]
    lost = len(pandas_rows(tmp_path / "out" / "runs" / victim.name))
    harm(victim)
    said: list[str] = []
    again = sweep(small, tmp_path / "out", check=True, say=said.append)
    assert again.done == lost
    assert (harm is Path.unlink and table == "runs") or any(victim.name in sentence for sentence in said)
    assert exported(tmp_path / "out") == undisturbed


def pandas_rows(file: Path):
    import pandas as pd

    return pd.read_parquet(file)


def test_reading_a_damaged_part_says_which_and_what_to_do(small, tmp_path):
    sweep(small, tmp_path / "out", limit=3)
    truncate(next((tmp_path / "out" / "series").glob("*.parquet")))
    with pytest.raises(ResultError, match=r"damaged: series/.*start the same sweep again with --check"):
        read_sweep(tmp_path / "out")


def test_what_a_killed_writer_left_is_cleared_away_and_never_read(small, tmp_path, undisturbed):
    sweep(small, tmp_path / "out", limit=6)
    part = next((tmp_path / "out" / "series").glob("*.parquet"))
    part.with_name("0000009-orphan.parquet").write_bytes(part.read_bytes())  # its runs were never finished
    part.with_name(".half.parquet.1234.unfinished").write_bytes(b"PAR1")
    assert len(read_sweep(tmp_path / "out").series) == 6 * 3
    sweep(small, tmp_path / "out")
    assert not list((tmp_path / "out" / "series").glob("*orphan*"))
    assert not list((tmp_path / "out").rglob(".*"))
    assert exported(tmp_path / "out") == undisturbed


def test_other_tools_read_the_parts_while_the_sweep_is_running(small, tmp_path):
    import pandas as pd
    import pyarrow.dataset

    seen: list[int] = []

    def look(tally: Tally) -> None:
        rows = len(pd.read_parquet(tmp_path / "out" / "runs"))
        assert rows == pyarrow.dataset.dataset(tmp_path / "out" / "runs").count_rows()
        assert rows == tally.done
        seen.append(rows)

    sweep(small, tmp_path / "out", tell=look)
    assert seen[-1] == 12
    assert len(seen) > 2


def test_two_drivers_do_not_play_one_sweep(small, tmp_path):
    sweep(small, tmp_path / "out", limit=1)
    with only_driver(Folder(tmp_path / "out")):
        assert str(os.getpid()) in str(lock_holder(Folder(tmp_path / "out")))
        with pytest.raises(ResultError, match=f"process {os.getpid()} on .* is playing this sweep now"):
            sweep(small, tmp_path / "out")
    assert lock_holder(Folder(tmp_path / "out")) is None
    assert sweep(small, tmp_path / "out", limit=2).done == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("high: 8", "high: 9", "'uncertainties' changed"),
        ("replications: 3", "replications: 4", "'replications' changed"),
        ("every_days: 4", "every_days: 2", "'series' changed"),
        ("household=50", "household=40", "'settings' changed"),
    ],
)
def test_a_changed_experiment_is_refused(small, tmp_path, old, new, said):
    sweep(small, tmp_path / "out", limit=1)
    before = parts(tmp_path / "out")
    small.write_text(SMALL.replace(old, new))
    with pytest.raises(ResultError, match=f"{said}.*choose another --out"):
        sweep(small, tmp_path / "out")
    assert parts(tmp_path / "out") == before


def test_a_changed_title_is_no_other_experiment(small, tmp_path):
    sweep(small, tmp_path / "out", limit=1)
    small.write_text(SMALL.replace("A small", "A little"))
    assert sweep(small, tmp_path / "out", limit=2).done == 1


def test_a_changed_scenario_behind_the_experiment_is_refused(tmp_path):
    (tmp_path / "town.yaml").write_text("extends: toy_town\nname: town\n")
    file = written(tmp_path, SMALL.replace("base: toy_town", "base: town.yaml"))
    sweep(file, tmp_path / "out", limit=1)
    (tmp_path / "town.yaml").write_text("extends: toy_town\nname: town\nfood: {home_days: 9}\n")
    with pytest.raises(ResultError, match="the scenarios behind it changed"):
        sweep(file, tmp_path / "out")


def test_another_version_of_the_model_is_refused(small, tmp_path, monkeypatch):
    sweep(small, tmp_path / "out", limit=1)
    monkeypatch.setattr("siege_sim.sweeping.model_version", lambda: "0.1.0+other")
    with pytest.raises(ResultError, match="runs of two models are not mixed"):
        sweep(small, tmp_path / "out")


def test_a_folder_with_something_else_in_it_is_left_alone(small, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(ResultError, match="holds no sweep; choose another --out"):
        sweep(small, tmp_path / "out")
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["thesis.txt"]


def test_a_run_that_fails_is_written_down_and_stops_no_other(tmp_path):
    file = written(tmp_path, FAILING)
    tally = sweep(file, tmp_path / "out")
    assert (tally.done, tally.failed) == (6, 2)
    runs = read_sweep(tmp_path / "out").runs
    assert runs[runs["status"] == "failed"]["point"].tolist() == [2, 2]
    assert runs["outcome"].isna().tolist() == (runs["status"] == "failed").tolist()
    failed = failures(tmp_path / "out")
    assert failed["error"].str.contains("is before from_day").all()
    assert failed["traceback"].str.contains("Traceback").all()
    assert json.loads(failed["values"][0])["interventions.aid_convoys.until_day"] == 30
    assert sweep(file, tmp_path / "out").done == 0, "a failed run was played again without being asked for"
    (kind,) = status_of(tmp_path / "out")["failures"]
    assert (kind["runs"], kind["point"], kind["seed"]) == (2, 2, 1)


def test_only_failed_runs_are_played_again_when_asked_for(tmp_path, monkeypatch):
    import siege_sim.playing

    file, play = written(tmp_path, SMALL), siege_sim.playing.play

    def fails_on_seed_2(scenario, seed, *rest):
        if seed == 2:
            raise ValueError("the machine was tired")
        return play(scenario, seed, *rest)

    monkeypatch.setattr(siege_sim.playing, "play", fails_on_seed_2)
    assert sweep(file, tmp_path / "out").failed == 4
    assert sweep(file, tmp_path / "out", only_failed=True).failed == 4
    monkeypatch.undo()
    assert sweep(file, tmp_path / "out", only_failed=True).done == 4
    runs = read_sweep(tmp_path / "out").runs
    assert runs["status"].eq("ok").all()
    assert len(runs) == 12
    assert status_of(tmp_path / "out")["failed"] == 0


def test_a_run_that_kills_its_process_is_found_and_the_rest_goes_on(small, tmp_path, monkeypatch):
    def kills(bundle) -> bool:
        return any((task.point, task.replication) == (2, 1) for task in bundle.tasks)

    def engine(bundles, function, workers, stopped):
        for number, bundle in enumerate(bundles):
            if kills(bundle):
                raise WorkerError("workers died", (bundle,))
            yield number, function(bundle)

    def by_itself(bundle, function):
        if kills(bundle):
            raise WorkerError("its process died", (bundle,))
        return function(bundle)

    monkeypatch.setattr("siege_sim.sweeping.alone", by_itself)
    monkeypatch.setattr("siege_sim.sweeping._Pace.bundle_size", lambda self, left: min(4, left))
    tally = sweep(small, tmp_path / "out", engine=engine)
    assert (tally.done, tally.failed) == (11, 1)
    failed = failures(tmp_path / "out")
    assert failed[["point", "replication"]].to_numpy().tolist() == [[2, 1]]
    assert "process died" in failed["error"][0]


def test_a_machine_on_which_every_run_dies_is_no_fault_of_the_runs(small, tmp_path, monkeypatch):
    def engine(bundles, function, workers, stopped):
        raise WorkerError("workers died", (next(bundles),))
        yield

    def dies(bundle, function):
        raise WorkerError("its process died", (bundle,))

    monkeypatch.setattr("siege_sim.sweeping.alone", dies)
    with pytest.raises(WorkerError, match="workers died"):
        sweep(small, tmp_path / "out", engine=engine)
    assert len(read_sweep(tmp_path / "out").runs) == 0


def test_a_wish_to_stop_is_met_after_the_run_in_hand(small, tmp_path, undisturbed):
    def stop_soon(tally: Tally) -> None:
        if tally.done >= 3:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(StoppedError, match=r"stopped\. [0-9]+ of 12 runs are kept in .*same command goes on"):
        sweep(small, tmp_path / "out", tell=stop_soon)
    kept = parts(tmp_path / "out")
    assert 3 <= len(read_sweep(tmp_path / "out").runs) < 12
    sweep(small, tmp_path / "out")
    assert {name: parts(tmp_path / "out")[name] for name in kept} == kept
    assert exported(tmp_path / "out") == undisturbed


# With processes of their own


@pytest.fixture
def started(start) -> Callable[[Path, Path], subprocess.Popen[str]]:
    program = (sys.executable, "-m", "siege_sim.cli", "sweep")
    return lambda file, folder: start(*program, str(file), "--workers", "2", "--out", str(folder))


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """Return the processes that a driver has started to play (one more of its children only tracks resources)."""
    children: list[int] = []
    for task in Path(f"/proc/{process.pid}/task").iterdir():
        children += map(int, (task / "children").read_text().split())
    return [pid for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def is_there(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return not re.search(r"^State:\s+Z", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return False


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes under /proc")


@pytest.mark.slow
@needs_proc
def test_killing_a_worker_loses_nothing(started, tmp_path, larger_undisturbed):
    process = started(written(tmp_path, LARGER), tmp_path / "out")
    wait_for_parts(tmp_path / "out", 2, process)
    os.kill(workers_of(process)[0], signal.SIGKILL)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert exported(tmp_path / "out") == larger_undisturbed


@pytest.mark.slow
@needs_proc
def test_killing_the_driver_ends_its_workers_and_the_next_one_goes_on(started, tmp_path, larger_undisturbed):
    file = written(tmp_path, LARGER)
    process = started(file, tmp_path / "out")
    wait_for_parts(tmp_path / "out", 3, process)
    workers = workers_of(process)
    assert len(workers) == 2
    process.kill()
    process.communicate(timeout=60)
    deadline = time.monotonic() + 30
    while any(map(is_there, workers)):
        assert time.monotonic() < deadline, "a worker outlived its driver"
        time.sleep(0.05)
    finished = {file.name: file.read_bytes() for file in (tmp_path / "out" / "runs").glob("*.parquet")}
    assert len(finished) >= 3
    assert len(read_sweep(tmp_path / "out").runs) < 48, "everything was finished, so this shows nothing"
    sweep(file, tmp_path / "out")
    assert all((tmp_path / "out" / "runs" / name).read_bytes() == content for name, content in finished.items())
    assert sum(len(pandas_rows(part)) for part in (tmp_path / "out" / "runs").glob("*.parquet")) == 48
    assert exported(tmp_path / "out") == larger_undisturbed


@pytest.mark.slow
@needs_proc
def test_ctrl_c_finishes_what_is_in_flight_and_says_how_to_go_on(started, tmp_path, larger_undisturbed):
    file = written(tmp_path, LARGER)
    process = started(file, tmp_path / "out")
    wait_for_parts(tmp_path / "out", 2, process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the driver and to all workers
    printed, said = process.communicate(timeout=120)
    assert process.returncode == 130
    assert re.search(r"stopped\. [0-9]+ of 48 runs are kept in .*; the same command goes on with the rest", said)
    assert "Traceback" not in said + printed
    assert not (tmp_path / "out" / "stop").exists()
    sweep(file, tmp_path / "out")
    assert exported(tmp_path / "out") == larger_undisturbed


# The commands


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
    header, *rows = (tmp_path / "tables" / "runs.csv").read_text().splitlines()
    assert header.startswith("point,replication,seed,processes.sorties.per_day,trucks,status,error,outcome,end_day")
    assert len(rows) == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sweep", "no_such"], "no experiment is called 'no_such'"),
        (["status", "."], "holds no sweep"),
        (["status", "/no/such/folder"], "holds no sweep"),
        (["export", ".", "--out", "x"], "holds no sweep"),
        (["sweep", "SMALL", "--scheduler", "tcp://127.0.0.1:9", "--out", "OUT"], "no scheduler answers"),
        (["sweep", "SMALL", "--out", "nosuch://bucket/x"], "not a place to write to|needs fsspec"),
    ],
)
def test_bad_calls_are_known_errors(small, tmp_path, capsys, monkeypatch, arguments, said):
    monkeypatch.setattr("siege_sim.cluster.SECONDS_TO_CONNECT", 1.0)
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
    export_sweep(str(tmp_path / "out"), "ema", out)
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


def test_a_sweep_can_stand_behind_a_url(small, undisturbed, tmp_path):
    """Object stores: no rename, no lock of the system; here one in memory."""
    import fsspec

    plan, url = load_plan(small), "memory://bucket/sweep"
    try:
        Driver(plan, Store.at(url), 1, limit=5).sweep()
        assert status_of(url)["done"] == 5
        assert status_of(url)["played_now_by"] is None
        Driver(plan, Store.at(url), 1).sweep()
        out = tmp_path / "export"
        export_sweep(url, "parquet", out)
        assert {file.name: file.read_bytes() for file in out.iterdir()} == undisturbed
        with only_driver(Store.at(url).storage), pytest.raises(ResultError, match="is playing this sweep now"):
            Driver(plan, Store.at(url), 1).sweep()
    finally:
        fsspec.filesystem("memory").rm("/bucket", recursive=True)
