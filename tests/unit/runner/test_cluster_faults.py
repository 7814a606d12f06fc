"""A scheduler's client that fails: whatever it raises at whichever call is one sentence, and nothing hangs."""

from __future__ import annotations

import asyncio
import itertools
import pickle
from types import SimpleNamespace

import pytest

pytest.importorskip("distributed")

import distributed
from distributed.comm import CommClosedError

from siege_sim.errors import SiegeError
from siege_sim.runner import cluster
from siege_sim.runner.cluster import ClusterError, as_completed_on
from siege_sim.runner.worker import Batch, SweepSpec, run_batch
from tests.unit.results.test_store_faults import Faults, refusal_of

ADDRESS = "tcp://127.0.0.1:8786"
ERRORS = [
    CommClosedError("in <TCP>: Stream is closed"),
    OSError(111, "Connection refused"),
    TimeoutError(),
    distributed.CancelledError("square-1"),
    asyncio.CancelledError(),
    RuntimeError("IOLoop is closed"),
    ValueError("unknown address\nand a second line"),
]


class DoneFuture:
    """What came of a job that was done at once."""

    def __init__(self, faults, value=None, error=None):
        self._faults, self._value, self._error = faults, value, error

    def done(self):
        self._faults()
        return True

    def result(self):
        self._faults()
        if self._error is not None:
            raise self._error
        return self._value

    def release(self):
        self._faults()


class FaultyClient:
    """A client whose jobs are done at once, in this process; its calls fail as they are told."""

    status = "running"

    def __init__(self, faults):
        self._faults = faults

    def nthreads(self):
        self._faults()
        return {"worker 1": 1, "worker 2": 1}

    def submit(self, function, job, **options):
        self._faults()
        try:
            return DoneFuture(self._faults, function(job))
        except Exception as error:
            return DoneFuture(self._faults, error=error)

    def close(self, timeout=None):
        self._faults()


@pytest.fixture
def swept(monkeypatch):
    """Give a function that does three jobs with a client that fails as it is told."""

    def sweep(faults, function=abs, waits=None):
        monkeypatch.setattr(cluster, "_connect", lambda address: FaultyClient(faults))
        monkeypatch.setattr(distributed, "wait", lambda *given, **named: (waits or faults)())
        return dict(as_completed_on(ADDRESS, lambda text: None)([-1, -2, -3], function, None, lambda: False))

    return sweep


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_at_any_call_a_fault_is_one_sentence_that_names_the_way_out(swept, error):
    refused = 0
    for at in itertools.count(1):
        faults = Faults(at, error)
        if told := refusal_of(swept, faults):
            refused += 1
            assert len(told.splitlines()) == 1
            assert ("scheduler" in told and "same command" in told) or "a worker of the cluster" in told
        if faults.calls < at:
            break
    assert refused > 10


def test_a_scheduler_that_is_gone_is_noticed_though_no_job_ends(swept, monkeypatch):
    monkeypatch.setattr(FaultyClient, "status", "connecting")
    with pytest.raises(ClusterError, match=r"is gone .* \(ConnectionError: the connection is connecting"):
        swept(Faults(), waits=Faults(1, TimeoutError()))


def lacks_a_library(job):
    raise ModuleNotFoundError("No module named 'siege_sim'")


def is_killed(job):
    raise distributed.KilledWorker("job", SimpleNamespace(address="tcp://127.0.0.1:9"), 4)


def has_its_own_reason(job):
    raise SiegeError("the disk of worker 2 is full")


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (
            lacks_a_library,
            r"cannot do its runs \(ModuleNotFoundError: No module named 'siege_sim'\); check that",
        ),
        (is_killed, "died over the same runs again and again"),
        (has_its_own_reason, "^the disk of worker 2 is full$"),
    ],
)
def test_what_workers_lack_is_said_in_a_sentence(swept, job, said):
    with pytest.raises(SiegeError, match=said):
        swept(Faults(), job)


def test_a_worker_with_another_model_refuses_in_words(swept):
    spec = SweepSpec("nowhere", "0.0-other", None, (), (), 0, False)
    with pytest.raises(SiegeError, match=r"but the sweep is run with 0\.0-other; install the same version"):
        next(iter(swept_batches(swept, Batch(spec, {}, ()))))


def swept_batches(swept, batch):
    return swept(Faults(), lambda _: run_batch(pickle.loads(pickle.dumps(batch)))).items()
