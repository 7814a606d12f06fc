"""Sweeps: whatever is full, damaged, locked, changed or failing, no finished run is lost, repeated or mixed."""

from __future__ import annotations

import errno
import json
import os
import signal
from contextlib import ExitStack, suppress
from itertools import count
from pathlib import Path

import pytest

from siege_sim.cli import main as cli
from siege_sim.errors import ResultError, StoppedError, WorkerError
from siege_sim.experiments.plan import load_plan
from siege_sim.exports.formats import export_results
from siege_sim.results.files import csv_text
from siege_sim.results.lock import lock_holder, sweep_lock
from siege_sim.results.rounding import rounded_numbers
from siege_sim.results.status import status_of
from siege_sim.results.storage import Folder
from siege_sim.results.store import Store, failures, read_sweep
from siege_sim.runner.sweep import Driver, SweepProgress
from tests.integration.small_sweeps import SMALL, exported, rows_of, sweep, written


@pytest.fixture
def small(tmp_path) -> Path:
    return written(tmp_path, SMALL)


def parts(folder: Path) -> dict[str, int]:
    """Return every file of every part with the time of its last change."""
    return {str(file.relative_to(folder)): file.stat().st_mtime_ns for file in folder.glob("*/*.parquet")}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    sweep(written(folder, SMALL), folder / "out")
    return exported(folder / "out")


def test_every_run_of_the_design_is_kept_once_with_its_series_and_quarters(small, tmp_path):
    progress = sweep(small, tmp_path / "out")
    found = read_sweep(tmp_path / "out")
    assert (progress.done, progress.failed, progress.left) == (12, 0, 0)
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
        stored = rounded_numbers(alone.summary)
        for name in found.manifest["outcomes"]:
            expected = stored[name]
            assert row[name] == expected or (row[name] != row[name] and (expected is None or expected != expected)), (
                name
            )
        mine = found.quarters[found.quarters["point"] == point].drop(columns=["point", "replication", "seed"])
        assert csv_text(mine) == csv_text(alone.quarters)


def test_a_sweep_of_an_older_version_is_refused_with_the_way_out(small, tmp_path):
    sweep(small, tmp_path / "out", limit=1)
    file = tmp_path / "out" / "manifest.json"
    manifest = json.loads(file.read_text("utf-8"))
    manifest["outcomes"]["outcome"] = manifest["outcomes"].pop("ending")
    file.write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(ResultError, match=r"out: written by an older version of siege_sim .*; run the scenario again"):
        read_sweep(tmp_path / "out")


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
    with pytest.raises(ResultError, match="No space left on device; solve this and run the same command again"):
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
    lost = len(rows_of(tmp_path / "out" / "runs" / victim.name))
    harm(victim)
    said: list[str] = []
    again = sweep(small, tmp_path / "out", check=True, on_message=said.append)
    assert again.done == lost
    assert (harm is Path.unlink and table == "runs") or any(victim.name in sentence for sentence in said)
    assert exported(tmp_path / "out") == undisturbed


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

    def look(progress: SweepProgress) -> None:
        rows = len(pd.read_parquet(tmp_path / "out" / "runs"))
        assert rows == pyarrow.dataset.dataset(tmp_path / "out" / "runs").count_rows()
        assert rows == progress.done
        seen.append(rows)

    sweep(small, tmp_path / "out", on_progress=look)
    assert seen[-1] == 12
    assert len(seen) > 2


def test_two_drivers_do_not_run_one_sweep(small, tmp_path):
    sweep(small, tmp_path / "out", limit=1)
    with sweep_lock(Folder(tmp_path / "out")):
        assert str(os.getpid()) in str(lock_holder(Folder(tmp_path / "out")))
        with pytest.raises(ResultError, match=f"process {os.getpid()} on .* is running this sweep now"):
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
    monkeypatch.setattr("siege_sim.runner.sweep.model_version", lambda: "another model")
    with pytest.raises(ResultError, match="runs of two models are not mixed"):
        sweep(small, tmp_path / "out")


