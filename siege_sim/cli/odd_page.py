"""The order of a day on the page by the ODD protocol, written from the catalogue and the shipped scenarios.

The page is written by hand but for its table of processes, between the comments ``<!-- schedule -->`` and
``<!-- end -->``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from siege_sim.loading.scenario import load_scenario, parent_of, shipped_scenarios
from siege_sim.model import catalogue
from siege_sim.model.schedule import schedule_of

if TYPE_CHECKING:
    from siege_sim.model.processes.base import Process

ODD_PAGE = "odd.md"

_SCHEDULE = re.compile(r"(<!-- schedule -->\n).*?(<!-- end -->)", re.DOTALL)


def with_schedule(page: str) -> str:
    """Return the page with the order of a day as the code has it now."""
    return _SCHEDULE.sub(lambda found: f"{found[1]}\n{schedule_table()}\n\n{found[2]}", page)


def schedule_table() -> str:
    """Return a table of every process in the order of the day: its phase, what it does, and where it is on."""
    cases = baseline_processes()
    ordered = sorted(catalogue.OWN_PROCESSES, key=lambda cls: cls.phase)
    lines = ["| phase | process | what it does | on in |", "| --- | --- | --- | --- |"]
    before = None
    for cls in ordered:
        phase = "" if cls.phase == before else f"{cls.phase:d}. {cls.phase.name.lower()}"
        lines.append(f"| {phase} | `{cls.name()}` | {cls.summary()} | {_where(cls, cases)} |")
        before = cls.phase
    return "\n".join(lines)


def baseline_processes() -> dict[str, set[str]]:
    """Return the names of the processes that are on in each shipped scenario that extends no other."""
    names = [name for name in shipped_scenarios() if parent_of(name) is None]
    return {name: {entry.partition(".")[2] for entry, _ in schedule_of(load_scenario(name))} for name in names}


def _where(cls: type[Process], cases: dict[str, set[str]]) -> str:
    on = [name for name, processes in cases.items() if cls.name() in processes]
    if len(on) == len(cases):
        return "all"
    if len(on) > len(cases) / 2:
        return "all but " + ", ".join(f"`{name}`" for name in cases if name not in on)
    return ", ".join(f"`{name}`" for name in on) or "none; for other scenarios"
