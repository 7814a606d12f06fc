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
from siege_sim.runner.signals import ENDINGS

Job = TypeVar("Job")
Result = TypeVar("Result")

MOST_ATTEMPTS = 3
"""How often a job is tried whose worker dies."""


def run_many(
    jobs: Sequence[Job],
    function: Callable[[Job], Result],
    workers: int | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> list[Result]:
    """Call a function for every job and return the results in the order of the jobs.

    Args:
        jobs: what to do; each is sent to a worker, so it must be picklable and should be small.
        function: a function of a module; what it returns must be picklable too.
        workers: how many processes; by default one for each processor. With one, all happens in this process.
        on_progress: called with the number of finished jobs after each.

    Raises:
        WorkerError: when workers keep dying. What ``function`` itself raises is passed on.
    """
    results: dict[int, Result] = {}
    with contextlib.closing(finished(jobs, function, workers)) as stream:
        for index, result in stream:
            results[index] = result
            if on_progress is not None:
                on_progress(len(results))
    return [results[index] for index in range(len(jobs))]


def finished(
    jobs: Iterable[Job],
    function: Callable[[Job], Result],
    workers: int | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Generator[tuple[int, Result], None, None]:
    """Yield the index of each job and its result, as they finish; arguments and errors as for ``run_many``.

    A job whose worker dies is given to a fresh one, ``MOST_ATTEMPTS`` times.

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
    waiting = (_Task(index, job) for index, job in todo)
    with _crew() as crew:
        yield from _until_all_are_done(crew, count, function, waiting)


@dataclass
class _Task(Generic[Job]):
    """A job on its way, and how often it has been tried."""

    index: int
    job: Job
    attempts: int = 0


def _until_all_are_done(
    crew: _Crew, count: int, function: Callable[[Job], Result], waiting: Iterator[_Task[Job]]
) -> Iterator[tuple[int, Result]]:
    """Keep so many workers busy; a worker gets its next job before anybody looks at what it has done."""
    busy: dict[Any, tuple[_Worker, _Task[Job]]] = {}
    lost: deque[_Task[Job]] = deque()

    def hand_out(idle: _Worker | None) -> bool:
        """Give a worker, or a fresh one, something to do; say whether there was anything."""
        task = lost.popleft() if lost else next(waiting, None)
        if task is None:
            return False
        worker = idle or crew.hire()
        task.attempts += 1
        busy[worker.connection] = worker, task
        worker.begin(function, task.job)
        return True

    while len(busy) < count and hand_out(None):
        pass
    while busy:
        for connection in wait_for(list(busy)):
            worker, task = busy.pop(connection)
            try:
                outcome = worker.outcome()
            except _WorkerGoneError:
                crew.dismiss(worker)
                if task.attempts >= MOST_ATTEMPTS:
                    unfinished = (task, *(task for _, task in busy.values()), *lost)
                    raise WorkerError(
                        f"worker processes died {MOST_ATTEMPTS} times over the same job (job {task.index + 1}), "
                        "perhaps for want of memory; try fewer --workers or a larger "
                        "population.persons_per_household",
                        (task.job for task in unfinished),
                    ) from None
                lost.append(task)
                hand_out(None)
            else:
                hand_out(worker)
                yield task.index, outcome.result()


def alone(job: Job, function: Callable[[Job], Result]) -> Result:
    """Call a function in a process of its own.

    Raises:
        WorkerError: the process died. What ``function`` itself raises is passed on.
    """
    with _crew() as crew:
        return _done_by(crew.hire(), function, job)


@contextlib.contextmanager
def process_pool(workers: int) -> Iterator[Executor]:
    """Give an executor whose calls are made in fresh processes; they are ended at once when anything goes wrong.

    A call whose process dies raises ``WorkerError``, and so does every later call that is given to that process.
    """
    with _crew() as crew, _Executor([crew.hire() for _ in range(workers)]) as executor:
        try:
            yield executor
        except BaseException:
            crew.end()  # the threads wait for the workers
            executor.shutdown(cancel_futures=True)
            raise


class _Executor(ThreadPoolExecutor):
    """A thread for each worker, which hands it a call and waits for the result."""

    def __init__(self, workers: Sequence[_Worker]) -> None:
        super().__init__(len(workers))
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for worker in workers:
            self._idle.put(worker)

    def submit(self, function: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:
        return super().submit(self._elsewhere, partial(function, *args, **kwargs))

    def _elsewhere(self, call: Callable[[], Result]) -> Result:
        worker = self._idle.get()
        try:
            return _done_by(worker, _call, call)
        finally:
            self._idle.put(worker)


def _call(call: Callable[[], Result]) -> Result:
    return call()


def _done_by(worker: _Worker, function: Callable[[Job], Result], job: Job) -> Result:
    worker.begin(function, job)
    try:
        result: Result = worker.outcome().result()
    except _WorkerGoneError:
        raise WorkerError("its process died, perhaps for want of memory", (job,)) from None
    return result


class _WorkerGoneError(Exception):
    """The process at the other end of the pipe is gone."""


@dataclass(frozen=True)
class _Outcome:
    """What came of a job: what the function returned, or what it raised and where."""

    value: Any = None
    error: Exception | None = None
    traceback: str = ""

    def result(self) -> Any:
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

    def begin(self, function: Callable[[Job], Any], job: Job) -> None:
        """Hand out a job; the death of a worker shows when its outcome is asked for."""
        with contextlib.suppress(OSError):
            self.connection.send((function, job))

    def outcome(self) -> _Outcome:
        """Wait for what comes of the job.

        Raises:
            _WorkerGoneError: nothing will come of it.
        """
        try:
            outcome: _Outcome = self.connection.recv()
        except (EOFError, OSError):
            raise _WorkerGoneError from None
        return outcome

    def end(self) -> None:
        """End the process at once; a thread that waits for its outcome is told so."""
        self._process.kill()
        self._process.join()


def _work(connection: Connection[Any, Any]) -> None:
    """Do what comes through the pipe until it ends."""
    exit_with_parent()
    with contextlib.suppress(EOFError, OSError):
        while True:
            function, job = connection.recv()
            _send(connection, _outcome_of(function, job))


def exit_with_parent() -> None:
    """Leave what comes from the terminal to the driver, and end when it ends: killed, it tells its workers nothing."""
    for number in ENDINGS:
        if number != signal.SIGTERM:
            signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_driver, daemon=True).start()


def _end_with_the_driver() -> None:
    driver = multiprocessing.parent_process()
    if driver is not None:
        wait_for([driver.sentinel])
        os._exit(1)


def _outcome_of(function: Callable[[Any], Any], job: Any) -> _Outcome:
    try:
        return _Outcome(function(job))
    except Exception as error:
        return _Outcome(error=error, traceback=traceback.format_exc())


def _send(connection: Connection[Any, Any], outcome: _Outcome) -> None:
    try:
        connection.send(outcome)
    except OSError:
        raise
    except Exception as error:  # it cannot be pickled
        connection.send(_Outcome(error=TypeError(f"{outcome.error or outcome.value!r}: {error}")))


class _Crew:
    """Workers, none of whom stays behind."""

    def __init__(self) -> None:
        self._workers: list[_Worker] = []

    def hire(self) -> _Worker:
        """Start a worker; Ctrl-C waits meanwhile, or half a worker might be left behind."""
        with ctrl_c_deferred():
            worker = _Worker()
            self._workers.append(worker)
        return worker

    def dismiss(self, worker: _Worker) -> None:
        """End one worker."""
        self._workers.remove(worker)
        worker.end()

    def end(self) -> None:
        """End them all at once."""
        while self._workers:
            self._workers.pop().end()


@contextlib.contextmanager
def _crew() -> Iterator[_Crew]:
    """Give a crew that is ended at the end; writing to a worker that has died must not be the end of this process."""
    crew = _Crew()
    with _handled("SIGPIPE", signal.SIG_IGN):
        try:
            yield crew
        finally:
            crew.end()


@contextlib.contextmanager
def ctrl_c_deferred() -> Iterator[None]:
    """Let Ctrl-C wait meanwhile; processes that are started meanwhile never see it (where the system can do so).

    Other requests to end wait too where they are handled like Ctrl-C; the new processes do see them, and end with them.
    """
    masked = hasattr(signal, "pthread_sigmask")
    with contextlib.ExitStack() as waiting:
        for number in ENDINGS:
            waiting.enter_context(_put_off(number))
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masked else None
        try:
            yield
        finally:
            if before is not None:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _put_off(number: signal.Signals) -> Iterator[None]:
    """Obey a signal that has a handler only afterwards."""
    obey = signal.getsignal(number)
    if not callable(obey):
        yield
        return
    waiting: list[tuple[int, FrameType | None]] = []
    with _handled(number.name, lambda number, frame: waiting.append((number, frame))):
        yield
    if waiting:
        obey(*waiting[0])


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
