"""What a calibration found: tables, a figure, a scenario file with the fitted values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from siege_sim.loading.keys import TIMES, with_values
from siege_sim.loading.scenario import load_scenario
from siege_sim.results.files import csv_bytes, json_text
from siege_sim.results.numbers import number, percent
from siege_sim.schema.shipped import is_path
from siege_sim.validation.scores import effective_size, weighted_quantiles

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import Console

    from siege_sim.runner.calibrate import Fit, StageFit
    from siege_sim.runner.calibration_file import CalibrationSpec
    from siege_sim.runner.trial import Prior

POSTERIOR = "posterior.csv"
"""The last generation of a fit, or of each of its stages."""

CONSTRAINED_BELOW = 0.7
"""A parameter counts as constrained when the middle four fifths of its posterior are less than this share of the
range's."""

SMALLEST_EFFECTIVE_SAMPLE = 20.0
"""With a smaller effective sample size there is no verdict on any parameter: the population has collapsed."""

VERDICTS = {True: "yes", False: "hardly", None: "too few sets"}

PRINTED_WIDTH = 110
"""Columns where output is no terminal, so that names of parameters stay whole."""


def write_fit(fit: Fit, folder: Path) -> list[Path]:
    """Write the last generation of each stage, its summary and figure beside its history, and the fitted scenarios.

    Returns:
        The files of the fitted scenarios: one for each case.
    """
    for stage in fit.stages:
        place = folder / stage.name if stage.name else folder
        (place / POSTERIOR).write_bytes(csv_bytes(stage.table))
        draw_posterior(stage.table, stage.priors).savefig(place / "posterior.png", dpi=150)
    (folder / "parameters.csv").write_bytes(csv_bytes(parameter_table(fit)))
    written = []
    for loaded in fit.cases:
        case = loaded.case
        name = fit.spec.name if len(fit.cases) == 1 else f"{fit.spec.name}_{loaded.scenario.name}"
        written.append(folder / f"{name}.yaml")
        make = whole_yaml if is_path(case.scenario) else fitted_yaml
        text = make(name, fit.spec.name, case.scenario, loaded.known(fit.values), case.settings)
        written[-1].write_text(text, "utf-8", newline="\n")
    return written


def parameter_table(fit: Fit) -> pd.DataFrame:
    """Return a row a parameter: what the records leave of it (see ``summarised``), and in which stage it was fitted."""
    tables = [summarised(stage.table, stage.priors) for stage in fit.stages]
    if len(fit.stages) > 1:
        for stage, table in zip(fit.stages, tables, strict=True):
            table.insert(0, "stage", stage.name)
    return pd.concat(tables, ignore_index=True)


