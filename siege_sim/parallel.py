"""Many jobs on several processes: the same results, in the order of the jobs, for any number of workers."""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence, Sized
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for
from typing import Generic, TypeVar

from siege_sim.errors import WorkerError

Job = TypeVar("Job")
Result = TypeVar("Result")

MOST_ATTEMPTS = 3
"""How often a job is tried whose worker dies."""


def run_many(
    jobs: Sequence[Job],
    function: Callable[[Job], Result],
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Result]:
    """Call a function for every job and return the results in the order of the jobs.

    Args:
        jobs: what to do; each is sent to a worker, so it must be picklable and should be small.
        function: a function of a module; what it returns must be picklable too.
        workers: how many processes; by default one for each processor. With one, all happens in this process.
        progress: called with the number of finished jobs after each.

    Raises:
        WorkerError: when workers keep dying. What ``function`` itself raises is passed on.
    """
    results: dict[int, Result] = {}
    with contextlib.closing(finished(jobs, function, workers)) as stream:
        for index, result in stream:
            results[index] = result
            if progress is not None:
                progress(len(results))
    return [results[index] for index in range(len(jobs))]


def finished(
    jobs: Iterable[Job],
    function: Callable[[Job], Result],
    workers: int | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Generator[tuple[int, Result], None, None]:
    """Yield the index of each job and its result, as they finish; arguments and errors as for ``run_many``.

    Args:
        jobs: what to do; taken one by one as workers become free, so it may be endless or made up on the way.
        function: as for ``run_many``.
        workers: as for ``run_many``.
        stopped: asked before each job is handed out; once it says yes, only what is in flight is finished.
    """
    count = workers or os.cpu_count() or 1
    if isinstance(jobs, Sized):
        count = min(count, len(jobs))
    todo = enumerate(jobs) if stopped is None else itertools.takewhile(lambda _: not stopped(), enumerate(jobs))
    if count <= 1:
        yield from ((index, function(job)) for index, job in todo)
        return
    lost: deque[_Task[Job]] = deque()
    waiting = (_Task(index, job) for index, job in todo)
    while (task := lost.popleft() if lost else next(waiting, None)) is not None:
        lost.appendleft(task)
        with process_pool(count) as pool:
            yield from _until_a_worker_dies(pool, count, function, waiting, lost)


@dataclass
class _Task(Generic[Job]):
    """A job on its way, and how often it has been tried."""

    index: int
    job: Job
    attempts: int = 0


def _until_a_worker_dies(
    pool: ProcessPoolExecutor,
    workers: int,
    function: Callable[[Job], Result],
    waiting: Iterator[_Task[Job]],
    lost: deque[_Task[Job]],
) -> Iterator[tuple[int, Result]]:
    """Work through what was lost and what waits; when a worker dies, put the jobs that go with it into ``lost``.

    Only one job a worker and one more are handed out at a time, so that few are lost and memory stays flat.
    """
    running: dict[Future[Result], _Task[Job]] = {}
    try:
        while True:
            while len(running) <= workers and (task := lost.popleft() if lost else next(waiting, None)) is not None:
                try:
                    with _held_back("SIGINT"):  # a worker leaves Ctrl-C to this process
                        future = pool.submit(function, task.job)
                except BrokenProcessPool:
                    lost.appendleft(task)
                    raise
                task.attempts += 1
                running[future] = task
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                result = future.result()
                yield running.pop(future).index, result
    except BrokenProcessPool:
        gone = sorted(running.values(), key=lambda task: task.index)
        if any(task.attempts >= MOST_ATTEMPTS for task in gone):
            raise WorkerError(
                f"worker processes died {MOST_ATTEMPTS} times over the same jobs (job {gone[0].index + 1} or one "
                "beside it), perhaps for want of memory; try fewer --workers or a larger "
                "population.persons_per_household",
                (task.job for task in [*gone, *lost]),
            ) from None
        lost.extendleft(reversed(gone))


def alone(job: Job, function: Callable[[Job], Result]) -> Result:
    """Call a function in a process of its own.

    Raises:
        WorkerError: the process died. What ``function`` itself raises is passed on.
    """
    with process_pool(1) as pool:
        try:
            return pool.submit(function, job).result()
        except BrokenProcessPool:
            raise WorkerError("its process died, perhaps for want of memory", (job,)) from None


@contextlib.contextmanager
def process_pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of fresh processes; they are ended at once when anything goes wrong.

    Writing to a worker that has died must be an error here and not the end of this process.
    """
    others = set(multiprocessing.active_children())
    with _ignored("SIGPIPE"):
        pool = ProcessPoolExecutor(
            workers, mp_context=multiprocessing.get_context("spawn"), initializer=_follow_the_driver
        )
        try:
            yield pool
        except BaseException:
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _follow_the_driver() -> None:
    """Leave Ctrl-C to the driver, and end when it ends: a driver that is killed tells its workers nothing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_driver, daemon=True).start()


def _end_with_the_driver() -> None:
    driver = multiprocessing.parent_process()
    if driver is not None:
        wait_for([driver.sentinel])
        os._exit(1)


@contextlib.contextmanager
def _held_back(name: str) -> Iterator[None]:
    """Let a signal wait meanwhile; processes that are started meanwhile never see it (where the system can do so)."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {getattr(signal, name)})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _ignored(name: str) -> Iterator[None]:
    """Ignore a signal meanwhile; only the main thread can, in others nothing is changed."""
    if not hasattr(signal, name) or threading.current_thread() is not threading.main_thread():
        yield
        return
    number = getattr(signal, name)
    before = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, before)
