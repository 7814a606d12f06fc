"""Records frames: what the viewer needs to know of a model after each day, read off its columns and layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.model.agents.facility import Crossing, Facility, Road
from siege_sim.model.codes import GONE
from siege_sim.model.conditions import KCAL_A_PERSON_DAY
from siege_sim.model.events import Event
from siege_sim.viewer.charts import charts_of
from siege_sim.viewer.compared_rows import compared_rows
from siege_sim.viewer.frames import Json, RunFrames, head_of, packed, packed_shares, plain_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siege_sim.model.model import SiegeModel
    from siege_sim.validation.record import Record

WORKING, DAMAGED, DESTROYED, OUTSIDE, CLOSED = range(5)
"""States of a facility as the page shows them; ``OUTSIDE`` is on ground that the garrison does not hold."""


class FrameRecorder:
    """Records the frames of a model: the head and day 0 at once, then a frame each time it is asked.

    Attributes:
        run: what was recorded so far.
    """

    def __init__(self, model: SiegeModel, record: Record | None = None) -> None:
        self._model = model
        self._events = 0
        self._factions = sorted({faction for faction, _ in model.unit_labels.values()})
        self._faction = np.array(
            [self._factions.index(model.unit_labels[row][0]) for row in range(len(model.units))], dtype=np.int64
        )
        self.run = RunFrames(_head(model, self._factions, record))
        self.record_day()

    def record_day(self) -> Json:
        """Add today's frame, and return it."""
        model = self._model
        events, self._events = model.log.events[self._events :], len(model.log.events)
        first = self._events - len(events)
        frame = {
            "day": model.day,
            "ending": model.politics.ending,
            **_ground(model),
            "units": _units(model, self._faction),
            "facilities": packed(np.array([_state(facility) for facility in model.facilities], dtype=np.int64)),
            "values": plain_numbers(model.recorder.values[model.recorder.rows - 1]),
            "events": [_event_json(first + number, event) for number, event in enumerate(events)],
        }
        self.run.frames.append(frame)
        return frame


def _head(model: SiegeModel, factions: list[str], record: Record | None) -> Json:
    city = model.city.map
    outcomes = [{"name": outcome.name, **outcome.about()} for outcome in model.recorder.outcomes]
    return head_of(
        title=model.scenario.title,
        scenario=model.scenario.name,
        seed=model.seed,
        start=model.clock.start.isoformat(),
        days=model.clock.days,
        cell_size_m=city.cell_size_m,
        quarter=model.city.layers.quarter.reshape(model.city.shape),
        quarters=[{"name": q.name, "sector": q.sector, "holder": q.holder, "ground": q.kind} for q in city.quarters],
        facilities=[
            {"name": f.name, "kind": f.kind, "cell": f.cell_index, "quarter": f.quarter} for f in model.facilities
        ],
        places={f.kind: {"label": f.label, "symbol": f.symbol} for f in model.facilities},
        outcomes=outcomes,
        sides=model.city.sides,
        factions=factions,
        charts=charts_of(outcomes, model.city.sides, record, model.clock.start),
        compared=compared_rows(outcomes),
    )


def _ground(model: SiegeModel) -> Json:
    """Return the layers of today."""
    layers = model.city.layers
    civilians = layers.civilians
    return {
        "holder": packed(layers.holder),
        "civilians": packed(civilians, "u2"),
        "hunger": packed_shares(_shortfall(model), nothing=civilians < 0.5),
        "danger": packed_shares(layers.danger),
        "rubble": packed_shares(layers.rubble),
        "entrenchment": packed_shares(layers.entrenchment),
        "impacts": packed(layers.impacts),
        "shells": packed(layers.shells),
        "pressed": packed(layers.pressed_by >= 0),
        "killed": packed(layers.civilians_killed, "u2"),
        "left": packed(layers.civilians_left, "u2"),
        "defenders": packed(layers.defenders, "u2"),
    }


def _shortfall(model: SiegeModel) -> NDArray[Any]:
    """Return by cell how much less than the need its people ate today, as a share; 0 on day 0, before any meal."""
    if model.day == 0:
        return np.zeros(model.city.n_cells)
    homes, cells = model.households, model.city.n_cells
    eaten = np.bincount(homes.cell_index, weights=homes.eaten_kcal * homes.mouths, minlength=cells)
    people = np.bincount(homes.cell_index, weights=homes.mouths, minlength=cells)
    return 1.0 - eaten / np.maximum(people * KCAL_A_PERSON_DAY, 1e-9)


def _units(model: SiegeModel, faction: NDArray[Any]) -> str:
    """Return four numbers for each unit: cell, fighters fit, side and posture and faction, cohesion in thousandths."""
    units = model.units
    here = np.flatnonzero(units.posture != GONE)
    what = units.side[here] + 4 * units.posture[here] + 32 * faction[here]
    table = np.stack([units.cell_index[here], units.fit[here], what, 1000.0 * units.cohesion[here]], axis=1)
    return packed(table, "u2")


def _state(facility: Facility) -> int:
    if isinstance(facility, (Crossing, Road)):
        return WORKING if facility.open_share > 0.0 else CLOSED
    if facility.destroyed:
        return DESTROYED
    if not facility.in_pocket:
        return OUTSIDE
    return DAMAGED if facility.repair_days > 0 else WORKING


def _event_json(number: int, event: Event) -> Json:
    """Return an event with what it takes to show it and to follow its causes back."""
    return {
        "number": number,
        "kind": event.kind,
        "where": event.where,
        "what": event.what,
        "cause": event.cause,
        "because": event.because,
    }
