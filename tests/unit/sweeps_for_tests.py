"""Sweeps made in memory from functions whose answers are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from siege_sim.results.sweep import Factor, Sweep

Play = Callable[[Mapping[str, Any], int], Mapping[str, Any]]


def sweep_of(
    kind: str,
    factors: Sequence[Factor],
    design: pd.DataFrame,
    play: Play,
    replications: int = 1,
    missing: Sequence[tuple[int, int]] = (),
    failed: Sequence[tuple[int, int]] = (),
    figures: Sequence[str] | None = None,
    sample: pd.DataFrame | None = None,
) -> Sweep:
    """Return a sweep in which ``play(point, seed)`` gives the outcomes of a run."""
    design = design.reset_index(drop=True)
    design.insert(0, "point", np.arange(len(design)))
    rows = []
    for point in design.to_dict("records"):
        for replication in range(replications):
            place = (point["point"], replication)
            if place in missing:
                continue
            row = {"point": place[0], "replication": replication, "seed": replication + 1}
            if place in failed:
                rows.append({**row, "status": "failed", "error": "LedgerError: books", "seconds": 0.1})
            else:
                rows.append({**row, "status": "ok", "error": "", "seconds": 0.1, **play(point, replication + 1)})
    manifest = {
        "name": "known_answers",
        "title": "A function with a known answer",
        "design": {"kind": kind},
        "replications": replications,
        "outcomes": {
            "died_of_hunger": {"unit": "persons", "label": "Died of hunger"},
            "civilians_killed": {"unit": "persons", "label": "Civilians killed"},
        },
        "versions": {"siege_sim": "1.2.3"},
        **({} if figures is None else {"figures": list(figures)}),
    }
    return Sweep(manifest, tuple(factors), design, pd.DataFrame(rows), pd.DataFrame(), pd.DataFrame(), sample)


def ranges(*names: str, low: float = 0.0, high: float = 1.0, role: Any = "uncertainty") -> tuple[Factor, ...]:
    return tuple(Factor(name, role, (name,), "", low, high) for name in names)


def luck(seed: int, spread: float = 1.0) -> float:
    return float(np.random.default_rng(seed).normal(0.0, spread))
