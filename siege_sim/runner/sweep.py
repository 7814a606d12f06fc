"""Driving a sweep: what is still to be played, in which bundles, by whom; resuming, stopping, telling how far it is."""

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
from siege_sim.results.lock import LOCK, only_driver
from siege_sim.results.storage import UNFINISHED, Folder
from siege_sim.results.store import DESIGN, SAMPLE, SCENARIOS, Scan, Store
from siege_sim.runner.pool import alone, finished
from siege_sim.runner.signals import endings_that_count
from siege_sim.runner.versions import package_versions
from siege_sim.runner.worker import Bundle, Receipt, Recipe, Task, play, play_bundle, write_as_failed

STOP = "stop"
SHORTEST_BUNDLE_SECONDS, LONGEST_BUNDLE_SECONDS = 3.0, 60.0
BUNDLES_A_WORKER = 500
"""Into how many bundles the work of one worker is divided, within these limits: few enough files, little to lose.
A part costs some 25 ms to write, however few runs are in it; three seconds of runs make that a hundredth."""

MOST_RUNS_IN_A_BUNDLE = 2000

Engine = Callable[
    [Iterable[Bundle], Callable[[Bundle], Receipt], int | None, Callable[[], bool]],
    Generator[tuple[int, Receipt], None, None],
]
"""Plays bundles somewhere: ``parallel.finished``, or a cluster."""


