"""What every cell holds, declared once as a table; each is a Mesa property layer and a flat array."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from siege_sim.errors import SiegeError
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from mesa.discrete_space import OrthogonalMooreGrid

KM2_AS_DRAWN = 0.16
"""The ground for which numbers of cells are meant: cells of 400 m."""


@dataclass(frozen=True)
class LayerSpec:
    """One property layer.

    Attributes:
        name: its name.
        unit: the unit of its numbers.
        dtype: the NumPy type.
        default: its value before anything is set.
        doc: what it is, in a sentence.
        kept: whether snapshots keep it.
    """

    name: str
    unit: str
    dtype: type[np.generic]
    default: float
    doc: str
    kept: bool = False


LAYERS: tuple[LayerSpec, ...] = (
    LayerSpec("holder", "side", np.int64, 0, "1 the garrison, 2 the besieger, 3 and more third parties.", kept=True),
    LayerSpec("quarter", "number", np.int64, 0, "The quarter, an index into the map's legend.", kept=True),
    LayerSpec("built_up", "share", np.float64, 0.0, "Share of the ground that is built on."),
    LayerSpec("rubble", "share", np.float64, 0.0, "Share of the floor area that lies in ruins.", kept=True),
    LayerSpec("entrenchment", "0-1", np.float64, 0.0, "Works and tunnels of whoever holds the cell.", kept=True),
    LayerSpec("danger", "0-1", np.float64, 0.0, "Recent fire on the cell; fades with time.", kept=True),
    LayerSpec("suppression", "0-1", np.float64, 0.0, "How much today's fire suppresses the defenders."),
    LayerSpec("impacts", "impacts", np.int64, 0, "Heavy impacts today."),
    LayerSpec("impacts_so_far", "impacts", np.int64, 0, "Heavy impacts since day 0.", kept=True),
    LayerSpec("shells", "shells", np.int64, 0, "Shells and rockets today."),
    LayerSpec("days_held", "days", np.int64, 0, "Days since the cell last changed hands.", kept=True),
    LayerSpec("defenders", "fighters", np.float64, 0.0, "Fighters of its holder who man the cell today.", kept=True),
    LayerSpec("cohesion", "0-1", np.float64, 1.0, "Mean cohesion of those defenders."),
    LayerSpec("pressed_by", "number", np.int64, -1, "The axis that assaults the cell today, -1 for none."),
    LayerSpec("odds", "ratio", np.float64, 0.0, "Local odds of today's assault on the cell, 0 without one."),
    LayerSpec("under_deal", "number", np.int64, 0, "The deal of a group under whose cease-fire it is, 0 for none."),
    LayerSpec("given_up", "yes/no", np.bool_, 0.0, "Whether the garrison once left the cell without a fight."),
    LayerSpec("civilians", "persons", np.float64, 0.0, "Besieged civilians in the cell this morning.", kept=True),
    LayerSpec("other_residents", "persons", np.float64, 0.0, "Residents outside the pocket (counted, no agents)."),
    LayerSpec("ration_kcal", "kcal/person", np.float64, 0.0, "Bread and rations handed out today."),
    LayerSpec("civilians_killed", "persons", np.int64, 0, "Civilians killed by violence in the cell since day 0."),
    LayerSpec("civilians_left", "persons", np.int64, 0, "Civilians who left from the cell since day 0."),
    LayerSpec("recent_departures", "persons", np.float64, 0.0, "Civilians who left recently; halves every day."),
)


class Layers:
    """The property layers of a Mesa grid as flat arrays (row by row from the north-west).

    ``layers.rubble`` and ``grid.rubble.data`` are the same memory; write in place.
    """

    holder: IntArray
    quarter: IntArray
    built_up: FloatArray
    rubble: FloatArray
    entrenchment: FloatArray
    danger: FloatArray
    suppression: FloatArray
    impacts: IntArray
    impacts_so_far: IntArray
    shells: IntArray
    days_held: IntArray
    defenders: FloatArray
    cohesion: FloatArray
    pressed_by: IntArray
    odds: FloatArray
    under_deal: IntArray
    given_up: BoolArray
    civilians: FloatArray
    other_residents: FloatArray
    ration_kcal: FloatArray
    civilians_killed: IntArray
    civilians_left: IntArray
    recent_departures: FloatArray

    def __init__(self, grid: OrthogonalMooreGrid, further: Iterable[LayerSpec] = ()) -> None:
        made = {}
        kept = {}
        specs = (*LAYERS, *further)
        object.__setattr__(self, "specs", specs)
        for spec in specs:
            layer = grid.create_property_layer(spec.name, default_value=spec.dtype(spec.default), dtype=spec.dtype)
            made[spec.name] = layer
            kept[spec.name] = layer.data
            object.__setattr__(self, spec.name, layer.data.ravel())
        object.__setattr__(self, "_grid", grid)
        object.__setattr__(self, "_layers", made)
        object.__setattr__(self, "_arrays", kept)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        """Copy and save them as those of their city, which says what is in them."""
        return getattr, (self._grid.city, "layers")

    def __setattr__(self, name: str, value: Any) -> None:
        array = getattr(self, name)
        if value is not array:
            array[...] = value

    def array(self, name: str) -> NDArray[Any]:
        """Return a layer by name."""
        return cast("NDArray[Any]", getattr(self, name))

    def check_memory(self) -> None:
        """Raise when a layer was replaced instead of written (``modify_cells`` does that before Mesa 3.4).

        Raises:
            SiegeError: names the layer.
        """
        for name, layer in self._layers.items():
            if layer.data is not self._arrays[name]:
                raise SiegeError(
                    f"layer '{name}' was replaced by a new array, which the model does not see; "
                    f"write into it instead: model.city.layers.{name}[...] = values"
                )

    specs: tuple[LayerSpec, ...]
    _grid: Any
    _layers: dict[str, Any]
    _arrays: dict[str, NDArray[Any]]
