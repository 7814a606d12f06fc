"""Figures of a sweep, drawn from its tables only; neither Mesa nor the model is needed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from siege_sim.analysis.discovery import worst_quarter
from siege_sim.analysis.quantities import known_share
from siege_sim.analysis.regret import is_harm, no_regret
from siege_sim.analysis.summaries import is_grid
from siege_sim.analysis.surface import no_surface
from siege_sim.analysis.survival import has_survival
from siege_sim.errors import ResultError
from siege_sim.plots.style import settings
from siege_sim.plots.sweeps import boxes, heat, indices, rows, worlds
from siege_sim.plots.sweeps.base import Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from siege_sim.analysis.discovery import Question
    from siege_sim.analysis.quantities import Quantity
    from siege_sim.results.sweep import Sweep

__all__ = ["SWEEP_FIGURES", "Drawn", "Picture", "SweepFigure", "draw_figures"]


@dataclass(frozen=True)
class SweepFigure:
    """A figure of a sweep by name.

    Attributes:
        name: how experiment files call it.
        title: of its section.
        caption: how it is made and read.
        missing: says why a sweep has none; None when it has.
        draw: makes it, of a quantity or a question (or nothing).
        of: what it is drawn of: ``quantity``, ``harm``, ``question`` or ``sweep``.
    """

    name: str
    title: str
    caption: str
    missing: Callable[[Sweep], str | None]
    draw: Callable[..., Picture]
    of: str = "quantity"


def _always(sweep: Sweep) -> str | None:
    return None


SWEEP_FIGURES: tuple[SweepFigure, ...] = (
    SweepFigure(
        "heat_map",
        "Two factors together",
        "A square for every pair of values, with the mean over its seeds and half the width of the 95 % interval below "
        "it. Darker is more. The intervals say how sure each square is by itself; all squares share their seeds, so a "
        "difference between two of them is surer than that.",
        is_grid,
        heat.draw_heat_map,
    ),
    SweepFigure(
        "response_surface",
        "Response surfaces",
        "A quadratic in the two numeric factors that go furthest with the outcome, fitted to the points by least "
        "squares; other numeric factors enter as straight lines. What it foretells is measured on points that were"
        " left out one by one.",
        no_surface,
        heat.draw_surface,
    ),
    SweepFigure(
        "tornado",
        "One change at a time",
        "Mean difference from the point of reference, seed by seed: both points of a pair were played with the "
        "same seeds, so luck that they share cancels. Hatched bars cannot be told from chance. Each bar changes "
        "one thing only; what changes do together is not in this figure.",
        rows.no_effects,
        rows.draw_tornado,
    ),
    SweepFigure(
        "points",
        "Point by point",
        "Means with 95 % intervals (Student's for means, Wilson's for shares of runs).",
        rows.many_points,
        rows.draw_points,
    ),
    SweepFigure(
        "sobol",
        "Sobol indices",
        "Share of the variance between points that a factor explains: by itself (first order), and together with "
        "all it acts on (total). A factor whose total index is near zero could be fixed anywhere in its range. "
        "Indices say what matters in this model within these ranges, not in the world.",
        _always,
        indices.draw_sobol,
    ),
    SweepFigure(
        "morris",
        "Morris's elementary effects",
        "Mean absolute change of the outcome when a factor crosses its whole range (left), and how much that "
        "change differs from place to place (right): a factor high up acts in curves or together with others, or "
        "its effect is chance.",
        _always,
        indices.draw_morris,
    ),
    SweepFigure(
        "scatter",
        "What goes with the outcome",
        "Every point against the numeric factors with the largest rank correlation. Other factors vary at the same"
        " time, so a slope is an average over them.",
        _always,
        indices.draw_scatter,
    ),
    SweepFigure(
        "boxes",
        "In which worlds does it happen?",
        "Scenario discovery by PRIM: limits on few factors between which most points are cases. Density is the "
        "share of cases inside, coverage the share of all cases that are inside. The quasi-p-value says how likely"
        " so many cases would be without that limit; the share of random halves in which a limit comes back, and "
        "density and coverage in the other halves, say what would hold for new runs.",
        _always,
        boxes.draw_box,
        "question",
    ),
    SweepFigure(
        "regret",
        "Regret",
        "How much worse each policy does than the best one of the same world, in harm to civilians. It weighs aid and "
        "protection under uncertainty and is drawn for no other outcome.",
        no_regret,
        worlds.draw_regret,
        "harm",
    ),
    SweepFigure(
        "survival",
        "How long the pocket held",
        "Share of runs in which the siege had not ended yet (Kaplan and Meier). Bands are for each curve by "
        "itself; curves whose runs share seeds and worlds differ more surely than the bands suggest, and runs at "
        "one point are alike.",
        has_survival,
        worlds.draw_survival,
        "sweep",
    ),
    SweepFigure(
        "convergence",
        "Were the runs enough?",
        "Estimates with 95 % intervals as runs are added in the order of the design. Dashed lines show how narrow the "
        "interval would have to be; how many runs that takes follows from the square root of their number.",
        _always,
        worlds.draw_convergence,
    ),
)
"""Every figure of a sweep, in the order of a report; their names are ``analysis.figures.FIGURE_NAMES``."""


@dataclass(frozen=True)
class Drawn:
    """A figure's pictures, and what could not be drawn, with the reason."""

    figure: SweepFigure
    pictures: tuple[Picture, ...]
    left_out: tuple[str, ...] = field(default=())


def draw_figures(
    sweep: Sweep,
    names: Sequence[str],
    quantities: Sequence[Quantity],
    questions: Sequence[Question] = (),
    by: str | None = None,
) -> Iterable[Drawn]:
    """Yield the figures of some names, in the order of a report, each of all quantities that it suits.

    Args:
        sweep: of which.
        names: from ``analysis.figures.FIGURE_NAMES``.
        quantities: what is drawn.
        questions: for boxes, what makes a case; by default being among the worst quarter of the points.
        by: the factor that parts survival curves; by default a list of policies, or what parts them most.
    """
    for figure in SWEEP_FIGURES:
        if figure.name in names:
            why = figure.missing(sweep)
            if why is not None:
                yield Drawn(figure, (), (why,))
            else:
                yield _drawn(figure, sweep, _targets(figure, sweep, quantities, questions, by))


def _drawn(figure: SweepFigure, sweep: Sweep, targets: Sequence[tuple[Any, ...]]) -> Drawn:
    pictures, left_out = [], [] if targets else ["no outcome of harm to civilians was chosen or kept"]
    for target in targets:
        try:
            with settings():
                pictures.append(figure.draw(sweep, *target))
        except ResultError as error:
            left_out.append(str(error))
    return Drawn(figure, tuple(pictures), tuple(dict.fromkeys(left_out)))


def _targets(
    figure: SweepFigure, sweep: Sweep, quantities: Sequence[Quantity], questions: Sequence[Question], by: str | None
) -> list[tuple[Any, ...]]:
    harms = [quantity for quantity in quantities if is_harm(sweep, quantity)]
    if figure.of == "sweep":
        return [(by,)]
    if figure.of == "harm":
        return [(quantity,) for quantity in harms]
    if figure.of == "question":
        known = [quantity for quantity in [*harms, *quantities] if known_share(sweep, quantity) > 0.0]
        return [(question,) for question in questions] or [(worst_quarter(sweep, quantity),) for quantity in known[:1]]
    return [(quantity,) for quantity in quantities]
