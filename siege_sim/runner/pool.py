"""Many jobs on several processes: the same results, in the order of the jobs, for any number of workers.

Each worker has a pipe of its own. Where workers share one (as those of ``concurrent.futures`` do), a worker that is
killed while it writes leaves half a message behind, and its reader waits for the other half for ever.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import queue
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence, Sized
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for
from types import FrameType
from typing import Any, Generic, TypeVar

from siege_sim.errors import WorkerError
from siege_sim.runner.signals import STOP_SIGNALS

JobInput = TypeVar("JobInput")
JobOutput = TypeVar("JobOutput")

MOST_ATTEMPTS = 3
"""How often a job is tried whose worker dies."""

START_SECONDS = 3.5
"""What workers take from their start to their first results: they read the program and its compiled loops anew."""

FIRST_JOB_SECONDS = 1.0
"""What the first job of a process takes longer than the next, for reading compiled loops."""

STARTED_WHILE_READ = 79
"""The exit code of a worker that was to start workers while it was reading the script that it belongs to."""


def run_many(
    jobs: Sequence[JobInput],
    function: Callable[[JobInput], JobOutput],
    workers: int | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> list[JobOutput]:
    """Call a function for every job and return the results in the order of the jobs.

    Args:
        jobs: what to do; each is sent to a worker, so it must be picklable and should be small.
        function: a function of a module; what it returns must be picklable too.
        workers: how many processes; by default one for each processor, and none where they would not save time. With
            one, all happens in this process.
        on_progress: called with the number of finished jobs after each.

    Raises:
        WorkerError: when workers keep dying. What ``function`` itself raises is passed on.
    """
    results: dict[int, JobOutput] = {}
    with contextlib.closing(as_completed(jobs, function, workers)) as stream:
        for index, result in stream:
            results[index] = result
            if on_progress is not None:
                on_progress(len(results))
    return [results[index] for index in range(len(jobs))]


def counted_on(on_progress: Callable[[int], None] | None, done: int) -> Callable[[int], None] | None:
    """Return what counts on from where progress stood, for a further lot of jobs."""
    return None if on_progress is None else lambda count: on_progress(done + count)


def as_completed(
    jobs: Iterable[JobInput],
    function: Callable[[JobInput], JobOutput],
    workers: int | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Generator[tuple[int, JobOutput], None, None]:
    """Yield the index of each job and its result, as they finish; arguments and errors as for ``run_many``.

    A job whose worker dies is given to a fresh one, ``MOST_ATTEMPTS`` times.

    Args:
        jobs: what to do; taken one by one as workers become free, so it may be endless or made up on the way.
        function: as for ``run_many``.
        workers: as for ``run_many``.
        stopped: called before each job is handed out; once it returns true, only what is in flight is finished.
    """
    count = workers or os.cpu_count() or 1
    if isinstance(jobs, Sized):
        count = min(count, len(jobs))
    numbered = enumerate(jobs) if stopped is None else itertools.takewhile(lambda _: not stopped(), enumerate(jobs))
    if count <= 1:
        yield from ((index, function(job)) for index, job in numbered)
        return
    if workers is None and isinstance(jobs, Sized):
        yield from _while_workers_save_no_time(numbered, len(jobs), count, function)
    waiting = (_PendingJob(index, job) for index, job in numbered)
    with _worker_pool() as pool:
        yield from _run_all(pool, count, function, waiting)


def _while_workers_save_no_time(
    numbered: Iterator[tuple[int, JobInput]], total: int, count: int, function: Callable[[JobInput], JobOutput]
) -> Iterator[tuple[int, JobOutput]]:
    """Do jobs in this process until what is left would be done sooner by workers, as far as the last job tells."""
    for done in range(1, total + 1):
        pending = next(numbered, None)
        if pending is None:
            return
        index, job = pending
        began = time.perf_counter()
        result = function(job)
        took = time.perf_counter() - began
        yield index, result
        usual = max(took - FIRST_JOB_SECONDS, took / 10) if done == 1 else took
        if usual * (total - done) * (1 - 1 / count) > START_SECONDS:
            return


@dataclass
class _PendingJob(Generic[JobInput]):
    """A job on its way, and how often it has been tried."""

    index: int
    job: JobInput
    attempts: int = 0


def _run_all(
    pool: _WorkerPool, count: int, function: Callable[[JobInput], JobOutput], waiting: Iterator[_PendingJob[JobInput]]
) -> Iterator[tuple[int, JobOutput]]:
    """Keep so many workers busy; a worker gets its next job before anybody looks at what it has done."""
    busy: dict[Any, tuple[_Worker, _PendingJob[JobInput]]] = {}
    lost: deque[_PendingJob[JobInput]] = deque()

    def assign(idle: _Worker | None) -> bool:
        """Give a worker, or a fresh one, something to do; return whether there was anything."""
        pending = lost.popleft() if lost else next(waiting, None)
        if pending is None:
            return False
        worker = idle or pool.start_worker()
        pending.attempts += 1
        busy[worker.connection] = worker, pending
        worker.begin(function, pending.job)
        return True

    while len(busy) < count and assign(None):
        pass
    while busy:
        for connection in wait_for(list(busy)):
            worker, pending = busy.pop(connection)
            try:
                result = worker.wait_for_result()
            except _WorkerDiedError:
                pool.stop_worker(worker)
                worker.check_script()
                if pending.attempts >= MOST_ATTEMPTS:
                    unfinished = (pending, *(pending for _, pending in busy.values()), *lost)
                    raise WorkerError(
                        f"worker processes died {MOST_ATTEMPTS} times over the same job (job {pending.index + 1}), "
                        "perhaps because memory ran out; try fewer --workers or a larger "
                        "population.persons_per_household",
                        (pending.job for pending in unfinished),
                    ) from None
                lost.append(pending)
                assign(None)
            else:
                assign(worker)
                yield pending.index, result.unwrap()


def run_isolated(job: JobInput, function: Callable[[JobInput], JobOutput]) -> JobOutput:
    """Call a function in a process of its own.

    Raises:
        WorkerError: the process died. What ``function`` itself raises is passed on.
    """
    with _worker_pool() as pool:
        return _run_on(pool.start_worker(), function, job)


@contextlib.contextmanager
def process_pool(workers: int) -> Iterator[Executor]:
    """Give an executor whose calls are made in fresh processes; they are ended at once when anything goes wrong.

    A call whose process dies raises ``WorkerError``, and so does every later call that is given to that process.
    """
    with _worker_pool() as pool, _Executor([pool.start_worker() for _ in range(workers)]) as executor:
        try:
            yield executor
        except BaseException:
            pool.stop_all()  # the threads wait for the workers
            executor.shutdown(cancel_futures=True)
            raise


class _Executor(ThreadPoolExecutor):
    """A thread for each worker, which hands it a call and waits for the result."""

    def __init__(self, workers: Sequence[_Worker]) -> None:
        super().__init__(len(workers))
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for worker in workers:
            self._idle.put(worker)

    def submit(self, function: Callable[..., JobOutput], /, *args: Any, **kwargs: Any) -> Future[JobOutput]:
        return super().submit(self._on_a_worker, partial(function, *args, **kwargs))

    def _on_a_worker(self, call: Callable[[], JobOutput]) -> JobOutput:
        worker = self._idle.get()
        try:
            return _run_on(worker, _call, call)
        finally:
            self._idle.put(worker)


def _call(call: Callable[[], JobOutput]) -> JobOutput:
    return call()


def _run_on(worker: _Worker, function: Callable[[JobInput], JobOutput], job: JobInput) -> JobOutput:
    worker.begin(function, job)
    try:
        result: JobOutput = worker.wait_for_result().unwrap()
    except _WorkerDiedError:
        worker.end()
        worker.check_script()
        raise WorkerError("its process died, perhaps because memory ran out", (job,)) from None
    return result


class _WorkerDiedError(Exception):
    """The process at the other end of the pipe is gone."""


@dataclass(frozen=True)
class _JobResult:
    """What came of a job: what the function returned, or what it raised and where."""

    value: Any = None
    error: Exception | None = None
    traceback: str = ""

    def unwrap(self) -> Any:
        if self.error is not None:
            self.error.add_note(f"in a worker process:\n{self.traceback}")
            raise self.error
        return self.value


class _Worker:
    """A fresh process that does one job after the other, with a pipe of its own."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()  # so that its death ends the pipe

    def begin(self, function: Callable[[JobInput], Any], job: JobInput) -> None:
        """Hand out a job; the death of a worker shows when its result is asked for."""
        with contextlib.suppress(OSError):
            self.connection.send((function, job))

    def wait_for_result(self) -> _JobResult:
        """Wait for what comes of the job.

        Raises:
            _WorkerDiedError: nothing will come of it.
        """
        try:
            result: _JobResult = self.connection.recv()
        except (EOFError, OSError):
            raise _WorkerDiedError from None
        return result

    def check_script(self) -> None:
        """Refuse a script that starts workers wherever it is read, once a worker has ended that read it.

        Raises:
            WorkerError: it does.
        """
        if self._process.exitcode == STARTED_WHILE_READ:
            raise WorkerError(
                "every worker process reads this script anew, and then starts workers itself; write what the "
                'script does below the line  if __name__ == "__main__":  or use workers=1'
            ) from None

    def end(self) -> None:
        """End the process at once; a thread that waits for its result sees the pipe end."""
        self._process.kill()
        self._process.join()


