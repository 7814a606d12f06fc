"""Households: the besieged civilians, one row each, and one Mesa agent each for whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from mesa.discrete_space import Cell, CellAgent

from siege_sim.errors import SiegeError
from siege_sim.kernels.hazard import FloatArray, IntArray, binomial
from siege_sim.kernels.rows import add_to_cells, take_members
from siege_sim.model.agents.base import SiegeAgent
from siege_sim.model.agents.columns import Column, Entry, Table
from siege_sim.model.codes import AT_HOME, DISPLACED_INSIDE, Status
from siege_sim.model.ledger import left_to
from siege_sim.schema.sides import BESIEGER_NAME, NOBODY

if TYPE_CHECKING:
    import mesa

    from siege_sim.model.city.grid import City
    from siege_sim.model.ledger import Ledger


class Households(Table):
    """All households as columns, ordered by their first cell.

    ``persons`` counts the living wherever they are, ``mouths`` those in the pocket. Numbers of people change
    only through ``kill``, ``wound``, ``bring_out_wounded``, ``move`` and ``leave``, which keep the books and the
    count of civilians in every cell.

    Attributes:
        agents: the agents that were made of them, by row.
        composition: share of each one's members in every category of rations, a row a category; none without any.
    """

    persons = Column(np.int64, "persons", "Members alive, children included, except those brought out for treatment.")
    mouths = Column(np.float64, "persons", "Members alive in the pocket: `persons`, or 0 once it left.")
    children = Column(np.int64, "persons", "Members under 18 alive.")
    wounded = Column(np.int64, "persons", "Members alive with a wound that has not healed.")
    trapped = Column(np.int64, "persons", "Members under rubble, not yet reached.")
    cell_index = Column(np.int64, "flat index", "The cell in which the household is (its last one inside).")
    home_cell = Column(np.int64, "flat index", "The cell in which it lived on day 0.")
    status = Column(np.int64, "Status", "Where its members are; see `Status`.")
    with_side = Column(np.int64, "side", "Whose ground its members are on once they left the pocket, 0 if nobody's.")
    inside = Column(np.bool_, "yes/no", "Whether it is in the besieged pocket.", default=True)
    food_kcal = Column(np.float64, "kcal", "Food at home.")
    eaten_kcal = Column(np.float64, "kcal/person", "What each member ate today.")
    mass_loss = Column(np.float64, "share", "Share of body mass lost since day 0.")
    fear_of_strikes = Column(np.float64, "0-1", "Fear from strikes and fighting close by; fades with time.")
    fear_of_reprisal = Column(np.float64, "0-1", "Fear of what would happen on the besieger's ground.")
    wants_out = Column(np.bool_, "yes/no", "Whether it is on the lists of an agreed evacuation.")
    buying_power = Column(np.float64, "1 = median", "What the household can pay, relative to the median.")

    def __init__(self, rows: int, city: City, ledger: Ledger, further: Mapping[str, Column[Any]] | None = None) -> None:
        super().__init__(rows, further)
        self._of_members = [name for name, column in self.columns.items() if column.of_members]
        self.city = city
        self.ledger = ledger
        self.agents: dict[int, Household] = {}
        self.composition: FloatArray = np.empty((0, rows))

    def settle(self, rows: slice | IntArray, cells: IntArray, persons: IntArray) -> None:
        """Put people into homes on day 0."""
        self.home_cell[rows] = cells
        self.cell_index[rows] = cells
        self.persons[rows] = persons
        self.mouths[rows] = persons
        add_to_cells(self.city.layers.civilians, cells, persons)

    def kill(self, rows: IntArray, killed: IntArray, cause: str, luck: FloatArray) -> int:
        """Take people from households and book their deaths; return how many died.

        Args:
            rows: distinct row numbers.
            killed: how many die in each of them, at most its persons.
            cause: the flow of the ledger, for example ``"killed_by_air"``.
            luck: a uniform a row, which decides who among the members it is.
        """
        killed = np.minimum(killed, self.persons[rows])
        total = int(killed.sum())
        if total == 0:
            return 0
        self._take_members(rows, killed, luck, "lost_with_the_dead")
        if self.ledger.is_violent("civilians", cause):
            add_to_cells(self.city.layers.civilians_killed, self.cell_index[rows], killed)
        self.ledger.book("civilians", cause, total)
        return total

    def bring_out_wounded(self, rows: IntArray, patients: IntArray, luck: FloatArray) -> int:
        """Bring wounded members out of the pocket for treatment; the rest of their household stays.

        Args:
            rows: distinct row numbers of households in the pocket.
            patients: how many of each one's wounded go.
            luck: a uniform a row, which decides who among the members it is.

        Returns:
            how many people that are.
        """
        patients = np.minimum(patients, self.wounded[rows])
        total = int(patients.sum())
        self.wounded[rows] -= patients
        self._take_members(rows, patients, luck, "left_the_pocket")
        add_to_cells(self.city.layers.civilians_left, self.cell_index[rows], patients)
        self.ledger.book("civilians", "evacuated_for_treatment", total)
        return total

    def _take_members(self, rows: IntArray, taken: IntArray, luck: FloatArray, food_flow: str) -> None:
        """Take members from households; the food of those with nobody left goes out of the books by ``food_flow``."""
        before = self.persons[rows]
        taken_children = np.minimum(binomial(luck, self.children[rows], taken / np.maximum(before, 1)), taken)
        take_members(
            rows,
            taken,
            taken_children,
            self.persons,
            self.mouths,
            self.children,
            self.wounded,
            self.trapped,
            self.inside,
            self.cell_index,
            self.city.layers.civilians,
        )
        for name in self._of_members:
            self.arrays[name][rows] = np.minimum(self.arrays[name][rows], self.persons[rows])
        emptied = rows[before == taken]
        if emptied.size:
            self.ledger.book("food", food_flow, float(self.food_kcal[emptied].sum()))
            self.food_kcal[emptied] = 0.0

    def lose_trapped(self, rows: IntArray, luck: FloatArray) -> None:
        """Count the members whom nobody dug out as killed by air strikes."""
        buried = self.trapped[rows]
        self.trapped[rows] = 0
        self.kill(rows, buried, "killed_by_air", luck)

    def wound(self, rows: IntArray, wounded: IntArray) -> int:
        """Mark members as wounded, at most those who are not yet; return how many."""
        fresh = np.minimum(wounded, self.persons[rows] - self.wounded[rows])
        self.wounded[rows] += fresh
        total = int(fresh.sum())
        self.ledger.book("civilians", "wounded", total)
        return total

    def move(self, rows: IntArray, cells: IntArray) -> None:
        """Move households to other cells inside the pocket."""
        civilians = self.city.layers.civilians
        add_to_cells(civilians, self.cell_index[rows], -self.persons[rows])
        add_to_cells(civilians, cells, self.persons[rows])
        self.cell_index[rows] = cells
        self.status[rows] = np.where(cells == self.home_cell[rows], AT_HOME, DISPLACED_INSIDE)
        self._let_agents_follow(rows)

    def leave(self, rows: IntArray, status: Status, side: int = NOBODY) -> int:
        """Let households leave the pocket (or its ground leave them); return how many people that are.

        What food they have goes out of the pocket's books with them. Members whom nobody dug out are left dead.

        Args:
            rows: distinct row numbers.
            status: where they are from now on.
            side: whose ground that is; needed for `Status.WITH_THIRD_PARTY`.
        """
        buried = rows[self.trapped[rows] > 0]
        if buried.size:
            self.lose_trapped(buried, np.full(buried.size, 0.5))
        people = self.persons[rows]
        cells, layers = self.cell_index[rows], self.city.layers
        add_to_cells(layers.civilians_left, cells, people)
        add_to_cells(layers.recent_departures, cells, people)
        add_to_cells(layers.civilians, cells, -people)
        self.ledger.book("civilians", self._leaving_flow(status, side), int(people.sum()))
        self.ledger.book("food", "left_the_pocket", float(self.food_kcal[rows].sum()))
        self.food_kcal[rows] = 0.0
        self.inside[rows] = False
        self.mouths[rows] = 0.0
        self.status[rows] = status
        self.with_side[rows] = side
        self._let_agents_follow(rows)
        return int(people.sum())

    def _leaving_flow(self, status: Status, side: int) -> str:
        """Return the flow of the ledger that counts who leaves so."""
        return left_to(self.city.sides.name_of(side)) if status == Status.WITH_THIRD_PARTY else LEAVING_FLOWS[status]

    def store(self, row: int, kcal: float) -> None:
        """Let a household have so much food at home, and book what it got or gave away.

        Raises:
            SiegeError: it is no longer in the pocket, where food is counted, or the amount is none.
        """
        if not self.inside[row]:
            raise SiegeError(
                f"household {row} is no longer in the pocket, and only food in the pocket is counted; select those "
                "that are inside first"
            )
        if not 0.0 <= kcal < np.inf:
            raise SiegeError(f"food_kcal is {kcal}, but it must be a number of at least 0")
        more = float(kcal - self.food_kcal[row])
        self.ledger.book("food", "given" if more >= 0.0 else "taken_away", abs(more))
        self.food_kcal[row] = kcal

    def _let_agents_follow(self, rows: IntArray) -> None:
        """Put the agents of households, where there are any, into the cells where those are now."""
        if self.agents:
            for row in np.atleast_1d(rows).tolist():
                if row in self.agents:
                    self.agents[row].take_its_place()

    def drop_agents_of_the_dead(self) -> None:
        """Let the agents of households with nobody left go."""
        if self.agents:
            for row in np.flatnonzero(self.persons == 0).tolist():
                if row in self.agents:
                    self.agents[row].remove()


LEAVING_FLOWS = {
    Status.WITH_BESIEGER: left_to(BESIEGER_NAME),
    Status.UNDER_NEW_HOLDER: "came_under_new_holder",
    Status.EVACUATED: "evacuated",
    Status.OUT_BY_ROAD: "left_by_road",
}


class Household(SiegeAgent, CellAgent):
    """One household: a registered Mesa agent whose numbers live in ``model.households``.

    Made only when somebody asks for it; a run without questions makes none. Once it is no longer in the pocket it is in
    no Mesa cell; ``cell_index`` keeps its last one.
    """

    persons = Entry(Households.persons, int, read_only=True)
    children = Entry(Households.children, int, read_only=True)
    wounded = Entry(Households.wounded, int, read_only=True)
    trapped = Entry(Households.trapped, int, read_only=True)
    cell_index = Entry(Households.cell_index, int, read_only=True)
    home_cell = Entry(Households.home_cell, int, read_only=True)
    inside = Entry(Households.inside, bool, read_only=True)
    with_side = Entry(Households.with_side, int, read_only=True)
    mouths = Entry(Households.mouths, float, read_only=True)
    wants_out = Entry(Households.wants_out, bool)
    eaten_kcal = Entry(Households.eaten_kcal, float)
    mass_loss = Entry(Households.mass_loss, float)
    fear_of_strikes = Entry(Households.fear_of_strikes, float)
    fear_of_reprisal = Entry(Households.fear_of_reprisal, float)
    buying_power = Entry(Households.buying_power, float)

    def __init__(self, model: mesa.Model, households: Households, row: int) -> None:
        self.row = row
        self.table = households
        super().__init__(model)
        households.agents[row] = self
        self.take_its_place()

    @property
    def food_kcal(self) -> float:
        """Food at home. What it gets or gives away when this is set is booked."""
        return float(self.table.food_kcal[self.row])

    @food_kcal.setter
    def food_kcal(self, kcal: float) -> None:
        self.table.store(self.row, kcal)

    def __getattr__(self, name: str) -> Any:
        """Read a column that a mechanism brought along."""
        table = self.__dict__.get("table")
        if table is None or name not in table.further:
            raise AttributeError(f"{type(self).__name__} has no attribute '{name}'")
        return table.arrays[name][self.row].item()

    def __setattr__(self, name: str, value: Any) -> None:
        """Write into a column that a mechanism brought along; set anything else as usual."""
        table = self.__dict__.get("table")
        if table is None or name not in table.further:
            super().__setattr__(name, value)
        elif table.further[name].of_members:
            raise AttributeError(f"{name} is read-only, because it counts members; write model.households.{name}")
        else:
            table.arrays[name][self.row] = value

    @property
    def adults(self) -> int:
        """Members of 18 and over."""
        return self.persons - self.children

    @property
    def status(self) -> Status:
        """Where its members are."""
        return Status(int(self.table.status[self.row]))

    @property
    def cell(self) -> Cell | None:
        """The Mesa cell of the pocket in which it is. It moves when this is set."""
        cell: Cell | None = CellAgent.cell.fget(self)
        return cell

    @cell.setter
    def cell(self, cell: Cell | None) -> None:
        city = self.table.city
        index = -1 if cell is None else city.index_of(cell.coordinate)
        if not self.inside or index < 0 or not city.pocket_ground[index]:
            raise SiegeError(
                f"household {self.row} can be moved only within the pocket, and only while it is there; let it leave "
                "with model.households.leave"
            )
        self.table.move(np.array([self.row]), np.array([index]))

    def take_its_place(self) -> None:
        """Be found in the cell in which the household is now; in none once it is no longer in the pocket."""
        cell = self.table.city.cells[self.cell_index] if self.inside else None
        if cell is not self.cell:
            CellAgent.cell.fset(self, cell)

    def remove(self) -> None:
        """Leave the model, once nobody of the household is left.

        Raises:
            SiegeError: somebody is.
        """
        if self.persons:
            raise SiegeError(
                f"household {self.row} has {self.persons} members and cannot be removed; use "
                "model.households.leave or model.households.kill"
            )
        self.table.agents.pop(self.row, None)
        super(CellAgent, self).remove()
        CellAgent.cell.fset(self, None)

    @property
    def quarter(self) -> str:
        """The name of the quarter in which it is."""
        return self.table.city.quarter_name(self.cell_index)

    def __repr__(self) -> str:
        return f"Household({self.row}: {self.persons} persons, {self.quarter}, {self.status.name.lower()})"
