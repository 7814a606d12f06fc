"""Frames: a run day by day as the viewer draws it, small enough to be sent. Knows nothing of the model.

A run has a head, which describes the run and its city, and a frame for each day. Both are plain JSON; arrays over
cells and units are bytes in base64, row by row from the north-west. `docs/dashboard.md` describes every key.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from siege_sim.schema.sides import Sides

Json = dict[str, Any]

FORMAT = 2
"""Version of the format of frames; it grows when a page of an older program could not draw them."""

MAX_RUNS = 2
"""How many runs a page can show side by side."""

NOBODY_THERE = 255
"""The byte of a cell in which there is nothing to show, such as the hunger of nobody."""

SHARE_STEPS = 250
"""Steps of a byte between nothing and all."""


@dataclass(frozen=True)
class Shade:
    """A layer that the map can be shaded by.

    Attributes:
        name: its key in the frames.
        label: what the reader calls it.
        unit: of its values; empty for shares, which are shown in per cent.
        description: a sentence on what it is.
        step: the value of one step of its bytes.
        dtype: of its array.
        root: whether colours follow the square root of a value, so that small values can be seen.
    """

    name: str
    label: str
    unit: str
    description: str
    step: float
    dtype: str = "u1"
    root: bool = False

    def head(self) -> Json:
        """Return it as a run's head names it."""
        return {
            "name": self.name,
            "label": self.label,
            "unit": self.unit,
            "description": self.description,
            "step": self.step,
            "bytes": int(self.dtype[-1]),
            "root": self.root,
        }


SHADES: tuple[Shade, ...] = (
    Shade("civilians", "Civilians", "persons", "Besieged civilians in the cell.", 1.0, "u2"),
    Shade(
        "hunger", "Hunger", "", "How much less than 2,100 kcal the people in the cell ate that day, on average.",
        1 / SHARE_STEPS,
    ),
    Shade(
        "danger", "Danger", "", "Recent fire on the cell, from none to the most; it fades with time.",
        1 / SHARE_STEPS, root=True,
    ),
    Shade("rubble", "Rubble", "", "Share of the floor area that lies in ruins.", 1 / SHARE_STEPS),
    Shade("entrenchment", "Entrenchment", "", "Works and tunnels of whoever holds the cell.", 1 / SHARE_STEPS),
)  # fmt: skip


@dataclass
class RunFrames:
    """A run as the viewer draws it.

    Attributes:
        head: what the run and its city are.
        frames: the recorded days, in their order.
    """

    head: Json
    frames: list[Json] = field(default_factory=list)

    def json(self) -> Json:
        """Return head and frames as JSON."""
        return {"head": self.head, "frames": self.frames}


def packed(values: NDArray[Any], dtype: str = "u1") -> str:
    """Return whole numbers as bytes in base64; what is too large for the type becomes its largest number."""
    kind = np.dtype(dtype).newbyteorder("<")
    whole = np.clip(np.rint(values), 0, np.iinfo(kind).max).astype(kind)
    return base64.b64encode(whole.tobytes()).decode("ascii")


def packed_shares(values: NDArray[Any], nothing: NDArray[Any] | None = None) -> str:
    """Return shares as bytes of `SHARE_STEPS` steps in base64; cells of ``nothing`` as `NOBODY_THERE`."""
    steps = np.rint(np.clip(values, 0.0, 1.0) * SHARE_STEPS)
    return packed(steps if nothing is None else np.where(nothing, NOBODY_THERE, steps))


def plain_numbers(values: Sequence[float] | NDArray[Any]) -> list[float | None]:
    """Return numbers for JSON, short, and ``None`` for what is not a number."""
    return [float(f"{value:.7g}") if np.isfinite(value) else None for value in np.asarray(values, dtype=float).tolist()]


def head_of(
    *,
    title: str,
    scenario: str,
    seed: int,
    start: str,
    days: int,
    cell_size_m: float,
    quarter: NDArray[Any],
    quarters: Sequence[Mapping[str, Any]],
    facilities: Sequence[Mapping[str, Any]],
    places: Mapping[str, Mapping[str, str]],
    outcomes: Sequence[Mapping[str, Any]],
    sides: Sides,
    factions: Sequence[str] = (),
    shades: Sequence[Shade] = SHADES,
    charts: Sequence[Json] = (),
    compared: Sequence[Json] = (),
    note: str = "",
) -> Json:
    """Return the head of a run.

    Args:
        title: heading of the run.
        scenario: the scenario's name.
        seed: the run's seed.
        start: ISO date of day 0.
        days: how many days the run can have.
        cell_size_m: side of a cell.
        quarter: index of each cell's quarter, ``(rows, columns)``.
        quarters: name, sector, holder on day 0 and kind of ground of each.
        facilities: name, kind, cell (flat index) and quarter of each.
        places: label and symbol of each kind of facility, by kind.
        outcomes: name, unit and label of each number of a day, in the order of the frames' ``values``.
        sides: who holds ground, and what the page calls them.
        factions: names of the parts of both sides' forces; units carry their index.
        shades: the layers that every frame has.
        charts: what is drawn beside the map; see `charts.charts_of`.
        compared: in what two runs are compared; see `compared_rows.compared_rows`.
        note: what the reader should know about the frames, if anything.
    """
    return {
        "format": FORMAT,
        "title": title,
        "scenario": scenario,
        "seed": seed,
        "start": start,
        "days": days,
        "rows": int(quarter.shape[0]),
        "columns": int(quarter.shape[1]),
        "cell_size_m": cell_size_m,
        "quarter": packed(quarter, "u2"),
        "quarters": [dict(entry) for entry in quarters],
        "facilities": [dict(entry) for entry in facilities],
        "places": {kind: dict(about) for kind, about in places.items()},
        "outcomes": [dict(entry) for entry in outcomes],
        "sides": [
            {"name": name, "the": side.the, "heading": side.heading, "ground": side.ground_label, "colour": side.colour}
            for name, side in sides.by_name.items()
        ],
        "factions": list(factions),
        "shades": [shade.head() for shade in shades],
        "charts": list(charts),
        "compared": list(compared),
        "note": note,
    }
