"""Runs of a session: what it takes to repeat one, and one that is recorded day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from siege_sim.dashboard.branching import scenario_yaml
from siege_sim.dashboard.change_log import LogEntry
from siege_sim.dashboard.limits import SessionError
from siege_sim.model.model import SiegeModel
from siege_sim.runner.tables import result_so_far
from siege_sim.validation.record import load_record, shipped_records
from siege_sim.viewer.recorder import FrameRecorder

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario
    from siege_sim.results.run import RunResult
    from siege_sim.viewer.frames import Json


AnyRun = TypeVar("AnyRun", "Run", "RunDefinition")


@dataclass(frozen=True)
class RunDefinition:
    """All that it takes to repeat a run, and to save it as a file.

    Attributes:
        number: its number in the session; a page that shows another one has to begin anew.
        scenario: what is run.
        seed: its seed.
        name: what tells it from the other one.
        parent: the shipped scenario it came from, if any.
        log: what was changed on the way.
    """

    number: int
    scenario: Scenario
    seed: int
    name: str
    parent: str | None
    log: tuple[LogEntry, ...] = ()

    def export(self) -> tuple[str, str]:
        """Return the name and the text of a scenario file with which the command line gets the same result."""
        name = self.scenario.name if not self.log else f"{self.scenario.name[:70]}_branch"
        title = self.scenario.title if not self.log else f"{self.scenario.title} (a branch)"
        text = scenario_yaml(self.scenario, self.parent, name, title, self._comment(name))
        return f"{name}.yaml", text

    def _comment(self, name: str) -> list[str]:
        lines = [f"Made in the dashboard. Run it with: siege-sim run ./{name}.yaml --seed {self.seed}"]
        if self.log:
            lines += ["", "Changed:"]
            lines += [f"- {entry.since}: {entry.text}" for entry in self.log]
        return lines


class Run:
    """A run whose frames are recorded day by day.

    Attributes:
        definition: what it takes to repeat it; its entries are the run's own attributes too.
    """

    def __init__(self, definition: RunDefinition) -> None:
        self.definition = definition
        self.number = definition.number
        self.scenario = scenario = definition.scenario
        self.seed = definition.seed
        self.name = definition.name
        self.parent = definition.parent
        self.log = definition.log
        record = load_record(scenario.name) if scenario.name in shipped_records() else None
        self._model = SiegeModel(scenario, definition.seed)
        self._recorder = FrameRecorder(self._model, record)

    @property
    def head(self) -> Json:
        """What the run and its city are, for the viewer."""
        return self._recorder.run.head

    @property
    def frames(self) -> list[Json]:
        """The frames of the days so far."""
        return self._recorder.run.frames

    @property
    def day(self) -> int:
        """The last day that was run."""
        return self._model.day

    @property
    def over(self) -> bool:
        """Whether the siege has ended, or its days are over."""
        return not self._model.running

    def advance_to(self, day: int) -> None:
        """Run until a day, or until it is over."""
        while self._model.running and self._model.day < day:
            self._model.step()
            self._recorder.record_day()

    def result(self) -> RunResult:
        """Return the result of the days so far, without maps."""
        return result_so_far(self._model)

    def values(self, day: int) -> np.ndarray[Any, Any]:
        """Return the outcomes of the days until ``day``: a row a day."""
        rows: np.ndarray[Any, Any] = self._model.recorder.values[: min(day, self.day) + 1]
        return rows


def shown_run(runs: Sequence[AnyRun], number: int) -> AnyRun:
    """Return the run with a number: runs are told apart by it, wherever they stand.

    Raises:
        SessionError: there is none.
    """
    for run in runs:
        if run.number == number:
            return run
    raise SessionError("this run is not shown any more; nothing has changed")


@dataclass(frozen=True)
class ShownRuns:
    """Runs that were shown together.

    Attributes:
        runs: what it takes to repeat them.
        day: the last day that was run.
    """

    runs: tuple[RunDefinition, ...]
    day: int = 0

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of its runs, by which it is found again."""
        return tuple(run.number for run in self.runs)

    @property
    def label(self) -> str:
        """What it is called in a list."""
        first, *others = self.runs
        beside = "".join(f", with {run.name}" for run in others)
        changed = f" ({first.name})" if first.name != first.scenario.title else ""
        return f"{first.scenario.title}{changed}, seed {first.seed}{beside}, to day {self.day}"


@dataclass(frozen=True)
class SessionState:
    """All that it takes to continue a session elsewhere.

    Attributes:
        shown: the runs that are shown.
        former: those that were shown before, the newest last.
        undoable: how many of the newest of them *Undo* goes back to.
        next_number: of the next run, which no page has seen.
    """

    shown: ShownRuns
    former: tuple[ShownRuns, ...] = ()
    undoable: int = 0
    next_number: int = 1

    def after(self, shown: ShownRuns, next_number: int) -> SessionState:
        """Return the state once other runs are shown: what was shown is kept, and *Undo* goes back to it."""
        if shown.numbers == self.shown.numbers:
            return SessionState(shown, self.former, self.undoable, next_number)
        others = tuple(one for one in self.former if one.numbers != shown.numbers)
        undoable = min(self.undoable, len(others)) + 1
        former = (*others, self.shown)[-MOST_FORMER:]
        return SessionState(shown, former, min(undoable, len(former)), next_number)

    def undone(self) -> SessionState:
        """Return the state before: what is undone is kept too, behind all that *Undo* would go back to.

        Raises:
            SessionError: there is nothing to undo.
        """
        if not self.undoable:
            raise SessionError("there is nothing to undo")
        *others, shown = self.former
        kept = len(others) - (self.undoable - 1)
        former = (*others[:kept], self.shown, *others[kept:])
        return SessionState(shown, former, self.undoable - 1, self.next_number)


MOST_FORMER = 12
"""How many sets of runs that were shown before a session keeps."""
