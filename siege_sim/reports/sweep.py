"""The report of a sweep: one HTML file that needs nothing else, made from its tables."""

from __future__ import annotations

import base64
import io
import shlex
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.analysis.completeness import completeness, require_runs, runs_text
from siege_sim.analysis.design import is_numeric, kind_of, levels, value_text, with_unit
from siege_sim.analysis.discovery import question_of
from siege_sim.analysis.figures import FIGURE_NAMES, usual_figures
from siege_sim.analysis.quantities import by_point, chosen_quantities, known_share
from siege_sim.analysis.summaries import factor_effects, summary_table
from siege_sim.errors import ResultError, did_you_mean
from siege_sim.plots.style import DPI, settings
from siege_sim.plots.sweeps import draw_figures
from siege_sim.plots.sweeps.base import number, with_interval
from siege_sim.reports.templates import page
from siege_sim.results.store import read_sweep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siege_sim.analysis.quantities import Quantity
    from siege_sim.plots.sweeps import Drawn, Picture
    from siege_sim.results.sweep import Factor, Sweep

MOST_POINTS = 60
"""A table of points with more rows than this would not be read."""

PLAIN = ("points", "scatter", "response_surface")
"""Figures whose sentence says how to read them rather than what they show."""

KINDS = {
    "grid": "every combination of the factors' values",
    "one_at_a_time": "one factor at a time",
    "latin_hypercube": "a Latin hypercube",
    "sobol": "Saltelli's sample for Sobol indices",
    "morris": "Morris's trajectories",
    "table": "points from a table",
}


@dataclass(frozen=True)
class ReportOptions:
    """What a report shows.

    Attributes:
        outcomes: names of outcomes; the usual ones when none is named.
        figures: names of figures; those of the experiment, or those that suit the design, when none is named.
        cases: conditions that make a point a case in scenario discovery.
        by: the factor by which survival curves are parted; by default one is chosen.
    """

    outcomes: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    by: str | None = None


def write_sweep_report(target: str, out: Path | None, options: ReportOptions, pictures: Path | None = None) -> Path:
    """Write the report of a sweep and return its path.

    Args:
        target: folder or URL of the sweep.
        out: the file; by default ``report.html`` in the sweep's folder.
        options: what it shows.
        pictures: a folder for the figures as PNG files too.

    Raises:
        ResultError: no sweep, no finished run, unknown names, or the file cannot be written.
    """
    sweep = read_sweep(target)
    if out is None and "://" in target:
        raise ResultError(f"{target}: the sweep is no local folder; say with --out where the report shall go")
    file = out or Path(target) / "report.html"
    html, drawn = sweep_report(sweep, options, target)
    try:
        if pictures is not None:
            pictures.mkdir(parents=True, exist_ok=True)
            for picture in (picture for one in drawn for picture in one.pictures):
                (pictures / f"{picture.name}.png").write_bytes(png(picture))
        file.write_text(html, "utf-8", newline="\n")
    except OSError as error:
        raise ResultError(f"{error.filename or file}: {error.strerror}; the report was not written") from None
    return file


def sweep_report(sweep: Sweep, options: ReportOptions, target: str) -> tuple[str, tuple[Drawn, ...]]:
    """Return the report as HTML, and the figures in it; all text of the experiment is escaped."""
    require_runs(sweep)
    quantities = chosen_quantities(sweep, options.outcomes)
    questions = tuple(question_of(sweep, text) for text in options.cases)
    names = _figures(sweep, options.figures)
    if options.by is not None and options.by not in [factor.name for factor in sweep.factors]:
        raise ResultError(
            f"--by: there is no factor '{options.by}'{did_you_mean(options.by, [f.name for f in sweep.factors])}"
        )
    drawn = tuple(draw_figures(sweep, names, quantities, questions, options.by))
    html = page(
        "sweep.html",
        title=str(sweep.manifest.get("title") or sweep.manifest["name"]),
        manifest=sweep.manifest,
        runs=runs_text(sweep),
        kind=KINDS.get(kind_of(sweep), kind_of(sweep)),
        holes=completeness(sweep).sentences,
        few_seeds=_seeds_note(sweep),
        findings=_findings(drawn),
        sections=[_section(one) for one in drawn if one.pictures],
        left_out=[(one.figure.title, reason) for one in drawn for reason in one.left_out],
        factors=[_factor_row(sweep, factor) for factor in sweep.factors],
        overall=[_overall_row(sweep, quantity) for quantity in quantities],
        points=_points_table(sweep, quantities),
        effects=_effects_rows(sweep, quantities) if "tornado" in names else [],
        command=_command(target, options),
        packages=sweep.manifest.get("packages") or {},
    )
    return html, drawn


