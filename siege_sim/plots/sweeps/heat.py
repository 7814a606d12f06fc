"""Heat maps of a grid of two factors, and the response surface through points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib
import numpy as np
from matplotlib.patches import Rectangle

from siege_sim.analysis.design import value_text, value_with_unit, with_unit
from siege_sim.analysis.summaries import grid_estimates
from siege_sim.analysis.surface import surface_of
from siege_sim.plots import style
from siege_sim.plots.sweeps.base import Picture, number, sweep_margins, sweep_sheet, with_interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from siege_sim.analysis.quantities import Quantity
    from siege_sim.analysis.summaries import GridEstimates
    from siege_sim.analysis.surface import Surface
    from siege_sim.results.sweep import Sweep

HEAT_COLOURS = "cividis_r"
"""Dark is more; readable without red and green, and in grey."""

SMALLEST_TEXT_IN = 0.72


def draw_heat_map(sweep: Sweep, quantity: Quantity) -> Picture:
    """Draw a square for every pair of values, with its mean and interval."""
    grid = grid_estimates(sweep, quantity)
    figure = sweep_sheet(sweep, f"{quantity.label}, by two factors", grid_finding(grid), _height(grid), _note(grid))
    axes = figure.subplots(gridspec_kw=sweep_margins(figure, 1.3, 1.2, 1.05, 1.15))
    scale = 100.0 if quantity.is_share else 1.0
    values = scale * grid.values
    mesh = axes.pcolormesh(np.ma.masked_invalid(values), cmap=HEAT_COLOURS, edgecolors=style.PAPER, linewidth=1.5)
    _texts(axes, grid, values, scale)
    axes.set_xticks(np.arange(len(grid.x)) + 0.5, [value_text(value) for value in grid.x])
    axes.set_yticks(np.arange(len(grid.y)) + 0.5, [value_text(value) for value in grid.y])
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_xlabel(with_unit(grid.across))
    axes.set_ylabel(with_unit(grid.up))
    _bar(figure, axes, mesh, "% of runs" if quantity.is_share else quantity.unit)
    return Picture(f"heat_map-{quantity.name}", quantity.label, grid_finding(grid), figure)


def _bar(figure: Figure, axes: Axes, mesh: object, unit: str) -> None:
    bar = figure.colorbar(mesh, ax=axes, fraction=0.04, pad=0.02)  # type: ignore[arg-type]
    bar.outline.set_visible(False)
    bar.ax.yaxis.set_major_formatter(lambda value, _: number(value))
    bar.set_label(unit)


def _height(grid: GridEstimates) -> float:
    return min(2.6 + 0.62 * len(grid.y), 8.5)


def _texts(
    axes: Axes, grid: GridEstimates, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], scale: float
) -> None:
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
            text = with_interval(cell, scale).replace(" ± ", "\n± ") if len(grid.x) <= 8 else number(value)
            axes.text(
                column + 0.5, row + 0.5, text, ha="center", va="center", size=size, linespacing=1.15,
                color=style.PAPER if dark else style.INK,
            )  # fmt: skip


def grid_finding(grid: GridEstimates) -> str:
    """Return in words where the quantity is least and most."""
    values = grid.values
    if not np.isfinite(values).any():
        return "No cell has a finished run."
    parts = []
    for word, place in (("least", np.nanargmin(values)), ("most", np.nanargmax(values))):
        row, column = np.unravel_index(place, values.shape)
        cell = grid.cells[row][column]
        scale = 100.0 if grid.quantity.is_share else 1.0
        where = f"{value_with_unit(grid.across, grid.x[column])} and {value_with_unit(grid.up, grid.y[row])}"
        parts.append(f"{word} at {where} ({with_interval(cell, scale)})")
    return f"{'; '.join(parts).capitalize()}. Each square: mean over its seeds and 95 % interval."


def _note(grid: GridEstimates) -> str:
    pooled = f"Means over all values of {', '.join(grid.pooled)}. " if grid.pooled else ""
    return f"{pooled}All squares share their seeds, so differences are usually surer than the intervals suggest."


def draw_surface(sweep: Sweep, quantity: Quantity) -> Picture:
    """Draw the fitted surface as bands of height, with the points that it was fitted to."""
    surface = surface_of(sweep, quantity)
    words = surface_says(surface)
    held = f"Held in the middle of their ranges: {', '.join(surface.held)}. " if surface.held else ""
    figure = sweep_sheet(sweep, f"{quantity.label}: response surface", words, 6.2, held.strip())
    axes = figure.subplots(gridspec_kw=sweep_margins(figure, 1.1, 1.2, 1.15, 1.1))
    scale = 100.0 if quantity.is_share else 1.0
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
    axes.xaxis.set_major_formatter(lambda value, _: number(value))
    axes.yaxis.set_major_formatter(lambda value, _: number(value))
    _bar(figure, axes, bands, "% of runs" if quantity.is_share else quantity.unit)
    return Picture(f"response_surface-{quantity.name}", quantity.label, words, figure)


def surface_says(surface: Surface) -> str:
    """Return in words what the surface is worth."""
    return (
        f"A quadratic fitted to {surface.points:,} points (dots) foretells {surface.foretold:.0%} of what differs "
        "between points left out one by one."
    )
