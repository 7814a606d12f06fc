"""Running on a cluster: batches go to the workers of a Dask scheduler, which write their parts themselves.

Workers may come and go: the scheduler gives a lost worker's batches to others. Little travels through the driver, some
tens of kilobytes a batch on the way out and a summary on the way back.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from siege_sim.errors import SiegeError
from siege_sim.results.storage import first_line
from siege_sim.runner.pool import JobInput, JobOutput

if TYPE_CHECKING:
    from distributed import Client, Future

SECONDS_TO_CONNECT = 30.0
SECONDS_TO_LEAVE = 5.0
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
        with _quiet(), _connected(address) as cluster:
            count = cluster.workers()
            on_message(f"{address}: {count} workers" if count else f"{address}: no workers yet; waiting for some")
            yield from _run_all(cluster, enumerate(jobs), function, stopped)

    return as_completed


class ClusterError(SiegeError):
    """The cluster does not do its work; what its workers have written is kept."""


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask from printing tracebacks about what is said in a sentence anyway."""
    with contextlib.suppress(ImportError):
        import distributed  # noqa: F401  # it gives its loggers their levels
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


@contextlib.contextmanager
def _connected(address: str) -> Iterator[_Cluster]:
    client = _connect(address)
    try:
        yield _Cluster(address, client)
    finally:
        with contextlib.suppress(Exception, asyncio.CancelledError):  # it may be gone
            client.close(timeout=SECONDS_TO_LEAVE)


def _connect(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError:
        raise SiegeError("--scheduler needs the library distributed: pip install 'siege_sim[cluster]'") from None
    try:
        return Client(address, timeout=SECONDS_TO_CONNECT)
    except Exception as error:
        raise SiegeError(
            f"--scheduler {address}: no scheduler answers ({type(error).__name__}: {first_line(error)}); start one "
            "with `dask scheduler`, see docs/cluster.md"
        ) from None


class _Cluster:
    """A scheduler's client, whose errors of any kind become one sentence.

    Args:
        address: of the scheduler.
        client: connected to it.
    """

    def __init__(self, address: str, client: Client) -> None:
        self._address = address
        self._client = client

    @contextlib.contextmanager
    def _asked(self) -> Iterator[None]:
        try:
            yield
        except (SiegeError, MemoryError):
            raise
        except (Exception, asyncio.CancelledError) as error:
            raise ClusterError(
                f"the scheduler {self._address} is gone or does not answer ({type(error).__name__}: "
                f"{first_line(error)}); what workers finished is kept, and the same command continues once there is one"
            ) from None

    def workers(self) -> int:
        """Return how many workers there are now."""
        with self._asked():
            return len(self._client.nthreads())

    def room(self) -> int:
        """Return how many batches may be in flight: with the workers that are there now, and at least one."""
        with self._asked():
            return max(1, AHEAD * sum(self._client.nthreads().values()))

    def submit(self, function: Callable[[JobInput], JobOutput], job: JobInput) -> Future[Any]:
        """Hand a job to the cluster."""
        with self._asked():
            return self._client.submit(function, job, pure=False, retries=0)

    def some_done(self, futures: list[Future[Any]]) -> list[Future[Any]]:
        """Wait a little for jobs to be done, and return those that are."""
        from distributed import wait

        with self._asked():
            if futures:
                try:
                    wait(futures, timeout=SECONDS_BETWEEN_LOOKS, return_when="FIRST_COMPLETED")
                except TimeoutError:
                    self._check_there()
            return [future for future in futures if future.done()]

    def _check_there(self) -> None:
        """Raise what the client raises when its scheduler is gone: it waits for jobs all the same."""
        if self._client.status != "running":
            raise ConnectionError(f"the connection is {self._client.status}")

    def result(self, future: Future[Any]) -> Any:
        """Return what came of a job.

        Raises:
            SiegeError: what the job itself raised, if it is one of ours; otherwise in a sentence what went wrong.
        """
        from distributed import CancelledError, KilledWorker
        from distributed.comm import CommClosedError

        with self._asked():
            try:
                found = future.result()
            except (SiegeError, MemoryError, CancelledError, CommClosedError, TimeoutError):
                raise
            except KilledWorker as error:
                raise ClusterError(
                    f"workers of the cluster died over the same runs again and again ({first_line(error)}), perhaps "
                    "because memory ran out; give them more, or take a larger population.persons_per_household"
                ) from None
            except Exception as error:
                raise ClusterError(
                    f"a worker of the cluster cannot do its runs ({type(error).__name__}: {first_line(error)}); "
                    "check that the same versions of siege_sim and of its libraries are on every machine"
                ) from error
            future.release()
            return found


def _run_all(
    cluster: _Cluster,
    jobs: Iterator[tuple[int, JobInput]],
    function: Callable[[JobInput], JobOutput],
    stopped: Callable[[], bool],
) -> Iterator[tuple[int, JobOutput]]:
    """Keep every thread of the cluster busy, one batch ahead; hand out nothing more once asked to stop."""
    running: dict[Future[Any], int] = {}
    jobs_left = True
    while jobs_left or running:
        while jobs_left and not stopped() and len(running) < cluster.room():
            job = next(jobs, None)
            if job is None:
                jobs_left = False
            else:
                running[cluster.submit(function, job[1])] = job[0]
        jobs_left = jobs_left and not stopped()
        for future in cluster.some_done(list(running)):
            index = running.pop(future)
            yield index, cluster.result(future)
