"""The city as a Mesa grid: cells, layers, and who holds what."""

from __future__ import annotations

import copyreg
from collections.abc import Callable, Hashable, Iterable
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from mesa.discrete_space import Cell, OrthogonalMooreGrid

from siege_sim.kernels import ground
from siege_sim.kernels.ground import Shape
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray
from siege_sim.model.city.layers import KM2_AS_DRAWN, LAYERS, Layers, LayerSpec
from siege_sim.schema.sides import BESIEGER, GARRISON, NOBODY, SMALLEST_POCKET_CELLS

if TYPE_CHECKING:
    from random import Random

    from siege_sim.model.city.map import CityMap
    from siege_sim.schema.sides import Sides

T = TypeVar("T")

STRUCTURES_A_BUILT_CELL = 600.0
"""Structures on a fully built cell of 400 m, to turn counts of damaged structures into a share of floor area
(assumed: a footprint of about 200 square metres and a third of the ground in streets and yards)."""

SHARE_OF_DAMAGE_IN_RUINS = 0.35
"""Floor area that is rubble, per damaged structure (UNOSAT's classes on 18 Sep 2016: 13 % destroyed, 41 %
severely and 46 % moderately damaged; weighed 1, 1/2 and 0)."""


@cache
def _ways(shape: Shape) -> list[dict[tuple[int, int], int]]:
    """Return each cell's neighbours as flat indices, by the step that leads to them."""
    rows, columns = shape
    steps = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if down or right]

    def ways_from(row: int, column: int) -> dict[tuple[int, int], int]:
        near = {(down, right): (row + down, column + right) for down, right in steps}
        return {step: i * columns + j for step, (i, j) in near.items() if 0 <= i < rows and 0 <= j < columns}

    return [ways_from(row, column) for row in range(rows) for column in range(columns)]


class CityCell(Cell):
    """Mesa's cell. Asking it for agents makes those that are made only when somebody asks.

    It is copied and saved as what it is: a place in a city.
    """

    __slots__ = ()
    city: City

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return City.cell_at, (self.city, self.city.index_of(self.coordinate))

    @property
    def agents(self) -> list[Any]:
        """The agents in the cell: units, facilities, households in the pocket."""
        self.city.make_agents()
        return self._agents.copy()

    @property
    def is_empty(self) -> bool:
        """Whether no agent that was made so far is in the cell."""
        return not self._agents

    def get_neighborhood(self, radius: int = 1, include_center: bool = False) -> Any:
        """Return the cells around it, as Mesa does."""
        self.city.make_agents()
        return super().get_neighborhood(radius, include_center)

    def __repr__(self) -> str:
        return f"Cell({self.coordinate}, {self.city.quarter_name(self.city.index_of(self.coordinate))})"


class CityGrid(OrthogonalMooreGrid):
    """Mesa's grid, connected in one go: cell by cell it takes as long as all else that is built for a run."""

    def __init__(self, city: City, random: Random) -> None:
        super().__init__(city.shape, torus=False, random=random, cell_klass=CityCell)
        self.city = city
        self.cell_klass.city = city
        # Mesa registers each grid's own cell class with copyreg for ever, and with it every layer.
        copyreg.dispatch_table.pop(self.cell_klass, None)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return getattr, (self.city, "grid")

    @property
    def agents(self) -> Any:
        """All agents that are in a cell."""
        self.city.make_agents()
        return super().agents

    @property
    def layers(self) -> dict[str, Any]:
        """All property layers by name, also those that a user has added."""
        return dict(self._mesa_property_layers)

    def _connect_cells_2d(self) -> None:
        cells = list(self._cells.values())
        for cell, ways in zip(cells, _ways(tuple(self.dimensions)), strict=True):
            cell.connections.update({step: cells[number] for step, number in ways.items()})


def _make_none() -> None:
    """Make no agents: there is a city, but no model yet."""


MANNED_M = 600.0
"""How far from its place a unit mans the line, in metres; rounded down to whole cells."""


