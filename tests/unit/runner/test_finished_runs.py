"""Runs that are finished are kept until all of them are."""

from __future__ import annotations

import pandas as pd
import pytest

from siege_sim import load_scenario
from siege_sim.errors import StoppedError
from siege_sim.runner import finished_runs
from siege_sim.runner.finished_runs import FinishedRuns, runs_kept_beside
from siege_sim.runner.run import jobs_of, run_job


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("toy_town", ["population.persons_per_household=50"])


def same(run):
    return run


@pytest.fixture
def count(monkeypatch):
    """The seeds that are really run."""
    seeds = []

    def counted(job):
        seeds.append(job.seed)
        return run_job(job)

    monkeypatch.setattr(finished_runs, "run_job", counted)
    return seeds


def test_a_run_that_was_kept_is_the_run_itself(scenario, tmp_path):
    (job,) = jobs_of(scenario, [3], 12)
    whole = run_job(job)
    FinishedRuns(tmp_path / "f").run_jobs([job], same, 1)
    (kept,) = FinishedRuns(tmp_path / "f").run_jobs([job], same, 1)
    pd.testing.assert_frame_equal(kept.series, whole.series)
    pd.testing.assert_frame_equal(kept.quarters, whole.quarters)
    assert len(whole.events) > 0
    pd.testing.assert_frame_equal(kept.events, whole.events)
    assert kept.day_lost.tolist() == whole.day_lost.tolist()
    assert (kept.seed, kept.ending, kept.provenance) == (whole.seed, whole.ending, whole.provenance)
    assert kept.summary == whole.summary


def test_only_what_is_missing_is_run(scenario, tmp_path, count):
    runs = FinishedRuns(tmp_path / "f")
    runs.run_jobs(jobs_of(scenario, [1, 2], 3), same, 1)
    seen: list[int] = []
    found = runs.run_jobs(jobs_of(scenario, [1, 2, 3], 3), same, 1, seen.append)
    assert [run.seed for run in found] == [1, 2, 3]
    assert count == [1, 2, 3]
    assert seen == [2, 3]


def test_runs_of_other_values_other_days_or_another_model_are_not_taken(scenario, tmp_path, count, monkeypatch):
    runs = FinishedRuns(tmp_path / "f")
    runs.run_jobs(jobs_of(scenario, [1], 3), same, 1)
    runs.run_jobs(jobs_of(scenario, [1], 4), same, 1)
    runs.run_jobs(jobs_of(load_scenario("toy_town", ["population.persons_per_household=40"]), [1], 3), same, 1)
    monkeypatch.setattr(finished_runs, "model_version", lambda: "another")
    runs.run_jobs(jobs_of(scenario, [1], 3), same, 1)
    assert count == [1, 1, 1, 1]


def test_a_damaged_file_is_run_again(scenario, tmp_path, count):
    runs = FinishedRuns(tmp_path / "f")
    jobs = jobs_of(scenario, [1], 2)
    runs.run_jobs(jobs, same, 1)
    (file,) = (tmp_path / "f").iterdir()
    for content in (b"", b"PK\x03\x04 half", file.read_bytes()[:-40]):
        file.write_bytes(content)
        assert [run.seed for run in runs.run_jobs(jobs, same, 1)] == [1]
    assert count == [1] * 4


def test_when_all_went_well_nothing_is_left_and_when_stopped_it_is_said_what_is(scenario, tmp_path):
    with runs_kept_beside(tmp_path / "o") as runs:
        runs.run_jobs(jobs_of(scenario, [1], 2), same, 1)
        assert (tmp_path / "o.unfinished").is_dir()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StoppedError, match=r"1 run is kept in .*o\.unfinished"):
        stopped_after(jobs_of(scenario, [1], 2), tmp_path / "o")
    with pytest.raises(StoppedError, match="nothing was written"):
        stopped_after([], tmp_path / "p")


def stopped_after(jobs, target):
    with runs_kept_beside(target) as runs:
        runs.run_jobs(jobs, same, 1)
        raise KeyboardInterrupt


def test_a_cell_is_lost_from_the_day_on_which_it_was_lost_for_good(scenario):
    """A run's own quarters say on which day the last of their cells went."""
    (job,) = jobs_of(scenario, [2])
    run = run_job(job)
    city = scenario.city_map
    for number, quarter in enumerate(city.quarters):
        row = run.quarters.set_index("quarter").loc[quarter.name]
        if row["garrison_cells_on_day_0"]:
            days = run.day_lost[city.quarter_index == number]
            assert (days < 0).sum() == row["garrison_cells_at_end"]
            assert pd.isna(row["day_captured"]) or days.max() == row["day_captured"]
