"""Writing several files so that either all of them are there in the end, or none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from siege_sim.errors import ResultError


def check_files(files: list[Path], force: bool) -> None:
    """Refuse files that cannot be written, before any work is done.

    Raises:
        ResultError: names the file and the way out.
    """
    for file in files:
        if file.is_dir():
            raise ResultError(f"{file}: is a folder; name a file in it")
        if file.exists() and not force:
            raise ResultError(f"{file}: is there already; choose another name, or replace it with --force")
        folder = file.resolve().parent
        if not folder.is_dir():
            raise ResultError(f"{file}: cannot be written: there is no folder {folder}; make it first")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise ResultError(f"{file}: cannot be written: the folder {folder} takes no new file; choose another")
    if len({file.resolve() for file in files}) < len(files):
        raise ResultError(f"{files[0]}: two files of this command would have this name; give one another name")


def write_together(contents: Mapping[Path, str | bytes], force: bool = False) -> None:
    """Write files, all or none.

    Args:
        contents: what each file shall hold.
        force: replace files that are there.

    Raises:
        ResultError: when a file is there already, or cannot be written; then none was.
    """
    check_files(list(contents), force)
    waiting: dict[Path, Path] = {}
    try:
        for file, content in contents.items():
            waiting[file] = _beside(file, content)
        for file, temporary in waiting.items():
            temporary.replace(file)
    except OSError as error:
        raise ResultError(f"{error.filename}: cannot be written: {error.strerror}; nothing was left there") from None
    finally:
        for temporary in waiting.values():
            temporary.unlink(missing_ok=True)


def _beside(file: Path, content: str | bytes) -> Path:
    """Write content into a temporary file in the folder of ``file``."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    handle, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.resolve().parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return temporary
