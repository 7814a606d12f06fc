"""Heat maps of a grid of two factors, and the response surface through points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib
import numpy as np
from matplotlib.patches import Rectangle

from siege_sim.analysis.design import value_text, with_unit
from siege_sim.plots import style
from siege_sim.plots.sweeps.base import sweep_margins, sweep_sheet
from siege_sim.results.numbers import exact, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from siege_sim.analysis.findings import About, Finding
    from siege_sim.analysis.summaries import GridEstimates
    from siege_sim.analysis.surface import Surface

HEAT_COLOURS = "cividis_r"
"""Dark is more; readable without red and green, and in grey."""

SMALLEST_TEXT_IN = 0.72


def draw_heat_map(finding: Finding, about: About) -> Figure:
    """Draw a square for every pair of values, with its mean and interval."""
    grid: GridEstimates = finding.shows
    quantity = grid.quantity
    figure = sweep_sheet(about, f"{quantity.label}, by two factors", finding.sentence, _height(grid), _note(grid))
    axes = figure.subplots(gridspec_kw=sweep_margins(figure, 1.3, 1.2, 1.05, 1.15))
    values = quantity.scale * grid.values
    mesh = axes.pcolormesh(np.ma.masked_invalid(values), cmap=HEAT_COLOURS, edgecolors=style.PAPER, linewidth=1.5)
    _texts(axes, grid, values)
    axes.set_xticks(np.arange(len(grid.x)) + 0.5, [value_text(value) for value in grid.x])
    axes.set_yticks(np.arange(len(grid.y)) + 0.5, [value_text(value) for value in grid.y])
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_xlabel(with_unit(grid.across))
    axes.set_ylabel(with_unit(grid.up))
    _bar(figure, axes, mesh, quantity.shown_unit)
    return figure


def _bar(figure: Figure, axes: Axes, mesh: object, unit: str) -> None:
    bar = figure.colorbar(mesh, ax=axes, fraction=0.04, pad=0.02)  # type: ignore[arg-type]
    bar.outline.set_visible(False)
    bar.ax.yaxis.set_major_formatter(lambda value, _: exact(value))
    bar.set_label(unit)


def _height(grid: GridEstimates) -> float:
    return min(2.6 + 0.62 * len(grid.y), 8.5)


def _texts(axes: Axes, grid: GridEstimates, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    colours = matplotlib.colormaps[HEAT_COLOURS]
    size = 9.0 if len(grid.x) <= 6 else 7.5
    for row, cells in enumerate(grid.cells):
        for column, cell in enumerate(cells):
            value = values[row, column]
            if not np.isfinite(value):
                axes.add_patch(
                    Rectangle((column, row), 1, 1, hatch="///", facecolor="none", edgecolor=style.FAINT, lw=0)
                )
                axes.text(column + 0.5, row + 0.5, "no run", ha="center", va="center", size=size)
                continue
            red, green, blue, _ = colours((value - low) / (high - low) if high > low else 0.5)
            dark = 0.3 * red + 0.59 * green + 0.11 * blue < 0.5
            unit = grid.quantity.unit
            text = cell.text(unit).replace(" ± ", "\n± ") if len(grid.x) <= 8 else number(cell.value, unit)
            axes.text(
                column + 0.5, row + 0.5, text, ha="center", va="center", size=size, linespacing=1.15,
                color=style.PAPER if dark else style.INK,
            )  # fmt: skip


def _note(grid: GridEstimates) -> str:
    pooled = f"Means over all values of {', '.join(grid.pooled)}. " if grid.pooled else ""
    return f"{pooled}All squares use the same seeds, so differences are more precise than their intervals suggest."


def draw_surface(finding: Finding, about: About) -> Figure:
    """Draw the fitted surface as bands of height, with the points that it was fitted to."""
    surface: Surface = finding.shows
    quantity = surface.quantity
    held = f"Held in the middle of their ranges: {', '.join(surface.held)}. " if surface.held else ""
    figure = sweep_sheet(about, f"{quantity.label}: response surface", finding.sentence, 6.2, held.strip())
    axes = figure.subplots(gridspec_kw=sweep_margins(figure, 1.1, 1.2, 1.15, 1.1))
    scale = quantity.scale
    bands = axes.contourf(surface.x, surface.y, scale * surface.height, levels=10, cmap=HEAT_COLOURS)
    axes.contour(surface.x, surface.y, scale * surface.height, levels=bands.levels, colors=style.PAPER, linewidths=0.5)
    axes.scatter(
        surface.points_x,
        surface.points_y,
        s=9,
        color=style.PAPER,
        edgecolor=style.INK,
        linewidth=0.6,
        clip_on=False,
        zorder=4,
    )
    axes.set_xlabel(with_unit(surface.across))
    axes.set_ylabel(with_unit(surface.up))
    axes.xaxis.set_major_formatter(lambda value, _: exact(value))
    axes.yaxis.set_major_formatter(lambda value, _: exact(value))
    _bar(figure, axes, bands, quantity.shown_unit)
    return figure
