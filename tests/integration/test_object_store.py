"""A sweep on a store that speaks the protocol of S3: killed, continued, and refused in a sentence."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys

import pytest

from siege_sim.cli.main import main
from siege_sim.exports.formats import export_results
from siege_sim.results.lock import lock_holder
from siege_sim.results.status import status_of
from siege_sim.results.storage import storage_at
from tests.commands import wait_until
from tests.integration.object_store import BUCKET, forget_clients, s3_server
from tests.integration.small_sweeps import SMALL, exported, sweep, written

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def server():
    with s3_server() as address:
        yield address


@pytest.fixture
def small(tmp_path):
    return written(tmp_path, SMALL)


@pytest.mark.slow
def test_a_driver_that_is_killed_is_followed_by_another_at_once(server, small, tmp_path, start):
    url = f"s3://{BUCKET}/killed"
    storage = storage_at(url)
    driver = start(sys.executable, "-m", "siege_sim.cli", "sweep", str(small), "--workers", "1", "--out", url)
    wait_until(lambda: len(storage.names("runs")) >= 2, driver)
    os.kill(driver.pid, signal.SIGKILL)
    driver.communicate(timeout=60)
    assert status_of(url)["left"] > 0, "everything was finished, so this shows nothing"
    assert lock_holder(storage) is None
    assert main(["sweep", str(small), "--workers", "1", "--out", url, "--quiet"]) == 0
    export_results(url, "parquet", tmp_path / "export")
    sweep(small, tmp_path / "alone")
    assert {file.name: file.read_bytes() for file in (tmp_path / "export").iterdir()} == exported(tmp_path / "alone")


def test_of_two_drivers_that_begin_at_once_one_gets_the_lock(server, monkeypatch):
    mine, others = (storage_at(f"s3://{BUCKET}/race") for _ in range(2))
    for storage in (mine, others):
        monkeypatch.setattr(storage, "has", lambda name: False)
    assert mine.create("lock", b"mine")
    assert not others.create("lock", b"others")
    assert mine.read("lock") == b"mine"


@pytest.mark.parametrize("command", [["sweep", "EXPERIMENT", "--out"], ["status"]])
@pytest.mark.parametrize(
    ("variables", "url", "said"),
    [
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, f"s3://{BUCKET}/a", "NoCredentialsError"),
        ({"AWS_ENDPOINT_URL": "CLOSED"}, f"s3://{BUCKET}/a", "EndpointConnectionError"),
        ({"AWS_ENDPOINT_URL": "no address"}, f"s3://{BUCKET}/a", "ValueError: Invalid endpoint"),
        ({}, "s3://elsewhere/a", "no such bucket|holds no"),
        ({}, "s3://", "names no bucket"),
        ({}, "s3:///a", "names no bucket"),
        ({}, "s3://Not_A/a", "ParamValidationError|InvalidBucketName|no such bucket|holds no"),
        ({}, "http://127.0.0.1:9/a", "no place to write to"),
    ],
)
def test_a_store_that_cannot_be_used_is_one_sentence(server, small, capsys, monkeypatch, command, variables, url, said):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and never listening: nobody answers there
        for name, value in variables.items():
            monkeypatch.setenv(name, value.replace("CLOSED", f"http://127.0.0.1:{closed.getsockname()[1]}"))
            if not value:
                monkeypatch.delenv(name)
        forget_clients()
        code = main([str(small) if word == "EXPERIMENT" else word for word in command] + [url])
        monkeypatch.undo()
        forget_clients()
    told = capsys.readouterr().err
    assert code == 1, told
    (line,) = [line for line in told.splitlines() if line.startswith("error:")]
    assert re.search(said, line), line
