"""Where files of a sweep are kept: a folder, or a store behind an fsspec URL such as ``s3://bucket/sweep``.

A file is written whole or not at all, and once its name is there it survives a power cut.
"""

from __future__ import annotations

import contextlib
import os
import posixpath
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from siege_sim.errors import ResultError, SiegeError

UNFINISHED = ".unfinished"
"""The ending of a file that is being written."""


class Storage(Protocol):
    """Named files in one place; names have slashes.

    Attributes:
        where: the folder or URL as the user gave it.
        address: the same, as workers in other folders or on other machines find it.
    """

    where: str
    address: str

    def read(self, name: str) -> bytes:
        """Return a file's content; FileNotFoundError when there is none, ResultError when it cannot be read."""

    def write(self, files: dict[str, bytes]) -> None:
        """Write files so that each is there whole or not at all; they appear in the given order."""

    def has(self, name: str) -> bool:
        """Return whether a file is there."""

    def names(self, folder: str) -> list[str]:
        """Return the names of the finished files in a folder, sorted; none when there is no such folder."""

    def remove(self, name: str) -> None:
        """Remove a file; no error when it is not there."""

    def clean(self, folder: str) -> None:
        """Remove what a writer that was killed left unfinished in a folder."""


def storage_at(target: str | Path) -> Storage:
    """Return the storage at a folder or an fsspec URL."""
    text = str(target)
    if text.startswith("file://"):
        return Folder(Path(text.removeprefix("file://")))
    return Remote(text) if "://" in text else Folder(Path(text))


class Folder:
    """Files in a folder of this machine or of a shared file system."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.where = str(root)
        self.address = str(root.resolve())

    def read(self, name: str) -> bytes:
        """Return a file's content."""
        try:
            return (self.root / name).read_bytes()
        except NotADirectoryError as error:
            raise FileNotFoundError(error.errno, error.strerror) from None
        except FileNotFoundError:
            raise
        except OSError as error:
            raise ResultError(f"{self.where}/{name}: cannot be read: {error.strerror or error}") from None

    def write(self, files: dict[str, bytes]) -> None:
        """Write, sync, then rename, so that a reader never sees half a file; then sync the folder."""
        finished: list[tuple[Path, Path]] = []
        try:
            for name, content in files.items():
                target = self.root / name
                target.parent.mkdir(parents=True, exist_ok=True)
                part = target.with_name(f".{target.name}.{secrets.token_hex(4)}{UNFINISHED}")
                finished.append((part, target))
                with part.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
            for part, target in finished:
                part.replace(target)
            for folder in {target.parent for _, target in finished}:
                _sync_folder(folder)
        except OSError as error:
            for part, _ in finished:
                with contextlib.suppress(OSError):
                    part.unlink(missing_ok=True)
            raise _not_written(self.where, error) from None

    def has(self, name: str) -> bool:
        """Return whether a file is there."""
        return (self.root / name).is_file()

    def names(self, folder: str) -> list[str]:
        """Return the names of the finished files in a folder, sorted."""
        try:
            entries = list(os.scandir(self.root / folder))
        except FileNotFoundError:
            return []
        return sorted(f"{folder}/{entry.name}" for entry in entries if not entry.name.startswith("."))

    def remove(self, name: str) -> None:
        """Remove a file."""
        (self.root / name).unlink(missing_ok=True)

    def clean(self, folder: str) -> None:
        """Remove what was left unfinished."""
        for file in (self.root / folder).glob(f".*{UNFINISHED}"):
            file.unlink(missing_ok=True)


OBJECT_STORES = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci", "obs"})
"""Protocols of stores that have buckets and no folders: nothing is made there before an object is written."""

NOT_WRITABLE = frozenset({"http", "https", "data", "git", "github", "zip", "tar", "libarchive", "reference"})
"""Protocols of places that can be read at best."""


