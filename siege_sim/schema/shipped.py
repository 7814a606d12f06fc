"""The files that come with the program, and finding one by name or path."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from siege_sim.errors import ScenarioError, did_you_mean

CALIBRATION_PREFIX = "calibration_"
"""How the names of calibrations begin, which stand among the experiments."""


def shipped_folder() -> Path:
    """Return the folder of the scenarios that come with the program."""
    package = Path(__file__).parents[1]
    installed = package / "shipped" / "scenarios"
    return installed if installed.is_dir() else package.parent / "scenarios"


def shipped_experiments_folder() -> Path:
    """Return the folder of the experiments and calibrations that come with the program."""
    return shipped_folder().parent / "experiments"


def shipped_files(folder: Path) -> dict[str, Path]:
    """Return the YAML files of a folder by name."""
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}


def is_path(name_or_path: str | Path) -> bool:
    """Return whether a text is a path rather than a name: it has a slash, or ends in ``.yaml`` or ``.yml``."""
    text = str(name_or_path)
    return "/" in text or "\\" in text or text.endswith((".yaml", ".yml")) or isinstance(name_or_path, Path)


def find_file(
    name_or_path: str | Path, shipped: Mapping[str, Path], what: str = "scenario", beside: Path | None = None
) -> Path:
    """Return a file given by name or path.

    What is not a path (see ``is_path``) is a name: of a file in the folder ``beside``, if given, or of a shipped file.

    Args:
        name_or_path: the name or path.
        shipped: the shipped files by name.
        what: what such a file is called in messages.
        beside: a folder that is looked in first.

    Raises:
        ScenarioError: says what is not there and what could have been meant.
    """
    text = str(name_or_path)
    if is_path(name_or_path):
        file = Path(text)
        try:
            there = file.is_file()
        except OSError as error:
            raise ScenarioError([f"{text[:80]}...: not a path: {error.strerror}"]) from None
        if not there:
            why = "is a folder" if file.is_dir() else "there is no such file"
            raise ScenarioError([f"{text}: {why}; give a YAML file or a name from `siege-sim list {what}s`"])
        return file
    if beside is not None and (file := beside / f"{text}.yaml").is_file():
        return file
    if text not in shipped:
        raise ScenarioError([f"no {what} is called '{text}'{did_you_mean(text, shipped)}"])
    return shipped[text]
