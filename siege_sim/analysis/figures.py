"""Which figures there are of a sweep, and which suit a design. Names are a public interface of experiment files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siege_sim.analysis.design import kind_of, moving

if TYPE_CHECKING:
    from siege_sim.results.sweep import Sweep

FIGURE_NAMES = (
    "heat_map", "response_surface", "tornado", "points", "sobol", "morris", "scatter", "boxes", "regret", "survival",
    "convergence",
)  # fmt: skip
"""Every figure, in the order of a report."""

FIGURES_BY_DESIGN = {
    "grid": ("heat_map", "response_surface", "regret", "survival", "convergence"),
    "one_at_a_time": ("tornado", "survival", "convergence"),
    "latin_hypercube": ("scatter", "boxes", "regret", "survival", "convergence"),
    "sobol": ("sobol", "scatter", "boxes", "convergence", "survival"),
    "morris": ("morris", "convergence"),
    "table": ("points", "scatter", "boxes", "survival", "convergence"),
}
"""The figures that suit a kind of design."""

OF_ONE_FACTOR = ("tornado", "points", "survival", "convergence")
"""The figures of a grid in which one factor only has several values: a list of policies."""


def usual_figures(sweep: Sweep) -> tuple[str, ...]:
    """Return the figures that suit a sweep's design; those that cannot be drawn are among them."""
    kind = kind_of(sweep)
    if kind == "grid" and len(moving(sweep)) < 2:
        return OF_ONE_FACTOR
    return FIGURES_BY_DESIGN.get(kind, FIGURES_BY_DESIGN["table"])
