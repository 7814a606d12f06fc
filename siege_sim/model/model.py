"""The model: the day loop."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, Unpack, cast

import mesa
import numpy as np

from siege_sim.errors import SiegeError
from siege_sim.model import build, checkpoint, chronicle, copies, outcomes
from siege_sim.model.agents.axis import Axis
from siege_sim.model.agents.facility import Crossing, FoodStock, Road
from siege_sim.model.collector import OutcomeCollector
from siege_sim.model.conditions import morning
from siege_sim.model.flows import flows_of
from siege_sim.model.rng import Later, stream
from siege_sim.model.scenario import Scenario
from siege_sim.model.schedule import at_rest, schedule_of
from siege_sim.model.seed import SeedByName, seed_of
from siege_sim.model.state import SiegeState

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.random import Generator


class SiegeModel(SiegeState):
    """A siege, one day a step.

    Args:
        scenario: what to run.
        rng: the run's seed, a whole number of at least 0, also by the name ``seed``; the same scenario and seed give
            the same run, to the byte. One is drawn when none is given; ``model.seed`` shows it.

    Attributes:
        schedule: the processes of a day in their order, each with the name of its random stream.
        recorder: the outcomes of every day so far.
    """

    def __init__(self, scenario: Scenario, rng: int | None = None, **older: Unpack[SeedByName]) -> None:
        if not isinstance(scenario, Scenario):
            raise SiegeError(f"the scenario is {scenario!r}, but a model takes what siege_sim.load_scenario returns")
        self._siege_scenario = scenario
        kinds = scenario.kinds_of_processes
        layers = [spec for kind in kinds for spec in kind.layers]
        super().__init__(scenario, scenario.interventions, seed_of(rng, **older), layers)
        self.schedule = schedule_of(scenario)
        for _, process in self.schedule:
            process.set_up(self)
        columns = {name: column for kind in kinds for name, column in kind.columns.items()}
        self.households = build.settle_households(self, columns)
        self.units = build.raise_units(self)
        for row in np.flatnonzero(self.units.standing):
            self.muster(int(row))
        self.axes = [
            Axis(self, self.units, self._unit_agents, number)
            for number in range(int(self.units.axis.max(initial=-1)) + 1)
        ]
        self.facilities = build.place_facilities(self, [place for kind in kinds for place in kind.facilities])
        build.open_books(self, flows_of(scenario.sides, kinds))
        self.recorder = outcomes.Recorder(self, scenario.outcomes, scenario.snapshot_every_days)

    @property
    def scenario(self) -> Scenario:
        """The scenario that is played."""
        return self._siege_scenario

    @scenario.setter
    def scenario(self, value: object) -> None:
        """Ignore what Mesa 3.5 assigns here: its own, unrelated kind of scenario."""

    @cached_property
    def datacollector(self) -> mesa.DataCollector:
        """The outcomes of every day, as Mesa's tools want them; may be replaced by a collector of one's own."""
        return OutcomeCollector(self)

    # Copies

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        """Return what `copy.deepcopy` and `pickle` need for a model that continues as this one does."""
        return copies.empty, (type(self), self.seed), copies.content_of(self)

    def __setstate__(self, content: copies.Content) -> None:
        copies.fill(self, content)
        self.recorder.outcomes = self.scenario.outcomes

    def __copy__(self) -> Self:
        raise SiegeError("a shallow copy would share its people and ground with this model; use copy.deepcopy(model)")

    def save(self, path: str | Path) -> None:
        """Write the model down as a checkpoint, in full or not at all; a file of that name is replaced.

        Raises:
            SiegeError: the place cannot be written to, or something that was added to the model cannot be saved.
        """
        checkpoint.save(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Return the model of a checkpoint, on the day on which it was saved; it continues to the same end.

        A checkpoint is read with `pickle`, which can run code: load only files that come from people you trust.

        Raises:
            SiegeError: the file cannot be read, is no checkpoint, is damaged, or was saved by another model version.
        """
        return checkpoint.load(cls, path)

    # The day

    def step(self) -> None:
        """Play one day; once the run is over, nothing."""
        if not self.running:
            return
        self.day += 1
        self._halted = f"day {self.day} was not completed"
        self.conditions = morning(self.politics, self.day)
        self.ledger.start_day()
        self.pockets_this_morning = self.city.large_pockets
        if self.scenario.changes:
            self._take_up_changes()
        self.city.layers.days_held += 1
        for way in (*self.facilities_of(Crossing), *self.facilities_of(Road)):
            way.open_share = way.usual_open_share
        for crossing in self.facilities_of(Crossing):
            crossing.trusted = 0.0
        for name, process in self.schedule:
            self.log.acting = name
            acts = at_rest(process) if self.but_for.leaves_out(name, self.day) else process
            if acts is not None:
                acts.step(self, cast("Generator", Later(stream, self.seed, process.stream or name, self.day)))
        self.log.acting = ""
        self._settle()
        if self.day >= self.clock.days:
            self.running = False
        self.recorder.record(self)
        self._halted = ""

    def days(self) -> Iterator[int]:
        """Play day after day until the end; yield each day's number after it was played."""
        while self.running:
            self.step()
            yield self.day

    def _take_up_changes(self) -> None:
        """Let the scenario's changes of today come into force."""
        for name, change in self.scenario.changes.items():
            if self.clock.day_of(change.from_day) == self.day:
                self.schedule = schedule_of(self.scenario, self.day)
                self.note("change", "", chronicle.change_says(name, change.processes), "a dated change of the scenario")

    def _settle(self) -> None:
        """Close the day: what lay on lost ground is lost, agents of the dead go, the books are checked."""
        for stock in self.facilities_on_lost_ground(FoodStock):
            if stock.kcal > 0.0:
                self.ledger.book("food", "lost_with_ground", stock.take_out(stock.kcal))
        self.households.drop_agents_of_the_dead()
        self.city.layers.check_memory()
        self.ledger.check()
