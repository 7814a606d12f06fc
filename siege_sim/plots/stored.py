"""Figures of a run that is on disk, for runs that were written without any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siege_sim.errors import ResultError
from siege_sim.plots import pictures_of
from siege_sim.plots.fonts import missing_note
from siege_sim.results.files import check_folder
from siege_sim.results.run import read_run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from siege_sim.plots.picture import Picture


@dataclass(frozen=True)
class PlottedRun:
    """Figures that were written: where, which, and what their reader should know; an empty note says nothing."""

    folder: Path
    pictures: tuple[Picture, ...]
    note: str


def plot_run(folder: Path, out: Path | None = None, names: Sequence[str] = (), force: bool = False) -> PlottedRun:
    """Draw figures of a run from its folder, and write them as PNG files.

    Args:
        folder: of the run.
        out: where they go; by default ``figures`` in the run's folder, where they take the place of earlier ones.
        names: of the figures; all that suit the run when none is named.
        force: replace files in ``out``.

    Raises:
        ResultError: no run, no such figure, or files that are there or cannot be written.
    """
    if out is not None:
        check_folder(out)
    pictures = pictures_of(read_run(folder), names)
    target = out or folder / "figures"
    there = [target / f"{picture.name}.png" for picture in pictures if (target / f"{picture.name}.png").exists()]
    if there and out is not None and not force:
        raise ResultError(f"{there[0]}: is there already; choose another --out, or replace it with --force")
    try:
        target.mkdir(parents=True, exist_ok=True)
        for picture in pictures:
            picture.write(target)
    except OSError as error:
        raise ResultError(f"{error.filename or target}: cannot be written: {error.strerror}") from None
    return PlottedRun(target, tuple(pictures), missing_note(picture.missing for picture in pictures))
