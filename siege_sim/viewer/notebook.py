"""A siege in a notebook: the map, the scrubber and the charts of a run, or of two side by side, as a cell's output."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from siege_sim.errors import SiegeError
from siege_sim.model.model import SiegeModel
from siege_sim.validation.record import record_of
from siege_sim.viewer.frames import MAX_RUNS
from siege_sim.viewer.recorder import FrameRecorder
from siege_sim.viewer.replay import replay_html

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario
    from siege_sim.viewer.frames import RunFrames


class NotebookView:
    """A page that shows runs; a notebook shows it when it is the last thing in a cell.

    Args:
        page: the whole page, which asks no other place for anything.
        height: of the frame it is shown in, in pixels.

    Attributes:
        page: as given.
    """

    def __init__(self, page: str, height: int) -> None:
        self.page = page
        self._height = height

    def _repr_html_(self) -> str:
        """Return a frame that holds the page, and keeps it apart from the notebook."""
        return (
            f'<iframe srcdoc="{html.escape(self.page)}" sandbox="allow-scripts" '
            f'style="width: 100%; height: {self._height}px; border: 1px solid #999"></iframe>'
        )

    def __repr__(self) -> str:
        return "a siege to watch; it is shown where a notebook can show HTML"


def watch(
    *scenarios: Scenario,
    seed: int = 1,
    days: int | None = None,
    names: Sequence[str] = (),
    day: int = 0,
    layer: str = "holder",
    difference: bool = False,
    height: int = 900,
) -> NotebookView:
    """Run a scenario, or two with the same seed, and return a view of them on one clock.

    Args:
        scenarios: one or two.
        seed: of the runs.
        days: stop after so many.
        names: what tells two runs apart; without, their titles.
        day: the day on which the page opens.
        layer: what the map shows: ``holder``, ``civilians``, ``hunger``, ``danger``, ``rubble`` or ``entrenchment``.
        difference: whether it opens with the difference of two runs.
        height: of the page in the notebook, in pixels.

    Raises:
        SiegeError: no scenario or more than two, or two that do not fit side by side.
    """
    if not 1 <= len(scenarios) <= MAX_RUNS:
        raise SiegeError(f"watch shows one run or two side by side, not {len(scenarios)}")
    runs = [_recorded(scenario, seed, days) for scenario in scenarios]
    view = f"#day={day}&layer={layer}{'&difference' * difference}"
    return NotebookView(replay_html(runs, names or [scenario.title for scenario in scenarios], view), height)


def _recorded(scenario: Scenario, seed: int, days: int | None) -> RunFrames:
    model = SiegeModel(scenario, seed)
    recorder = FrameRecorder(model, record_of(scenario.name))
    for day in model.days():
        recorder.record_day()
        if day == days:
            break
    return recorder.run
