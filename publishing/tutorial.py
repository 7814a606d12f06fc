"""The first tutorial, with what its commands print.

``python -m publishing.tutorial docs`` does, in an empty folder, what the page tells its reader to do, and writes what
each command prints below it. A test checks that the page says what the program prints now.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from siege_sim.cli.main import main

TUTORIAL = "first_siege.md"
WIDTH = "80"
"""Columns of the terminal whose output the page shows."""

_FILE = re.compile(r"```yaml\n# (\S+)\n.*?```\n", re.DOTALL)
_STEP = re.compile(r"(```console\n(.*?)```\n\n```text\n).*?(```\n)", re.DOTALL)


def with_outputs(page: str) -> str:
    """Return the page with what its commands print now; files that it shows are written first."""
    with _empty_folder():
        for found in _FILE.finditer(page):
            Path(found[1]).write_text(found[0].removeprefix("```yaml\n").removesuffix("```\n"), "utf-8")
        return _STEP.sub(lambda found: f"{found[1]}{printed(found[2])}{found[3]}", page)


def printed(commands: str) -> str:
    """Return what commands print, without what they say of their progress.

    Raises:
        RuntimeError: a command fails.
    """
    out = io.StringIO()
    for command in commands.strip().splitlines():
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()) as error:
            if main(shlex.split(command)[1:]):
                raise RuntimeError(f"{command}: {error.getvalue()}")
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().strip("\n").splitlines())


@contextlib.contextmanager
def _empty_folder() -> Iterator[None]:
    before, width = Path.cwd(), os.environ.get("COLUMNS")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["COLUMNS"] = WIDTH
        try:
            yield
        finally:
            os.chdir(before)
            os.environ.pop("COLUMNS") if width is None else os.environ.update(COLUMNS=width)


if __name__ == "__main__":
    file = Path(sys.argv[1]) / TUTORIAL
    file.write_text(with_outputs(file.read_text("utf-8")), "utf-8")
