"""What a reader has changed in a run, line by line: a change takes the place of the one before of the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siege_sim.dashboard.branching import EndIntervention

if TYPE_CHECKING:
    from siege_sim.dashboard.branching import ScenarioEdit
    from siege_sim.model.scenario import Scenario


@dataclass(frozen=True)
class LogEntry:
    """A line of a run's change log.

    Attributes:
        day: the first day on which it holds; 0 for from the start.
        text: what was changed.
        key: the key in the scenario that it sets.
    """

    day: int
    text: str
    key: str

    @property
    def since(self) -> str:
        """From when it holds, in words."""
        return f"from day {self.day}" if self.day else "from the start"


def replaced_entries(log: Sequence[LogEntry], edits: Sequence[ScenarioEdit], day: int) -> list[LogEntry]:
    """Return the changes that some edits replace: of the same thing, and not in force before the edits are.

    Args:
        log: what was changed so far.
        edits: what is changed now.
        day: the last day that stays as it is; -1 to change it from the start.
    """
    keys = {edit.key for edit in edits}
    return [entry for entry in log if entry.key in keys and entry.day >= max(day + 1, 0)]


def log_with(
    log: Sequence[LogEntry], edits: Sequence[ScenarioEdit], day: int, scenario: Scenario
) -> tuple[LogEntry, ...]:
    """Return a log to which some edits are added.

    Args:
        log: what was changed so far.
        edits: what is changed now.
        day: the last day that stays as it is; -1 to change it from the start.
        scenario: what has come of it: an action of the reader's own that was called off before it began leaves no line.
    """
    replaced = replaced_entries(log, edits, day)
    called_off = {
        f"interventions.{edit.name}"
        for edit in edits
        if isinstance(edit, EndIntervention) and edit.name not in scenario.interventions
    }
    own = called_off & {entry.key for entry in log}
    kept = [entry for entry in log if entry not in replaced and entry.key.removesuffix(".until_day") not in called_off]
    new = [LogEntry(max(day + 1, 0), edit.text(), edit.key) for edit in edits]
    return (*kept, *(entry for entry in new if entry.key.removesuffix(".until_day") not in own))
