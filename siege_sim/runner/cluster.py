"""Running on a cluster: batches go to the workers of a Dask scheduler, which write their parts themselves.

Workers may come and go: the scheduler gives a lost worker's batches to others. Little travels through the driver, some
tens of kilobytes a batch on the way out and a summary on the way back.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from siege_sim.errors import SiegeError, WorkerError
from siege_sim.runner.pool import JobInput, JobOutput

if TYPE_CHECKING:
    from distributed import Client, Future

SECONDS_TO_CONNECT = 30.0
SECONDS_BETWEEN_LOOKS = 5.0
"""How often the driver looks whether there are more workers than before, and whether it shall stop."""

AHEAD = 2
"""Batches in flight for each of the cluster's threads: one is running, one waits."""


def as_completed_on(
    address: str, on_message: Callable[[str], None]
) -> Callable[
    [Iterable[JobInput], Callable[[JobInput], JobOutput], int | None, Callable[[], bool]],
    Generator[tuple[int, JobOutput], None, None],
]:
    """Return a function like ``pool.as_completed`` that runs jobs on the cluster of a scheduler.

    Args:
        address: the scheduler's address, such as ``tcp://host:8786``.
        on_message: called with a sentence on how many workers there are at the start.
    """

    def as_completed(
        jobs: Iterable[JobInput],
        function: Callable[[JobInput], JobOutput],
        workers: int | None,
        stopped: Callable[[], bool],
    ) -> Generator[tuple[int, JobOutput], None, None]:
        client = _connect(address)
        count = len(client.nthreads())
        on_message(f"{address}: {count} workers" if count else f"{address}: no workers yet; waiting for some")
        try:
            yield from _run_all(client, enumerate(jobs), function, stopped)
        finally:
            client.close()

    return as_completed


def _connect(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError:
        raise SiegeError("--scheduler needs the library distributed: pip install 'siege_sim[cluster]'") from None
    try:
        return Client(address, timeout=SECONDS_TO_CONNECT)
    except (OSError, ValueError) as error:
        raise SiegeError(
            f"--scheduler {address}: no scheduler answers ({str(error).splitlines()[0]}); start one with "
            "`dask scheduler`, see docs/cluster.md"
        ) from None


def _run_all(
    client: Client,
    jobs: Iterator[tuple[int, JobInput]],
    function: Callable[[JobInput], JobOutput],
    stopped: Callable[[], bool],
) -> Iterator[tuple[int, JobOutput]]:
    """Keep every thread of the cluster busy, one batch ahead; hand out nothing more once asked to stop."""
    running: dict[Future[Any], int] = {}
    jobs_left = True
    while jobs_left or running:
        while jobs_left and len(running) < _room(client) and not stopped():
            job = next(jobs, None)
            if job is None:
                jobs_left = False
            else:
                running[client.submit(function, job[1], pure=False, retries=0)] = job[0]
        jobs_left = jobs_left and not stopped()
        for future in _some_done(list(running)):
            index = running.pop(future)
            yield index, _result(future)
            future.release()


def _room(client: Client) -> int:
    """Return how many batches may be in flight: with the workers that are there now, and at least one."""
    return max(1, AHEAD * sum(client.nthreads().values()))


def _some_done(futures: list[Future[Any]]) -> list[Future[Any]]:
    """Wait a little for batches to be done, and return those that are, or all when the scheduler is gone."""
    from distributed import CancelledError, wait

    if futures:
        try:
            wait(futures, timeout=SECONDS_BETWEEN_LOOKS, return_when="FIRST_COMPLETED")
        except TimeoutError:
            return []
        except CancelledError:  # the scheduler is gone, which the first result that is asked for will say
            return futures
    return [future for future in futures if future.done()]


def _result(future: Future[Any]) -> Any:
    from distributed import CancelledError, KilledWorker

    try:
        return future.result()
    except CancelledError:
        raise WorkerError(
            "the scheduler is gone; what workers finished is kept, and the same command continues once there is one"
        ) from None
    except KilledWorker as error:
        raise WorkerError(
            f"workers of the cluster died over the same runs again and again ({error}), perhaps because "
            "memory ran out; give them more, or take a larger population.persons_per_household"
        ) from None
