"""A session: what one reader does with a siege. Knows nothing of pages and browsers.

A session has one run, or two on one clock; the current run is the last of them. Edits on a day make a branch of the
current run, which is put beside the original; edited again, the branch itself is replaced by its own branch. Every run
is a scenario and a seed, and can be saved as a file.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from siege_sim.dashboard.branching import ScenarioEdit, branch_scenario, scenario_yaml
from siege_sim.dashboard.change_log import LogEntry, log_with, replaced_entries
from siege_sim.dashboard.limits import Limits, SessionError
from siege_sim.loading.scenario import load_scenario
from siege_sim.model.model import SiegeModel
from siege_sim.validation.record import load_record, shipped_records
from siege_sim.viewer.frames import MAX_RUNS
from siege_sim.viewer.recorder import FrameRecorder

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario
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


class Session:
    """One reader's runs.

    Args:
        scenario: the name of a shipped scenario or a file that the command line was given, or a scenario itself.
        seed: of its runs.
        limits: what it may ask of the machine.
        settings: as the command line's ``--set``.
        first_number: of its runs.

    Attributes:
        runs: the run, or the two that are shown side by side.
        seed: of the runs.
        limits: what it may ask of the machine.
    """

    def __init__(
        self,
        scenario: str | Scenario,
        seed: int = 1,
        limits: Limits | None = None,
        settings: Sequence[str] = (),
        first_number: int = 1,
    ) -> None:
        self.limits = limits or Limits()
        self.seed = seed
        self._lock = threading.RLock()
        self._numbers = count(first_number)
        self.runs: list[Run] = []
        self.open(scenario, settings=settings)

    @classmethod
    def restored(cls, definitions: Sequence[RunDefinition], day: int, limits: Limits) -> Session:
        """Return a session that continues where another was left: its runs with their numbers, on its day."""
        free = 1 + max(definition.number for definition in definitions)
        session = cls(definitions[0].scenario, definitions[0].seed, limits, first_number=free)
        session.runs = [Run(definition) for definition in definitions]
        session.advance_to(day)
        return session

    @property
    def current(self) -> Run:
        """The run that edits change: the branch or the second scenario if there is one."""
        return self.runs[-1]

    @property
    def day(self) -> int:
        """The last day that was run; a run that ended earlier stays at its end."""
        return max(run.day for run in self.runs)

    @property
    def over(self) -> bool:
        """Whether every run is over."""
        return all(run.over for run in self.runs)

    def open(self, scenario: str | Scenario, seed: int | None = None, settings: Sequence[str] = ()) -> None:
        """Begin anew with a scenario.

        Raises:
            SiegeError: the scenario is not known, is wrong, or asks for too much. What was there before stays.
        """
        run = self._new_run(scenario, self.seed if seed is None else seed, settings)
        with self._lock:
            self.seed = run.seed
            self.runs = [run]

    def open_beside(self, scenario: str | Scenario, settings: Sequence[str] = ()) -> None:
        """Put another scenario with the same seed beside the first run, on one clock.

        Raises:
            SiegeError: as for `open`, or when the two do not fit side by side.
        """
        run = self._new_run(scenario, self.seed, settings)
        heads = self.runs[0].head, run.head
        if len({(head["rows"], head["columns"], head["start"]) for head in heads}) > 1:
            raise SessionError(
                f"{run.scenario.title} has another map or start date, so it cannot run beside "
                f"{self.runs[0].scenario.title}; open it alone"
            )
        self._put_beside(run)

    def _new_run(self, scenario: str | Scenario, seed: int, settings: Sequence[str] = ()) -> Run:
        parent = scenario if isinstance(scenario, str) else None
        loaded = load_scenario(scenario, settings) if isinstance(scenario, str) else scenario
        self.limits.check(loaded)
        return Run(RunDefinition(next(self._numbers), loaded, seed, loaded.title, parent))

    def branch(self, edits: Sequence[ScenarioEdit], day: int) -> Run:
        """Branch the current run: its scenario is edited on the evening of ``day``, with effect from the next day on.

        Args:
            edits: what is changed.
            day: the last day that stays as it is; -1 to change it from the start.

        Returns:
            the branch, run to the day up to which the other run was run.

        Raises:
            SiegeError: what cannot be set; nothing has changed then.
        """
        with self._lock:
            origin = self.current
            origin.advance_to(day)
            if day >= origin.scenario.days or (origin.over and day >= origin.day):
                raise SessionError(
                    f"the run is over on day {origin.day}; go back to an earlier day and make the change there"
                )
            withdrawn = [(entry.key, entry.day) for entry in replaced_entries(origin.log, edits, day)]
            scenario = branch_scenario(origin.scenario, list(edits), day, withdrawn)
            self.limits.check(scenario)
            log = log_with(origin.log, edits, day, scenario)
            name = f"changed from day {day + 1}" if day >= 0 else "changed from the start"
            run = Run(RunDefinition(next(self._numbers), scenario, origin.seed, name, origin.parent, log))
            run.advance_to(max(day, 0))
            if day >= 0 and not np.array_equal(run.values(day), origin.values(day), equal_nan=True):
                raise SessionError(
                    "this cannot be changed in the middle of a run, since it would change earlier days; "
                    "change it from the start"
                )
            self._put_beside(run)
            return run

    def _put_beside(self, run: Run) -> None:
        with self._lock:
            run.advance_to(self.day)
            self.runs = [*self.runs[: MAX_RUNS - 1], run]

    def keep_only(self, number: int) -> None:
        """Continue with one of the two runs alone.

        Raises:
            SessionError: no run with this number is shown.
        """
        with self._lock:
            self.runs = [shown_run(self.runs, number)]

    def advance_to(self, day: int) -> None:
        """Run every run to a day, or to its end."""
        with self._lock:
            for run in self.runs:
                run.advance_to(day)

    def updates(self, have: Sequence[tuple[int, int]]) -> list[Json]:
        """Return what a page has not got yet.

        Args:
            have: the number of each run that the page shows, and how many days of it.

        Returns:
            for each run its number as its id, its name, its head if the page does not show it yet, and the frames it
            lacks.
        """
        with self._lock:
            got = dict(have)
            return [
                {
                    "id": run.number,
                    "name": run.name,
                    "head": None if run.number in got else run.head,
                    "frames": run.frames[got.get(run.number, 0) :],
                }
                for run in self.runs
            ]

    def advance(self, day: int, have: Sequence[tuple[int, int]]) -> list[Json]:
        """Run to the day that a page requests, a day further than before at most, and return what it lacks.

        Args:
            day: the day that the page requests.
            have: as for `updates`.
        """
        with self._lock:
            self.advance_to(min(day, self.day + 1))
            return self.updates(have)

    def export(self, number: int | None = None) -> tuple[str, str]:
        """Return the name and the text of a scenario file with which the command line gets the same result.

        Args:
            number: of the run; the current one without.
        """
        run = self.current if number is None else shown_run(self.runs, number)
        return run.definition.export()
