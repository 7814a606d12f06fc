"""A lock that keeps two drivers out of one sweep."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from siege_sim.errors import ResultError
from siege_sim.results.storage import Folder, Remote, Storage

LOCK = "lock"
DRIVER = "driver.json"
"""Who holds the lock of a folder; a file of its own, since some systems let nobody read a file that is locked."""

STALE_AFTER_SECONDS = 300.0
"""After how long without a heartbeat a driver of a remote store counts as gone."""

SECONDS_TO_LOCK = 1.0
"""How long a driver waits for a folder's lock: `siege-sim status` may hold it for an instant."""

_THIS_START = secrets.token_hex(8)
"""Tells this process from an earlier one that had the same number on the same machine."""


@contextlib.contextmanager
def sweep_lock(storage: Storage) -> Iterator[Callable[[], None]]:
    """Hold a sweep's lock meanwhile; give a function for its heartbeat, to be called now and then.

    In a folder the system frees the lock when the driver ends, however it ends. An object store has no locks: there the
    driver creates an object that must not be there yet, and writes the time of its last heartbeat into it.

    Raises:
        ResultError: another driver holds the lock.
    """
    if isinstance(storage, Folder):
        with _locked(storage):
            yield lambda: None
    else:
        assert isinstance(storage, Remote)
        heartbeat = _locked_remotely(storage)
        try:
            yield heartbeat
        finally:
            with contextlib.suppress(ResultError):  # the store is gone; without heartbeats the lock ends by itself
                storage.remove(LOCK)


def lock_holder(storage: Storage) -> str | None:
    """Return who drives a sweep now, in words; None when nobody does.

    Raises:
        ResultError: the store does not answer.
    """
    if isinstance(storage, Folder):
        record = _record_in(storage, DRIVER)
        return None if record is None or _is_free(storage.root / LOCK) else _in_words(record)
    record = _record_in(storage, LOCK)
    alive = record is not None and time.time() - record["time"] < STALE_AFTER_SECONDS and not _has_ended(record)
    return _in_words(record) if record is not None and alive else None


def _own_record() -> bytes:
    return json.dumps(
        {"process": os.getpid(), "host": socket.gethostname(), "time": time.time(), "start": _THIS_START}
    ).encode()


def _record_in(storage: Storage, name: str) -> dict[str, Any] | None:
    try:
        record = json.loads(storage.read(name))
        return {**record, "process": int(record["process"]), "host": str(record["host"]), "time": float(record["time"])}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _in_words(record: Mapping[str, Any]) -> str:
    return f"process {record['process']} on {record['host']}"


def _has_ended(record: Mapping[str, Any]) -> bool:
    """Return whether the driver of a record was on this machine and is no more, as far as that can be told."""
    if record["host"] != socket.gethostname() or os.name != "posix":
        return False
    if record["process"] == os.getpid():
        return bool(record.get("start") != _THIS_START)
    try:
        os.kill(record["process"], 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


@contextlib.contextmanager
def _locked(storage: Folder) -> Iterator[None]:
    folder = storage.root
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = FileLock(folder / LOCK)
        held.acquire(timeout=SECONDS_TO_LOCK)
    except Timeout:
        record = _record_in(storage, DRIVER)
        raise ResultError(
            f"{folder}: {_in_words(record) if record else 'another process'} is running this sweep now; wait for it, "
            "or stop it with Ctrl-C there"
        ) from None
    except OSError as error:
        raise ResultError(f"{folder}: cannot be written: {error.strerror or error}; choose another --out") from None
    try:
        with contextlib.suppress(OSError):  # a full disk: the lock holds all the same
            (folder / DRIVER).write_bytes(_own_record())
        yield
        with contextlib.suppress(OSError):
            (folder / DRIVER).unlink(missing_ok=True)
    finally:
        held.release()


def _is_free(file: Path) -> bool:
    """Return whether nobody holds a folder's lock; taken for an instant to see."""
    held = FileLock(file)
    try:
        held.acquire(timeout=0)
    except (Timeout, OSError):
        return False
    held.release()
    return True


def _locked_remotely(storage: Remote) -> Callable[[], None]:
    record = _own_record()
    taken = storage.create(LOCK, record)
    if not taken and lock_holder(storage) is None:
        storage.remove(LOCK)  # what a driver that is gone has left
        taken = storage.create(LOCK, record)
    if not taken:
        holder = lock_holder(storage) or "another process"
        raise ResultError(
            f"{storage.where}: {holder} is running this sweep now; if it was killed, start again in "
            f"{STALE_AFTER_SECONDS / 60:.0f} minutes"
        )
    storage.check_kept(LOCK, record)
    last = time.time()

    def heartbeat() -> None:
        nonlocal last
        if time.time() - last > STALE_AFTER_SECONDS / 10:
            storage.write({LOCK: _own_record()})
            last = time.time()

    return heartbeat
