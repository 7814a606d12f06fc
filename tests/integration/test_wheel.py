"""The wheel holds everything that a run needs, and runs from any folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_an_installed_wheel_runs_the_shipped_scenarios(tmp_path):
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, text=True)
    wheel = next(tmp_path.glob("siege_sim-*.whl"))
    unpacked = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(unpacked)
    assert (unpacked / "siege_sim" / "shipped" / "scenarios" / "maps" / "aleppo.yaml").is_file()
    assert (unpacked / "siege_sim" / "shipped" / "scenarios" / "records" / "aleppo_2016.yaml").is_file()
    assert (unpacked / "siege_sim" / "shipped" / "experiments" / "what_would_have_helped.yaml").is_file()
    assert (unpacked / "siege_sim" / "shipped" / "lessons" / "what_a_siege_is.yaml").is_file()
    assert (unpacked / "siege_sim" / "shipped" / "lessons" / "de" / "what_a_siege_is.yaml").is_file()
    assert (unpacked / "siege_sim" / "shipped" / "glossary.md").is_file()
    assert (unpacked / "siege_sim" / "languages" / "de.json").is_file()
    done = subprocess.run(
        [sys.executable, "-m", "siege_sim.cli", "run", "aleppo_2016", "--days", "2", "--json", "--out", "o",
         "--set", "population.persons_per_household=50"],
        capture_output=True, text=True, check=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(unpacked)},
    )  # fmt: skip
    assert json.loads(done.stdout)["end_day"] == 2
    assert (tmp_path / "o" / "report.html").is_file()
    manifest = json.loads((tmp_path / "o" / "manifest.json").read_text())
    assert manifest["git_commit"] is None  # it ran from the wheel, not from this checkout
