"""What a run leaves out, though everything else in it is as it was: the premise of a counterfactual.

The state asks in three places only: which process acts, which cells are given up, which facility is damaged. All draws
are made as before, so that chance is the same until what was left out makes a difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from siege_sim.kernels.hazard import IntArray


@dataclass(frozen=True)
class ButFor:
    """Something that does not happen on some days.

    Attributes:
        first_day: the first of these days.
        last_day: the last of them; None for the end of the run.
        entry: the name in the schedule of what does nothing then, such as ``processes.pauses``; empty for none. A dated
            action does not act, a mechanism has its neutral values.
        cells: cells that are not given up then.
        facility: name of the facility that takes no damage then; empty for none.
    """

    first_day: int = 0
    last_day: int | None = None
    entry: str = ""
    cells: frozenset[int] = frozenset()
    facility: str = ""

    def holds_on(self, day: int) -> bool:
        """Return whether a day is one of its days."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)

    def leaves_out(self, entry: str, day: int) -> bool:
        """Return whether an entry of the schedule does nothing on a day."""
        return bool(self.entry) and entry == self.entry and self.holds_on(day)

    def that_may_fall(self, cells: IntArray, day: int) -> IntArray:
        """Return those of some cells that may be given up."""
        if not self.cells or not self.holds_on(day):
            return cells
        return cells[~np.isin(cells, list(self.cells))]

    def spares(self, facility: str, day: int) -> bool:
        """Return whether a facility takes no damage on a day."""
        return bool(self.facility) and facility == self.facility and self.holds_on(day)


NOTHING_LEFT_OUT = ButFor()
"""The premise of every ordinary run."""
