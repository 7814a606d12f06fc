"""How far a sweep is, read from its store."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from siege_sim.errors import ResultError
from siege_sim.results.lock import lock_holder
from siege_sim.results.store import Store, failures

MOST_KINDS_OF_FAILURE = 5


def status_of(target: str | Path) -> dict[str, Any]:
    """Return how far a sweep is: runs, failures by kind, which process runs it now.

    Raises:
        ResultError: there is no sweep.
    """
    store = Store.at(target)
    manifest = store.manifest()
    if manifest is None:
        raise ResultError(f"{target}: holds no sweep; give a folder that `siege-sim sweep` wrote")
    points, planned = int(manifest["design"]["points"]), int(manifest["design"]["points"]) * manifest["replications"]
    scan = store.scan(points, planned)
    failed = failures(target) if scan.failed.any() else None
    return {
        "name": manifest["name"],
        "title": manifest["title"],
        "planned": planned,
        "done": int(scan.done.sum()),
        "failed": int(scan.failed.sum()),
        "left": planned - int((scan.done | scan.failed).sum()),
        "seconds_a_run": scan.seconds,
        "parts": scan.parts,
        "damaged": dict(scan.damaged),
        "running_now": lock_holder(store.storage),
        "failures": _kinds(failed),
        "where": str(target),
        "model_version": manifest["model_version"],
    }


def _kinds(failed: Any) -> list[dict[str, Any]]:
    """Return the kinds of failures, the most frequent first, each with one run as an example."""
    if failed is None:
        return []
    first_lines = failed["error"].str.split("\n").str[0]
    kinds = []
    for error, runs in Counter(first_lines).most_common(MOST_KINDS_OF_FAILURE):
        example = failed[first_lines == error].iloc[0]
        kinds.append(
            {
                "error": error, "runs": runs, "point": int(example["point"]), "seed": int(example["seed"]),
                "values": example["values"], "traceback": example["traceback"],
            }
        )  # fmt: skip
    return kinds


def status_text(found: dict[str, Any]) -> str:
    """Return the status for the terminal."""
    lines = [
        f"{found['name']}: {found['title']}",
        f"{found['done']:,} of {found['planned']:,} runs done, {found['failed']:,} failed, {found['left']:,} left",
    ]
    if found["seconds_a_run"] is not None:
        lines.append(f"{found['seconds_a_run']:.2g} s a run on average, in {found['parts']:,} parts")
    lines.append(f"running now: {found['played_now_by']}" if found["played_now_by"] else "not running now")
    for kind in found["failures"]:
        lines += ["", f"{kind['runs']:,} failed with {kind['error']}"]
        lines.append(f"  for example point {kind['point']} with seed {kind['seed']}: {kind['values']}")
        lines += [f"  | {line}" for line in kind["traceback"].strip().splitlines()[-4:]]
    if found["failures"]:
        lines += ["", "run them again with --only-failed"]
    lines += [f"damaged: {reason}; the next `siege-sim sweep` repeats its runs" for reason in found["damaged"].values()]
    return "\n".join(lines)
