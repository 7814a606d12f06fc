"""Finalists of a fit: each is run once, whatever happens in between."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace

import pytest

from siege_sim import load_scenario
from siege_sim.errors import ResultError
from siege_sim.runner.calibration_file import CalibrationCase
from siege_sim.runner.finalists import FINALISTS, misfits_again
from siege_sim.runner.trial import LoadedCase, Trial, trial_of
from siege_sim.validation.record import load_record

SETS = [{"a.b": 1.0}, {"a.b": 2.0}, {"a.b": 3.5}]


@dataclass(frozen=True)
class CountedTrial(Trial):
    """A trial without runs, which writes down what it is asked for, and may be stopped."""

    asked: tuple = ()
    stop_at: float | None = None
    log: list = None

    def with_seeds(self, values, seeds):
        if values["a.b"] == self.stop_at:
            raise KeyboardInterrupt
        self.log.append(values["a.b"])
        return {"misfit": values["a.b"] / 3.0 + len(seeds)}


class AtOnce(Executor):
    def map(self, function, *iterables, **_):
        return map(function, *iterables)

    def submit(self, function, /, *args, **kwargs) -> Future:
        raise NotImplementedError


@pytest.fixture
def trial() -> CountedTrial:
    case = CalibrationCase(scenario="toy_town", days=5)
    plain = trial_of([LoadedCase(case, load_scenario("toy_town"), load_record("aleppo_2016"))], (), {}, 1)
    return CountedTrial(plain.cases, plain.priors, plain.fixed, plain.replications, log=[])


def test_finalists_are_run_once_and_those_that_were_done_before_a_stop_are_kept(trial, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        misfits_again(replace(trial, stop_at=3.5), SETS, 4, AtOnce(), tmp_path)
    assert trial.log == [1.0, 2.0]
    found = misfits_again(trial, SETS, 4, AtOnce(), tmp_path)
    assert trial.log == [1.0, 2.0, 3.5]
    assert found == [one["a.b"] / 3.0 + 4 for one in SETS]
    assert misfits_again(trial, SETS[::-1], 4, AtOnce(), tmp_path) == found[::-1], "to the last figure"
    assert len(trial.log) == 3


def test_what_was_found_in_another_way_is_not_taken(trial, tmp_path):
    misfits_again(trial, SETS, 4, AtOnce(), tmp_path)
    (case,) = trial.cases
    others = [
        (trial, 5),
        (replace(trial, fixed={"c.d": 1.0}), 4),
        (replace(trial, cases=(replace(case, days=6),)), 4),
        (replace(trial, cases=(replace(case, weights={"killed_to_18_oct": 0.5}),)), 4),
        (replace(trial, cases=(replace(case, scenario={**case.scenario, "days": 7}),)), 4),
    ]
    for other, runs in others:
        before = len(trial.log)
        misfits_again(other, SETS, runs, AtOnce(), tmp_path)
        assert len(trial.log) == before + 3


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"asked": 3}', "\x00", '{"asked": "x", "misfits": [1]}'])
def test_a_damaged_file_is_written_anew(trial, tmp_path, text):
    (tmp_path / FINALISTS).write_text(text)
    misfits_again(trial, SETS, 4, AtOnce(), tmp_path)
    assert len(trial.log) == 3


def test_a_folder_that_cannot_be_written_to_is_said(trial, tmp_path):
    with pytest.raises(ResultError, match=r"finalists\.json: cannot be written"):
        misfits_again(trial, SETS, 4, AtOnce(), tmp_path / "nowhere")
