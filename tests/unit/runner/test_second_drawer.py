"""Figures drawn by two processes are the figures drawn by one."""

from __future__ import annotations

import os
from concurrent.futures import Future

import pytest

from siege_sim.errors import WorkerError
from siege_sim.plots import pictures_of
from siege_sim.runner import second_drawer as drawing
from siege_sim.runner.second_drawer import pictures_by, second_drawer

NAMES = ["area", "forces"]


class Drawer:
    """An executor that has begun what it says, and none of the rest."""

    def __init__(self, outcomes):
        self.outcomes = outcomes

    def submit(self, function, result, name):
        future = Future()
        if name in self.outcomes:
            future.set_running_or_notify_cancel()
            outcome = self.outcomes[name]
            future.set_exception(outcome) if isinstance(outcome, Exception) else future.set_result(outcome)
        return future


@pytest.fixture(scope="module")
def alone(toy_result):
    return {picture.name: picture for picture in pictures_of(toy_result, NAMES)}


@pytest.fixture
def none_drawn_here(monkeypatch):
    monkeypatch.setattr(drawing, "_drawn", lambda result, name: f"{name}, drawn here")


def test_a_second_process_draws_the_same_bytes(toy_result, alone, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with second_drawer(wanted=True) as drawer:
        elsewhere = drawer.submit(drawing._drawn, toy_result, "area").result()
        assert pictures_by(drawer, toy_result, NAMES) == list(alone.values())
    assert elsewhere == alone["area"]


def test_what_the_second_process_has_not_begun_is_drawn_here(toy_result, none_drawn_here):
    assert pictures_by(Drawer({"area": "drawn there"}), toy_result, NAMES) == ["drawn there", "forces, drawn here"]


def test_what_a_process_that_died_was_drawing_is_drawn_here(toy_result, none_drawn_here):
    died = Drawer({"area": WorkerError("its process died", ())})
    assert pictures_by(died, toy_result, NAMES) == ["area, drawn here", "forces, drawn here"]


@pytest.mark.parametrize(("wanted", "processors"), [(False, 8), (True, 1), (True, None)])
def test_there_is_no_second_process_where_it_would_not_help(wanted, processors, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    with second_drawer(wanted) as drawer:
        assert drawer is None
