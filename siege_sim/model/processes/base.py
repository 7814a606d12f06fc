"""What a mechanism is: the interface of everything that happens in a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar

from siege_sim.schema.block import Block, Problem
from siege_sim.schema.clock import Window

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.agents.columns import Column
    from siege_sim.model.agents.facility import Facility
    from siege_sim.model.city.layers import LayerSpec
    from siege_sim.model.ledger import Flow
    from siege_sim.model.outcome import Outcome
    from siege_sim.model.setting import Setting
    from siege_sim.model.state import SiegeState


class Phase(IntEnum):
    """The parts of a day, in their order."""

    EXOGENOUS = 1
    AIR = 2
    FIRES = 3
    COMMAND = 4
    COMBAT = 5
    COHESION = 6
    SUPPLY = 7
    FOOD = 8
    HEALTH = 9
    MOVEMENT = 10
    POLITICS = 11
    ENDING = 12


class Process(Block):
    """A mechanism: frozen parameters, and a step that changes the model's state once a day.

    A process keeps no state of its own. What it must remember is a column, a layer, an agent's attribute or an
    account of the ledger, so that it can be plotted, saved and tested. It draws random numbers only from the
    generator it is given, for all rows at once, and never reads another process.
    """

    kind: str
    phase: ClassVar[Phase]
    neutral: ClassVar[Mapping[str, Any]]
    """Values with which the process does nothing."""
    inputs: ClassVar[tuple[str, ...]] = ()
    """Fields that say what the parties decided or the climate set, so that they differ between sieges; every other
    parameter belongs to the theory, and is the same for all."""
    about: ClassVar[tuple[str, ...]] = ()
    """Outcomes for whose sake it is in the model; by them ``siege-sim ablate`` judges whether it does anything."""
    flows: ClassVar[Mapping[str, Mapping[str, Flow]]] = {}
    """Flows of the ledger that only this process books, by stock: ``{"civilians": {"died_of_thirst": Flow(...)}}``."""
    outcomes: ClassVar[tuple[Outcome, ...]] = ()
    """Outcomes of a day that there are only with this process."""
    columns: ClassVar[Mapping[str, Column[Any]]] = {}
    """Columns of households that only this process needs, by name."""
    layers: ClassVar[tuple[LayerSpec, ...]] = ()
    """Layers of the map that only this process needs."""
    facilities: ClassVar[tuple[type[Facility], ...]] = ()
    """Kinds of places that only this process needs; maps may name them."""
    off_means: ClassVar[str] = ""
    """What is missing without this process that its name does not say, as a clause: "nobody dies of wounds"."""
    needs: ClassVar[Mapping[str, str]] = {}
    """Processes without which it could do nothing, each with what that process does for it."""
    instead_of: ClassVar[tuple[str, ...]] = ()
    """Processes of the same thing by another theory, which cannot be on beside it."""
    stream: ClassVar[str] = ""
    """The name of its random stream, where that is not its own name: a renamed process keeps its random numbers."""

    @classmethod
    def name(cls) -> str:
        """Return the name by which scenarios call this process."""
        return str(cls.model_fields["kind"].default)

    @classmethod
    def summary(cls) -> str:
        """Return the first line of the documentation."""
        return (cls.__doc__ or "").strip().splitlines()[0]

    def problems_in(self, setting: Setting) -> Iterator[Problem]:
        """Yield what does not fit the scenario: names of places, factions and the like that it does not have."""
        yield from ()

    def set_up(self, model: SiegeState) -> None:
        """Change the ground of day 0, if it has to, before anybody is placed on it."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Play one day."""
        raise NotImplementedError


class Intervention(Window, Process):
    """A dated action: a process that acts on the days of its window."""

    phase: ClassVar[Phase] = Phase.EXOGENOUS
    neutral: ClassVar[Mapping[str, Any]] = {}
    needs: ClassVar[Mapping[str, str]] = {}
    """Processes without which it could do nothing, each with what that process does for it."""
    each_day_alone: ClassVar[bool] = False
    """Whether what it does on one day stands alone, as a convoy does: one can be left out without the others."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Act when today is in the window; wind up on the day after it."""
        if self.covers(model.day, model.clock):
            self.act(model, rng)
        elif model.day == self.last_day(model.clock) + 1:
            self.wind_up(model)

    def begins(self, model: SiegeState) -> bool:
        """Return whether today is the first day of the window in the run."""
        return model.day == self.first_day(model.clock)

    def ends(self, model: SiegeState) -> bool:
        """Return whether today is the last day of the window."""
        return model.day == self.last_day(model.clock)

    def act(self, model: SiegeState, rng: Generator) -> None:
        """Do today's part."""
        raise NotImplementedError

    def wind_up(self, model: SiegeState) -> None:
        """Log that the window is over, if it needs an event."""
