"""The state of a siege: what processes may read, and the few verbs that keep the books.

Who plays the day is the model's part (`SiegeModel`); agents and processes know the state only.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from mesa.agent import Agent, AgentSet
from mesa.discrete_space import Cell, OrthogonalMooreGrid

from siege_sim.errors import SiegeError
from siege_sim.kernels import ground
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray, whole
from siege_sim.model.agents.axis import Axis
from siege_sim.model.agents.facility import Facility, FoodStock, Hospital, Market, Warehouse
from siege_sim.model.agents.household import Household, Households
from siege_sim.model.agents.line import Line
from siege_sim.model.agents.place_agent import make_places_agents
from siege_sim.model.agents.unit import UNIT_CLASSES, Unit, Units
from siege_sim.model.but_for import NOTHING_LEFT_OUT, ButFor
from siege_sim.model.city.grid import City
from siege_sim.model.codes import Status
from siege_sim.model.conditions import Conditions, Politics
from siege_sim.model.events import Event, EventLog
from siege_sim.model.guard import GuardedModel
from siege_sim.model.ledger import Ledger
from siege_sim.schema.series import Series
from siege_sim.schema.sides import BESIEGER, NOBODY

if TYPE_CHECKING:
    from siege_sim.model.city.layers import LayerSpec
    from siege_sim.model.setting import Setting

make_places_agents()

FacilityT = TypeVar("FacilityT", bound=Facility)
ValueT = TypeVar("ValueT", bound=float | str)


class AgentsByType(Mapping[type[Agent], AgentSet]):
    """Mesa's ``agents_by_type``; asking it for `Household` makes the household agents first."""

    def __init__(self, model: SiegeState, registered: dict[type[Agent], AgentSet]) -> None:
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


