"""A fresh process for one case: ``python -m tests.benchmarks.child CASE ARGUMENTS`` prints what it measured.

Arguments and answer are JSON.
"""
# ruff: noqa: T201

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.benchmarks.cases import CASES
from tests.benchmarks.measurement import Measurement


def in_fresh_process(case: str, **arguments: Any) -> Any:
    """Run a case in a process of its own, wait for it, and return its answer.

    Raises:
        RuntimeError: the process failed; its messages have gone to standard error.
    """
    command = [sys.executable, "-m", "tests.benchmarks.child", case, json.dumps(arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the benchmark case '{case}' failed with exit code {done.returncode}")
    return json.loads(done.stdout)


def measure_in_fresh_process(case: str, **arguments: Any) -> Measurement:
    """Run a case that measures."""
    return Measurement(**in_fresh_process(case, **arguments))


def main(case: str, arguments: str) -> None:
    """Run a case here and print its answer."""
    answer = CASES[case](**json.loads(arguments))
    print(json.dumps(answer.to_dict() if isinstance(answer, Measurement) else answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
