"""Each dependency has a floor, so that the lowest declared versions can be installed and tried (`make lowest`)."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.lowest_versions import lowest_declared

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]


def test_every_dependency_of_a_run_has_a_floor():
    assert len(lowest_declared([])) == len(PROJECT["dependencies"])


def test_an_extra_brings_its_own_and_what_it_builds_on():
    names = {one.partition("==")[0] for one in lowest_declared(["analysis"])}
    assert {"SALib", "ema_workbench", "numpy"} <= names


def test_every_extra_that_users_install_has_floors():
    for name in ("dashboard", "cluster", "experiments", "analysis", "calibrate", "docx", "geo"):
        assert len(lowest_declared([name])) > len(lowest_declared([])), name
