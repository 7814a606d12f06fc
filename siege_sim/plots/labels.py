"""Placing text so that no two labels overlap."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib.patheffects as effects
import numpy as np
from matplotlib.transforms import Bbox, blended_transform_factory

from siege_sim.plots.style import FAINT, INK, PAPER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Text
    from numpy.typing import NDArray

HALO = [effects.withStroke(linewidth=2.4, foreground=PAPER)]
"""A white rim that keeps text readable on any ground."""


def extent(text: Text) -> Bbox:
    """Return the pixels that a text takes on its figure."""
    return text.get_window_extent(text.figure.canvas.get_renderer())  # type: ignore[attr-defined]


def clashes(box: Bbox, taken: Iterable[Bbox], gap: float = 2.0) -> bool:
    """Return whether a box comes closer than ``gap`` pixels to one of those taken."""
    wide = box.padded(gap)
    return any(wide.overlaps(other) for other in taken)


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return places near those wanted, in their order, ``gap`` apart if there is room, within bounds."""
    order = np.argsort(np.asarray(wanted, dtype=float), kind="stable")
    places = np.asarray(wanted, dtype=float)[order]
    gap = min(gap, (high - low) / max(len(places) - 1, 1))
    steps = gap * np.arange(len(places))
    forward = np.maximum.accumulate(places - steps) + steps
    backward = (np.minimum.accumulate((places - steps)[::-1])[::-1]) + steps
    middle = np.clip((forward + backward) / 2.0 - steps, low, high - gap * max(len(places) - 1, 0)) + steps
    result = np.empty_like(middle)
    result[order] = middle
    return [float(place) for place in result]


@dataclass(frozen=True)
class EndLabel:
    """A text beside the right end of a curve or band, at the height of its last value."""

    value: float
    text: str
    colour: str = INK


def end_labels(axes: Axes, labels: Sequence[EndLabel], size: float = 8.5, start: float = 1.0) -> None:
    """Write labels to the right of the axes, spread so that none overlaps, each with a thin leader.

    Args:
        axes: beside which; place and limits must be final.
        labels: what to write at which height.
        size: of the text, in points.
        start: where the leaders begin, as a share of the axes' width.
    """
    if not labels:
        return
    low, high = axes.get_ylim()
    height_in = axes.get_window_extent().height / axes.figure.dpi
    lines = max(label.text.count("\n") + 1 for label in labels)
    gap = (high - low) * size * (0.35 + 1.15 * lines) / 72 / height_in
    inset = (high - low) * size * 0.6 * lines / 72 / height_in
    beside = blended_transform_factory(axes.transAxes, axes.transData)
    for label, place in zip(labels, spread([one.value for one in labels], gap, low + inset, high - inset), strict=True):
        axes.plot(
            [start, 1.0, 1.018, 1.024],
            [label.value, label.value, place, place],
            transform=beside,
            clip_on=False,
            color=FAINT,
            lw=0.7,
        )
        axes.text(
            1.03,
            place,
            label.text,
            transform=beside,
            va="center",
            size=size,
            color=label.colour,
            linespacing=1.1,
        )


def band_label(
    axes: Axes, x: NDArray[Any], low: NDArray[Any], high: NDArray[Any], words: str, size: float = 8.5
) -> None:
    """Write words inside a band where it is thickest for all their width, in several lines if need be."""
    drawn = axes.text(
        0.0, 0.0, words, size=size, ha="center", va="center", path_effects=HALO, linespacing=1.05, zorder=4
    )
    for width in (60, 16, 9):
        drawn.set_text("\n".join(textwrap.wrap(words, width)))
        place = _room_in_band(axes, x, low, high, extent(drawn).padded(3))
        if place is not None:
            drawn.set_position(place)
            return
    thickest = int(np.argmax(high - low))
    drawn.set_position((float(x[thickest]), float(low[thickest] + high[thickest]) / 2))


def _room_in_band(
    axes: Axes, x: NDArray[Any], low: NDArray[Any], high: NDArray[Any], box: Bbox
) -> tuple[float, float] | None:
    """Return where a box fits between two curves, best where they are far apart and not near the ends."""
    corners = axes.transData.inverted().transform(box.corners())
    width, height = np.ptp(corners[:, 0]), np.ptp(corners[:, 1])
    best, where = 0.0, None
    for middle in x[(x - width / 2 >= x[0]) & (x + width / 2 <= x[-1])]:
        under = np.abs(x - middle) <= width / 2
        floor, ceiling = float(low[under].max()), float(high[under].min())
        worth = (ceiling - floor) * (1.0 - 0.2 * abs(float(middle - x.mean())) / float(np.ptp(x)))
        if ceiling - floor > height and worth > best:
            best, where = worth, (float(middle), (floor + ceiling) / 2)
    return where


def rows_above(axes: Axes, marks: Sequence[tuple[float, str]], size: float = 8.5) -> None:
    """Write a text above the axes for each place along x, with a dashed line from the axes up to it.

    A text stands in the lowest row in which it meets no other text and no other line goes through it.
    """
    upward = blended_transform_factory(axes.transData, axes.transAxes)
    height = axes.get_window_extent().height
    step = size * 1.5 * axes.figure.dpi / 72 / height
    placed: list[tuple[float, int, Bbox]] = []
    for x, drawn in _beside_marks(axes, marks, size):
        box, foot = extent(drawn), float(axes.transData.transform((x, 0.0))[0])
        row = max([above + 1 for other, above, _ in placed if box.x0 < other < box.x1 and other != foot], default=0)
        while clashes(box.translated(0.0, row * step * height), [taken for *_, taken in placed]):
            row += 1
        drawn.set_y(1.0 + row * step)
        placed.append((foot, row, extent(drawn)))
        top = 1.0 + (row + 0.85) * step
        axes.plot([x, x], [0.0, top], transform=upward, clip_on=False, color=INK, lw=0.9, ls=(0, (4, 2)))


def _beside_marks(axes: Axes, marks: Sequence[tuple[float, str]], size: float) -> list[tuple[float, Text]]:
    """Write texts just above the axes, each to the right of its mark, or to the left where it must be.

    It must be to the left where the text would leave the axes, or would reach over another such mark.

    Returns:
        Marks and texts in an order in which no line of a later one goes through an earlier text.
    """
    upward = blended_transform_factory(axes.transData, axes.transAxes)
    border = axes.get_window_extent().x1 + 4
    rightward: list[tuple[float, Text]] = []
    leftward: list[tuple[float, Text]] = []
    for x, words in sorted(marks, reverse=True):
        drawn = axes.text(x, 1.0, f" {words}", transform=upward, size=size, va="bottom", color=INK)
        if extent(drawn).x1 <= border:
            rightward.append((x, drawn))
        else:
            drawn.set(text=f"{words} ", ha="right")
            border = float(axes.transData.transform((x, 0.0))[0])
            leftward.insert(0, (x, drawn))
    return rightward + leftward
