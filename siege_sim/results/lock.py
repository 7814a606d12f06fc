"""A lock that keeps two drivers out of one sweep."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from siege_sim.errors import ResultError
from siege_sim.results.storage import Folder, Remote, Storage

LOCK = "lock"
STALE_AFTER_SECONDS = 300.0
"""After how long without a heartbeat a driver of a remote store counts as gone."""


@contextlib.contextmanager
def sweep_lock(storage: Storage) -> Iterator[Callable[[], None]]:
    """Hold a sweep's lock meanwhile; give a function for its heartbeat, to be called now and then.

    In a folder the system frees the lock when the driver ends, however it ends. An object store has no locks: there the
    driver creates an object that must not be there yet, and writes the time of its last heartbeat into it.

    Raises:
        ResultError: another driver holds the lock.
    """
    if isinstance(storage, Folder):
        with _locked(storage.root):
            yield lambda: None
    else:
        assert isinstance(storage, Remote)
        heartbeat = _locked_remotely(storage)
        try:
            yield heartbeat
        finally:
            storage.remove(LOCK)


def lock_holder(storage: Storage) -> str | None:
    """Return who drives a sweep now, in words; None when nobody does."""
    try:
        holder_data = json.loads(storage.read(LOCK))
        holder = f"process {holder_data['process']} on {holder_data['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if isinstance(storage, Folder):
        return None if _is_free(storage.root / LOCK) else holder
    return holder if time.time() - float(holder_data["time"]) < STALE_AFTER_SECONDS else None


def _own_record() -> bytes:
    return json.dumps({"process": os.getpid(), "host": socket.gethostname(), "time": time.time()}).encode()


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    import fcntl

    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise ResultError(f"{folder}: cannot be written: {error.strerror}; choose another --out") from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = lock_holder(Folder(folder)) or "another process"
            raise ResultError(
                f"{folder}: {holder} is running this sweep now; wait for it, or stop it with Ctrl-C there"
            ) from None
        with contextlib.suppress(OSError):  # a full disk: the lock holds all the same
            os.truncate(handle, 0)
            os.pwrite(handle, _own_record(), 0)
        yield
        with contextlib.suppress(OSError):
            os.truncate(handle, 0)
    finally:
        os.close(handle)


def _is_free(file: Path) -> bool:
    import fcntl

    with file.open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def _locked_remotely(storage: Remote) -> Callable[[], None]:
    taken = storage.create(LOCK, _own_record())
    if not taken and lock_holder(storage) is None:
        storage.remove(LOCK)  # what a driver that is gone has left
        taken = storage.create(LOCK, _own_record())
    if not taken:
        holder = lock_holder(storage) or "another process"
        raise ResultError(
            f"{storage.where}: {holder} is running this sweep now; if it was killed, start again in "
            f"{STALE_AFTER_SECONDS / 60:.0f} minutes"
        )
    last = time.time()

    def heartbeat() -> None:
        nonlocal last
        if time.time() - last > STALE_AFTER_SECONDS / 10:
            storage.write({LOCK: _own_record()})
            last = time.time()

    return heartbeat
