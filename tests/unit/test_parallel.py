"""Many jobs on several processes: order, equal results, lost workers, errors, progress."""

from __future__ import annotations

import itertools
import os
import signal
from pathlib import Path

import pytest

from siege_sim.errors import ScenarioError, WorkerError
from siege_sim.parallel import alone, finished, run_many


def square(number: int) -> int:
    return number * number


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


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_jobs_for_any_number_of_workers(workers):
    told: list[int] = []
    assert run_many(range(9), square, workers, told.append) == [number * number for number in range(9)]
    assert told == list(range(1, 10))


def test_no_jobs_are_no_work():
    assert run_many([], square) == []


def test_a_killed_worker_loses_nothing(tmp_path):
    jobs = [(number, str(tmp_path / "died")) for number in range(6)]
    told: list[int] = []
    assert run_many(jobs, die_once, 2, told.append) == list(range(6))
    assert told == list(range(1, 7)), "a job was counted twice"
    assert (tmp_path / "died").exists()


def test_workers_that_keep_dying_are_a_known_error():
    with pytest.raises(WorkerError, match="died 3 times"):
        run_many(range(4), die, 2)


def test_a_job_that_is_played_alone_takes_nobody_with_it():
    assert alone(7, square) == 49
    with pytest.raises(WorkerError, match="its process died") as caught:
        alone(7, die)
    assert caught.value.jobs == (7,)


def test_jobs_may_be_endless_and_stop_when_asked():
    seen: list[int] = []
    for _, result in finished(itertools.count(), square, 2, lambda: len(seen) >= 5):
        seen.append(result)
    assert sorted(seen) == [number * number for number in range(len(seen))]
    assert 5 <= len(seen) <= 9


@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_job_raises_is_passed_on(workers):
    with pytest.raises(ScenarioError, match="three: no"):
        run_many(range(5), fail_on_three, workers)


def test_no_process_stays_behind_when_nobody_wants_the_rest():
    import multiprocessing

    stream = finished(range(50), square, 2)
    next(stream)
    stream.close()
    assert multiprocessing.active_children() == []


def test_ctrl_c_while_a_job_is_handed_out_is_not_lost(monkeypatch):
    from concurrent.futures import ProcessPoolExecutor

    submit = ProcessPoolExecutor.submit

    def interrupted(pool, *arguments):
        os.kill(os.getpid(), signal.SIGINT)
        return submit(pool, *arguments)

    monkeypatch.setattr(ProcessPoolExecutor, "submit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_many(range(4), square, 2)
