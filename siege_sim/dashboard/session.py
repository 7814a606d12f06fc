"""A session: what one reader does with a siege. Knows nothing of pages and browsers.

A session has one run, or two on one clock; the current run is the last of them. Edits on a day make a branch of the
current run, which is put beside the original; edited again, the branch itself is replaced by its own branch. Every run
is a scenario and a seed, and can be saved as a file. Whatever changes the set of runs keeps the one before, to go back
to.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.dashboard.branching import ScenarioEdit, branch_scenario
from siege_sim.dashboard.change_log import log_with, replaced_entries
from siege_sim.dashboard.limits import Limits, SessionError
from siege_sim.dashboard.run_account import account_of
from siege_sim.dashboard.runs import Run, RunDefinition, SessionState, ShownRuns, shown_run
from siege_sim.loading.scenario import load_scenario, load_scenario_text
from siege_sim.viewer.frames import MAX_RUNS

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario
    from siege_sim.viewer.frames import Json


class Session:
    """One reader's runs.

    Args:
        scenario: the name of a shipped scenario or a file that the command line was given, or a scenario itself.
        seed: of its runs.
        limits: what it may ask of the machine.
        settings: as the command line's ``--set``.
        after: the session that this one follows: its runs are kept to go back to.

    Attributes:
        runs: the run, or the two that are shown side by side.
        limits: what it may ask of the machine.
    """

    def __init__(
        self,
        scenario: str | Scenario,
        seed: int = 1,
        limits: Limits | None = None,
        settings: Sequence[str] = (),
        after: SessionState | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._lock = threading.RLock()
        self._next_number = 1 if after is None else after.next_number
        self._spare: dict[int, Run] = {}
        run = self._new_run(scenario, seed, settings)
        self.runs: list[Run] = [run]
        shown = ShownRuns((run.definition,))
        self._past = SessionState(shown) if after is None else after.after(shown, 0)

    @classmethod
    def restored(cls, state: SessionState, limits: Limits) -> Session:
        """Return a session that continues where another was left: its runs with their numbers, on its day."""
        session = cls.__new__(cls)
        session.limits = limits
        session._lock = threading.RLock()
        session._next_number = state.next_number
        session._spare = {}
        session._past = state
        session.runs = []
        session._bring_back(state)
        return session

    @property
    def seed(self) -> int:
        """The seed of the runs."""
        return self.runs[0].seed

    @property
    def state(self) -> SessionState:
        """All that it takes to continue elsewhere."""
        with self._lock:
            return replace(self._past, shown=self._shown(), next_number=self._next_number)

    def _shown(self) -> ShownRuns:
        return ShownRuns(tuple(run.definition for run in self.runs), self.day)

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
        self._show([run])

    def open_text(self, name: str, text: str) -> None:
        """Begin anew with the scenario of a file that a reader sent; a session of its own process reads it there.

        Raises:
            SiegeError: it is too large, or wrong, or as for `open`.
        """
        self.open(uploaded_scenario(name, text, self.limits.upload_bytes))

    def show(self, shown: ShownRuns) -> None:
        """Show runs that are given as a whole, such as those of a link, on their day; they get numbers of their own.

        Raises:
            SiegeError: they ask for too much, or do not fit side by side. What was there before stays.
        """
        for definition in shown.runs:
            self.limits.check(definition.scenario)
        runs = [Run(replace(definition, number=self._number())) for definition in shown.runs[:MAX_RUNS]]
        self._check_side_by_side(runs)
        for run in runs:
            run.advance_to(shown.day)
        self._show(runs)

    def open_beside(self, scenario: str | Scenario, settings: Sequence[str] = ()) -> None:
        """Put another scenario with the same seed beside the first run, on one clock.

        Raises:
            SiegeError: as for `open`, or when the two do not fit side by side.
        """
        run = self._new_run(scenario, self.seed, settings)
        self._check_side_by_side([self.runs[0], run])
        self._put_beside(run)

    @staticmethod
    def _check_side_by_side(runs: Sequence[Run]) -> None:
        if len({(run.head["rows"], run.head["columns"], run.head["start"]) for run in runs}) > 1:
            raise SessionError(
                f"{runs[-1].scenario.title} has another map or start date, so it cannot run beside "
                f"{runs[0].scenario.title}; open it alone"
            )

    def _new_run(self, scenario: str | Scenario, seed: int, settings: Sequence[str] = ()) -> Run:
        parent = scenario if isinstance(scenario, str) else None
        loaded = load_scenario(scenario, settings) if isinstance(scenario, str) else scenario
        self.limits.check(loaded)
        return Run(RunDefinition(self._number(), loaded, seed, loaded.title, parent))

    def _number(self) -> int:
        with self._lock:
            self._next_number += 1
            return self._next_number - 1

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
            run = Run(RunDefinition(self._number(), scenario, origin.seed, name, origin.parent, log))
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
            self._show([*self.runs[: MAX_RUNS - 1], run])

    def _show(self, runs: list[Run]) -> None:
        """Show other runs, and keep what it takes to go back to those that are shown now."""
        with self._lock:
            before = self.state
            self._set_aside()
            self.runs = runs
            self._past = before.after(self._shown(), before.next_number)

    def _set_aside(self) -> None:
        """Keep the latest runs that are not shown as they are, so that nobody waits to go back to them."""
        self._spare |= {run.number: run for run in self.runs}
        for number in list(self._spare)[:-MOST_SPARE]:
            del self._spare[number]

    def _bring_back(self, state: SessionState) -> None:
        """Show the runs of a state on its day; those that were not set aside are repeated."""
        made = {run.number: run for run in self.runs} | self._spare
        runs = [made.get(run.number) or Run(run) for run in state.shown.runs]
        for run in runs:
            run.advance_to(state.shown.day)
        self._set_aside()
        self.runs = runs
        self._past = state

    def undo(self) -> None:
        """Show the runs that were shown before.

        Raises:
            SessionError: there is nothing to undo.
        """
        with self._lock:
            self._bring_back(self.state.undone())

    def go_back(self, numbers: Sequence[int]) -> None:
        """Show runs that were shown before, by their numbers.

        Raises:
            SessionError: they are not kept any more.
        """
        with self._lock:
            state = self.state
            if state.shown.numbers == tuple(numbers):
                return
            former = next((one for one in state.former if one.numbers == tuple(numbers)), None)
            if former is None:
                raise SessionError("these runs are not kept any more; nothing has changed")
            self._bring_back(state.after(former, state.next_number))

    def keep_only(self, number: int) -> None:
        """Continue with one of the two runs alone.

        Raises:
            SessionError: no run with this number is shown.
        """
        with self._lock:
            self._show([shown_run(self.runs, number)])

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

        A page that shows other runs meant a day of those: it gets the runs as they are.

        Args:
            day: the day that the page requests.
            have: as for `updates`.
        """
        with self._lock:
            if not have or {run.number for run in self.runs} & {number for number, _ in have}:
                self.advance_to(min(day, self.day + 1))
            return self.updates(have)

    def account(self) -> Json:
        """Return what is said of the runs: what was changed, when they part, and what a record knows of them."""
        with self._lock:
            return account_of(self.runs)

    def export(self, number: int | None = None) -> tuple[str, str]:
        """Return the name and the text of a scenario file with which the command line gets the same result.

        Args:
            number: of the run; the current one without.
        """
        run = self.current if number is None else shown_run(self.runs, number)
        return run.definition.export()


MOST_SPARE = 2 * MAX_RUNS
"""How many runs are kept as they are, those that are shown among them; others are repeated when they are wanted."""


def uploaded_scenario(name: str, text: str, most_bytes: int) -> Scenario:
    """Return the scenario of a file that a reader sent.

    Raises:
        SiegeError: it is too large, or wrong.
    """
    if len(text.encode("utf-8", "replace")) > most_bytes:
        raise SessionError(f"{name[:60]}: a file here is at most {most_bytes:,} bytes")
    return load_scenario_text(text, name[:60] or "your file")
