"""A store that fails: whatever its driver raises at whichever call is one sentence, and the same command goes on.

The file system below is a real one of fsspec, in memory, which raises one of the base errors of the drivers' libraries
at one of its calls; then at the next call, and so on, until a whole sweep has got through.
"""

from __future__ import annotations

import itertools
import json
from contextlib import suppress

import pytest

pytest.importorskip("fsspec")

import fsspec
from fsspec.implementations.memory import MemoryFileSystem

from siege_sim.errors import ResultError, SiegeError
from siege_sim.experiments.plan import load_plan
from siege_sim.results import lock
from siege_sim.results.status import status_of
from siege_sim.results.storage import Remote
from siege_sim.results.store import Store, read_sweep
from siege_sim.runner import sweep as sweeping
from siege_sim.runner.sweep import Driver
from siege_sim.runner.worker import BatchResult
from tests.integration.small_sweeps import SMALL, written


class NoCredentialsError(Exception):
    """As libraries have them: of no family that Python knows, and perhaps without a word."""


class Faults:
    """Raises an error at one call and lets all others through; counts them."""

    def __init__(self, at=-1, error=None):
        self.at, self.error, self.calls = at, error, 0

    def __call__(self):
        self.calls += 1
        if self.calls == self.at:
            raise self.error


class FaultyFileSystem(MemoryFileSystem):
    protocol = "faulty"
    store, pseudo_dirs, faults = {}, [""], Faults()
    cachable = False

    @classmethod
    def _strip_protocol(cls, path):
        return super()._strip_protocol(path.replace("faulty://", "memory://"))


def with_fault(name):
    whole = getattr(MemoryFileSystem, name)

    def call(self, *given, **named):
        FaultyFileSystem.faults()
        return whole(self, *given, **named)

    return call


for name in ("cat_file", "pipe_file", "makedirs", "exists", "ls", "rm_file", "invalidate_cache"):
    setattr(FaultyFileSystem, name, with_fault(name))

URL = "faulty://bucket/sweep"
ERRORS = [
    PermissionError(13, "Access Denied"),
    TimeoutError(),
    ConnectionResetError(104, "Connection reset by peer"),
    NoCredentialsError("Unable to locate credentials"),
    RuntimeError("Session is closed\nand a second line"),
    ValueError("Invalid bucket name"),
]


@pytest.fixture(autouse=True)
def file_system(monkeypatch):
    fsspec.register_implementation("faulty", FaultyFileSystem, clobber=True)
    monkeypatch.setattr(sweeping, "run_batch", canned)
    monkeypatch.setattr(lock, "STALE_AFTER_SECONDS", 0.0)  # who comes after need not wait
    monkeypatch.setattr(FaultyFileSystem, "faults", Faults())
    FaultyFileSystem.store.clear()
    yield
    FaultyFileSystem.store.clear()


def canned(batch):
    """Write a batch down as done, without playing anything."""
    rows = [
        {**{name: getattr(run, name) for name in ("point", "replication", "seed", "attempt")}, "status": "ok",
         "key": f"{run.point}.{run.seed}", "seconds": 0.01, **dict.fromkeys(batch.spec.outcomes, 1.0), "ending": "fell"}
        for run in batch.runs
    ]  # fmt: skip
    part = Store.at(batch.spec.target).write_part(batch.spec.outcomes, rows, [], [])
    return BatchResult("here", part, len(rows), 0, 0.01)


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return load_plan(written(tmp_path_factory.mktemp("plan"), SMALL.replace("replications: 3", "replications: 1")))


def refusal_of(step, *given):
    """Return what a known error says; nothing when there is none."""
    try:
        step(*given)
    except SiegeError as error:
        return str(error)
    return ""


def swept(plan, **options):
    return Driver(plan, Store.at(URL), 1, **options).sweep()


