"""Driving a sweep: which runs are left, in which batches, on which workers; resuming, stopping, reporting progress."""

from __future__ import annotations

import contextlib
import dataclasses
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from siege_sim._version import __version__
from siege_sim.errors import ResultError, StoppedError, WorkerError
from siege_sim.experiments.design import Sampled
from siege_sim.experiments.plan import Plan
from siege_sim.loading.keys import with_values
from siege_sim.loading.scenario import scenario_of
from siege_sim.model.version import model_version
from siege_sim.results.lock import DRIVER, LOCK, sweep_lock
from siege_sim.results.storage import UNFINISHED, Folder
from siege_sim.results.store import DESIGN, SAMPLE, SCENARIOS, Scan, Store, need_parquet
from siege_sim.runner.pool import as_completed, run_isolated
from siege_sim.runner.signals import active_stop_signals
from siege_sim.runner.versions import package_versions
from siege_sim.runner.worker import Batch, BatchResult, RunSpec, SweepSpec, run_batch, run_tables, write_as_failed

STOP = "stop"
SHORTEST_BATCH_SECONDS, LONGEST_BATCH_SECONDS = 3.0, 60.0
BATCHES_A_WORKER = 500
"""Into how many batches the work of one worker is divided, within these limits: few enough files, little to lose.
A part costs some 25 ms to write, however few runs are in it; three seconds of runs make that a hundredth."""

MOST_RUNS_IN_A_BATCH = 2000

Engine = Callable[
    [Iterable[Batch], Callable[[Batch], BatchResult], int | None, Callable[[], bool]],
    Generator[tuple[int, BatchResult], None, None],
]
"""Runs batches somewhere: ``pool.as_completed``, or a cluster."""


@dataclass
class SweepProgress:
    """How far a sweep is.

    Attributes:
        planned: how many runs are wanted now.
        before: how many of them were done before.
        done: how many have been finished since.
        failed: how many have failed since.
        failed_before: how many failed before and are not repeated now.
        began: when the first batch came in, in seconds; before that, when the work began.
        counted: how many runs have come in since.
        workers: runs, and when the last of them came in, by worker.
        example: the last failure in a line.
    """

    planned: int
    before: int = 0
    done: int = 0
    failed: int = 0
    failed_before: int = 0
    began: float = field(default_factory=time.monotonic)
    counted: int = 0
    workers: dict[str, tuple[int, float]] = field(default_factory=dict)
    example: str = ""

    def add(self, result: BatchResult) -> None:
        """Count a batch; the first one, which waits for workers to start, does not count for the rate."""
        if not self.done + self.failed:
            self.began = time.monotonic()
        else:
            self.counted += result.done + result.failed
        self.done += result.done
        self.failed += result.failed
        self.example = result.example or self.example
        runs, _ = self.workers.get(result.worker, (0, 0.0))
        self.workers[result.worker] = runs + result.done + result.failed, time.monotonic()

    @property
    def left(self) -> int:
        """How many runs are left."""
        return self.planned - self.before - self.done - self.failed

    @property
    def runs_a_second(self) -> float:
        """How many runs come in a second."""
        return self.counted / max(time.monotonic() - self.began, 1e-9)

    @property
    def seconds_left(self) -> float | None:
        """How long the rest will take at this rate; None before that is known."""
        return self.left / self.runs_a_second if self.counted else None


@dataclass
class _Queue:
    """Runs that are left, by their index, and how many of them have been handed out."""

    indices: np.ndarray[Any, Any]
    handed_out: int = 0

    @property
    def left(self) -> int:
        return len(self.indices) - self.handed_out

    def take(self, count: int) -> list[int]:
        first, self.handed_out = self.handed_out, self.handed_out + count
        taken: list[int] = self.indices[first : first + count].tolist()
        return taken