class City:
    """The ground of a run: a Mesa grid, its layers, and geometry that follows from who holds what.

    Geometry is worked out when asked for and kept until a cell changes hands.

    Attributes:
        make_agents: makes the agents that are made only when somebody asks.
    """

    def __init__(self, city_map: CityMap, sides: Sides, random: Random, layers: Iterable[LayerSpec] = ()) -> None:
        self.map = city_map
        self.sides = sides
        self.shape: Shape = city_map.shape
        self.n_cells = self.shape[0] * self.shape[1]
        self.cell_km2 = (city_map.cell_size_m / 1000.0) ** 2
        self.grid = CityGrid(self, random)
        self.cells: list[Cell] = [self.grid[divmod(i, self.shape[1])] for i in range(self.n_cells)]
        self.layers = Layers(self.grid, layers)
        self.around = ground.neighbour_table(self.shape)
        self.manned = ground.box_table(self.shape, int(MANNED_M / city_map.cell_size_m))
        self.make_agents: Callable[[], None] = _make_none
        self.changes = 0
        self._known: dict[Hashable, object] = {}
        self._pressed: BoolArray | None = None
        self._furnish()

    def _furnish(self) -> None:
        layers, drawn = self.layers, self.map
        layers.holder[:] = drawn.holders(self.sides.codes)
        layers.quarter[:] = drawn.quarter_index
        layers.built_up[:] = drawn.per_cell("built_up")
        area = self.cell_km2 / KM2_AS_DRAWN
        structures = np.maximum(layers.built_up, 0.02) * STRUCTURES_A_BUILT_CELL * area
        damaged = np.minimum(drawn.per_cell("damaged_structures") / structures, 1.0)
        layers.rubble[:] = damaged * SHARE_OF_DAMAGE_IN_RUINS
        layers.days_held[:] = 365
        self.held_on_day_0: BoolArray = self.layers.holder == GARRISON
        self.bridges: BoolArray = np.isin(layers.quarter, [i for i, q in enumerate(drawn.quarters) if q.is_bridge])

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        """Copy and save a city as its map, with what has changed on it: layers, agents in cells, and what is known."""
        state = {name: value for name, value in vars(self).items() if name not in BUILT_FROM_MAP}
        layers = {name: layer.data for name, layer in self.grid.layers.items()}
        agents = {index: list(cell._agents) for index, cell in enumerate(self.cells) if cell._agents}
        further = self.layers.specs[len(LAYERS) :]
        return type(self), (self.map, self.sides, self.grid.random, further), (state, layers, agents)

    def __setstate__(self, state: tuple[dict[str, Any], dict[str, Any], dict[int, list[Any]]]) -> None:
        attributes, layers, agents = state
        vars(self).update(attributes)
        for name, data in layers.items():
            if name not in self.grid.layers:
                self.grid.create_property_layer(name, default_value=data.flat[0], dtype=data.dtype.type)
            self.grid.layers[name].data[...] = data
        for index, here in agents.items():
            for agent in here:
                self.cells[index].add_agent(agent)

    def cell_at(self, cell_index: int) -> Cell:
        """Return the Mesa cell of a flat index."""
        return self.cells[cell_index]

    def index_of(self, coordinate: tuple[int, ...]) -> int:
        """Return the flat index of a cell's coordinate ``(row, column)``."""
        return int(coordinate[0]) * self.shape[1] + int(coordinate[1])

    def quarter_name(self, cell_index: int) -> str:
        """Return the name of the quarter that a cell belongs to."""
        return self.map.quarters[int(self.layers.quarter[cell_index])].name

    def held_by(self, holder: int) -> BoolArray:
        """Return the cells that ``holder`` holds."""
        return self.layers.holder == holder

    def capture(self, cells: IntArray, holder: int) -> None:
        """Let cells change hands. Works and garrison of the old holder are gone."""
        layers = self.layers
        layers.holder[cells] = holder
        layers.days_held[cells] = 0
        layers.entrenchment[cells] = 0.0
        layers.defenders[cells] = 0.0
        self._forget()
        self.changes += 1

    def _forget(self) -> None:
        """Drop all that follows from who holds what: it is worked out anew when somebody asks."""
        self._known.clear()
        for name in FOLLOWS_FROM_GROUND:
            self.__dict__.pop(name, None)

    def press(self, cells: IntArray, axis: int, odds: FloatArray) -> None:
        """Put cells under assault by an axis for today."""
        self.layers.pressed_by[cells] = axis
        self.layers.odds[cells] = odds
        self._pressed = None
        self.changes += 1

    def lift_pressure(self) -> None:
        """End yesterday's assaults."""
        if self.pressed.any():
            self.layers.pressed_by[:] = -1
            self.layers.odds[:] = 0.0
            self._pressed = None
            self.changes += 1

    @property
    def pressed(self) -> BoolArray:
        """Cells under assault today."""
        if self._pressed is None:
            self._pressed = self.layers.pressed_by >= 0
        return self._pressed

    @property
    def left(self) -> BoolArray:
        """The garrison's cells that it has left, by order or by agreement, and that nobody has occupied yet."""
        return self.pocket_ground & self.layers.given_up

    @property
    def fired_at(self) -> BoolArray:
        """The garrison's cells that it has not left, and that are under no cease-fire of a deal."""
        return self.pocket_ground & ~self.layers.given_up & (self.layers.under_deal == 0)

    @property
    def assailable(self) -> BoolArray:
        """Those of them that touch the besieger's ground."""
        return self.front & self.fired_at

    def until_ground_changes(self, name: Hashable, work_out: Callable[[], T]) -> T:
        """Return what ``work_out`` finds, found only once as long as no cell changes hands."""
        if name not in self._known:
            self._known[name] = work_out()
        return self._known[name]  # type: ignore[return-value]

    @cached_property
    def passable(self) -> BoolArray:
        """Cells that somebody holds: all but water, impassable ground, what lies outside the city, and cut bridges."""
        return self.layers.holder != NOBODY

    @cached_property
    def lost_ground(self) -> BoolArray:
        """Cells that somebody else than the garrison holds."""
        return self.passable & ~self.pocket_ground

    def walkable(self, side: int = NOBODY) -> BoolArray:
        """Return the cells over which a side's units can march: no bridge that others hold; without a side, people."""
        if side == NOBODY or not self.bridges.any():
            return self.passable
        return self.until_ground_changes(
            f"walkable by {side}", lambda: self.passable & (~self.bridges | self.held_by(side))
        )

    def nearest(self, cell_index: int, candidates: IntArray, side: int = NOBODY) -> tuple[int, int] | None:
        """Return the candidate that is nearest on foot, the first among equals, and the steps there.

        Args:
            cell_index: from where.
            candidates: at least one cell; each can be entered, whoever holds it.
            side: whose units march; nobody's for people.

        Returns:
            The cell and the steps; None where none can be reached.
        """
        open_ground = self.walkable(side)
        if open_ground.all():
            return ground.nearest(cell_index, candidates, self.shape)
        steps = self.steps_on_foot(cell_index, side, candidates)[candidates]
        fewest = int(steps.min())
        return None if fewest == ground.UNREACHED else (int(candidates[steps.argmin()]), fewest)

    def steps_on_foot(self, cell_index: int, side: int = NOBODY, entered: IntArray | None = None) -> IntArray:
        """Return the steps on foot from a cell to all others; those ``entered`` can be, whoever holds them."""
        start, open_ground = np.zeros(self.n_cells, dtype=np.bool_), self.walkable(side)
        start[cell_index] = True
        if entered is not None:
            open_ground = open_ground.copy()
            open_ground[entered] = True
        return ground.steps_from(start, open_ground, self.shape)

    def within(self, cells: BoolArray, steps: int, side: int = NOBODY) -> BoolArray:
        """Return the given cells and those at most so many steps on foot from one of them."""
        open_ground = self.walkable(side)
        if open_ground.all():
            return ground.dilate(cells, self.shape, steps)
        return ground.steps_from(cells, open_ground, self.shape, farthest=steps) <= steps

    def marches(self, side: int) -> IntArray:
        """Return a label for every cell; a side's units can march between cells of one label.

        Parts of the besieger's ground that water divides are one where they reach the edge of the map: it goes round.
        """
        return self.until_ground_changes(f"marches of {side}", lambda: self._label_marches(side))

    def _label_marches(self, side: int) -> IntArray:
        labels = ground.components(self.walkable(side), self.shape)
        if side == BESIEGER and labels.max(initial=-1) > 0:
            edge = np.pad(np.zeros((self.shape[0] - 2, self.shape[1] - 2), dtype=np.bool_), 1, constant_values=True)
            outward = np.unique(labels[edge.ravel() & self.held_by(side)])
            labels = np.where(np.isin(labels, outward), outward.min(initial=0), labels)
        return labels

    @cached_property
    def pocket_ground(self) -> BoolArray:
        """Cells that the garrison holds."""
        return self.held_by(GARRISON)

    @cached_property
    def pocket_cells(self) -> IntArray:
        """The same cells as flat indices."""
        return np.flatnonzero(self.pocket_ground)

    @cached_property
    def pockets(self) -> IntArray:
        """The pocket each of the garrison's cells belongs to: 0 the largest, -1 elsewhere."""
        return ground.components(self.pocket_ground, self.shape)

    @cached_property
    def pocket_count(self) -> int:
        """How many separate pockets the garrison holds."""
        return int(self.pockets.max(initial=-1)) + 1

    @cached_property
    def large_pockets(self) -> int:
        """How many pockets are more than a scrap of ground."""
        sizes = np.bincount(self.pockets[self.pocket_ground], minlength=1)
        return int((sizes * self.cell_km2 >= SMALLEST_POCKET_CELLS * KM2_AS_DRAWN - 1e-9).sum())

    @cached_property
    def front(self) -> BoolArray:
        """The garrison's cells that touch the besieger's ground."""
        return ground.touching(self.pocket_ground, self.held_by(BESIEGER), self.shape)

    @cached_property
    def siege_line(self) -> BoolArray:
        """The besieger's cells that touch the garrison's ground."""
        return ground.touching(self.held_by(BESIEGER), self.pocket_ground, self.shape)

    @cached_property
    def hostile_share(self) -> FloatArray:
        """Share of each cell's eight neighbours that the besieger holds (beyond the map counts as quiet)."""
        return ground.neighbour_sum(self.held_by(BESIEGER), self.shape) / 8.0

    @cached_property
    def held_by_quarter(self) -> IntArray:
        """How many cells of each quarter the garrison holds."""
        return np.bincount(self.layers.quarter[self.pocket_ground], minlength=len(self.map.quarters))

    @cached_property
    def exit_width(self) -> IntArray:
        """How wide a way joins each of the garrison's cells to the main body; 0 when cut off."""
        return ground.exit_width(self.pocket_ground, self.shape)

    def next_to(self, holder: int) -> BoolArray:
        """Return the garrison's cells that touch ground of ``holder``."""
        return self.until_ground_changes(
            f"next to {holder}", lambda: ground.touching(self.pocket_ground, self.held_by(holder), self.shape)
        )

    def steps_to(self, holder: int) -> IntArray:
        """Return the steps on foot from each cell to the nearest one that ``holder`` holds."""
        return self.until_ground_changes(
            f"steps to {holder}", lambda: ground.steps_from(self.held_by(holder), self.passable, self.shape)
        )


FOLLOWS_FROM_GROUND = tuple(name for name, what in vars(City).items() if isinstance(what, cached_property))
"""The attributes of a city that are kept until a cell changes hands."""

BUILT_FROM_MAP = ("map", "shape", "n_cells", "cell_km2", "grid", "cells", "layers", "around", "manned")
"""The attributes of a city that its map decides on, and the objects whose contents are copied into new ones."""
