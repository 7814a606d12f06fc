"""Many jobs on several processes: the same results, in the order of the jobs, for any number of workers."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

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
    jobs: Sequence[Job], function: Callable[[Job], Result], workers: int | None = None
) -> Generator[tuple[int, Result], None, None]:
    """Yield the index of each job and its result, as they finish; arguments and errors as for ``run_many``."""
    count = min(workers or os.cpu_count() or 1, len(jobs))
    if count <= 1:
        yield from ((index, function(job)) for index, job in enumerate(jobs))
        return
    todo, attempts = deque(range(len(jobs))), [0] * len(jobs)
    while todo:
        with process_pool(count) as pool:
            yield from _until_a_worker_dies(pool, count, jobs, function, todo, attempts)


def _until_a_worker_dies(
    pool: ProcessPoolExecutor,
    workers: int,
    jobs: Sequence[Job],
    function: Callable[[Job], Result],
    todo: deque[int],
    attempts: list[int],
) -> Iterator[tuple[int, Result]]:
    """Work through ``todo``; when a worker dies, put the jobs that were lost with it back at its front.

    Only one job a worker and one more are handed out at a time, so that few are lost and memory stays flat.
    """
    running: dict[Future[Result], int] = {}
    try:
        while todo or running:
            while todo and len(running) <= workers:
                index = todo[0]
                with _held_back("SIGINT"):  # a worker leaves Ctrl-C to this process
                    running[pool.submit(function, jobs[index])] = index
                todo.popleft()
                attempts[index] += 1
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                result = future.result()
                yield running.pop(future), result
    except BrokenProcessPool:
        lost = sorted(running.values())
        if any(attempts[index] >= MOST_ATTEMPTS for index in lost):
            raise WorkerError(
                f"worker processes died {MOST_ATTEMPTS} times over the same jobs (job {lost[0] + 1} or one beside it), "
                "perhaps for want of memory; try fewer --workers or a larger population.persons_per_household"
            ) from None
        todo.extendleft(reversed(lost))


@contextlib.contextmanager
def process_pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of fresh processes; they are ended at once when anything goes wrong.

    Writing to a worker that has died must be an error here and not the end of this process.
    """
    others = set(multiprocessing.active_children())
    with _ignored("SIGPIPE"):
        pool = ProcessPoolExecutor(
            workers, mp_context=multiprocessing.get_context("spawn"), initializer=_leave_ctrl_c_to_the_driver
        )
        try:
            yield pool
        except BaseException:
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _leave_ctrl_c_to_the_driver() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


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
