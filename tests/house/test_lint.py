"""One list of checks, for a contributor's commit, for `make lint` and for public CI."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
HOOKS = [
    hook
    for repository in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    for hook in repository["hooks"]
]
RECIPES = (ROOT / "Makefile").read_text("utf-8")


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_is_a_program_of_the_project_s_own_environment(hook):
    """No hook fetches anything, so that commits work without a network and with the versions that CI has."""
    assert hook["language"] == "system"
    assert shutil.which(hook["entry"].split()[0], path=str(BIN)), "it is not in the extra `lint`"


def test_everything_is_checked_that_the_house_is_held_to():
    programs = {hook["entry"].split()[0] for hook in HOOKS}
    assert {"ruff", "mypy", "codespell", "nbstripout", "lint-imports", "check-yaml", "check-toml"} <= programs
    assert {"ruff check", "ruff format"} <= {" ".join(hook["entry"].split()[:2]) for hook in HOOKS}


def test_make_lint_runs_the_hooks_on_every_file_and_make_test_runs_make_lint():
    assert re.search(r"^lint:.*\n(\t.*\n)*\t.*pre-commit run --all-files", RECIPES, flags=re.MULTILINE)
    assert re.search(r"^test:.*\n(\t.*\n)*\t.*\$\(MAKE\).* lint$", RECIPES, flags=re.MULTILINE)


def test_notebooks_are_stripped():
    notebooks = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
    assert notebooks
    subprocess.run([BIN / "nbstripout", "--verify", *notebooks], check=True, capture_output=True)


def test_public_ci_runs_what_is_run_here_on_the_oldest_and_the_newest_python():
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))["jobs"]
    commands = {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in jobs.items()}
    assert commands["lint"] == ["make lint"]
    assert commands["tests"][-1] == ".ci/run"
    assert jobs["tests"]["strategy"]["matrix"]["python-version"] == ["3.11", "3.13"]
    assert (ROOT / ".ci" / "run").read_text("utf-8").rstrip().endswith("make test")
