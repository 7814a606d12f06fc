"""The command line without a process of its own: what takes seconds to start anew is started once."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

from siege_sim.cli import main as cli


def siege_sim(*arguments: str, cwd: Path | None = None) -> CompletedProcess[str]:
    """Do what the program does with these words, as one whose output goes into pipes; without signals or terminals."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(cwd or os.curdir), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main(list(arguments))
    return CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def wait_for_runs(folder: Path, count: int, process: subprocess.Popen[str]) -> None:
    """Wait until a program has kept so many runs of those it was asked for, as ``folder.unfinished``."""
    kept = folder.with_name(f"{folder.name}.unfinished")
    wait_until(lambda: len(list(kept.glob("*.npz"))) >= count, process)


def wait_until(so_far: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until a program has come so far; it must not end before."""
    deadline = time.monotonic() + 120
    while not so_far():
        assert process.poll() is None, f"it ended too early: {process.communicate()}"
        assert time.monotonic() < deadline, "it did not come so far"
        time.sleep(0.01)