class Remote:
    """Files behind an fsspec URL. Object stores write an object whole or not at all, so nothing is renamed.

    Whatever a driver raises becomes a `ResultError` of one sentence; only a file that is not there stays a
    `FileNotFoundError`.
    """

    def __init__(self, url: str) -> None:
        self.where = self.address = url.rstrip("/")
        self.protocol, _, place = url.partition("://")
        if self.protocol in NOT_WRITABLE or "::" in url:
            raise ResultError(
                f"{url}: no place to write to; name a folder, or an object store such as s3://bucket/name"
            )
        if not place.strip("/") or (self.protocol in OBJECT_STORES and place.startswith("/")):
            raise ResultError(f"{url}: names no bucket or folder; write one, such as s3://bucket/name")
        try:
            import fsspec

            self.files: Any
            self.files, self.root = fsspec.core.url_to_fs(self.where)
        except ImportError as error:
            raise ResultError(
                f"{url}: needs fsspec and its driver ({error}): pip install 'siege_sim[cluster]'"
            ) from None
        except Exception as error:
            raise ResultError(f"{url}: not a place to write to: {first_line(error)}") from None

    def _path(self, name: str) -> str:
        return posixpath.join(self.root, name)

    @contextlib.contextmanager
    def _asked(self) -> Iterator[None]:
        """Turn what a driver raises meanwhile into one sentence; each driver has errors of its own."""
        try:
            yield
        except (FileNotFoundError, SiegeError, MemoryError):
            raise
        except Exception as error:
            raise _unanswered(self.where, error) from None

    @contextlib.contextmanager
    def _written(self) -> Iterator[None]:
        """Do the same for writing, where even a place that is not there is an error."""
        try:
            with self._asked():
                yield
        except FileNotFoundError as error:
            raise ResultError(
                f"{self.where}: no such bucket or folder ({first_line(error)}); make it first, or correct --out"
            ) from None

    def _make_folder(self, path: str) -> None:
        if self.protocol not in OBJECT_STORES:
            self.files.makedirs(posixpath.dirname(path), exist_ok=True)

    def read(self, name: str) -> bytes:
        """Return a file's content."""
        with self._asked():
            return bytes(self.files.cat_file(self._path(name)))

    def write(self, files: dict[str, bytes]) -> None:
        """Write each file in one go, in the given order."""
        with self._written():
            for name, content in files.items():
                self._make_folder(self._path(name))
                self.files.pipe_file(self._path(name), content)

    def create(self, name: str, content: bytes) -> bool:
        """Write a file unless it is there; return whether it was written.

        Where the store itself cannot refuse, two writers in the same instant may both take themselves for the first.
        """
        if self.has(name):
            return False
        path = self._path(name)
        with self._written():
            self._make_folder(path)
            try:
                self.files.pipe_file(path, content, mode="create")
            except FileExistsError:
                return False
            except (NotImplementedError, TypeError, ValueError):
                self.files.pipe_file(path, content)
        return True

    def check_kept(self, name: str, content: bytes) -> None:
        """Make sure that a file that was written is there.

        Raises:
            ResultError: the store took it and has not got it.
        """
        try:
            found = self.read(name)
        except FileNotFoundError:
            found = b""
        if found != content:
            raise ResultError(f"{self.where}: does not keep what is written there; choose another --out")

    def has(self, name: str) -> bool:
        """Return whether a file is there."""
        with self._asked():
            self.files.invalidate_cache()
            return bool(self.files.exists(self._path(name)))

    def names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder, sorted."""
        try:
            with self._asked():
                self.files.invalidate_cache()
                found = self.files.ls(self._path(folder), detail=False)
        except FileNotFoundError:
            return []
        names = (posixpath.basename(path.rstrip("/")) for path in found)
        return sorted(f"{folder}/{name}" for name in names if name and not name.startswith("."))

    def remove(self, name: str) -> None:
        """Remove a file."""
        with contextlib.suppress(FileNotFoundError), self._asked():
            self.files.rm_file(self._path(name))

    def clean(self, folder: str) -> None:
        """Do nothing: an object is there whole or not at all."""


def first_line(error: BaseException) -> str:
    """Return what an error of a library says, in a line; its kind when it says nothing."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if not lines:
        return type(error).__name__
    return " ".join(lines[: 2 if lines[0].endswith(":") else 1]).rstrip(".")


def _unanswered(where: str, error: Exception) -> ResultError:
    """Return in a sentence why a store did not do what it was asked for, and what to do."""
    kind = type(error).__name__
    if "Credential" in kind or "Auth" in kind:
        way_out = "set its credentials as its driver expects them (for S3: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)"
    elif isinstance(error, PermissionError):
        way_out = "check the credentials and what they may do there"
    else:
        way_out = "check the address, the credentials and the network"
    return ResultError(
        f"{where}: the store does not do what it is asked for ({kind}: {first_line(error)}); {way_out}, and run the "
        "same command again: every run that was finished is kept"
    )


def _not_written(where: str, error: OSError) -> ResultError:
    reason = error.strerror or str(error)
    return ResultError(
        f"{where}: cannot be written: {reason}; solve this and run the same command again: "
        "every run that was finished is kept"
    )


def _sync_folder(folder: Path) -> None:
    """Make new names in a folder survive a power cut, where the system can do so."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
