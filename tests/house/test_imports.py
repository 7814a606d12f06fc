"""The rule of the house: rooms know only what is below them, and nothing goes round in a circle."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import grimp
import networkx
import pytest

REPOSITORY = Path(__file__).parents[2]
ROOT = REPOSITORY / "siege_sim"
FILES = sorted(ROOT.rglob("*.py"))


@pytest.fixture(scope="module")
def imports() -> networkx.DiGraph:
    """Who imports whom in the package, imports under TYPE_CHECKING included."""
    known = grimp.build_graph("siege_sim", exclude_type_checking_imports=False, cache_dir=None)
    graph = networkx.DiGraph()
    graph.add_nodes_from(known.modules)
    graph.add_edges_from(
        (one, other) for one in known.modules for other in known.find_modules_directly_imported_by(one)
    )
    return graph


def test_every_file_keeps_the_contract_of_the_layers():
    """The contract stands in pyproject.toml, where an editor's hook reads it too."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_package_itself_holds_its_rooms_its_errors_and_its_version_only():
    assert sorted(path.name for path in ROOT.glob("*.py")) == ["__init__.py", "_version.py", "errors.py"]


def test_no_imports_go_round_in_a_circle(imports):
    circles = [sorted(part) for part in networkx.strongly_connected_components(imports) if len(part) > 1]
    assert circles == []


def imported(path: Path) -> set[str]:
    """Return the modules that a file imports, wherever in the file that is."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def in_rooms(*rooms: str) -> list[Path]:
    return [path for path in FILES if path.relative_to(ROOT).as_posix().startswith(tuple(f"{room}/" for room in rooms))]


@pytest.mark.parametrize("path", in_rooms("kernels"), ids=lambda p: p.stem)
def test_kernels_know_arrays_only(path):
    allowed = {"__future__", "numpy", "numba", "collections", "functools", "itertools", "statistics", "typing"}
    others = {name for name in imported(path) if not name.startswith("siege_sim.kernels")}
    assert {name.split(".")[0] for name in others} <= allowed


def test_only_the_model_knows_mesa_and_only_the_dashboard_its_server():
    for library, rooms in (("mesa", ("model",)), ("solara", ("dashboard",)), ("ipyvuetify", ("dashboard",))):
        users = [path for path in FILES if library in {name.split(".")[0] for name in imported(path)}]
        assert users
        assert set(users) <= set(in_rooms(*rooms)), library


@pytest.mark.parametrize("path", in_rooms("model/processes", "model/interventions"), ids=lambda p: p.stem)
def test_processes_never_know_each_other(path):
    shared = ("siege_sim.model.processes.base", "siege_sim.model.processes.break_off")
    folders = ("siege_sim.model.processes", "siege_sim.model.interventions")
    others = {name for name in imported(path) if name.startswith(folders)}
    assert all(name in folders or name.startswith(shared) for name in others), others


def test_nobody_uses_shared_chance():
    for path in FILES:
        text = path.read_text("utf-8")
        for forbidden in (
            "np.random.rand",
            "np.random.seed",
            "import random",
            "model.random",
            "shuffle_do",
            "select_random",
        ):
            assert forbidden not in text, f"{path.name} uses {forbidden}"


def test_processes_keep_no_state():
    for path in in_rooms("model/processes", "model/interventions"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, (ast.Assign, ast.AugAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                assert not any(ast.unparse(target).startswith("self.") for target in targets), path.name


def test_the_hash_of_the_model_covers_all_that_decides_on_a_runs_numbers(imports):
    """A change of the model that the hash did not see would let two models' runs be mixed in one sweep."""
    from siege_sim.model.version import FOLDERS

    passed = networkx.descendants(imports, "siege_sim.model.model")
    rooms = {name.split(".")[1] for name in passed if "." in name}
    assert rooms - {"errors", "_version"} == set(FOLDERS)


def test_the_public_interface_is_what_its_page_lists_and_each_name_can_be_imported():
    import siege_sim

    page = (REPOSITORY / "docs" / "interface.md").read_text("utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    listed = {name for row in rows for name in re.findall(r"`(\w+)", row)}
    assert listed == set(siege_sim.__all__) - {"__version__"}
    for name in siege_sim.__all__:
        assert getattr(siege_sim, name) is not None
