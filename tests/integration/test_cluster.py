"""A sweep on a real Dask scheduler: a worker is killed, then the scheduler; a new one goes on, with the same bytes."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec

import pytest

pytest.importorskip("distributed")

from siege_sim.experiments.plan import load_plan
from siege_sim.exports.formats import export_results
from siege_sim.results.storage import storage_at
from siege_sim.results.store import Store
from siege_sim.runner.sweep import Driver
from tests.commands import wait_until
from tests.integration.object_store import BUCKET, s3_server
from tests.integration.small_sweeps import LARGER, exported, written

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def dask(what: str, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments, "--no-dashboard"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Cluster:
    """A scheduler and two workers on this machine, which can be killed and started again at the same address."""

    def __init__(self) -> None:
        self.port = free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        self.scheduler = dask("scheduler", "--host", "127.0.0.1", "--port", str(self.port))
        self.workers = [dask("worker", self.address, "--nthreads", "1", "--no-nanny") for _ in range(2)]

    def kill(self) -> None:
        for process in (*self.workers, self.scheduler):  # asked to end, a worker waits for its scheduler, and may hang
            process.kill()
        for process in (*self.workers, self.scheduler):
            process.wait(timeout=60)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    found = Cluster()
    yield found
    found.kill()


@pytest.fixture
def url(tmp_path) -> Iterator[str]:
    """A store: one that speaks the protocol of S3 where there is a server of it, a folder elsewhere."""
    with ExitStack() as stack:
        if find_spec("moto") and find_spec("s3fs"):
            stack.enter_context(s3_server())
            yield f"s3://{BUCKET}/cluster"
        else:
            yield f"file://{tmp_path / 'cluster'}"


@pytest.mark.slow
def test_a_cluster_gives_the_same_bytes_though_a_worker_and_then_the_scheduler_is_killed(
    url: str, cluster: Cluster, tmp_path, start: Callable[..., subprocess.Popen[str]]
):
    file, storage = written(tmp_path, LARGER), storage_at(url)
    command = [sys.executable, "-m", "siege_sim.cli", "sweep", str(file), "--per-worker"]
    command += ["--scheduler", cluster.address, "--out", url]

    def parts() -> int:
        return len(storage.names("runs"))

    driver = start(*command)
    wait_until(lambda: parts() >= 2, driver)
    os.kill(cluster.workers[0].pid, signal.SIGKILL)
    before = parts()
    wait_until(lambda: parts() > before, driver)
    cluster.scheduler.kill()
    _, said = driver.communicate(timeout=120)
    assert driver.returncode == 1, said
    assert "Traceback" not in said, said
    assert re.search(r"error: the scheduler .* is gone .* the same command continues once there is one", said)
    assert parts() >= 3

    cluster.kill()
    cluster.start()
    driver = start(*command)
    printed, said = driver.communicate(timeout=300)
    assert driver.returncode == 0, said
    assert "48 runs are there" in printed
    assert re.search(r"worker .*: [0-9]+ runs", said)
    Driver(load_plan(file), Store.at(tmp_path / "alone"), 1).sweep()
    export_results(url, "parquet", tmp_path / "export")
    assert {one.name: one.read_bytes() for one in (tmp_path / "export").iterdir()} == exported(tmp_path / "alone")
