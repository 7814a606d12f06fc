"""Writing folders and texts: all of it or nothing, numbers in a fixed format."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from siege_sim.errors import ResultError

FLOAT_FORMAT = "%.10g"

UTF_8_MARK = b"\xef\xbb\xbf"
"""Begins every CSV file for people: without it a spreadsheet takes Arabic and Cyrillic letters for others."""


def csv_text(table: pd.DataFrame) -> str:
    """Return a table as CSV with a fixed format for numbers."""
    return str(table.to_csv(index=False, float_format=FLOAT_FORMAT, lineterminator="\n"))


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Return a table as a CSV file that spreadsheets read as UTF-8: it begins with the mark that says so."""
    return UTF_8_MARK + csv_text(table).encode()


def json_text(data: Mapping[str, Any]) -> str:
    """Return data as JSON; numbers that are not finite become ``null``."""
    return json.dumps(_plain(data), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


OLDEST_READABLE = (0, 2)
"""Results of versions before this one use other names for sides, outcomes and endings."""


def refuse_older(manifest: Mapping[str, Any], names: Collection[str], where: object) -> None:
    """Refuse results that an older version wrote, whose names are not known here.

    Args:
        manifest: of the results.
        names: of the outcomes of runs that they hold.
        where: their folder or URL.

    Raises:
        ResultError: names the version that wrote them, and the way out.
    """
    version = str(manifest.get("version", "0"))
    numbers = tuple(int(part) if part.isdigit() else 0 for part in version.split(".")[:2])
    if numbers < OLDEST_READABLE or "ending" not in names:
        raise ResultError(
            f"{where}: written by an older version of siege_sim ({version}), which used other names for sides and "
            "outcomes; run the scenario again, or read it with that version"
        )


@contextlib.contextmanager
def new_folder(target: Path, force: bool = False) -> Iterator[Path]:
    """Give a temporary folder that becomes ``target`` when all went well, and vanishes when not.

    Args:
        target: where the folder shall be in the end.
        force: replace what is there.

    Raises:
        ResultError: when something is there already, or the place cannot be written to.
    """
    check_target(target, force)
    target = target.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise ResultError(f"{target}: cannot be written: {error.strerror}") from None
    try:
        yield temporary
        temporary.chmod(0o777 & ~_umask())
        if target.exists():
            _replace(target, temporary)
        else:
            temporary.rename(target)
    except OSError as error:
        raise ResultError(f"{target}: cannot be written: {error}; nothing was left there") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextlib.contextmanager
def new_file(target: Path, force: bool = False) -> Iterator[Path]:
    """Give a temporary file that becomes ``target`` when all went well, and vanishes when not.

    Args:
        target: where the file shall be in the end; the temporary file has the same name, in a folder beside it.
        force: replace a file that is there.

    Raises:
        ResultError: when something is there already, or the place cannot be written to.
    """
    check_new_file(target, force)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise ResultError(f"{str(target)[:80]}: cannot be written: {error.strerror}; choose another --out") from None
    try:
        yield folder / target.name
        (folder / target.name).replace(target)
    except OSError as error:
        raise ResultError(f"{target}: cannot be written: {error}; nothing was left there") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _replace(target: Path, folder: Path) -> None:
    """Put a folder in the place of another, which stays where it is if that fails or is interrupted."""
    old = folder.with_name(folder.name + "-old")
    try:
        target.rename(old)
        folder.rename(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.rename(target)
        raise
    finally:
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)


KNOWN_BY = ("manifest.json", "scorecard.json", "scorecards.json", "comparison.json")
"""Files by which a folder of results is known."""


def check_target(target: Path, force: bool = False) -> None:
    """Refuse a target folder that exists, unless ``force`` is set and it is a folder of results.

    Raises:
        ResultError: names what is there and the way out.
    """
    check_place(target)
    if not target.exists():
        return
    if not force:
        raise ResultError(f"{target}: is there already; choose another --out, or replace it with --force")
    ours = any(_made_here(target / name) for name in KNOWN_BY)
    replaceable = target.is_dir() and (not any(target.iterdir()) or ours)
    if not replaceable:
        raise ResultError(f"{target}: is not a results folder, so --force does not replace it; choose another --out")


AN_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
"""How an address such as ``s3://bucket/name`` begins, also once it was taken for a path; a drive has one letter."""


def check_place(target: Path) -> None:
    """Refuse a place where no file or folder can be written, before any work is done.

    Raises:
        ResultError: an address of a store, no path, or a place in a folder that takes nothing new.
    """
    if AN_ADDRESS.match(str(target)):
        raise ResultError(
            f"{str(target)[:80]}: is an address; only `siege-sim sweep` writes to a store: choose a path with --out"
        )
    try:
        whole = target.resolve()
        above = next((folder for folder in whole.parents if folder.exists()), whole)
    except (OSError, ValueError) as error:
        raise ResultError(f"{str(target)[:80]}: not a path: {getattr(error, 'strerror', None) or error}") from None
    if not os.access(above, os.W_OK | os.X_OK) or not above.is_dir():
        raise ResultError(f"{target}: cannot be written: {above} takes nothing new; choose another --out")


def check_new_file(target: Path, force: bool = False) -> None:
    """Refuse a file that is there, unless it may be replaced, or that cannot be written, before any work is done.

    Raises:
        ResultError: names what is there and the way out.
    """
    check_place(target)
    if target.is_dir():
        raise ResultError(f"{target}: is a folder; name a file with --out")
    if target.exists() and not force:
        raise ResultError(f"{target}: is there already; choose another --out, or replace it with --force")


def check_folder(target: Path) -> None:
    """Refuse a folder to which nothing can be added, before any work is done.

    Raises:
        ResultError: it is a file, or cannot be written.
    """
    check_place(target)
    if target.exists() and not target.is_dir():
        raise ResultError(f"{target}: is no folder; choose another one")
    if target.exists() and not os.access(target, os.W_OK | os.X_OK):
        raise ResultError(f"{target}: cannot be written; choose another one")


def _made_here(file: Path) -> bool:
    """Return whether this program wrote a file, by what stands in it."""
    try:
        return '"program": "siege_sim"' in file.read_text("utf-8")[:20_000]
    except (OSError, UnicodeDecodeError):
        return False


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
