"""Print an interpreter on which the other supported Mesa runs, if this machine has one.

Mesa 3.3 is the newest for Python 3.11; 3.5 needs 3.12 or newer.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

WANTED = (12, 13, 14) if sys.version_info < (3, 12) else (11,)


def candidates() -> Iterator[str]:
    """Yield interpreters of a wanted version: on the path, and among pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for minor in sorted(WANTED, reverse=True):
        on_path = shutil.which(f"python3.{minor}")
        if on_path:
            yield on_path
        yield from sorted(str(path) for path in pyenv.glob(f"3.{minor}.*/bin/python"))


def works(interpreter: str) -> bool:
    """Return whether an interpreter starts, is of a wanted version, and can make virtual environments."""
    code = f"import sys, venv, ensurepip; sys.exit(sys.version_info[1] not in {WANTED})"
    try:
        return subprocess.run([interpreter, "-c", code], capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


if __name__ == "__main__":
    print(next(filter(works, candidates()), ""))  # noqa: T201