class SiegeState(GuardedModel):
    """A siege on one day, as a Mesa model that does not yet know what a day does.

    Args:
        setting: day 0.
        actions: the dated actions that may happen, by name.
        seed: the run's seed.
        layers: layers that mechanisms bring along.

    Attributes:
        setting: day 0 as the file gave it.
        actions: the dated actions that may happen, by name.
        city: the grid, its layers and geometry.
        households: the besieged civilians as columns.
        units: both sides' units as columns.
        facilities: hospitals, bakeries, stores and the rest, in a fixed order.
        axes: the besieger's axes of attack.
        ledger: conserved stocks and their flows.
        conditions: what holds for the whole city today.
        politics: condemnation, hope, agreement, ending.
        log: events with their causes.
        but_for: what is left out of this run, if anything.
        day: the last day that was simulated (0 before the first step).
        running: whether the run goes on.
    """

    households: Households
    units: Units

    def __init__(
        self, setting: Setting, actions: Mapping[str, object], seed: int, layers: Iterable[LayerSpec] = ()
    ) -> None:
        self._households_made = False
        super().__init__(rng=seed)
        self.seed = seed
        self.setting = setting
        self.actions = actions
        self.clock = setting.clock
        self.day = 0
        self.city: City = City(setting.city_map, setting.sides, self.random, layers)
        self.city.make_agents = self.make_household_agents
        self.ledger = Ledger()
        self.conditions = Conditions()
        self.politics: Politics = Politics()
        self.log = EventLog()
        self.but_for: ButFor = NOTHING_LEFT_OUT
        self.running: bool = True
        self.pockets_this_morning = self.city.large_pockets
        self.unit_labels: dict[int, tuple[str, str]] = {}
        self.planned_units: dict[tuple[str, int], IntArray] = {}
        self.axes: list[Axis] = []
        self.facilities: list[Facility] = []
        self._lines: dict[int, Line] = {}
        self._unit_agents: dict[int, Unit] = {}
        self._by_kind: dict[type[Facility], list[Any]] = {}

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
            Household(self, self.households, int(row))

    def remove_all_agents(self) -> None:
        """Refuse what Mesa offers: nothing would be left of the siege.

        Raises:
            SiegeError: always.
        """
        raise SiegeError("a siege cannot go on without its people, units and places; make a new model instead")

    def unit(self, row: int) -> Unit:
        """Return the agent of a unit by its row."""
        return self._unit_agents[row]

    def muster(self, row: int) -> None:
        """Make the agent of a unit that comes into being, in the cell of its row."""
        faction, sector = self.unit_labels[row]
        kind = UNIT_CLASSES[int(self.units.side[row])]
        self._unit_agents[row] = kind(self, self.units, row, faction, sector)

    def facilities_of(self, kind: type[FacilityT]) -> list[FacilityT]:
        """Return the facilities of a class (and its subclasses), in their fixed order."""
        if kind not in self._by_kind:
            self._by_kind[kind] = [f for f in self.facilities if isinstance(f, kind)]
        return self._by_kind[kind]

    def facilities_by_pocket(self, kind: type[FacilityT]) -> list[list[FacilityT]]:
        """Return the facilities of a class in each pocket, the largest pocket first, in their fixed order."""
        return self.city.until_ground_changes(("by pocket", kind), lambda: self._sorted_by_pocket(kind))

    def facilities_in_pocket(self, kind: type[FacilityT]) -> list[FacilityT]:
        """Return the facilities of a class on the garrison's ground, in their fixed order."""
        known, name = self.facilities_of(kind), ("in pocket", kind)
        return self.city.until_ground_changes(name, lambda: [f for f in known if f.in_pocket])

    def facilities_on_lost_ground(self, kind: type[FacilityT]) -> list[FacilityT]:
        """Return the facilities of a class on ground that the garrison does not hold, in their fixed order."""
        known, name = self.facilities_of(kind), ("on lost ground", kind)
        return self.city.until_ground_changes(name, lambda: [f for f in known if not f.in_pocket])

    def _sorted_by_pocket(self, kind: type[FacilityT]) -> list[list[FacilityT]]:
        sorted_out: list[list[FacilityT]] = [[] for _ in range(self.city.pocket_count)]
        for facility in self.facilities_in_pocket(kind):
            sorted_out[self.city.pockets[facility.cell_index]].append(facility)
        return sorted_out

    # What processes ask

    def now(self, value: ValueT | Series[ValueT]) -> ValueT:
        """Return what an input that may be a series is today."""
        return value.on(self.day, self.clock) if isinstance(value, Series) else value

    @property
    def share_held(self) -> float:
        """The garrison's ground as a share of what it held on day 0."""
        held, before = self.city.pocket_ground, self.city.held_on_day_0
        if self.city.bridges.any():  # a cut bridge is no loss of ground
            held, before = held & ~self.city.bridges, before & ~self.city.bridges
        return float(np.count_nonzero(held)) / float(np.count_nonzero(before))

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
            self._lines[side] = Line(self.city, self.units, side, change)
        return self._lines[side]

    def in_sector(self, *sectors: str) -> BoolArray:
        """Return which cells belong to one of the sectors."""
        chosen = np.array([quarter.sector in sectors for quarter in self.city.map.quarters])
        return chosen[self.city.layers.quarter]

    def in_sectors(self, sectors: tuple[str, ...]) -> BoolArray:
        """Return which units stand on ground of the given sectors."""
        return self.in_sector(*sectors)[self.units.cell_index]

    def nearest_pocket_cell(self, cell_index: int, reach: int, side: int = NOBODY) -> int | None:
        """Return the cell nearest to a cell that the garrison means to keep, within ``reach`` steps on foot.

        Args:
            cell_index: from where.
            reach: the most steps.
            side: whose units go there; nobody's for people.
        """
        own = self.city.pocket_cells
        own = own[~self.city.layers.given_up[own]]
        if own.size == 0:
            return None
        nearest = self.city.nearest(cell_index, own, side)
        return nearest[0] if nearest is not None and nearest[1] <= reach else None

    def fall_back(self, side: int, cell_index: int) -> None:
        """Let the units of a side that stand in a lost cell go to the nearest ground that their side holds.

        They go on foot; over water only where there is none that they could reach so.
        """
        own = np.flatnonzero(self.city.held_by(side))
        rows = np.flatnonzero(self.units.of(side) & (self.units.cell_index == cell_index))
        if own.size and rows.size:
            on_foot = self.city.nearest(cell_index, own, side)
            refuge, _ = on_foot or ground.nearest(cell_index, own, self.city.shape)
            for row in rows:
                self.unit(int(row)).march_to(refuge)

    def besieger_loses(self, mean: float, cell_index: int, luck: float) -> None:
        """Let the besieger's unit nearest to a cell lose ``mean`` fighters killed, rounded up or down by chance."""
        units = self.units
        rows = np.flatnonzero(units.of(BESIEGER) & (units.fit > 0))
        if rows.size == 0:
            return
        steps = self.city.steps_on_foot(cell_index, BESIEGER)[units.cell_index[rows]]
        nearest = int(rows[np.argmin(steps)])
        killed = int(whole(luck, mean))
        self.unit(nearest).lose(killed, 3 * killed, "killed_in_combat")

    # What processes tell

    def name_of(self, action: object) -> str:
        """Return the name that the scenario gives to a dated action; its kind for one that is not the scenario's."""
        names = (name for name, known in self.actions.items() if known is action)
        return next(names, getattr(action, "kind", ""))

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

    def hand_over_pocket(self, ending: str, cause: str, because: int | None = None) -> None:
        """Let the whole pocket come under the besieger, and end the run."""
        homes = self.households
        rest = np.flatnonzero(homes.inside & (homes.persons > 0))
        homes.leave(rest, Status.UNDER_NEW_HOLDER, BESIEGER)
        self.city.capture(np.flatnonzero(self.city.pocket_ground), BESIEGER)
        self.end(ending, cause, because)

    def end(self, ending: str, cause: str, because: int | None = None) -> None:
        """End the siege; ``ending`` says how."""
        self.politics.ending = ending
        self.note(ending, "", f"the siege ended: {ending.replace('_', ' ')}", cause, because=because)
        self.running = False
