"""Armed units: groups of the garrison and formations of the besieger, of about a hundred fighters each.

A unit is a Mesa cell agent with methods; its numbers stand in one small table, so that the line can be
counted with array functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from mesa.discrete_space import Cell, CellAgent

from siege_sim.errors import SiegeError
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray
from siege_sim.model.agents.base import SiegeAgent
from siege_sim.model.agents.columns import Column, Entry, Table
from siege_sim.model.codes import GONE, STOCKS, Posture
from siege_sim.schema.sides import BESIEGER, GARRISON

if TYPE_CHECKING:
    import mesa
    from numpy.random import Generator

    from siege_sim.model.city.grid import City
    from siege_sim.model.ledger import Ledger


class Units(Table):
    """All armed units of both sides as columns."""

    side = Column(np.int64, "side", "The garrison (1) or the besieger (2).")
    fit = Column(np.int64, "fighters", "Fighters fit for duty.")
    wounded = Column(np.int64, "fighters", "Fighters wounded, not yet back.")
    opening = Column(np.int64, "fighters", "Fighters on day 0.")
    cell_index = Column(np.int64, "flat index", "Where the unit stands.")
    posture = Column(np.int64, "Posture", "Its current task; see `Posture`.")
    cohesion = Column(np.float64, "0-1", "Will and ability to act together: 1 fresh, 0 broken.", default=1.0)
    fatigue = Column(np.float64, "0-1", "Wear from days in action.")
    ammunition = Column(np.float64, "0-1", "Share of a full load.", default=1.0)
    fed = Column(np.float64, "share", "Share of the day's need that its fighters ate.", default=1.0)
    quality = Column(np.float64, "1 = average", "Training and arms, as a factor on fighting strength.")
    vanguard = Column(np.bool_, "yes/no", "Whether the unit leads assaults.")
    axis = Column(np.int64, "number", "The axis of attack it belongs to, -1 for none.", default=-1)
    group = Column(np.int64, "number", "The group or formation it belongs to, counted over both sides.", default=-1)
    deal = Column(np.int64, "number", "The deal of its group by which it leaves, 0 for none.")

    def __init__(self, rows: int, city: City, ledger: Ledger) -> None:
        super().__init__(rows)
        self.city = city
        self.ledger = ledger
        self.changes = 0
        """How often a unit has moved, come or gone."""
        self.musters = 0
        """How often one has come or gone."""
        self._known: dict[int, tuple[BoolArray, IntArray]] = {}
        self._known_at = -1

    @property
    def standing(self) -> BoolArray:
        """Units that still exist."""
        return self.posture != GONE

    def luck(self, rng: Generator, draws: int) -> FloatArray:
        """Return uniforms for every unit, shape ``(draws, units)``.

        Draw them last: a scenario with more reinforcements has more units, and the luck of the others stays the same.
        """
        return rng.random((self.rows, draws)).T

    def of(self, side: int) -> BoolArray:
        """Units of one side that still exist."""
        return self._of(side)[0]

    def rows_of(self, side: int) -> IntArray:
        """The same as rows."""
        return self._of(side)[1]

    def _of(self, side: int) -> tuple[BoolArray, IntArray]:
        if self._known_at != self.musters:
            self._known, self._known_at = {}, self.musters
        if side not in self._known:
            standing = (self.side == side) & (self.posture != GONE)
            self._known[side] = standing, np.flatnonzero(standing)
        return self._known[side]


class Unit(SiegeAgent, CellAgent):
    """One armed unit."""

    side = Entry(Units.side, int, read_only=True)
    fit = Entry(Units.fit, int, read_only=True)
    wounded = Entry(Units.wounded, int, read_only=True)
    opening = Entry(Units.opening, int, read_only=True)
    cell_index = Entry(Units.cell_index, int, read_only=True)
    cohesion = Entry(Units.cohesion, float)
    fatigue = Entry(Units.fatigue, float)
    ammunition = Entry(Units.ammunition, float)
    fed = Entry(Units.fed, float)
    quality = Entry(Units.quality, float)
    vanguard = Entry(Units.vanguard, bool)
    axis = Entry(Units.axis, int, read_only=True)
    group = Entry(Units.group, int, read_only=True)
    deal = Entry(Units.deal, int, read_only=True)

    stock = ""
    """The account of the ledger that counts this unit's fighters."""

    def __init__(self, model: mesa.Model, units: Units, row: int, faction: str, sector: str) -> None:
        super().__init__(model)
        self.row = row
        self.table = units
        self.faction = faction
        self.sector = sector
        self.table.musters += 1
        self.cell = units.city.cells[self.cell_index]

    @property
    def posture(self) -> Posture:
        """What the unit is set on."""
        return Posture(int(self.table.posture[self.row]))

    @posture.setter
    def posture(self, posture: Posture) -> None:
        self.table.posture[self.row] = posture

    @property
    def cell(self) -> Cell | None:
        """The Mesa cell in which the unit stands."""
        cell: Cell | None = CellAgent.cell.fget(self)
        return cell

    @cell.setter
    def cell(self, cell: Cell | None) -> None:
        if cell is self.cell:
            return
        CellAgent.cell.fset(self, cell)
        self.table.changes += 1
        if cell is not None:
            self.table.cell_index[self.row] = self.table.city.index_of(cell.coordinate)

    @property
    def quarter(self) -> str:
        """The name of the quarter in which the unit stands."""
        return self.table.city.quarter_name(self.cell_index)

    def march_to(self, cell_index: int) -> None:
        """Go to another cell."""
        self.cell = self.table.city.cells[cell_index]

    def lose(self, killed: int, wounded: int, cause: str) -> None:
        """Take losses and book them; never more than are fit."""
        killed = min(killed, self.fit)
        wounded = min(wounded, self.fit - killed)
        self.table.fit[self.row] -= killed + wounded
        self.table.wounded[self.row] += wounded
        self.table.ledger.book(self.stock, cause, killed)
        if self.fit + self.wounded == 0:
            self.disband()

    def give_up(self, flow: str = "surrendered") -> int:
        """Lay down arms: every fighter leaves the books by ``flow``; return how many."""
        people = self.fit + self.wounded
        self.table.ledger.book(self.stock, flow, people)
        self.table.fit[self.row] = self.table.wounded[self.row] = 0
        self.disband()
        return people

    def disband(self) -> None:
        """Cease to exist as a unit."""
        self.posture = Posture.GONE
        self.table.changes += 1
        self.table.musters += 1
        super().remove()

    def remove(self) -> None:
        """Leave the model, as Mesa's agents do; whoever is left in the unit lays down arms.

        Raises:
            SiegeError: fighters of its side do not lay down arms.
        """
        if "surrendered" not in self.table.ledger.stocks[self.stock].flows:
            raise SiegeError(f"{self!r} cannot be removed: its fighters do not lay down arms; use its method lose")
        self.give_up()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.row}: {self.faction}, {self.fit} fit, {self.quarter})"


class GarrisonUnit(Unit):
    """A group of the garrison."""

    stock = STOCKS[GARRISON]


class BesiegerUnit(Unit):
    """A formation of the besieger: army, or an allied or local militia."""

    stock = STOCKS[BESIEGER]


UNIT_CLASSES: dict[int, type[Unit]] = {GARRISON: GarrisonUnit, BESIEGER: BesiegerUnit}

RebelUnit, RegimeUnit = GarrisonUnit, BesiegerUnit
"""The same classes, by the words of the first case's users."""
