"""Other systems and processors: nothing of POSIX is needed, and no processor leaves its mark in what is stored."""

from __future__ import annotations

import ast
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from siege_sim.cli.main import main
from tests.integration.small_sweeps import SMALL, exported, written

PACKAGE = Path(__file__).resolve().parents[2] / "siege_sim"

POSIX_MODULES = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "crypt", "posix"}
POSIX_CALLS = {
    "os": {
        "uname", "pwrite", "pread", "fork", "forkpty", "getuid", "geteuid", "getgid", "getppid", "setsid", "killpg",
        "getpgid", "nice", "setpriority", "getpriority", "PRIO_PROCESS", "sysconf", "getloadavg", "sched_getaffinity",
        "chown", "fchown", "fchmod", "mkfifo", "statvfs", "wait", "waitpid", "kill", "O_NOFOLLOW", "O_DIRECTORY",
        "O_NONBLOCK", "ttyname",
    },
    "signal": {"SIGHUP", "SIGPIPE", "SIGKILL", "SIGUSR1", "SIGALRM", "alarm", "setitimer", "pthread_sigmask",
               "SIG_BLOCK", "SIG_SETMASK", "sigwait"},
    "socket": {"AF_UNIX"},
}  # fmt: skip
"""What Windows does not have, or has with another meaning (``os.kill`` ends a process there)."""

WITH_AN_ALTERNATIVE = {
    ("cli/main.py", "SIGPIPE"), ("dashboard/limits.py", "PRIO_PROCESS"), ("dashboard/limits.py", "resource"),
    ("dashboard/limits.py", "setpriority"), ("dashboard/serving.py", "SIGPIPE"), ("dashboard/serving.py", "sysconf"),
    ("results/lock.py", "kill"), ("runner/pool.py", "SIG_BLOCK"), ("runner/pool.py", "SIG_SETMASK"),
    ("runner/pool.py", "pthread_sigmask"),
}  # fmt: skip
"""Uses beside which stands what happens where the name is not there."""


def uses(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in POSIX_MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module in POSIX_MODULES:
            yield node.module
        elif isinstance(node, ast.Attribute) and node.attr in POSIX_CALLS.get(getattr(node.value, "id", ""), ()):
            yield node.attr


def test_no_name_of_posix_is_used_without_an_alternative():
    found = {
        (file.relative_to(PACKAGE).as_posix(), name)
        for file in PACKAGE.rglob("*.py")
        for name in uses(ast.parse(file.read_text("utf-8")))
    }
    assert found == WITH_AN_ALTERNATIVE


def test_texts_are_written_and_read_alike_on_every_system():
    """As UTF-8, and with the same ends of lines: the same run gives the same bytes."""
    wrong = []
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                named = {word.arg for word in node.keywords}
                if node.func.attr == "write_text" and ("newline" not in named or len(node.args) + len(named) < 3):
                    wrong.append((file.name, node.lineno))
                if node.func.attr == "read_text" and not node.args and "encoding" not in named:
                    wrong.append((file.name, node.lineno))
    assert not wrong


WITHOUT_POSIX = """
import multiprocessing, os, signal, subprocess, sys
import filelock, numpy, pandas, pyarrow.parquet, mesa, numba, scipy.special, matplotlib, typer, yaml, pydantic

for module in {modules!r}:
    sys.modules[module] = None
for name in ("uname", "pwrite", "pread", "fork", "getuid", "geteuid", "setpriority", "sysconf", "sched_getaffinity"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGHUP", "SIGPIPE", "pthread_sigmask"):
    if hasattr(signal, name):
        delattr(signal, name)
multiprocessing.get_all_start_methods = lambda: ["spawn"]

if __name__ == "__main__":
    from siege_sim.cli.main import main

    for command in (
        ["sweep", "small.yaml", "--workers", "2", "--out", "swept", "--quiet"],
        ["status", "swept"],
    ):
        assert main(command) == 0, command
    print("all is well")
"""


@pytest.mark.slow
def test_runs_and_sweeps_work_without_the_names_of_posix(tmp_path):
    written(tmp_path, SMALL.replace("replications: 3", "replications: 1"))
    # the library of locks, which has its own way on each system, is loaded before: here it keeps that of POSIX
    script = WITHOUT_POSIX.format(modules=sorted(POSIX_MODULES - {"posix"}))
    (tmp_path / "without.py").write_text(script, "utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(
        [sys.executable, "without.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
    )
    assert "all is well" in done.stdout, done.stdout + done.stderr


def processor_features() -> str:
    """Return what NumPy makes use of on this processor beyond what it needs everywhere."""
    try:
        from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
    except ImportError:
        from numpy.core._multiarray_umath import __cpu_dispatch__, __cpu_features__
    return " ".join(name for name in __cpu_dispatch__ if __cpu_features__.get(name))


def stored(folder: Path) -> dict[str, str]:
    """Return the bytes of a run's files, in short, without what tells when it was played."""
    names = ("series.csv", "quarters.csv", "events.csv", "scenario.yaml", "snapshots.npz")
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


@pytest.mark.slow
def test_a_processor_with_fewer_features_stores_the_same_bytes(tmp_path, monkeypatch):
    features = processor_features()
    if not features:
        pytest.skip("this processor has nothing that NumPy could leave out")
    file = written(tmp_path, SMALL.replace("replications: 3", "replications: 1"))
    commands = {
        "run": ["run", "toy_town", "--days", "20", "--no-plots", "--quiet", "--out"],
        "swept": ["sweep", str(file), "--workers", "1", "--quiet", "--out"],
    }
    for name, command in commands.items():
        assert main([*command, str(tmp_path / f"{name}-here")]) == 0
        there = [sys.executable, "-m", "siege_sim.cli", *command, str(tmp_path / f"{name}-there")]
        subprocess.run(there, check=True, env=os.environ | {"NPY_DISABLE_CPU_FEATURES": features}, timeout=300)
    assert stored(tmp_path / "run-here") == stored(tmp_path / "run-there")
    assert exported(tmp_path / "swept-here") == exported(tmp_path / "swept-there")
    with np.load(tmp_path / "run-here" / "snapshots.npz") as layers:
        assert any(layer.dtype == float and (layer % 1.0).any() for layer in layers.values()), "this shows nothing"
