"""What a folder of results holds: a run or a sweep."""

from __future__ import annotations

import json
from pathlib import Path

from siege_sim.errors import ResultError
from siege_sim.results.run import RunResult, read_run
from siege_sim.results.storage import storage_at
from siege_sim.results.store import MANIFEST, read_sweep
from siege_sim.results.sweep import Sweep


def read_results(target: str) -> RunResult | Sweep:
    """Read what `siege-sim run` or `siege-sim sweep` has written.

    Args:
        target: a folder, or the URL of a sweep.

    Raises:
        ResultError: neither is there, an older version wrote it, or a part is missing or damaged.
    """
    if holds_run(target):
        return read_run(Path(target))
    return read_sweep(target)


def holds_run(target: str) -> bool:
    """Return whether a folder holds a run; False for a sweep.

    Raises:
        ResultError: it holds neither.
    """
    try:
        manifest = json.loads(storage_at(target).read(MANIFEST))
    except (OSError, ValueError):
        manifest = None
    if isinstance(manifest, dict) and manifest.get("holds") == "sweep":
        return False
    if isinstance(manifest, dict) and "summary" in manifest and "seed" in manifest:
        return True
    raise ResultError(
        f"{target}: holds no run and no sweep; give a folder that `siege-sim run` or `siege-sim sweep` wrote"
    )