@dataclass
class _BatchSizer:
    """Decides how many runs make a batch, from how long runs have taken so far."""

    workers: int
    seconds: float | None
    runs: int = 0
    total: float = 0.0

    def add(self, result: BatchResult) -> None:
        self.runs += result.done + result.failed
        self.total += result.seconds
        self.seconds = self.total / max(self.runs, 1)

    def batch_size(self, left: int) -> int:
        if self.seconds is None:
            return 1
        share = left * self.seconds / self.workers / BATCHES_A_WORKER
        wanted = min(max(share, SHORTEST_BATCH_SECONDS), LONGEST_BATCH_SECONDS)
        fair = -(-left // (2 * self.workers))  # towards the end, let every worker have something to do
        return max(1, min(round(wanted / max(self.seconds, 1e-6)), fair, MOST_RUNS_IN_A_BATCH))


@dataclass(frozen=True)
class Driver:
    """Runs a plan into a store.

    Attributes:
        plan: what is to be run.
        store: where results go.
        workers: how many processes; on a cluster, how many batches are in flight.
        limit: only the first so many runs of the design.
        only_failed: repeat the runs that failed, and nothing else.
        check: read every part whole before going on, and repeat damaged ones.
        engine: where batches are run.
        on_progress: called with how far the sweep is, after every batch.
        on_message: called with sentences about what happens.
    """

    plan: Plan
    store: Store
    workers: int
    limit: int | None = None
    only_failed: bool = False
    check: bool = False
    engine: Engine = as_completed
    on_progress: Callable[[SweepProgress], None] = lambda progress: None
    on_message: Callable[[str], None] = lambda sentence: None

    def sweep(self) -> SweepProgress:
        """Do the runs that are left.

        Raises:
            ResultError: the store holds something else, or cannot be written to; a library is missing.
            StoppedError: stopped by Ctrl-C; what was in flight has been finished and written down.
        """
        need_parquet()
        self._refuse_anything_else()
        with sweep_lock(self.store.storage) as heartbeat:
            self._claim()
            scan = self._scan()
            queue, progress = self._queue_of(scan)
            while queue.left:
                try:
                    self._run_batches(queue, progress, scan, heartbeat)
                except WorkerError as error:
                    self._run_one_by_one(error, progress)
        return progress

    def _refuse_anything_else(self) -> None:
        """Refuse a folder with something else in it before anything is written there."""
        storage = self.store.storage
        if self.store.manifest() is None and isinstance(storage, Folder) and _holds_something_else(storage.root):
            raise ResultError(f"{self.store.where}: is there already and holds no sweep; choose another --out")

    def _claim(self) -> None:
        """Write the manifest, or make sure that the store holds this very sweep."""
        there = self.store.manifest()
        if there is None:
            scenarios = {policy or "base": data for policy, data in self.plan.bases.items()}
            manifest = manifest_of(self.plan)
            self.store.begin(manifest, self.plan.points.table, self.plan.points.sample, scenarios)
            return
        refuse_changes(there, self.plan, self.store.where)

    def _scan(self) -> Scan:
        scan = self.store.scan(len(self.plan.points), self.plan.runs)
        damaged = dict(scan.damaged) | (self.store.damaged_beside() if self.check else {})
        self.store.clean(damaged)
        if damaged:
            for reason in damaged.values():
                self.on_message(f"damaged and removed: {reason}")
            self.on_message("the runs of damaged parts are repeated")
            return self.store.scan(len(self.plan.points), self.plan.runs)
        return scan

    def _queue_of(self, scan: Scan) -> tuple[_Queue, SweepProgress]:
        planned = min(self.limit or self.plan.runs, self.plan.runs)
        wanted = scan.failed if self.only_failed else ~(scan.done | scan.failed)
        queue = _Queue(np.flatnonzero(wanted[:planned]))
        failed = 0 if self.only_failed else int(scan.failed[:planned].sum())
        return queue, SweepProgress(planned, before=planned - queue.left, failed_before=failed)

    def _run_batches(self, queue: _Queue, progress: SweepProgress, scan: Scan, heartbeat: Callable[[], None]) -> None:
        sizer = _BatchSizer(self.workers, scan.seconds)
        with _stop_request(self.store) as stop:
            spec = dataclasses.replace(sweep_spec(self.plan, self.store.storage.address), stop_file=stop.file)
            batches = self._batches(queue, spec, sizer, scan.attempts + 1 if self.only_failed else 1)

            def stopped() -> bool:
                heartbeat()  # also while no batch comes in, as when a cluster has no workers yet
                return stop.is_set()

            try:
                with contextlib.closing(self.engine(batches, run_batch, self.workers, stopped)) as stream:
                    for _, result in stream:
                        self._check_visible(result, progress)
                        progress.add(result)
                        sizer.add(result)
                        self.on_progress(progress)
                        heartbeat()
            except KeyboardInterrupt:
                raise StoppedError(
                    f"stopped at once; runs in flight were lost. {self._resume_hint(progress)}"
                ) from None
            if stop.is_set() and progress.left:
                raise StoppedError(f"stopped. {self._resume_hint(progress)}")

    def _run_one_by_one(self, error: WorkerError, progress: SweepProgress) -> None:
        """Do runs whose worker died again and again each in a process of its own, and write down which one dies.

        Raises:
            WorkerError: all of them died, so that it is not for one of them.
        """
        batches = [job for job in error.jobs if isinstance(job, Batch)]
        single = [dataclasses.replace(batch, runs=(run,)) for batch in batches for run in batch.runs]
        self.on_message(f"workers keep dying; {len(single):,} runs are done one by one to find out why")
        fatal: list[Batch] = []
        for batch in single:
            try:
                progress.add(run_isolated(batch, run_batch))
            except WorkerError:
                fatal.append(batch)
            self.on_progress(progress)
        if len(fatal) == len(single):
            raise error
        for batch in fatal:
            progress.add(write_as_failed(batch, "its process died at each attempt, perhaps because memory ran out"))

    def _check_visible(self, result: BatchResult, progress: SweepProgress) -> None:
        """Notice a worker that writes to a folder of its own machine."""
        if result.worker not in progress.workers and not self.store.storage.has(f"runs/{result.part}"):
            raise ResultError(
                f"{self.store.where}: a worker ({result.worker}) wrote its runs to a folder of that name that is not "
                "seen here; give --out a folder that all machines share, or an fsspec URL such as s3://bucket/sweep"
            )

    def _resume_hint(self, progress: SweepProgress) -> str:
        done = progress.planned - progress.left
        return f"{done:,} of {progress.planned:,} runs are kept in {self.store.where}; the same command continues"

    def _batches(self, queue: _Queue, spec: SweepSpec, sizer: _BatchSizer, attempt: int) -> Iterator[Batch]:
        """Yield the runs that are left in batches; made up when a worker is free, so that memory stays flat."""
        while queue.left:
            yield batch_of(self.plan, spec, queue.take(sizer.batch_size(queue.left)), attempt)


def _holds_something_else(folder: Path) -> bool:
    """Return whether a folder has anything but what a driver leaves that is killed before its manifest is there."""
    ours = {LOCK, DRIVER, STOP, DESIGN, SAMPLE, SCENARIOS}
    if not folder.exists():
        return False
    return not folder.is_dir() or any(
        entry.name not in ours and not entry.name.endswith(UNFINISHED) for entry in folder.iterdir()
    )


def sweep_spec(plan: Plan, target: str) -> SweepSpec:
    """Return what all runs of a plan have in common."""
    experiment = plan.experiment
    return SweepSpec(
        target=target,
        model_version=model_version(),
        days=experiment.days,
        outcomes=tuple(plan.kept),
        daily=plan.kept_daily,
        every_days=experiment.series.every_days if experiment.series else 0,
        quarters=experiment.quarters,
    )


def batch_of(plan: Plan, spec: SweepSpec, indices: Iterable[int], attempt: int = 1) -> Batch:
    """Return a batch of some runs of a plan, with the scenarios that they need; runs of one point stand together."""
    places = sorted(plan.place_of(index) for index in indices)
    runs = tuple(run_spec(plan, point, replication, attempt) for point, replication in places)
    return Batch(spec, {policy: plan.bases[policy] for policy in {run.policy for run in runs}}, runs)


def run_spec(plan: Plan, point: int, replication: int, attempt: int = 1) -> RunSpec:
    """Return a run of a plan. Replication ``r`` has the same seed at every point: luck is paired."""
    policy, values = plan.values_of(point)
    return RunSpec(point, replication, plan.experiment.first_seed + replication, policy, values, attempt)


def manifest_of(plan: Plan) -> dict[str, Any]:
    """Return the manifest of a sweep."""
    experiment = plan.experiment
    return {
        "program": "siege_sim",
        "holds": "sweep",
        "version": __version__,
        "model_version": model_version(),
        "packages": package_versions(),
        "name": experiment.name,
        "title": experiment.title,
        "summary": experiment.summary,
        "base": experiment.base,
        "changed": list(plan.changed),
        "design": {
            **experiment.design.model_dump(mode="json"),
            "sampled": isinstance(experiment.design, Sampled),
            "points": len(plan.points),
            "crossed": [factor.name for factor in plan.factors if _is_crossed(plan, factor.name)],
        },
        "replications": experiment.replications,
        "seeds": {
            "first": experiment.first_seed,
            "rule": "replication r has seed first + r at every point, so that points are compared with the same seeds",
        },
        "days": experiment.days,
        "horizon_days": experiment.days or int(next(iter(plan.bases.values()))["days"]),
        "outcomes": {name: kept.about() for name, kept in plan.kept.items()},
        "series": None if experiment.series is None else {**experiment.series.model_dump(mode="json"),
                                                          "outcomes": list(plan.kept_daily)},
        "quarters": experiment.quarters,
        "figures": list(experiment.figures),
        "policy_factor": plan.policy_factor,
        "factors": [dataclasses.asdict(factor) for factor in plan.factors],
        "experiment": experiment.model_dump(mode="json"),
        "fingerprint": plan.fingerprint,
    }  # fmt: skip


def _is_crossed(plan: Plan, name: str) -> bool:
    sample = plan.points.sample
    return sample is not None and name not in sample.columns


def refuse_changes(manifest: dict[str, Any], plan: Plan, where: str) -> None:
    """Refuse to continue a sweep whose experiment, scenarios or model have changed.

    Raises:
        ResultError: names what has changed.
    """
    then, now = manifest["fingerprint"], plan.fingerprint
    changed = sorted(name for name in {*then, *now} if then.get(name) != now.get(name))
    if set(changed) - {"points", "scenarios"}:
        changed = [name for name in changed if name not in {"points", "scenarios"}]
    if changed:
        words = {"points": "its points", "scenarios": "the scenarios behind it"}
        what = ", ".join(words.get(name, f"'{name}'") for name in changed)
        raise ResultError(
            f"{where}: holds the experiment '{manifest['name']}' as it was before {what} changed; choose another "
            "--out, or change the file back to continue"
        )
    if manifest["model_version"] != model_version():
        raise ResultError(
            f"{where}: was run with model {manifest['model_version']}, and this is {model_version()}; runs of two "
            "models are not mixed: choose another --out, or go back to that version"
        )


@dataclass
class _StopRequest:
    """Whether the user has asked to stop; workers on this machine see a file."""

    file: str | None
    event: threading.Event = field(default_factory=threading.Event)

    def is_set(self) -> bool:
        return self.event.is_set()


@contextlib.contextmanager
def _stop_request(store: Store) -> Iterator[_StopRequest]:
    """Turn the first Ctrl-C (or another request to end) into a request to stop; the second one ends at once."""
    storage = store.storage
    file = storage.root.resolve() / STOP if isinstance(storage, Folder) else None
    if file is not None:
        file.unlink(missing_ok=True)
    stop = _StopRequest(str(file) if file else None)

    def ask(number: int, frame: Any) -> None:
        if stop.event.is_set():
            raise KeyboardInterrupt
        stop.event.set()
        if file is not None:
            with contextlib.suppress(OSError):
                file.touch()

    signals = active_stop_signals() if threading.current_thread() is threading.main_thread() else []
    before = {number: signal.signal(number, ask) for number in signals}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if file is not None:
            file.unlink(missing_ok=True)


def seconds_a_run(plan: Plan) -> float:
    """Return how long a run takes on this machine, by doing one: the first of the design."""
    spec = sweep_spec(plan, "")
    run = run_spec(plan, 0, 0)
    scenario = scenario_of(with_values(plan.bases[run.policy], run.values))
    run_tables(scenario, run.seed, 3)  # the first days load libraries and compiled code
    began = time.perf_counter()
    run_tables(scenario, run.seed, spec.days, spec.quarters)
    return time.perf_counter() - began


def default_target(plan: Plan) -> Path:
    """Return the folder of a sweep for which none was named; the same every time, so that it continues."""
    return Path("results") / f"{plan.experiment.name}-sweep"
