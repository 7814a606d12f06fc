"""Which points of a design no scenario can be made of, found before anything is run.

Every point is built, as a worker would build it. A large design takes too long for that: of it, the points at the ends
of every factor's values are built, where bounds are passed first, and points spread evenly over the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.errors import SiegeError
from siege_sim.loading.keys import with_values
from siege_sim.loading.scenario import scenario_of

if TYPE_CHECKING:
    import pandas as pd

MOST_BUILT = 400
"""How many points of a design are built, which takes a second or two."""


def points_to_build(table: pd.DataFrame) -> list[int]:
    """Return the rows of a design that are built: all, or those at the ends of each column and some between."""
    if len(table) <= MOST_BUILT:
        return list(range(len(table)))
    ends = {row for name in table if name != "point" for row in _ends(table[name])}
    spread = np.linspace(0, len(table) - 1, MOST_BUILT).astype(int).tolist()
    return sorted(dict.fromkeys([*sorted(ends)[:MOST_BUILT], *spread]))[: 2 * MOST_BUILT]


def _ends(column: pd.Series[Any]) -> list[int]:
    """Return the rows with the least and the greatest number; of words, the first row of each."""
    if column.dtype == object or column.dtype == bool:
        return (~column.astype(str).duplicated()).to_numpy().nonzero()[0].tolist()
    return [int(column.to_numpy().argmin()), int(column.to_numpy().argmax())]


def what_is_wrong(base: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """Return why a scenario's plain data with some values replaced is no scenario; empty when it is one."""
    try:
        scenario_of(with_values(base, values))
    except SiegeError as error:
        return "; ".join(line.removeprefix("manifest: ") for line in str(error).splitlines())
    return ""
