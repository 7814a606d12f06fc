"""A plain installation plays, compares and reports; what needs an extra is refused in a sentence that names it."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
MODULES = {"salib": "SALib", "python-docx": "docx", "ema-workbench": "ema_workbench", "solara-assets": "solara_assets"}
"""Names under which packages are imported, where they differ."""

WITHOUT_EXTRAS = """
import sys

for name in {modules!r}:
    sys.modules[name] = None

from siege_sim.cli.main import main

coarse = ["--set", "population.persons_per_household=50", "--days", "9"]
assert main(["run", "toy_town", *coarse, "--out", "run", "--quiet"]) == 0
assert main(["compare", "toy_town", "what_if.yaml", *coarse, "--runs", "2", "--out", "pair", "--quiet"]) == 0
assert main(["export", "run", "--format", "csv", "--out", "tables"]) == 0
assert main(["sweep", "what_would_have_helped", "--dry-run"]) == 0
print("all is well")
assert main(["export", "run", "--format", "parquet", "--out", "parquet"]) == 1
assert main(["sweep", "what_would_have_helped", "--out", "sweep"]) == 1
"""


def modules_of_extras() -> list[str]:
    """Return what extras bring and a plain installation does not."""
    needs = [Requirement(line) for line in requires("siege_sim") or ()]
    extra = {need.name.lower() for need in needs if need.marker is not None} - {"siege-sim", "siege_sim"}
    plain = {need.name.lower() for need in needs if need.marker is None}
    return sorted(MODULES.get(name, name) for name in extra - plain)


@pytest.mark.slow
def test_without_any_extra_all_but_sweeps_works_and_those_are_refused(tmp_path):
    modules = modules_of_extras()
    assert {"pyarrow", "SALib", "solara"} <= set(modules)
    what_if = "extends: toy_town\nname: what_if\nprocesses: {sorties: {per_day: 20}}\n"
    (tmp_path / "what_if.yaml").write_text(what_if)
    (tmp_path / "plain.py").write_text(WITHOUT_EXTRAS.format(modules=modules))
    command = [sys.executable, "plain.py"]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "all is well" in done.stdout
    first, second = done.stderr.splitlines()[-2:]
    assert (first, second) == (
        'error: --format parquet needs the library pyarrow: pip install "siege_sim[experiments]"',
        'error: a sweep needs the library pyarrow: pip install "siege_sim[experiments]"',
    )
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["pair", "run", "tables"]