def _figures(sweep: Sweep, names: Sequence[str]) -> tuple[str, ...]:
    """Return the figures that are wanted.

    Raises:
        ResultError: a name that no figure has.
    """
    for place, given in (("--figure", names), ("the experiment's figures", sweep.manifest.get("figures") or ())):
        for name in given:
            if name not in FIGURE_NAMES:
                raise ResultError(f"{place}: there is no figure '{name}'{did_you_mean(name, FIGURE_NAMES)}")
        if given:
            return tuple(given)
    return usual_figures(sweep)


def _seeds_note(sweep: Sweep) -> str:
    """Say what few seeds mean: all points share them, so what another seed would bring is not in any interval."""
    replications = int(sweep.manifest["replications"])
    if replications >= 10:
        return ""
    seeds = "one seed" if replications == 1 else f"the same {replications} seeds"
    return (
        f"Every point was played with {seeds}. Differences between points are the clearer for that, but intervals over "
        "points do not hold what other seeds would bring."
    )


def _findings(drawn: Sequence[Drawn]) -> list[tuple[str, str]]:
    """Return what the figures say that say something by themselves."""
    telling = [one for one in drawn if one.figure.name not in PLAIN]
    return [(picture.title, picture.finding) for one in telling for picture in one.pictures]


def _section(drawn: Drawn) -> dict[str, Any]:
    return {
        "name": drawn.figure.name,
        "title": drawn.figure.title,
        "caption": drawn.figure.caption,
        "pictures": [_embedded(picture) for picture in drawn.pictures],
    }


def png(picture: Picture) -> bytes:
    """Return a picture as a PNG file; the same sweep gives the same bytes."""
    file = io.BytesIO()
    with settings():
        picture.figure.savefig(file, dpi=DPI, metadata={"Software": None, "Title": picture.title})
    return file.getvalue()


def _embedded(picture: Picture) -> dict[str, Any]:
    content = png(picture)
    width, height = struct.unpack(">II", content[16:24])
    source = f"data:image/png;base64,{base64.b64encode(content).decode('ascii')}"
    return {"source": source, "width": width, "height": height, "says": picture.finding, "title": picture.title}


def _factor_row(sweep: Sweep, factor: Factor) -> tuple[str, str, str, str]:
    if is_numeric(sweep, factor) and factor.values is None:
        values = f"{value_text(factor.low)} to {value_text(factor.high)}"
    else:
        values = ", ".join(value_text(value) for value in levels(sweep, factor))
    return with_unit(factor), factor.role, values, ", ".join(factor.keys) or "whole scenarios"


def _overall_row(sweep: Sweep, quantity: Quantity) -> tuple[str, ...]:
    values = by_point(sweep, quantity).dropna().to_numpy(dtype=float) * (100.0 if quantity.is_share else 1.0)
    unit = "% of runs" if quantity.is_share else quantity.unit
    known = f"{known_share(sweep, quantity):.0%}"
    if not values.size:
        return (quantity.label, unit, known, *("-",) * 5)
    five = np.quantile(values, (0.0, 0.1, 0.5, 0.9, 1.0))
    return (quantity.label, unit, known, *(number(float(value)) for value in five))


def _points_table(sweep: Sweep, quantities: Sequence[Quantity]) -> dict[str, Any] | None:
    if len(sweep.design) > MOST_POINTS:
        return None
    table = summary_table(sweep, quantities)
    estimates = {quantity.name: _estimates(sweep, quantity) for quantity in quantities}
    rows = [
        (
            [value_text(table[factor.name].iloc[row]) for factor in sweep.factors],
            [str(table["runs"].iloc[row]), *(estimates[quantity.name][row] for quantity in quantities)],
        )
        for row in range(len(table))
    ]
    headings = [with_unit(factor) for factor in sweep.factors]
    return {"factors": headings, "quantities": [quantity.heading for quantity in quantities], "rows": rows}


def _estimates(sweep: Sweep, quantity: Quantity) -> list[str]:
    from siege_sim.analysis.quantities import by_replication

    scale, sign = (100.0, " %") if quantity.is_share else (1.0, "")
    return [with_interval(quantity.estimate(row), scale) + sign for row in by_replication(sweep, quantity).to_numpy()]


def _effects_rows(sweep: Sweep, quantities: Sequence[Quantity]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for quantity in quantities:
        found = factor_effects(sweep, quantity)
        for effect in found.effects if found else ():
            change = with_interval(effect.difference, 100.0 if quantity.is_share else 1.0)
            rows.append(
                (
                    quantity.heading, effect.factor.name, f"{value_text(effect.usual)} to {value_text(effect.value)}",
                    change, str(effect.difference.runs), "yes" if effect.difference.clear_of_zero else "may be chance",
                )
            )  # fmt: skip
    return rows


def _command(target: str, options: ReportOptions) -> str:
    words = ["siege-sim", "report", target]
    for option, values in (("--outcome", options.outcomes), ("--figure", options.figures), ("--cases", options.cases)):
        words += [word for value in values for word in (option, value)]
    words += [] if options.by is None else ["--by", options.by]
    return " ".join(shlex.quote(word) for word in words)
