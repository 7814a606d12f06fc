"""Checkpoints: a model as a file, to be continued later or on another machine."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pickle
import secrets
from pathlib import Path
from typing import TypeVar

from siege_sim.errors import SiegeError
from siege_sim.model.state import SiegeState
from siege_sim.model.version import model_version

ModelT = TypeVar("ModelT", bound=SiegeState)

FIRST_LINE = b"siege_sim checkpoint\n"
"""How a checkpoint begins. The digest of the rest follows in a line of its own, then a line of JSON, then the model."""


def save(model: SiegeState, path: str | Path) -> None:
    """Write a model down, in full or not at all; a file of that name is replaced.

    Raises:
        SiegeError: the place cannot be written to, or something in the model cannot be saved.
    """
    about = {"model_version": model_version(), "scenario": model.setting.name, "seed": model.seed, "day": model.day}
    rest = json.dumps(about).encode() + b"\n" + _pickled(model)
    _write(Path(path), FIRST_LINE + _digest(rest) + b"\n" + rest)


def load(kind: type[ModelT], path: str | Path) -> ModelT:
    """Read a model back.

    Raises:
        SiegeError: the file cannot be read, is no checkpoint, is damaged, or was saved by another version of the model.
    """
    text = _read(Path(path))
    if not text.startswith(FIRST_LINE[: len(text)]):
        raise SiegeError(f"{path}: is no checkpoint; give a file that model.save has written")
    digest, _, rest = text.removeprefix(FIRST_LINE).partition(b"\n")
    if digest != _digest(rest):
        raise SiegeError(f"{path}: is damaged or cut short; save the model again")
    about, _, pickled = rest.partition(b"\n")
    version = json.loads(about)["model_version"]
    if version != model_version():
        raise SiegeError(
            f"{path}: was saved by model {version}, and this is {model_version()}; load it with that version, or run "
            "its scenario from the start"
        )
    return _unpickled(kind, path, pickled)


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest().encode()


def _pickled(model: SiegeState) -> bytes:
    try:
        return pickle.dumps(model, pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise SiegeError(
            f"the model cannot be saved: {error}; what is added to a model or scenario must be data, or be defined at "
            "the top of a module"
        ) from error


def _unpickled(kind: type[ModelT], path: str | Path, pickled: bytes) -> ModelT:
    try:
        model = pickle.loads(pickled)
    except (AttributeError, ImportError) as error:
        raise SiegeError(f"{path}: needs a class that this program does not have: {error}") from error
    if not isinstance(model, kind):
        raise SiegeError(f"{path}: is a {type(model).__name__}, not a {kind.__name__}; use {type(model).__name__}.load")
    return model


def _write(path: Path, text: bytes) -> None:
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise SiegeError(f"{path}: cannot be written: {error.strerror}") from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SiegeError(f"{path}: cannot be read: {error.strerror}") from None
