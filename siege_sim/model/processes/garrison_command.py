"""Command of the garrison: keeping reserves, and moving them to where the line is thin or pressed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels import frontage
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray
from siege_sim.model import front
from siege_sim.model.codes import HOLD, RESERVE
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.agents.line import Line
    from siege_sim.model.state import SiegeState


class GarrisonCommand(Process):
    """Command moves units so that each front cell has an equal share of its pocket's fighters, more under assault.

    Units whose stretch of front has moved away are reserves and go first, along interior lines, to where most
    fighters are missing; then units from stretches with more than their share. A group that `keeps_to_sectors` is sent
    nowhere else: groups may not help one another.
    """

    kind: Literal["garrison_command"] = "garrison_command"
    stream: ClassVar[str] = "processes.rebel_command"
    phase: ClassVar[Phase] = Phase.COMMAND
    about: ClassVar[tuple[str, ...]] = ("garrison_area_share", "days_to_half")
    off_means: ClassVar[str] = "no units are moved to weak parts of the line"
    neutral: ClassVar[Mapping[str, Any]] = {"moves_per_day": 0}

    moves_per_day: int = param(5, unit="units/day", plausible=(2, 12), ge=0, le=1000)
    """Units that command can send elsewhere in a day."""
    reach_m: float = param(4000.0, unit="m", plausible=(2000, 8000), le=1e6, ge=1.0)
    """How far a unit goes in a day."""
    under_pressure: float = param(2.3, unit="factor", plausible=(1.5, 4), ge=1.0, le=20.0)
    """How many times as many defenders a cell under assault should have."""
    kept_back: float = share(0.1, plausible=(0.0, 0.2))
    """Share of the units kept in reserve while the line is not pressed anywhere."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Name the reserves, then send units where they are lacking."""
        city, units = model.city, model.units
        if self.moves_per_day == 0 or not city.front.any():
            return
        line = model.line(GARRISON)
        manning = line.per_unit(city.front) > 0.0
        units.posture[line.rows] = np.where(manning, HOLD, RESERVE)
        free = units.deal[line.rows] == 0
        reserves = line.rows[~manning & free]
        if not city.pressed.any():
            reserves = reserves[round(self.kept_back * line.rows.size) :]
        lacking = self._lacking(model, line)
        surplus = -line.per_unit(lacking)
        too_many = manning & free & (surplus > 0.0)
        ample = line.rows[too_many]
        ample = ample[np.argsort(-surplus[too_many], kind="stable")]
        sent = np.concatenate([reserves, ample])[: self.moves_per_day]
        for rows, open_to_them in self._who_may_go_where(model, sent):
            goals = frontage.destinations(
                rows,
                units.cell_index,
                units.fit,
                lacking,
                city.assailable & open_to_them,
                city.pockets,
                city.walkable(GARRISON),
                city.manned,
                front.steps_of(model, self.reach_m),
                city.shape[1],
            )
            for row, goal in zip(rows.tolist(), goals.tolist(), strict=True):
                if goal >= 0:
                    model.unit(row).march_to(goal)
                    units.posture[row] = HOLD

    def _who_may_go_where(self, model: SiegeState, sent: IntArray) -> list[tuple[IntArray, BoolArray]]:
        """Return units in parts, with the cells to which each part may be sent: its sectors, or everywhere."""
        groups = {name: group for name, group in model.setting.forces.garrison.items() if group.keeps_to_sectors}
        names = np.array([model.unit_labels[row][0] for row in sent.tolist()], dtype=np.str_)
        parts = [(sent[names == name], model.in_sector(*group.sectors)) for name, group in groups.items()]
        return [(sent[~np.isin(names, list(groups))], np.ones(model.city.n_cells, dtype=np.bool_)), *parts]

    def _lacking(self, model: SiegeState, line: Line) -> FloatArray:
        """Return how many fighters each front cell lacks of its due; below zero where it has more."""
        city = model.city
        asked = city.assailable * np.where(city.pressed, self.under_pressure, 1.0)
        present = line.present
        due = np.zeros(city.n_cells)
        for pocket in range(city.pocket_count):
            here = city.pockets == pocket
            total = float(asked[here].sum())
            if total > 0.0:
                due += here * asked * float(present[here].sum()) / total
        return (due - present) * city.front