@dataclass
class Tally:
    """How far a sweep is.

    Attributes:
        planned: how many runs are wanted now.
        before: how many of them were done before.
        done: how many have been finished since.
        failed: how many have failed since.
        began: when the first bundle came in, in seconds; before that, when the work began.
        counted: how many runs have come in since.
        workers: runs, and when the last of them came in, by worker.
        example: the last failure in a line.
    """

    planned: int
    before: int = 0
    done: int = 0
    failed: int = 0
    began: float = field(default_factory=time.monotonic)
    counted: int = 0
    workers: dict[str, tuple[int, float]] = field(default_factory=dict)
    example: str = ""

    def add(self, receipt: Receipt) -> None:
        """Count a bundle; the first one, which waits for workers to start, says nothing about the rate."""
        if not self.done + self.failed:
            self.began = time.monotonic()
        else:
            self.counted += receipt.done + receipt.failed
        self.done += receipt.done
        self.failed += receipt.failed
        self.example = receipt.example or self.example
        runs, _ = self.workers.get(receipt.worker, (0, 0.0))
        self.workers[receipt.worker] = runs + receipt.done + receipt.failed, time.monotonic()

    @property
    def left(self) -> int:
        """How many runs are still to be played."""
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
class _Todo:
    """Runs that are to be played, by their index, and how many of them have been handed out."""

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
class _Pace:
    """Decides how many runs make a bundle, from how long runs have taken so far."""

    workers: int
    seconds: float | None
    runs: int = 0
    total: float = 0.0

    def add(self, receipt: Receipt) -> None:
        self.runs += receipt.done + receipt.failed
        self.total += receipt.seconds
        self.seconds = self.total / max(self.runs, 1)

    def bundle_size(self, left: int) -> int:
        if self.seconds is None:
            return 1
        share = left * self.seconds / self.workers / BUNDLES_A_WORKER
        wanted = min(max(share, SHORTEST_BUNDLE_SECONDS), LONGEST_BUNDLE_SECONDS)
        fair = -(-left // (2 * self.workers))  # towards the end, let every worker have something to do
        return max(1, min(round(wanted / max(self.seconds, 1e-6)), fair, MOST_RUNS_IN_A_BUNDLE))


@dataclass(frozen=True)
class Driver:
    """Plays a plan into a store.

    Attributes:
        plan: what is to be played.
        store: where results go.
        workers: how many processes play; on a cluster, how many bundles are in flight.
        limit: only the first so many runs of the design.
        only_failed: play those again that failed, and nothing else.
        check: read every part whole before going on, and play damaged ones again.
        engine: who plays.
        tell: told how far the sweep is, after every bundle.
        say: told sentences about what happens.
    """

    plan: Plan
    store: Store
    workers: int
    limit: int | None = None
    only_failed: bool = False
    check: bool = False
    engine: Engine = finished
    tell: Callable[[Tally], None] = lambda tally: None
    say: Callable[[str], None] = lambda sentence: None

    def sweep(self) -> Tally:
        """Play what is still to be played.

        Raises:
            ResultError: the store holds something else, or cannot be written to.
            StoppedError: stopped by Ctrl-C; what was in flight has been finished and written down.
        """
        self._refuse_anything_else()
        with only_driver(self.store.storage) as sign_of_life:
            self._claim()
            scan = self._scan()
            todo, tally = self._todo(scan)
            while todo.left:
                try:
                    self._play(todo, tally, scan, sign_of_life)
                except WorkerError as error:
                    self._one_by_one(error, tally)
        return tally

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
                self.say(f"damaged and removed: {reason}")
            self.say("the runs of damaged parts are played again")
            return self.store.scan(len(self.plan.points), self.plan.runs)
        return scan

    def _todo(self, scan: Scan) -> tuple[_Todo, Tally]:
        planned = min(self.limit or self.plan.runs, self.plan.runs)
        wanted = scan.failed if self.only_failed else ~(scan.done | scan.failed)
        todo = _Todo(np.flatnonzero(wanted[:planned]))
        return todo, Tally(planned, before=planned - todo.left)

    def _play(self, todo: _Todo, tally: Tally, scan: Scan, sign_of_life: Callable[[], None]) -> None:
        pace = _Pace(self.workers, scan.seconds)
        with _asked_to_stop(self.store) as stop:
            recipe = dataclasses.replace(recipe_of(self.plan, self.store.storage.address), stop_file=stop.file)
            bundles = self._bundles(todo, recipe, pace, scan.attempts + 1 if self.only_failed else 1)
            try:
                with contextlib.closing(self.engine(bundles, play_bundle, self.workers, stop.is_asked)) as stream:
                    for _, receipt in stream:
                        self._make_sure_it_is_seen(receipt, tally)
                        tally.add(receipt)
                        pace.add(receipt)
                        self.tell(tally)
                        sign_of_life()
            except KeyboardInterrupt:
                raise StoppedError(f"stopped at once; runs in flight were lost. {self._how_to_go_on(tally)}") from None
            if stop.is_asked() and tally.left:
                raise StoppedError(f"stopped. {self._how_to_go_on(tally)}")

    def _one_by_one(self, error: WorkerError, tally: Tally) -> None:
        """Play runs whose worker died again and again each in a process of its own, and write down which one dies.

        Raises:
            WorkerError: all of them died, so that it is not for one of them.
        """
        bundles = [job for job in error.jobs if isinstance(job, Bundle)]
        lone = [dataclasses.replace(bundle, tasks=(task,)) for bundle in bundles for task in bundle.tasks]
        self.say(f"workers keep dying; {len(lone):,} runs are played one by one to find out why")
        deadly: list[Bundle] = []
        for bundle in lone:
            try:
                tally.add(alone(bundle, play_bundle))
            except WorkerError:
                deadly.append(bundle)
            self.tell(tally)
        if len(deadly) == len(lone):
            raise error
        for bundle in deadly:
            tally.add(
                write_as_failed(bundle, "its process died each time that it was played, perhaps for want of memory")
            )

    def _make_sure_it_is_seen(self, receipt: Receipt, tally: Tally) -> None:
        """Notice a worker that writes to a folder of its own machine."""
        if receipt.worker not in tally.workers and not self.store.storage.has(f"runs/{receipt.part}"):
            raise ResultError(
                f"{self.store.where}: a worker ({receipt.worker}) wrote its runs to a folder of that name that is not "
                "seen here; give --out a folder that all machines share, or an fsspec URL such as s3://bucket/sweep"
            )

    def _how_to_go_on(self, tally: Tally) -> str:
        done = tally.planned - tally.left
        return (
            f"{done:,} of {tally.planned:,} runs are kept in {self.store.where}; the same command goes on with the rest"
        )

    def _bundles(self, todo: _Todo, recipe: Recipe, pace: _Pace, attempt: int) -> Iterator[Bundle]:
        """Yield the runs that are to be played in bundles; made up when a worker is free, so that memory stays flat."""
        while todo.left:
            yield bundle_of(self.plan, recipe, todo.take(pace.bundle_size(todo.left)), attempt)


def _holds_something_else(folder: Path) -> bool:
    """Return whether a folder has anything but what a driver leaves that is killed before its manifest is there."""
    ours = {LOCK, STOP, DESIGN, SAMPLE, SCENARIOS}
    if not folder.exists():
        return False
    return not folder.is_dir() or any(
        entry.name not in ours and not entry.name.endswith(UNFINISHED) for entry in folder.iterdir()
    )


def recipe_of(plan: Plan, target: str) -> Recipe:
    """Return what all runs of a plan have in common."""
    experiment = plan.experiment
    return Recipe(
        target=target,
        model_version=model_version(),
        days=experiment.days,
        outcomes=tuple(plan.kept),
        daily=plan.kept_daily,
        every_days=experiment.series.every_days if experiment.series else 0,
        quarters=experiment.quarters,
    )


def bundle_of(plan: Plan, recipe: Recipe, indices: Iterable[int], attempt: int = 1) -> Bundle:
    """Return a bundle of some runs of a plan, with the scenarios that they need; runs of one point stand together."""
    places = sorted(plan.place_of(index) for index in indices)
    tasks = tuple(task_of(plan, point, replication, attempt) for point, replication in places)
    return Bundle(recipe, {policy: plan.bases[policy] for policy in {task.policy for task in tasks}}, tasks)


def task_of(plan: Plan, point: int, replication: int, attempt: int = 1) -> Task:
    """Return a run of a plan. Replication ``r`` has the same seed at every point: luck is paired."""
    policy, values = plan.values_of(point)
    return Task(point, replication, plan.experiment.first_seed + replication, policy, values, attempt)


def manifest_of(plan: Plan) -> dict[str, Any]:
    """Return what a store says about its sweep."""
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
        "design": {
            **experiment.design.model_dump(mode="json"),
            "sampled": isinstance(experiment.design, Sampled),
            "points": len(plan.points),
            "crossed": [factor.name for factor in plan.factors if _is_crossed(plan, factor.name)],
        },
        "replications": experiment.replications,
        "seeds": {
            "first": experiment.first_seed,
            "rule": "replication r has seed first + r at every point, so that points are compared with the same luck",
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
    """Refuse to go on with a sweep whose experiment, scenarios or model have changed.

    Raises:
        ResultError: says what has changed.
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
            "--out, or change the file back to go on"
        )
    if manifest["model_version"] != model_version():
        raise ResultError(
            f"{where}: was played with model {manifest['model_version']}, and this is {model_version()}; runs of two "
            "models are not mixed: choose another --out, or go back to that version"
        )


@dataclass
class _Stop:
    """Whether the user has asked to stop; workers on this machine see a file."""

    file: str | None
    asked: threading.Event = field(default_factory=threading.Event)

    def is_asked(self) -> bool:
        return self.asked.is_set()


@contextlib.contextmanager
def _asked_to_stop(store: Store) -> Iterator[_Stop]:
    """Turn the first Ctrl-C (or another request to end) into a wish to stop; the second one ends at once."""
    storage = store.storage
    file = storage.root.resolve() / STOP if isinstance(storage, Folder) else None
    if file is not None:
        file.unlink(missing_ok=True)
    stop = _Stop(str(file) if file else None)

    def ask(number: int, frame: Any) -> None:
        if stop.asked.is_set():
            raise KeyboardInterrupt
        stop.asked.set()
        if file is not None:
            with contextlib.suppress(OSError):
                file.touch()

    endings = endings_that_count() if threading.current_thread() is threading.main_thread() else []
    before = {number: signal.signal(number, ask) for number in endings}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if file is not None:
            file.unlink(missing_ok=True)


def seconds_a_run(plan: Plan) -> float:
    """Return how long a run takes on this machine, by playing one: the first of the design."""
    recipe = recipe_of(plan, "")
    task = task_of(plan, 0, 0)
    scenario = scenario_of(with_values(plan.bases[task.policy], task.values))
    play(scenario, task.seed, 3)  # the first days load libraries and compiled code
    began = time.perf_counter()
    play(scenario, task.seed, recipe.days, recipe.quarters)
    return time.perf_counter() - began


def default_target(plan: Plan) -> Path:
    """Return the folder of a sweep for which none was named; the same every time, so that it goes on."""
    return Path("results") / f"{plan.experiment.name}-sweep"