def _work(connection: Connection[Any, Any]) -> None:
    """Do what comes through the pipe until it ends."""
    exit_with_parent()
    with contextlib.suppress(EOFError, OSError):
        while True:
            function, job = connection.recv()
            _send(connection, _result_of(function, job))


def exit_with_parent() -> None:
    """Leave signals of the terminal to the parent, and exit when it ends: killed, it cannot stop its workers."""
    for number in STOP_SIGNALS:
        if number != signal.SIGTERM:
            signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_watch_parent, daemon=True).start()


def _watch_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _result_of(function: Callable[[Any], Any], job: Any) -> _JobResult:
    try:
        return _JobResult(function(job))
    except Exception as error:
        return _JobResult(error=error, traceback=traceback.format_exc())


def _send(connection: Connection[Any, Any], result: _JobResult) -> None:
    try:
        connection.send(result)
    except OSError:
        raise
    except Exception as error:  # it cannot be pickled
        connection.send(_JobResult(error=TypeError(f"{result.error or result.value!r}: {error}")))


class _WorkerPool:
    """Workers, none of whom stays behind."""

    def __init__(self) -> None:
        self._workers: list[_Worker] = []

    def start_worker(self) -> _Worker:
        """Start a worker; Ctrl-C waits meanwhile, or half a worker might be left behind.

        A worker that is only reading the user's script ends here, in silence; its parent says why.
        """
        if getattr(multiprocessing.current_process(), "_inheriting", False):  # as the standard library looks for it
            os._exit(STARTED_WHILE_READ)
        with ctrl_c_deferred():
            worker = _Worker()
            self._workers.append(worker)
        return worker

    def stop_worker(self, worker: _Worker) -> None:
        """End one worker."""
        self._workers.remove(worker)
        worker.end()

    def stop_all(self) -> None:
        """End them all at once."""
        while self._workers:
            self._workers.pop().end()


