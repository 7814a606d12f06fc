"""The store of a sweep: a manifest, the design, and finished runs in Parquet parts that never change.

A part is a file under ``runs/`` and, where they are kept, files of the same name under ``series/`` and ``quarters/``.
The file under ``runs/`` is written last: a run is finished when it stands there. Knows nothing of the model.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from siege_sim.errors import ResultError, cut_name
from siege_sim.results.column_types import problems_of_columns
from siege_sim.results.extras import need_extra
from siege_sim.results.files import json_text, refuse_older
from siege_sim.results.rounding import rounded_numbers, rounded_table
from siege_sim.results.run_manifest import SweepManifest, check_kept
from siege_sim.results.storage import Storage, first_line, storage_at
from siege_sim.results.sweep import Factor, Sweep

if TYPE_CHECKING:
    import pyarrow as pa

MANIFEST = "manifest.json"
DESIGN = "design.parquet"
SAMPLE = "sample.parquet"
SCENARIOS = "scenarios.json"
PART_TABLES = ("series", "quarters", "runs")
"""The folders of parts, in the order in which the files of a part appear."""

WHOLE_OF_A_RUN = ("point", "replication", "seed", "attempt")
IDENTITY = ("point", "replication", "seed")

OK, FAILED = "ok", "failed"


@dataclass(frozen=True)
class Scan:
    """What a store holds.

    Attributes:
        done: whether each run of the design is finished, by its index.
        failed: whether each run has been tried and has failed, by its index.
        damaged: names of parts that cannot be read, with the reason.
        seconds: mean time of a run, in seconds; None when there is none.
        parts: how many parts were read.
        attempts: the greatest number of times that a run has been tried.
    """

    done: NDArray[np.bool_] = field(repr=False)
    failed: NDArray[np.bool_] = field(repr=False)
    damaged: Mapping[str, str]
    seconds: float | None
    parts: int
    attempts: int


@dataclass(frozen=True)
class Store:
    """A sweep's files."""

    storage: Storage

    @classmethod
    def at(cls, target: str | Path) -> Store:
        """Return the store in a folder or behind an fsspec URL."""
        return cls(storage_at(target))

    @property
    def where(self) -> str:
        """The folder or URL."""
        return self.storage.where

    def manifest(self) -> dict[str, Any] | None:
        """Return the manifest; None when nothing is there.

        Raises:
            ResultError: something else is there, or it cannot be read.
        """
        try:
            text = self.storage.read(MANIFEST).decode(errors="replace")
        except FileNotFoundError:
            return None
        try:
            data = json.loads(text)
        except ValueError:
            data = None
        if not isinstance(data, dict) or data.get("holds") != "sweep":
            raise ResultError(f"{self.where}: holds no sweep; give a folder that `siege-sim sweep` wrote")
        check_kept(f"{self.where}/{MANIFEST}", SweepManifest, data)
        return data

    def begin(
        self, manifest: Mapping[str, Any], design: pd.DataFrame, sample: pd.DataFrame | None, scenarios: Any
    ) -> None:
        """Write what the sweep is; the manifest last, so that a store with a manifest is complete."""
        files = {DESIGN: parquet_bytes(_table(design)), SCENARIOS: json_text(scenarios).encode()}
        if sample is not None:
            files[SAMPLE] = parquet_bytes(_table(sample))
        self.storage.write({**files, MANIFEST: json_text(manifest).encode()})

    def write_part(
        self,
        outcomes: Sequence[str],
        runs: Sequence[Mapping[str, Any]],
        series: Sequence[pd.DataFrame],
        quarters: Sequence[pd.DataFrame],
    ) -> str:
        """Write finished runs as one part and return its name."""
        name = _part_name(runs)
        files: dict[str, bytes] = {}
        if series:
            files[f"series/{name}"] = parquet_bytes(_table(rounded_table(pd.concat(series, ignore_index=True))))
        if quarters:
            files[f"quarters/{name}"] = parquet_bytes(_table(rounded_table(pd.concat(quarters, ignore_index=True))))
        kept = " ".join(table.partition("/")[0] for table in files)
        rows = [{**rounded_numbers(run), "kept": kept} for run in runs]
        self.storage.write({**files, f"runs/{name}": parquet_bytes(_runs_table(rows, outcomes))})
        return name

    def scan(self, points: int, planned: int) -> Scan:
        """Read which runs are finished, and check that what was kept of them is there."""
        beside = {table: set(self.storage.names(table)) for table in ("series", "quarters")}
        done, failed = np.zeros(planned, bool), np.zeros(planned, bool)
        damaged: dict[str, str] = {}
        seconds, count, parts, attempts = 0.0, 0, 0, 0
        columns = [*IDENTITY, "status", "seconds", "attempt", "kept"]
        for name in self.storage.names("runs"):
            try:
                part = self._read(name, columns)
                _check_beside(name.removeprefix("runs/"), part["kept"][0].as_py(), beside)
            except _DamagedError as error:
                damaged[name.removeprefix("runs/")] = str(error)
                continue
            index = part["replication"].to_numpy() * points + part["point"].to_numpy()
            if not ((index >= 0) & (index < planned)).all():
                damaged[name.removeprefix("runs/")] = f"{name}: holds runs that are not in the design"
                continue
            ok = np.array(part["status"].to_pylist()) == OK
            done[index[ok]] = True
            failed[index[~ok]] = True
            seconds, count, parts = seconds + float(np.sum(part["seconds"].to_numpy())), count + len(index), parts + 1
            attempts = max(attempts, int(part["attempt"].to_numpy().max()))
        return Scan(done, failed & ~done, damaged, seconds / count if count else None, parts, attempts)

    def clean(self, damaged: Iterable[str]) -> None:
        """Remove damaged parts, and what a writer left that was killed before it had finished a part."""
        gone = set(damaged)
        for table in reversed(PART_TABLES):
            self.storage.clean(table)
            for name in gone:
                self.storage.remove(f"{table}/{name}")
        finished = {name.removeprefix("runs/") for name in self.storage.names("runs")}
        for table in ("series", "quarters"):
            for name in self.storage.names(table):
                if name.removeprefix(f"{table}/") not in finished:
                    self.storage.remove(name)

    def frame(self, table: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return all parts of a table, in no particular order.

        Raises:
            ResultError: a part is damaged, or the library to read it is not installed.
        """
        need_parquet()
        import pyarrow as pa

        finished = {name.removeprefix("runs/") for name in self.storage.names("runs")}
        names = [name for name in self.storage.names(table) if name.removeprefix(f"{table}/") in finished]
        try:
            parts = [self._read(name, columns) for name in names]
        except _DamagedError as error:
            raise ResultError(
                f"{self.where}: a part is damaged: {error}; start the same sweep again with --check, which repeats "
                "the runs of damaged parts"
            ) from None
        try:
            return pa.concat_tables(parts, promote_options="permissive").to_pandas() if parts else pd.DataFrame()
        except pa.ArrowException as error:
            raise ResultError(
                f"{self.where}/{table}: its parts do not fit together ({first_line(error)}); run the sweep again"
            ) from None

    def damaged_beside(self) -> dict[str, str]:
        """Read every part of every table whole, and return those that are damaged, with the reason."""
        damaged: dict[str, str] = {}
        for table in PART_TABLES:
            for name in self.storage.names(table):
                try:
                    self._read(name, None)
                except _DamagedError as error:
                    damaged[name.removeprefix(f"{table}/")] = str(error)
        return damaged

    def table(self, name: str) -> pd.DataFrame:
        """Return a table that is a single file: the design or the sample."""
        try:
            found: pd.DataFrame = self._read(name, None).to_pandas()
        except _DamagedError as error:
            raise ResultError(f"{self.where}: {error}; the store is not complete") from None
        return found

    def _read(self, name: str, columns: Sequence[str] | None) -> pa.Table:
        need_parquet()
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            content = self.storage.read(name)
            found = pq.read_table(
                pa.BufferReader(content),
                columns=list(columns) if columns else None,
                page_checksum_verification=True,
                use_threads=False,
            )
        except (OSError, pa.ArrowException, KeyError, IndexError) as error:
            raise _DamagedError(f"{name}: {first_line(error)}") from None
        for problem in problems_of_columns(name.partition("/")[0], found, columns):
            raise _DamagedError(f"{name}: {problem}")
        return found


class _DamagedError(Exception):
    """A part that cannot be read."""


def _check_beside(name: str, kept: str, beside: Mapping[str, set[str]]) -> None:
    for table in kept.split():
        if f"{table}/{name}" not in beside.get(table, ()):
            raise _DamagedError(f"{table}/{name}: the file is missing")


def _part_name(runs: Sequence[Mapping[str, Any]]) -> str:
    """Return a name that follows from the runs, so that a part that is written twice is one part."""
    keys = "".join(f"{run['key']}.{run['point']}.{run['replication']}.{run['attempt']};" for run in runs)
    first = runs[0]
    tail = hashlib.sha256(keys.encode()).hexdigest()[:10]
    return f"{first['replication']:07d}-{first['point']:09d}-{len(runs):05d}-{tail}.parquet"


def _runs_table(runs: Sequence[dict[str, Any]], outcomes: Sequence[str]) -> pa.Table:
    import pyarrow as pa

    fields = [("key", pa.string()), *((name, pa.int64()) for name in WHOLE_OF_A_RUN)]
    fields += [(name, pa.string()) for name in ("status", "error", "traceback", "values", "kept")]
    fields += [("seconds", pa.float64())]
    fields += [(name, pa.string() if name == "ending" else pa.float64()) for name in outcomes]
    return pa.Table.from_pylist(list(runs), schema=pa.schema(fields))


def _table(frame: pd.DataFrame) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)


def need_parquet() -> None:
    """Refuse a sweep where the library for its files is not installed.

    Raises:
        ResultError: names what to install.
    """
    need_extra("pyarrow", "a sweep", "experiments")


def parquet_bytes(table: pa.Table) -> bytes:
    """Return a table as the bytes of a Parquet file; the same table gives the same bytes."""
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd", write_page_checksum=True, write_statistics=["point"])
    return buffer.getvalue()


def read_sweep(target: str | Path) -> Sweep:
    """Read a sweep as far as it has come.

    Args:
        target: the folder or fsspec URL that `siege-sim sweep` wrote.

    Raises:
        ResultError: there is no sweep, an older version wrote it, or a part of it is damaged.
    """
    store = Store.at(target)
    manifest = store.manifest()
    if manifest is None:
        raise ResultError(f"{target}: holds no sweep; give a folder that `siege-sim sweep` wrote")
    refuse_older(manifest, manifest["outcomes"], target)
    runs = _best_attempts(store.frame("runs"))
    kept = [name for name in manifest["outcomes"] if name in runs] if len(runs) else list(manifest["outcomes"])
    columns = [*IDENTITY, "status", "error", "seconds", *kept]
    sample = store.table(SAMPLE) if manifest["design"].get("sampled") else None
    design = store.table(DESIGN)
    lacking = [factor["name"] for factor in manifest["factors"] if factor["name"] not in design]
    if lacking:
        raise ResultError(f"{store.where}/{DESIGN}: has no column '{cut_name(lacking[0])}'; the store is not complete")
    return Sweep(
        manifest=manifest,
        factors=tuple(_factor(data) for data in manifest["factors"]),
        design=design,
        runs=runs.reindex(columns=columns),
        series=_in_order(store.frame("series"), ["day"]),
        quarters=_in_order(store.frame("quarters"), []),
        sample=sample,
    )


def failures(target: str | Path) -> pd.DataFrame:
    """Return the runs that failed and have not succeeded since: identity, parameters, error and traceback."""
    runs = _best_attempts(Store.at(target).frame("runs"))
    columns = ["key", *IDENTITY, "attempt", "values", "error", "traceback"]
    return runs[runs["status"] == FAILED][columns].reset_index(drop=True) if len(runs) else pd.DataFrame()


def _factor(data: Mapping[str, Any]) -> Factor:
    values = data["values"]
    return Factor(
        data["name"], data["role"], tuple(data["keys"]), data["unit"], data["low"], data["high"],
        None if values is None else tuple(values),
    )  # fmt: skip


def _best_attempts(runs: pd.DataFrame) -> pd.DataFrame:
    """Return one row a run, in the order of point and replication: the one that succeeded, else the latest."""
    if runs.empty:
        return runs
    ordered = runs.assign(_failed=runs["status"] != OK, _latest=-runs["attempt"])
    ordered = ordered.sort_values(["point", "replication", "_failed", "_latest"], kind="stable")
    found = ordered.drop_duplicates(["point", "replication"]).drop(columns=["_failed", "_latest"])
    return found.reset_index(drop=True)


def _in_order(table: pd.DataFrame, further: list[str]) -> pd.DataFrame:
    """Return rows in the order of point and replication; a run that stands in two parts counts once."""
    if table.empty:
        return table
    keys = ["point", "replication", *(further or ["quarter"])]
    found = table.drop_duplicates(keys)
    return found.sort_values(["point", "replication", *further], kind="stable").reset_index(drop=True)
