"""Sensitivity indices as tables of a page: a table a quantity, a row a factor, the most important first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.analysis.design import with_unit
from siege_sim.analysis.index_tables import indices_of
from siege_sim.results.numbers import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siege_sim.analysis.findings import FigureFindings
    from siege_sim.analysis.sensitivity import Indices

HEADINGS = {
    "S1": "By itself (first order)",
    "ST": "In total, with interactions",
    "mu_star": "Mean absolute effect",
    "mu": "Mean effect",
    "sigma": "Spread of the effect",
}
"""What the indices are called, by the names of the library that computes them."""

ORDER = {"sobol": ("ST", "S1"), "morris": ("mu_star", "mu", "sigma")}
"""Which indices a table has, by method; rows are in the order of the first."""


@dataclass(frozen=True)
class IndexGroup:
    """A table of the page: its caption, its headings after the factor's, and a row a factor."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def index_groups(figures: Sequence[FigureFindings]) -> list[IndexGroup]:
    """Return a table for every quantity whose indices a report shows."""
    return [_group(method, found) for method, found in indices_of(figures)]


def _group(method: str, found: Indices) -> IndexGroup:
    names, quantity = ORDER[method], found.quantity
    unit = "share of the variance between points" if method == "sobol" else quantity.difference_unit
    scale = 1.0 if method == "sobol" else quantity.scale
    where = f", for {found.stratum}" if found.stratum else ""
    order = np.argsort(-found.values[names[0]], kind="stable")
    rows = tuple((with_unit(found.factors[i]), *(_text(found, name, int(i), scale) for name in names)) for i in order)
    return IndexGroup(f"{quantity.label}{where} ({unit})", tuple(HEADINGS[name] for name in names), rows)


def _text(found: Indices, name: str, place: int, scale: float) -> str:
    value = number(scale * float(found.values[name][place]))
    reach = found.reach.get(name)
    return value if reach is None else f"{value} ± {number(scale * float(reach[place]))}"
