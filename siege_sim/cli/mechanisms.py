"""The page on mechanisms and levers: ``python -m siege_sim.cli.mechanisms docs [ABLATION]`` writes it.

With a folder that ``siege-sim ablate`` has written, its table is taken over first.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from siege_sim.errors import SiegeError
from siege_sim.loading.scenario import load_scenario, parent_of, shipped_scenarios
from siege_sim.model import catalogue
from siege_sim.reports.mechanisms import EFFECTS_FILE, WORDS_FILE, mechanisms_text, read_effects, read_words
from siege_sim.results.files import csv_bytes

if TYPE_CHECKING:
    from siege_sim.analysis.ablation import SwitchKind

MECHANISMS_PAGE = "mechanisms.md"


def mechanisms_page(folder: Path) -> str:
    """Return the page as it should be now, from the page, effects and words in a folder of documentation."""
    page = (folder / MECHANISMS_PAGE).read_text("utf-8")
    beside = folder / MECHANISMS_PAGE.removesuffix(".md")
    effects, words = read_effects(beside / EFFECTS_FILE), read_words(beside / WORDS_FILE)
    return mechanisms_text(page, effects, words, known_switches())


def known_switches() -> dict[SwitchKind, dict[str, str]]:
    """Return every mechanism, and every dated action and what-if of the shipped scenarios, with what it is."""
    mechanisms = sorted(catalogue.processes().values(), key=lambda cls: cls.phase)
    actions: dict[str, str] = {}
    what_ifs: dict[str, str] = {}
    for name in shipped_scenarios():
        scenario, parent = load_scenario(name), parent_of(name)
        if parent is not None:
            what_ifs[name] = f"{scenario.title} (`{parent}`)"
        else:
            actions |= {key: f"{type(one).summary()} (`{name}`)" for key, one in scenario.interventions.items()}
    return {"mechanism": {cls.name(): cls.summary() for cls in mechanisms}, "action": actions, "what_if": what_ifs}


def take_over(ablation: Path, folder: Path) -> None:
    """Take over what an ablation has tried, in place of what was known of the same in the same case.

    Raises:
        ResultError: the ablation's folder has no such table.
    """
    import pandas as pd

    file = folder / MECHANISMS_PAGE.removesuffix(".md") / EFFECTS_FILE
    new, known = read_effects(ablation / "ablation.csv"), read_effects(file)
    tried = set(new[TRIED].itertuples(index=False, name=None))
    kept = known[[one not in tried for one in known[TRIED].itertuples(index=False, name=None)]]
    file.write_bytes(csv_bytes(pd.concat([kept, new], ignore_index=True)))


TRIED = ["case", "kind", "name"]
"""What tells a trial from others."""


def write_mechanisms(folder: Path, ablation: Path | None = None) -> None:
    """Write the page into a folder of documentation, with the effects of an ablation if one is given."""
    if ablation is not None:
        take_over(ablation, folder)
    (folder / MECHANISMS_PAGE).write_text(mechanisms_page(folder), "utf-8", newline="\n")


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit("python -m siege_sim.cli.mechanisms DOCS [ABLATION]")
    try:
        write_mechanisms(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else None)
    except SiegeError as error:
        sys.exit(f"error: {error}")
