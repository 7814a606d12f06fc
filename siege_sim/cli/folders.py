"""Where results go when nobody says where: a name that tells what was run, and nothing piled up unsaid."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario
    from siege_sim.results.run import RunResult

RESULTS = Path("results")


def called(scenario: Scenario) -> str:
    """Return what folders call a scenario: its name, and what was changed in it."""
    from siege_sim.results.changed import change_suffix

    return f"{scenario.name}{change_suffix(scenario.name, scenario.lineage, scenario.digest)}"


def stopped_after(scenario: Scenario, days: int | None) -> str:
    """Return what a folder's name says of runs that are stopped before the scenario's last day."""
    return f"-days{days}" if days is not None and days < scenario.days else ""


def _numbered(name: str) -> Iterator[Path]:
    """Yield ``results/name``, ``results/name-2`` and so on, without end."""
    yield RESULTS / name
    number = 2
    while True:
        yield RESULTS / f"{name}-{number}"
        number += 1


def unused_folder(name: str, force: bool, silent: bool = False) -> Path:
    """Return a folder under ``results/`` that is not there yet; the first one with ``force``.

    What other files hold is not looked into: a number tells the folders apart, and a note says so.
    """
    first = RESULTS / name
    if force or not first.exists():
        return first
    free = next(folder for folder in _numbered(name) if not folder.exists())
    if not silent:
        _note(f"{first} is there already; this one goes to {free} (--force replaces {first})")
    return free


def run_folder(
    scenario: Scenario, seed: int, days: int | None, force: bool, silent: bool
) -> tuple[Path, RunResult | None]:
    """Return where a run goes, and the run itself where it was made before: it would be the same to the byte.

    Args:
        scenario: what is run.
        seed: the run's seed.
        days: after how many days it stops, if not at its end.
        force: run it anew, and replace what is there.
        silent: say nothing.
    """
    from siege_sim.model.version import model_version
    from siege_sim.results.run import run_made_before

    name = f"{called(scenario)}-seed{seed}{stopped_after(scenario, days)}"
    first = RESULTS / name
    if force or not first.exists():
        return first, None
    made = {"scenario_digest": scenario.digest, "seed": seed, "model_version": model_version()}
    for folder in _numbered(name):
        if not folder.exists():
            break
        before = run_made_before(folder, made, min(days or scenario.days, scenario.days))
        if before is not None:
            if not silent:
                _note(f"{folder} holds this very run (same scenario, seed and version); --force runs it again")
            return folder, before
    if not silent:
        _note(f"{first} holds another run of that name; this one goes to {folder} (--force replaces {first})")
    return folder, None


def add_to(target: Path, write: Callable[[Path], None]) -> None:
    """Write further files of a run that is there, all of them or none.

    Args:
        target: the run's folder.
        write: writes them into an empty folder.
    """
    from siege_sim.errors import ResultError

    try:
        with tempfile.TemporaryDirectory(prefix=".further-", dir=target) as folder:
            write(Path(folder))
            for entry in sorted(Path(folder).iterdir()):
                there = target / entry.name
                if there.is_dir():
                    shutil.rmtree(there)
                entry.rename(there)
    except OSError as error:
        raise ResultError(f"{target}: cannot be written: {error.strerror}") from None


def _note(text: str) -> None:
    print(f"note: {text}", file=sys.stderr)


def print_note(note: str, silent: bool = False) -> None:
    """Say in a line what somebody should know of what was written, if there is anything."""
    if note and not silent:
        print(f"note: {note}", file=sys.stderr)
