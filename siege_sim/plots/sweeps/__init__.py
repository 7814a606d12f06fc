"""Figures of a sweep, drawn from what was found in its tables; neither Mesa nor the model is needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from siege_sim.plots.picture import Picture, Sketch
from siege_sim.plots.sweeps import boxes, heat, indices, rows, worlds

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

    from siege_sim.analysis.findings import About, FigureFindings, Finding
    from siege_sim.analysis.sweep import SweepFindings

__all__ = ["SWEEP_FIGURES", "Drawn", "SweepFigure", "draw_figures", "sketches_of"]


@dataclass(frozen=True)
class SweepFigure:
    """A figure of a sweep by name.

    Attributes:
        name: how experiment files call it.
        title: of its section.
        caption: how it is made and read.
        draw: draws what `analysis.findings` has found for it.
    """

    name: str
    title: str
    caption: str
    draw: Callable[[Finding, About], Figure]


SWEEP_FIGURES: tuple[SweepFigure, ...] = (
    SweepFigure(
        "heat_map",
        "Two factors together",
        "A square for every pair of values, with the mean over its seeds and half the width of the 95 % interval below "
        "it. Darker is more. The intervals say how sure each square is by itself; all squares share their seeds, so a "
        "difference between two of them is surer than that.",
        heat.draw_heat_map,
    ),
    SweepFigure(
        "response_surface",
        "Response surfaces",
        "A quadratic in the two numeric factors that go furthest with the outcome, fitted to the points by least "
        "squares; other numeric factors enter as straight lines. How well it predicts is measured on points that were"
        " left out one by one.",
        heat.draw_surface,
    ),
    SweepFigure(
        "tornado",
        "One change at a time",
        "Mean difference from the point of reference, seed by seed: both points of a pair were run with the "
        "same seeds, so chance that they share cancels. Hatched bars have no clear effect. Each bar changes "
        "one thing only; what changes do together is not in this figure.",
        rows.draw_tornado,
    ),
    SweepFigure(
        "points",
        "Point by point",
        "Means with 95 % confidence intervals (Student's for means, Wilson's for shares of runs).",
        rows.draw_points,
    ),
    SweepFigure(
        "sobol",
        "Sobol indices",
        "Share of the variance between points that a factor explains: by itself (first order), and including its "
        "interactions (total). A factor whose total index is near zero could be fixed anywhere in its range. "
        "Indices say what matters in this model within these ranges, not in the world.",
        indices.draw_sobol,
    ),
    SweepFigure(
        "morris",
        "Morris's elementary effects",
        "Mean absolute change of the outcome when a factor crosses its whole range (left), and how much that "
        "change differs from place to place (right): a factor high up acts in curves or together with others, or "
        "its effect is chance.",
        indices.draw_morris,
    ),
    SweepFigure(
        "scatter",
        "The outcome against the factors",
        "Every point against the numeric factors with the largest rank correlation. Other factors vary at the same"
        " time, so a slope is an average over them.",
        indices.draw_scatter,
    ),
    SweepFigure(
        "boxes",
        "In which worlds does it happen?",
        "Scenario discovery by PRIM: limits on few factors between which most points are cases. Density is the "
        "share of cases inside, coverage the share of all cases that are inside. The quasi-p-value says how likely"
        " so many cases would be without that limit; the share of random halves in which a limit comes back, and "
        "density and coverage in the other halves, say what would hold for new runs.",
        boxes.draw_box,
    ),
    SweepFigure(
        "regret",
        "Regret",
        "How much worse each policy does than the best one of the same world, in harm to civilians. It weighs aid and "
        "protection under uncertainty and is drawn for no other outcome.",
        worlds.draw_regret,
    ),
    SweepFigure(
        "survival",
        "How long the pocket held",
        "Share of runs in which the siege had not ended yet (Kaplan and Meier). Bands are for each curve by "
        "itself; curves whose runs share seeds and worlds differ more surely than the bands suggest, and runs at "
        "one point are alike.",
        worlds.draw_survival,
    ),
    SweepFigure(
        "convergence",
        "Were there enough runs?",
        "Estimates with 95 % intervals as runs are added in the order of the design. Dashed lines show how narrow the "
        "interval would have to be; how many runs that takes follows from the square root of their number.",
        worlds.draw_convergence,
    ),
)
"""Every figure of a sweep, in the order of a report; their names are `analysis.figures.FIGURE_NAMES`."""


@dataclass(frozen=True)
class Drawn:
    """A figure's pictures, and what could not be drawn, with the reason."""

    figure: SweepFigure
    pictures: tuple[Picture, ...]
    left_out: tuple[str, ...] = ()


def draw_figures(findings: SweepFindings) -> tuple[Drawn, ...]:
    """Draw the figures of a sweep, in the order of a report."""
    return tuple(_drawn(part, findings.about) for part in findings.figures)


def _drawn(part: FigureFindings, about: About) -> Drawn:
    pictures = tuple(sketch.picture() for sketch in sketches_of(part, about))
    return Drawn(_figure_named(part.figure), pictures, part.left_out)


def _figure_named(name: str) -> SweepFigure:
    return next(figure for figure in SWEEP_FIGURES if figure.name == name)


def sketches_of(part: FigureFindings, about: About) -> list[Sketch]:
    """Return the pictures of a figure, still to be drawn; the caption is that of their section."""
    draw = _figure_named(part.figure).draw
    return [Sketch(one.name, one.title, "", one.sentence, partial(draw, one, about)) for one in part.findings]