def print_fit(fit: Fit, written: Sequence[Path]) -> None:
    """Print how far the records constrain each parameter, stage by stage."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=PRINTED_WIDTH)
    for stage in fit.stages:
        if stage.name:
            console.print(f"\nStage {stage.name}\n", style="bold")
        _print_stage(stage, fit.spec, console)
    for file in written:
        console.print(f"Fitted scenario: {file}", soft_wrap=True)


def _print_stage(stage: StageFit, spec: CalibrationSpec, console: Console) -> None:
    from rich.table import Table

    table = stage.table
    shown = Table(box=None, pad_edge=False)
    for heading in ("parameter", "range", "median", "10-90 %", "width", "constrained"):
        words = heading in ("parameter", "constrained")
        shown.add_column(heading, justify="left" if words else "right", overflow="fold", no_wrap=not words)
    rows = summarised(table, stage.priors)
    for row in rows.to_dict("records"):
        shown.add_row(
            str(row["parameter"]),
            f"{number(row['low'])} to {number(row['high'])}",
            number(row["median"]),
            f"{number(row['tenth'])} to {number(row['ninetieth'])}",
            percent(row["width"]),
            VERDICTS[row["constrained"]],
        )
    for sentence in constrained_sentences(rows):
        console.print(f"{sentence}\n", soft_wrap=True)
    console.print(shown)
    console.print(f"\n{len(table)} parameter sets; effective sample size: {number(effective_sample_size(table))}.")
    best, worst = table["misfit"].min(), table["misfit"].max()
    console.print(f"Misfit of the last generation: {number(best)} to {number(worst)} widths of the ranges, on average.")
    again = table["misfit_again"].dropna()
    times, least, most = spec.runs_of_a_finalist, again.min(), again.max()
    console.print(f"The {len(again)} best, run again {times} times each: {number(least)} to {number(most)}.")


def constrained_sentences(rows: pd.DataFrame) -> list[str]:
    """Return in words which parameters the record constrains, by their whole names.

    Args:
        rows: as from ``summarised``.
    """
    verdicts = list(zip(rows["parameter"], rows["constrained"], strict=True))
    if any(verdict is None for _, verdict in verdicts):
        return ["Too few parameter sets are left to say which parameters the record constrains."]
    told = [str(name) for name, verdict in verdicts if verdict]
    if not told:
        return [f"The record constrains none of the {len(verdicts)} parameters by itself."]
    which = "; ".join(told)
    return [f"The record constrains {len(told)} of {len(verdicts)} parameters by themselves: {which}."]


def effective_sample_size(table: pd.DataFrame) -> float:
    """Return the effective sample size of a weighted population: the number of sets of equal weight (Kish)."""
    return effective_size(table["weight"].to_numpy(float))


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
        values, weights = table[prior.key].to_numpy(float), table["weight"].to_numpy(float)
        tenth, median, ninetieth = weighted_quantiles(values, weights, (0.1, 0.5, 0.9))
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


def whole_yaml(
    name: str, calibration: str, scenario: str, values: Mapping[str, float | int], settings: Sequence[str] = ()
) -> str:
    """Return a complete scenario file with fitted values: a scenario extends no file of another folder.

    Args:
        name: of the new scenario.
        calibration: of the calibration.
        scenario: the file that was calibrated.
        values: by key.
        settings: with which it was calibrated; a factor is one on the values that they give.
    """
    import yaml

    data = load_scenario(scenario).model_dump(mode="json", by_alias=True)
    fitted = _set_whole(scenario, settings, values)
    whole = json.loads(json_text(with_values(data, {**fitted, "name": name})))
    head = f"# {scenario} with values fitted by the calibration '{calibration}'.\n"
    return head + str(yaml.safe_dump(whole, sort_keys=False, allow_unicode=True))


def fitted_yaml(
    name: str, calibration: str, scenario: str, values: Mapping[str, float | int], settings: Sequence[str] = ()
) -> str:
    """Return a scenario file that extends a calibrated one with fitted values.

    Args:
        name: of the new scenario.
        calibration: of the calibration.
        scenario: what it extends.
        values: by key.
        settings: with which it was calibrated; a factor is one on the values that they give.
    """
    import yaml

    tree: dict[str, Any] = {}
    rounded = {key: value if isinstance(value, int) else float(f"{value:.4g}") for key, value in values.items()}
    for key, value in _set_whole(scenario, settings, rounded).items():
        block = tree
        *path, last = key.split(".")
        for part in path:
            block = block.setdefault(part, {})
        block[last] = value
    head = f"# Values fitted by the calibration '{calibration}'.\nextends: {scenario}\nname: {name}\n"
    return head + str(yaml.safe_dump(tree, sort_keys=False) if tree else "")


def _set_whole(scenario: str, settings: Sequence[str], values: Mapping[str, float | int]) -> dict[str, Any]:
    """Return values as a scenario file sets them: what each factor makes of the scenario's value."""
    if not any(key.endswith(TIMES) for key in values):
        return dict(values)
    fitted = with_values(load_scenario(scenario, settings).model_dump(mode="json", by_alias=True), values)
    keys = [key.removesuffix(TIMES) for key in values]
    return {key: reduce(getitem, key.split("."), fitted) for key in keys}
