"""The report of a sweep: one HTML file that needs nothing else, put into words from what was found in its tables."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siege_sim.analysis.design import value_text, with_unit
from siege_sim.analysis.index_tables import indices_table
from siege_sim.analysis.sweep import sweep_findings
from siege_sim.errors import ResultError
from siege_sim.reports.indices import index_groups
from siege_sim.reports.page import WrittenReport, page, write_page, write_pictures, written_or_refused
from siege_sim.results.files import csv_bytes
from siege_sim.results.numbers import NOTHING, number, percent
from siege_sim.results.store import read_sweep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siege_sim.analysis.findings import FigureFindings
    from siege_sim.analysis.summaries import FactorEffect, FactorEffects
    from siege_sim.analysis.sweep import FactorRange, PointsTable, ReportOptions, Spread, SweepFindings
    from siege_sim.plots.sweeps import Drawn

FEW_REPLICATIONS = 10

PLAIN = ("points", "scatter", "response_surface")
"""Figures whose sentence says how to read them rather than what they show."""

RANKING = ("sobol", "morris")
"""Figures that put the factors in order themselves."""

DESIGN_TEXTS = {
    "grid": "every combination of the factors' values",
    "one_at_a_time": "one factor at a time",
    "latin_hypercube": "a Latin hypercube",
    "sobol": "Saltelli's sample for Sobol indices",
    "morris": "Morris's trajectories",
    "table": "points from a table",
}


def write_sweep_report(
    target: str, out: Path | None, options: ReportOptions, folder: Path | None = None
) -> WrittenReport:
    """Write the report of a sweep, with its sensitivity indices as ``indices.csv`` beside it when it shows any.

    Args:
        target: folder or URL of the sweep.
        out: the file; by default ``report.html`` in the sweep's folder.
        options: what it shall show.
        folder: where the figures go as PNG files too.

    Raises:
        ResultError: no sweep, no finished run, unknown names, or the file cannot be written.
    """
    from siege_sim.plots.fonts import missing_note
    from siege_sim.plots.sweeps import draw_figures

    sweep = read_sweep(target)
    if out is None and "://" in target:
        raise ResultError(f"{target}: the sweep is not a local folder; name the report's file with --out")
    file = out or Path(target) / "report.html"
    findings = sweep_findings(sweep, options)
    drawn = draw_figures(findings)
    html = render_sweep(findings, drawn, command(target, options))
    pictures = [picture for one in drawn for picture in one.pictures]
    table = indices_table(findings.figures)
    beside = file.with_name("indices.csv") if len(table) else None
    with written_or_refused(file):
        write_pictures(pictures, folder)
        if beside is not None:
            beside.write_bytes(csv_bytes(table))
        write_page(html, file)
    return WrittenReport(file, missing_note(picture.missing for picture in pictures), beside)


def render_sweep(findings: SweepFindings, drawn: Sequence[Drawn], command: str) -> str:
    """Return the report as HTML; all text of the experiment is escaped.

    Args:
        findings: what it shows.
        drawn: the figures in it.
        command: what has to be typed to make it again.
    """
    return page(
        "sweep.html",
        title=findings.about.title,
        manifest=findings.manifest,
        runs=findings.about.runs,
        kind=DESIGN_TEXTS.get(findings.kind, findings.kind),
        holes=findings.completeness.sentences,
        few_seeds=_seeds_note(findings.replications),
        findings=_told(findings.figures),
        sections=[one for one in drawn if one.pictures],
        left_out=[(one.figure.title, reason) for one in drawn for reason in one.left_out],
        factors=[_factor_row(one) for one in findings.factors],
        overall=[_overall_row(one) for one in findings.spreads],
        points=None if findings.points is None else _points(findings.points),
        effects=[row for effects in findings.effects for row in _effect_rows(effects)],
        indices=index_groups(findings.figures),
        command=command,
        packages=findings.manifest.get("packages") or {},
    )


def _told(figures: Sequence[FigureFindings]) -> list[tuple[str, str]]:
    """Return what the figures say that say something by themselves."""
    ranked = any(part.figure in RANKING and part.findings for part in figures)
    told = []
    for part in figures:
        if part.figure == "scatter" and not ranked:
            told += [(f"{one.shows.quantity.label}: what goes with it", one.shows.in_short) for one in part.findings]
        elif part.figure not in PLAIN:
            told += [(one.title, getattr(one.shows, "in_short", one.sentence)) for one in part.findings]
    return told


def _seeds_note(replications: int) -> str:
    """Say what few seeds mean: all points share them, so what another seed would bring is not in any interval."""
    if replications >= FEW_REPLICATIONS:
        return ""
    seeds = "one seed" if replications == 1 else f"the same {replications} seeds"
    return (
        f"Every point was run with {seeds}. Differences between points are more precise for that, but intervals over "
        "points do not include what other seeds would change."
    )


def _factor_row(one: FactorRange) -> tuple[str, str, str, str]:
    values = (" to " if one.is_range else ", ").join(value_text(value) for value in one.values)
    return with_unit(one.factor), one.factor.role, values, ", ".join(one.factor.keys) or "whole scenarios"


def _overall_row(one: Spread) -> tuple[str, ...]:
    quantity = one.quantity
    values = (NOTHING,) * 5 if one.quantiles is None else (number(value, quantity.unit) for value in one.quantiles)
    return (quantity.label, quantity.shown_unit, percent(one.known), *values)


def _points(table: PointsTable) -> dict[str, Any]:
    texts = [[estimate.text(column.quantity.unit) for estimate in column.estimates] for column in table.columns]
    rows = [
        ([value_text(value) for value in values], [str(runs), *cells])
        for values, runs, *cells in zip(table.values, table.runs, *texts, strict=True)
    ]
    headings = [with_unit(factor) for factor in table.factors]
    return {"factors": headings, "quantities": [one.quantity.heading for one in table.columns], "rows": rows}


def _effect_rows(effects: FactorEffects) -> list[tuple[str, ...]]:
    return [_effect_row(effects, effect) for effect in effects.effects]


def _effect_row(effects: FactorEffects, effect: FactorEffect) -> tuple[str, ...]:
    return (
        effects.quantity.heading,
        effect.factor.name,
        f"{value_text(effect.usual)} to {value_text(effect.value)}",
        effect.difference.text(effects.quantity.unit),
        str(effect.difference.runs),
        "yes" if effect.difference.clear_of_zero else "no",
    )


def command(target: str, options: ReportOptions) -> str:
    """Return what has to be typed to make a report again."""
    words = ["siege-sim", "report", target]
    for option, values in (("--outcome", options.outcomes), ("--figure", options.figures), ("--cases", options.cases)):
        words += [word for value in values for word in (option, value)]
    words += [] if options.by is None else ["--by", options.by]
    return " ".join(shlex.quote(word) for word in words)
