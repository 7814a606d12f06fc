"""The page on mechanisms and levers: ``python -m siege_sim.cli.mechanisms docs [ABLATION]`` writes it.

With a folder that ``siege-sim ablate`` has written, its table is taken over first.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from siege_sim.errors import SiegeError
from siege_sim.model import catalogue
from siege_sim.reports.mechanisms import EFFECTS_FILE, WORDS_FILE, mechanisms_text, read_effects, read_words

MECHANISMS_PAGE = "mechanisms.md"


def mechanisms_page(folder: Path) -> str:
    """Return the page as it should be now, from the page, effects and words in a folder of documentation."""
    page = (folder / MECHANISMS_PAGE).read_text("utf-8")
    beside = folder / MECHANISMS_PAGE.removesuffix(".md")
    ordered = sorted(catalogue.processes().values(), key=lambda cls: cls.phase)
    known = {cls.name(): cls.summary() for cls in ordered}
    return mechanisms_text(page, read_effects(beside / EFFECTS_FILE), read_words(beside / WORDS_FILE), known)


def take_over(ablation: Path, folder: Path) -> None:
    """Replace the table of effects by that of an ablation, once it has been read.

    Raises:
        ResultError: the ablation's folder has no such table.
    """
    table = ablation / "ablation.csv"
    read_effects(table)
    shutil.copyfile(table, folder / MECHANISMS_PAGE.removesuffix(".md") / EFFECTS_FILE)


def write_mechanisms(folder: Path, ablation: Path | None = None) -> None:
    """Write the page into a folder of documentation, with the effects of an ablation if one is given."""
    if ablation is not None:
        take_over(ablation, folder)
    (folder / MECHANISMS_PAGE).write_text(mechanisms_page(folder), "utf-8")


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit("python -m siege_sim.cli.mechanisms DOCS [ABLATION]")
    try:
        write_mechanisms(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else None)
    except SiegeError as error:
        sys.exit(f"error: {error}")
