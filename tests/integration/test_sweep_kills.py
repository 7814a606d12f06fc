"""Sweeps whose processes are killed or asked to stop: real ones, by signals, with the same tables in the end."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from siege_sim.results.store import read_sweep
from tests.integration.small_sweeps import LARGER, exported, rows_of, sweep, wait_for_parts, written


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    sweep(written(folder, LARGER), folder / "out")
    return exported(folder / "out")


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
def test_killing_a_worker_loses_nothing(started, tmp_path, undisturbed):
    process = started(written(tmp_path, LARGER), tmp_path / "out")
    wait_for_parts(tmp_path / "out", 2, process)
    os.kill(workers_of(process)[0], signal.SIGKILL)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert exported(tmp_path / "out") == undisturbed


@pytest.mark.slow
@needs_proc
def test_killing_the_driver_ends_its_workers_and_the_next_one_goes_on(started, tmp_path, undisturbed):
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
    assert sum(len(rows_of(part)) for part in (tmp_path / "out" / "runs").glob("*.parquet")) == 48
    assert exported(tmp_path / "out") == undisturbed


@pytest.mark.slow
@needs_proc
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_a_terminal_that_says_stop_lets_finish_what_is_in_flight(started, tmp_path, undisturbed, number):
    file = written(tmp_path, LARGER)
    process = started(file, tmp_path / "out")
    wait_for_parts(tmp_path / "out", 2, process)
    os.killpg(process.pid, number)  # as a terminal does: to the driver and to all workers
    printed, said = process.communicate(timeout=120)
    assert process.returncode == 130
    assert re.search(r"stopped\. [0-9]+ of 48 runs are kept in .*; the same command continues", said)
    assert "Traceback" not in said + printed
    assert not (tmp_path / "out" / "stop").exists()
    sweep(file, tmp_path / "out")
    assert exported(tmp_path / "out") == undisturbed
