"""The archive of the EMA Workbench: experiments and outcomes of the runs of a sweep that succeeded."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

import pandas as pd

from siege_sim.exports.sweep_tables import runs_table
from siege_sim.results.files import csv_text, new_file
from siege_sim.results.store import OK

if TYPE_CHECKING:
    from pathlib import Path

    from siege_sim.results.sweep import Sweep


def write_ema(sweep: Sweep, out: Path, force: bool) -> str:
    """Write what ``ema_workbench.load_results`` reads, and return a sentence about it.

    Raises:
        ResultError: the file is there already, or cannot be written.
    """
    runs = runs_table(sweep)
    runs = runs[runs["status"] == OK].reset_index(drop=True)
    factors = [factor.name for factor in sweep.factors]
    experiments = runs[[*factors, "point", "replication", "seed"]].rename(columns={"point": "scenario"})
    policy = sweep.manifest["policy_factor"]
    experiments["policy"] = runs[policy] if policy else "none"
    experiments["model"] = "siege_sim"
    outcomes = [n for n in sweep.manifest["outcomes"] if n != "ending" and runs[n].notna().any()]
    experiments["ending"] = runs["ending"]
    files = {"experiments.csv": csv_text(experiments)}
    files |= {f"{name}.csv": "".join(f"{value!r}\n" for value in runs[name].tolist()) for name in outcomes}
    types = {name: _ema_type(experiments[name]) for name in experiments}
    about = {"version": 0.1, "outcomes": [["ScalarOutcome", n, f"{n}.csv"] for n in outcomes], "experiments": types}
    with new_file(out, force) as file:
        file.write_bytes(_archive({**files, "metadata.json": json.dumps(about)}))
    left = len(sweep.runs) - len(runs)
    return f"{out}: {len(runs):,} runs and {len(outcomes)} outcomes" + (
        f"; {left:,} failed runs are left out" if left else ""
    )


def _ema_type(column: pd.Series[Any]) -> str:
    return str(column.dtype) if pd.api.types.is_numeric_dtype(column) else "object"


def _archive(files: dict[str, str]) -> bytes:
    """Return an archive whose bytes do not depend on the time."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as archive:
        for name, text in files.items():
            content = text.encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()