@pytest.mark.slow
@pytest.mark.parametrize("error", ERRORS[3:4], ids=lambda error: type(error).__name__)
def test_at_any_call_a_fault_is_one_sentence_and_the_same_sweep_goes_on(plan, monkeypatch, error):
    refused = 0
    for at in itertools.count(1):
        FaultyFileSystem.store.clear()
        faults = Faults(at, error)
        monkeypatch.setattr(FaultyFileSystem, "faults", faults)
        if told := refusal_of(swept, plan):
            refused += 1
            assert len(told.splitlines()) == 1
            assert URL in told
            monkeypatch.setattr(FaultyFileSystem, "faults", Faults())
            swept(plan)
        monkeypatch.setattr(FaultyFileSystem, "faults", Faults())
        assert len(read_sweep(URL).runs) == plan.runs
        if faults.calls < at:
            break
    assert refused > 15


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_whatever_a_driver_raises_is_one_sentence(monkeypatch, error):
    storage = Remote(URL)
    steps = {
        "read": lambda: storage.read("runs/a"),
        "write": lambda: storage.write({"runs/a": b"1"}),
        "create": lambda: storage.create("runs/b", b"1"),
        "has": lambda: storage.has("runs/a"),
        "names": lambda: storage.names("runs"),
        "remove": lambda: storage.remove("runs/a"),
    }
    for name, step in steps.items():
        for at in itertools.count(1):
            faults = Faults(at, error)
            monkeypatch.setattr(FaultyFileSystem, "faults", faults)
            with suppress(FileNotFoundError):
                assert len(refusal_of(step).splitlines()) <= 1, name
            if faults.calls < at:
                break


@pytest.mark.parametrize("error", ERRORS[3:4], ids=lambda error: type(error).__name__)
def test_reading_a_store_that_fails_is_one_sentence_too(plan, monkeypatch, error):
    swept(plan)
    for read in (read_sweep, status_of):
        for at in itertools.count(1):
            faults = Faults(at, error)
            monkeypatch.setattr(FaultyFileSystem, "faults", faults)
            assert len(refusal_of(read, URL).splitlines()) <= 1
            if faults.calls < at:
                break
        assert at > 5


def test_finished_parts_are_kept_though_reading_them_fails(plan, monkeypatch):
    """A part that cannot be read now is not a damaged part: nothing may be removed for it."""
    swept(plan)
    before = {name: bytes(file.getvalue()) for name, file in FaultyFileSystem.store.items()}
    failing = MemoryFileSystem.cat_file

    def unread(self, path, *given, **named):
        if "/runs/" in path:
            raise TimeoutError
        return failing(self, path, *given, **named)

    monkeypatch.setattr(FaultyFileSystem, "cat_file", unread)
    with pytest.raises(ResultError, match="TimeoutError"):
        swept(plan, check=True)
    assert {name: bytes(file.getvalue()) for name, file in FaultyFileSystem.store.items()} == before


def test_a_store_that_keeps_nothing_is_refused_before_anything_is_played(plan, monkeypatch):
    monkeypatch.setattr(FaultyFileSystem, "pipe_file", lambda *given, **named: None)
    with pytest.raises(ResultError, match="does not keep what is written there"):
        swept(plan)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:9/sweep", "no place to write to"),
        ("https://example.org/sweep", "no place to write to"),
        ("simplecache::memory://bucket/sweep", "no place to write to"),
        ("memory://", "names no bucket or folder"),
        ("memory:///", "names no bucket or folder"),
        ("s3:///sweep", "names no bucket or folder"),
        ("nosuch://bucket/sweep", "not a place to write to"),
    ],
)
def test_an_address_that_cannot_be_written_to_is_refused_at_once(url, said):
    with pytest.raises(ResultError, match=said):
        Remote(url)


def test_the_lock_of_a_driver_that_was_killed_here_does_not_hold_up_the_next_one(plan, monkeypatch):
    monkeypatch.setattr(lock, "STALE_AFTER_SECONDS", 300.0)
    storage = Store.at(URL).storage
    record = json.loads(lock._own_record())
    gone = {**record, "process": 2**22 + 1}
    storage.write({"lock": json.dumps(gone).encode()})
    assert lock.lock_holder(storage) is None
    elsewhere = {**record, "host": f"not-{record['host']}"}
    storage.write({"lock": json.dumps(elsewhere).encode()})
    with pytest.raises(ResultError, match="is running this sweep now"):
        swept(plan)
    storage.write({"lock": json.dumps(gone).encode()})
    assert swept(plan).done == plan.runs
