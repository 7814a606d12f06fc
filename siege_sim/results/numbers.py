"""Numbers as people read them: one rule for every page, every figure and the terminal.

A number has three figures, and never fewer than stand before its point: ``0.4``, ``5.22``, ``52.2``, ``1,487``.
What is whole is written whole: ``12``. From a million on the size is a word: ``2.5 million``. A share is written in per
cent, and is ``100`` only when it is all. Nothing but 0 is written as ``0``. (Numbers of runs, points and events are
exact, and in full.)

Halves are rounded up, and with these operations on doubles only: `Siege.number` of the viewer's page does the same, so
that a value reads alike in both.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    Number = float | np.floating | np.integer | None

NOTHING = "-"
"""What stands where there is no number."""

NOISE = 1e-9
"""What is smaller than this is 0, but for the rounding of the computer."""

SIGNIFICANT_FIGURES = 3


def number(value: Number, unit: str = "") -> str:
    """Return a number without its unit; a share in per cent, without the sign.

    Args:
        value: None or not a number where there is none.
        unit: of the value; it tells shares from other numbers.
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    size = abs(float(value))
    text = _share(100.0 * size) if is_share(unit) else _size(size)
    return f"-{text}" if value < 0 and text != "0" else text


def percent(share: Number) -> str:
    """Return a share in per cent, with the sign."""
    return amount(share, "share")


def amount(value: Number, unit: str) -> str:
    """Return a number so that it can stand without a heading: a share with the sign, others as they are."""
    text = number(value, unit)
    return f"{text} %" if is_share(unit) and text != NOTHING else text


def signed(value: Number, unit: str = "") -> str:
    """Return a difference with its sign."""
    text = number(value, unit)
    return text if text in ("0", NOTHING) or text.startswith("-") else f"+{text}"


def exact(value: float) -> str:
    """Return a number with all its figures, up to six: for places on an axis, which are not rounded."""
    return f"{value:,.6g}" if 1e-3 <= abs(value) < 1e6 else number(value)


def is_share(unit: str) -> bool:
    """Return whether values of a unit are shares from 0 to 1, to be written in per cent."""
    return unit == "%" or unit == "share" or unit.startswith("share of ")


def unit_text(unit: str) -> str:
    """Return a unit as it stands beside a number: ``%`` for a share, ``% of day 0`` for a share of day 0."""
    return f"%{unit.removeprefix('share')}" if is_share(unit) and unit != "%" else unit


def _size(size: float) -> str:
    if size < 999_999.5:
        return _figures(size)
    return f"{_figures(size / 1e9)} billion" if size >= 999.5e6 else f"{_figures(size / 1e6)} million"


def _share(size: float) -> str:
    """Return a share in per cent; one that is nearly all with as many figures as it takes to say that it is not."""
    text, rest = _figures(size), 100.0 - size
    if text != "100" or rest < NOISE:
        return text
    return _half_up(size, next(places for places in range(1, 12) if rest * 10**places >= 1.0))


def _figures(size: float) -> str:
    if size < NOISE:
        return "0"
    least = 10.0 ** (SIGNIFICANT_FIGURES - 1)
    return _half_up(size, next(places for places in range(12) if size * 10**places >= least or places == 11))


def _half_up(size: float, places: int) -> str:
    text = f"{math.floor(size * 10**places + 0.5) / 10**places:,.{places}f}"
    return text.rstrip("0").rstrip(".") if places else text
