"""A sweep's tables for other tools: CSV, Parquet, or the archive of the EMA Workbench; rows in a fixed order.

What depends on when and where a run was made (its time, its place in a part) is left out, so that the same experiment
gives the same bytes, however many workers there were and however often it was stopped.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from siege_sim.errors import ResultError, did_you_mean
from siege_sim.results.files import csv_text, new_folder
from siege_sim.results.store import OK, parquet_bytes, read_sweep
from siege_sim.results.sweep import Sweep

LEFT_OUT = ("seconds",)


def export_sweep(target: str, form: str, out: Path, force: bool = False) -> str:
    """Write a sweep's tables and return a sentence about it.

    Args:
        target: the sweep's folder or URL.
        form: ``csv``, ``parquet`` or ``ema``.
        out: a folder for the tables, or the archive's file.
        force: replace what is there.

    Raises:
        ResultError: no such form, no sweep, or the place cannot be written to.
    """
    if form not in FORMS:
        raise ResultError(f"--format {form}: not known{did_you_mean(form, FORMS)}")
    return FORMS[form](read_sweep(target), out, force)


def runs_table(sweep: Sweep) -> pd.DataFrame:
    """Return a row a run: its place in the design, the factors' values, how it went, outcomes."""
    runs = sweep.runs.drop(columns=list(LEFT_OUT))
    factors = sweep.design.set_index("point").loc[runs["point"]].reset_index(drop=True)
    identity = ["point", "replication", "seed"]
    rest = [name for name in runs.columns if name not in identity]
    return pd.concat([runs[identity], factors, runs[rest]], axis=1)


def _tables(sweep: Sweep) -> dict[str, pd.DataFrame]:
    found = {"design": sweep.design, "runs": runs_table(sweep), "series": sweep.series, "quarters": sweep.quarters}
    return {name: table for name, table in found.items() if len(table)}


def _export_csv(sweep: Sweep, out: Path, force: bool) -> str:
    return _export_folder(sweep, out, force, "csv", lambda table: csv_text(table).encode())


def _export_parquet(sweep: Sweep, out: Path, force: bool) -> str:
    import pyarrow as pa

    return _export_folder(
        sweep, out, force, "parquet", lambda table: parquet_bytes(pa.Table.from_pandas(table, preserve_index=False))
    )


def _export_folder(sweep: Sweep, out: Path, force: bool, ending: str, content: Callable[[pd.DataFrame], bytes]) -> str:
    tables = _tables(sweep)
    with new_folder(out, force) as folder:
        for name, table in tables.items():
            (folder / f"{name}.{ending}").write_bytes(content(table))
        about = {"program": "siege_sim", "holds": "export", **{k: v for k, v in sweep.manifest.items() if k != "holds"}}
        (folder / "manifest.json").write_text(json.dumps(about, indent=2) + "\n", "utf-8")
    return (
        f"{out}: {len(sweep.runs):,} runs of {sweep.planned:,}, in {', '.join(f'{name}.{ending}' for name in tables)}"
    )


def _export_ema(sweep: Sweep, out: Path, force: bool) -> str:
    """Write what ``ema_workbench.load_results`` reads: experiments and outcomes of the runs that succeeded."""
    if out.exists() and not force:
        raise ResultError(f"{out}: is there already; choose another --out, or replace it with --force")
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
    _write_archive({**files, "metadata.json": json.dumps(about)}, out)
    left = len(sweep.runs) - len(runs)
    return f"{out}: {len(runs):,} runs and {len(outcomes)} outcomes" + (
        f"; {left:,} failed runs are left out" if left else ""
    )


def _ema_type(column: pd.Series[Any]) -> str:
    return str(column.dtype) if pd.api.types.is_numeric_dtype(column) else "object"


def _write_archive(files: dict[str, str], out: Path) -> None:
    """Write an archive whose bytes do not depend on the time."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as archive:
        for name, text in files.items():
            content = text.encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(packed.getvalue())
    except OSError as error:
        raise ResultError(f"{out}: cannot be written: {error.strerror}") from None


FORMS: dict[str, Callable[[Sweep, Path, bool], str]] = {
    "csv": _export_csv,
    "parquet": _export_parquet,
    "ema": _export_ema,
}
