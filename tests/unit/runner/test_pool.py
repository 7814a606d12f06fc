"""Many jobs on several processes: order, equal results, lost workers, errors, progress."""

from __future__ import annotations

import itertools
import math
import multiprocessing
import os
import signal
import sys
import textwrap
import time
import traceback
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from siege_sim.errors import ScenarioError, WorkerError
from siege_sim.runner import pool
from siege_sim.runner.pool import as_completed, process_pool, run_isolated, run_many
from siege_sim.runner.signals import STOP_SIGNALS


def square(number: int) -> int:
    return number * number


def process_of(number: int) -> int:
    return os.getpid()


def fail_on_three(number: int) -> int:
    if number == 3:
        raise ScenarioError(["three: no"])
    return number


def die_once(job: tuple[int, str]) -> int:
    """Kill the worker the first time that job 2 is tried."""
    number, mark = job
    if number == 2 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def die_half_way_through_the_answer(job: tuple[int, str]) -> bytes:
    """Write half of the result into the pipe and die, the first time that job 2 is tried."""
    number, mark = job
    if number == 2 and not Path(mark).exists():
        Path(mark).touch()

        def half(connection: Connection, message: bytes, write: object = None) -> None:
            os.write(connection.fileno(), bytes(message)[: len(message) // 2])
            os._exit(1)

        Connection._send = half  # type: ignore[attr-defined]
    return bytes(100_000)


def unpicklable(number: int) -> object:
    return lambda: number


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_jobs_for_any_number_of_workers(workers):
    told: list[int] = []
    assert run_many(range(9), square, workers, told.append) == [number * number for number in range(9)]
    assert told == list(range(1, 10))


@pytest.mark.parametrize(("start_seconds", "in_this_process"), [(math.inf, 6), (-1.0, 1)])
def test_unless_told_otherwise_workers_are_started_where_they_save_time(monkeypatch, start_seconds, in_this_process):
    monkeypatch.setattr(pool, "START_SECONDS", start_seconds)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    told: list[int] = []
    processes = run_many(range(6), process_of, on_progress=told.append)
    assert [process == os.getpid() for process in processes] == [True] * in_this_process + [False] * (
        6 - in_this_process
    )
    assert told == list(range(1, 7))
    assert len(set(processes)) <= 3


def test_no_jobs_are_no_work():
    assert run_many([], square) == []


def test_a_killed_worker_loses_nothing(tmp_path):
    jobs = [(number, str(tmp_path / "died")) for number in range(6)]
    told: list[int] = []
    assert run_many(jobs, die_once, 2, told.append) == list(range(6))
    assert told == list(range(1, 7)), "a job was counted twice"
    assert (tmp_path / "died").exists()


def test_a_worker_that_dies_half_way_through_its_answer_stops_nobody(tmp_path):
    jobs = [(number, str(tmp_path / "died")) for number in range(6)]
    assert run_many(jobs, die_half_way_through_the_answer, 2) == [bytes(100_000)] * 6
    assert (tmp_path / "died").exists()


def test_a_result_that_cannot_travel_is_an_error():
    with pytest.raises(TypeError, match="unpicklable"):
        run_many(range(4), unpicklable, 2)


def test_workers_that_keep_dying_are_a_known_error():
    with pytest.raises(WorkerError, match="died 3 times"):
        run_many(range(4), die, 2)


def test_a_job_that_is_played_alone_takes_nobody_with_it():
    assert run_isolated(7, square) == 49
    with pytest.raises(WorkerError, match="its process died") as caught:
        run_isolated(7, die)
    assert caught.value.jobs == (7,)


def test_jobs_may_be_endless_and_stop_when_asked():
    seen: list[int] = []
    for _, result in as_completed(itertools.count(), square, 2, lambda: len(seen) >= 5):
        seen.append(result)
    assert sorted(seen) == [number * number for number in range(len(seen))]
    assert 5 <= len(seen) <= 9


@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_job_raises_is_passed_on(workers):
    with pytest.raises(ScenarioError, match="three: no") as caught:
        run_many(range(5), fail_on_three, workers)
    told = "".join(traceback.format_exception(caught.value))
    assert "in fail_on_three" in told, "where it was raised must be told"


def test_no_process_stays_behind_when_nobody_wants_the_rest():
    stream = as_completed(range(50), square, 2)
    next(stream)
    stream.close()
    assert multiprocessing.active_children() == []


@pytest.fixture
def every_ending_is_ctrl_c():
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    for number in STOP_SIGNALS:
        signal.signal(number, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("every_ending_is_ctrl_c")
@pytest.mark.parametrize("number", STOP_SIGNALS)
def test_ctrl_c_while_a_worker_is_started_is_not_lost_and_leaves_nobody_behind(monkeypatch, number):
    start = multiprocessing.process.BaseProcess.start

    def interrupted(process):
        os.kill(os.getpid(), number)
        start(process)

    monkeypatch.setattr(multiprocessing.process.BaseProcess, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_many(range(4), square, 2)
    assert multiprocessing.active_children() == []
    assert signal.getsignal(number) is signal.default_int_handler


def test_an_executor_makes_its_calls_elsewhere_and_tells_of_a_dead_process():
    with process_pool(2) as pool:
        assert pool.submit(os.getpid).result() != os.getpid()
        assert [future.result() for future in [pool.submit(square, number) for number in range(9)]][-1] == 64
        with pytest.raises(WorkerError, match="its process died"):
            pool.submit(die, 1).result()
    assert multiprocessing.active_children() == []


def test_an_executor_that_is_interrupted_does_not_wait_for_its_calls():
    calls = []

    def interrupted() -> None:
        with process_pool(2) as pool:
            calls.extend(pool.submit(time.sleep, 600) for _ in range(4))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert all(call.done() for call in calls)
    assert multiprocessing.active_children() == []


UNGUARDED = {
    "many runs": "from siege_sim import run_ensemble\nrun_ensemble('toy_town', runs=2, days=2, workers=2)\n",
    "a process of its own": "from siege_sim.runner.pool import run_isolated\nrun_isolated(-3, abs)\n",
    "an executor": "from siege_sim.runner.pool import process_pool\n"
    "with process_pool(2) as pool:\n    pool.submit(abs, -3).result()\n",
}


@pytest.mark.parametrize("script", UNGUARDED.values(), ids=UNGUARDED.keys())
def test_a_script_that_starts_workers_wherever_it_is_read_is_told_so_and_not_of_memory(start, tmp_path, script):
    file = tmp_path / "script.py"
    file.write_text(script)
    _, told = start(sys.executable, str(file)).communicate(timeout=300)
    assert told.count("Traceback") == 1, "one error, and no word of the workers"
    assert 'if __name__ == "__main__":' in told.splitlines()[-1]
    assert "memory" not in told


def test_a_script_that_does_so_below_that_line_runs(start, tmp_path):
    file = tmp_path / "script.py"
    file.write_text('if __name__ == "__main__":\n' + textwrap.indent(UNGUARDED["a process of its own"], "    "))
    script = start(sys.executable, str(file))
    _, told = script.communicate(timeout=300)
    assert script.returncode == 0, told
