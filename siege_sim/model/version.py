"""Which version of the model makes a run's numbers."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from siege_sim._version import __version__

FOLDERS = ("kernels", "model", "schema")
"""The rooms that decide on a run's numbers, once its scenario has been read."""


@cache
def model_version() -> str:
    """Return the version of the program with a hash of the model's source and of every plug-in's version.

    The hash changes with every change of the source, even of a comment: better to play a sweep anew than to mix runs of
    two models.
    """
    root = Path(__file__).parents[1]
    files = [file for folder in FOLDERS for file in sorted((root / folder).rglob("*.py"))]
    summed = hashlib.sha256()
    for file in files:
        summed.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    for plugin in _plugins():
        summed.update(plugin.encode())
    return f"{__version__}+{summed.hexdigest()[:12]}"


def _plugins() -> list[str]:
    groups = ("siege_sim.processes", "siege_sim.interventions")
    found = [entry for group in groups for entry in entry_points(group=group)]
    return sorted(f"{entry.value} {entry.dist.version if entry.dist else ''}" for entry in found)
