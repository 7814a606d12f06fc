"""What-ifs of a case: the scenario files beside it that build on it, and which outcomes each says it is about."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from siege_sim.errors import ScenarioError, did_you_mean
from siege_sim.loading.scenario import find, parent_file_of

ABOUT = "# About:"
"""How the line of a what-if begins that names the outcomes it is about, with commas between them."""


def what_ifs_of(case: str | Path) -> list[Path]:
    """Return the files in the folder of a case that build on it directly, by name; those that cannot be read are none.

    Args:
        case: name or file of a scenario.
    """
    file = find(case).resolve()
    return [other for other in sorted(file.parent.glob("*.yaml")) if _builds_on(other, file)]


def _builds_on(file: Path, case: Path) -> bool:
    try:
        parent = parent_file_of(file)
    except ScenarioError:
        return False
    return parent is not None and parent.resolve() == case


def cases_among(files: Collection[Path]) -> list[Path]:
    """Return the files that build on no other one."""
    return [file for file in files if parent_file_of(file) is None]


def about_of(file: Path, known: Collection[str]) -> tuple[str, ...]:
    """Return the outcomes that a what-if says it is about, in its order; none where it says nothing.

    Args:
        file: the what-if.
        known: the outcomes that can be named.

    Raises:
        ScenarioError: a name that is no outcome.
    """
    found: list[str] = []
    for number, line in enumerate(file.read_text("utf-8-sig").splitlines(), 1):
        if line.startswith(ABOUT):
            names = [name for name in re.split(r"[,\s]+", line.removeprefix(ABOUT)) if name]
            for name in names:
                if name not in known:
                    raise ScenarioError(
                        [f"{file}:{number}: About: there is no outcome '{name}'{did_you_mean(name, known)}"]
                    )
            found += names
    return tuple(dict.fromkeys(found))
