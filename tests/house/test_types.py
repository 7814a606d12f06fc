"""Whoever installs the wheel and runs mypy sees the package's types."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

RIGHT = """
from pathlib import Path
from typing import ClassVar, Literal

from numpy.random import Generator

from siege_sim import Phase, Process, RunResult, Scenario, SiegeModel, SiegeState, load_scenario, param, read_run, run


class Wells(Process):
    kind: Literal["wells"] = "wells"
    phase: ClassVar[Phase] = Phase.MOVEMENT
    relief_per_day: float = param(0.02, unit="1/day", plausible=(0.0, 0.05), ge=0.0, le=1.0)

    def step(self, model: SiegeState, rng: Generator) -> None:
        model.households.fear_of_strikes *= 1.0 - self.relief_per_day


scenario: Scenario = load_scenario("toy_town", ["days=3"]).with_process(Wells(relief_per_day=0.1))
results: list[RunResult] = [run(scenario, seed=1), read_run(Path("somewhere"))]
people: int = SiegeModel(scenario, 1).households.persons.size
print(results[0].summary, people)
"""

WRONG = """
from siege_sim import load_scenario, run, sun

town = load_scenario(1)
result = run(town, seed="one")
result.outcome_of_the_war
town.days = "many"
"""


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an interpreter with the wheel among its packages, next to the libraries of this one."""
    folder = tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, text=True)
    environment = folder / "venv"
    venv.create(environment, symlinks=True)
    packages = next(environment.glob("lib/python*/site-packages"))
    zipfile.ZipFile(next(folder.glob("siege_sim-*.whl"))).extractall(packages)
    (packages / "libraries.pth").write_text(sysconfig.get_paths()["purelib"])
    return environment / "bin" / "python"


def complaints(interpreter: Path, script: str, folder: Path) -> list[str]:
    """Return what mypy, at its strictest, says of a user's script, a line each."""
    (folder / "script.py").write_text(script.strip() + "\n")
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(interpreter), "script.py"]
    options = ["--config-file", "", "--cache-dir", str(interpreter.parents[2] / "cache"), "--no-error-summary"]
    only_installed = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MYPYPATH")}
    done = subprocess.run(
        [*command, *options], cwd=folder, env=only_installed, capture_output=True, text=True, check=False
    )
    assert not done.stderr
    return done.stdout.splitlines()


@pytest.mark.slow
def test_a_right_script_passes(interpreter, tmp_path):
    assert complaints(interpreter, RIGHT, tmp_path) == []


@pytest.mark.slow
def test_each_mistake_of_a_wrong_one_is_found(interpreter, tmp_path):
    found = complaints(interpreter, WRONG, tmp_path)
    lines = [int(line.split(":")[1]) for line in found if ": error:" in line]
    assert lines == [1, 3, 4, 5, 6], found
