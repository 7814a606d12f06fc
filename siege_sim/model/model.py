"""The model: it builds day 0, holds the state, and runs the schedule."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar, cast

import mesa
import numpy as np
from mesa.agent import Agent, AgentSet
from mesa.discrete_space import Cell, OrthogonalMooreGrid

from siege_sim.errors import SiegeError
from siege_sim.kernels import ground
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray, whole
from siege_sim.model import build, chronicle, outcomes
from siege_sim.model.agents.axis import Axis
from siege_sim.model.agents.facility import Crossing, Facility, FoodStock, Hospital, Market, Road, Warehouse
from siege_sim.model.agents.household import Household, Households
from siege_sim.model.agents.line import Line
from siege_sim.model.agents.unit import UNIT_CLASSES, Unit, Units
from siege_sim.model.city.grid import City
from siege_sim.model.codes import GOVERNMENT, REBEL, Holder, Posture, Status
from siege_sim.model.conditions import Conditions, Event, EventLog, Politics, morning
from siege_sim.model.ledger import Ledger
from siege_sim.model.rng import Later, stream
from siege_sim.model.schedule import schedule_of

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.interventions.reinforcements import Reinforcements
    from siege_sim.model.scenario import Scenario

FacilityT = TypeVar("FacilityT", bound=Facility)


class AgentsByType(Mapping[type[Agent], AgentSet]):
    """Mesa's ``agents_by_type``; asking it for `Household` makes the household agents first."""

    def __init__(self, model: SiegeModel, registered: dict[type[Agent], AgentSet]) -> None:
        self._model = model
        self._registered = registered

    def __getitem__(self, kind: type[Agent]) -> AgentSet:
        if kind is Household:
            self._model.make_household_agents()
        return self._registered[kind]

    def __iter__(self) -> Iterator[type[Agent]]:
        self._model.make_household_agents()
        return iter(self._registered)

    def __len__(self) -> int:
        self._model.make_household_agents()
        return len(self._registered)


