"""Bridges: which of them are open, by date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from siege_sim.errors import did_you_mean
from siege_sim.kernels import ground
from siege_sim.model import chronicle
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import Problem
from siege_sim.schema.clock import Clock
from siege_sim.schema.dated import DatedNumbers
from siege_sim.schema.series import Series
from siege_sim.schema.sides import GARRISON, NOBODY

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.kernels.hazard import IntArray
    from siege_sim.model.setting import Setting
    from siege_sim.model.state import SiegeState

OpenByDate = Annotated[float | Series[float], DatedNumbers(ge=0.0, le=1.0)]
"""1 while a bridge is open, 0 while it is cut."""


class Bridges(Process):
    """Bridges of the map are open or cut, by date.

    A cut bridge is nobody's ground: fighters on it fall back, people on it go to the nearest ground of the garrison,
    and two banks that it alone joined are two pockets. A bridge that is opened again belongs to the side that holds
    most of the ground beside it. Bridges that are not named stay open.
    """

    kind: Literal["bridges"] = "bridges"
    phase: ClassVar[Phase] = Phase.EXOGENOUS
    about: ClassVar[tuple[str, ...]] = ("day_pocket_split", "garrison_area_share")
    inputs: ClassVar[tuple[str, ...]] = ("open",)
    neutral: ClassVar[Mapping[str, Any]] = {"open": {}}

    open: dict[str, OpenByDate] = Field({})
    """By a bridge's name on the map: 1 (open) or 0 (cut), or such numbers by date. Before the first date it is open,
    unless `before` says otherwise."""

    def problems_in(self, setting: Setting) -> Iterator[Problem]:
        """Yield bridges that the map does not have, and values that are neither open nor cut."""
        known = setting.city_map.bridges
        for name, states in self.open.items():
            if name not in known:
                hint = did_you_mean(name, known) if known else " and no other"
                yield ("open", name), f"the map has no bridge '{name}'{hint}"
            values = [value for _, value in states.steps] if isinstance(states, Series) else [states]
            if any(value not in (0.0, 1.0) for value in values):
                yield ("open", name), "a bridge is open (1) or cut (0), and nothing between"

    def set_up(self, model: SiegeState) -> None:
        """Cut the bridges that are cut on day 0, before anybody is placed."""
        for name in self.open:
            if not self._is_open(name, 0, model.clock):
                model.city.capture(model.city.map.bridges[name], NOBODY)

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Open and cut bridges as of today."""
        bridges = model.city.map.bridges
        for name in self.open:
            cells = bridges.get(name, np.empty(0, dtype=np.int64))
            passable = model.city.passable[cells]
            if self._is_open(name, model.day, model.clock):
                _open(model, name, cells[~passable])
            else:
                _cut(model, name, cells[passable])

    def _is_open(self, name: str, day: int, clock: Clock) -> bool:
        """Return whether a bridge is open on a day."""
        state = self.open[name]
        if not isinstance(state, Series):
            return bool(state)
        first = min(clock.day_of(step) for step, _ in state.steps)
        return bool(state.on(day, clock)) if day >= first or state.before is not None else True


def _cut(model: SiegeState, name: str, cells: IntArray) -> None:
    """Let a bridge become nobody's ground, and whoever is on it leave it."""
    if cells.size == 0:
        return
    holders, pockets = model.city.layers.holder[cells], model.city.large_pockets
    model.city.capture(cells, NOBODY)
    for cell, side in zip(cells.tolist(), holders.tolist(), strict=True):
        model.fall_back(side, cell)
    _leave(model, cells)
    chronicle.bridge_cut(model, name, cells[holders == GARRISON], pockets)


def _leave(model: SiegeState, cells: IntArray) -> None:
    """Let people on a cut bridge go to the nearest ground of the garrison; without any they stay where they are."""
    homes = model.households
    for cell in cells.tolist():
        rows = np.flatnonzero(homes.inside & (homes.cell_index == cell) & (homes.persons > 0))
        refuge = model.nearest_pocket_cell(cell, model.city.n_cells) if rows.size else None
        if refuge is not None:
            homes.move(rows, np.full(rows.size, refuge))


def _open(model: SiegeState, name: str, cells: IntArray) -> None:
    """Give each span of a bridge to the side that holds most of the ground beside it."""
    if cells.size == 0:
        return
    city, pockets = model.city, model.city.large_pockets
    closed = np.zeros(city.n_cells, dtype=np.bool_)
    closed[cells] = True
    spans = ground.components(closed, city.shape)
    holders = set()
    for span in range(int(spans.max()) + 1):
        mine = np.flatnonzero(spans == span)
        holder = _holder_beside(model, mine)
        if holder != NOBODY:
            city.capture(mine, holder)
            holders.add(holder)
    if holders:
        chronicle.bridge_opened(model, name, sorted(holders), pockets)


def _holder_beside(model: SiegeState, span: IntArray) -> int:
    """Return who holds most of the ground beside a span (among equals its holder on day 0), or nobody."""
    city = model.city
    here = np.zeros(city.n_cells, dtype=np.bool_)
    here[span] = True
    beside = ground.dilate(here, city.shape) & ~here & city.passable & ~city.bridges
    cells_of = np.bincount(city.layers.holder[beside], minlength=len(city.sides.codes) + 1)
    if not beside.any():
        return NOBODY
    first = int(city.map.holders(city.sides.codes)[span[0]])
    return first if cells_of[first] == cells_of.max() else int(cells_of.argmax())