@contextlib.contextmanager
def _worker_pool() -> Iterator[_WorkerPool]:
    """Give workers that are ended at the end; writing to a worker that has died must not be the end of this process."""
    pool = _WorkerPool()
    with _handled("SIGPIPE", signal.SIG_IGN):
        try:
            yield pool
        finally:
            pool.stop_all()


@contextlib.contextmanager
def ctrl_c_deferred() -> Iterator[None]:
    """Let Ctrl-C wait meanwhile; processes that are started meanwhile never see it (where the system can do so).

    Other requests to end wait too where they are handled like Ctrl-C; the new processes do see them, and end with them.
    """
    masked = hasattr(signal, "pthread_sigmask")
    with contextlib.ExitStack() as waiting:
        for number in STOP_SIGNALS:
            waiting.enter_context(_deferred(number))
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masked else None
        try:
            yield
        finally:
            if before is not None:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _deferred(number: signal.Signals) -> Iterator[None]:
    """Handle a signal that has a handler only afterwards."""
    handle = signal.getsignal(number)
    if not callable(handle):
        yield
        return
    waiting: list[tuple[int, FrameType | None]] = []
    with _handled(number.name, lambda number, frame: waiting.append((number, frame))):
        yield
    if waiting:
        handle(*waiting[0])


@contextlib.contextmanager
def _handled(name: str, handler: Any) -> Iterator[None]:
    """Handle a signal in another way meanwhile; only the main thread can, in others nothing is changed."""
    if not hasattr(signal, name) or threading.current_thread() is not threading.main_thread():
        yield
        return
    number = getattr(signal, name)
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)