class SiegeModel(mesa.Model):
    """A siege, one day a step.

    Args:
        scenario: what to play.
        seed: the run's seed; the same scenario and seed give the same run, to the byte.

    Attributes:
        city: the grid, its layers and geometry.
        households: the besieged civilians as columns.
        units: both sides' units as columns.
        facilities: hospitals, bakeries, stores and the rest, in a fixed order.
        axes: the government side's axes of attack.
        ledger: conserved stocks and their flows.
        conditions: what holds for the whole city today.
        politics: condemnation, hope, agreement, outcome.
        log: events with their causes.
        day: the day that was played last (0 before the first step).
    """

    def __init__(self, scenario: Scenario, seed: int = 1) -> None:
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
            raise SiegeError(f"the seed is {seed!r}, but it must be a whole number of at least 0")
        self._siege_scenario = scenario
        self._households_made = False
        super().__init__(rng=int(seed))
        self.seed = int(seed)
        self.clock = scenario.clock
        self.day = 0
        self.city: City = City(scenario.city_map, self.random)
        self.ledger = Ledger()
        self.conditions = Conditions()
        self.politics: Politics = Politics()
        self.log = EventLog()
        self.running: bool = True
        self.schedule = schedule_of(scenario)
        self.pockets_this_morning = self.city.large_pockets
        self.unit_labels: dict[int, tuple[str, str]] = {}
        self.planned_units: list[tuple[Reinforcements, IntArray]] = []
        self.households: Households = build.settle_households(self)
        self.units: Units = build.raise_units(self)
        self._lines: dict[int, Line] = {}
        self._unit_agents: dict[int, Unit] = {}
        for row in np.flatnonzero(self.units.standing):
            self._muster(int(row))
        self.axes = [Axis(self, number) for number in range(int(self.units.axis.max(initial=-1)) + 1)]
        self.facilities = build.place_facilities(self)
        self._by_kind: dict[type[Facility], list[Any]] = {}
        build.open_books(self)
        self.recorder = outcomes.Recorder(self)

    @property
    def scenario(self) -> Scenario:
        """The scenario that is played."""
        return self._siege_scenario

    @scenario.setter
    def scenario(self, value: object) -> None:
        """Ignore what Mesa 3.5 assigns here: its own, unrelated kind of scenario."""

    @property
    def grid(self) -> OrthogonalMooreGrid:
        """The Mesa grid, with its property layers."""
        return self.city.grid

    def grid_cell(self, cell_index: int) -> Cell:
        """Return the Mesa cell of a flat index."""
        return self.city.cells[cell_index]

    @property
    def date(self) -> date:
        """The calendar date of the current day."""
        return self.clock.date_of(self.day)

    # The day

    def step(self) -> None:
        """Play one day; once the run is over, nothing."""
        if not self.running:
            return
        self.day += 1
        self.conditions = morning(self.politics, self.day)
        self.ledger.start_day()
        self.pockets_this_morning = self.city.large_pockets
        if self.scenario.changes:
            self._take_up_changes()
        self.city.layers.days_held += 1
        for way in (*self.facilities_of(Crossing), *self.facilities_of(Road)):
            way.open_share = way.usual_open_share
        for name, process in self.schedule:
            process.step(self, cast("Generator", Later(stream, self.seed, name, self.day)))
        self._settle()
        if self.day >= self.clock.days:
            self.running = False
        self.recorder.record(self)

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
        if self._households_made:
            for household in [h for h in self.agents_by_type[Household] if h.persons == 0]:
                household.remove()
        self.city.layers.check_memory()
        self.ledger.check()

    # Agents

    @property
    def agents(self) -> AgentSet:
        """All agents, as Mesa gives them; makes the household agents if nobody has yet."""
        self.make_household_agents()
        return self._all_agents

    @property
    def agents_by_type(self) -> AgentsByType:
        """Agents by class, as Mesa gives them; only asking for `Household` makes the household agents."""
        return AgentsByType(self, self._agents_by_type)

    @property
    def agent_types(self) -> list[type[Agent]]:
        """The classes of agents there are."""
        return list(self.agents_by_type)

    def make_household_agents(self) -> None:
        """Make a Mesa agent for every household with a member alive, once."""
        if self._households_made:
            return
        self._households_made = True
        for row in np.flatnonzero(self.households.persons > 0):
            Household(self, int(row))

    def unit(self, row: int) -> Unit:
        """Return the agent of a unit by its row."""
        return self._unit_agents[row]

    def _muster(self, row: int) -> None:
        faction, sector = self.unit_labels[row]
        kind = UNIT_CLASSES[Holder(int(self.units.side[row]))]
        self._unit_agents[row] = kind(self, row, faction, sector)

    def call_up(self, action: Reinforcements) -> int:
        """Let planned reinforcements arrive where their side still holds ground; return how many fighters came."""
        rows = next(rows for planned, rows in self.planned_units if planned is action)
        side = Holder(int(self.units.side[rows[0]]))
        ground_held = self.city.held_by(side)
        sectors = np.array([quarter.sector for quarter in self.city.map.quarters])[self.city.layers.quarter]
        cells = np.flatnonzero(ground_held & (sectors == action.sector))
        cells = cells if cells.size else np.flatnonzero(ground_held)
        if cells.size == 0:
            return 0
        self.units.posture[rows] = Posture.RESERVE if side == REBEL else Posture.HOLD
        for i, row in enumerate(rows):
            self.units.cell_index[row] = cells[i % cells.size]
            if action.vanguard and side == GOVERNMENT and self.axes:
                self.units.axis[row] = i % len(self.axes)
            self._muster(int(row))
        fighters = int(self.units.fit[rows].sum())
        self.ledger.book("rebels" if side == REBEL else "regime", "reinforced", fighters)
        return fighters

    def facilities_of(self, kind: type[FacilityT]) -> list[FacilityT]:
        """Return the facilities of a class (and its subclasses), in their fixed order."""
        if kind not in self._by_kind:
            self._by_kind[kind] = [f for f in self.facilities if isinstance(f, kind)]
        return self._by_kind[kind]

    def facilities_by_pocket(self, kind: type[FacilityT]) -> list[list[FacilityT]]:
        """Return the facilities of a class in each pocket, the largest pocket first, in their fixed order."""
        return self.city.until_ground_changes(("by pocket", kind), lambda: self._sorted_by_pocket(kind))

    def facilities_in_pocket(self, kind: type[FacilityT]) -> list[FacilityT]:
        """Return the facilities of a class on rebel-held ground, in their fixed order."""
        known, name = self.facilities_of(kind), ("in pocket", kind)
        return self.city.until_ground_changes(name, lambda: [f for f in known if f.in_pocket])

    def facilities_on_lost_ground(self, kind: type[FacilityT]) -> list[FacilityT]:
        """Return the facilities of a class on ground that is not rebel-held, in their fixed order."""
        known, name = self.facilities_of(kind), ("on lost ground", kind)
        return self.city.until_ground_changes(name, lambda: [f for f in known if not f.in_pocket])

    def _sorted_by_pocket(self, kind: type[FacilityT]) -> list[list[FacilityT]]:
        sorted_out: list[list[FacilityT]] = [[] for _ in range(self.city.pocket_count)]
        for facility in self.facilities_in_pocket(kind):
            sorted_out[self.city.pockets[facility.cell_index]].append(facility)
        return sorted_out

    # What processes ask

    @property
    def share_held(self) -> float:
        """Rebel-held ground as a share of what they held on day 0."""
        return float(np.count_nonzero(self.city.pocket_ground)) / float(np.count_nonzero(self.city.held_on_day_0))

    @property
    def people_by_pocket(self) -> FloatArray:
        """Civilians in each pocket, the largest pocket first."""
        city = self.city
        people = np.bincount(city.pockets + 1, weights=city.layers.civilians, minlength=city.pocket_count + 1)
        return cast("FloatArray", people)[1:]

    @property
    def stored_kcal(self) -> float:
        """Food in stores, bakeries and markets."""
        return sum([stock.kcal for stock in self.facilities_of(FoodStock)])

    @property
    def hospitals_working(self) -> int:
        """Hospitals that serve the pocket today."""
        return sum([not hospital.closed for hospital in self.facilities_in_pocket(Hospital)])

    def line(self, side: int) -> Line:
        """Return how the fighters of a side are spread over its line now.

        Worked out anew only when a unit has moved or a cell has changed hands or come under assault.
        """
        change = (self.city.changes, self.units.changes)
        if side not in self._lines or self._lines[side].made_at != change:
            self._lines[side] = Line(self, side, change)
        return self._lines[side]

    def in_sectors(self, sectors: tuple[str, ...]) -> BoolArray:
        """Return which units stand on ground of the given sectors."""
        chosen = np.array([quarter.sector in sectors for quarter in self.city.map.quarters])
        return chosen[self.city.layers.quarter][self.units.cell_index]

    def nearest_pocket_cell(self, cell_index: int, reach: int) -> int | None:
        """Return the rebel-held cell nearest to a cell, within ``reach`` steps as the crow flies."""
        own = self.city.pocket_cells
        if own.size == 0:
            return None
        cell, steps = ground.nearest(cell_index, own, self.city.shape)
        return cell if steps <= reach else None

    def fall_back(self, side: int, cell_index: int) -> None:
        """Let the units of a side that stand in a lost cell go to the nearest ground that their side holds."""
        own = np.flatnonzero(self.city.held_by(side))
        if own.size:
            refuge, _ = ground.nearest(cell_index, own, self.city.shape)
            for row in np.flatnonzero(self.units.of(side) & (self.units.cell_index == cell_index)):
                self.unit(int(row)).march_to(refuge)

    def regime_loses(self, mean: float, cell_index: int, luck: float) -> None:
        """Let the government unit nearest to a cell lose ``mean`` fighters killed, rounded up or down by chance."""
        units = self.units
        rows = np.flatnonzero(units.of(GOVERNMENT) & (units.fit > 0))
        if rows.size == 0:
            return
        there = np.array(divmod(cell_index, self.city.shape[1]))
        where = np.stack(np.divmod(units.cell_index[rows], self.city.shape[1]), axis=1)
        nearest = int(rows[np.argmin(np.abs(where - there).max(axis=1))])
        killed = int(whole(luck, mean))
        self.unit(nearest).lose(killed, 3 * killed, "killed_in_combat")

    # What processes tell

    def unload(self, kcal: float, looted: float) -> bool:
        """Bring food from outside into the agencies' stores, or the council's; what is looted ends on the markets.

        Args:
            kcal: how much arrives.
            looted: the share of it that is looted on the way.

        Returns:
            whether a store was left to take it; without one nothing comes in.
        """
        stores = [w for w in self.facilities_of(Warehouse) if w.working]
        stores = [w for w in stores if w.owner == "aid_agency"] or stores
        if not stores:
            return False
        markets = self.facilities_in_pocket(Market)
        lost = kcal * looted if markets else 0.0
        for store in stores:
            store.kcal += (kcal - lost) / len(stores)
        for market in markets:
            market.kcal += lost / len(markets)
        self.ledger.book("food", "brought_in", kcal)
        return True

    def note(
        self,
        kind: str,
        where: str,
        what: str,
        cause: str,
        amount: float = 0.0,
        because: int | None = None,
        about: Iterable[Hashable] = (),
    ) -> int:
        """Write an event of today down; return its number. See `Event` and `EventLog.add`."""
        return self.log.add(Event(self.day, kind, where, what, cause, amount, because), about)

    def note_facility(
        self, facility: Facility, kind: str, what: str, cause: str, amount: float = 0.0, because: int | None = None
    ) -> int:
        """Write an event of today about a facility down; return its number."""
        event = Event(self.day, kind, facility.quarter, what, cause, amount, because, facility.name)
        return self.log.add(event, about=(facility,))

    def note_ground_lost(self, cells: IntArray, causes: list[str]) -> None:
        """Write down which quarters lost ground, why, what fell with it, and when the last of a quarter is lost."""
        chronicle.ground_lost(self, cells, causes)

    def hand_over_pocket(self, outcome: str, cause: str, because: int | None = None) -> None:
        """Let the whole pocket come under the government, and end the run."""
        homes = self.households
        rest = np.flatnonzero(homes.inside & (homes.persons > 0))
        homes.leave(rest, Status.UNDER_NEW_HOLDER)
        self.city.capture(np.flatnonzero(self.city.pocket_ground), GOVERNMENT)
        self.end(outcome, cause, because)

    def end(self, outcome: str, cause: str, because: int | None = None) -> None:
        """End the run with an outcome."""
        self.politics.outcome = outcome
        self.note(outcome, "", f"the siege ended: {outcome.replace('_', ' ')}", cause, because=because)
        self.running = False
