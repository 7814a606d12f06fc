"""Outputs that cannot be written, inputs that are no files: an error with a reason, never a bug or a traceback."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from siege_sim.cli import main as cli

COMMAND = f"{sys.executable} -m siege_sim.cli"
needs_devices = pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")


def call(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=300, check=False)


@needs_devices
@pytest.mark.parametrize(
    ("call_of_shell", "code", "said"),
    [
        ("list scenarios > /dev/full", 1, "No space left on device"),
        ("list scenarios 2>&-", 0, ""),
        ("validate no_such 2>&-", 1, ""),
        ("list scenarios >&-", 0, ""),
        ("validate no_such 2> /dev/full", 1, ""),
        ("validate <(echo name: x)", 1, "is a pipe or a device"),
    ],
)
def test_an_output_or_input_that_is_odd_ends_with_a_reason(call_of_shell, code, said):
    done = call(f"{COMMAND} {call_of_shell}")
    assert done.returncode == code, done
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_file_that_is_a_queue_is_refused_at_once(tmp_path, capsys):
    os.mkfifo(tmp_path / "queue.yaml")
    assert cli.main(["validate", str(tmp_path / "queue.yaml")]) == cli.KNOWN_ERROR
    assert "queue.yaml: is a pipe or a device; give a YAML file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "out/series.csv"), "out/series.csv: No space left on device"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error; solve this and run the command again"),
        (MemoryError(), "memory ran out; ask for less"),
    ],
)
def test_what_the_system_refuses_is_an_error_with_a_reason(error, said, monkeypatch, capsys):
    def fail(*args):
        raise error

    monkeypatch.setattr("siege_sim.cli.listings.scenario_list", fail)
    assert cli.main(["list", "scenarios"]) == cli.KNOWN_ERROR
    assert said in capsys.readouterr().err
