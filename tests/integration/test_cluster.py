"""A sweep on a real Dask scheduler with two workers, one of which is killed: the same bytes as on one process."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

pytest.importorskip("distributed")

from siege_sim.experiments.plan import load_plan
from siege_sim.results.store import Store
from siege_sim.runner.sweep import Driver
from tests.integration.small_sweeps import LARGER, exported, wait_for_parts, written


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def dask(what: str, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments, "--no-dashboard"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    scheduler = dask("scheduler", "--host", "127.0.0.1", "--port", str(port))
    workers = [dask("worker", address, "--nthreads", "1", "--no-nanny") for _ in range(2)]
    yield address, workers
    for process in (*workers, scheduler):  # killed: a worker that is asked to end waits for its scheduler, and may hang
        process.kill()
    for process in (*workers, scheduler):
        process.wait(timeout=60)


@pytest.mark.slow
def test_a_cluster_gives_the_same_bytes_though_a_worker_is_killed(cluster, tmp_path):
    address, workers = cluster
    file = written(tmp_path, LARGER)
    command = [sys.executable, "-m", "siege_sim.cli", "sweep", str(file), "--per-worker"]
    command += ["--scheduler", address, "--out", f"file://{tmp_path / 'cluster'}"]
    driver = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for_parts(tmp_path / "cluster", 3, driver)
    os.kill(workers[0].pid, signal.SIGKILL)
    printed, said = driver.communicate(timeout=300)
    assert driver.returncode == 0, said
    assert "48 runs are there" in printed
    assert re.search(r"worker .*: [0-9]+ runs", said)
    Driver(load_plan(file), Store.at(tmp_path / "alone"), 1).sweep()
    assert exported(tmp_path / "cluster") == exported(tmp_path / "alone")
