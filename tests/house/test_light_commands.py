"""Commands that list, show or check make no one wait for what plays a siege."""

from __future__ import annotations

import subprocess
import sys

import pytest

from siege_sim.schema.shipped import shipped_folder

HEAVY = ("mesa", "numba", "pandas", "pyarrow", "scipy", "matplotlib", "networkx")

LIST_ALL = [
    ["list", what]
    for what in (
        "scenarios", "records", "experiments", "calibrations", "claims", "lessons", "processes", "interventions",
        "outcomes",
    )
]  # fmt: skip
SHOW = [["show", "toy_town"], *(["show", "aleppo_2016", way] for way in ("--schedule", "--resolved", "--map"))]
CHECK = [
    ["validate", "toy_town"],
    ["validate", "aleppo_2016"],
    ["validate", str(shipped_folder() / "maps" / "mosul.yaml")],
]


def heavy_after(*commands: list[str]) -> str:
    """Return which heavy packages a process has imported after these commands."""
    program = (
        "import sys\n"
        "from siege_sim.cli.main import main\n"
        f"codes = [main(command) for command in {commands!r}]\n"
        f"print('ENDED', codes, [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.rpartition("ENDED ")[2].strip()


@pytest.mark.parametrize("commands", [[["--help"]], LIST_ALL, SHOW, CHECK], ids=["help", "list", "show", "check"])
def test_what_plays_a_siege_is_not_imported_to_say_what_there_is(commands):
    assert heavy_after(*commands) == f"{[0] * len(commands)} []"


def test_the_packages_looked_for_are_those_that_a_run_imports(tmp_path):
    found = heavy_after(["run", "toy_town", "--days", "1", "--no-plots", "--quiet", "--out", str(tmp_path / "run")])
    assert found.startswith("[0]")
    assert all(f"'{name}'" in found for name in ("mesa", "numba", "pandas", "scipy", "networkx"))
