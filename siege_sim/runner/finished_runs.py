"""Runs that are finished, kept on disk until all of them are: what was stopped goes on where it was.

A run is found again by all that decides on its numbers: the scenario's digest, the seed, the days, the model's version.
So what an interrupted command has left serves the same command again, and no other one.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import shutil
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from siege_sim.errors import StoppedError
from siege_sim.loading.scenario import scenario_of
from siege_sim.model.version import model_version
from siege_sim.results.files import json_text
from siege_sim.results.run import CompactRun
from siege_sim.results.run_folder import WHOLE_OR_MISSING
from siege_sim.results.storage import Folder
from siege_sim.runner.pool import as_completed, run_many
from siege_sim.runner.run import Job, run_job
from siege_sim.runner.signals import comes_of_ctrl_c

Kept = TypeVar("Kept")

TYPES_OF_EVENTS = {"kind": "str", "day": "int64", "where": "str"}
"""What the columns of a run's events hold, so that a run without any has them too."""


class FinishedRuns:
    """A folder of finished runs.

    Args:
        folder: where they are kept; made when the first one is finished.
    """

    def __init__(self, folder: Path) -> None:
        self.storage = Folder(folder)

    def run_jobs(
        self,
        jobs: Sequence[Job],
        keep: Callable[[CompactRun], Kept],
        workers: int | None = None,
        on_progress: Callable[[int], None] | None = None,
    ) -> list[Kept]:
        """Return what is wanted of the runs of jobs, in their order; runs that are kept here are not made again.

        Args:
            jobs: what to run.
            keep: what is wanted of a run.
            workers: how many processes; the result is the same for any number.
            on_progress: called with the number of runs that are there.

        Raises:
            ResultError: the folder cannot be written to.
        """
        names = _names(jobs)
        kept = {place: keep(run) for place, name in enumerate(names) if (run := self._read(name)) is not None}
        missing = [place for place in range(len(jobs)) if place not in kept]
        if kept and on_progress is not None:
            on_progress(len(kept))
        with contextlib.closing(as_completed([jobs[place] for place in missing], _packed_run, workers)) as stream:
            for index, content in stream:
                self.storage.write({names[missing[index]]: content})
                kept[missing[index]] = keep(_unpacked(content))
                if on_progress is not None:
                    on_progress(len(kept))
        return [kept[place] for place in range(len(jobs))]

    @property
    def what_is_kept(self) -> str:
        """What is said to somebody who stops in the middle."""
        count = len(self.storage.names("."))
        if not count:
            return "stopped; no run was finished, and nothing was written"
        runs = "1 run is" if count == 1 else f"{count:,} runs are"
        return f"stopped; {runs} kept in {self.storage.where}, and the same command continues"

    def _read(self, name: str) -> CompactRun | None:
        """Return a run that is kept; None when there is none, or it cannot be read."""
        try:
            return _unpacked(self.storage.read(name))
        except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile, zlib.error):
            return None

    def remove(self) -> None:
        """Remove all of them: they have become results."""
        shutil.rmtree(self.storage.root, ignore_errors=True)


@contextlib.contextmanager
def runs_kept_beside(target: Path) -> Iterator[FinishedRuns]:
    """Give the runs kept for a folder of results that is not there yet, beside it; removed when all went well.

    Raises:
        StoppedError: stopped by Ctrl-C; says how many runs are kept.
    """
    with runs_kept_in(target.with_name(f"{target.name}.unfinished")) as finished:
        yield finished
    finished.remove()


@contextlib.contextmanager
def runs_kept_in(folder: Path) -> Iterator[FinishedRuns]:
    """Give the runs kept in a folder; they stay there.

    Raises:
        StoppedError: stopped by Ctrl-C; says how many runs are kept.
    """
    finished = FinishedRuns(folder)
    try:
        yield finished
    except (KeyboardInterrupt, SystemError) as error:
        if not comes_of_ctrl_c(error):
            raise
        raise StoppedError(finished.what_is_kept) from None


def _names(jobs: Sequence[Job]) -> list[str]:
    """Return the file of each job's run."""
    digests: dict[int, str] = {}
    for job in jobs:
        if id(job.scenario) not in digests:
            digests[id(job.scenario)] = scenario_of(job.scenario).digest
    return [_name(digests[id(job.scenario)], job) for job in jobs]


def _name(digest: str, job: Job) -> str:
    whole = json.dumps([model_version(), digest, job.days])
    return f"{hashlib.sha256(whole.encode()).hexdigest()[:16]}-{job.seed}.npz"


def _packed_run(job: Job) -> bytes:
    """Do a job, in a worker."""
    return _packed(run_job(job))


def _packed(run: CompactRun) -> bytes:
    """Return a run as bytes: numbers in full, the rest as JSON; nothing in them can run code."""
    columns = [name for name in run.series if name != "date"]
    about: dict[str, Any] = {
        "seed": run.seed,
        "ending": run.ending,
        "provenance": run.provenance,
        "summary": run.summary,
        "columns": columns,
        "dates": run.series["date"].tolist(),
        "quarters": {name: _listed(run.quarters[name]) for name in run.quarters},
        "events": None if run.events is None else {name: _listed(run.events[name]) for name in run.events},
        "whole": [name for name in columns if run.series[name].dtype.kind == "i"],
    }
    series = run.series[columns].to_numpy(dtype=float)
    file = io.BytesIO()
    text = np.frombuffer(json_text(about).encode(), dtype=np.uint8)
    np.savez_compressed(file, about=text, series=series, day_lost=run.day_lost)
    return file.getvalue()


def _listed(column: pd.Series[Any]) -> list[Any]:
    return [None if pd.isna(value) else value for value in column.tolist()]


def _unpacked(content: bytes) -> CompactRun:
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        about = json.loads(file["about"].tobytes())
        values, day_lost = file["series"], file["day_lost"]
    series = pd.DataFrame(values, columns=about["columns"]).astype(dict.fromkeys(about["whole"], np.int64))
    series.insert(0, "date", about["dates"])
    whole = {name: pd.array(about["quarters"][name], dtype="Int64") for name in WHOLE_OR_MISSING}
    quarters = pd.DataFrame(about["quarters"] | whole)
    events = None if about["events"] is None else pd.DataFrame(about["events"]).astype(TYPES_OF_EVENTS)
    return CompactRun(
        about["seed"], about["ending"], series, quarters, about["provenance"], about["summary"], day_lost, events
    )


def runs_of_jobs(
    jobs: Sequence[Job],
    workers: int | None = None,
    on_progress: Callable[[int], None] | None = None,
    finished: FinishedRuns | None = None,
) -> list[CompactRun]:
    """Return the runs of jobs, in their order.

    Args:
        jobs: what to run.
        workers: how many processes; the result is the same for any number.
        on_progress: called with the number of runs that are done.
        finished: where runs that are finished are kept meanwhile, if anywhere.
    """
    if finished is None:
        return run_many(jobs, run_job, workers, on_progress)
    return finished.run_jobs(jobs, lambda run: run, workers, on_progress)
