"""Figures of a run, drawn from its result only; neither Mesa nor the model is needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from siege_sim.errors import ResultError, SiegeError, did_you_mean
from siege_sim.plots import area, city_map, civilians, food, forces, quarters, strikes
from siege_sim.plots.picture import Picture, Sketch
from siege_sim.plots.style import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.figure import Figure

    from siege_sim.results.run import RunResult

__all__ = ["RUN_FIGURES", "Drawing", "draw", "figure_named", "figures", "names_for", "picture", "pictures_of"]


@dataclass(frozen=True)
class Drawing:
    """A figure by name: its title and caption, what it says of a run in words, and how it is drawn."""

    name: str
    title: str
    caption: str
    sentence: Callable[[RunResult], str]
    function: Callable[[RunResult], Figure]
    suits: Callable[[RunResult], bool] = lambda result: True
    """Whether a run has what it shows: a figure of a mechanism's outcome suits runs that have the outcome."""


RUN_FIGURES: tuple[Drawing, ...] = (
    Drawing(
        "map",
        "Who held what",
        "The city on up to nine days: who held which ground, what was lost since the panel before (hatched), "
        "the front line, separate pockets by number, and heavy strikes since the panel before (dots). North is up.",
        city_map.sentence,
        city_map.draw_map,
    ),
    Drawing(
        "area",
        "Ground held",
        "Share of the area of day 0 that was still held, day by day. Dashed lines mark turning points "
        "that follow from the run; the bars and points below it are dated actions that the scenario "
        "prescribes.",
        area.sentence,
        area.draw_area,
    ),
    Drawing(
        "civilians",
        "What happened to the people",
        "Civilian deaths by cause, counted from day 0; where everybody besieged on day 0 was on each day; "
        "and deaths a day. Deaths on the other side of the front line are not in this figure.",
        civilians.sentence,
        civilians.draw_civilians,
    ),
    Drawing(
        "food",
        "Food and hunger",
        "What was eaten against the 2,100 kcal that a person needs a day, the reserve in days, body mass "
        "lost, bakeries at work, and the phase of acute food insecurity (Integrated Food Security Phase "
        "Classification). Numbers per person are shown while there were people in the pocket.",
        food.sentence,
        food.draw_food,
    ),
    Drawing(
        "forces",
        "The armed forces",
        "Fighters fit for duty, and those killed or surrendered since day 0, on both sides. Wounded and "
        "evacuated fighters are not fit and not counted as losses here.",
        forces.sentence,
        forces.draw_forces,
    ),
    Drawing(
        "quarters",
        "When each quarter was lost",
        "A bar for each besieged quarter, in the order in which they were lost: full while all of it was "
        "held, hatched from the first loss of ground, and ending on the day when the last of it was lost.",
        quarters.sentence,
        quarters.draw_quarters,
    ),
    Drawing(
        "strikes",
        "Heavy strikes and damage",
        "Heavy impacts on each day, hospitals and bakeries at work in the pocket, and the share of floor "
        "area in ruins.",
        strikes.sentence,
        strikes.draw_strikes,
    ),
)
"""The program's own figures of a run, in the order of the report."""


@cache
def figures() -> tuple[Drawing, ...]:
    """Return every figure of a run: the program's own, then those of installed plug-ins.

    Raises:
        SiegeError: when a plug-in's figure has a name that is taken.
    """
    known = {drawing.name: drawing for drawing in RUN_FIGURES}
    for entry in sorted(entry_points(group="siege_sim.figures"), key=lambda entry: entry.name):
        drawing = entry.load()
        if drawing.name in known:
            raise SiegeError(f"plug-in '{entry.value}' has a figure '{drawing.name}', a name that is taken; rename it")
        known[drawing.name] = drawing
    return tuple(known.values())


def figure_named(name: str) -> Drawing | None:
    """Return the figure of a name, if there is one."""
    return next((drawing for drawing in figures() if drawing.name == name), None)


def draw(drawing: Drawing, result: RunResult) -> Figure:
    """Draw one figure, whatever matplotlib's settings are."""
    with settings():
        return drawing.function(result)


def picture(drawing: Drawing, result: RunResult) -> Picture:
    """Return one figure as a picture with its words."""
    words = drawing.name, drawing.title, drawing.caption, drawing.sentence(result)
    return Sketch(*words, partial(drawing.function, result), result.title).picture()


def names_for(result: RunResult) -> list[str]:
    """Return the names of all figures that suit a run, in their order."""
    return [drawing.name for drawing in figures() if drawing.suits(result)]


def pictures_of(result: RunResult, names: Sequence[str] = ()) -> list[Picture]:
    """Return figures of a run as pictures: those that are named, or every one that suits it.

    The same run gives the same bytes.

    Raises:
        ResultError: a name that no figure has, or a figure of something that the run has not.
    """
    by_name = {drawing.name: drawing for drawing in figures()}
    for name in names:
        if name not in by_name:
            raise ResultError(f"--figure: there is no figure '{name}' of a run{did_you_mean(name, by_name)}")
        if not by_name[name].suits(result):
            raise ResultError(f"--figure {name}: this run has not what it shows; leave it out")
    return [picture(one, result) for name, one in by_name.items() if (name in names if names else one.suits(result))]
