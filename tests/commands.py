"""The command line without a process of its own: what takes seconds to start anew is started once."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path
from subprocess import CompletedProcess

from siege_sim.cli import main as cli


def siege_sim(*arguments: str, cwd: Path | None = None) -> CompletedProcess[str]:
    """Do what the program does with these words, as one whose output goes into pipes; without signals or terminals."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(cwd or os.curdir), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main(list(arguments))
    return CompletedProcess(arguments, code, out.getvalue(), err.getvalue())