def test_a_folder_with_something_else_in_it_is_left_alone(small, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(ResultError, match="holds no sweep; choose another --out"):
        sweep(small, tmp_path / "out")
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["thesis.txt"]


def failing_at(chosen, monkeypatch):
    """Let runs fail of which `chosen` says so, by scenario and seed; return what undoes it."""
    import siege_sim.runner.worker

    run_tables = siege_sim.runner.worker.run_tables

    def perhaps(scenario, seed, *rest):
        if chosen(scenario, seed):
            raise ValueError("the machine was tired")
        return run_tables(scenario, seed, *rest)

    monkeypatch.setattr(siege_sim.runner.worker, "run_tables", perhaps)
    return monkeypatch.undo


def few_and_aided(scenario, seed) -> bool:
    """Whether it is point 1 of four: two sorties a day, two trucks."""
    trucks = scenario.interventions["aid_convoys"].trucks
    return (dict(scenario.processes.on())["sorties"].per_day, trucks) == (2.0, 2) and seed < 3


def test_a_run_that_fails_is_written_down_and_stops_no_other(tmp_path, monkeypatch):
    file = written(tmp_path, SMALL)
    failing_at(few_and_aided, monkeypatch)
    progress = sweep(file, tmp_path / "out")
    assert (progress.done, progress.failed) == (10, 2)
    runs = read_sweep(tmp_path / "out").runs
    assert runs[runs["status"] == "failed"]["point"].tolist() == [1, 1]
    assert runs["ending"].isna().tolist() == (runs["status"] == "failed").tolist()
    failed = failures(tmp_path / "out")
    assert failed["error"].str.contains("the machine was tired").all()
    assert failed["traceback"].str.contains("Traceback").all()
    assert json.loads(failed["values"][0])["interventions.aid_convoys.trucks"] == 2
    again = sweep(file, tmp_path / "out")
    assert (again.done, again.failed_before) == (0, 2), "a failed run was repeated without being asked for"
    (kind,) = status_of(tmp_path / "out")["failures"]
    assert (kind["runs"], kind["point"], kind["seed"]) == (2, 1, 1)


def test_a_sweep_with_failed_runs_does_not_end_as_if_all_were_well(tmp_path, monkeypatch, capsys):
    command = ["sweep", str(written(tmp_path, SMALL)), "--workers", "1", "--out", str(tmp_path / "out")]
    undo = failing_at(few_and_aided, monkeypatch)
    for _ in range(2):
        assert cli.main(command) == cli.KNOWN_ERROR
        assert "2 runs failed" in capsys.readouterr().err
    assert cli.main([*command, "--only-failed"]) == cli.KNOWN_ERROR
    undo()
    assert cli.main([*command, "--only-failed"]) == cli.EXIT_OK
    assert cli.main(command) == cli.EXIT_OK


def test_only_failed_runs_are_repeated_when_asked_for(tmp_path, monkeypatch):
    file = written(tmp_path, SMALL)
    undo = failing_at(lambda scenario, seed: seed == 2, monkeypatch)
    assert sweep(file, tmp_path / "out").failed == 4
    assert sweep(file, tmp_path / "out", only_failed=True).failed == 4
    undo()
    assert sweep(file, tmp_path / "out", only_failed=True).done == 4
    runs = read_sweep(tmp_path / "out").runs
    assert runs["status"].eq("ok").all()
    assert len(runs) == 12
    assert status_of(tmp_path / "out")["failed"] == 0


def test_a_run_that_kills_its_process_is_found_and_the_rest_goes_on(small, tmp_path, monkeypatch):
    def kills(batch) -> bool:
        return any((run.point, run.replication) == (2, 1) for run in batch.runs)

    def engine(batches, function, workers, stopped):
        for number, batch in enumerate(batches):
            if kills(batch):
                raise WorkerError("workers died", (batch,))
            yield number, function(batch)

    def by_itself(batch, function):
        if kills(batch):
            raise WorkerError("its process died", (batch,))
        return function(batch)

    monkeypatch.setattr("siege_sim.runner.sweep.run_isolated", by_itself)
    monkeypatch.setattr("siege_sim.runner.sweep._BatchSizer.batch_size", lambda self, left: min(4, left))
    progress = sweep(small, tmp_path / "out", engine=engine)
    assert (progress.done, progress.failed) == (11, 1)
    failed = failures(tmp_path / "out")
    assert failed[["point", "replication"]].to_numpy().tolist() == [[2, 1]]
    assert "process died" in failed["error"][0]


def test_a_machine_on_which_every_run_dies_is_no_fault_of_the_runs(small, tmp_path, monkeypatch):
    def engine(batches, function, workers, stopped):
        raise WorkerError("workers died", (next(batches),))
        yield

    def dies(batch, function):
        raise WorkerError("its process died", (batch,))

    monkeypatch.setattr("siege_sim.runner.sweep.run_isolated", dies)
    with pytest.raises(WorkerError, match="workers died"):
        sweep(small, tmp_path / "out", engine=engine)
    assert len(read_sweep(tmp_path / "out").runs) == 0


def test_a_request_to_stop_is_met_after_the_current_run(small, tmp_path, undisturbed):
    def stop_soon(progress: SweepProgress) -> None:
        if progress.done >= 3:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(StoppedError, match=r"stopped\. [0-9]+ of 12 runs are kept in .*same command continues"):
        sweep(small, tmp_path / "out", on_progress=stop_soon)
    kept = parts(tmp_path / "out")
    assert 3 <= len(read_sweep(tmp_path / "out").runs) < 12
    sweep(small, tmp_path / "out")
    assert {name: parts(tmp_path / "out")[name] for name in kept} == kept
    assert exported(tmp_path / "out") == undisturbed


def test_of_two_drivers_that_see_no_lock_one_gets_it(monkeypatch):
    """An object store has no locks of the system: who comes second must notice, though he saw nobody."""
    import fsspec

    storage = Store.at("memory://bucket/race").storage
    try:
        with sweep_lock(storage):
            looks = iter([None, "process 1 on the other machine"])
            monkeypatch.setattr("siege_sim.results.lock.lock_holder", lambda _: next(looks))
            monkeypatch.setattr(storage, "remove", lambda _: None)
            with (
                pytest.raises(ResultError, match="process 1 on the other machine is running this sweep now"),
                sweep_lock(storage),
            ):
                pass
            monkeypatch.undo()
        assert not storage.has("lock")
    finally:
        fsspec.filesystem("memory").rm("/bucket", recursive=True)


@pytest.mark.parametrize("when", [1, 2, 3])
def test_of_two_drivers_that_begin_at_once_one_gets_the_lock(monkeypatch, when):
    """The other one begins right after the first, second or third look or step of taking the lock."""
    import fsspec

    mine, others = (Store.at("memory://bucket/race").storage for _ in range(2))
    holders, steps = [], count(1)
    with ExitStack() as drivers:
        drivers.callback(fsspec.filesystem("memory").rm, "/bucket", recursive=True)

        def begin(storage):
            with suppress(ResultError):
                drivers.enter_context(sweep_lock(storage))
                holders.append(storage)

        def followed(step):
            def take(*given):
                try:
                    return step(*given)
                finally:
                    if next(steps) == when:
                        begin(others)

            return take

        for name in ("read", "has", "remove", "create"):
            monkeypatch.setattr(mine, name, followed(getattr(mine, name)))
        begin(mine)
        monkeypatch.undo()
        begin(others)
        assert len(holders) == 1


def test_a_sweep_can_stand_behind_a_url(small, undisturbed, tmp_path):
    """Object stores: no rename, no lock of the system; here one in memory."""
    import fsspec

    plan, url = load_plan(small), "memory://bucket/sweep"
    try:
        Driver(plan, Store.at(url), 1, limit=5).sweep()
        assert status_of(url)["done"] == 5
        assert status_of(url)["running_now"] is None
        Driver(plan, Store.at(url), 1).sweep()
        out = tmp_path / "export"
        export_results(url, "parquet", out)
        assert {file.name: file.read_bytes() for file in out.iterdir()} == undisturbed
        with sweep_lock(Store.at(url).storage), pytest.raises(ResultError, match="is running this sweep now"):
            Driver(plan, Store.at(url), 1).sweep()
    finally:
        fsspec.filesystem("memory").rm("/bucket", recursive=True)
