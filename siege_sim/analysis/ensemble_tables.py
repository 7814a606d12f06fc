"""What many runs say, as tables and plain data for other programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siege_sim.results.changed import change_sentences

if TYPE_CHECKING:
    from siege_sim.analysis.ensemble import Amount, Chance, EnsembleFindings, MiddleRange


def ensemble_tables(findings: EnsembleFindings) -> dict[str, pd.DataFrame]:
    """Return every table by name: runs, numbers, endings, days, quarters, cells."""
    return {
        "runs": _runs(findings),
        "endings": pd.DataFrame([chance_data(one) for one in (*findings.endings, findings.end, *findings.ground)]),
        "numbers": pd.DataFrame([amount_data(one) for one in (*findings.deaths, *findings.fates)]),
        "days": _days(findings),
        "quarters": _quarters(findings),
        "cells": _cells(findings),
    }


def ensemble_data(findings: EnsembleFindings) -> dict[str, Any]:
    """Return all but the single runs, days, quarters and cells as plain data; the same runs give the same data."""
    runs = findings.runs
    return {
        "program": "siege_sim",
        "holds": "ensemble",
        "made_by": runs.runs[0].provenance,
        "scenario": runs.name,
        "title": runs.title,
        "changed": change_sentences(runs.lineage),
        "lineage": [step.data() for step in runs.lineage],
        "drawn_from": runs.drawn_from,
        "runs": findings.count,
        "seeds": list(runs.seeds),
        "days": runs.days,
        "start": runs.start.isoformat(),
        "last_day": findings.days.last,
        "besieged": findings.besieged,
        "endings": [chance_data(one) for one in findings.endings],
        "ended": chance_data(findings.end),
        "ground": [chance_data(one) for one in findings.ground],
        "held": [
            {"day": one.day, "date": _date(findings, one.day), "runs": one.runs, **_range(one.held)}
            for one in findings.lost
        ],
        "deaths": [amount_data(one) for one in findings.deaths],
        "fates": [amount_data(one) for one in findings.fates],
    }


def chance_data(one: Chance) -> dict[str, Any]:
    """Return something that may happen as plain data."""
    share = one.share
    return {"name": one.name, "share": share.value, "low": share.low, "high": share.high,
            **{f"day_{name}": value for name, value in _range(one.days).items()}}  # fmt: skip


def amount_data(one: Amount) -> dict[str, Any]:
    """Return a number at the end of the runs as plain data."""
    return {"name": one.name, "label": one.label, "unit": one.unit, **_range(one.values)}


def _range(values: MiddleRange) -> dict[str, float]:
    found = asdict(values)
    return {"median": found["median"], "tenth": found["low"], "ninetieth": found["high"]}


def _date(findings: EnsembleFindings, day: int) -> str:
    return findings.days.date_of(day).isoformat()


def _runs(findings: EnsembleFindings) -> pd.DataFrame:
    runs = findings.runs
    drawn = runs.drawn or ({},) * len(runs.runs)
    return pd.DataFrame(
        [{"seed": run.seed, **run.summary, **values} for run, values in zip(runs.runs, drawn, strict=True)]
    )


def _days(findings: EnsembleFindings) -> pd.DataFrame:
    days = range(findings.days.last + 1)
    dates = [_date(findings, day) for day in days]
    parts = [
        pd.DataFrame(
            {"outcome": one.name, "day": days, "date": dates, "runs": np.isfinite(one.curves).sum(axis=0),
             "tenth": one.bands[0], "median": one.bands[1], "ninetieth": one.bands[2]}
        )
        for one in findings.curves
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _quarters(findings: EnsembleFindings) -> pd.DataFrame:
    rows = [
        {"quarter": one.name, "sector": one.sector, "civilians_on_day_0": one.people,
         **{f"lost_{name}": value for name, value in chance_data(one.lost).items() if name != "name"},
         **{f"civilians_killed_{name}": value for name, value in _range(one.killed).items()}}
        for one in findings.quarters
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _cells(findings: EnsembleFindings) -> pd.DataFrame:
    town = findings.runs.town
    rows, columns = np.indices(town.holder.shape)
    table = pd.DataFrame(
        {"row": rows.ravel(), "column": columns.ravel(), "quarter": [town.quarters[n] for n in town.quarter.ravel()]}
    )
    for one in findings.lost:
        table[f"share_lost_by_{_date(findings, one.day)}"] = one.share.ravel()
    lost = np.stack([run.day_lost for run in findings.runs.runs]).astype(float)
    lost[lost < 0] = np.inf
    median = np.median(lost, axis=0)
    known = np.isfinite(median) & ~np.isnan(findings.lost[0].share.ravel())
    table["median_day_lost"] = np.where(known, median, np.nan)
    return table
