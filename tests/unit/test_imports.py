"""Imports go down only: who may know whom."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "siege_sim"
FILES = sorted(ROOT.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Return the modules that a file imports when it runs, wherever in the file that is."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def reaches(path: Path) -> set[str]:
    """Return all modules that importing a file brings in at its top, through the project's own modules."""
    seen: set[str] = set()
    todo = [path]
    while todo:
        for name in imported(todo.pop()):
            if name in seen:
                continue
            seen.add(name)
            for candidate in (
                ROOT.parent / (name.replace(".", "/") + ".py"),
                ROOT.parent / name.replace(".", "/") / "__init__.py",
            ):
                if candidate.is_file() and candidate != ROOT / "__init__.py":
                    todo.append(candidate)
    return seen


def in_package(*parts: str) -> list[Path]:
    return [path for path in FILES if path.relative_to(ROOT).as_posix().startswith(parts)]


@pytest.mark.parametrize("path", in_package("kernels/"), ids=lambda p: p.stem)
def test_kernels_know_numpy_and_each_other_only(path):
    for name in imported(path):
        root = name.split(".")[0]
        assert root in {
            "__future__",
            "numpy",
            "numba",
            "collections",
            "functools",
            "itertools",
            "statistics",
            "typing",
        } or name.startswith("siege_sim.kernels"), name


READERS = (
    "results.py",
    "why.py",
    "analysis/",
    "plots/",
    "report.py",
    "record.py",
    "scoring.py",
    "scorecard.py",
    "sweep_report.py",
    "templates/",
    "dashboard/film.py",
    "dashboard/charts.py",
    "dashboard/kept.py",
    "sweeps.py",
    "store.py",
    "storage.py",
    "statuses.py",
    "exporting.py",
    "compare/__init__.py",
    "compare/comparison.py",
    "compare/paired.py",
    "compare/quantities.py",
    "compare/traces.py",
    "compare/wording.py",
    "compare/writing.py",
)


@pytest.mark.parametrize("path", in_package(*READERS, "parallel.py"), ids=lambda p: p.stem)
def test_what_reads_results_never_knows_mesa_or_the_model(path):
    known = reaches(path)
    assert not {name for name in known if name.split(".")[0] == "mesa"}
    assert not known & {"siege_sim.model", "siege_sim.running", "siege_sim.build", "siege_sim.outcomes"}


@pytest.mark.parametrize("path", in_package("processes/", "interventions/"), ids=lambda p: p.stem)
def test_processes_never_know_each_other(path):
    allowed = {"siege_sim.processes"}
    others = {n for n in imported(path) if n.startswith(("siege_sim.processes", "siege_sim.interventions"))}
    shared = ("siege_sim.processes.base", "siege_sim.processes.break_off")
    assert all(name in allowed or name.startswith(shared) for name in others), others


LAYERS = [
    (
        "kernels/",
        ("siege_sim.agents", "siege_sim.city", "siege_sim.processes", "siege_sim.scenario", "siege_sim.model"),
    ),
    (
        "agents/",
        (
            "siege_sim.processes",
            "siege_sim.interventions",
            "siege_sim.catalogue",
            "siege_sim.scenario",
            "siege_sim.model",
        ),
    ),
    (
        "city/",
        (
            "siege_sim.processes",
            "siege_sim.interventions",
            "siege_sim.catalogue",
            "siege_sim.scenario",
            "siege_sim.model",
        ),
    ),
    (
        "processes/",
        ("siege_sim.catalogue", "siege_sim.scenario", "siege_sim.model", "siege_sim.running", "siege_sim.cli"),
    ),
    (
        "interventions/",
        ("siege_sim.catalogue", "siege_sim.scenario", "siege_sim.model", "siege_sim.running", "siege_sim.cli"),
    ),
    ("catalogue.py", ("siege_sim.scenario", "siege_sim.model", "siege_sim.running", "siege_sim.cli")),
    ("scenario.py", ("siege_sim.model", "siege_sim.running", "siege_sim.results", "siege_sim.cli")),
    ("model.py", ("siege_sim.running", "siege_sim.results", "siege_sim.plots", "siege_sim.report", "siege_sim.cli")),
    ("running.py", ("siege_sim.record", "siege_sim.scoring", "siege_sim.scorecard", "siege_sim.cli")),
    ("parallel.py", ("siege_sim.running", "siege_sim.results", "siege_sim.record", "siege_sim.scoring")),
    ("record.py", ("siege_sim.loading", "siege_sim.scenario", "siege_sim.results", "siege_sim.scoring")),
    ("scoring.py", ("siege_sim.plots", "siege_sim.report", "siege_sim.scorecard", "siege_sim.parallel")),
    (
        "chronicle.py",
        ("siege_sim.scenario", "siege_sim.model", "siege_sim.running", "siege_sim.results", "siege_sim.why"),
    ),
    ("why.py", ("siege_sim.plots", "siege_sim.report", "siege_sim.cli", "siege_sim.chronicle")),
    ("designs.py", ("siege_sim.loading", "siege_sim.scenario", "siege_sim.store", "siege_sim.cli")),
    ("experiments.py", ("siege_sim.store", "siege_sim.playing", "siege_sim.sweeping", "siege_sim.cli")),
    ("playing.py", ("siege_sim.experiments", "siege_sim.sweeping", "siege_sim.cli")),
    ("sweeping.py", ("siege_sim.sweep_command", "siege_sim.statuses", "siege_sim.cli")),
    ("compare/", ("siege_sim.record", "siege_sim.scoring", "siege_sim.scorecard", "siege_sim.cli")),
    ("outcomes.py", ("siege_sim.model", "siege_sim.results", "siege_sim.cli")),
    ("cli_results.py", ("siege_sim.cli",)),
    ("checking.py", ("siege_sim.sweeping", "siege_sim.store", "siege_sim.cli")),
]


@pytest.mark.parametrize(("part", "forbidden"), LAYERS, ids=[part for part, _ in LAYERS])
def test_imports_go_down_only(part, forbidden):
    for path in in_package(part):
        upward = {name for name in imported(path) if name.startswith(forbidden)}
        assert not upward, f"{path.name} imports {upward}"


@pytest.mark.parametrize("path", in_package("dashboard/"), ids=lambda p: p.stem)
def test_what_a_session_does_knows_nothing_of_pages(path):
    page = {"app", "forms", "widget"}
    if path.stem not in page:
        known = reaches(path)
        assert not {name for name in known if name.split(".")[0] in ("solara", "ipyvuetify", "reacton")} or (
            path.stem == "serving"
        )
        assert not known & {f"siege_sim.dashboard.{name}" for name in page}


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
    for path in in_package("processes/", "interventions/"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, (ast.Assign, ast.AugAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                assert not any(ast.unparse(target).startswith("self.") for target in targets), path.name


def test_the_hash_of_the_model_covers_all_source_that_a_run_passes_through():
    """A change of the model that the hash did not see would let two models' runs be mixed in one sweep."""
    from siege_sim.versions import FILES, FOLDERS

    harmless = {"errors.py", "results.py", "why.py", "loading.py", "finding.py", "yamlfile.py", "validating.py"}
    modules = {
        name.removeprefix("siege_sim.") for name in reaches(ROOT / "running.py") if name.startswith("siege_sim.")
    }
    files = {name.replace(".", "/") + ".py" for name in modules}
    passed = {file for file in files if (ROOT / file).is_file()}
    covered = {file for file in passed if file in FILES or file.startswith(tuple(f"{folder}/" for folder in FOLDERS))}
    assert passed - covered - harmless == set()
    assert {file for file in FILES if not (ROOT / file).is_file()} == set()
