"""The files that come with the program, and finding one by name or path."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

from siege_sim.errors import ScenarioError, did_you_mean

SIMILAR = 0.6
"""How alike a name and what could have been meant must be, from 0 to 1."""

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


def shipped_scenarios() -> dict[str, Path]:
    """Return the files of the shipped scenarios by name."""
    return shipped_files(shipped_folder())


def shipped_calibrations() -> dict[str, Path]:
    """Return the calibration files that come with the program, by name."""
    found = shipped_files(shipped_experiments_folder())
    return {name: file for name, file in found.items() if name.startswith(CALIBRATION_PREFIX)}


def shipped_claims() -> dict[str, Path]:
    """Return the claims files that come with the program, by name."""
    return shipped_files(shipped_folder() / "claims")


def shipped_records() -> dict[str, Path]:
    """Return the files of the shipped records by name."""
    return shipped_files(shipped_folder() / "records")


def shipped_experiments() -> dict[str, Path]:
    """Return the experiment files that come with the program, by name."""
    found = shipped_files(shipped_experiments_folder())
    return {name: file for name, file in found.items() if not name.startswith(CALIBRATION_PREFIX)}


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
    kind = type(name_or_path)
    if not issubclass(kind, str | Path):
        raise ScenarioError([f"give the {what} by its name or its file here, not as a {kind.__name__}"])
    text = str(name_or_path)
    if is_path(name_or_path):
        file = Path(text)
        try:
            there = file.is_file()
        except OSError as error:
            raise ScenarioError([f"{text[:80]}...: not a path: {error.strerror}"]) from None
        if not there:
            kinds = {"is a folder": file.is_dir(), "is a pipe or a device": file.exists()}
            why = next((words for words, it_is in kinds.items() if it_is), "there is no such file")
            way_out = f"give a YAML file or a name from `siege-sim list {what}s`"
            meant = _meant_file(file, shipped) if why.startswith("there") else ""
            raise ScenarioError([f"{text}: {why}; {way_out}{meant}"])
        return file
    if beside is not None and (file := beside / f"{text}.yaml").is_file():
        return file
    if text not in shipped:
        raise ScenarioError([f"no {what} is called '{text}'{_meant_name(text, shipped, beside)}"])
    return shipped[text]


def _meant_name(text: str, shipped: Mapping[str, Path], beside: Path | None) -> str:
    """Return what a name could have meant: a shipped file, one beside, or one in the folder somebody works in."""
    if beside is not None:
        return did_you_mean(text, {*shipped, *_yaml_files(beside)})
    here = _yaml_files(Path())
    close = difflib.get_close_matches(text, [*shipped, *here], n=1, cutoff=SIMILAR)
    if close and close[0] in here:
        return f"; did you mean './{here[close[0]].name}'?"
    return did_you_mean(text, shipped)


def _meant_file(file: Path, shipped: Mapping[str, Path]) -> str:
    """Return what a path could have meant: a file in the same folder, or a shipped one; nothing when none is close."""
    there = _yaml_files(file.parent)
    close = difflib.get_close_matches(file.stem, [*there, *shipped], n=1, cutoff=SIMILAR)
    if not close:
        return ""
    meant = str(there[close[0]]) if close[0] in there else close[0]
    return f"; did you mean '{meant}'?"


def _yaml_files(folder: Path) -> dict[str, Path]:
    """Return the YAML files of a folder by name; none where it cannot be read."""
    try:
        return {file.stem: file for file in sorted(folder.iterdir()) if file.suffix in (".yaml", ".yml")}
    except OSError:
        return {}
