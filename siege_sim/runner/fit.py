"""What a calibration found: tables, a figure, a scenario file with the fitted values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siege_sim.loading.keys import TIMES, with_values
from siege_sim.loading.scenario import load_scenario
from siege_sim.results.numbers import number, percent
from siege_sim.runner.calibrate import CalibrationSpec, Prior

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CONSTRAINED_BELOW = 0.7
"""A parameter counts as constrained when the middle four fifths of its posterior are less than this share of the
range's."""

SMALLEST_EFFECTIVE_SAMPLE = 20.0
"""With a smaller effective sample size there is no verdict on any parameter: the population has collapsed."""

VERDICTS = {True: "constrains it", False: "constrains it little", None: "too few sets to say"}


def write_fit(spec: CalibrationSpec, table: pd.DataFrame, priors: Sequence[Prior], folder: Path) -> None:
    """Write the last generation, its summary, its figure and the fitted scenario beside the history."""
    table.to_csv(folder / "posterior.csv", index=False, encoding="utf-8-sig")
    summarised(table, priors).to_csv(folder / "parameters.csv", index=False, encoding="utf-8-sig")
    (folder / f"{spec.name}.yaml").write_text(fitted_yaml(spec, fitted_values(table, priors)), "utf-8")
    draw_posterior(table, priors).savefig(folder / "posterior.png", dpi=150)


def print_fit(spec: CalibrationSpec, table: pd.DataFrame, priors: Sequence[Prior], folder: Path) -> None:
    """Print how far the record constrains each parameter."""
    from rich.console import Console
    from rich.table import Table

    console, summary = Console(highlight=False), summarised(table, priors)
    shown = Table(box=None, pad_edge=False)
    for heading in ("parameter", "range", "median", "10-90 %", "width", "the record"):
        shown.add_column(heading, justify="left" if heading in ("parameter", "the record") else "right")
    for row in summary.to_dict("records"):
        shown.add_row(
            str(row["parameter"]),
            f"{number(row['low'])} to {number(row['high'])}",
            number(row["median"]),
            f"{number(row['tenth'])} to {number(row['ninetieth'])}",
            percent(row["width"]),
            VERDICTS[row["constrained"]],
        )
    console.print(shown)
    console.print(f"\n{len(table)} parameter sets; effective sample size: {number(effective_sample_size(table))}.")
    best, worst = table["misfit"].min(), table["misfit"].max()
    console.print(f"Misfit of the last generation: {number(best)} to {number(worst)} widths of the ranges, on average.")
    again = table["misfit_again"].dropna()
    times, least, most = spec.runs_of_a_finalist, again.min(), again.max()
    console.print(f"The {len(again)} best, run again {times} times each: {number(least)} to {number(most)}.")
    console.print(f"Fitted scenario: {folder / (spec.name + '.yaml')}", soft_wrap=True)


def effective_sample_size(table: pd.DataFrame) -> float:
    """Return the effective sample size of a weighted population: the number of sets of equal weight (Kish)."""
    return float(table["weight"].sum() ** 2 / (table["weight"] ** 2).sum())


def draw_posterior(table: pd.DataFrame, priors: Sequence[Prior]) -> Figure:
    """Draw each parameter's posterior over its even prior."""
    from matplotlib.figure import Figure

    columns = 4
    rows = -(-len(priors) // columns)
    figure = Figure(figsize=(11, 1.9 * rows + 0.6), layout="constrained")
    for place, prior in enumerate(priors, start=1):
        axes = figure.add_subplot(rows, columns, place)
        bins = round(prior.span[1] - prior.span[0]) if prior.whole else 12
        axes.hist(table[prior.key], bins=bins, range=prior.span, weights=table["weight"], color="#4477AA")
        axes.axhline(1 / bins, color="black", linewidth=0.8, linestyle="--")
        axes.locator_params(axis="x", nbins=5)
        block, _, name = prior.key.rpartition(".")
        axes.set_title(f"{block.rpartition('.')[2]}\n{name} ({prior.unit})", fontsize=8)
        axes.tick_params(labelsize=7)
        axes.set_yticks([])
    sets = f"{len(table)} sets; effective sample size {number(effective_sample_size(table))}"
    figure.suptitle(f"What the record leaves of each parameter ({sets}); dashed: before", fontsize=10)
    return figure


def summarised(table: pd.DataFrame, priors: Sequence[Prior]) -> pd.DataFrame:
    """Return a row a parameter: range, median, the middle four fifths, their width against the range's, a verdict."""
    rows, trusted = [], effective_sample_size(table) >= SMALLEST_EFFECTIVE_SAMPLE
    for prior in priors:
        tenth, median, ninetieth = _quantiles(table[prior.key].to_numpy(float), table["weight"].to_numpy(float))
        width = (ninetieth - tenth) / (0.8 * (prior.high - prior.low))
        rows.append(
            {
                "parameter": prior.key,
                "unit": prior.unit,
                "low": prior.low,
                "high": prior.high,
                "tenth": tenth,
                "median": median,
                "ninetieth": ninetieth,
                "width": width,
                "constrained": width < CONSTRAINED_BELOW if trusted else None,
            }
        )
    return pd.DataFrame(rows)


def _quantiles(values: np.ndarray[Any, Any], weights: np.ndarray[Any, Any]) -> list[float]:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return [float(values[order][np.searchsorted(reached, share * reached[-1])]) for share in (0.1, 0.5, 0.9)]


def fitted_values(table: pd.DataFrame, priors: Sequence[Prior]) -> dict[str, float | int]:
    """Return the parameter set that missed least when the best were run again with fresh seeds.

    The middle of each parameter by itself may be a set that agrees with nothing; a set of the generation does agree.
    """
    best = int(np.nanargmin(table["misfit_again"].to_numpy(float)))
    return {prior.key: table[prior.key].iloc[best].item() for prior in priors}


def fitted_yaml(spec: CalibrationSpec, values: Mapping[str, float | int]) -> str:
    """Return a scenario file that extends the calibrated one with fitted values."""
    import yaml

    tree: dict[str, Any] = {}
    rounded = {key: value if isinstance(value, int) else float(f"{value:.4g}") for key, value in values.items()}
    for key, value in _set_whole(spec, rounded).items():
        block = tree
        *path, last = key.split(".")
        for name in path:
            block = block.setdefault(name, {})
        block[last] = value
    head = f"# Values fitted by the calibration '{spec.name}'.\nextends: {spec.scenario}\nname: {spec.name}\n"
    return head + str(yaml.safe_dump(tree, sort_keys=False))


def _set_whole(spec: CalibrationSpec, values: Mapping[str, float | int]) -> dict[str, Any]:
    """Return values as a scenario file sets them: what each factor makes of the scenario's value."""
    if not any(key.endswith(TIMES) for key in values):
        return dict(values)
    scenario = load_scenario(spec.scenario, spec.settings).model_dump(mode="json", by_alias=True)
    fitted = with_values(scenario, values)
    keys = [key.removesuffix(TIMES) for key in values]
    return {key: reduce(getitem, key.split("."), fitted) for key in keys}
